"""The pages of an import: upload a file, say what its columns mean, look at what would happen, do it."""

from contextlib import closing
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin_core.approvals.queue import URL as APPROVALS
from admin_core.audit.web import note_change
from admin_core.changes.rehearsal import Failed
from admin_core.contributions import ActionRefused
from admin_core.database import limit_statements
from admin_core.effects import JobEffects
from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.view import context, spec_of
from admin_core.imports import asking
from admin_core.imports.actions import ENDED, rows_to_write
from admin_core.imports.decoding import Unreadable
from admin_core.imports.jobs import CARRY_OUT, CHECK
from admin_core.imports.keeping import findings_of
from admin_core.imports.mapping import Reading, chosen, fields_of
from admin_core.imports.page_model import import_page, mapping_page, upload_page
from admin_core.jobs.enqueue import Origin
from admin_core.machine import machine
from admin_core.surfaces import POLICY, admin, declare
from admin_core.theme.feedback import flash_done
from schema.imports import DataImport

SEE_OTHER, UNPROCESSABLE = 303, 422
RECENT = 5
blueprint = Blueprint("imports", __name__)


def install(app: Flask) -> None:
    """Mount the pages; the policy decides about the model at hand."""
    app.register_blueprint(blueprint)
    declare(app, {"imports.*": admin(POLICY)})


def url_of(imported: DataImport) -> str:
    """Return an import's page."""
    return f"/admin/imports/{imported.id}"


@blueprint.get("/admin/data/<key>/import")
def begin(key: str) -> ResponseReturnValue:
    """Ask for a file."""
    ctx = allowed(key)
    return upload_form(ctx, key)


@blueprint.post("/admin/data/<key>/import")
def upload(key: str) -> ResponseReturnValue:
    """Keep the file and ask what its columns mean."""
    ctx = allowed(key)
    try:
        imported = asking.uploaded(machine(), ctx, spec_of(key), sent_file())
    except Unreadable as error:
        ctx.session.rollback()
        return upload_form(ctx, key, error.sentence), UNPROCESSABLE
    note_change(f"{key}.import-uploaded", "data_imports", str(imported.id))
    ctx.session.commit()
    return redirect(url_of(imported), SEE_OTHER)


@blueprint.get("/admin/imports/<uuid:import_id>")
def show(import_id: UUID) -> ResponseReturnValue:
    """Show where an import is: what its columns mean, what would happen, or what was done."""
    ctx = context()
    imported = asking.own_import(ctx, import_id)
    if imported.reading is None or ("columns" in request.args and imported.state not in ENDED):
        return render_template("admin/imports/columns.html", page=mapped(ctx, imported))
    return shown(ctx, imported)


@blueprint.post("/admin/imports/<uuid:import_id>/check")
def check(import_id: UUID) -> ResponseReturnValue:
    """Try it out: at once when it is short, as a job when it is long."""
    ctx = context()
    imported = asking.own_import(ctx, import_id, lock=True)
    limit_statements(ctx.session)
    headings = findings_of(ctx.cipher, imported).headings
    found = chosen(fields_of(ctx.person, spec_of(imported.model_key), ctx.registry), headings, request.form)
    if found.problems:
        page = mapped(ctx, imported, found.mapping, found.problems)
        return render_template("admin/imports/columns.html", page=page), UNPROCESSABLE
    try:
        if not asking.check(machine(), ctx, imported, found.mapping):
            imported.job_id = effects(ctx).enqueue(CHECK, {"import": imported.id})
    except (ActionRefused, Failed, Unreadable) as problem:
        ctx.session.rollback()
        page = mapped(ctx, asking.own_import(ctx, import_id), found.mapping, {"": problem.sentence})
        return render_template("admin/imports/columns.html", page=page), UNPROCESSABLE
    note_change(f"{imported.model_key}.import-checked", "data_imports", str(import_id))
    ctx.session.commit()
    return redirect(url_of(imported), SEE_OTHER)


@blueprint.post("/admin/imports/<uuid:import_id>/run")
def run(import_id: UUID) -> ResponseReturnValue:
    """Carry it out: at once when it is short, as a job when it is long; a large one goes to a second person."""
    ctx = context()
    imported = asking.own_import(ctx, import_id, lock=True)
    if asking.why_two(machine(), ctx.session, imported):
        return redirect(large_url(imported), SEE_OTHER)
    try:
        done = asking.carry_out(machine(), ctx, imported)
    except (ActionRefused, Unreadable) as problem:
        ctx.session.rollback()
        return shown(ctx, asking.own_import(ctx, import_id), problem.sentence), UNPROCESSABLE
    rows = rows_to_write(imported)
    if not done:
        imported.job_id = effects(ctx).enqueue(CARRY_OUT, {"import": imported.id}, key=f"import:{imported.id}")
    word = "imported" if done else "import-asked"
    object_key = f"file:{imported.file_sha256}"
    note_change(f"{imported.model_key}.{word}", imported.model_key, object_key, row_count=rows)
    ctx.session.commit()
    flash_done("Imported." if done else "The import runs.", f"{urls.change_url(imported.id)}/undo" if done else "")
    return redirect(url_of(imported), SEE_OTHER)


def sent_file() -> bytes:
    """Return the file that was sent; empty when none was chosen."""
    sent = request.files.get("file")
    if sent is None:
        return b""
    with closing(sent):
        return bytes(sent.read())


def allowed(key: str) -> Context:
    """Return this request's surroundings once the person may import such records."""
    ctx = context()
    asking.require_import(ctx, spec_of(key))
    return ctx


def upload_form(ctx: Context, key: str, problem: str = "") -> str:
    """Return the page that asks for a file."""
    own = select(DataImport).where(DataImport.member_id == ctx.person.own_id, DataImport.model_key == key)
    recent = ctx.session.scalars(own.order_by(DataImport.created_at.desc(), DataImport.id.desc()).limit(RECENT)).all()
    page = upload_page(machine(), ctx, spec_of(key), recent, problem)
    return render_template("admin/imports/upload.html", page=page)


def mapped(
    ctx: Context, imported: DataImport, reading: Reading | None = None, problems: dict[str, str] | None = None
) -> Any:
    """Return the page that asks what the columns mean."""
    headings = findings_of(ctx.cipher, imported).headings
    known = asking.remembered(ctx, imported, headings) if imported.reading is None else {}
    before = Reading.from_json(imported.reading) if imported.reading else None
    return mapping_page(ctx, imported, reading or before, known, problems or {})


def shown(ctx: Context, imported: DataImport, problem: str = "") -> str:
    """Return the page of an import that was tried out or carried out."""
    two = asking.why_two(machine(), ctx.session, imported)
    page = import_page(ctx, imported, problem=problem, two=two)
    return render_template("admin/imports/import.html", page=page, approvals=APPROVALS)


def large_url(imported: DataImport) -> str:
    """Return where a second person is asked."""
    return f"{urls.record_url('data_imports', str(imported.id))}/action/core.import-file"


def effects(ctx: Context) -> JobEffects:
    """Return what asks for jobs."""
    return JobEffects(ctx.session, machine(), Origin(actor_id=ctx.person.id, request_id=g.request_id))
