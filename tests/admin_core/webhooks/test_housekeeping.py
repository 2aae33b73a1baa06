"""What was sent and received is forgotten in time, and not before."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from admin_core.jobs.enqueue import enqueue
from schema.api import IncomingWebhook, WebhookDelivery
from schema.jobs import Job
from tests.admin_core.webhooks.world import Program, World


def aged(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def test_deliveries_go_after_thirty_days_and_received_messages_after_half_a_year(world: World, shop: Program) -> None:
    world.endpoint(shop.url)
    for days in (29, 31, 400):
        (made,) = world.emit(f"sent-{days}")
        with world.database.transaction() as session:
            session.execute(update(WebhookDelivery).where(WebhookDelivery.id == made).values(created_at=aged(days)))
    with world.database.transaction() as session:
        for days in (31, 179, 181):
            key = f"received-{days}"
            words = {"external_key": key, "signature_ok": True, "payload": {}, "received_at": aged(days)}
            session.add(IncomingWebhook(source="shop", **words))
    for expected in ("Deleted 2 deliveries and 1 received messages.", "Deleted 0 deliveries and 0 received messages."):
        with world.database.transaction() as session:
            job = enqueue(session, world.machine.jobs["core.forget-old-webhooks"])
        world.work()
        assert world.rows(select(Job.result).where(Job.id == job)) == [{"summary": expected}]
    assert world.rows(select(WebhookDelivery.event_key)) == ["sent-29"]
    assert set(world.rows(select(IncomingWebhook.external_key))) == {"received-31", "received-179"}
