"""Whatever writes, by whatever way: it is recorded with who did it, or it is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, delete, func, insert, make_url, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool
from uuid_utils.compat import uuid7

from admin_core.changes import triggers
from admin_core.changes.acting import Acting, acting, describe, tell
from admin_core.changes.database_roles import READONLY_ROLE
from schema.audit import ActorKind
from schema.base import Base
from schema.changes import ChangeKind, ChangeRow, ChangeSet
from schema.content import FaqEntry
from schema.customers import Customer
from schema.staff import Role, StaffMember
from tests.databases import as_app

ADA = Acting(kind=ChangeKind.COMMAND, actor_kind=ActorKind.SYSTEM, actor_key="test", reason="Because.")
NOON = datetime(2026, 3, 5, 10, tzinfo=UTC)
PLAIN = (
    "INSERT INTO admin.faq_entries (id, question, answer, category)"
    " VALUES (gen_random_uuid(), 'How?', 'So.', 'general')"
)
OTHER = """
    DROP TRIGGER capture_row ON admin.customers;
    CREATE TRIGGER capture_row AFTER INSERT ON admin.customers FOR EACH ROW EXECUTE FUNCTION admin.capture_row('{}')
"""
FAQ = {"question": "How?", "answer": "So.", "category": "general"}
Write = Callable[[Session], Any]


def by_object(session: Session) -> None:
    session.add(FaqEntry(**FAQ))


def by_list(session: Session) -> None:
    session.execute(insert(FaqEntry), [FAQ])


def by_text(session: Session) -> None:
    session.execute(text(PLAIN))


def by_cursor(session: Session) -> None:
    session.connection().exec_driver_sql(PLAIN)


def by_copy(session: Session) -> None:
    raw: Any = session.connection().connection.driver_connection
    with raw.cursor().copy("COPY admin.faq_entries (id, question, answer, category) FROM STDIN") as copy:
        copy.write("0199a1b2-0000-7000-8000-000000000001\tHow?\tSo.\tgeneral\n")


INSERTS: tuple[Write, ...] = (by_object, by_list, by_text, by_cursor, by_copy)


def written(session: Session, write: Write) -> None:
    write(session)
    session.flush()


@pytest.mark.parametrize("write", INSERTS, ids=lambda write: write.__name__)
def test_a_write_nobody_answers_for_is_refused(sessions: sessionmaker[Session], write: Write) -> None:
    with sessions() as session:
        with pytest.raises(Exception, match="Nobody said who writes to faq_entries"):
            written(session, write)
        session.rollback()
        assert session.scalars(select(FaqEntry)).all() == []


@pytest.mark.parametrize("write", INSERTS, ids=lambda write: write.__name__)
def test_every_way_to_insert_is_recorded(sessions: sessionmaker[Session], write: Write) -> None:
    with acting(ADA), sessions.begin() as session:
        tell(session)
        write(session)
    with sessions() as session:
        found = session.execute(select(ChangeRow, ChangeSet).join(ChangeSet)).one()
    assert (found.ChangeRow.table_name, str(found.ChangeRow.operation)) == ("faq_entries", "insert")
    assert found.ChangeRow.after["category"] == "general"
    assert (found.ChangeSet.id, found.ChangeSet.actor_key, found.ChangeSet.reason) == (ADA.id, "test", "Because.")


@pytest.mark.parametrize("write", INSERTS[:3], ids=lambda write: write.__name__)
def test_a_session_tells_by_itself(sessions: sessionmaker[Session], write: Write) -> None:
    with acting(ADA), sessions.begin() as session:
        write(session)
    with sessions() as session:
        assert session.scalar(select(ChangeSet.id)) == ADA.id


def entries(sessions: sessionmaker[Session], count: int) -> list[Any]:
    """Return some entries, as if they had always been there."""
    made = [FaqEntry(**FAQ) for _ in range(count)]
    with acting(replace(ADA, id=uuid7())), sessions.begin() as session:
        session.add_all(made)
    return [entry.id for entry in made]


def changed(sessions: sessionmaker[Session], who: Acting) -> list[ChangeRow]:
    with sessions() as session:
        return list(session.scalars(select(ChangeRow).where(ChangeRow.change_set_id == who.id).order_by(ChangeRow.id)))


def edit_object(session: Session) -> None:
    for entry in session.scalars(select(FaqEntry)):
        entry.category = "other"


def edit_in_bulk(session: Session) -> None:
    session.execute(update(FaqEntry).values(category="other"))


def edit_by_text(session: Session) -> None:
    session.execute(text("UPDATE admin.faq_entries SET category = 'other'"))


@pytest.mark.parametrize("write", [edit_object, edit_in_bulk, edit_by_text], ids=lambda write: write.__name__)
def test_an_edit_keeps_what_changed_and_nothing_else(sessions: sessionmaker[Session], write: Write) -> None:
    ids = entries(sessions, 3)
    with acting(ADA), sessions.begin() as session:
        write(session)
    rows = changed(sessions, ADA)
    assert {row.record_key["id"] for row in rows} == {str(each) for each in ids}
    assert all((row.before, row.after) == ({"category": "general"}, {"category": "other"}) for row in rows)


def test_an_edit_that_changes_nothing_leaves_no_row(sessions: sessionmaker[Session]) -> None:
    entries(sessions, 1)
    with acting(ADA), sessions.begin() as session:
        session.execute(update(FaqEntry).values(category="general"))
    assert changed(sessions, ADA) == []


def test_a_bulk_delete_keeps_the_whole_rows(sessions: sessionmaker[Session]) -> None:
    entries(sessions, 2)
    with acting(ADA), sessions.begin() as session:
        session.execute(delete(FaqEntry))
    rows = changed(sessions, ADA)
    assert [(str(row.operation), row.before["question"], row.after) for row in rows] == [("delete", "How?", None)] * 2


def test_personal_values_stand_apart_with_whose_they_are(sessions: sessionmaker[Session]) -> None:
    customer = Customer(product_line="b2c", person_name="Ada", email="ada@example.com", signup_at=NOON, status="active")
    with acting(ADA), sessions.begin() as session:
        session.add(customer)
    (row,) = changed(sessions, ADA)
    assert row.personal["email"] == [None, "ada@example.com"]
    assert "email" not in row.after
    assert (row.subject_kind, row.subject_key) == ("customer", str(customer.id))


def test_a_secret_is_never_kept(sessions: sessionmaker[Session]) -> None:
    with acting(ADA), sessions.begin() as session:
        session.add(StaffMember(name="Ada", email="ada@example.com", fs_uniquifier="ada", password="hash-of-ada"))
    (row,) = changed(sessions, ADA)
    assert "hash-of-ada" not in str((row.before, row.after, row.personal))


def test_what_a_cascade_takes_along_is_recorded(sessions: sessionmaker[Session]) -> None:
    ada = StaffMember(name="Ada", email="ada@example.com", fs_uniquifier="ada")
    role = Role(name="Auditor", permissions=["data:*:read"])
    ada.roles = [role]
    with acting(replace(ADA, id=uuid7())), sessions.begin() as session:
        session.add(ada)
    with acting(ADA), sessions.begin() as session:
        session.execute(text("DELETE FROM admin.staff_members"))
    assert {(row.table_name, str(row.operation)) for row in changed(sessions, ADA)} == {
        ("staff_members", "delete"), ("staff_roles", "delete"),
    }  # fmt: skip


def test_a_transaction_that_is_rolled_back_leaves_nothing(sessions: sessionmaker[Session]) -> None:
    with acting(ADA), sessions() as session:
        by_object(session)
        session.flush()
        session.rollback()
    assert changed(sessions, ADA) == []


def test_two_transactions_of_one_request_are_one_change(sessions: sessionmaker[Session]) -> None:
    with acting(ADA):
        for _ in range(2):
            with sessions.begin() as session:
                by_object(session)
    assert len(changed(sessions, ADA)) == 2


def test_reading_tells_nothing(sessions: sessionmaker[Session]) -> None:
    with acting(ADA), sessions() as session:
        session.scalars(select(FaqEntry)).all()
        assert session.connection().scalar(text("SELECT current_setting('admin.change', true)")) in {None, ""}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO admin.change_sets (id) VALUES (gen_random_uuid())",
        "UPDATE admin.change_rows SET before = NULL",
        "DELETE FROM admin.change_sets",
        "TRUNCATE admin.change_rows",
        "TRUNCATE admin.faq_entries",
        "ALTER TABLE admin.faq_entries DISABLE TRIGGER ALL",
        "DROP TRIGGER capture_row ON admin.faq_entries",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION admin.capture_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "UPDATE admin.alembic_version SET version_num = '9999'",
    ],
)
def test_the_application_cannot_rewrite_history(app_engine: Engine, statement: str) -> None:
    with app_engine.connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.exec_driver_sql(statement)
    assert refused.value.orig.sqlstate == "42501"  # type: ignore[union-attr]  # insufficient privilege


def test_others_are_neither_recorded_nor_refused(fresh_database: str) -> None:
    engine = create_engine(fresh_database, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(PLAIN)
        assert connection.scalar(select(func.count()).select_from(ChangeRow)) == 0


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        ("SELECT name, email FROM admin.staff_members", "SELECT password FROM admin.staff_members"),
        ("SELECT action, object_key FROM admin.audit_entries", "SELECT reason FROM admin.audit_entries"),
        ("SELECT action, object_key FROM admin.audit_entries", "SELECT ip FROM admin.audit_entries"),
        ("SELECT model_key FROM admin.access_entries", "SELECT ip FROM admin.access_entries"),
        ("SELECT model_key FROM admin.access_entries", "SELECT subject_key FROM admin.subject_keys"),
    ],
)
def test_a_reader_sees_no_secret_and_of_the_logs_no_address(fresh_database: str, allowed: str, refused: str) -> None:
    url = make_url(as_app(fresh_database)).set(username=READONLY_ROLE)
    with create_engine(url, poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql(allowed)
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.exec_driver_sql(refused)


def test_what_is_known_only_later_is_told_too(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, acting(ADA):
        session.execute(update(Role).where(Role.name == "nobody").values(name="nobody"))  # tells, changes nothing
        describe(kind=ChangeKind.ACTION, title="Now it is known", undoable=False)
        session.add(FaqEntry(**FAQ))
        session.commit()
        found = session.get(ChangeSet, ADA.id)
    assert found is not None
    assert (found.kind, found.title, found.undoable) == (ChangeKind.ACTION, "Now it is known", False)


def test_a_savepoint_rolled_back_takes_no_name_with_it(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, acting(replace(ADA, id=uuid7())):
        savepoint = session.begin_nested()
        session.add(FaqEntry(**FAQ))
        session.flush()
        savepoint.rollback()
        session.add(FaqEntry(**{**FAQ, "question": "And now?"}))
        session.commit()
        assert session.scalars(select(FaqEntry.question)).all() == ["And now?"]


def test_the_installed_triggers_are_the_ones_the_models_want(session: Session) -> None:
    assert triggers.wrong(session.connection(), Base) == []


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TRIGGER capture_row ON admin.customers",
        "ALTER TABLE admin.customers DISABLE TRIGGER capture_row",
        OTHER,
    ],
)
def test_a_trigger_that_is_gone_or_other_is_found(session: Session, damage: str) -> None:
    session.connection().exec_driver_sql(damage)
    assert triggers.wrong(session.connection(), Base) == ["customers"]


EXEMPT = set(Path(__file__).with_name("exempt.txt").read_text().split())


def test_every_exemption_is_named_here() -> None:
    captured = {capture.table for capture in triggers.captures(Base)}
    assert {table.name for table in Base.metadata.sorted_tables if table.schema == "admin"} - captured == EXEMPT
