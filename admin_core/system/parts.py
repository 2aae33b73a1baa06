"""The parts of the system page that ask something: each is loaded on its own, and costs only itself."""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from admin_core.artifacts.places import PROJECT
from admin_core.generator.urls import list_url
from admin_core.health import behind, migrations_of, newest_migrations
from admin_core.jobs_screen import overview
from admin_core.jobs_screen.overview import ProcessLine, QueueLine
from admin_core.plugin_migrations import Branch
from admin_core.settings import Settings
from admin_core.theme.formats import bytes_
from admin_core.theme.frame import Tone
from schema.jobs import Job

ALMOST_FULL, TIGHT = 0.9, 0.8
LATE = timedelta(minutes=5)
"""A queue whose oldest job is due for longer is late."""
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


def database(engine: Engine, branches: Iterable[Branch] = ()) -> list[Line]:
    """Return version, migrations, size and connections of our database; ``branches`` are those of plugins."""
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {STATEMENT_MS}")
        row = connection.execute(text(DATABASE)).one()
        current = migrations_of(connection)
    used = row.connections / row.allowed
    word = {"success": "fine", "warning": "many", "danger": "nearly all"}[share_tone(used)]
    return [
        Line("PostgreSQL", row.version.split(" ", 1)[0]),
        migration_line(current, branches),
        Line("Size", bytes_(row.size)),
        Line("Connections", f"{row.connections} of {row.allowed}, {row.ours} of them ours", share_tone(used), word),
    ]


DATABASE = """
SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS ours,
       current_setting('max_connections')::int AS allowed
"""


def migration_line(current: Collection[str], branches: Iterable[Branch] = ()) -> Line:
    """Return how far the database is migrated, as the load balancer is told: core's tables, then those of plugins."""
    branches = tuple(branches)
    said = ", ".join(sorted(current)) or "none"
    if reason := behind(current, branches):
        return Line("Migrations", f"{said}. {reason}", "danger", "behind")
    if newest_migrations().union(*(branch.newest for branch in branches)) <= set(current):
        return Line("Migrations", said, "success", "newest")
    return Line("Migrations", f"{said}, which is newer than what runs here", "warning", "ahead")


# --- Jobs and processes


def queues(session: Session, now: datetime) -> list[Line]:
    """Return what waits in each queue, and what failed in the last week."""
    return [*(queue_line(queue, now) for queue in overview.queue_lines(session, now)), failed(session, now)]


def queue_line(queue: QueueLine, now: datetime) -> Line:
    """Return how one queue stands; what waits for later, or is paused, makes it neither late nor longer."""
    said = f"{queue.waiting} waiting, {queue.running} running"
    if queue.paused:
        return Line(queue.name, said, "warning", "paused", queue.oldest_at)
    late = queue.oldest_at is not None and now - queue.oldest_at > LATE
    return Line(queue.name, said, "warning" if late else "success", "late" if late else "fine", queue.oldest_at)


def failed(session: Session, now: datetime) -> Line:
    """Return how many jobs ended badly in the last week."""
    count = session.scalar(select(func.count()).select_from(Job).where(overview.ended_badly(now))) or 0
    url = list_url(
        "jobs", [("f.state.eq", "failed"), ("f.state.eq", "quarantined"), ("f.created_at.within", "last_7_days")]
    )
    return Line("Failed in 7 days", str(count), "danger" if count else "success", "look" if count else "none", url=url)


def processes(session: Session, now: datetime) -> list[Line]:
    """Return the processes that reported lately and have not ended in good order, by kind, and the missing kinds."""
    found = overview.process_lines(session, now)
    missing = overview.missing_kinds(found)
    return [*map(process_line, found), *(Line(kind, "None reports.", "danger", "none") for kind in missing)]


def process_line(process: ProcessLine) -> Line:
    """Return how one process stands."""
    said = f"{process.host}, process {process.pid}"
    tone: Tone = "success" if process.is_alive else "danger"
    return Line(process.kind, said, tone, "alive" if process.is_alive else "silent", process.beat_at)


# --- Disk


def disks(settings: Settings) -> list[Line]:
    """Return how full the disks are that this web process writes to."""
    return [disk_line(label, folder) for label, folder in folders(settings)]


def folders(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield the folders that matter, with what they are for."""
    yield "Files made by jobs", PROJECT / settings.artifacts_dir  # an absolute setting stays as it is
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
