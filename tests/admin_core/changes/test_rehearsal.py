"""A dry run counts what the triggers recorded, in whatever way it was written, and leaves nothing."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from admin_core.changes.acting import Acting, acting
from admin_core.changes.plan import Outline, Sum, TableChange
from admin_core.changes.rehearsal import SAMPLE, Failed, Measured, measured, rehearse
from admin_core.generator.plan_view import known_tables
from admin_core.generator.registry import Registry
from admin_core.policy import Person
from schema.audit import ActorKind
from schema.base import Base
from schema.catalog import CreditPack
from schema.changes import ChangeKind, ChangeRow
from schema.content import FaqEntry

KNOWN = known_tables(Registry.of(Base))
ADA = Person(uuid4(), "Ada", ("Owner",), frozenset({"*"}))
SOMEBODY = Acting(kind=ChangeKind.COMMAND, actor_kind=ActorKind.SYSTEM, actor_key="test")
PACKS = "credit_packs"


def pack(key: str, cents: int, currency: str = "ZAR") -> CreditPack:
    return CreditPack(key=key, name=key, product_line="b2c", credits=1, amount_cents=cents, currency=currency)


def tried(engine: Engine, write: Callable[[Session], object]) -> Measured:
    def deed(session: Session) -> Measured:
        write(session)
        return measured(session, KNOWN)

    with acting(SOMEBODY):
        return rehearse(engine, ADA, deed)


@pytest.fixture
def stocked(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    with acting(SOMEBODY), sessions.begin() as session:
        session.add_all([pack("one", 100), pack("two", 200), pack("far", 300, "USD")])
    return sessions


def raise_all(session: Session) -> None:
    session.execute(update(CreditPack).values(amount_cents=CreditPack.amount_cents + 50))


def swap(session: Session) -> None:
    session.execute(update(CreditPack).where(CreditPack.key == "one").values(amount_cents=150))
    session.execute(update(CreditPack).where(CreditPack.key == "two").values(amount_cents=150))


def remove(session: Session) -> None:
    session.execute(delete(CreditPack).where(CreditPack.key == "far"))


def make(session: Session) -> None:
    session.add(pack("three", 70))


def money(net: int, moved: int, currency: str = "ZAR") -> Sum:
    return Sum("amount_cents", currency, net, moved)


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (raise_all, TableChange(PACKS, 0, 3, 0, ("amount_cents",), (money(50, 50, "USD"), money(100, 100)))),
        (swap, TableChange(PACKS, 0, 2, 0, ("amount_cents",), (money(0, 100),))),
        (remove, TableChange(PACKS, 0, 0, 1, (), (money(-300, 300, "USD"),))),
        (make, TableChange(PACKS, 1, 0, 0, (), (money(70, 70),))),
    ],
)
def test_rows_columns_and_money_are_counted(
    app_engine: Engine, stocked: sessionmaker[Session], write: Any, expected: TableChange
) -> None:
    assert tried(app_engine, write).outline == Outline((expected,))


def test_nothing_stays_even_when_the_deed_commits(app_engine: Engine, stocked: sessionmaker[Session]) -> None:
    def commits(session: Session) -> None:
        make(session)
        session.commit()
        raise_all(session)

    found = tried(app_engine, commits)
    assert found.outline.rows == 5
    with stocked() as session:
        assert session.scalar(select(func.sum(CreditPack.amount_cents))) == 600
        rows = session.scalar(select(func.count()).select_from(ChangeRow).where(ChangeRow.operation == "update"))
    assert rows == 0


def test_two_dry_runs_give_the_same_numbers(app_engine: Engine, stocked: sessionmaker[Session]) -> None:
    first, second = (tried(app_engine, make) for _ in range(2))
    assert first.outline == second.outline
    assert first.rows[0].record_key != second.rows[0].record_key


def test_of_many_rows_a_sample_is_shown(app_engine: Engine, sessions: sessionmaker[Session]) -> None:
    def many(session: Session) -> None:
        for place in range(SAMPLE + 20):
            session.add(FaqEntry(question=f"q{place}", answer="a", category="general", position=place))

    found = tried(app_engine, many)
    assert found.outline.tables[0].inserted == SAMPLE + 20
    assert len(found.rows) == SAMPLE


def test_a_rule_that_is_checked_at_the_commit_fails_in_the_dry_run(
    app_engine: Engine, stocked: sessionmaker[Session]
) -> None:
    with pytest.raises(Failed, match="a rule that these records must keep"):
        tried(app_engine, lambda session: session.add(pack("one", 1)))


def test_a_lock_is_not_waited_for(app_engine: Engine, stocked: sessionmaker[Session]) -> None:
    with stocked.begin() as session:
        session.execute(text("LOCK admin.credit_packs IN EXCLUSIVE MODE"))
        with pytest.raises(Failed, match="Somebody else is changing the same record"):
            tried(app_engine, raise_all)


def test_what_computes_for_long_is_ended(app_engine: Engine) -> None:
    def slow(session: Session) -> None:
        session.connection().exec_driver_sql("SET LOCAL statement_timeout = 20")
        session.connection().exec_driver_sql("SELECT pg_sleep(5)")

    with pytest.raises(Failed, match="longer than a page may wait"):
        tried(app_engine, slow)
