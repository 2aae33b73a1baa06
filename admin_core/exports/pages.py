"""The button that takes a list out as a file: at once when it is short, as a job when it is long."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, Response, g, redirect, request
from flask.typing import ResponseReturnValue
from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError
from uuid_utils.compat import uuid7
from werkzeug.datastructures import MultiDict

from admin_core.audit.web import note_change
from admin_core.database import limit_statements
from admin_core.effects import JobEffects
from admin_core.exports.files import content
from admin_core.exports.jobs import JOB
from admin_core.exports.rows import Export, batches, export_of
from admin_core.exports.texts import FORMATS, Format
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest
from admin_core.generator.list_state import read_state, remembered, store_whole
from admin_core.generator.searching import base_of
from admin_core.generator.view import context, spec_of
from admin_core.jobs.arguments import Argument
from admin_core.jobs.enqueue import Origin
from admin_core.jobs_screen.lines import YOUR_JOBS
from admin_core.machine import machine
from admin_core.policy import require
from admin_core.surfaces import POLICY, admin, declare
from admin_core.theme.feedback import flash_done
from schema.access_log import AccessKind
from schema.reports import DataExport, ReportRunState

AT_ONCE = 5_000
"""Rows that are handed over within the request."""
SEE_OTHER = 303
blueprint = Blueprint("exports", __name__)


def install(app: Flask) -> None:
    """Mount the route; the policy decides about the list at hand."""
    app.register_blueprint(blueprint)
    declare(app, {"exports.export": admin(POLICY)})


@blueprint.post("/admin/data/<key>/export")
def export(key: str) -> ResponseReturnValue:
    """Hand over the list as it is filtered, sorted and arranged; a long one becomes a job."""
    spec, ctx = spec_of(key), context()
    require(ctx.person, "export", spec)
    name = request.form.get("format", "")
    if name not in FORMATS:
        raise BadRequest("There is no such kind of file.", f"Choose one of: {', '.join(FORMATS)}.")
    limit_statements(ctx.session, table=spec.table)
    args = MultiDict((n, v) for n, v in base_of(request.form).items(multi=True) if n != "format")
    found = export_of(ctx, spec, read_state(ctx, spec, args, remembered(ctx, spec, args.get("v", ""))))
    rows = first_rows(ctx, found)
    return later(ctx, found, name) if rows is None else at_once(ctx, found, name, rows)


def first_rows(ctx: Context, found: Export) -> list[Any] | None:
    """Return all rows when they are few and quickly read; None when they are a job's work."""
    rows: list[Any] = []
    try:
        for batch in batches(ctx, found):
            rows += batch
            if len(rows) > AT_ONCE:
                return None
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        ctx.session.rollback()
        return None
    return rows


def at_once(ctx: Context, found: Export, name: str, rows: Sequence[Any]) -> Response:
    """Return the file; who took which rows is written down before its first byte."""
    form = FORMATS[name]
    ctx.reads.note(found.spec, AccessKind.EXPORT, found.fields, [found.key(row) for row in rows])
    ctx.session.add(row_of(ctx, found, name, state=ReportRunState.DONE, row_count=len(rows), finished_at=ctx.now))
    note_change(f"{found.spec.key}.exported", found.spec.key, None)
    ctx.session.commit()
    file = b"".join(content(form, found.names, [[found.record(row) for row in rows]]))
    return Response(file, headers=headers(found, form))


def later(ctx: Context, found: Export, name: str) -> ResponseReturnValue:
    """Ask for the file as a job and say where it will be."""
    export = row_of(ctx, found, name, state=ReportRunState.WAITING)
    ctx.session.add(export)
    ctx.session.flush()
    origin = Origin(actor_id=ctx.person.id, request_id=g.request_id)
    state = store_whole(ctx, found.spec, found.asked.state)
    args: dict[str, Argument] = {"export": export.id, "state": state}
    export.job_id = JobEffects(ctx.session, machine(), origin).enqueue(JOB, args)
    note_change(f"{found.spec.key}.export-asked", found.spec.key, None)
    ctx.session.commit()
    flash_done("This is more than a page can wait for: the file is being made, and will stand here.")
    return redirect(YOUR_JOBS, SEE_OTHER)


def row_of(ctx: Context, found: Export, name: str, **more: Any) -> DataExport:
    """Return the row that tells who took out what."""
    columns = [column.key for column in found.asked.columns]
    words = {"model_key": found.spec.key, "columns": columns, "file_format": name, "member_id": ctx.person.id}
    return DataExport(id=uuid7(), **words, **more)


def headers(found: Export, form: Format) -> dict[str, str]:
    """Return the headers of a file that is saved, never shown or kept."""
    name = found.spec.table.name.encode("ascii", "replace").decode().replace('"', "?")
    return {
        "Content-Type": form.content_type,
        "Content-Disposition": f'attachment; filename="{name}.{form.ending}"',
        "Cache-Control": "no-store",
    }
