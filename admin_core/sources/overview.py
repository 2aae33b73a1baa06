"""What the page Sources shows: each mapping, how its newest reading ended, how many rows are refused. Reads only."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from admin_core.generator.urls import list_url, record_url
from admin_core.sources.actions import FILE_PAGE, no_file
from admin_core.sources.watching import BEHIND_MINUTES
from admin_core.theme.frame import Tone
from schema.sources import (
    RunState,
    SourceKind,
    SourceMapping,
    SourceReject,
    SourceRun,
    SourceWrite,
    WriteState,
)

MOST_MAPPINGS = 200
MOST_COUNTED = 1_000
BEHIND = "behind"
LATE = timedelta(minutes=BEHIND_MINUTES)
WORDS: dict[RunState | None, tuple[str, Tone]] = {
    None: ("not read yet", "neutral"),
    RunState.RUNNING: ("being read", "info"),
    RunState.DONE: ("up to date", "success"),
    RunState.FAILED: ("failed", "danger"),
}


@dataclass(frozen=True)
class Line:
    """A mapping as a line of the page."""

    name: str
    url: str
    source_table: str
    target: str
    target_url: str
    state: str
    tone: Tone
    why: str
    """What went wrong, or why it is paused; empty when all is well."""
    as_of: datetime | None
    """Ours are as theirs were at this moment."""
    run: SourceRun | None
    """The newest reading."""
    runs_url: str
    refused: int
    is_more: bool
    """Whether there are more refused rows than were counted."""
    refused_url: str
    file_url: str
    """Where a file is uploaded for it; empty where none is taken."""


def lines(session: Session) -> list[Line]:
    """Return the mappings by name."""
    newest = (
        select(SourceRun.id)
        .where(SourceRun.mapping_id == SourceMapping.id)
        .order_by(SourceRun.started_at.desc())
        .limit(1)
        .correlate(SourceMapping)
        .scalar_subquery()
    )
    mine = (SourceReject.mapping_id == SourceMapping.id, SourceReject.resolved_at.is_(None))
    some = select(literal(1).label("one")).where(*mine).limit(MOST_COUNTED + 1).correlate(SourceMapping).subquery()
    refused = select(func.count()).select_from(some).correlate(SourceMapping).scalar_subquery()
    wanted = select(SourceMapping, SourceRun, refused).outerjoin(SourceRun, SourceRun.id == newest)
    rows = session.execute(wanted.order_by(SourceMapping.name).limit(MOST_MAPPINGS))
    return [line_of(mapping, run, count) for mapping, run, count in rows]


def line_of(mapping: SourceMapping, run: SourceRun | None, refused: int) -> Line:
    """Return a mapping's line."""
    as_of = run.finished_at if run and mapping.kind is not SourceKind.DATABASE else mapping.last_run_at
    state, tone = state_of(mapping, run)
    chosen = ("f.mapping_id.eq", str(mapping.id))
    return Line(
        name=mapping.name,
        url=record_url("source_mappings", str(mapping.id)),
        source_table=mapping.source_table,
        target=mapping.target,
        target_url=list_url(mapping.target),
        state=state,
        tone=tone,
        why=why_of(mapping, run, state),
        as_of=as_of,
        run=run,
        runs_url=list_url("source_runs", [chosen]),
        refused=min(refused, MOST_COUNTED),
        is_more=refused > MOST_COUNTED,
        refused_url=list_url("source_rejects", [chosen]),
        file_url="" if no_file(mapping) else FILE_PAGE.replace("{record}", str(mapping.id)),
    )


def state_of(mapping: SourceMapping, run: SourceRun | None) -> tuple[str, Tone]:
    """Return how a mapping stands in a word; what was read well, but long ago, is not up to date."""
    if not mapping.enabled:
        return "paused", "warning"
    if mapping.kind is not SourceKind.DATABASE and run and run.state is RunState.DONE:
        return "received", "success"
    is_late = mapping.last_run_at is not None and datetime.now(UTC) - mapping.last_run_at > LATE
    if is_late and run and run.state is not RunState.FAILED:
        return BEHIND, "danger"
    return WORDS[run.state if run else None]


def why_of(mapping: SourceMapping, run: SourceRun | None, state: str) -> str:
    """Return what went wrong, or why it is paused."""
    if not mapping.enabled:
        return mapping.paused_reason or ""
    if state == BEHIND:
        return f"Not read for more than {BEHIND_MINUTES} minutes: look whether workers and the scheduler run."
    return (run.error or "") if run else ""


@dataclass(frozen=True)
class Told:
    """How a statement stands that tells theirs what we decided."""

    name: str
    waiting: int
    failed: int
    written_at: datetime | None
    url: str
    failed_url: str


def told(session: Session) -> list[Told]:
    """Return the statements by name that were ever asked for."""
    state, counted = SourceWrite.state, func.count()
    wanted = select(
        SourceWrite.name,
        counted.filter(state == WriteState.WAITING),
        counted.filter(state == WriteState.FAILED),
        func.max(SourceWrite.written_at),
    ).group_by(SourceWrite.name)
    return [told_of(*row) for row in session.execute(wanted.order_by(SourceWrite.name).limit(MOST_MAPPINGS))]


def told_of(name: str, waiting: int, failed: int, written_at: datetime | None) -> Told:
    """Return a statement's line."""
    chosen = ("f.name.eq", name)
    urls = list_url("source_writes", [chosen]), list_url("source_writes", [chosen, ("f.state.eq", "failed")])
    return Told(name, waiting, failed, written_at, *urls)
