"""What is watched of sources: how far behind they are, how many rows are refused, what could not be written back."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.contributions import Alert, Reading
from admin_core.generator.urls import list_url
from admin_core.menu import SOURCES
from admin_core.system.parts import Line
from admin_core.theme.frame import Tone
from schema.sources import SourceKind, SourceMapping, SourceReject, SourceWrite, WriteState

MOST = 1_000
"""Counted at most."""
BEHIND_MINUTES, REFUSED_ROWS = 30, 20
READ = (SourceMapping.enabled, SourceMapping.kind == SourceKind.DATABASE)


def oldest(session: Session) -> tuple[str, datetime] | None:
    """Return the mapping that is furthest behind, and as of when ours are as theirs; None when nothing is read."""
    as_of = func.coalesce(SourceMapping.last_run_at, SourceMapping.created_at)
    found = session.execute(select(SourceMapping.name, as_of).where(*READ).order_by(as_of).limit(1)).one_or_none()
    return (found[0], found[1]) if found else None


def minutes_behind(session: Session, now: datetime) -> Reading:
    """Return for how many minutes the mapping was not read that is furthest behind; 0 when nothing is read at all."""
    found = oldest(session)
    if found is None:
        return Reading(value=0, summary="No source is read.", url=SOURCES.url)
    minutes = max(0, int((now - found[1]).total_seconds()) // 60)
    return Reading(value=minutes, summary=f"{found[0]} is {minutes} minutes behind.", url=SOURCES.url)


def rows_refused(session: Session, _now: datetime) -> Reading:
    """Return how many refused rows wait for somebody, at most a thousand."""
    some = select(SourceReject.id).where(SourceReject.resolved_at.is_(None)).limit(MOST)
    count = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    said = f"{count if count < MOST else f'{MOST} or more'} rows of sources are refused."
    return Reading(value=count, summary=said, url=list_url("source_rejects"))


def writes_failed(session: Session, _now: datetime) -> Reading:
    """Return how many values could not be written back."""
    some = select(SourceWrite.id).where(SourceWrite.state == WriteState.FAILED).limit(MOST)
    count = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    url = list_url("source_writes", [("f.state.eq", "failed")])
    return Reading(value=count, summary=f"{count} values could not be written back to the company's database.", url=url)


def source_lines(session: Session, now: datetime) -> list[Line]:
    """Return how sources stand, for the system page."""
    age, refused, failed = (ask(session, now) for ask in (minutes_behind, rows_refused, writes_failed))
    late = int(age.value or 0) > BEHIND_MINUTES
    many, lost = int(refused.value or 0) > REFUSED_ROWS, bool(failed.value)
    return [
        Line("Reading", age.summary, "danger" if late else "success", "behind" if late else "fine", url=age.url),
        Line("Refused rows", refused.summary, *tone_of(many, "many"), url=refused.url),
        Line("Written back", failed.summary, *tone_of(lost, "failed"), url=failed.url),
    ]


def tone_of(is_bad: bool, word: str) -> tuple[Tone, str]:
    """Return the badge of a line."""
    return ("warning", word) if is_bad else ("success", "fine")


def source_alerts(permission: str) -> tuple[Alert, ...]:
    """Return what core watches of sources."""
    words = (
        ("core.sources-behind", "Rows of a source are old", minutes_behind, BEHIND_MINUTES, 120),
        ("core.rows-refused", "Many rows of a source are refused", rows_refused, REFUSED_ROWS, 600),
        ("core.writes-back-failed", "Decisions do not reach the company's database", writes_failed, 0, 0),
    )
    return tuple(
        Alert(name=name, title=title, permission=permission, watch=watch, threshold=threshold, for_s=for_s)
        for name, title, watch, threshold, for_s in words
    )
