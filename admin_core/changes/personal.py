"""Personal values in the history, encrypted for whose they are: opened to be shown or put back.

``sealing`` encrypts them. When the person's key is
destroyed they are gone; that a column was changed, when and by whom, stays.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from admin_core.audit.entries import LOG_SUBJECT
from admin_core.audit.subject_keys import Person, SubjectKeys, cell_box
from schema.changes import ChangeRow

Texts = Mapping[int, str]
"""Personal values of changed rows as JSON text, every digit kept, by the row's id."""


def opened(session: Session, keys: SubjectKeys, rows: Iterable[ChangeRow]) -> Texts:
    """Return the values of rows that are encrypted, and let the rows show them; without those of erased people."""
    sealed = [row for row in rows if row.personal_sealed is not None]
    known = keys.known(session, {owner(row) for row in sealed})
    found: dict[int, str] = {}
    for row in sealed:
        key = known.get(owner(row))
        if key is not None and row.personal_sealed is not None:
            found[row.id] = text_in(key, row.id, row.personal_sealed)
            set_committed_value(row, "personal", json.loads(found[row.id]))  # read, not changed: nothing to flush
    return found


def text_in(key: bytes, row_id: int, sealed: bytes) -> str:
    """Return the values of one row; ValueError when they were encrypted for another row."""
    try:
        return cell_box(key, cell_of(row_id)).decrypt(sealed).decode()
    except InvalidToken as error:
        raise ValueError(f"The personal values of changed row {row_id} were not encrypted for it.") from error


def is_erased(row: ChangeRow) -> bool:
    """Return whether the row had personal values that nobody can read any more; open the rows first."""
    return bool(row.personal_columns) and row.personal is None


def owner(row: Any) -> Person:
    """Return under whose key the values stand: the subject's, else the month's."""
    if row.subject_kind and row.subject_key:
        return row.subject_kind, row.subject_key
    return LOG_SUBJECT, f"{row.changed_at:%Y-%m}"


def cell_of(row_id: int) -> UUID:
    """Return the cell of a row: its values open nowhere else."""
    return UUID(int=row_id)
