"""Puts whatever a transaction changed into the audit log, unless its own code did so in better words.

So no write path can be forgotten: the triggers know what was written, and nothing is committed before this was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from admin_core.audit.entries import Entry
from admin_core.audit.recording import AuditLog
from admin_core.changes.acting import Acting
from schema.audit import AuditCategory
from schema.base import SCHEMA, Base
from schema.changes import RowOperation
from schema.tags import options_of

MADE = text("""
SELECT table_name, operation, record_key, subject_kind, subject_key, count(*) OVER () AS rows,
       ARRAY(SELECT jsonb_object_keys(after)) || personal_columns AS fields
FROM admin.change_rows WHERE change_set_id = nullif(current_setting('admin.change_made', true), '')::uuid
ORDER BY id LIMIT 1""")
"""The first row of the change that this transaction made, and how many there are; no row when it made none."""
CHANGED = text("""
SELECT ARRAY(SELECT jsonb_object_keys(after)) || personal_columns FROM admin.change_rows
WHERE change_set_id = :change AND table_name = :table AND operation = 'update' ORDER BY id LIMIT 1""")
DEEDS = {RowOperation.INSERT: "created", RowOperation.UPDATE: "edited", RowOperation.DELETE: "deleted"}
CATEGORIES = {"System": AuditCategory.CONFIG, "Privacy": AuditCategory.PRIVACY}
"""By the group that a model stands in; everything else is the business's own writing."""


@dataclass(frozen=True)
class Witness:
    """Writes the entry of a change into the transaction that makes it."""

    log: AuditLog
    ip: str | None = None

    def __call__(self, session: Session, who: Acting) -> None:
        """Record what was changed; nothing when no captured row was."""
        # On the connection: a policy session takes no plain SQL, and whose row it is makes no difference here.
        made = session.connection().execute(MADE).one_or_none()
        if made is not None:
            self.log.record(session, self.entry(who, made))

    def entry(self, who: Acting, made: Row[Any]) -> Entry:
        """Return the entry of a change."""
        operation = RowOperation(made.operation)
        subject = made.subject_kind and made.subject_key
        return Entry(
            category=category_of(made.table_name),
            action=who.action or f"{made.table_name}.{DEEDS[operation]}",
            actor_kind=who.actor_kind,
            actor_id=who.actor_id,
            actor_key=self.log.plain(who.actor_key),
            object_type=made.table_name,
            object_key=self.log.plain(record_id(made.table_name, made.record_key)),
            subject_kind=made.subject_kind if subject else None,
            subject_key=self.log.plain(made.subject_key) if subject else None,
            field_names=tuple(sorted(made.fields)) if operation is RowOperation.UPDATE else (),
            row_count=made.rows,
            change_set_id=who.id,
            request_id=who.request_id,
            reason=who.reason,
            ip=self.ip,
        )


def record_id(table: str, key: Mapping[str, Any]) -> str:
    """Return a record's id as it stands in addresses: so its entries are found from its page."""
    order = [column.name for column in Base.metadata.tables[f"{SCHEMA}.{table}"].primary_key.columns]
    return ",".join(quote(str(key[name]), safe="") for name in order)


def changed_fields(session: Session, change: UUID, table: str) -> tuple[str, ...]:
    """Return which columns a change has changed in its first row of a table; none for new and deleted rows."""
    session.flush()
    found = session.connection().scalar(CHANGED, {"change": change, "table": table})
    return tuple(sorted(found or ()))


def category_of(table: str) -> AuditCategory:
    """Return what kind of happening a change of this table is."""
    return CATEGORIES.get(groups().get(table, ""), AuditCategory.WRITE)


@cache
def groups() -> dict[str, str]:
    """Return the group of each model by the name of its table."""
    return {mapper.local_table.name: options_of(mapper.class_).group for mapper in Base.registry.mappers}  # type: ignore[attr-defined]  # tables
