"""Routes of everything about jobs. Each control is a plain form; the pages refresh themselves while something runs."""

import logging
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin_core.access import current_person
from admin_core.audit.web import note
from admin_core.contributions import ActionRefused
from admin_core.database import limit_statements
from admin_core.generator.view import is_fragment
from admin_core.jobs.enqueue import Origin
from admin_core.jobs_screen import outcomes
from admin_core.jobs_screen.access import note_download
from admin_core.jobs_screen.actions import BY_VERB, CONTROL, DONE
from admin_core.jobs_screen.files import download
from admin_core.jobs_screen.job_page import job_for, job_page
from admin_core.jobs_screen.lines import ALL_JOBS, SEE_ALL, YOUR_JOBS, job_url, may_do
from admin_core.jobs_screen.overview import overview
from admin_core.jobs_screen.switches import SWITCHES, Asked
from admin_core.jobs_screen.tray import tray
from admin_core.machine import machine, request_session
from admin_core.once import new_token
from admin_core.policy import Person, PolicySession, require_permission
from admin_core.surfaces import MEMBER, POLICY, admin, declare
from admin_core.theme.feedback import flash_done
from schema.audit import AuditCategory
from schema.jobs import Job

log = logging.getLogger(__name__)
blueprint = Blueprint("jobs", __name__)
SEE_OTHER, CONFLICT = 303, 409


def install(app: Flask) -> None:
    """Mount the pages and say what opens them."""
    app.register_blueprint(blueprint)
    declare(
        app,
        {
            "jobs.all_jobs": admin(SEE_ALL),
            "jobs.switch": admin(CONTROL),
            "jobs.your_jobs": admin(MEMBER),
            "jobs.one_job": admin(POLICY),
            "jobs.change_job": admin(POLICY),
            "jobs.outcome_file": admin(POLICY),
            "jobs.file": admin(POLICY),
        },
    )


@blueprint.get(ALL_JOBS)
def all_jobs() -> ResponseReturnValue:
    """Show queues, processes, what runs, what failed and the schedule; the same as a fragment for its refresh."""
    return shown_overview()


def shown_overview(problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the page, after a refusal with the reason."""
    person, session = who_asks()
    found = overview(session, machine().jobs, person, datetime.now(UTC))
    words = {"page": found, "problem": problem, "may_control": person.has(CONTROL), "once": new_token()}
    return render_template("admin/jobs/overview.html", **words, partial=is_fragment()), status_of(problem)


@blueprint.post(f"{ALL_JOBS}/<any(schedule, queue):kind>/<name>/<any(run, pause, resume):verb>")
def switch(kind: str, name: str, verb: str) -> ResponseReturnValue:
    """Run a schedule now, or pause and resume a schedule or a queue."""
    person, session = who_asks()
    act = SWITCHES.get((kind, verb))
    if act is None:
        abort(404)
    asked = Asked(Origin(actor_id=person.id, request_id=g.request_id), datetime.now(UTC), request.form.get("once", ""))
    try:
        sentence = act(session, machine().jobs, name, asked)
    except ActionRefused as refusal:
        session.rollback()
        return shown_overview(refusal)
    note(f"{kind}s.{DONE[verb]}", f"job_{kind}s", name, category=AuditCategory.JOB)
    log.info("%s %s: %s by member %s", kind, name, verb, person.id)
    return onwards(session, sentence, ALL_JOBS)


@blueprint.get(f"{ALL_JOBS}/<uuid:job_id>")
def one_job(job_id: UUID) -> ResponseReturnValue:
    """Show a job to whoever asked for it and to who sees the system's pages."""
    return shown_job(job_id)


def shown_job(job_id: UUID, problem: ActionRefused | None = None) -> ResponseReturnValue:
    """Return the page of a job, after a refusal with the reason."""
    person, session = who_asks()
    page = job_page(session, machine().jobs, person, job_id, datetime.now(UTC))
    words = {"page": page, "problem": problem}
    return render_template("admin/jobs/job.html", **words, partial=is_fragment()), status_of(problem)


@blueprint.post(f"{ALL_JOBS}/<uuid:job_id>/<verb>")
def change_job(job_id: UUID, verb: str) -> ResponseReturnValue:
    """Retry, cancel, pause, resume a job or run it now; their own jobs people may cancel without a permission."""
    person, session = who_asks()
    deed = BY_VERB.get(verb)
    if deed is None:
        abort(404)
    job_for(session, person, job_id)
    locked = select(Job).where(Job.id == job_id).with_for_update(of=Job)
    job = session.scalars(locked, execution_options={"populate_existing": True}).one()
    if not may_do(deed, job, person):
        require_permission(person, CONTROL, f"{deed.verb} this job")
    try:
        sentence = deed.run(session, job)
    except ActionRefused as refusal:
        session.rollback()
        return shown_job(job_id, refusal)
    note(f"jobs.{DONE[verb]}", "jobs", str(job_id), category=AuditCategory.JOB)
    log.info("job %s: %s by member %s", job_id, verb, person.id)
    return onwards(session, sentence, request.form.get("next") or job_url(job_id))


@blueprint.get(f"{ALL_JOBS}/<uuid:job_id>/outcomes.csv")
def outcome_file(job_id: UUID) -> ResponseReturnValue:
    """Send what became of each row, as far as the person may see it."""
    person, session = who_asks()
    job_for(session, person, job_id)
    total = sum(count for _, count in outcomes.counts_of(session, job_id))
    parts = machine()
    clear = ("message",) if outcomes.shows_reasons(parts.registry, person) else ()
    if request.method == "GET":
        note_download(person, model_key=outcomes.KEY, record_key=str(job_id), row_count=total, field_names=clear)
    lines = outcomes.lines(parts.database.engine, parts.registry, person, job_id)
    name = {"Content-Disposition": f'attachment; filename="outcomes-{job_id}.csv"'}
    return Response(lines, mimetype="text/csv", headers=name)


@blueprint.get(YOUR_JOBS)
def your_jobs() -> ResponseReturnValue:
    """Show what this person asked for lately: as a page, and as a fragment in the tray."""
    person, session = who_asks()
    found = tray(session, machine().jobs, person, datetime.now(UTC))
    return render_template("admin/jobs/tray.html", lines=found, partial=is_fragment())


@blueprint.get("/admin/files/<uuid:file_id>")
def file(file_id: UUID) -> ResponseReturnValue:
    """Send a file that a job made."""
    return download(file_id)


def who_asks() -> tuple[Person, PolicySession]:
    """Return the person of this request and their session, statements limited in time."""
    person = current_person()
    if person is None:
        abort(401)
    session = request_session(person)
    limit_statements(session)
    return person, session


def onwards(session: PolicySession, sentence: str, url: str) -> ResponseReturnValue:
    """Commit, say what was done and go on."""
    session.commit()
    flash_done(sentence)
    return redirect(url, SEE_OTHER)


def status_of(problem: ActionRefused | None) -> int:
    """Return the status of a page: a refused control is no success."""
    return CONFLICT if problem else 200
