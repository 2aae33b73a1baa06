"""What somebody with every right in the database can do to the log, and what a verification says to it.

The table of docs/audit.md, row by row: what is caught by the database alone, what only with an anchor from outside.
"""

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from admin_core.audit import erase_subject, redact_entry
from admin_core.audit.findings import Report
from admin_core.audit.sealer import Sealer, SealRefused
from admin_core.audit.signing import PublicKey, Signer, Statement, write_signer
from admin_core.audit.tiles import Edge
from admin_core.audit.tree import leaf_hash
from tests.admin_core.audit.ledger import Ledger, sample


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings}


def assert_names(report: Report, kind: str, position: int | None, entry: uuid.UUID | None) -> None:
    assert report.verdict == "tampered"
    assert (kind, position, entry) in {(f.kind, f.position, f.entry_id) for f in report.findings}, report.lines()
    first = report.findings[0]
    assert (first.position, first.entry_id) == (position, entry), report.lines()


def test_a_log_that_nobody_touched_is_clean(ledger: Ledger) -> None:
    ledger.sealed(35)
    ledger.act(4)
    ledger.anchor()
    report = ledger.verify(anchored=True)
    assert report.verdict == "clean", report.lines()
    assert (report.entries, report.checkpoints, report.anchors, report.unsealed) == (35, 4, 1, 4)
    assert ledger.verify(since=2).entries == 15


SEALED_ROW = {
    "text": ("entry", "body = replace(body, 'customers.edited', 'customers.viewed')"),
    "text that is no JSON": ("entry", "body = 'nothing to see'"),
    "mac": ("entry", "mac = decode('00', 'hex')"),
    "action": ("copy", "action = 'customers.viewed'"),
    "actor": ("copy", "actor_key = 'somebody-else'"),
    "time": ("copy", "occurred_at = occurred_at - interval '1 microsecond'"),
    "object": ("copy", "object_key = NULL"),
    "outcome": ("copy", "outcome = 'refused'"),
    "fields": ("copy", "field_names = '{}'"),
    "rows": ("copy", "row_count = row_count + 1"),
    "request": ("copy", "request_id = 'another'"),
    "values": ("values", "sealed_values = convert_to('other', 'UTF8')"),
    "salt": ("values", "values_salt = convert_to('0123456789abcdef', 'UTF8')"),
    "commitment": ("copy", "values_commitment = sha256('x')"),
    "reason": ("shown", "reason = 'Asked by nobody'"),
    "address": ("shown", "ip = '192.0.2.8'"),
    "values gone without a word": ("redaction", "sealed_values = NULL, values_salt = NULL, reason = NULL, ip = NULL"),
}


@pytest.mark.parametrize("what", SEALED_ROW)
def test_a_changed_sealed_row_is_named(ledger: Ledger, what: str) -> None:
    kind, change = SEALED_ROW[what]
    victim = ledger.sealed(30)[13]  # the fourth of its batch: it has fields, an address, a reason and values
    with ledger.tampering() as run:
        assert run(f"UPDATE admin.audit_entries SET {change} WHERE id = :id", id=victim).rowcount == 1
    assert_names(ledger.verify(), kind, 13, victim)


def test_a_deleted_row_is_named(ledger: Ledger) -> None:
    victim = ledger.sealed(30)[13]
    with ledger.tampering() as run:
        run("DELETE FROM admin.audit_entries WHERE id = :id", id=victim)
    assert_names(ledger.verify(), "missing", 13, victim)


def test_a_row_deleted_with_its_leaf_leaves_a_gap(ledger: Ledger) -> None:
    victim = ledger.sealed(30)[13]
    with ledger.tampering() as run:
        run("DELETE FROM admin.audit_entries WHERE id = :id", id=victim)
        run("DELETE FROM admin.audit_leaves WHERE entry_id = :id", id=victim)
    report = ledger.verify()
    assert_names(report, "gap", 13, None)
    assert report.found == 1, "what comes after is still verified and sound"


def test_leaves_deleted_with_their_tiles_are_a_gap_all_the_same(ledger: Ledger) -> None:
    ledger.sealed(30)
    with ledger.tampering() as run:
        run("DELETE FROM admin.audit_leaves WHERE position IN (13, 14)")
        run("DELETE FROM admin.audit_tiles")
    assert_names(ledger.verify(), "gap", 13, None)


def test_leaves_that_were_renumbered_over_a_deletion_are_named(ledger: Ledger) -> None:
    order = ledger.sealed(30)
    with ledger.tampering() as run:
        run("DELETE FROM admin.audit_leaves WHERE position = 13")
        run("DELETE FROM admin.audit_entries WHERE id = :id", id=order[13])
        run("UPDATE admin.audit_leaves SET position = position + 1000 WHERE position > 13")
        run("UPDATE admin.audit_leaves SET position = position - 1001 WHERE position > 1000")
    assert_names(ledger.verify(), "order", 13, order[14])


def swap(run: Any, first: int, second: int) -> None:
    for place, target in ((first, 9999), (second, first), (9999, second)):
        run("UPDATE admin.audit_leaves SET position = :target WHERE position = :place", target=target, place=place)


def test_swapped_leaves_are_named(ledger: Ledger) -> None:
    order = ledger.sealed(30)
    with ledger.tampering() as run:
        swap(run, 11, 18)
    assert_names(ledger.verify(), "order", 11, order[18])


def test_swapped_leaves_without_tiles_are_found_by_their_batch(ledger: Ledger) -> None:
    ledger.sealed(30)
    with ledger.tampering() as run:
        swap(run, 11, 18)
        run("DELETE FROM admin.audit_tiles")
    report = ledger.verify()
    assert (report.findings[0].kind, report.findings[0].position) == ("root", 10)


def test_a_row_forged_without_the_application_s_key_is_named(ledger: Ledger) -> None:
    ledger.sealed(20)
    with ledger.tampering() as run:
        forged = (
            "INSERT INTO admin.audit_entries SELECT (jsonb_populate_record(e, jsonb_build_object('id', n.id, 'body',"
            " replace(e.body, e.id::text, n.id::text)))).* FROM admin.audit_entries e, (SELECT gen_random_uuid() id) n"
            " LIMIT 1 RETURNING id"
        )
        found = run(forged).scalar_one()
        run("INSERT INTO admin.audit_pending VALUES (:id)", id=found)
    assert_names(ledger.verify(), "mac", None, found)
    ledger.sealer.seal()
    assert_names(ledger.verify(), "mac", 20, found)


def test_an_unsealed_row_that_was_changed_is_named(ledger: Ledger) -> None:
    ledger.sealed(10)
    victim = ledger.act(3)[1]
    with ledger.tampering() as run:
        run("UPDATE admin.audit_entries SET body = replace(body, 'edited', 'viewed') WHERE id = :id", id=victim)
    assert_names(ledger.verify(), "mac", None, victim)


def test_a_row_taken_out_of_the_queue_is_named(ledger: Ledger) -> None:
    ledger.sealed(10)
    victim = ledger.act(3)[1]
    with ledger.tampering() as run:
        run("DELETE FROM admin.audit_pending WHERE entry_id = :id", id=victim)
    assert_names(ledger.verify(), "unqueued", None, victim)


def test_a_row_deleted_before_it_was_sealed_goes_unnoticed(ledger: Ledger) -> None:
    """The window of a second that docs/audit.md admits."""
    ledger.sealed(10)
    victim = ledger.act(3)[1]
    with ledger.tampering() as run:
        run("DELETE FROM admin.audit_pending WHERE entry_id = :id", id=victim)
        run("DELETE FROM admin.audit_entries WHERE id = :id", id=victim)
    assert ledger.verify().verdict == "clean"


def test_lawful_erasure_is_clean_and_leaves_no_value(ledger: Ledger) -> None:
    order = ledger.sealed(30)
    with ledger.database.transaction() as session:
        erased = erase_subject(session, ledger.log, "customer", "c-1")
        assert redact_entry(session, ledger.log, order[13]) == 1
        assert redact_entry(session, ledger.log, order[13]) == 0, "safe to repeat"
    assert erased > 0
    report = ledger.verify()
    assert report.verdict == "clean", report.lines()
    assert report.redacted == erased + 1
    left = "SELECT count(*) FROM admin.audit_entries WHERE subject_key = 'c-1' AND num_nonnulls({}) > 0"
    assert ledger.value(left.format("sealed_values, values_salt, reason, ip")) == 0
    ledger.sealer.seal()
    assert ledger.verify().verdict == "clean"


def cut_tail(ledger: Ledger, after: int) -> None:
    with ledger.tampering() as run:
        size = run("SELECT size FROM admin.audit_checkpoints WHERE number = :n", n=after).scalar_one()
        run(
            "WITH gone AS (DELETE FROM admin.audit_leaves WHERE position >= :size RETURNING entry_id)"
            " DELETE FROM admin.audit_entries WHERE id IN (SELECT entry_id FROM gone)",
            size=size,
        )
        run("DELETE FROM admin.audit_anchors")
        run("DELETE FROM admin.audit_checkpoints WHERE number > :n", n=after)
        run("DELETE FROM admin.audit_tiles")


def test_a_cut_tail_shows_only_against_the_anchor(ledger: Ledger) -> None:
    ledger.sealed(30)
    ledger.anchor()
    cut_tail(ledger, after=2)
    assert ledger.verify().verdict == "clean"
    assert_names(ledger.verify(anchored=True), "truncated", 20, None)


def rewrite(ledger: Ledger, signer: Signer, *, with_mac: bool) -> uuid.UUID:
    """Change an entry of the second batch and make everything after it anew: leaves, tiles, checkpoints."""
    with ledger.tampering() as run:
        rows = run(
            "SELECT l.position, e.id, e.body, e.mac, l.checkpoint_number FROM admin.audit_leaves l"
            " JOIN admin.audit_entries e ON e.id = l.entry_id ORDER BY position"
        ).all()
        edge, sizes = Edge(), {}
        for row in rows:
            body, mac = row.body, row.mac
            if row.position == 13:
                body = body.replace('"object":"3"', '"object":"4"')
                mac = ledger.log.keys.mac.mac(body.encode()) if with_mac else mac
                change = "UPDATE admin.audit_entries SET body = :body, mac = :mac, object_key = '4' WHERE id = :id"
                run(change, body=body, mac=mac, id=row.id)
            hashed = leaf_hash(body.encode() + mac)
            edge.append(hashed)
            run("UPDATE admin.audit_leaves SET leaf_hash = :h WHERE position = :p", h=hashed, p=row.position)
            sizes[row.checkpoint_number] = (edge.size, edge.root())
        for (level, number), hashes in edge.tiles().items():
            change = "UPDATE admin.audit_tiles SET hashes = :h WHERE level = :l AND position = :n"
            run(change, h=hashes, l=level, n=number)
        previous = None
        for row in run("SELECT * FROM admin.audit_checkpoints ORDER BY number").all():
            size, root = sizes[row.number]
            said = Statement(row.log, row.number, size, root, previous, row.sealed_at)
            change = "UPDATE admin.audit_checkpoints SET root = :r, previous_root = :p, signature = :s, key_id = :k"
            run(
                f"{change} WHERE number = :n", r=root, p=previous, s=signer.sign(said.text()), k=signer.id, n=row.number
            )
            previous = root
        return uuid.UUID(str(rows[13].id))


def test_history_rewritten_without_any_key_is_caught(ledger: Ledger) -> None:
    ledger.sealed(30)
    thief = write_signer(ledger.directory / "thief.key")
    victim = rewrite(ledger, thief, with_mac=False)
    report = ledger.verify()
    assert {"mac", "signature"} <= kinds(report)
    assert (13, victim) in {(f.position, f.entry_id) for f in report.findings}


def test_history_rewritten_with_the_application_s_key_is_caught_by_the_signature(ledger: Ledger) -> None:
    ledger.sealed(30)
    thief = write_signer(ledger.directory / "thief.key")
    rewrite(ledger, thief, with_mac=True)
    assert kinds(ledger.verify()) == {"signature"}


def test_a_thief_s_own_key_in_the_table_of_keys_does_not_help(ledger: Ledger) -> None:
    ledger.sealed(30)
    ledger.anchor()
    thief = write_signer(ledger.directory / "thief.key")
    rewrite(ledger, thief, with_mac=True)
    with ledger.tampering() as run:
        change = "UPDATE admin.audit_keys SET key_id = :id, public_key = :text"
        run(change, id=thief.id, text=PublicKey(thief.public).text())
    assert {"key", "signature"} <= kinds(ledger.verify()), "the sealer's key file pins the true key"
    anchored = ledger.verify(anchored=True, pinned=(thief.id,))
    assert {"rewritten", "key"} <= kinds(anchored), "and so does the anchor"


def test_history_rewritten_with_all_keys_shows_only_against_the_anchor(ledger: Ledger) -> None:
    ledger.sealed(30)
    ledger.anchor()
    rewrite(ledger, ledger.sealer.signer, with_mac=True)
    assert ledger.verify().verdict == "clean"
    assert kinds(ledger.verify(anchored=True)) == {"rewritten"}


def test_a_checkpoint_that_is_missing_or_changed_is_found(ledger: Ledger) -> None:
    ledger.sealed(30)
    with ledger.tampering() as run:
        run("UPDATE admin.audit_checkpoints SET root = sha256('x') WHERE number = 2")
    assert kinds(ledger.verify()) == {"signature", "chain", "root"}
    with ledger.tampering() as run:
        run("DELETE FROM admin.audit_checkpoints WHERE number = 2")
    assert kinds(ledger.verify()) == {"chain"}


def test_the_sealer_does_not_go_on_over_a_tampered_log(ledger: Ledger) -> None:
    ledger.sealed(20)
    ledger.act()
    with ledger.tampering() as run:
        run("UPDATE admin.audit_tiles SET hashes = hashes || hashes")
    assert ledger.sealer.seal() == 1, "what stands behind the edge does not matter"
    ledger.act()
    with ledger.tampering() as run:
        run("UPDATE admin.audit_tiles SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1)")
    with pytest.raises(SealRefused, match="do not give the root"):
        ledger.sealer.seal()
    assert ledger.value("SELECT count(*) FROM admin.audit_pending") == 1, "the entry still waits"


def test_the_sealer_does_not_go_on_after_a_stranger_s_checkpoint(ledger: Ledger) -> None:
    ledger.sealed(20)
    ledger.act()
    rewrite(ledger, write_signer(ledger.directory / "thief.key"), with_mac=True)
    with pytest.raises(SealRefused, match="not signed by the key of this sealer"):
        ledger.sealer.seal()


def test_what_cannot_be_judged_is_no_clean_bill(ledger: Ledger) -> None:
    ledger.sealed(10)
    ledger.act(1)
    with ledger.database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        change = "UPDATE admin.audit_entries e SET occurred_at = occurred_at FROM admin.audit_pending p"
        connection.execute(text(f"{change} WHERE e.id = p.entry_id"))
    assert ledger.verify(since=77).verdict == "inconclusive"
    assert Sealer(ledger.database, ledger.sealer.signer).seal() == 1


NO_MOMENT = {
    "a sealed entry": ("UPDATE admin.audit_entries SET occurred_at = {} WHERE object_key = '3'", "copy"),
    "an entry that waits": ("UPDATE admin.audit_entries SET occurred_at = {} WHERE object_key = '103'", "copy"),
    "a checkpoint": ("UPDATE admin.audit_checkpoints SET sealed_at = {} WHERE number = 2", "signature"),
    "the last checkpoint": ("UPDATE admin.audit_checkpoints SET sealed_at = {} WHERE number = 4", "signature"),
}


@pytest.mark.parametrize("moment", ["'infinity'", "'-infinity'", "'20000-01-01'", "'0044-03-15 BC'"])
@pytest.mark.parametrize("what", NO_MOMENT)
def test_a_moment_that_is_none_is_found_and_stops_no_verification(ledger: Ledger, what: str, moment: str) -> None:
    ledger.sealed(35)
    for number in range(100, 104):
        ledger.record(sample(number))
    sql, kind = NO_MOMENT[what]
    with ledger.tampering() as run:
        run(sql.format(moment))
    assert kind in kinds(ledger.verify())
    assert kind in kinds(ledger.verify(since=1))
