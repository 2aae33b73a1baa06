"""Nothing is committed without being witnessed, whatever savepoints come and go; what is noted already is not twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from admin_core.changes.acting import Acting, acting, note
from schema.audit import ActorKind
from schema.changes import ChangeKind
from schema.content import FaqEntry

ADA = Acting(kind=ChangeKind.COMMAND, actor_kind=ActorKind.SYSTEM, actor_key="test")


def write(session: Session) -> None:
    session.add(FaqEntry(question="How?", answer="So.", category="general"))
    session.flush()


def read(session: Session) -> None:
    session.scalars(select(FaqEntry)).all()


def taken_back(session: Session, *deeds: Callable[[Session], None]) -> None:
    with session.begin_nested() as savepoint:
        for deed in deeds:
            deed(session)
        savepoint.rollback()


def kept(session: Session, *deeds: Callable[[Session], None]) -> None:
    with session.begin_nested():
        for deed in deeds:
            deed(session)


def write_and_take_back_nothing(session: Session) -> None:
    write(session)
    taken_back(session)


def write_and_take_a_write_back(session: Session) -> None:
    write(session)
    taken_back(session, write)


def note_and_take_the_note_back(session: Session) -> None:
    write(session)
    taken_back(session, note)


def note_deeper_and_take_all_back(session: Session) -> None:
    write(session)
    taken_back(session, lambda inner: kept(inner, note))


def write_and_leave_a_savepoint_open(session: Session) -> None:
    write(session)
    session.begin_nested()


def note_then_take_something_back(session: Session) -> None:
    write(session)
    note(session)
    taken_back(session, write)


def note_in_a_savepoint_that_stands(session: Session) -> None:
    write(session)
    kept(session, note)
    taken_back(session, read)


@pytest.mark.parametrize(
    ("deed", "times"),
    [
        (read, 0),
        (write, 1),
        (write_and_take_back_nothing, 1),
        (write_and_take_a_write_back, 1),
        (note_and_take_the_note_back, 1),
        (note_deeper_and_take_all_back, 1),
        (write_and_leave_a_savepoint_open, 1),
        (note_then_take_something_back, 0),
        (note_in_a_savepoint_that_stands, 0),
    ],
)
def test_a_commit_is_witnessed_unless_it_was_noted(
    sessions: sessionmaker[Session], deed: Callable[[Session], None], times: int
) -> None:
    seen: list[Acting] = []
    who = replace(ADA, witness=lambda _session, acted: seen.append(acted))
    with acting(who), sessions() as session:
        deed(session)
        session.commit()
        assert len(seen) == times
        read(session)
        session.commit()
        assert len(seen) == times, "a transaction that only reads is nobody's"
