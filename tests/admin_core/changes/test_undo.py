"""Undoing puts back what the change did, and nothing that others did since."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker
from uuid_utils.compat import uuid7

from admin_core.audit.keys import AppKeys
from admin_core.audit.subject_keys import SubjectKeys
from admin_core.changes import history, undo
from admin_core.changes.acting import Acting, acting
from admin_core.changes.personal import texts_of
from schema.accounts import CustomerNote, SignIn
from schema.audit import ActorKind
from schema.base import Base
from schema.changes import ChangeKind, ChangeSet
from schema.customers import Customer

TABLES = {table.name: table for table in Base.metadata.sorted_tables}
NOON = datetime(2026, 3, 5, 10, tzinfo=UTC)
KEYS = SubjectKeys(AppKeys.from_secrets(["k" * 40]))
GOES_WITH_IT = "Other records belong to it by now, and would go with it or lose their link."
Write = Callable[[Session, Customer], None]


def customer() -> Customer:
    return Customer(
        id=uuid7(), product_line="b2c", person_name="Ada", email="ada@example.com", signup_at=NOON, status="active"
    )


def somebody() -> Acting:
    return Acting(kind=ChangeKind.COMMAND, actor_kind=ActorKind.SYSTEM, actor_key="test")


def note(session: Session, of: Customer) -> None:
    session.add(CustomerNote(customer_id=of.id, body="Called."))
    session.flush()


def sign_in(session: Session, of: Customer) -> None:
    session.add(SignIn(customer_id=of.id, occurred_at=NOON, succeeded=True, external_id="in-1"))
    session.flush()


def merge(session: Session, of: Customer) -> None:
    session.add(other := customer())
    session.flush()
    session.execute(update(Customer).where(Customer.id == other.id).values(merged_into_id=of.id))


def rename(session: Session, of: Customer) -> None:
    session.execute(update(Customer).where(Customer.id == of.id).values(person_name="Eve"))


def remove(session: Session, of: Customer) -> None:
    session.execute(delete(Customer).where(Customer.id == of.id))


def nothing(_session: Session, _of: Customer) -> None:
    """Leave it."""


def made(sessions: sessionmaker[Session], also: Write) -> tuple[Acting, Customer]:
    """Make a customer, and what else belongs to the same change."""
    who, found = somebody(), customer()
    with acting(who), sessions.begin() as session:
        session.add(found)
        session.flush()
        also(session, found)
    return who, found


def plan_of(session: Session, who: Acting) -> tuple[ChangeSet, list[undo.Step]]:
    change = session.get_one(ChangeSet, who.id)
    rows = history.of_change(session, who.id, most=undo.MOST + 1)
    return change, undo.steps(session, change, rows, TABLES, texts_of(session, KEYS, rows))


@pytest.mark.parametrize(
    ("also", "since", "problem"),
    [
        (nothing, nothing, ""),
        (note, nothing, ""),
        (merge, nothing, ""),
        (rename, nothing, ""),
        (nothing, note, GOES_WITH_IT),
        (nothing, sign_in, GOES_WITH_IT),
        (nothing, merge, GOES_WITH_IT),
        (note, note, GOES_WITH_IT),
        (nothing, rename, "Somebody changed it since."),
        (rename, rename, ""),  # to the same name
        (nothing, remove, "The record was deleted since."),
    ],
)
def test_a_creation_is_undone_while_nothing_of_others_goes_with_it(
    sessions: sessionmaker[Session], also: Write, since: Write, problem: str
) -> None:
    who, found = made(sessions, also)
    with acting(somebody()), sessions.begin() as session:
        since(session, found)
    with acting(somebody()), sessions.begin() as session:
        change, plan = plan_of(session, who)
        assert undo.why_not(change, plan).endswith(problem)
        assert bool(undo.why_not(change, plan)) == bool(problem)
        if not problem:
            undo.undo(session, plan, TABLES, texts_of(session, KEYS, history.of_change(session, who.id)))
            assert session.scalar(select(func.count()).select_from(Customer).where(Customer.id == found.id)) == 0
            assert session.scalars(select(CustomerNote)).all() == []


def test_looking_at_a_change_holds_nobody_up(sessions: sessionmaker[Session]) -> None:
    who, found = made(sessions, nothing)
    with sessions() as reader, acting(somebody()), sessions.begin() as writer:
        assert undo.why_not(*plan_of(reader, who)) == ""
        writer.connection().exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
        rename(writer, found)


@pytest.mark.parametrize(("row", "columns"), [
    ({"before": {"a": 1}, "after": {"a": 2}, "personal_columns": ["b"]}, ("a", "b")),
    ({"before": None, "after": {"a": 2}, "personal_columns": None}, ("a",)),
])  # fmt: skip
def test_a_step_knows_every_column_it_sets_back(row: dict[str, Any], columns: tuple[str, ...]) -> None:
    assert undo.columns_of(undo.ChangeRow(**row)) == columns
