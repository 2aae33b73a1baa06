"""What a summary of the log says: counts, who was refused, what was taken along, and how the log stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Subquery, case, func, literal_column, select

from admin_core.audit.anchors import Anchor
from admin_core.audit.entries import spelled
from admin_core.audit.jobs import VERIFIED
from admin_core.audit.overview import VERDICTS
from admin_core.audit.proving import Wanted, head_of, sealed_entries
from admin_core.audit.sentences import actor_name
from admin_core.audit.store import last_checkpoint
from admin_core.audit.tables import ANCHORS, ENTRIES, PENDING, table_of
from admin_core.generator.history import COLLEAGUE
from admin_core.theme.formats import absolute, number
from schema.audit import ActorKind, AnchorState, AuditCategory, AuditOutcome
from schema.staff import StaffMember

MOST_ACTORS, MOST_LINES = 25, 100
MEMBERS = table_of(StaffMember)


@dataclass(frozen=True)
class Summary:
    """Everything that stands in the summary."""

    asked: dict[str, str]
    made_at: datetime
    entries: int
    first_at: datetime | None
    last_at: datetime | None
    by_category: Sequence[Sequence[Any]]
    by_actor: list[tuple[str, int]]
    refusals: list[tuple[str, ...]]
    exports: list[tuple[str, ...]]
    statements: list[str]


def summarised(connection: Connection, wanted: Wanted, *, names: bool) -> Summary:
    """Return the summary of the sealed entries that are wanted; ``names``: with those of members, for who sees them."""
    mine = sealed_entries(wanted).subquery()
    who = Who(mine, names=names)
    total = connection.execute(select(func.count(), func.min(mine.c.occurred_at), func.max(mine.c.occurred_at))).one()
    counts = select(mine.c.category, mine.c.outcome, func.count().label("entries"))
    counts = counts.group_by(mine.c.category, mine.c.outcome).order_by(mine.c.category, mine.c.outcome)
    return Summary(
        asked=wanted.words(),
        made_at=connection.scalars(select(func.clock_timestamp())).one(),
        entries=total[0],
        first_at=total[1],
        last_at=total[2],
        by_category=connection.execute(counts).all(),
        by_actor=actors(connection, who),
        refusals=lines(connection, who, mine.c.outcome == AuditOutcome.REFUSED),
        exports=lines(connection, who, mine.c.category == AuditCategory.EXPORT),
        statements=statements(connection),
    )


@dataclass(frozen=True)
class Who:
    """Entries beside the members who made them."""

    mine: Subquery
    names: bool

    @property
    def joined(self) -> FromClause:
        """The entries with their members."""
        return self.mine.outerjoin(MEMBERS, MEMBERS.c.id == self.mine.c.actor_id)

    @property
    def columns(self) -> tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]]:
        """Kind, name and key of who acted; without a right to names all members are one."""
        somebody = case((self.mine.c.actor_id.is_not(None), literal_column(f"'{COLLEAGUE}'")))
        return self.mine.c.actor_kind, MEMBERS.c.name if self.names else somebody, self.mine.c.actor_key


def actors(connection: Connection, who: Who) -> list[tuple[str, int]]:
    """Return who acted most often; two members of one name stay two."""
    apart = (*who.columns, *([MEMBERS.c.id] if who.names else []))
    found = select(*who.columns, func.count()).select_from(who.joined).group_by(*apart)
    rows = connection.execute(found.order_by(func.count().desc(), *apart).limit(MOST_ACTORS))
    return [(actor_name(ActorKind(kind), name or "", key or ""), count) for kind, name, key, count in rows]


def lines(connection: Connection, who: Who, which: ColumnElement[bool]) -> list[tuple[str, ...]]:
    """Return the newest of some entries as cells: when, who, what, about what, rows."""
    e = who.mine.c
    found = select(e.occurred_at, *who.columns, e.action, e.object_type, e.row_count).where(which)
    newest = found.select_from(who.joined).order_by(e.occurred_at.desc(), e.id.desc())
    cells: list[tuple[str, ...]] = [
        (absolute(at), actor_name(ActorKind(kind), name or "", key or ""), action, about or "", number(count))
        for at, kind, name, key, action, about, count in connection.execute(newest.limit(MOST_LINES + 1))
    ]
    return cells[:MOST_LINES] + ([("…", "and more", "", "", "")] if len(cells) > MOST_LINES else [])


def statements(connection: Connection) -> list[str]:
    """Return what can be said of the log's integrity, a sentence each."""
    last = last_checkpoint(connection)
    waiting = connection.scalar(select(func.count()).select_from(PENDING)) or 0
    said = [sealed_words(head_of(connection, last[0].log))] if last else ["Nothing is sealed yet."]
    return [
        *said,
        anchor_words(connection),
        verified_words(connection),
        f"{number(waiting)} entries wait to be sealed.",
    ]


def sealed_words(head: Anchor) -> str:
    """Return how far the log is sealed."""
    s = head.statement
    signed = "signed" if head.is_genuine else "NOT VALIDLY SIGNED"
    words = f"Checkpoint {s.number} of {s.log}, {signed} by {head.key.id}, covers {number(s.size)} entries"
    return f"{words} under the root {s.root.hex()} ({spelled(s.sealed_at)})."


def anchor_words(connection: Connection) -> str:
    """Return where the newest copy outside went."""
    done = select(ANCHORS).where(ANCHORS.c.state == AnchorState.DONE).order_by(ANCHORS.c.done_at.desc()).limit(1)
    row = connection.execute(done).one_or_none()
    if row is None:
        return "No checkpoint was copied outside: a cut-off end of the log could not be noticed."
    return f"Checkpoint {row.checkpoint_number} of {row.log} was copied outside ({row.sink}), {absolute(row.done_at)}."


def verified_words(connection: Connection) -> str:
    """Return what the last verification found."""
    newest = select(ENTRIES.c.occurred_at, ENTRIES.c.outcome, ENTRIES.c.row_count).where(ENTRIES.c.action == VERIFIED)
    row = connection.execute(newest.order_by(ENTRIES.c.occurred_at.desc()).limit(1)).one_or_none()
    if row is None:
        return "The log was never verified."
    verdict = VERDICTS[AuditOutcome(row.outcome)][0]
    return f"Last verified {absolute(row.occurred_at)}, {number(row.row_count)} entries. Result: {verdict}."
