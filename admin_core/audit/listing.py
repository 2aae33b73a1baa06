"""Reads entries for the pages: a page of them by key, in sentences, with links to what they are about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.orm import joinedload, load_only

from admin_core.audit.filters import Filter
from admin_core.audit.sentences import Told, actor_name, sentence
from admin_core.database import bind_of
from admin_core.generator.context import Context
from admin_core.generator.history import colleague
from admin_core.generator.ids import decode_key
from admin_core.generator.labels import labels_across, short_id
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import record_url
from admin_core.jobs.declared import JobRegistry
from admin_core.policy import MASK, may, sees
from schema.access_log import AccessKind
from schema.api import ApiKey
from schema.audit import ActorKind, AuditEntry, AuditOutcome
from schema.staff import StaffMember

PAGE = 50
BASE = "/admin/system/audit"
SHORT = (
    "occurred_at", "actor_kind", "actor_id", "actor_key", "action", "object_type", "object_key", "field_names",
    "row_count", "outcome", "ip",
)  # fmt: skip
"""The columns of an entry that a line of the list needs."""
UNREADABLE = "This entry does not read: somebody changed it past this product."
TONES = {AuditOutcome.REFUSED: "warning", AuditOutcome.FAILED: "danger"}


@dataclass(frozen=True)
class Line:
    """An entry as the list shows it."""

    at: datetime
    said: str
    url: str
    object_url: str
    outcome: AuditOutcome
    tone: str
    ip: str


@dataclass(frozen=True)
class Listing:
    """A page of entries."""

    lines: tuple[Line, ...]
    older: str = ""
    """What stands behind ``before=`` in the address of the next page; empty on the last one."""


@dataclass(frozen=True)
class Names:
    """What people call what entries only name by keys."""

    jobs: JobRegistry
    keys: dict[str, str]
    records: dict[tuple[str, str], str]


def listing(ctx: Context, jobs: JobRegistry, wanted: Filter, before: str) -> Listing:
    """Return a page of entries, the newest first: three statements."""
    columns = [getattr(AuditEntry, name) for name in SHORT]
    found = select(AuditEntry).where(*wanted.criteria(), *behind(before))
    found = found.options(load_only(*columns), joinedload(AuditEntry.actor).load_only(StaffMember.name))
    entries = ctx.session.scalars(newest_first(found).limit(PAGE + 1)).all()
    shown = entries[:PAGE]
    names = names_of(ctx, jobs, shown)
    note_places(ctx, shown)
    older = place_of(shown[-1]) if len(entries) > PAGE else ""
    return Listing(tuple(line_of(ctx, names, entry) for entry in shown), older)


def note_places(ctx: Context, entries: Iterable[AuditEntry]) -> None:
    """Note whose addresses are shown."""
    fields = ["ip"] if sees_ip(ctx) else []
    keys = ((entry.id,) for entry in entries if entry.ip is not None)
    ctx.reads.note(ctx.registry.spec("audit_entries"), AccessKind.LIST, fields, keys)


def newest_first(statement: Select[Any]) -> Select[Any]:
    """Return the statement in the order of the list."""
    return statement.order_by(AuditEntry.occurred_at.desc(), AuditEntry.id.desc())


def place_of(entry: AuditEntry) -> str:
    """Return an entry's place in the order of the list, as text."""
    return f"{entry.occurred_at.isoformat()}_{entry.id}"


def behind(place: str) -> list[Any]:
    """Return the condition for what stands behind a place; none for the first page, and for what is no place."""
    moment, _, key = place.partition("_")
    try:
        at, entry_id = datetime.fromisoformat(moment), UUID(key)
        at.astimezone()
    except (ValueError, OverflowError):
        return []
    if at.tzinfo is None:
        return []
    bounds = literal(at, AuditEntry.occurred_at.type), literal(entry_id, AuditEntry.id.type)
    return [tuple_(AuditEntry.occurred_at, AuditEntry.id) < tuple_(*bounds)]


def names_of(ctx: Context, jobs: JobRegistry, entries: Sequence[AuditEntry]) -> Names:
    """Return the names of records and API keys in entries: two statements at most."""
    wanted: dict[str, set[str]] = {}
    keys = {entry.actor_key for entry in entries if entry.actor_kind is ActorKind.API_KEY and entry.actor_key}
    for entry in entries:
        if is_record(ctx, entry) and is_named(ctx.registry.spec(str(entry.object_type))):
            wanted.setdefault(str(entry.object_type), set()).add(str(entry.object_key))
    rows = ctx.session.execute(select(ApiKey.id, ApiKey.name).where(ApiKey.id.in_(keys))).all() if keys else []
    return Names(jobs, {str(key): name for key, name in rows}, dict(labels_across(ctx, wanted)))


def is_record(ctx: Context, entry: AuditEntry) -> bool:
    """Return whether an entry is about one record that this person may open."""
    if not (entry.object_type and entry.object_key and entry.object_type in ctx.registry):
        return False
    spec = ctx.registry.spec(entry.object_type)
    return may(ctx.person, "read", spec) and decode_key(spec, entry.object_key) is not None


def is_named(spec: ModelSpec) -> bool:
    """Return whether records of a model are named here: one key column, in our own database, by one statement."""
    return len(spec.primary_key) == 1 and bind_of(spec.table) is None


def line_of(ctx: Context, names: Names, entry: AuditEntry) -> Line:
    """Return an entry as a line."""
    return Line(
        at=entry.occurred_at,
        said=said_or_not(ctx, names, entry),
        url=f"{BASE}/entries/{entry.id}",
        object_url=object_url(ctx, entry),
        outcome=entry.outcome,
        tone=TONES.get(entry.outcome, ""),
        ip=shown_ip(ctx, entry),
    )


def said_or_not(ctx: Context, names: Names, entry: AuditEntry) -> str:
    """Return what an entry tells of, or that it tells of nothing: then its columns are none that we write."""
    try:
        return said(ctx, names, entry)
    except (AttributeError, LookupError, TypeError, ValueError):
        return UNREADABLE


def said(ctx: Context, names: Names, entry: AuditEntry) -> str:
    """Return what an entry tells of, in a sentence."""
    kind, key = entry.object_type or "", entry.object_key or ""
    spec = ctx.registry.spec(kind) if kind in ctx.registry else None
    labels = {each.name: each.label for each in spec.columns.values()} if spec else {}
    offered = ctx.actions.find(kind, entry.action)
    return sentence(
        Told(
            who=who_of(ctx, names, entry),
            action=entry.action,
            thing=spec.label if spec else "",
            things=spec.plural if spec else "",
            name=names.records.get((kind, key), short_id(key)),
            fields=[labels.get(name, name.replace("_", " ")) for name in entry.field_names],
            rows=entry.row_count,
            outcome=entry.outcome,
            word=kind.replace("_", " ") if spec is None else "",
            verb=offered.action.label if offered else "",
        )
    )


def who_of(ctx: Context, names: Names, entry: AuditEntry) -> str:
    """Return who acted, by name for those who may see names."""
    key = entry.actor_key or ""
    label = names.keys.get(key, "") or (names.jobs[key].label if key in names.jobs else "")
    member = colleague(ctx.person, entry.actor.name) if entry.actor else ""
    return actor_name(entry.actor_kind, member, key, label)


def object_url(ctx: Context, entry: AuditEntry) -> str:
    """Return where the record is that an entry is about; empty when there is no page for this person."""
    return record_url(str(entry.object_type), str(entry.object_key)) if is_record(ctx, entry) else ""


def shown_ip(ctx: Context, entry: AuditEntry) -> str:
    """Return the address as far as this person may see it."""
    if entry.ip is None:
        return ""
    return str(entry.ip) if sees_ip(ctx) else MASK


def sees_ip(ctx: Context) -> bool:
    """Return whether this person sees addresses in clear, and may search by one."""
    return sees(ctx.person, ctx.registry.spec("audit_entries").columns["ip"]) == "clear"
