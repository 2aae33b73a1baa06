"""Sign-ins as the customer app reports them: each is added once, and moves when somebody was last here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session
from uuid_utils.compat import uuid7

from plugins.customers.rules.sign_ins import Placed
from schema.accounts import SignIn
from schema.customers import Customer, Person

COPIED = ("succeeded", "method", "ip", "country", "device", "user_agent")


def note_sign_ins(session: Session, found: Sequence[Placed]) -> list[str]:
    """Store those that are new; return their keys in the customer app."""
    if not found:
        return []
    rows = [row_of(each) for each in found]
    new = insert(SignIn).values(rows).on_conflict_do_nothing(index_elements=[SignIn.external_id])
    stored = [str(key) for key in session.scalars(new.returning(SignIn.external_id))]
    if stored:
        customers = {each.customer_id for each in found}
        people = {each.person_id for each in found if each.person_id is not None}
        move(session, Customer, Customer.last_active_at, SignIn.customer_id, customers)
        move(session, Person, Person.last_seen_at, SignIn.person_id, people)
    return stored


def row_of(placed: Placed) -> dict[str, Any]:
    """Return the row of a sign-in."""
    event = placed.event
    row = {name: getattr(event, name) for name in COPIED}
    whose = {"customer_id": placed.customer_id, "person_id": placed.person_id}
    return {"id": uuid7(), "external_id": event.id, "occurred_at": event.at, **whose, **row}


def move(
    session: Session, model: Any, column: InstrumentedAttribute[Any], owner: InstrumentedAttribute[Any], keys: set[UUID]
) -> None:
    """Let a moment be that of the latest sign-in that succeeded, where that is later."""
    if not keys:
        return
    latest = select(func.max(SignIn.occurred_at)).where(owner == model.id, SignIn.succeeded).correlate(model)
    later = latest.scalar_subquery()
    moved = update(model).where(model.id.in_(keys), func.coalesce(column < later, later.is_not(None)))
    session.execute(moved.values({column.key: later}), execution_options={"synchronize_session": False})
