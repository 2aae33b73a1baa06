"""What a message of Yoco does to our books: nothing but standing beside them, with the reason where they differ."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.plugin_loading import load_plugins
from admin_core.webhooks.registry import Webhooks
from plugins.finance import plugin
from plugins.finance.actions import gateway as actions
from plugins.finance.actions.making import CHANGED
from plugins.finance.rules import gateway as rules
from schema.api import IncomingWebhook, WebhookDelivery, WebhookEndpoint
from schema.billing import Payment, Refund
from schema.reconciliation import GatewayEvent
from tests.running import idle_machine
from tests.schema.commercial_rows import NOON
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
MACHINE = idle_machine()
HOOKS = Webhooks.of(plugin.register_webhooks(), plugin.register_webhook_events())


def document(kind: str = rules.PAID, **changes: Any) -> dict[str, Any]:
    """Return an event as Yoco's documentation shows it."""
    payload = {
        "id": "p_1", "type": "payment", "amount": 172_385, "currency": "ZAR", "status": "succeeded", "mode": "live",
        "createdDate": "2026-03-02T10:00:00.000Z",
        "paymentMethodDetails": {"type": "card", "card": {"maskedCard": "************1111", "scheme": "visa"}},
        "metadata": {"checkoutId": "ch_1"},
    }  # fmt: skip
    return {"id": "evt_1", "type": kind, "createdDate": "2026-03-02T10:00:01.000Z", "payload": {**payload, **changes}}


def webhook_of(session: Session, content: Mapping[str, Any], key: str = "msg_1") -> IncomingWebhook:
    """Return a verified message as core keeps it."""
    row = IncomingWebhook(
        source="yoco", external_key=key, event_type=str(content.get("type")), signature_ok=True, payload=dict(content),
        headers={"body-sha256": "a" * 64}, received_at=NOON,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def told(session: Session, content: Mapping[str, Any], key: str = "msg_1") -> tuple[str, str]:
    """Return what became of a message."""
    effects = JobEffects(session, MACHINE, Origin())
    webhook = session.scalar(select(IncomingWebhook).where(IncomingWebhook.external_key == key))
    handled = actions.keep_yoco_event(session, webhook or webhook_of(session, content, key), effects, NOW)
    session.flush()
    return handled.state, handled.reason


def event_of(session: Session) -> GatewayEvent:
    return session.scalars(select(GatewayEvent)).one()


def values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


def test_hook_register_webhooks_offers_yoco_and_every_hook_a_name_of_its_own() -> None:
    assert set(HOOKS.incoming) == {"yoco"}
    assert HOOKS.incoming["yoco"].secret == ("yoco", "webhook_secret")
    twice = [*plugin.register_webhooks(), *plugin.register_webhooks()]
    with pytest.raises(ValueError, match="Two plugins declare the webhook source yoco"):
        Webhooks.of(twice, [])


def test_hook_register_webhook_events_declares_what_finance_sends() -> None:
    assert {"ping", actions.CONFIRMED, CHANGED} == set(HOOKS.events)
    example = HOOKS.event(actions.CONFIRMED).example
    payment = Payment(amount_cents=1, currency="ZAR", mode="live")
    assert set(example) == set(actions.confirmation(payment))
    twice = [*plugin.register_webhook_events(), *plugin.register_webhook_events()]
    with pytest.raises(ValueError, match="Two plugins declare"):
        Webhooks.of([], twice)


def test_a_message_that_agrees_confirms_the_payment_and_changes_nothing_of_it(session: Session) -> None:
    rows = CoreMaker(session)
    payment = rows.one(Payment)
    endpoint = rows.add(WebhookEndpoint, events=[actions.CONFIRMED])
    before = values(payment)
    assert told(session, document()) == ("processed", "")
    event = event_of(session)
    assert (event.state, event.payment_id, event.kind, event.mode) == ("applied", payment.id, rules.PAID, "live")
    assert (event.event_key, event.checkout_reference, event.body_sha256) == ("msg_1", "ch_1", "a" * 64)
    assert (event.processed_at, event.received_at, event.error) == (NOW, NOON, None)
    session.refresh(payment)
    assert values(payment) == before
    sent = session.scalars(select(WebhookDelivery)).one()
    assert (sent.endpoint_id, sent.event_type) == (endpoint.id, "payment.confirmed")
    assert sent.payload["data"]["amount_cents"] == 172_385
    assert set(sent.payload["data"]) == set(HOOKS.event(actions.CONFIRMED).example)


def test_a_message_processed_again_is_kept_once_and_told_once(session: Session) -> None:
    rows = CoreMaker(session)
    rows.one(Payment)
    rows.add(WebhookEndpoint)
    for _ in range(3):
        assert told(session, document()) == ("processed", "")
    assert event_of(session).state == "applied"
    assert len(session.scalars(select(WebhookDelivery)).all()) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "p_9"}, "We have no payment with this reference."),
        ({"id": None}, "We have no payment with this reference."),
        ({"amount": 172_384}, "The amount differs from our payment's."),
        ({"amount": "172385"}, "The amount differs from our payment's."),
        ({"amount": True}, "The amount differs from our payment's."),
        ({"currency": "USD"}, "The amount differs from our payment's."),
        ({"mode": "test"}, "The gateway says test mode, our payment is in live mode."),
        ({"mode": None}, "The gateway says None mode, our payment is in live mode."),
    ],
)
def test_a_message_that_differs_is_kept_with_the_reason(session: Session, changes: dict[str, Any], reason: str) -> None:
    rows = CoreMaker(session)
    payment = rows.one(Payment)
    rows.add(WebhookEndpoint)
    before = values(payment)
    assert told(session, document(**changes)) == ("ignored", reason)
    event = event_of(session)
    assert (event.state, event.error) == ("ignored", reason)
    assert event.payment_id == (None if "id" in changes else payment.id)
    session.refresh(payment)
    assert values(payment) == before
    assert session.scalars(select(WebhookDelivery)).all() == []


def test_our_own_state_is_not_changed_by_a_message(session: Session) -> None:
    rows = CoreMaker(session)
    payment = rows.add(Payment, status="pending", paid_at=None)
    assert told(session, document()) == (
        "ignored", "Our payment is pending: its state was not changed by this message.",
    )  # fmt: skip
    session.refresh(payment)
    assert (payment.status, payment.paid_at) == ("pending", None)


def test_a_payment_without_the_gateways_id_is_found_by_its_checkout_when_that_is_plain(session: Session) -> None:
    rows = CoreMaker(session)
    payment = rows.add(Payment, gateway_reference=None, checkout_reference="ch_1")
    assert told(session, document()) == ("processed", "")
    assert event_of(session).payment_id == payment.id
    session.refresh(payment)
    assert payment.gateway_reference is None
    rows.add(Payment, gateway_reference=None, checkout_reference="ch_1")
    assert told(session, document(), "msg_2")[0] == "ignored"  # two links of one checkout: which one was paid?


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        (rules.REFUND_PAID, "succeeded", ("processed", "")),
        (rules.REFUND_FAILED, "failed", ("processed", "")),
        (
            rules.REFUND_PAID,
            "submitted",
            ("ignored", "Our refund is submitted: its state was not changed by this message."),
        ),
        (
            rules.REFUND_FAILED,
            "succeeded",
            ("ignored", "Our refund is succeeded: its state was not changed by this message."),
        ),
    ],
)
def test_refunds_are_confirmed_or_left_alone(
    session: Session, kind: str, status: str, expected: tuple[str, str]
) -> None:
    rows = CoreMaker(session)
    times = {"submitted_at": NOON, "completed_at": NOON if status == "succeeded" else None}
    refund = rows.add(Refund, status=status, gateway_reference="rfd_1", **times)
    assert told(session, document(kind, id="rfd_1", amount=11_500)) == expected
    event = event_of(session)
    assert (event.refund_id, event.payment_id) == (refund.id, refund.payment_id)
    session.refresh(refund)
    assert refund.status == status


@pytest.mark.parametrize(
    "content",
    [{}, {"type": "checkout.expired"}, {"type": None, "payload": 5}, {"payload": []}, {"type": "payment.refunded"}],
)
def test_what_we_do_not_act_on_is_ignored_and_leaves_no_gateway_event(
    session: Session, content: dict[str, Any]
) -> None:
    state, reason = told(session, content)
    assert state == "ignored"
    assert "nothing we act on" in reason
    assert session.scalars(select(GatewayEvent)).all() == []


@pytest.mark.parametrize(
    "payload", [None, 5, [], {}, {"metadata": 5}, {"metadata": {"checkoutId": "a" * 999}}, {"id": []}]
)
def test_a_known_event_of_any_shape_is_kept(session: Session, payload: object) -> None:
    assert told(session, {"type": rules.PAID, "payload": payload, "createdDate": "yesterday"})[0] == "ignored"
    assert event_of(session).sent_at is None


def test_the_running_plugins_offer_it() -> None:
    plugins = load_plugins()
    assert "yoco" in {hook.source for hook in plugins.items("register_webhooks")}
