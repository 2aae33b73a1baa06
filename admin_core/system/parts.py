"""The parts of the system page that ask something: each is loaded on its own, and costs only itself."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, func, or_, select, text
from sqlalchemy.orm import Session

from admin_core.generator.urls import list_url
from admin_core.health import newest_migrations, older_migrations
from admin_core.jobs.declared import QUEUES
from admin_core.jobs.timing import Timing
from admin_core.settings import Settings
from admin_core.theme.formats import bytes_
from admin_core.theme.frame import Tone
from schema.base import SCHEMA
from schema.jobs import Job, JobState
from schema.migrations import VERSION_TABLE
from schema.schedules import JobQueue, WorkerBeat

ALMOST_FULL, TIGHT = 0.9, 0.8
SILENT = timedelta(seconds=6 * Timing().heartbeat_s)
"""A process that reported nothing for so long is taken for dead."""
WEEK = timedelta(days=7)
STATEMENT_MS = 2_000


@dataclass(frozen=True)
class Line:
    """One thing the page says."""

    label: str
    value: str
    tone: Tone = "neutral"
    word: str = ""
    """The badge; empty: none."""
    at: datetime | None = None
    """A moment shown behind the value."""
    url: str = ""
    """The rows behind the value."""


def share_tone(share: float) -> Tone:
    """Return how worrying it is that so much of something is used."""
    return "danger" if share >= ALMOST_FULL else "warning" if share >= TIGHT else "success"


# --- Database


def database(engine: Engine) -> list[Line]:
    """Return version, migrations, size and connections of our database."""
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {STATEMENT_MS}")
        row = connection.execute(text(DATABASE)).one()
        at = migrations(connection)
    used = row.connections / row.allowed
    word = {"success": "fine", "warning": "many", "danger": "nearly all"}[share_tone(used)]
    return [
        Line("PostgreSQL", row.version.split(" ", 1)[0]),
        migration_line(at),
        Line("Size", bytes_(row.size)),
        Line("Connections", f"{row.connections} of {row.allowed}, {row.ours} of them ours", share_tone(used), word),
    ]


DATABASE = """
SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS ours,
       current_setting('max_connections')::int AS allowed
"""


def migrations(connection: Connection) -> frozenset[str]:
    """Return the migrations the database is at: ours, and one for each plugin that brings tables."""
    return frozenset(connection.scalars(text(f"SELECT version_num FROM {SCHEMA}.{VERSION_TABLE}")))


def migration_line(at: frozenset[str]) -> Line:
    """Return how far the database is migrated."""
    newest = newest_migrations()
    said = ", ".join(sorted(at)) or "none"
    if newest <= at:
        return Line("Migrations", said, "success", "newest")
    if at & older_migrations() or not at:
        return Line(
            "Migrations", f"{said}; newest: {', '.join(sorted(newest))}. Run: admin db upgrade", "danger", "behind"
        )
    return Line("Migrations", f"{said}, which is newer than this version of the product", "warning", "ahead")


# --- Jobs and processes


def queues(session: Session, now: datetime) -> list[Line]:
    """Return what waits in each queue, and what failed in the last week. Counted over indexes of open jobs."""
    due = (Job.state == JobState.WAITING, Job.run_at <= now)
    waiting = select(Job.queue, func.count(), func.min(Job.run_at)).where(*due).group_by(Job.queue)
    running = select(Job.queue, func.count()).where(Job.state == JobState.RUNNING).group_by(Job.queue)
    depth = {queue: (count, oldest) for queue, count, oldest in session.execute(waiting)}
    busy = {row[0]: int(row[1]) for row in session.execute(running)}
    paused = set(session.scalars(select(JobQueue.name).where(JobQueue.paused)))
    names = list(dict.fromkeys([*QUEUES, *sorted(depth), *sorted(busy)]))
    return [
        *(queue_line(name, depth.get(name), busy.get(name, 0), name in paused, now) for name in names),
        failed(session, now),
    ]


def queue_line(name: str, waiting: tuple[int, datetime] | None, running: int, is_paused: bool, now: datetime) -> Line:
    """Return how one queue stands."""
    count, oldest = waiting or (0, None)
    said = f"{count} waiting, {running} running"
    if is_paused:
        return Line(name, said, "warning", "paused", oldest)
    late = oldest is not None and now - oldest > timedelta(minutes=5)
    return Line(name, said, "warning" if late else "success", "late" if late else "fine", oldest)


def failed(session: Session, now: datetime) -> Line:
    """Return how many jobs ended badly in the last week."""
    bad = (Job.state.in_([JobState.FAILED, JobState.QUARANTINED]), Job.created_at > now - WEEK)
    count = session.scalar(select(func.count()).select_from(Job).where(*bad)) or 0
    url = list_url(
        "jobs", [("f.state.eq", "failed"), ("f.state.eq", "quarantined"), ("f.created_at.within", "last_7_days")]
    )
    return Line("Failed in 7 days", str(count), "danger" if count else "success", "look" if count else "none", url=url)


def processes(session: Session, now: datetime) -> list[Line]:
    """Return the processes that reported lately and have not ended in good order, by kind."""
    recent = or_(WorkerBeat.stopped_at.is_(None), WorkerBeat.stopped_at > now - timedelta(minutes=5))
    statement = select(WorkerBeat).where(WorkerBeat.beat_at > now - timedelta(days=1), recent)
    found = session.scalars(statement.order_by(WorkerBeat.kind, WorkerBeat.beat_at.desc()).limit(100)).all()
    lines = [process_line(beat, now) for beat in found]
    alive = {beat.kind for beat in found if beat.stopped_at is None and now - beat.beat_at <= SILENT}
    return [*lines, *(Line(kind, "None reports.", "danger", "none") for kind in NEEDED if kind not in alive)]


NEEDED = ("worker", "relay", "scheduler")


def process_line(beat: WorkerBeat, now: datetime) -> Line:
    """Return how one process stands."""
    said = f"{beat.host}, process {beat.pid}"
    if beat.stopped_at is not None:
        return Line(beat.kind, said, "neutral", "stopped", beat.stopped_at)
    silent = now - beat.beat_at > SILENT
    return Line(beat.kind, said, "danger" if silent else "success", "silent" if silent else "alive", beat.beat_at)


# --- Disk


def disks(settings: Settings) -> list[Line]:
    """Return how full the disks are that this web process writes to."""
    return [disk_line(label, folder) for label, folder in folders(settings)]


def folders(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield the folders that matter, with what they are for."""
    if files := str(getattr(settings, "artifacts_dir", "")):
        yield "Files made by jobs", Path(files)
    if state := os.environ.get("ADMIN_STATE_DIR"):
        yield "Servers of this machine", Path(state)
    yield "Temporary files", Path(tempfile.gettempdir())


def disk_line(label: str, folder: Path) -> Line:
    """Return how full the disk is that a folder lies on, or will lie on."""
    place = next((p for p in (folder, *folder.absolute().parents) if p.exists()), Path("/"))
    usage = shutil.disk_usage(place)
    used = 1 - usage.free / usage.total
    word = {"success": "fine", "warning": "filling up", "danger": "nearly full"}[share_tone(used)]
    return Line(label, f"{bytes_(usage.free)} of {bytes_(usage.total)} free at {folder}", share_tone(used), word)


def now_utc() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)
