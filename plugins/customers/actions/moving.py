"""Moves the rows that were too many to follow a merge at once, some thousands at a time, and moves them back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from plugins.customers.actions.merging import MOMENT
from plugins.customers.queries import merging as queries
from schema.accounts import CustomerMerge, CustomerMergeRow

AT_ONCE = 2_000


@dataclass(frozen=True)
class Progress:
    """How far the rows of a merge are."""

    moved: int
    total: int
    is_over: bool


def move_some(session: Session, merge_id: UUID, now: datetime) -> Progress:
    """Move the next rows of a merge, or of one that was taken back; None is left where that is over.

    A row that moved is none of the other record's any more, so however often this is interrupted none moves twice.
    """
    found = select(CustomerMerge).where(CustomerMerge.id == merge_id).with_for_update()
    note = session.scalars(found, execution_options={"populate_existing": True}).one()
    if note.finished_at is None:
        moved = move_next(session, note) if note.undone_at is None else move_back(session, note)
        note.rows_moved += moved or 0
        note.finished_at = now if moved is None else None
    return Progress(note.rows_moved, max(note.rows_to_move, note.rows_moved), note.finished_at is not None)


def move_next(session: Session, note: CustomerMerge) -> int | None:
    """Move rows of the first table that has any; return how many, None when none has."""
    models = queries.moving_models()
    for place in note.moved["later"]:
        keys = moved_keys(session, models[place], note) if place in models else []
        if keys:
            rows = [{"merge_id": note.id, "place": place, "row_id": key} for key in keys]
            session.execute(insert(CustomerMergeRow), rows)
            return len(keys)
    return None


def moved_keys(session: Session, model: type[Any], note: CustomerMerge) -> list[UUID]:
    """Move some rows of a table, and return their keys. What the record has already stays with the duplicate."""
    free = (model.customer_id == note.merged_id, *queries.free_to_move(model, note.kept_id))
    some = select(model.id).where(*free).limit(AT_ONCE).with_for_update(of=model)
    statement = update(model).where(model.id.in_(session.scalars(some).all())).values(customer_id=note.kept_id)
    return list(session.scalars(statement.returning(model.id), execution_options=MOMENT))


def move_back(session: Session, note: CustomerMerge) -> int | None:
    """Move rows back that the job moved and that are still there; return of how many was known, None when of none."""
    key = (CustomerMergeRow.merge_id, CustomerMergeRow.place, CustomerMergeRow.row_id)
    some = select(*key).where(CustomerMergeRow.merge_id == note.id).order_by(*key).limit(AT_ONCE)
    rows = session.execute(some).all()
    if not rows:
        return None
    by_place: dict[str, list[UUID]] = {}
    for _, place, row_id in rows:
        by_place.setdefault(place, []).append(row_id)
    models = queries.moving_models()
    for place, keys in by_place.items():
        model = models[place]
        there = (model.id.in_(keys), model.customer_id == note.kept_id)
        back = update(model).where(*there, *queries.free_to_move(model, note.merged_id))
        session.execute(back.values(customer_id=note.merged_id), execution_options=MOMENT)
    session.execute(delete(CustomerMergeRow).where(tuple_(*key).in_([tuple(row) for row in rows])))
    return len(rows)
