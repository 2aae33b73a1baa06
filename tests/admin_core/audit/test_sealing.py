"""Every entry gets exactly one place, whoever writes, however many seal, and whenever one of them is killed."""

from pathlib import Path
from threading import Event, Thread

import pytest

from admin_core.audit import custody
from admin_core.audit.anchors import FILE_NAME, AnchorError, FileSink, anchor_newest, read_anchors
from admin_core.audit.pruning import prune
from admin_core.audit.sealer import FAILPOINTS, Sealer, run
from admin_core.audit.signing import SigningKeyError, read_signer
from admin_core.jobs.failpoints import VARIABLE
from tests.admin_core.audit.ledger import Ledger, sample
from tests.admin_core.jobs.world import KILLED, in_child, until


def check_places(ledger: Ledger, entries: int) -> None:
    """No entry without a place, no place twice, none left out."""
    counts = "SELECT count(*) n, min(position) low, max(position) high FROM admin.audit_leaves"
    (row,) = ledger.rows(counts)
    assert (row.n, row.low, row.high) == (entries, 0, entries - 1)
    assert ledger.value("SELECT count(*) FROM admin.audit_pending") == 0
    report = ledger.verify()
    assert report.verdict == "clean", report.lines()


@pytest.mark.parametrize("name", FAILPOINTS)
def test_a_sealer_killed_there_loses_nothing_and_seals_nothing_twice(ledger: Ledger, name: str) -> None:
    ledger.sealed(20)
    ledger.act(15)
    assert in_child(ledger, ledger.sealer.seal, **{VARIABLE: name}) == KILLED
    left = ledger.value("SELECT count(*) FROM admin.audit_pending")
    assert left == (15 if name == "seal.before_commit" else 0)
    ledger.sealer.seal_all()
    check_places(ledger, 35)


def test_several_sealers_and_writers_at_once_leave_one_unbroken_log(ledger: Ledger) -> None:
    stop = Event()
    others = [Sealer(ledger.database, ledger.sealer.signer, batch=7) for _ in range(3)]
    sealers = [
        Thread(target=run, args=(one,), kwargs={"every_s": 0.01, "stop": stop, "after": lambda: None}) for one in others
    ]

    def write() -> None:
        for count in range(1, 9):
            ledger.act(count)

    writers = [Thread(target=write) for _ in range(4)]
    for thread in [*sealers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    try:
        until(lambda: ledger.value("SELECT count(*) FROM admin.audit_leaves") > 0)
    finally:
        stop.set()
        for thread in sealers:
            thread.join()
    ledger.sealer.seal_all()
    check_places(ledger, 4 * 36)


def test_an_entry_that_commits_late_is_sealed_late_and_not_forgotten(ledger: Ledger) -> None:
    with ledger.database.transaction() as session:
        early = ledger.log.record(session, sample(1))
        ledger.sealed(10)
    assert ledger.sealer.seal() == 1
    assert ledger.value("SELECT position FROM admin.audit_leaves WHERE entry_id = :id", id=early) == 10
    check_places(ledger, 11)


def test_a_seal_reads_and_writes_the_edge_of_the_tree_only(ledger: Ledger) -> None:
    ledger.sealed(600, batch=300)
    ledger.act(3)
    assert ledger.sealer.seal() == 3
    held = ledger.rows("SELECT level, position, octet_length(hashes) / 32 n FROM admin.audit_tiles ORDER BY 1, 2")
    assert [tuple(row) for row in held] == [(0, 0, 256), (0, 1, 256), (0, 2, 91), (1, 0, 2)]
    check_places(ledger, 603)


def test_the_key_is_made_once_for_its_owner_alone(ledger: Ledger) -> None:
    path = ledger.directory / "audit.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert custody.signer_at(ledger.database, path).id == ledger.sealer.signer.id
    path.chmod(0o640)
    with pytest.raises(SigningKeyError, match="chmod 600"):
        read_signer(path)
    path.unlink()
    with pytest.raises(SigningKeyError, match="Put the file back"):
        custody.signer_at(ledger.database, path)


def test_a_new_key_goes_on_where_the_old_one_stopped(ledger: Ledger) -> None:
    ledger.sealed(10)
    old = ledger.sealer.signer.id
    path = ledger.directory / "audit.key"
    new = custody.rotate(ledger.database, path, ledger.log)
    ledger.sealer = Sealer(ledger.database, custody.signer_at(ledger.database, path))
    assert ledger.sealer.signer.id == new != old
    ledger.sealed(10)
    for pinned in (old, new):
        report = ledger.verify(pinned=(pinned,))
        assert report.verdict == "clean", report.lines()
    assert ledger.value("SELECT count(*) FROM admin.audit_checkpoints WHERE key_id = :id", id=new) >= 1


def test_a_rotation_that_was_cut_short_is_finished(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ledger.directory / "audit.key"
    with monkeypatch.context() as patch:
        patch.setattr(custody, "finish_rotation", lambda *_: None)  # a power cut after the commit
        new = custody.rotate(ledger.database, path, ledger.log)
    assert read_signer(path).id != new
    assert custody.signer_at(ledger.database, path).id == new


def test_anchors_are_written_once_and_tried_again_after_a_failure(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.anchor() == [], "nothing is sealed yet"
    ledger.sealed(5)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the directory should be")
    (said,) = anchor_newest(ledger.database, [FileSink(blocked)])
    assert "is not anchored in file" in said
    assert ledger.value("SELECT state FROM admin.audit_anchors") == "failed"
    assert len(ledger.anchor()) == 1
    assert ledger.anchor() == []
    assert [tuple(r) for r in ledger.rows("SELECT state, attempts FROM admin.audit_anchors")] == [("done", 2)]
    path = ledger.directory / FILE_NAME
    (anchor,) = read_anchors(path)
    assert anchor.is_genuine
    path.write_text(path.read_text() + '{"cut off')
    assert len(list(read_anchors(path))) == 1
    path.write_text("{}\n")
    with pytest.raises(AnchorError, match="Line 1"):
        list(read_anchors(path))


def test_pruned_entries_leave_their_hashes_under_a_signed_note(ledger: Ledger) -> None:
    ledger.sealed(20)
    joined = "admin.audit_entries e JOIN admin.audit_leaves l ON l.entry_id = e.id"
    half = ledger.value(f"SELECT occurred_at FROM {joined} WHERE position = 10")
    assert prune(ledger.database, ledger.sealer.signer, ledger.log, half, "Retention is over.") == 10
    assert prune(ledger.database, ledger.sealer.signer, ledger.log, half, "Retention is over.") == 0
    report = ledger.verify()
    assert (report.verdict, report.pruned) == ("clean", 10), report.lines()
    with ledger.tampering() as run_sql:
        run_sql("UPDATE admin.audit_prunes SET to_position = to_position + 1")
    assert "prune" in {finding.kind for finding in ledger.verify().findings}
