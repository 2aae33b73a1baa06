"""docs/capabilities.md is true: every number once, every proof exists, and proven rows never become fewer unnoticed."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "docs/capabilities.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| R(\d+) \| ([^|]+) \| ([^|]+) \| ([^|]*)\|$", re.MULTILINE)
ROWS = {int(number): (served.strip(), proof.strip()) for number, _, served, proof in ROW.findall(TEXT)}
PROVEN = {number: proof for number, (served, proof) in ROWS.items() if not served.startswith("planned:")}


def test_every_capability_has_its_row() -> None:
    assert [int(number) for number, *_ in ROW.findall(TEXT)] == list(range(1, 140))


def test_a_served_row_names_a_test_that_exists() -> None:
    missing = {number: proof for number, proof in PROVEN.items() if not exists(proof)}
    assert missing == {}


def test_a_planned_row_claims_no_proof() -> None:
    claimed = [number for number, (served, proof) in ROWS.items() if served.startswith("planned:") and proof]
    assert claimed == []


def test_the_head_counts_the_proven_rows() -> None:
    stated = re.search(r"^proven: (\d+)$", TEXT, re.MULTILINE)
    assert stated is not None
    assert int(stated[1]) == len(PROVEN)


def exists(proof: str) -> bool:
    """Return whether a proof, ``tests/file.py::test_name``, is there."""
    path, _, name = proof.strip("`").partition("::")
    file = PROJECT / path
    return bool(name) and file.is_file() and f"def {name}(" in file.read_text(encoding="utf-8")
