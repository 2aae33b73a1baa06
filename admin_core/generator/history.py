"""A record's history as its page shows it: who changed which fields, from what to what; masked like the record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from admin_core.audit.keys import AppKeys
from admin_core.audit.recording import AuditLog
from admin_core.changes import history
from admin_core.changes.personal import is_erased, show
from admin_core.generator.cells import renderer
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.ids import decode_key, key_as_json
from admin_core.generator.labels import short_id
from admin_core.generator.reads import is_read
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.urls import change_url, history_url, with_query
from admin_core.policy import Person, is_or_was_visible, masked, require, sees
from admin_core.theme import cells as look
from admin_core.theme.formats import in_sentence
from schema.access_log import AccessKind
from schema.changes import ChangeRow, ChangeSet, RowOperation

MOST = 25
COLLEAGUE = "a colleague"
"""Stands in place of a member's name."""
ERASED = Markup('<span class="nothing">erased</span>')
DEEDS = {RowOperation.INSERT: "created it", RowOperation.UPDATE: "changed", RowOperation.DELETE: "deleted it"}


@dataclass(frozen=True)
class FieldChange:
    """One field before and after."""

    label: str
    before: Markup
    after: Markup


@dataclass(frozen=True)
class HistoryEntry:
    """One change of the record."""

    at: datetime
    who: str
    deed: str
    title: str
    reason: str
    url: str
    """The whole change, with what else it touched."""
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class HistoryPage:
    """A page of a record's history, newest first."""

    spec: ModelSpec
    record_id: str
    entries: tuple[HistoryEntry, ...]
    older_url: str = ""
    trail_url: str = ""
    """The record in the audit log, refusals and looks among it; empty for who may not see that."""


def history_page(ctx: Context, spec: ModelSpec, record_id: str, before: str = "") -> HistoryPage:
    """Return the newest changes of a record, or those before a place in its history. Works for deleted records."""
    require(ctx.person, "read", spec)
    values = decode_key(spec, record_id)
    if values is None:
        raise NotFound(f"No {in_sentence(spec.label)} has this id.", "It is not in the form such ids have.")
    require_visible(ctx, spec, values)
    place = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None  # noqa: PLR2004 (bigint)
    if before and place is None:
        raise BadRequest("This is no place in a history.", "Go back to the record.")
    found = history.of_record(ctx.session, spec.table.name, key_as_json(spec, values), before=place, most=MOST)
    shown = found[:MOST]
    show(ctx.session, ctx.subject_keys, [row for row, *_ in shown])
    note_values(ctx, spec, values, record_id, [row for row, *_ in shown])
    note_reasons(ctx, [change for _, change, *_ in shown])
    older = history_url(spec.key, record_id, {"before": str(shown[-1][0].id)}) if len(found) > len(shown) else ""
    entries = tuple(entry_of(ctx, spec, each) for each in shown)
    return HistoryPage(spec, record_id, entries, older, trail_url(ctx, spec, record_id))


def trail_url(ctx: Context, spec: ModelSpec, record_id: str) -> str:
    """Return where the audit log tells of a record; empty for who may not see it."""
    if not ctx.person.has("page:system:read"):
        return ""
    key = AuditLog(AppKeys.from_secrets(ctx.cipher.keys)).plain(record_id)
    return with_query("/admin/system/audit", [("type", spec.key), ("object", str(key))])


def note_values(ctx: Context, spec: ModelSpec, key: tuple[Any, ...], record_id: str, rows: Iterable[ChangeRow]) -> None:
    """Note which personal values of a record's past are shown."""
    fields = [name for row in rows for name in past_fields(ctx.person, spec, row)]
    ctx.reads.note(spec, AccessKind.DETAIL, fields, [key], record=record_id)


def note_reasons(ctx: Context, changes: Iterable[ChangeSet]) -> None:
    """Note which changes' reasons are shown."""
    spec = ctx.registry.spec("change_sets")
    fields = ["reason"] if is_read(ctx.person, spec.columns["reason"]) else []
    ctx.reads.note(spec, AccessKind.LIST, fields, ((change.id,) for change in changes if change.reason))


def past_fields(person: Person, spec: ModelSpec, row: ChangeRow) -> list[str]:
    """Return the personal fields of which a changed row shows earlier values in clear: ``history.email``."""
    sides = both_sides(row)
    shown = [c for c in spec.columns.values() if any(v is not None for v in sides.get(c.name, ()))]
    return [f"history.{column.key}" for column in shown if is_read(person, column)]


def require_visible(ctx: Context, spec: ModelSpec, values: tuple[Any, ...]) -> None:
    """Raise NotFound for a record that a row rule hides from the person, or hid while it was there."""
    if not is_or_was_visible(ctx.session, ctx.person, spec.model, tuple(values), key_as_json(spec, values)):
        raise NotFound(f"No {in_sentence(spec.label)} has this id.", "It may belong to somebody else.")


def entry_of(ctx: Context, spec: ModelSpec, entry: history.Entry) -> HistoryEntry:
    """Return one change as the page shows it."""
    row, change, name, approver = entry
    return HistoryEntry(
        at=row.changed_at,
        who=people(ctx.person, (name, approver), change),
        deed=DEEDS[row.operation],
        title=change.title or "",
        reason=reason_of(ctx, change),
        url=change_url(change.id),
        fields=tuple(field_changes(ctx, spec, row)),
    )


def people(person: Person, names: tuple[str | None, str | None], change: ChangeSet) -> str:
    """Return who made a change, and who approved it where somebody did."""
    maker, approver = (colleague(person, name) if name else "" for name in names)
    maker = maker or actor_words(change)
    return f"{maker} · approved by {approver}" if approver else maker


def colleague(person: Person, name: str) -> str:
    """Return a member's name for those who may see names."""
    return name if sees_colleagues(person) else COLLEAGUE


def sees_colleagues(person: Person) -> bool:
    """Return whether the person sees the names of members beside what they did."""
    return person.has("pii:identity:read")


def reason_of(ctx: Context, change: ChangeSet) -> str:
    """Return why a change was made, masked like the column it stands in."""
    column = ctx.registry.spec("change_sets").columns["reason"]
    return str(masked(ctx.person, column, change.reason) or "")


def actor_words(change: ChangeSet) -> str:
    """Return who acted when it was no member."""
    return " ".join(filter(None, (str(change.actor_kind).replace("_", " "), change.actor_key)))


def field_changes(ctx: Context, spec: ModelSpec, row: ChangeRow) -> Iterator[FieldChange]:
    """Yield what changed, in the order of the model's columns; columns that are gone come last, by name."""
    sides, erased = both_sides(row), is_erased(row)
    known = {column.name: column for column in spec.columns.values()}
    for name in sorted(sides, key=lambda name: (list(known).index(name) if name in known else len(known), name)):
        column, (before, after) = known.get(name), sides[name]
        if erased and name in (row.personal_columns or ()):
            yield FieldChange(column.label if column else name, ERASED, ERASED)
        elif before is None and after is None:
            continue
        elif column is None:
            yield FieldChange(name, look.masked_cell(), look.masked_cell())
        elif sees(ctx.person, column) != "never":
            yield FieldChange(column.label, shown(ctx, column, before), shown(ctx, column, after))


def both_sides(row: ChangeRow) -> dict[str, tuple[Any, Any]]:
    """Return the values before and after by the column's name in the database, personal ones included."""
    before, after = row.before or {}, row.after or {}
    plain = {name: (before.get(name), after.get(name)) for name in {**before, **after}}
    personal = row.personal or dict.fromkeys(row.personal_columns or (), (None, None))
    return {**plain, **{name: (pair[0], pair[1]) for name, pair in personal.items()}}


def shown(ctx: Context, column: ColumnSpec, value: Any) -> Markup:
    """Return a value of the history as the record's page would show it."""
    if value is None:
        return look.DASH
    if sees(ctx.person, column) != "clear":
        return look.masked_cell()
    if column.reference:
        return look.text_cell(short_id(str(value)))
    try:
        return renderer(column, ctx.now, full=True)(from_json(column, value))
    except (ValueError, TypeError, ArithmeticError):  # the column had another type then
        return look.text_cell(str(value), 200)


READERS: dict[str, Any] = {
    "moment": datetime.fromisoformat,
    "local_moment": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "decimal": lambda value: Decimal(str(value)),
}


def from_json(column: ColumnSpec, value: Any) -> Any:
    """Return a value in the type that the column's renderer takes."""
    read = READERS.get(column.kind)
    return read(value) if read else value
