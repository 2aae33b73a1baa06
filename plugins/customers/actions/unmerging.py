"""Takes a merge back, as long as nothing has happened since that speaks against it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused, Effects
from admin_core.theme.formats import number
from plugins.customers.actions.kept_words import as_kept, as_was
from plugins.customers.actions.merging import BUSY, DERIVED, MOMENT, change, move_later
from plugins.customers.queries import merging as queries
from plugins.customers.queries.credits import assessments_used_by
from plugins.customers.rules import merging as rules
from schema.accounts import CustomerMerge, Suspension
from schema.credits import CreditEntry
from schema.customers import Customer


def unmerge(session: Session, record: Customer, effects: Effects, now: datetime) -> str:
    """Make two records of one again: ``record``, the duplicate, gets back what moved and is still there."""
    note = queries.merge_of(session, record.id)
    if note is None:
        raise ActionRefused("It was not merged here, so there is nothing to take back.")
    kept = queries.locked(session, note.kept_id, waits=note.kept_id > record.id)
    if kept is None:
        raise BUSY
    if problem := why_not_back(record, kept, note):
        raise ActionRefused(problem)
    if queries.is_moving(session, note):
        raise ActionRefused(rules.STILL_MOVING)
    moved = note.moved["rows"]
    models = queries.moving_models()
    count = sum(
        give_back(session, models[name], keys, (kept.id, record.id)) for name, keys in moved.items() if name in models
    )
    used = follow_grants(session, moved.get("credit_entries", ()), kept.id, record.id)
    lead_back(session, moved.get("customers", ()), kept.id, record.id)
    suspend_again(session, note.moved.get("ended", ()))
    swap_back(kept, record, note.moved["took"])
    restore(kept, record, note)
    count_used_back(kept, record, used)
    if "subscriptions" in moved:
        count_revenue(session, kept, record, note.moved["before"]["kept"]["mrr_cents"])
    note.undone_at = note.finished_at = now
    if not note.rows_moved:
        return f"Taken back: {count} rows moved back. What happened since stays with the other record."
    note.finished_at, note.rows_to_move, note.rows_moved = None, note.rows_moved, 0
    move_later(note, effects)
    return f"Taken back: {count} rows moved back, and a job moves {number(note.rows_to_move)} more. The rest stays."


def why_not_back(merged: Customer, kept: Customer, note: CustomerMerge) -> str:
    """Return why a merge can't be taken back; empty when it can."""
    if merged.merged_into_id != note.kept_id:
        return "The record it became part of was itself merged since. Take that merge back first."
    return rules.why_not_this(kept, "record that stayed") or rules.why_not_erased(merged)


def give_back(session: Session, model: type[Any], keys: Sequence[str], between: tuple[UUID, UUID]) -> int:
    """Let the rows with these keys go back; return how many there still were."""
    source, target = between
    statement = update(model).where(model.id.in_([UUID(key) for key in keys]), model.customer_id == source)
    statement = statement.where(*queries.free_to_move(model, target)).values(customer_id=target)
    return len(session.scalars(statement.returning(model.id), execution_options=MOMENT).all())


def follow_grants(session: Session, keys: Sequence[str], kept: UUID, merged: UUID) -> int:
    """Let what was taken from grants that go back go with them; return the assessments that were used of them.

    Left behind, it would count twice: as used of the grant over there, and against the balance here.
    """
    before = assessments_used_by(session, merged)
    gone = [UUID(key) for key in keys]
    of_them = or_(CreditEntry.grant_id.in_(gone), CreditEntry.reverses_id.in_(gone))
    theirs = update(CreditEntry).where(CreditEntry.customer_id == kept, of_them)
    session.execute(theirs.values(customer_id=merged), execution_options=MOMENT)
    return assessments_used_by(session, merged) - before


def suspend_again(session: Session, keys: Sequence[str]) -> None:
    """Let the suspension that the merge ended run on."""
    theirs = update(Suspension).where(Suspension.id.in_([UUID(key) for key in keys]))
    session.execute(theirs.values(ended_at=None, ended_by_id=None, end_reason=None), execution_options=MOMENT)


def lead_back(session: Session, keys: Sequence[str], kept: UUID, merged: UUID) -> None:
    """Let what had been merged into the duplicate lead there again."""
    theirs = update(Customer).where(Customer.id.in_([UUID(key) for key in keys]), Customer.merged_into_id == kept)
    session.execute(theirs.values(merged_into_id=merged), execution_options=MOMENT)


def swap_back(kept: Customer, merged: Customer, took: dict[str, str]) -> None:
    """Give back the fields that were taken; one that was filled and changed since stays as it is."""
    for name, how in took.items():
        ours, theirs = getattr(kept, name), getattr(merged, name)
        if how == "swapped":
            setattr(kept, name, theirs)
            setattr(merged, name, ours)
        elif ours == theirs:
            setattr(kept, name, None)


def restore(kept: Customer, merged: Customer, note: CustomerMerge) -> None:
    """Put back what was worked out: sums lose the duplicate's part, the rest is as it was where nothing changed it."""
    before, after = note.moved["before"], note.moved["after"]
    change(merged, {name: as_was(name, before["merged"][name]) for name in DERIVED})
    merged.merged_into_id = None
    for name in DERIVED:
        now = getattr(kept, name)
        if name in SUMS:
            setattr(kept, name, max(0, now - before["merged"][name]))
        elif as_kept(now) == after[name]:
            setattr(kept, name, as_was(name, before["kept"][name]))


def count_used_back(kept: Customer, merged: Customer, used: int) -> None:
    """Give back the assessments that were used since of what goes back."""
    merged.assessments_used += used
    kept.assessments_used = max(0, kept.assessments_used - used)


def count_revenue(session: Session, kept: Customer, merged: Customer, before: int) -> None:
    """Let both have the revenue that their subscriptions come to by now; without any, what they had before."""
    kept_now, merged_now = (queries.revenue_of(session, customer) for customer in (kept, merged))
    kept.mrr_cents = before if kept_now is None else kept_now
    merged.mrr_cents = merged.mrr_cents if merged_now is None else merged_now


SUMS = ("mrr_cents", "assessments_used")
