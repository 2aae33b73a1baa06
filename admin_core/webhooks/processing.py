"""The job that works on a received webhook: the plugin's handler and the row's new state are one transaction."""

import inspect
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from admin_core.contributions import Handled, IncomingHook
from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.jobs.errors import JobFailed, LostLease, Stopped, is_lost_connection, origin, readable
from admin_core.jobs.run import JobRun
from schema.api import IncomingState, IncomingWebhook

UNDONE = (IncomingState.RECEIVED, IncomingState.FAILED)
QUIET = {"synchronize_session": False}


def process_webhook(run: JobRun) -> str:
    """The message has had its effect, or was ignored with a reason, or says why it failed."""
    webhook_id = UUID(run.args["webhook"])
    with run.transaction() as session:
        source = taken_up(session, run, webhook_id)
    if source is None:
        return "Nothing to process: it was done or asked for anew."
    try:
        hook = hook_of(run, source)
        run.step("handle", lambda session: handle(session, run, hook, webhook_id))
    except (LostLease, Stopped):
        raise
    except Exception as error:
        note_failure(run, webhook_id, origin(error))
        raise
    return "Processed."


def taken_up(session: Session, run: JobRun, webhook_id: UUID) -> str | None:
    """Return the message's source; None when this job has nothing to do. One that failed waits again from now on."""
    statement = update(IncomingWebhook).where(waits_for(run, webhook_id)).values(state=IncomingState.RECEIVED)
    source: str | None = session.scalar(statement.returning(IncomingWebhook.source), execution_options=QUIET)
    return source


def waits_for(run: JobRun, webhook_id: UUID) -> ColumnElement[bool]:
    """Return the condition under which this job should process the message: a failed one when somebody retries it."""
    is_this = (IncomingWebhook.id == webhook_id) & (IncomingWebhook.job_id == run.id)
    return is_this & IncomingWebhook.state.in_(UNDONE)


def hook_of(run: JobRun, source: str) -> IncomingHook:
    """Return who handles messages of this source, or raise JobFailed: nobody does while the team has it off."""
    webhooks = run.machine.webhooks
    hook = webhooks.incoming.get(source)
    if hook is None or not run.machine.plugins.is_on(webhooks.owners.get(source, "")):
        raise JobFailed(f"No plugin takes messages of {source}: it may be switched off. Then process it again.")
    return hook


def handle(session: Session, run: JobRun, hook: IncomingHook, webhook_id: UUID) -> None:
    """Let the plugin do what the message asks for, and write down what became of it."""
    webhook = session.get_one(IncomingWebhook, webhook_id, with_for_update=True)
    now = datetime.now(UTC)
    effects = JobEffects(session, run.machine, Origin(parent_id=run.id))
    given = {"session": session, "webhook": webhook, "effects": effects, "now": now}
    wanted = inspect.signature(hook.handle).parameters
    handled: Handled = hook.handle(**{name: value for name, value in given.items() if name in wanted})
    webhook.state = IncomingState(handled.state)
    webhook.error = handled.reason or None
    webhook.attempts += 1
    webhook.processed_at = now


def note_failure(run: JobRun, webhook_id: UUID, error: BaseException) -> None:
    """Write down why a try failed; with the last one the message itself has failed."""
    if is_lost_connection(error):  # the job goes on when the database is back
        return
    is_last = isinstance(error, JobFailed) or run.claim.attempts + 1 >= run.claim.max_attempts
    with run.transaction() as session:
        webhook = session.get_one(IncomingWebhook, webhook_id, with_for_update=True)
        webhook.attempts += 1
        webhook.error = readable(error)
        if is_last:
            webhook.state = IncomingState.FAILED
