"""One record of two: everything of the duplicate moves to the record that stays, and can be taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.contributions import ActionRefused, Effects
from admin_core.generator.spec import label_of
from admin_core.policy import Person
from admin_core.theme.formats import number
from plugins.customers.actions.kept_words import as_kept
from plugins.customers.queries import merging as queries
from plugins.customers.queries.suspension import open_suspension
from plugins.customers.rules import merging as rules
from schema.accounts import CustomerMerge
from schema.consents import Consent, ConsentAct
from schema.customers import Customer
from schema.customers import Person as Contact
from schema.promotions import Redemption

DERIVED = ("status", "plan_id", "mrr_cents", "assessments_used", "activated_at", "last_active_at", "trial_ends_at",
           "closed_at")  # fmt: skip
NOWHERE = ActionRefused(
    "There is no such customer.", "Paste the id from the top of the duplicate's page, or begin on the page Duplicates."
)
BUSY = ActionRefused("Somebody else is changing the other record right now.", "Try again in a moment.")
MOMENT = {"synchronize_session": False}
JOB = "customers.move-merged-rows"


def merge(
    session: Session, record: Customer, *, answers: Mapping[str, Any], person: Person, effects: Effects, now: datetime
) -> str:
    """Make one record of two: ``record``, which is locked, and the duplicate that the answers name.

    Everything that decides something moves at once. Of what is too much for that a job moves the rest.
    """
    merged = duplicate_of(session, record, answers["duplicate"])
    taken = fields_of(answers.get("take") or "")
    rows = queries.rows_of(session, merged.id)
    if problem := rules.why_not(record, merged) or rules.too_many(rows):
        raise ActionRefused(problem)
    if note := queries.still_moving(session, record.id, merged.id):
        raise ActionRefused(rules.why_not_all_moved(note, is_moving=queries.is_moving(session, note)))
    later = {name: rows[name] for name in rules.moved_later(rows)}
    before = {"kept": state_of(record), "merged": state_of(merged)}
    keep_refusals(session, record, merged, person, now)
    models = {name: model for name, model in queries.moving_models().items() if name not in later}
    moved = {name: move(session, model, merged.id, record.id) for name, model in models.items()}
    moved["customers"] = follow_on(session, merged.id, record.id)
    ended = end_suspension(session, merged, person, now)
    took = take(record, merged, taken)
    change(record, rules.together(record, merged))
    change(merged, {**rules.left_over(now), "merged_into_id": record.id})
    note = CustomerMerge(kept_id=record.id, merged_id=merged.id, merged_by_id=person.id, reason=answers["reason"])
    note.moved = {"rows": {k: v for k, v in moved.items() if v}, "took": took, "before": before, "ended": ended,
                  "after": state_of(record), "later": list(later)}  # fmt: skip
    note.finished_at, note.rows_to_move = None if later else now, sum(later.values())
    session.add(note)
    session.flush()
    if later:
        move_later(note, effects)
    left = sum(count for name, count in queries.rows_of(session, merged.id).items() if name not in later)
    return sentence(moved, left, note.rows_to_move)


def move_later(note: CustomerMerge, effects: Effects) -> None:
    """Have a job move the rows of a merge, or move them back; it counts like rows that one person changes at once.

    The two ways are two jobs: one that has moved the last row is open until its end is written, and asked for in its
    place nothing would move back.
    """
    way = {} if note.undone_at is None else {"back": True}
    note.job_id = effects.enqueue(JOB, {"merge": note.id, **way}, rows=note.rows_to_move)


def duplicate_of(session: Session, kept: Customer, text: str) -> Customer:
    """Return the duplicate, locked.

    Two merges of the same two in opposite directions hold one record each. Who wants the smaller key does not wait for
    it, so one of them gives way and none waits for ever.
    """
    try:
        key = UUID(text.strip())
    except ValueError:
        raise NOWHERE from None
    if session.get(Customer, key) is None:
        raise NOWHERE
    if key == kept.id:
        return kept
    found = queries.locked(session, key, waits=key > kept.id)
    if found is None:
        raise BUSY
    return found


def fields_of(text: str) -> list[str]:
    """Return the fields to take, or say which can't be."""
    try:
        return rules.fields_in(text, {name: label_of(name) for name in rules.FIELDS})
    except ValueError as problem:
        raise ActionRefused(str(problem)) from problem


def state_of(customer: Customer) -> dict[str, Any]:
    """Return what merging works out anew, as it is now."""
    return {name: as_kept(getattr(customer, name)) for name in DERIVED}


def change(customer: Customer, values: Mapping[str, Any]) -> None:
    """Give a customer these values."""
    for name, value in values.items():
        setattr(customer, name, value)


def keep_refusals(session: Session, kept: Customer, merged: Customer, person: Person, now: datetime) -> None:
    """Say no once more for what either said no to, where the other's later yes would be the last word."""
    for purpose in rules.stricter(queries.last_words(session, kept.id, merged.id)):
        session.add(
            Consent(
                purpose=purpose,
                act=ConsentAct.WITHDRAWN,
                customer_id=kept.id,
                source="merge",
                external_id=str(uuid7()),
                evidence="Two records became one; a refusal on one of them counts for both.",
                recorded_by_id=person.id,
                occurred_at=now,
            )
        )
    session.flush()


def move(session: Session, model: type[Any], source: UUID, target: UUID) -> list[str]:
    """Let the rows of one table follow; return their keys. What the target has already is left behind."""
    values: dict[str, Any] = {"customer_id": target}
    if model is Contact:
        lead_no_more(session, source, target)
    if model is Redemption:
        values["number"] = Redemption.number + highest_number(session, target)
    statement = update(model).where(model.customer_id == source, *queries.free_to_move(model, target))
    found = session.scalars(statement.values(values).returning(model.id), execution_options=MOMENT)
    return [str(key) for key in found]


def lead_no_more(session: Session, source: UUID, target: UUID) -> None:
    """Let a customer's people not be the one to call first where the other has such a person."""
    has_one = select(Contact.id).where(Contact.customer_id == target, Contact.is_primary)
    if session.scalar(has_one) is not None:
        theirs = update(Contact).where(Contact.customer_id == source, Contact.is_primary)
        session.execute(theirs.values(is_primary=False), execution_options=MOMENT)


def highest_number(session: Session, customer: UUID) -> int:
    """Return the last number among a customer's uses of codes: further ones come behind it."""
    return session.scalar(select(func.max(Redemption.number)).where(Redemption.customer_id == customer)) or 0


def follow_on(session: Session, source: UUID, target: UUID) -> list[str]:
    """Let what was merged into the duplicate earlier lead to the record that stays."""
    statement = update(Customer).where(Customer.merged_into_id == source).values(merged_into_id=target)
    return [str(key) for key in session.scalars(statement.returning(Customer.id), execution_options=MOMENT)]


def end_suspension(session: Session, merged: Customer, person: Person, now: datetime) -> list[str]:
    """End the suspension that stays with a duplicate, as its end would open the closed record; return its key."""
    suspension = open_suspension(session, merged.id)
    if suspension is None:
        return []
    suspension.ended_at, suspension.ended_by_id, suspension.end_reason = now, person.id, rules.SUSPENDED_STILL
    return [str(suspension.id)]


def take(kept: Customer, merged: Customer, fields: list[str]) -> dict[str, str]:
    """Take values from the duplicate; return how, by field.

    The duplicate gets the value that gives way, so that taking it back needs no copy of anything personal.
    """
    took = {}
    for name in fields:
        ours, theirs = getattr(kept, name), getattr(merged, name)
        if theirs is None or ours == theirs:
            continue
        setattr(kept, name, theirs)
        if ours is not None:
            setattr(merged, name, ours)
        took[name] = "filled" if ours is None else "swapped"
    return took


def sentence(moved: Mapping[str, list[str]], left: int, later: int) -> str:
    """Return what was done, and what a job does afterwards."""
    count = sum(map(len, moved.values()))
    behind = f" {left} rows stay with the duplicate: the record has the like of them already." if left else ""
    after = f" A job moves {number(later)} more; how far it is stands under Merged into it." if later else ""
    return f"Merged: {count} rows moved, and the duplicate is closed.{behind}{after}"
