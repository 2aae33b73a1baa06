"""Reads back what the triggers wrote: the changes of one record, newest first, and the rows of one change."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session, aliased

from schema.changes import Approval, ChangeRow, ChangeSet
from schema.staff import StaffMember

Entry = Row[ChangeRow, ChangeSet, str | None, str | None]
"""A changed row, the change it belongs to, and the names of the member who made it and of who approved it."""


def of_record(
    session: Session, table: str, key: ColumnElement[Any], *, before: int | None = None, most: int = 25
) -> Sequence[Entry]:
    """Return the newest changes of a record, or those before a row id; one more than ``most`` when there are more."""
    here = (ChangeRow.table_name == table, ChangeRow.record_key == key)
    older = () if before is None else (ChangeRow.id < before,)
    approver = aliased(StaffMember)
    statement = select(ChangeRow, ChangeSet, StaffMember.name, approver.name).join(ChangeRow.change_set)
    statement = statement.outerjoin(StaffMember, StaffMember.id == ChangeSet.actor_id).where(*here, *older)
    statement = statement.outerjoin(Approval, Approval.change_set_id == ChangeSet.id)
    statement = statement.outerjoin(approver, approver.id == Approval.decided_by_id)
    return session.execute(statement.order_by(ChangeRow.id.desc()).limit(most + 1)).all()


def approver_of(session: Session, change_set_id: UUID) -> str | None:
    """Return the name of who approved a change; None where nobody did."""
    statement = select(StaffMember.name).join(Approval, Approval.decided_by_id == StaffMember.id)
    return session.scalar(statement.where(Approval.change_set_id == change_set_id))


def of_change(session: Session, change_set_id: UUID, *, most: int = 200) -> Sequence[ChangeRow]:
    """Return the first rows of a change in the order they were written."""
    statement = select(ChangeRow).where(ChangeRow.change_set_id == change_set_id)
    return session.scalars(statement.order_by(ChangeRow.id).limit(most)).all()
