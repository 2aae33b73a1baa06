"""What was sent and received is forgotten when its retention is over."""

from admin_core.jobs.housekeeping import deletion
from admin_core.jobs.run import JobRun
from schema.api import IncomingWebhook, WebhookDelivery


def forget_old_webhooks(run: JobRun) -> str:
    """Deliveries and received messages are gone when their retention is over."""
    sent = run.chunks(deletion(WebhookDelivery), name="sent")
    received = run.chunks(deletion(IncomingWebhook), name="received")
    return f"Deleted {sent} deliveries and {received} received messages."
