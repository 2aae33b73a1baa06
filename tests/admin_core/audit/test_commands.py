"""`admin audit`: status codes that a monitor can rely on, and exports that a stranger can check with one file."""

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin_core.cli import admin
from tests.admin_core.audit.ledger import SECRET, Ledger, sample

SCRIPT = Path(__file__).parents[3] / "docs/integrations/verify_audit_export.py"


def command(ledger: Ledger, *words: str, **environ: str) -> Result:
    """Run `admin audit …` against the ledger."""
    settings = {
        "DATABASE_URL": ledger.url.replace("+psycopg", ""),
        "REDIS_URL": "redis://localhost:1/0",
        "ADMIN_SECRET_KEY": SECRET,
        "ADMIN_AUDIT_KEY_FILE": str(ledger.directory / "audit.key"),
        "ADMIN_AUDIT_ANCHOR_DIR": str(ledger.directory / "anchors"),
    }
    return CliRunner().invoke(admin, ["audit", *words], env=settings | environ)


def check(path: Path, *words: str) -> tuple[int, str]:
    """Run the verifier that auditors are given."""
    done = subprocess.run([sys.executable, SCRIPT, path, *words], capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.returncode, done.stdout


def test_seal_anchor_and_verify_from_the_command_line(ledger: Ledger) -> None:
    ledger.act(7)
    assert ledger.sealer.signer.id in command(ledger, "init").output
    assert command(ledger, "seal").output == "Sealed 7 entries.\n"
    assert "cannot be read" in command(ledger, "verify").output, "no anchor yet"
    assert "is anchored in file" in command(ledger, "anchor").output
    clean = command(ledger, "verify", "--full")
    assert (clean.exit_code, clean.output.split(":")[0]) == (0, "Clean"), clean.output
    with ledger.tampering() as run:
        run("UPDATE admin.audit_entries SET action = 'x' WHERE object_key = '2'")
    tampered = command(ledger, "verify", "--json")
    assert tampered.exit_code == 1
    (finding,) = json.loads(tampered.output)["findings"]
    assert (finding["kind"], finding["position"]) == ("copy", 2)
    assert command(ledger, "verify", "--anchor", str(ledger.directory / "none")).exit_code == 1
    with ledger.tampering() as run:
        run("UPDATE admin.audit_entries SET action = 'customers.edited' WHERE object_key = '2'")
    assert command(ledger, "verify", "--anchor", str(ledger.directory / "none")).exit_code == 2
    assert command(ledger, "verify", "--full", "--since", "1").exit_code == 2


def test_the_key_is_rotated_and_old_entries_pruned_from_the_command_line(ledger: Ledger) -> None:
    ledger.sealed(4)
    assert "From now on the log is signed by" in command(ledger, "rotate-key").output
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
    assert command(ledger, "prune", "--before", tomorrow, "--reason", "Over.").output == "Removed 4 entries.\n"
    assert command(ledger, "seal").exit_code == 0
    assert command(ledger, "anchor").exit_code == 0
    assert command(ledger, "verify").exit_code == 0
    mine = "SELECT action, row_count, actor_key FROM admin.audit_entries WHERE action LIKE 'audit.%' ORDER BY id"
    rotated, pruned = (tuple(row) for row in ledger.rows(mine))
    assert rotated == ("audit.key-rotated", 1, "command-line")
    assert pruned == ("audit.pruned", 4, "command-line")


@pytest.mark.parametrize("name", ["ADMIN_AUDIT_KEY_FILE", "ADMIN_AUDIT_ANCHOR_DIR"])
def test_a_missing_setting_is_named(ledger: Ledger, name: str) -> None:
    words = "seal" if name == "ADMIN_AUDIT_KEY_FILE" else "anchor"
    done = command(ledger, words, **{name: ""})
    assert done.exit_code == 1
    assert name in done.output


def test_a_proof_of_one_entry_convinces_a_stranger(ledger: Ledger, tmp_path: Path) -> None:
    order = ledger.sealed(30)
    waiting = ledger.act(1)[0]
    proof = tmp_path / "proof.json"
    proof.write_text(command(ledger, "prove", str(order[13])).output)
    assert check(proof, "--key", ledger.sealer.signer.id) == (
        0,
        "Entry at position 13 of log-1 is in the signed log.\n",
    )
    proof.write_text(proof.read_text().replace("customers.edited", "customers.viewed"))
    assert check(proof)[0] == 1
    assert "not sealed yet" in command(ledger, "prove", str(waiting)).output


FORGERIES = {
    "a changed body": lambda text: text.replace("customers.edited", "customers.viewed", 1),
    "a line left out": lambda text: "\n".join(text.split("\n")[:3] + text.split("\n")[4:]),
    "a cut end": lambda text: text[: text.rindex('{"type":"manifest"')],
    "another root": lambda text: text.replace('"root":"', '"root":"0', 1),
    "another position": lambda text: text.replace('"position":3,', '"position":4,', 1),
    "not JSON": lambda text: text.replace("{", "", 1),
}


def test_an_export_with_proofs_convinces_a_stranger_and_a_forged_one_does_not(ledger: Ledger, tmp_path: Path) -> None:
    ledger.sealed(300, batch=70)
    path = tmp_path / "export.jsonl"
    path.write_text(command(ledger, "export").stdout)
    code, said = check(path, "--key", ledger.sealer.signer.id)
    assert (code, said) == (0, "300 entries are in the signed log; filters: none.\n")
    assert check(path, "--key", "ed25519-of-somebody-else")[0] == 1
    for name, forge in FORGERIES.items():
        forged = tmp_path / "forged.jsonl"
        forged.write_text(forge(path.read_text()))
        assert check(forged)[0] == 1, name


def test_an_export_is_filtered_and_says_so(ledger: Ledger, tmp_path: Path) -> None:
    ledger.sealed(20)
    path = tmp_path / "export.jsonl"
    path.write_text(command(ledger, "export", "--subject", "customer:c-3", "--from", "2026-01-01").stdout)
    mine = ledger.value("SELECT count(*) FROM admin.audit_entries WHERE subject_key = 'c-3'")
    code, said = check(path)
    assert (code, said.split(" ")[0]) == (0, str(mine))
    assert "customer:c-3" in said
    assert command(ledger, "export", "--subject", "c-3").exit_code == 2
    assert '"entries":0' in command(ledger, "export", "--to", "2026-01-01").stdout


def test_a_csv_export_runs_no_formula_and_holds_no_reason(ledger: Ledger) -> None:
    ledger.record(sample(1, action="=HYPERLINK(1)", actor_key=None))
    ledger.sealer.seal()
    text = command(ledger, "export", "--format", "csv").stdout
    (row,) = csv.DictReader(text.splitlines())
    assert (row["action"], row["position"], row["field_names"]) == ("'=HYPERLINK(1)", "0", "email name")
    assert len(row["leaf_hash"]) == 64
    assert "phone" not in text
