"""Tokens as we sign them, judged by both verifiers that integrators copy."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins.customers import vectors

FOLDER = Path(__file__).parents[3] / "docs" / "integrations" / "impersonation"
VECTORS = FOLDER / "vectors.json"
CHECKERS = {"python": (sys.executable, "check.py"), "node": ("node", "check.mjs")}

UNASKED = {
    "python": (sys.executable, "-c", "from verify import Expected; Expected([], '', '')"),
    "node": (
        "node", "--input-type=module", "-e",
        """import {readFileSync} from 'node:fs'; import {verify} from './verify.mjs';
        const all = JSON.parse(readFileSync('vectors.json')); await verify(all.cases[0].token, all, all.now)""",
    ),
}  # fmt: skip
"""Apps that don't say which of their accounts are privileged."""


def test_the_vectors_are_what_our_signer_makes() -> None:
    """Ed25519 signs alike every time: write them anew with ``vectors.as_text()`` when the protocol changes."""
    assert VECTORS.read_text("utf-8") == vectors.as_text()


@pytest.mark.parametrize("language", CHECKERS)
def test_verifiers_judge_every_vector_as_expected(language: str, tmp_path: Path) -> None:
    program, checker = CHECKERS[language]
    said = subprocess.run([program, FOLDER / checker, VECTORS], capture_output=True, text=True, timeout=60, check=False)
    count = len(vectors.CASES)
    assert (said.stdout, said.returncode) == (f"{count} of {count} as expected\n", 0), said.stderr
    bent = tmp_path / "bent.json"
    bent.write_text(vectors.as_text().replace('"ok rw"', '"expired"'), "utf-8")
    said = subprocess.run([program, FOLDER / checker, bent], capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 1
    assert "WRONG: with changes allowed" in said.stdout


@pytest.mark.parametrize("language", UNASKED)
def test_who_does_not_say_whose_accounts_are_privileged_verifies_nothing(language: str) -> None:
    said = subprocess.run(UNASKED[language], cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 1
    assert ("is_privileged" if language == "python" else "isPrivileged") in said.stderr
