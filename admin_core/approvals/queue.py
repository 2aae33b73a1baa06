"""The lists of requests: what waits for this person, what they asked for, and what was decided. Keyset pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from admin_core.approvals.many import decided_by
from admin_core.generator.action_registry import ActionRegistry
from admin_core.generator.context import Context
from admin_core.generator.cursors import open_cursor, seal_cursor
from admin_core.generator.keyset import SortKey, behind, read_page
from admin_core.policy import Person
from admin_core.theme.tiles import Decision
from schema.changes import Approval, ApprovalState
from schema.staff import StaffMember

Tab = Literal["waiting", "asked", "decided"]
TABS: dict[Tab, str] = {"waiting": "Waiting for you", "asked": "Asked by you", "decided": "Decided"}
SIZE = 25
URL = "/admin/approvals"
TONES = {
    "requested": "warning",
    "approved": "success",
    "refused": "danger",
    "withdrawn": "neutral",
    "expired": "neutral",
    "drifted": "danger",
    "done": "success",
}
MOST = 100
"""Counted at most, for the number in the top bar."""
KEYS = (SortKey(Approval.created_at, "created_at", desc=True), SortKey(Approval.id, "id", desc=True))


@dataclass(frozen=True)
class Line:
    """A request as the lists show it."""

    approval: Approval
    asked_by: str
    decided_by: str

    @property
    def url(self) -> str:
        """Where it is decided."""
        return f"{URL}/{self.approval.id}"


@dataclass(frozen=True)
class QueuePage:
    """One page of a list."""

    tab: Tab
    lines: tuple[Line, ...]
    older_url: str = ""
    newer_url: str = ""


def decides(actions: ActionRegistry, person: Person) -> tuple[str, ...]:
    """Return the actions with approval that this person may do, and so approve for others."""
    known = {o.name for o in actions.offered if o.action.approval and person.has(o.action.permission)}
    return tuple(sorted(known | decided_by(person)))


def waiting_for(actions: ActionRegistry, person: Person, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of what this person can decide."""
    return [
        Approval.state == ApprovalState.REQUESTED,
        Approval.expires_at > now,
        Approval.requested_by_id != person.own_id,
        Approval.action.in_(decides(actions, person)),
    ]


def conditions(ctx: Context, tab: Tab) -> list[ColumnElement[bool]]:
    """Return the conditions of a list."""
    if tab == "asked":
        return [Approval.requested_by_id == ctx.person.own_id]
    if tab == "decided":
        return [Approval.state != ApprovalState.REQUESTED]
    return waiting_for(ctx.actions, ctx.person, ctx.now)


def queue_page(ctx: Context, tab: Tab, after: str = "", before: str = "") -> QueuePage:
    """Return a page of a list, behind or before the place of a cursor."""
    spec = ctx.registry.spec("approvals")
    cursor = before or after
    ranges = None
    if cursor:
        ranges = behind(KEYS, open_cursor(ctx.cipher, spec, KEYS, cursor), backwards=bool(before))
    page = read_page(ctx.session, lines_where(conditions(ctx, tab)), KEYS, SIZE, ranges=ranges, backwards=bool(before))
    lines = tuple(Line(*row) for row in page.rows)
    is_last, is_first = (False, not page.more) if before else (not page.more, not cursor)

    def link(word: str, line: Line) -> str:
        values = (line.approval.created_at, line.approval.id)
        return f"{URL}?tab={tab}&{word}={seal_cursor(ctx.cipher, spec, KEYS, values)}"

    return QueuePage(
        tab=tab,
        lines=lines,
        older_url=link("after", lines[-1]) if lines and not is_last else "",
        newer_url=link("before", lines[0]) if lines and not is_first else "",
    )


def lines_where(where: list[ColumnElement[bool]]) -> Select[Any]:
    """Return the SELECT of requests with the names of both people."""
    asked, decided = aliased(StaffMember), aliased(StaffMember)
    names: tuple[Any, ...] = (asked.name, func.coalesce(decided.name, ""))
    statement: Select[Any] = select(Approval, *names).join(asked, asked.id == Approval.requested_by_id)
    return statement.outerjoin(decided, decided.id == Approval.decided_by_id).where(*where)


def count_waiting(session: Session, actions: ActionRegistry, person: Person, now: datetime) -> int:
    """Return how many requests this person can decide, at most ``MOST``; no statement for who decides nothing."""
    if not decides(actions, person):
        return 0
    found = select(Approval.id).where(*waiting_for(actions, person, now)).limit(MOST)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def home_line(session: Session, actions: ActionRegistry, person: Person, now: datetime) -> list[Decision]:
    """Return home's line about what waits for this person; none when nothing does."""
    found = count_waiting(session, actions, person, now)
    if not found:
        return []
    count = found if found < MOST else f"{MOST}+"
    note = "Somebody else asked; look at what would happen, and approve or refuse."
    return [Decision("Requests that wait for your approval", count, URL, "user-check", "warning", note)]
