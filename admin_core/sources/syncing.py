"""The job that feeds our tables: mapping by mapping, chunk by chunk, each chunk with how far it came.

The first time, after a change of the file, and each night a mapping reads all rows of theirs by key; in between only
what changed since its watermark. What was refused is tried again each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.audit.entries import Entry
from admin_core.audit.witnessing import category_of
from admin_core.changes.acting import Acting, acting
from admin_core.ciphers import derived
from admin_core.jobs.errors import JobError, JobFailed
from admin_core.jobs.run import Chunk, JobRun, Json
from admin_core.reflection.database import is_theirs, open_reflected
from admin_core.settings import Settings, SettingsError
from admin_core.sources import keeping, theirs
from admin_core.sources.declared import declare, digest_of
from admin_core.sources.fitting import misfits
from admin_core.sources.gone import TooManyGone, leave, require_few
from admin_core.sources.mapping import Feed, Source, read_source
from admin_core.sources.taking import Taking, take
from admin_core.sources.theirs import Place
from schema.audit import ActorKind
from schema.changes import ChangeKind, ChangeSet
from schema.sources import RunState, SourceMapping, SourceReject, SourceRun

AT_ONCE = 500
"""Rows of one transaction."""
COUNTED = {"insert": "inserted", "update": "updated", "link": "unchanged"}
COUNTS = ("rows_read", "inserted", "updated", "unchanged", "rejected")


@dataclass
class Sync:
    """One run of the job over all mappings."""

    run: JobRun
    source: Source
    engine: Engine
    whole: bool
    """Whether everything is compared, watermark or not."""
    mappings: dict[str, UUID] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    """What went wrong, by mapping."""
    begun: dict[str, Json] = field(default_factory=dict)


def sync_sources(run: JobRun) -> str:
    """Our rows are as theirs were a moment ago, as far as their watermarks tell."""
    return synced(run, whole=False)


def compare_sources(run: JobRun) -> str:
    """Our rows are as theirs, all of them compared; what is gone over there is known."""
    return synced(run, whole=True)


def synced(run: JobRun, *, whole: bool) -> str:
    """Feed every mapping that is not paused; JobError when one of them could not be read."""
    if not run.settings.source_file:
        return "No source is declared."
    source = declared_source(run)
    engine = open_reflected(source_url(run.settings), pool_size=1)
    try:
        sync = Sync(run, source, engine, whole)
        with run.transaction() as session:
            sync.mappings = declare(session, source)
            paused = set(session.scalars(select(SourceMapping.name).where(SourceMapping.enabled.is_(False))))
        for feed in source.feeds:
            if feed.name not in paused and not feed.is_file:
                attempt(sync, feed)
    finally:
        engine.dispose()
    if sync.failed:
        raise JobError(" ".join(f"{name}: {sentence}" for name, sentence in sync.failed.items()))
    return f"Read {len([each for each in source.feeds if each.name not in paused and not each.is_file])} mappings."


def declared_source(run: JobRun) -> Source:
    """Return what the file says; JobFailed when it is not in order."""
    try:
        source = read_source(run.settings.source_file)
    except SettingsError as error:
        raise JobFailed(" ".join(error.problems)) from error
    if wrong := misfits(source, run.machine.registry):
        raise JobFailed(" ".join(wrong))
    return source


def source_url(settings: Settings) -> str:
    """Return where their rows are: the source named, else the reflected database, else ours, which may hold both."""
    return settings.source_url or settings.reflect_url or settings.database_url


def attempt(sync: Sync, feed: Feed) -> None:
    """Feed one mapping; what goes wrong over there is written down and does not stop the others."""
    if missing := sorted(needed_by(feed) & sync.failed.keys()):
        sync.failed[feed.name] = f"Not read, because {', '.join(missing)} was not."
        return
    try:
        feed_one(sync, feed)
    except TooManyGone as too_many:
        sync.failed[feed.name] = str(too_many)
        note_failure(sync, feed)
    except DBAPIError as error:
        if not is_theirs(error):
            raise
        sync.failed[feed.name] = theirs.sentence_of(error)
        note_failure(sync, feed)


def needed_by(feed: Feed) -> set[str]:
    """Return the mappings that must have been read before."""
    links = {name for drawn in feed.columns.values() for name in drawn.link}
    return links | ({feed.continues.mapping} if feed.continues else set())


def feed_one(sync: Sync, feed: Feed) -> None:
    """Read a mapping from where it stands to its end."""
    run, name = sync.run, feed.name
    begun = sync.begun[name] = run.step(f"begin:{name}", partial(begin, sync, feed))
    taking = Taking(
        feed,
        run.machine.registry,
        sync.mappings,
        [sync.mappings[each.name] for each in sync.source.newer(feed)],
        UUID(begun["run"]),
        derived(run.settings.secret_key, "source rows"),
    )
    with changing(run, feed, UUID(begun["change"])):
        run.chunks(partial(take_next, sync, taking), name=f"rows:{name}")
        run.chunks(partial(take_refused, sync, taking), name=f"refused:{name}")
        if begun["since"] is None and feed.gone != "keep":
            run.chunks(partial(leave_next, taking), name=f"gone:{name}")
    run.step(f"finish:{name}", partial(finish, sync, feed))


@contextmanager
def changing(run: JobRun, feed: Feed, change: UUID) -> Iterator[None]:
    """Let everything written inside be one change, by the source."""
    who = Acting(
        id=change,
        kind=ChangeKind.JOB,
        actor_kind=ActorKind.SYSTEM,
        actor_key=f"source:{feed.name}",
        title=f"Rows of {feed.name}",
        action=run.claim.name,
        job_id=run.id,
        undoable=False,  # the next reading would write it again
    )
    with acting(who):
        yield


def begin(sync: Sync, feed: Feed, session: Session) -> Json:
    """Open the books of a reading: from where, and how far their table is now."""
    mapping = session.get_one(SourceMapping, sync.mappings[feed.name])
    known = mapping.watermark if mapping.definition_digest == digest_of(feed) else None
    marks = theirs.marks_of(sync.engine, feed, known)
    since = None if sync.whole else marks.since
    row = SourceRun(mapping_id=mapping.id, job_id=sync.run.id, from_watermark=since, to_watermark=marks.high)
    session.add(row)
    session.flush()
    return {"run": str(row.id), "change": str(uuid7()), "since": since, "high": marks.high}


def take_next(sync: Sync, taking: Taking, session: Session, at: Json) -> Chunk:
    """Take the next rows behind the last ones."""
    lock(session, taking)
    feed, since = taking.feed, sync.begun[taking.feed.name]["since"]
    place = Place(at.get("key"), at.get("mark"))
    is_all = since is None
    question = (
        theirs.page_of_all(feed, place, AT_ONCE) if is_all else theirs.page_of_changed(feed, since, place, AT_ONCE)
    )
    rows = theirs.read(sync.engine, feed, question)
    count(session, taking, take(session, taking, rows)[0])
    done = int(at.get("done", 0)) + len(rows)
    if not rows:
        return Chunk(at=at, done=done, is_last=True)
    return Chunk(at={"key": rows[-1].key, "mark": rows[-1].mark, "done": done}, done=done, is_last=len(rows) < AT_ONCE)


def take_refused(sync: Sync, taking: Taking, session: Session, _at: Json) -> Chunk:
    """Try those that somebody asked for, then the newest refused rows: what they waited for may be there now."""
    lock(session, taking)
    is_open = (SourceReject.mapping_id == taking.id, SourceReject.resolved_at.is_(None))
    newest = select(SourceReject.source_key).where(*is_open, SourceReject.run_id.is_distinct_from(taking.run_id))
    asked_first = (SourceReject.run_id.is_not(None), SourceReject.created_at.desc())
    keys = session.scalars(newest.order_by(*asked_first).limit(AT_ONCE)).all()
    if not keys:
        return Chunk(is_last=True)
    rows = theirs.read(sync.engine, taking.feed, theirs.some_by_key(taking.feed, keys))
    count(session, taking, take(session, taking, rows)[0])
    keeping.resolve(session, taking.id, sorted(set(keys) - {row.key for row in rows}))  # gone over there
    return Chunk(done=len(rows), is_last=True)


def leave_next(taking: Taking, session: Session, at: Json) -> Chunk:
    """Do what the mapping says to the next rows that are gone over there."""
    lock(session, taking)
    if not at:
        require_few(session, taking)
    key, left = leave(session, taking, at.get("key", ""), AT_ONCE)
    count(session, taking, {"update": left})
    done = int(at.get("done", 0)) + left
    return Chunk(at={"key": key, "done": done}, done=done, is_last=not key)


def lock(session: Session, taking: Taking) -> None:
    """Let no other reading of the mapping write at the same time."""
    session.execute(select(SourceMapping.id).where(SourceMapping.id == taking.id).with_for_update())


def count(session: Session, taking: Taking, counts: Any) -> None:
    """Add to the counts of the reading."""
    named = {COUNTED.get(word, word): 0 for word in counts}
    for word, number in counts.items():
        named[COUNTED.get(word, word)] += number
    more = {word: getattr(SourceRun, word) + number for word, number in named.items() if number}
    if more:
        change(session, SourceRun, taking.run_id, more)


def finish(sync: Sync, feed: Feed, session: Session) -> Json:
    """Close the books: what was read is known up to where their table was when it began."""
    begun = sync.begun[feed.name]
    row = session.get_one(SourceRun, UUID(begun["run"]), populate_existing=True)
    lag_s = func.extract("epoch", func.now() - row.started_at)
    words = {"watermark": begun["high"], "definition_digest": digest_of(feed), "lag_s": lag_s}
    change(session, SourceMapping, row.mapping_id, words)
    return closed(sync.run, session, row, entry_of(session, feed, row, UUID(begun["change"])))


def closed(run: JobRun, session: Session, row: SourceRun, entry: Entry) -> Json:
    """Close the books of a reading, with an entry in the audit log when it wrote anything; return its counts."""
    change(session, SourceRun, row.id, {"state": RunState.DONE, "error": None, "finished_at": func.now()})
    words = {"last_run_at": row.started_at, "rows_total": SourceMapping.rows_total + row.inserted}
    change(session, SourceMapping, row.mapping_id, words)
    if row.inserted + row.updated:
        run.machine.audit.record(session, entry)
    return {word: getattr(row, word) for word in COUNTS}


def entry_of(session: Session, feed: Feed, row: SourceRun, change_id: UUID) -> Entry:
    """Return the one entry of the audit log about all rows of a reading."""
    known = session.get(ChangeSet, change_id) is not None
    return Entry(
        category=category_of(feed.to),
        action=f"{feed.to}.fed",
        actor_kind=ActorKind.SYSTEM,
        actor_key=f"source:{feed.name}",
        object_type=feed.to,
        row_count=row.inserted + row.updated,
        change_set_id=change_id if known else None,
    )


def note_failure(sync: Sync, feed: Feed) -> None:
    """Write down that a reading ended badly; the next try of the job goes on where it stopped."""
    mine = (SourceRun.mapping_id == sync.mappings[feed.name], SourceRun.job_id == sync.run.id)
    with sync.run.transaction() as session:
        row = session.scalar(select(SourceRun).where(*mine).order_by(SourceRun.started_at.desc()).limit(1))
        if row is None:  # it did not even begin
            row = SourceRun(mapping_id=sync.mappings[feed.name], job_id=sync.run.id)
            session.add(row)
        row.state, row.error, row.finished_at = RunState.FAILED, sync.failed[feed.name], datetime.now(UTC)


def change(session: Session, model: Any, key: UUID, words: dict[str, Any]) -> None:
    """Change a row that is not among the session's objects."""
    session.execute(
        update(model).where(model.id == key).values(words), execution_options={"synchronize_session": False}
    )
