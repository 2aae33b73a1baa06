"""After a restore the log goes on under a new name: what was lost is said, and nothing else passes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from admin_core.audit import verifying
from admin_core.audit.beginning_anew import begin_anew
from admin_core.audit.sealer import SealRefused
from admin_core.audit.verifying import Evidence
from tests.admin_core.audit.ledger import Ledger
from tests.admin_core.audit.test_commands import command

WHY = "Backup of Monday restored."


def restored(ledger: Ledger, kept: int = 20, lost: int = 10) -> None:
    """Leave the log as a backup would that knows nothing of its last entries, while anchors do."""
    ledger.sealed(kept + lost)
    ledger.anchor()
    with ledger.tampering() as run:
        for table in ("leaves", "checkpoints"):
            column = "position >= " if table == "leaves" else "size > "
            run(f"DELETE FROM admin.audit_{table} WHERE {column} {kept}")
        run("DELETE FROM admin.audit_entries e WHERE NOT EXISTS (SELECT FROM admin.audit_leaves WHERE entry_id = e.id)")


def begin(ledger: Ledger) -> None:
    begin_anew(ledger.sealer, ledger.log, ledger.evidence(anchored=True), WHY)


def test_a_restored_log_goes_on_and_every_verification_says_what_was_lost(ledger: Ledger) -> None:
    restored(ledger)
    assert [each.kind for each in ledger.verify(anchored=True).findings] == ["truncated"]
    begin(ledger)
    ledger.act(5)
    ledger.sealer.seal()
    report = ledger.verify(anchored=True)
    assert (report.verdict, report.entries) == ("clean", 26)
    assert any("log-1 was ended at 20 entries, and log-2 begun" in note for note in report.notes)
    assert any("10 entries that were anchored are lost" in note for note in report.notes)
    assert any("no anchor knows of more" in note for note in ledger.verify().notes)
    ledger.anchor()
    assert ledger.verify(anchored=True).verdict == "clean"
    assert ledger.value("SELECT reason FROM admin.audit_entries WHERE action = 'audit.begun-anew'") == WHY


def test_a_log_may_be_begun_anew_more_than_once(ledger: Ledger) -> None:
    ledger.sealed(12)
    for _ in range(3):
        begin_anew(ledger.sealer, ledger.log, ledger.evidence(), WHY)
        ledger.act(3)
        ledger.sealer.seal()
    report = ledger.verify()
    assert (report.verdict, report.entries) == ("clean", 24)
    assert ledger.value("SELECT count(DISTINCT log) FROM admin.audit_checkpoints") == 4


ATTACKS: dict[str, str] = {
    "the old log is cut further": "DELETE FROM admin.audit_checkpoints WHERE log = 'log-1' AND size > 10",
    "the link is changed": "UPDATE admin.audit_checkpoints SET previous_root = root WHERE log = 'log-2' AND number = 1",
    "the link is removed": "UPDATE admin.audit_checkpoints SET previous_root = NULL WHERE log = 'log-2' AND number = 1",
    "the old log is gone": "DELETE FROM admin.audit_checkpoints WHERE log = 'log-1'",
    "the new log's beginning is gone": "DELETE FROM admin.audit_checkpoints WHERE log = 'log-2' AND number = 1",
    "the reason is changed": "UPDATE admin.audit_entries SET reason = 'x' WHERE action = 'audit.begun-anew'",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_new_log_hides_no_later_attack(ledger: Ledger, name: str) -> None:
    restored(ledger)
    begin(ledger)
    ledger.act(3)
    ledger.sealer.seal()
    with ledger.tampering() as run:
        run(ATTACKS[name])
    assert ledger.verify().verdict == "tampered"
    assert ledger.verify(anchored=True).verdict == "tampered"


@pytest.mark.parametrize(
    "tamper",
    [
        lambda run: run(
            "UPDATE admin.audit_entries SET body = replace(body, 'edited', 'viewed') WHERE object_key = '2'"
        ),
        lambda run: run("DELETE FROM admin.audit_entries WHERE object_key = '2'"),
    ],
)
def test_no_new_log_is_begun_over_what_a_restore_does_not_explain(
    ledger: Ledger, tamper: Callable[[Callable[..., object]], None]
) -> None:
    ledger.sealed(20)
    with ledger.tampering() as run:
        tamper(run)
    with pytest.raises(SealRefused, match="no new log is begun"):
        begin_anew(ledger.sealer, ledger.log, ledger.evidence(), WHY)
    assert ledger.value("SELECT count(DISTINCT log) FROM admin.audit_checkpoints") == 1


DOUBTS: dict[str, Callable[[Evidence], Evidence]] = {
    "a key is not at hand": lambda evidence: replace(evidence, macs=()),
    "anchors cannot be read": lambda evidence: replace(evidence, doubts=("The anchors cannot be read.",)),
}


@pytest.mark.parametrize("what", DOUBTS)
def test_no_new_log_is_begun_over_what_is_not_known_to_be_whole(ledger: Ledger, what: str) -> None:
    ledger.sealed(20)
    with pytest.raises(SealRefused, match="Until this is known no new log is begun"):
        begin_anew(ledger.sealer, ledger.log, DOUBTS[what](ledger.evidence()), WHY)
    assert ledger.value("SELECT count(DISTINCT log) FROM admin.audit_checkpoints") == 1


def test_entries_that_wait_since_the_backup_are_no_doubt(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    restored(ledger)
    ledger.act(3)
    monkeypatch.setattr(verifying, "SEAL_LAG", timedelta(0))
    assert ledger.verify().verdict == "inconclusive"
    begin(ledger)
    ledger.sealer.seal_all()
    assert (ledger.verify(anchored=True).verdict, ledger.verify().entries) == ("clean", 24)


def test_a_new_log_is_begun_from_the_command_line(ledger: Ledger) -> None:
    assert "there is no log to end" in command(ledger, "begin-anew", "--reason", WHY).output
    restored(ledger)
    ledger.directory.joinpath("audit-anchors.jsonl").rename(ledger.directory / "anchors.jsonl")
    places = {"ADMIN_AUDIT_ANCHOR_DIR": str(ledger.directory / "anchors.jsonl")}
    done = command(ledger, "begin-anew", "--reason", WHY, **places)
    assert (done.exit_code, "log-2 is begun: it follows checkpoint 2 of log-1" in done.output) == (0, True), done.output
    assert "30 were anchored" in done.output
    assert "are lost" in command(ledger, "verify", **places).output
    assert command(ledger, "verify", **places).exit_code == 0
    assert command(ledger, "begin-anew").exit_code == 2
