"""The job that feeds a mapping from a file, chunk by chunk, each with how far it came. Sent twice, it changes nothing.

The file is kept encrypted: a week for the job, and a day after it. Its expressions are answered by the other database,
to which the rows travel.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.artifacts.making import KEPT_DAYS, NewFile, Placed, write_row
from admin_core.artifacts.places import place_for_new, places
from admin_core.artifacts.storage import MissingFileError, new_key
from admin_core.ciphers import Unreadable as Sealed
from admin_core.ciphers import derived
from admin_core.imports.decoding import Unreadable
from admin_core.imports.tables import Row
from admin_core.jobs.enqueue import SCHEDULE, Origin, enqueue
from admin_core.jobs.errors import JobFailed
from admin_core.jobs.run import Chunk, JobRun, Json
from admin_core.machine import Machine
from admin_core.reflection.database import is_theirs, open_reflected
from admin_core.sources import keeping, theirs
from admin_core.sources.asking import LOAD
from admin_core.sources.declared import declare
from admin_core.sources.files import NUMBER, as_json, batches, headings_of, of_file
from admin_core.sources.keeping import Refusal
from admin_core.sources.mapping import Feed, Source
from admin_core.sources.syncing import AT_ONCE, changing, closed, count, declared_source, entry_of, lock, source_url
from admin_core.sources.taking import Taking, take
from schema.artifacts import Artifact
from schema.sources import SourceMapping, SourceReject, SourceRun

PURPOSE, KIND = "source file", "source"
GONE = "The file is no longer kept. Load it again."
BY_ROW = "row {}"
WRONG_FORM = "22"
"""Class of SQLSTATE: a cell is no value of its type."""


def ask_to_load(parts: Machine, source: Source, feed: Feed, data: bytes) -> UUID:
    """Keep a file, ask for the job that loads it, and return the job's id."""
    with parts.database.transaction() as session:
        mappings = declare(session, source)
        file_id = keep(parts, session, feed.name, data, None)
        return ask(parts, session, file_id, mappings[feed.name], SCHEDULE)


def name_for(mapping: str) -> str:
    """Return what a file for a mapping is called."""
    return f"{mapping}.csv"


def keep(
    parts: Machine, session: Session, name: str, data: bytes, owner_id: UUID | None, *, days: int = KEPT_DAYS
) -> UUID:
    """Keep a file for a mapping, encrypted, and return its id."""
    sealed = parts.cipher.seal(PURPOSE, data.decode("latin-1")).encode()
    storage, location = place_for_new(parts.settings), new_key()
    placed = Placed(storage.name, location, storage.put(location, [sealed]))
    about = NewFile(
        name=name_for(name), kind=KIND, media_type="application/octet-stream", encrypted=True, owner_id=owner_id,
        days=days,
    )  # fmt: skip
    return write_row(session, None, about, placed)


def ask(parts: Machine, session: Session, file_id: UUID, mapping_id: UUID, origin: Origin) -> UUID:
    """Ask for the job that loads a kept file, and return the job's id; however often it is asked there is one."""
    args = {"file": file_id, "mapping": mapping_id}
    keep_for(session, file_id, KEPT_DAYS)  # the job may wait
    return enqueue(session, parts.jobs[LOAD], args, idempotency_key=key_of(file_id), origin=origin)


def keep_for(session: Session, file_id: UUID, days: int) -> None:
    """Let housekeeping take a file so many days from now."""
    until = func.now() + timedelta(days=days)
    session.execute(update(Artifact).where(Artifact.id == file_id).values(expires_at=until))


def key_of(file_id: UUID) -> str:
    """Return what only one job has: that which loads this file."""
    return f"source-file:{file_id}"


@dataclass
class Load:
    """One run of the job."""

    run: JobRun
    source: Source
    feed: Feed
    """With the file as its table."""
    names: Sequence[str]
    engine: Engine
    rows: Iterator[list[Row]]


def load_source(run: JobRun) -> str:
    """The rows of a file are ours, each once; those that do not fit are kept with the reason."""
    source = declared_source(run)
    with run.transaction() as session:
        mapping = session.get_one(SourceMapping, UUID(str(run.args["mapping"])))
    feed = source.named(mapping.name)
    if feed is None or not feed.is_file:
        raise JobFailed(f"The source file has no mapping {mapping.name!r} from a file any more.")
    data = content_of(run)
    try:
        names = headings_of(data)
    except Unreadable as error:
        raise JobFailed(error.sentence) from error
    done = int(run.checkpoint.get("rows", {}).get("at", {}).get("done", 0))
    engine = open_reflected(source_url(run.settings), pool_size=1)
    try:
        return loaded(Load(run, source, of_file(feed, names), names, engine, batches(data, names, done, AT_ONCE)))
    except DBAPIError as error:
        if not is_theirs(error):
            raise
        raise JobFailed(theirs.sentence_of(error)) from error
    finally:
        engine.dispose()


def content_of(run: JobRun) -> bytes:
    """Return the file; JobFailed when it is not kept any more."""
    with run.transaction() as session:
        artifact = session.get(Artifact, UUID(str(run.args["file"])))
    try:
        return opened(run.machine, artifact)
    except Unreadable as error:
        raise JobFailed(error.sentence) from None


def opened(parts: Machine, artifact: Artifact | None) -> bytes:
    """Return what a kept file holds; Unreadable when it is not kept any more."""
    if artifact is None or artifact.deleted_at is not None:
        raise Unreadable(GONE)
    try:
        sealed = b"".join(places(parts.settings)[artifact.storage].open(artifact.location))
        return parts.cipher.open(PURPOSE, sealed.decode()).encode("latin-1")
    except (KeyError, MissingFileError, Sealed):
        raise Unreadable(GONE) from None


def loaded(load: Load) -> str:
    """Take all rows, and close the books."""
    run, feed = load.run, load.feed
    with run.transaction() as session:
        mappings = declare(session, load.source)
    begun = run.step("begin", partial(begin, run, mappings[feed.name]))
    newer = [mappings[each.name] for each in load.source.newer(load.source.named(feed.name) or feed)]
    secret = derived(run.settings.secret_key, "source rows")
    taking = Taking(feed, run.machine.registry, mappings, newer, UUID(begun["run"]), secret)
    with changing(run, feed, UUID(begun["change"])):
        run.chunks(partial(take_next, load, taking), name="rows")
    found = run.step("finish", partial(finish, load, taking, UUID(begun["change"])))
    new, changed, refused = found["inserted"], found["updated"], found["rejected"]
    return f"Read {found['rows_read']} rows: {new} new, {changed} changed, {refused} refused."


def begin(run: JobRun, mapping_id: UUID, session: Session) -> Json:
    """Open the books; rows that an earlier file could not even name are forgotten: this one takes its place."""
    row = SourceRun(mapping_id=mapping_id, job_id=run.id)
    session.add(row)
    session.flush()
    nameless = (SourceReject.mapping_id == mapping_id, SourceReject.source_key.like(BY_ROW.format("%")))
    is_open = SourceReject.resolved_at.is_(None)
    keeping.execute(session, update(SourceReject).where(*nameless, is_open).values(resolved_at=func.now()))
    return {"run": str(row.id), "change": str(uuid7())}


def take_next(load: Load, taking: Taking, session: Session, at: Json) -> Chunk:
    """Take the next rows of the file."""
    lock(session, taking)
    rows = next(load.rows, [])
    found, refusals = read(load.engine, load.feed, load.names, rows)
    count(session, taking, take(session, taking, found)[0])
    keeping.refuse(session, taking.id, taking.run_id, refusals)
    count(session, taking, {"rows_read": len(refusals), "rejected": len(refusals)})
    done = int(at.get("done", 0)) + len(rows)
    return Chunk(at={"done": done}, done=done, is_last=len(rows) < AT_ONCE)


def read(engine: Engine, feed: Feed, names: Sequence[str], rows: Sequence[Row]) -> tuple[list[Any], list[Refusal]]:
    """Return some rows as the mapping reads them, and why others can't be; one of the wrong form spoils no other."""
    if not rows:
        return [], []
    try:
        return answered(engine, feed, names, rows)
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if not state.startswith(WRONG_FORM):
            raise
        if len(rows) == 1:
            reason = f"A cell has not the form that types or the expressions ask for (SQLSTATE {state})."
            return [], [Refusal(BY_ROW.format(rows[0][0]), reason)]
    half = len(rows) // 2
    first, second = (read(engine, feed, names, some) for some in (rows[:half], rows[half:]))
    return [*first[0], *second[0]], [*first[1], *second[1]]


def answered(engine: Engine, feed: Feed, names: Sequence[str], rows: Sequence[Row]) -> tuple[list[Any], list[Refusal]]:
    """Return what the other database makes of rows; those without a key are refused by their number."""
    sent = as_json(names, rows)
    found = theirs.read(engine, feed, (theirs.selection(feed), ()), rows=sent)
    keyless = theirs.keyless(engine, feed, NUMBER, rows=sent)
    return found, [Refusal(BY_ROW.format(number), f"It has no key: {feed.key} is empty.") for number in keyless]


def finish(load: Load, taking: Taking, change_id: UUID, session: Session) -> Json:
    """Close the books. The file is of no use any more; a day is left for a run that is begun again."""
    keep_for(session, UUID(str(load.run.args["file"])), 1)
    row = session.get_one(SourceRun, taking.run_id, populate_existing=True)
    return closed(load.run, session, row, entry_of(session, load.feed, row, change_id))
