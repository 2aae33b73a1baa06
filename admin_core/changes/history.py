"""Reads back what the triggers wrote: the changes of one record, newest first, and the rows of one change."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from schema.changes import ChangeRow, ChangeSet
from schema.staff import StaffMember

Entry = Row[ChangeRow, ChangeSet, str | None]
"""A changed row, the change it belongs to, and the name of the member who made it."""


def of_record(
    session: Session, table: str, key: ColumnElement[Any], *, before: int | None = None, most: int = 25
) -> Sequence[Entry]:
    """Return the newest changes of a record, or those before a row id; one more than ``most`` when there are more."""
    here = (ChangeRow.table_name == table, ChangeRow.record_key == key)
    older = () if before is None else (ChangeRow.id < before,)
    statement = select(ChangeRow, ChangeSet, StaffMember.name).join(ChangeRow.change_set)
    statement = statement.outerjoin(StaffMember, StaffMember.id == ChangeSet.actor_id).where(*here, *older)
    return session.execute(statement.order_by(ChangeRow.id.desc()).limit(most + 1)).all()


def of_change(session: Session, change_set_id: UUID, *, most: int = 200) -> Sequence[ChangeRow]:
    """Return the first rows of a change in the order they were written."""
    statement = select(ChangeRow).where(ChangeRow.change_set_id == change_set_id)
    return session.scalars(statement.order_by(ChangeRow.id).limit(most)).all()
