"""Looks as a page shows them: in words, with links, masked where this person may not see who or why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.labels import record_label, title_fields
from admin_core.generator.reads import is_read
from admin_core.generator.spec import ModelSpec
from admin_core.policy import may, sees
from schema.access_log import AccessEntry, AccessKind

MODEL, MEMBERS = "access_entries", "staff_members"
WORDS: dict[AccessKind, str] = {
    AccessKind.DETAIL: "Opened",
    AccessKind.LIST: "In a list",
    AccessKind.SEARCH: "Searched",
    AccessKind.REVEAL: "Revealed",
    AccessKind.EXPORT: "Exported",
    AccessKind.DOWNLOAD: "Downloaded",
    AccessKind.REPORT: "In a report",
    AccessKind.IMPERSONATION: "As the customer",
    AccessKind.API: "By API",
}


@dataclass(frozen=True)
class LookLine:
    """One look."""

    at: datetime
    who: str
    how: str
    what: str
    url: str
    """The record that was opened; empty for lists, and where the person may not open it."""
    fields: str
    reason: str | None
    """None: there is none."""
    hidden_reason: bool


def lines_of(ctx: Context, entries: Iterable[AccessEntry]) -> tuple[LookLine, ...]:
    """Return looks in words, having noted that they are read."""
    found = list(entries)
    spec = ctx.registry.spec(MODEL)
    reads = is_read(ctx.person, spec.columns["reason"]) and any(entry.reason for entry in found)
    named = [f"member_id.{name}" for name in title_fields(ctx.person, ctx.registry.spec(MEMBERS))]
    names = named if any(entry.member_id for entry in found) else []
    ctx.reads.note(spec, AccessKind.LIST, [*(["reason"] if reads else []), *names], ((entry.id,) for entry in found))
    return tuple(line_of(ctx, entry) for entry in found)


def line_of(ctx: Context, entry: AccessEntry) -> LookLine:
    """Return one look in words."""
    spec = ctx.registry.spec(entry.model_key) if entry.model_key in ctx.registry else None
    clear = sees(ctx.person, ctx.registry.spec(MODEL).columns["reason"]) == "clear"
    return LookLine(
        at=entry.occurred_at,
        who=who(ctx, entry),
        how=WORDS[entry.kind],
        what=what(spec, entry),
        url=opened(ctx, spec, entry.record_key or ""),
        fields=", ".join(field_label(spec, name) for name in entry.field_names),
        reason=entry.reason if clear else None,
        hidden_reason=bool(entry.reason) and not clear,
    )


def opened(ctx: Context, spec: ModelSpec | None, record: str) -> str:
    """Return the address of the record that was opened; empty where there is none for this person."""
    known = spec is not None and record and not record.startswith("digest:")
    return urls.record_url(spec.key, record) if spec and known and may(ctx.person, "read", spec) else ""


def who(ctx: Context, entry: AccessEntry) -> str:
    """Return who looked."""
    if entry.member is not None:
        return record_label(ctx, ctx.registry.spec(MEMBERS), entry.member)
    return f"API key {entry.api_key.name}" if entry.api_key is not None else "Nobody known"


def what(spec: ModelSpec | None, entry: AccessEntry) -> str:
    """Return what was looked at: a record of a kind, or so many rows."""
    if spec is None:
        return entry.model_key
    if entry.record_key or entry.row_count == 1:
        return spec.label
    return f"{entry.row_count} {spec.plural.lower()}"


def field_label(spec: ModelSpec | None, name: str) -> str:
    """Return a field in words: its own, an earlier value of it, or the name of what it refers to."""
    first, _, rest = name.partition(".")
    columns = spec.columns if spec else {}
    if first == "history" and rest in columns:
        return f"{columns[rest].label} (earlier)"
    return columns[first].label if first in columns else name
