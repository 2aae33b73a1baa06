"""What people may do with webhooks on their records' pages: send again, process again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.contributions import Action, ActionRefused, Effects
from admin_core.jobs import control
from admin_core.jobs.enqueue import OPEN
from schema.api import DeliveryState, IncomingState, IncomingWebhook, WebhookDelivery, WebhookEndpoint
from schema.jobs import Job

CONTROL = "core:webhooks:control"


def send_again(session: Session, record: WebhookDelivery, effects: Effects) -> str:
    """Begin the tries of a delivery anew, or bring its next one forward."""
    endpoint = session.get_one(WebhookEndpoint, record.endpoint_id)
    if not endpoint.enabled:
        raise ActionRefused(f"{endpoint.name} is switched off.", "Switch it on first, on the webhooks page.")
    if record.state is DeliveryState.WAITING and record.job_id and control.run_now(session, record.job_id):
        return "Its next try begins now."
    if has_open_job(session, record):
        raise ActionRefused("A try is under way.", "Look again in a moment.")
    record.state, record.attempts, record.error = DeliveryState.WAITING, 0, None
    record.next_at = record.delivered_at = None
    record.job_id = effects.enqueue("core.deliver-webhook", {"delivery": record.id})
    return "It is being sent again, with the same message id."


def process_again(session: Session, record: IncomingWebhook, effects: Effects) -> str:
    """Hand a received message to its plugin once more."""
    if has_open_job(session, record):
        raise ActionRefused("It is being processed, or waits for its next try.", "Look at its job.")
    record.state, record.attempts, record.error, record.processed_at = IncomingState.RECEIVED, 0, None, None
    record.job_id = effects.enqueue("core.process-webhook", {"webhook": record.id})
    return "It is being processed again."


def has_open_job(session: Session, record: WebhookDelivery | IncomingWebhook) -> bool:
    """Return whether a job is still at work on it."""
    if record.job_id is None:
        return False
    return session.scalar(select(Job.id).where(Job.id == record.job_id, Job.state.in_(OPEN))) is not None


def cannot_process(record: IncomingWebhook) -> str:
    """Return why a message is not processed again; empty when it may be."""
    if record.state is IncomingState.REFUSED:
        return "It was refused: nobody proved that it came from the service, so nothing of it was kept."
    if record.state is IncomingState.PROCESSED:
        return "It was processed."
    return ""


WEBHOOK_ACTIONS = (
    Action(
        slug="send-again",
        label="Send again",
        model="webhook_deliveries",
        permission=CONTROL,
        run=send_again,
        explain="The same message goes to the same endpoint under the same id: a receiver that has it can tell.",
        icon="send",
    ),
    Action(
        slug="process-again",
        label="Process again",
        model="incoming_webhooks",
        permission=CONTROL,
        run=process_again,
        refuses=cannot_process,
        explain="The plugin that takes these messages is called once more with this one.",
        icon="refresh",
    ),
)
