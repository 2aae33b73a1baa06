"""Long exports: made by a worker with the rights of whoever asked, as they are when it runs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_core.access.members import active_person
from admin_core.artifacts.making import NewFile
from admin_core.audit.looks import look_at_rows
from admin_core.exports.copying import CopiedPage, copied_pages, text_columns
from admin_core.exports.files import content, told
from admin_core.exports.rows import Export, batches, export_of
from admin_core.exports.texts import FORMATS, head
from admin_core.generator.context import Context
from admin_core.generator.errors import ScreenError
from admin_core.generator.list_state import stored_whole
from admin_core.jobs.errors import JobFailed, LostLease, Stopped
from admin_core.jobs.run import JobRun, Json
from admin_core.machine import person_session
from admin_core.policy import Refused
from schema.reports import DataExport, ReportRunState

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
        person = active_person(session, export.member_id)
    if person is None:
        raise JobFailed("Whoever asked for it does not work here any more.")
    form = FORMATS[export.file_format]

    def make() -> Iterator[bytes]:
        with person_session(run.machine, person) as session:
            ctx = Context(session, person, run.machine.registry, run.machine.cipher, datetime.now(UTC))
            found = asked_again(ctx, export, run.args)
            cells = None if form.is_json or form.is_workbook else text_columns(ctx, found, form)
            if cells is None:
                yield from content(form, found.names, records(run, ctx, found, export))
            else:
                yield head(form, found.names)
                yield from copied_lines(run, copied_pages(ctx, found, form, cells), found, export)

    name = f"{export.model_key}.{form.ending}"
    file_id = run.artifact("export", NewFile(name=name, kind="export", media_type=form.media_type), make)

    def note(session: Session) -> Json:
        ended(session, export, state=ReportRunState.DONE, artifact_id=file_id)
        return {"rows": session.scalar(select(DataExport.row_count).where(DataExport.id == export.id))}

    return told(form, int(run.step("note", note)["rows"] or 0))


def ended(session: Session, export: DataExport, **words: Any) -> None:
    """Note how the export ended."""
    values = {**words, "finished_at": datetime.now(UTC)}
    session.execute(update(DataExport).where(DataExport.id == export.id).values(values))


def copied_lines(run: JobRun, pages: Iterator[CopiedPage], found: Export, export: DataExport) -> Iterator[bytes]:
    """Yield what PostgreSQL writes; before each page it is written down whose rows it holds."""
    count = 0
    for page in pages:
        if page.keys:
            put_on_record(run, found, export, page.keys, count + len(page.keys))
        yield from page.lines
        count += page.count
        if not page.keys:
            put_on_record(run, found, export, (), count)


def put_on_record(run: JobRun, found: Export, export: DataExport, keys: Sequence[tuple[Any, ...]], count: int) -> None:
    """Write down whose rows were taken out, and how many there are so far."""
    assert export.member_id is not None  # who asked
    with run.database.transaction() as log:
        look_at_rows(run.machine, log, found.spec, export.member_id, found.fields, keys)
        log.execute(update(DataExport).where(DataExport.id == export.id).values(row_count=count))


def records(run: JobRun, ctx: Context, found: Export, export: DataExport) -> Iterator[list[list[Any]]]:
    """Yield the records in pieces; before each piece it is written down whose rows it holds, and how many it makes."""
    count = 0
    for rows in batches(ctx, found):
        run.pause_point()  # a workbook gives its first byte when it is whole
        keys = [found.key(row) for row in rows]
        count += len(rows)
        put_on_record(run, found, export, keys, count)
        ctx.session.rollback()  # gives the connection back while the file grows
        yield [found.record(row) for row in rows]


def asked_again(ctx: Context, export: DataExport, args: Json) -> Export:
    """Return the export as it was asked for; JobFailed when the person may not any more."""
    spec = ctx.registry.spec(export.model_key)
    try:
        state = stored_whole(ctx, spec, UUID(str(args["state"])))
        return export_of(ctx, spec, replace(state, columns=tuple(export.columns)))
    except (ScreenError, Refused) as error:
        raise JobFailed(str(error)) from error
