"""Runs jobs as workers do, without Redis: asked for, claimed, performed; and once more, as a job may come twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.perform import Runner
from admin_core.machine import Machine
from admin_core.plugin_switches import all_on
from admin_core.settings import Settings
from schema.jobs import Job
from schema.mail import MailMessage, MailState


def idle_machine(**parts: Any) -> Machine:
    """Return the parts of a process that has no database; some may be replaced."""
    settings = Settings(database_url="postgresql+psycopg://x/y", redis_url="redis://x", secret_key="k" * 40, env="test")
    machine = Machine.assemble(settings)
    machine.plugins.switches.read = all_on  # there is nobody to ask
    return replace(machine, **parts)


def run_once(machine: Machine, slug: str, **args: Any) -> UUID:
    """Ask for a job and perform it; return its id."""
    with machine.database.transaction() as session:
        job_id = enqueue(session, machine.jobs[slug], args)
    assert Runner(machine, "test").perform(job_id)
    return job_id


def perform_waiting(machine: Machine, name: str | None = None) -> int:
    """Be the worker for every job that is due, or for those of one name; return how many ran."""
    due = select(Job.id).where(Job.state == "waiting", Job.run_at <= func.now()).order_by(Job.created_at, Job.id)
    with machine.database.sessions() as session:
        jobs = session.scalars(due if name is None else due.where(Job.name == name)).all()
    for job in jobs:
        assert Runner(machine, "test").perform(job), f"the job {job} could not be claimed"
    return len(jobs)


def clear_the_post(machine: Machine) -> None:
    """Put off the mail that waits and let what was sent lie a minute back: nothing holds up the next message."""
    minute, sent, waits = timedelta(minutes=1), MailMessage.sent_at, MailMessage.state == MailState.QUEUED
    with machine.database.transaction() as session:
        session.execute(update(MailMessage).where(sent > func.now() - minute).values(sent_at=sent - minute))
        session.execute(update(MailMessage).where(waits).values(send_at=func.now() + timedelta(days=365)))


def run_job(machine: Machine, slug: str, **args: Any) -> str:
    """Run a job twice; return what the second run said. Both must be done."""
    return [said_by(machine, run_once(machine, slug, **args)) for _ in range(2)][-1]


def said_by(machine: Machine, job_id: UUID) -> str:
    """Return what a finished job said."""
    with machine.database.transaction() as session:
        query = text("SELECT state, result->>'summary', error FROM admin.jobs WHERE id = :id")
        state, summary, error = session.execute(query, {"id": job_id}).one()
    assert state == "done", (state, error)
    return str(summary)
