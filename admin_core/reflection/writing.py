"""Writes a row of another database: intended in ours first, done there under the version that was seen, then known.

The two databases cannot commit together. So the intent names the transaction over there by its number, and where a
crash leaves open what became of it, PostgreSQL is asked for that number (``resolving``).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Engine, Text, and_, cast, func, insert, literal, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy.exc import DBAPIError

from admin_core.audit import AuditLog, Entry
from admin_core.changes import acting
from admin_core.database import Database
from admin_core.generator.forms.elsewhere import CHANGED, Deed, Outdated
from admin_core.generator.forms.kinds import column_of
from admin_core.generator.forms.radius import Effect
from admin_core.generator.forms.versions import stamp_of
from admin_core.generator.ids import encode_key
from admin_core.generator.spec import ModelSpec
from admin_core.reflection.database import place_of
from admin_core.reflection.effects import effects_of
from admin_core.reflection.reflection import Reflection
from schema.audit import AuditCategory
from schema.changes import OutsideWrite, OutsideWriteState, RowOperation

PATIENCE_MS = 10_000
"""How long a statement over there may take, a lock that it waits for included."""
LONGEST_KEY = 200
NOT_TAKEN = "A rule of the other database let no new row in, and gave no reason."


@dataclass(frozen=True)
class OutsideWriter:
    """Writes rows of the reflected database. One per process."""

    engine: Engine
    """Theirs, and it may write."""
    database: Database
    """Ours, where the intent stands."""
    audit: AuditLog
    reflection: Reflection

    def effects(self, spec: ModelSpec, record: Any) -> list[Effect]:
        """Return what deleting a row does to other rows, what forbids it first."""
        return effects_of(self.reflection, spec, record)

    def carry_out(self, deed: Deed) -> tuple[Any, ...]:
        """Return the primary key of the written row; Outdated or DBAPIError when nothing was written.

        A connection that breaks while it commits leaves the intent open: then nobody knows yet.
        """
        with self.engine.connect() as theirs:
            theirs.exec_driver_sql(f"SET LOCAL statement_timeout = {PATIENCE_MS}")
            number = int(theirs.execute(select(func.txid_current())).scalar_one())
            intent = self.intend(deed, number)
            try:
                key = write(theirs, deed)
                theirs.commit()
            except (Outdated, DBAPIError) as error:
                if not getattr(error, "connection_invalidated", False):
                    theirs.rollback()
                    self.conclude(intent, OutsideWriteState.REFUSED, reason_of(error))
                raise
        self.conclude(intent, OutsideWriteState.DONE, None)
        return key

    def intend(self, deed: Deed, number: int) -> UUID:
        """Write down what is about to be done; committed when this returns."""
        who = acting.current.get()
        shown_key = self.audit.plain(encode_key(tuple(deed.key)))[:LONGEST_KEY] if deed.key else None  # type: ignore[index]
        row = {
            "source": place_of(self.engine),
            "table_name": deed.spec.key,
            "operation": deed.operation,
            "record_key": {"key": shown_key} if shown_key else {},
            "txid": number,
            "version_token": deed.stamp or None,
            "before": plain_values(deed.spec, deed.before),
            "after": plain_values(deed.spec, deed.after),
            "actor_id": deed.person,
        }
        entry = Entry(
            category=AuditCategory.WRITE,
            action=f"{deed.spec.key}.write-intended",
            actor_id=deed.person,
            object_type=deed.spec.key,
            object_key=shown_key,
            field_names=tuple(deed.after or deed.before),
            request_id=who.request_id if who else None,
            values={"before": texts(deed.before), "after": texts(deed.after)},
        )
        with self.database.transaction() as session:
            self.audit.record(session, entry)
            made = insert(OutsideWrite).values(row).returning(OutsideWrite.id)
            return UUID(str(session.connection().execute(made).scalar_one()))

    def conclude(self, intent: UUID, state: OutsideWriteState, error: str | None) -> None:
        """Write down what became of an intent."""
        known = {"state": state, "error": error, "resolved_at": func.now()}
        with self.database.transaction() as session:
            session.connection().execute(update(OutsideWrite).where(OutsideWrite.id == intent).values(known))


def write(theirs: Connection, deed: Deed) -> tuple[Any, ...]:
    """Write the row and return its key; Outdated when it has not the version that was seen."""
    spec, table = deed.spec, deed.spec.table
    keys = [column_of(spec, name) for name in spec.primary_key]
    values = {column_of(spec, name).name: bound(column_of(spec, name), value) for name, value in deed.after.items()}
    if deed.operation == RowOperation.INSERT:
        made = theirs.execute(insert(table).values(values).returning(*keys)).one_or_none()
        return found(tuple(made) if made else None, NOT_TAKEN)
    same = and_(*(column == value for column, value in zip(keys, deed.key, strict=True)), stamp_of(spec) == deed.stamp)
    if deed.operation == RowOperation.DELETE:
        gone = theirs.execute(sql_delete(table).where(same))
        return found(tuple(deed.key) if gone.rowcount == 1 else None)
    row = theirs.execute(update(table).where(same).values(values).returning(*keys)).one_or_none()
    return found(tuple(row) if row else None)


def found(key: tuple[Any, ...] | None, sentence: str = CHANGED) -> tuple[Any, ...]:
    """Return the key, or raise Outdated when no row was met."""
    if key is None:
        raise Outdated(sentence)
    return key


def bound(column: Column[Any], value: Any) -> Any:
    """Return a value as it is sent: JSON as the text that was typed, every digit of it."""
    is_raw = getattr(column.type, "__visit_name__", "") in {"JSON", "JSONB"} and isinstance(value, str)
    return cast(literal(value, Text), column.type) if is_raw else value


def plain_values(spec: ModelSpec, values: Any) -> dict[str, str | None] | None:
    """Return the values that are nobody's: the others stand encrypted in the audit log only."""
    return texts({name: value for name, value in values.items() if spec.columns[name].pii == "none"}) or None


def texts(values: Any) -> dict[str, str | None]:
    """Return values as texts, NULL as None."""
    return {name: None if value is None else str(value) for name, value in values.items()}


def reason_of(error: Exception) -> str:
    """Return why nothing was written, without a value of the row."""
    if isinstance(error, Outdated):
        return error.sentence
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return f"The database refused it ({state or type(error).__name__})."
