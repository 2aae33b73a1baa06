"""Long exports: made by a worker with the rights of whoever asked, as they are when it runs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from admin_core.artifacts.making import NewFile
from admin_core.audit.looks import look_at_rows
from admin_core.exports.rows import Export, batches, export_of
from admin_core.exports.texts import FORMATS, Format, head, record
from admin_core.generator.context import Context
from admin_core.generator.errors import ScreenError
from admin_core.generator.list_state import stored_whole
from admin_core.jobs.errors import JobFailed, LostLease, Stopped
from admin_core.jobs.run import JobRun, Json
from admin_core.machine import person_session
from admin_core.policy import Person, Refused
from schema.reports import DataExport, ReportRunState
from schema.staff import StaffMember

JOB = "core.export-list"


def export_list(run: JobRun) -> str:
    """The list is a file, and it is on record whose rows it holds."""
    with run.transaction() as session:
        export = session.get(DataExport, UUID(str(run.args["export"])))
    if export is None:
        raise JobFailed("What was asked for is not known any more.")
    try:
        return made(run, export)
    except (LostLease, Stopped):  # it goes on elsewhere, or later
        raise
    except Exception:
        with run.transaction() as session:
            ended(session, export, state=ReportRunState.FAILED)  # until a further try succeeds
        raise


def made(run: JobRun, export: DataExport) -> str:
    """Make the file and note what it holds; return how much."""
    with run.transaction() as session:
        person = person_of(session, export.member_id)
    form = FORMATS[export.file_format]

    def make() -> Iterator[bytes]:
        with person_session(run.machine, person) as session:
            ctx = Context(session, person, run.machine.registry, run.machine.cipher, datetime.now(UTC))
            found = asked_again(ctx, export, run.args)
            yield head(form, found.names)
            yield from lines(run, ctx, found, form, export)

    name = f"{export.model_key}.{form.ending}"
    file_id = run.artifact("export", NewFile(name=name, kind="export", media_type=form.media_type), make)

    def note(session: Session) -> Json:
        ended(session, export, state=ReportRunState.DONE, artifact_id=file_id)
        return {"rows": session.scalar(select(DataExport.row_count).where(DataExport.id == export.id))}

    return f"{run.step('note', note)['rows']} rows."


def ended(session: Session, export: DataExport, **words: Any) -> None:
    """Note how the export ended."""
    values = {**words, "finished_at": datetime.now(UTC)}
    session.execute(update(DataExport).where(DataExport.id == export.id).values(values))


def lines(run: JobRun, ctx: Context, found: Export, form: Format, export: DataExport) -> Iterator[bytes]:
    """Yield the records in pieces; before each piece it is written down whose rows it holds, and how many it makes."""
    count = 0
    for rows in batches(ctx, found):
        keys = [found.key(row) for row in rows]
        count += len(rows)
        with run.database.transaction() as log:
            look_at_rows(run.machine, log, found.spec, ctx.person.id, found.fields, keys)
            log.execute(update(DataExport).where(DataExport.id == export.id).values(row_count=count))
        ctx.session.rollback()  # gives the connection back while the file grows
        yield b"".join(record(form, found.names, found.record(row)) for row in rows)


def asked_again(ctx: Context, export: DataExport, args: Json) -> Export:
    """Return the export as it was asked for; JobFailed when the person may not any more."""
    spec = ctx.registry.spec(export.model_key)
    try:
        state = stored_whole(ctx, spec, UUID(str(args["state"])))
        return export_of(ctx, spec, replace(state, columns=tuple(export.columns)))
    except (ScreenError, Refused) as error:
        raise JobFailed(str(error)) from error


def person_of(session: Session, member_id: UUID | None) -> Person:
    """Return who asked, with today's rights; JobFailed when they have left."""
    query = select(StaffMember).where(StaffMember.id == member_id, StaffMember.active)
    member: Any = session.scalar(query.options(selectinload(StaffMember.roles)))
    if member is None:
        raise JobFailed("Whoever asked for it does not work here any more.")
    patterns = frozenset(pattern for role in member.roles for pattern in role.permissions)
    return Person(member.id, member.name, tuple(sorted(role.name for role in member.roles)), patterns)
