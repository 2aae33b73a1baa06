"""An entry is written with what it tells of or not at all, holds no value in its text, and cannot be changed after."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from admin_core.audit import AuditLog, KeyDestroyed, Look, SubjectKeys, erase_subject
from admin_core.audit.keys import AppKeys
from admin_core.audit.recording import KEYS_A_ROW
from admin_core.policy import Person, PolicySession
from schema.access_log import AccessKind
from schema.audit import ActorKind, AuditEntry
from tests.admin_core.audit.ledger import Ledger, sample

PERSONAL = {"reason": "Nomsa asked by phone", "ip": "203.0.113.9", "values": {"email": ["ada@example.com", None]}}


def test_the_sealed_text_holds_no_personal_value(ledger: Ledger) -> None:
    entry_id = ledger.record(sample(1, subject_kind="customer", subject_key="c-1", **PERSONAL))
    (row,) = ledger.rows("SELECT body, sealed_values FROM admin.audit_entries WHERE id = :id", id=entry_id)
    for value in ("Nomsa", "203.0.113.9", "ada@example.com"):
        assert value not in row.body
        assert value.encode() not in row.sealed_values
    assert set(json.loads(row.body)) == {
        "action", "actor_key", "actor_kind", "at", "category", "fields", "id", "mac_key", "object", "object_type",
        "outcome", "request", "rows", "subject", "subject_kind", "v", "values", "x_shown", "x_values_key",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["actor_key", "object_key", "subject_key", "request_id"])
@pytest.mark.parametrize("value", ["ada@example.com", "Ada Lovelace", "", "x" * 201, "é"])
def test_a_key_that_may_be_personal_is_refused(ledger: Ledger, name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} of audit entry"):
        sample(1, subject_kind="customer", **({"subject_key": "c"} | {name: value}))
    assert sample(1, object_key=ledger.log.keys.digest_of(value))


def test_half_a_subject_is_refused() -> None:
    with pytest.raises(ValueError, match="half a subject"):
        sample(1, subject_kind="customer", subject_key=None)


def test_an_entry_goes_with_the_transaction_it_tells_of(ledger: Ledger) -> None:
    with ledger.database.sessions() as session:
        ledger.log.record(session, sample(3))
        session.rollback()
    assert ledger.value("SELECT count(*) FROM admin.audit_entries") == 0
    assert ledger.value("SELECT count(*) FROM admin.subject_keys") == 0


def test_a_change_whose_entry_cannot_be_written_does_not_happen(ledger: Ledger) -> None:
    name = f"probe_{uuid.uuid4().hex}"
    with ledger.database.sessions() as session:
        session.execute(text(f"CREATE TABLE admin.{name} (id int)"))
        stranger = sample(1, actor_kind=ActorKind.MEMBER, actor_id=uuid.uuid4(), actor_key=None)
        with pytest.raises(IntegrityError):
            ledger.log.record(session, stranger)
    assert ledger.value(f"SELECT to_regclass('admin.{name}')") is None


def test_an_entry_is_written_through_the_session_of_somebody_who_may_see_none(ledger: Ledger) -> None:
    nobody = Person(uuid.uuid4(), "Otto")
    with PolicySession(ledger.database.engine, person=nobody) as session:
        ledger.log.record(session, sample(3))
        ledger.log.record_look(session, Look(kind=AccessKind.DETAIL, model_key="customers", request_id="r-1"))
        session.commit()
    assert ledger.value("SELECT count(*) FROM admin.audit_pending") == 2


def test_a_look_is_in_both_logs_before_the_answer_goes_out(ledger: Ledger) -> None:
    look = Look(kind=AccessKind.REVEAL, model_key="customers", record_key="7", subject_kind="customer",
                subject_key="7", field_names=("email",), reason="Ticket 12", ip="::ffff:192.0.2.1")  # fmt: skip
    entry_id = ledger.log.record_read(ledger.database, look)
    (seen,) = ledger.rows("SELECT * FROM admin.access_entries WHERE id = :id", id=entry_id)
    assert (seen.kind, str(seen.ip), seen.field_names, seen.reason) == ("reveal", "192.0.2.1", ["email"], "Ticket 12")
    assert ledger.value("SELECT action FROM admin.audit_entries WHERE id = :id", id=entry_id) == "data.reveal"
    assert ledger.verify().verdict == "clean"
    with pytest.raises(IntegrityError):  # a reveal without a reason: neither log has it, and no answer goes out
        ledger.log.record_read(ledger.database, Look(kind=AccessKind.REVEAL, model_key="customers"))
    assert ledger.value("SELECT count(*) FROM admin.audit_entries") == 1


def test_values_are_read_back_with_the_key_of_their_subject(ledger: Ledger) -> None:
    with ledger.database.transaction() as session:
        entry_id = ledger.log.record(session, sample(1, subject_kind="customer", subject_key="c-1", **PERSONAL))
        other = ledger.log.record(session, sample(1, **PERSONAL))
        row = session.scalars(select(AuditEntry).where(AuditEntry.id == entry_id)).one()
        assert row.sealed_values
        opened = ledger.log.subjects.open(session, "customer", "c-1", entry_id, row.sealed_values)
        assert json.loads(opened) == PERSONAL["values"]
        with pytest.raises(ValueError, match="not encrypted for this person and this cell"):
            ledger.log.subjects.open(session, "customer", "c-1", other, row.sealed_values)
        month = f"{datetime.now(UTC):%Y-%m}"
        assert json.loads(row.body)["x_values_key"] == "customer/c-1"
        unowned = session.scalars(select(AuditEntry).where(AuditEntry.id == other)).one()
        assert json.loads(unowned.body)["x_values_key"] == f"log/{month}"


def test_an_erased_person_s_values_are_gone_and_no_new_ones_are_kept(ledger: Ledger) -> None:
    about = {"subject_kind": "customer", "subject_key": "c-1"}
    entry_id = ledger.record(sample(1, **about, **PERSONAL))
    backup = ledger.value("SELECT sealed_values FROM admin.audit_entries WHERE id = :id", id=entry_id)
    with ledger.database.transaction() as session:
        assert erase_subject(session, ledger.log, kind="customer", key="c-1") == 1
        assert erase_subject(session, ledger.log, "customer", "c-1") == 0
        with pytest.raises(KeyDestroyed):
            ledger.log.subjects.open(session, "customer", "c-1", entry_id, backup)
        later = ledger.log.record(session, sample(1, **about, **PERSONAL))
    assert ledger.value("SELECT sealed_values FROM admin.audit_entries WHERE id = :id", id=later) is None
    assert ledger.value("SELECT count(*) FROM admin.audit_entries WHERE action = 'audit.redacted'") == 1
    assert ledger.verify().verdict == "clean"


def test_of_somebody_erased_before_anything_was_known_no_values_are_kept(ledger: Ledger) -> None:
    with ledger.database.transaction() as session:
        assert erase_subject(session, ledger.log, "customer", "c-1") == 0
        later = ledger.log.record(session, sample(1, subject_kind="customer", subject_key="c-1", **PERSONAL))
    assert ledger.value("SELECT sealed_values FROM admin.audit_entries WHERE id = :id", id=later) is None
    assert ledger.verify().verdict == "clean"


@pytest.mark.parametrize(
    ("given", "stored"),
    [("::ffff:196.25.1.7", "196.25.1.7"), ("fe80::1%eth0", "fe80::1"), ("unknown", None), ("", None), (None, None)],
)
def test_a_proxy_that_names_no_address_stops_nothing(ledger: Ledger, given: str | None, stored: str | None) -> None:
    entry_id = ledger.record(sample(1, ip=given))
    assert ledger.value("SELECT host(ip) FROM admin.audit_entries WHERE id = :id", id=entry_id) == stored


def test_keys_of_subjects_outlive_the_secret_key_that_wraps_them(ledger: Ledger) -> None:
    old, new = "k" * 40, "n" * 40
    with ledger.database.transaction() as session:
        cell = uuid.uuid4()
        sealed = ledger.log.subjects.seal(session, "customer", "c-1", cell, b"secret")
        rotating = SubjectKeys(AppKeys.from_secrets([new, old]))
        assert rotating.wrap_anew(session) == 1
        assert rotating.wrap_anew(session) == 0
        assert SubjectKeys(AppKeys.from_secrets([new])).open(session, "customer", "c-1", cell, sealed) == b"secret"


def test_entries_written_under_an_old_secret_key_verify_while_it_is_known(ledger: Ledger) -> None:
    ledger.sealed(4)
    newer = AuditLog(AppKeys.from_secrets(["n" * 40]))
    with ledger.database.transaction() as session:
        newer.record(session, sample(1))
    assert ledger.verify().verdict == "tampered", "a key that nobody names cannot vouch for what is not sealed"
    ledger.log = AuditLog(AppKeys.from_secrets(["n" * 40, "k" * 40]))
    assert ledger.verify().verdict == "clean"
    ledger.sealer.seal()
    ledger.log = newer
    assert ledger.verify().verdict == "inconclusive"


CHANGES = ("UPDATE admin.audit_{} SET log = 'x'", "DELETE FROM admin.audit_{}", "TRUNCATE admin.audit_{} CASCADE")
FORBIDDEN = [
    "UPDATE admin.audit_entries SET action = 'x'",
    "UPDATE admin.audit_entries SET sealed_values = NULL",
    "UPDATE admin.audit_entries SET sealed_values = NULL, values_salt = NULL, reason = NULL, ip = NULL, body = ''",
    "DELETE FROM admin.audit_entries",
    "DELETE FROM admin.audit_pending; SET CONSTRAINTS ALL IMMEDIATE",
    "UPDATE admin.audit_pending SET entry_id = gen_random_uuid()",
    *(
        statement.format(table)
        for table in ("leaves", "checkpoints")
        for statement in CHANGES
    ),
    "TRUNCATE admin.audit_entries CASCADE",
    "TRUNCATE admin.audit_pending",
    "UPDATE admin.audit_anchors SET receipt = 'x'",
    "DELETE FROM admin.audit_anchors",
    "UPDATE admin.audit_keys SET public_key = 'x'",
    "UPDATE admin.audit_keys SET valid_until = now(); UPDATE admin.audit_keys SET valid_until = NULL",
    "DELETE FROM admin.audit_keys",
]  # fmt: skip


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_refuses_to_change_what_was_written(ledger: Ledger, statement: str) -> None:
    ledger.sealed(5)
    ledger.anchor()
    ledger.act(2)
    with ledger.database.engine.connect() as connection:
        *before, refused = statement.split("; ")
        for part in before:
            connection.execute(text(part))
        with pytest.raises(DBAPIError, match="The audit log only grows"):
            connection.execute(text(refused))
        connection.rollback()


def test_the_keys_of_a_secret_are_derived_once() -> None:
    secrets = ["k" * 40, "o" * 40]
    assert AppKeys.from_secrets(secrets) is AppKeys.from_secrets(tuple(secrets))
    assert AppKeys.from_secrets(secrets[:1]) != AppKeys.from_secrets(secrets)


def test_a_look_at_thousands_of_people_names_each_of_them(ledger: Ledger) -> None:
    people = tuple(f"c-{number}" for number in range(2 * KEYS_A_ROW + 1))
    look = Look(kind=AccessKind.LIST, model_key="customers", subject_kind="customer", people=people)
    entry_id = ledger.log.record_read(ledger.database, look)
    rows = ledger.rows(
        "SELECT subject_keys FROM admin.access_key_lists WHERE entry_id = :id ORDER BY position", id=entry_id
    )
    assert [len(row.subject_keys) for row in rows] == [KEYS_A_ROW, KEYS_A_ROW, 1]
    assert {key for row in rows for key in row.subject_keys} == set(people)
    assert ledger.verify().verdict == "clean"
