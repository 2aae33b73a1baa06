"""Personal values in the history, encrypted for whose they are: opened to be shown or put back.

``sealing`` encrypts them. When the person's key is
destroyed they are gone; that a column was changed, when and by whom, stays.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from admin_core.audit.entries import LOG_SUBJECT
from admin_core.audit.subject_keys import Person, SubjectKeys, cell_box
from schema.changes import ChangeRow

Texts = Mapping[int, str]
"""Personal values of changed rows as JSON text, every digit kept, by the row's id."""


def show(session: Session, keys: SubjectKeys, rows: Iterable[ChangeRow]) -> None:
    """Let rows whose values are encrypted show them, but for those of erased people."""
    sealed = {row.id: row for row in rows if row.personal_sealed is not None}
    for row_id, words in unsealed(session, keys, sealed.values()).items():
        set_committed_value(sealed[row_id], "personal", json.loads(words))  # read, not changed: nothing to flush


def texts_of(session: Session, keys: SubjectKeys, rows: Iterable[ChangeRow]) -> Texts:
    """Return the values of rows, encrypted or not, without those of erased people, and let the rows show them.

    Both are read by one statement: what is encrypted meanwhile is not missed.
    """
    shown = {row.id: row for row in rows if row.personal_columns}
    if not shown:
        return {}
    in_clear = cast(ChangeRow.personal, Text).label("words")
    columns = (ChangeRow.id, ChangeRow.subject_kind, ChangeRow.subject_key, ChangeRow.changed_at)
    statement = select(*columns, in_clear, ChangeRow.personal_sealed).where(ChangeRow.id.in_(shown))
    stored = session.execute(statement).all()
    found = {row.id: row.words for row in stored if row.words is not None}
    found |= unsealed(session, keys, [row for row in stored if row.personal_sealed is not None])
    for row_id, words in found.items():
        set_committed_value(shown[row_id], "personal", json.loads(words))
    return found


def unsealed(session: Session, keys: SubjectKeys, rows: Collection[Any]) -> dict[int, str]:
    """Return the values of rows that are encrypted, as text; without those of erased people."""
    known = keys.known(session, {owner(row) for row in rows})
    return {row.id: text_in(known[owner(row)], row.id, row.personal_sealed) for row in rows if owner(row) in known}


def text_in(key: bytes, row_id: int, sealed: bytes) -> str:
    """Return the values of one row; ValueError when they were encrypted for another row."""
    try:
        return cell_box(key, cell_of(row_id)).decrypt(sealed).decode()
    except InvalidToken as error:
        raise ValueError(f"The personal values of changed row {row_id} were not encrypted for it.") from error


def is_erased(row: ChangeRow) -> bool:
    """Return whether the row had personal values that nobody can read any more; show the rows first."""
    return bool(row.personal_columns) and row.personal is None


def owner(row: Any) -> Person:
    """Return under whose key the values stand: the subject's, else the month's."""
    if row.subject_kind and row.subject_key:
        return row.subject_kind, row.subject_key
    return LOG_SUBJECT, f"{row.changed_at:%Y-%m}"


def cell_of(row_id: int) -> UUID:
    """Return the cell of a row: its values open nowhere else."""
    return UUID(int=row_id)
