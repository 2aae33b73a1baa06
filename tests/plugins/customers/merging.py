"""Merging two customers in a test's own transaction."""

from datetime import UTC, datetime
from functools import cache

from sqlalchemy.orm import Session

from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.machine import Machine
from admin_core.policy import Person as Somebody
from plugins.customers.actions.merging import merge
from schema.customers import Customer
from tests.running import idle_machine

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
REASON = "Both belong to Nomsa."


@cache
def parts() -> Machine:
    return idle_machine()


def asking(session: Session) -> JobEffects:
    return JobEffects(session, parts(), Origin())


def do(session: Session, kept: Customer, merged: Customer, ada: Somebody, take: str = "") -> str:
    answers = {"duplicate": str(merged.id), "take": take, "reason": REASON}
    session.flush()
    session.expire_all()
    said = merge(session, kept, answers=answers, person=ada, effects=asking(session), now=NOW)
    session.flush()
    return said
