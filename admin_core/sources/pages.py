"""The page Sources, and those on which a file is uploaded for a mapping. What they show is in ``overview``."""

from uuid import UUID

from flask import Blueprint, Flask, g, redirect, render_template
from flask.typing import ResponseReturnValue

from admin_core import surfaces
from admin_core.access import signed_in
from admin_core.audit.web import note_change
from admin_core.generator.urls import record_url
from admin_core.imports.decoding import Unreadable
from admin_core.imports.pages import sent_file
from admin_core.imports.section import MB, most_bytes
from admin_core.jobs.enqueue import Origin
from admin_core.jobs_screen.lines import job_url
from admin_core.machine import machine, request_session
from admin_core.menu import SOURCES
from admin_core.policy import require_permission
from admin_core.sources import loading, uploading
from admin_core.sources.actions import FILE_PAGE, MODEL
from admin_core.sources.overview import lines, told
from admin_core.sources.row_actions import LOAD_FILES
from admin_core.theme.feedback import flash_done

SEE_OTHER, UNPROCESSABLE = 303, 422
ADDRESS = FILE_PAGE.replace("{record}", "<uuid:mapping_id>")
blueprint = Blueprint("sources", __name__)


def install(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(blueprint)
    files = dict.fromkeys(("ask_file", "upload", "look", "run"), surfaces.admin(LOAD_FILES))
    access = {"everything": surfaces.admin(SOURCES.permission), **files}
    surfaces.declare(app, {f"sources.{name}": needs for name, needs in access.items()})


@blueprint.get(SOURCES.url)
def everything() -> ResponseReturnValue:
    """Show each mapping."""
    person, settings = signed_in(), machine().settings
    session = request_session(person)
    words = {"is_declared": bool(settings.source_file), "is_written": settings.source_write}
    may_load = person.has(LOAD_FILES)
    return render_template(
        "admin/sources/page.html", lines=lines(session), told=told(session), may_load=may_load, **words
    )


@blueprint.get(ADDRESS)
def ask_file(mapping_id: UUID) -> ResponseReturnValue:
    """Ask for a file."""
    return upload_form(chosen_mapping(mapping_id))


@blueprint.post(ADDRESS)
def upload(mapping_id: UUID) -> ResponseReturnValue:
    """Keep the file, and go on to what it would come to."""
    chosen, person = chosen_mapping(mapping_id), signed_in()
    session = request_session(person)
    try:
        file_id = uploading.uploaded(machine(), session, person, chosen, sent_file())
    except Unreadable as error:
        session.rollback()
        return upload_form(chosen_mapping(mapping_id), error.sentence), UNPROCESSABLE
    note_change("source_mappings.file-uploaded", MODEL, str(mapping_id))
    session.commit()
    return redirect(f"{page_of(mapping_id)}/{file_id}", SEE_OTHER)


@blueprint.get(f"{ADDRESS}/<uuid:file_id>")
def look(mapping_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Show what the file would come to; once its rows are asked for, the job that takes them."""
    chosen, person = chosen_mapping(mapping_id), signed_in()
    session = request_session(person)
    artifact = uploading.file_of(session, person, chosen, file_id)
    if (job := uploading.job_of(session, file_id)) is not None:
        return redirect(job_url(job.id), SEE_OTHER)
    try:
        found = uploading.look_into(machine(), person, chosen, loading.opened(machine(), artifact))
    except Unreadable as error:
        return upload_form(chosen, error.sentence), UNPROCESSABLE
    words = {"again": page_of(mapping_id), "back": SOURCES.url}
    return render_template("admin/sources/look.html", chosen=chosen, look=found, **words)


@blueprint.post(f"{ADDRESS}/<uuid:file_id>")
def run(mapping_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Ask for the job that takes the rows; asked twice there is one job."""
    chosen, person = chosen_mapping(mapping_id), signed_in()
    session = request_session(person)
    uploading.file_of(session, person, chosen, file_id)
    if (job := uploading.job_of(session, file_id)) is not None:
        return redirect(job_url(job.id), SEE_OTHER)  # it says what became of it
    uploading.ask(machine(), session, chosen, file_id, Origin(actor_id=person.id, request_id=g.request_id))
    note_change("source_mappings.file-loaded", MODEL, str(mapping_id))
    session.commit()
    flash_done("A job takes the rows. What became of them stands here.")
    return redirect(SOURCES.url, SEE_OTHER)


def chosen_mapping(mapping_id: UUID) -> uploading.Into:
    """Return the mapping of an address, for who may see the page Sources and import such records."""
    person = signed_in()
    require_permission(person, SOURCES.permission, "see sources")
    return uploading.into(machine(), request_session(person), person, mapping_id)


def page_of(mapping_id: UUID) -> str:
    """Return where a file is uploaded for a mapping."""
    return FILE_PAGE.replace("{record}", str(mapping_id))


def upload_form(chosen: uploading.Into, problem: str = "") -> str:
    """Return the page that asks for a file."""
    session = request_session(signed_in())
    words = {
        "most_mb": most_bytes(session, machine().cipher) // MB,
        "action": page_of(chosen.row.id),
        "record_url": record_url(MODEL, str(chosen.row.id)),
        "back": SOURCES.url,
    }
    return render_template("admin/sources/upload.html", chosen=chosen, problem=problem, **words)
