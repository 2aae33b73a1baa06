"""The job that writes what we decided into the company's own database, one row at a time, and says what came of it.

What is written is what we have now, so it may be asked for twice, and a crash in between repeats a statement that sets
what is set already. A refusal waits for somebody; a database that does not answer is asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from admin_core.audit.entries import Entry
from admin_core.jobs.errors import JobError
from admin_core.jobs.failpoints import failpoint
from admin_core.jobs.run import JobRun
from admin_core.reflection.database import WRITING, is_theirs, open_reflected
from admin_core.sources import theirs
from admin_core.sources.mapping import Source, Write
from admin_core.sources.syncing import declared_source, source_url
from admin_core.sources.values import Unfit, translated
from schema.audit import ActorKind, AuditCategory
from schema.sources import SourceLink, SourceMapping, SourceWrite, WriteState

AT_ONCE = 100
MOST_TRIES = 8
AWAY = ("08", "53", "55", "57", "40", "")
"""Classes of SQLSTATE after which trying again helps: no connection, no room, locked, shut down, serialisation."""

OURS_AWAY = "Our own database did not answer the question under ours."


class Refused(Exception):
    """It was not written, and trying again does not help; the message says why."""


@dataclass(frozen=True)
class Asked:
    """A value that waits to be written back."""

    id: UUID
    name: str
    target_id: UUID
    asks: int


def write_back(run: JobRun) -> str:
    """Their rows say what we decided, or it is known why not."""
    if not (run.settings.source_write and run.settings.source_file):
        return "Nothing is written back."
    source, done = declared_source(run), 0
    engine = open_reflected(source_url(run.settings), pool_size=1, options=WRITING)
    try:
        while some := waiting(run):
            for each in some:
                run.pause_point()
                settle(run, engine, source, each)
            done += len(some)
    finally:
        engine.dispose()
    return f"Wrote {done} values back, or said why not."


def waiting(run: JobRun) -> list[Asked]:
    """Return what is due, oldest first."""
    due = (SourceWrite.state == WriteState.WAITING, SourceWrite.next_at <= func.now())
    columns = (SourceWrite.id, SourceWrite.name, SourceWrite.target_id, SourceWrite.asks)
    with run.transaction() as session:
        rows = session.execute(
            select(*columns).where(*due).order_by(SourceWrite.next_at, SourceWrite.id).limit(AT_ONCE)
        )
        return [Asked(*row) for row in rows]


def settle(run: JobRun, engine: Engine, source: Source, asked: Asked) -> None:
    """Write one value, and what came of it; JobError when a database is away."""
    try:
        wrote = attempt(run, engine, source, asked)
    except Refused as refused:
        conclude(run, asked, {"state": WriteState.FAILED, "error": str(refused), "tries": SourceWrite.tries + 1})
        return
    except DBAPIError as error:
        sentence = theirs.sentence_of(error) if is_theirs(error) else OURS_AWAY
        put_off(run, asked, sentence)
        raise JobError(sentence) from error
    failpoint("write.done")
    words = {"state": WriteState.DONE, "error": None}
    conclude(run, asked, {**words, "written_at": func.now()} if wrote else words, is_written=wrote)


def attempt(run: JobRun, engine: Engine, source: Source, asked: Asked) -> bool:
    """Return whether their row was written; False when there is none, or nothing to say to it."""
    write = source.write_named(asked.name)
    if write is None:
        raise Refused("The source file has no statement of this name any more.")
    with run.transaction() as session:
        key = key_of(session, write, asked.target_id)
        ours = ours_of(session, write, asked.target_id) if key is not None else None
    if key is None or ours is None:
        return False
    return written(engine, write, {**theirs_of(write, ours), "key": key})


def key_of(session: Session, write: Write, target_id: UUID) -> str | None:
    """Return the key of their row, None when the record did not come from there."""
    link = select(SourceLink.source_key).join(SourceMapping, SourceMapping.id == SourceLink.mapping_id)
    mine = link.where(SourceMapping.name == write.mapping, SourceLink.target_id == target_id)
    return session.scalar(mine.order_by(SourceLink.read_at.desc()).limit(1))


def ours_of(session: Session, write: Write, target_id: UUID) -> Mapping[str, Any] | None:
    """Return what we have now by the names of parameters, None when the question gives no row."""
    try:
        rows = session.connection().execute(text(write.question), {"id": target_id}).mappings().fetchmany(2)
    except StatementError as error:
        if is_passing(error):
            raise
        state = getattr(error.orig, "sqlstate", None) or "none"
        raise Refused(f"Our own question under ours failed (SQLSTATE {state}).") from error
    if len(rows) > 1:
        raise Refused("Our own question under ours gives more than one row. Let it ask about the one of :id.")
    return dict(rows[0]) if rows else None


def is_passing(error: StatementError) -> bool:
    """Return whether trying again helps."""
    return isinstance(error, DBAPIError) and (getattr(error.orig, "sqlstate", None) or "")[:2] in AWAY


def theirs_of(write: Write, ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return our values in their words."""
    found = dict(ours)
    for name, words in write.values.items():
        try:
            found[name] = translated(words, ours.get(name))
        except Unfit as unfit:
            raise Refused(f"{name} {unfit}.") from unfit
    return found


def written(engine: Engine, write: Write, values: Mapping[str, Any]) -> bool:
    """Write one row over there; Refused when it is not exactly one, False when it says so already."""
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {theirs.PATIENCE_MS}")
            if write.settled and connection.execute(text(write.settled), values).scalar():
                return False
            rows = connection.execute(text(write.sql), values).rowcount
            if rows != 1:
                raise Refused(f"The statement changed {rows} rows, and one was expected: nothing was written.")
    except StatementError as error:
        if is_passing(error):
            raise
        said = theirs.sentence_of(error) if isinstance(error, DBAPIError) else "The statement asks for what ours lacks."
        raise Refused(said) from error
    return True


def put_off(run: JobRun, asked: Asked, sentence: str) -> None:
    """Try it again later, each time later; after the last time somebody has to look."""
    with run.transaction() as session:
        tries = session.scalars(select(SourceWrite.tries).where(SourceWrite.id == asked.id)).one() + 1
    state = WriteState.FAILED if tries >= MOST_TRIES else WriteState.WAITING
    later = func.now() + timedelta(minutes=min(2**tries, 60))
    conclude(run, asked, {"state": state, "tries": tries, "error": sentence, "next_at": later})


def conclude(run: JobRun, asked: Asked, words: Mapping[str, Any], *, is_written: bool = False) -> None:
    """Write down what came of it, unless it was asked for again meanwhile: then it is done again."""
    same = (SourceWrite.id == asked.id, SourceWrite.asks == asked.asks)
    with run.transaction() as session:
        statement = update(SourceWrite).where(*same).values(dict(words)).returning(SourceWrite.target)
        target = session.scalar(statement, execution_options={"synchronize_session": False})
        if target is not None and is_written:
            run.machine.audit.record(session, entry_of(target, asked))


def entry_of(target: str, asked: Asked) -> Entry:
    """Return the entry of the audit log about one row."""
    return Entry(
        category=AuditCategory.JOB,
        action=f"{target}.written-back",
        actor_kind=ActorKind.SYSTEM,
        actor_key=f"source:{asked.name}",
        object_type=target,
        object_key=str(asked.target_id),
    )
