"""One entry as its page shows it: the sentence, what is known beside it, what changed, and the text that was sealed."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin_core.audit.listing import UNREADABLE, Line, line_of, names_of
from admin_core.changes import history
from admin_core.changes.pages import readable
from admin_core.generator.context import Context
from admin_core.generator.errors import NotFound
from admin_core.generator.history import FieldChange, shown
from admin_core.generator.reads import read_of
from admin_core.generator.urls import change_url
from admin_core.jobs.declared import JobRegistry
from admin_core.policy import masked
from schema.audit import AuditEntry
from schema.changes import ChangeRow
from schema.staff import StaffMember

ROWS = 20


@dataclass(frozen=True)
class ChangedRow:
    """A row that the entry's change touched. Personal values stand on the change's own page, where looks are noted."""

    label: str
    fields: tuple[FieldChange, ...]
    personal: tuple[str, ...]


@dataclass(frozen=True)
class EntryPage:
    """Everything that the page shows of an entry."""

    entry: AuditEntry
    line: Line
    reason: object
    body: str
    """The sealed text, spread over lines; as it is when it does not read."""
    is_readable: bool
    rows: tuple[ChangedRow, ...]
    change_url: str


def opened(ctx: Context, jobs: JobRegistry, entry_id: UUID) -> EntryPage:
    """Return an entry, or raise NotFound: at most five statements."""
    wanted = select(AuditEntry).where(AuditEntry.id == entry_id)
    who = joinedload(AuditEntry.actor).load_only(StaffMember.name)
    found = ctx.session.scalars(wanted.options(who, joinedload(AuditEntry.leaf))).one_or_none()
    if found is None:
        raise NotFound("There is no such entry.", "It may have been pruned at the end of its time.")
    rows = history.of_change(ctx.session, found.change_set_id, most=ROWS) if found.change_set_id else []
    spec, spread = ctx.registry.spec("audit_entries"), spread_out(found.body)
    reason = spec.columns["reason"]
    ctx.reads.note_record(spec, found, read_of(ctx.person, (reason, spec.columns["ip"]), found))
    line = line_of(ctx, names_of(ctx, jobs, [found]), found)
    return EntryPage(
        entry=found,
        line=line,
        reason=masked(ctx.person, reason, found.reason) if found.reason else "",
        body=spread or found.body,
        is_readable=bool(spread) and line.said != UNREADABLE,
        rows=tuple(changed_row(ctx, row) for row in rows if readable(ctx, row)),
        change_url=change_url(found.change_set_id) if rows and found.change_set_id else "",
    )


def spread_out(body: str) -> str:
    """Return a sealed text over lines; empty when it is none that we write: somebody has changed it."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def changed_row(ctx: Context, row: ChangeRow) -> ChangedRow:
    """Return what changed in one row, without what is personal."""
    spec = ctx.registry.spec(row.table_name)
    known = {column.name: column for column in spec.columns.values()}
    before: dict[str, Any] = row.before or {}
    after: dict[str, Any] = row.after or {}
    names = [name for name in {**before, **after} if name in known]
    fields = [
        FieldChange(known[name].label, *(shown(ctx, known[name], side.get(name)) for side in (before, after)))
        for name in names
        if before.get(name) is not None or after.get(name) is not None
    ]
    personal = [known[name].label for name in row.personal_columns or () if name in known]
    return ChangedRow(f"{spec.label}, {row.operation.value}", tuple(fields), tuple(personal))
