"""`admin jobs …`: see and control jobs from a terminal, also when the web does not run."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import click
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, joinedload

from admin_core.audit.entries import command_entry
from admin_core.contributions import ActionRefused
from admin_core.jobs.arguments import Argument, ArgumentRefused
from admin_core.jobs.declared import UnknownJobError
from admin_core.jobs.enqueue import Origin, enqueue
from admin_core.jobs_screen.actions import BY_VERB, DONE
from admin_core.jobs_screen.overview import queue_lines
from admin_core.jobs_screen.switches import Asked, pause_queue, resume_queue
from admin_core.machine import Machine
from admin_core.settings import Settings
from admin_core.theme import formats
from schema.jobs import Job, JobState


def listed(settings: Settings, state: str | None, limit: int) -> str:
    """Return the newest jobs, one a line."""
    statement = select(Job).order_by(Job.created_at.desc()).limit(limit)
    if state:
        statement = statement.where(Job.state == JobState(state))
    with working(settings) as (_, session):
        rows = session.scalars(statement).all()
    return "\n".join(line_of(job) for job in rows) or "No jobs."


def line_of(job: Job) -> str:
    """Return one job as a line."""
    held = " paused" if job.paused else ""
    done = f" {job.progress_done}/{job.progress_total or '?'}" if job.progress_done else ""
    reason = f"  {job.error}" if job.error else ""
    return f"{job.id}  {formats.absolute(job.created_at)}  {job.state.value}{held}{done}  {job.name}{reason}"


def shown(settings: Settings, job_id: str) -> str:
    """Return what is known of one job, with its tries."""
    with working(settings) as (_, session):
        job = found(session, job_id, joinedload(Job.tries))
        lines = [line_of(job), f"queue {job.queue}, try {job.attempts} of {job.max_attempts}, {job.crashes} crashes"]
        lines += [f"arguments {json.dumps(job.args)}"]
        lines += [f"result {(job.result or {}).get('summary', '')}"] if job.result else []
        for each in sorted(job.tries, key=lambda each: each.fence):
            lines.append(
                f"  {each.fence}  {formats.absolute(each.started_at)}  {each.outcome or 'runs'}  {each.worker}"
            )
    return "\n".join(lines)


def changed(settings: Settings, verb: str, job_id: str) -> str:
    """Do something to a job and return what was done."""
    with working(settings) as (machine, session):
        done = told(lambda: BY_VERB[verb].run(session, found(session, job_id)))
        machine.audit.record(session, command_entry(f"jobs.{DONE[verb]}", "jobs", job_id))
    return done


def started(settings: Settings, slug: str, arguments: tuple[str, ...]) -> str:
    """Ask for a job and return its id; a scheduled one is told the present moment as its slot."""
    with working(settings) as (machine, session):
        try:
            job = machine.jobs[slug]
            given = dict(argument(text) for text in arguments)
            slot = {"slot": datetime.now(UTC).replace(microsecond=0)} if job.cron else {}
            made = enqueue(session, job, {**slot, **given}, origin=Origin(title=None))
            machine.audit.record(session, command_entry("jobs.asked", "jobs", str(made)))
            return str(made)
        except (UnknownJobError, ArgumentRefused) as problem:
            raise click.ClickException(str(problem)) from None


def argument(text: str) -> tuple[str, Argument]:
    """Return one ``name=value``; a value that reads as JSON is taken as such."""
    name, equals, value = text.partition("=")
    if not equals:
        raise click.ClickException(f"{text!r} is no argument; write name=value.")
    try:
        read: Argument = json.loads(value)
    except ValueError:
        read = value
    return name, read


def queues(settings: Settings, pause: str | None, resume: str | None) -> str:
    """Pause or resume a queue when asked to, and return how all of them stand."""
    with working(settings) as (machine, session):
        asked = Asked(Origin(), datetime.now(UTC))
        for name, act in ((pause, pause_queue), (resume, resume_queue)):
            if name:
                told(lambda act=act, name=name: act(session, machine.jobs, name, asked))  # type: ignore[misc]  # bound now
                deed = "paused" if act is pause_queue else "resumed"
                machine.audit.record(session, command_entry(f"queues.{deed}", "job_queues", name))
        lines = queue_lines(session, session.scalars(select(func.clock_timestamp())).one())
    return "\n".join(
        f"{q.name:<10} {'paused' if q.paused else 'served'}  {q.waiting} waiting, {q.later} later, {q.running} running"
        for q in lines
    )


@contextmanager
def working(settings: Settings) -> Iterator[tuple[Machine, Session]]:
    """Yield the parts and a session that commits at the end; says so when the database does not answer."""
    machine = Machine.assemble(settings, pool_size=1, application="admin-jobs")
    try:
        with machine.database.transaction() as session:
            yield machine, session
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from None
    finally:
        machine.database.engine.dispose()


def found(session: Session, text: str, *options: object) -> Job:
    """Return the job with this id, or refuse in a sentence."""
    try:
        job_id = UUID(text)
    except ValueError:
        raise click.ClickException(f"{text!r} is no id of a job; `admin jobs list` shows them.") from None
    job = session.scalars(select(Job).where(Job.id == job_id).options(*options)).unique().one_or_none()  # type: ignore[arg-type]  # loader options
    if job is None:
        raise click.ClickException(f"There is no job {job_id}; it may have been deleted after its time.")
    return job


def told(act: Callable[[], str]) -> str:
    """Return the sentence of what was done, or refuse with the reason."""
    try:
        return act()
    except ActionRefused as refusal:
        raise click.ClickException(refusal.sentence) from None
