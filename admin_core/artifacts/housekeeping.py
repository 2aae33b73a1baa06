"""Core's jobs about files: those that expired go at once, those that nobody knows after a day."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.artifacts.places import places
from admin_core.artifacts.storage import Storage
from admin_core.jobs.housekeeping import deletion
from admin_core.jobs.run import Chunk, JobRun, Json
from schema.artifacts import Artifact

BATCH = 100
ABANDONED = timedelta(days=1)
"""A job stores a file first and writes its row afterwards: none takes a day in between."""


def expire_files(run: JobRun) -> str:
    """Files whose time is over are gone; their rows tell that they existed until their own retention is over."""
    known = places(run.settings)

    def work(session: Session, at: Json) -> Chunk:
        over = session.scalars(
            select(Artifact)
            .where(Artifact.expires_at < func.now(), Artifact.deleted_at.is_(None))
            .order_by(Artifact.expires_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for artifact in over:
            if artifact.storage in known:  # a place that is not set any more takes its files with it
                known[artifact.storage].delete(artifact.location)
            artifact.deleted_at = datetime.now(UTC)
            session.flush()  # after each: PostgreSQL ends a transaction that says nothing while a store is slow
        done = int(at.get("done", 0)) + len(over)
        return Chunk(at={"done": done}, done=done, is_last=len(over) < BATCH)

    done = run.chunks(work)
    run.chunks(deletion(Artifact), name="rows")
    return f"Deleted {done} expired files."


def remove_abandoned_files(run: JobRun) -> str:
    """Files that no row names are gone: their job was killed before it could write one."""
    before = datetime.now(UTC) - ABANDONED
    removed = 0
    for storage in places(run.settings).values():
        for keys in batches(storage.keys(before)):
            run.pause_point()
            removed += remove(storage, nameless(run, storage, keys))
    return f"Deleted {removed} files that nothing refers to."


def batches(keys: Iterable[str]) -> Iterator[list[str]]:
    """Yield keys in groups that fit one question."""
    group: list[str] = []
    for key in keys:
        group.append(key)
        if len(group) == BATCH:
            yield group
            group = []
    if group:
        yield group


def nameless(run: JobRun, storage: Storage, keys: list[str]) -> list[str]:
    """Return those keys that no row with a file names."""
    named = select(Artifact.location).where(
        Artifact.location.in_(keys), Artifact.storage == storage.name, Artifact.deleted_at.is_(None)
    )
    with run.transaction() as session:
        known = set(session.scalars(named))
    return [key for key in keys if key not in known]


def remove(storage: Storage, keys: list[str]) -> int:
    """Delete what lies under these keys; what was put there by somebody else, under a name of no ours, stays."""
    removed = 0
    for key in keys:
        try:
            storage.delete(key)
        except ValueError:
            continue
        removed += 1
    return removed
