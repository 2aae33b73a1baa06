"""What changes when a gateway tells us something: its message is kept and linked; our books are not touched."""

from datetime import datetime

from sqlalchemy.orm import Session

from admin_core.contributions import Effects, Handled
from plugins.finance.queries import money as queries
from plugins.finance.rules import gateway as rules
from schema.api import IncomingWebhook
from schema.billing import Gateway, GatewayMode, Payment, Refund
from schema.reconciliation import GatewayEvent, GatewayEventState

CONFIRMED = "payment.confirmed"


def keep_yoco_event(session: Session, webhook: IncomingWebhook, effects: Effects, now: datetime) -> Handled:
    """Keep a verified message of Yoco beside the payment or refund it is about, and say whether it confirms our books.

    A message that differs from them is kept with the reason and changes nothing: people reconcile, messages do not.
    """
    news = rules.yoco_news(webhook.payload)
    if news.kind not in rules.NEWS:
        return Handled("ignored", f"Yoco's {webhook.event_type or 'message without a type'} is nothing we act on.")
    found = subject_of(session, news)
    reason = rules.difference(news, booked(found))
    event = kept(session, webhook, news)
    event.payment_id = found.id if isinstance(found, Payment) else found.payment_id if found else None
    event.refund_id = found.id if isinstance(found, Refund) else None
    event.state = GatewayEventState.IGNORED if reason else GatewayEventState.APPLIED
    event.error, event.processed_at = reason or None, now
    if reason:
        return Handled("ignored", reason)
    if isinstance(found, Payment):
        effects.webhook(CONFIRMED, confirmation(found), key=f"payment-confirmed:{found.id}")
    return Handled()


def subject_of(session: Session, news: rules.News) -> Payment | Refund | None:
    """Return the payment or refund that the gateway speaks of."""
    if news.kind == rules.PAID:
        return queries.payment_named(session, Gateway.YOCO, news.reference, news.checkout)
    return queries.refund_named(session, Gateway.YOCO, news.reference)


def booked(found: Payment | Refund | None) -> rules.Booked | None:
    """Return what our books say, as values."""
    if found is None:
        return None
    payment = found if isinstance(found, Payment) else found.payment
    return rules.Booked(found.amount_cents, found.currency, str(payment.mode), str(found.status))


def kept(session: Session, webhook: IncomingWebhook, news: rules.News) -> GatewayEvent:
    """Return the kept message, made when it is new."""
    event = queries.gateway_event(session, Gateway.YOCO, webhook.external_key)
    if event is None:
        event = GatewayEvent(
            gateway=Gateway.YOCO,
            event_key=webhook.external_key,
            kind=news.kind,
            mode=GatewayMode.TEST if news.mode == "test" else GatewayMode.LIVE,
            checkout_reference=news.checkout[:200] or None,
            payload=webhook.payload,
            body_sha256=webhook.headers.get("body-sha256", ""),
            sent_at=news.sent_at,
            received_at=webhook.received_at,
        )
        session.add(event)
    return event


def confirmation(payment: Payment) -> dict[str, object]:
    """Return what other programs are told about a confirmed payment: keys and amounts, nobody's name."""
    return {
        "payment": str(payment.id),
        "customer": str(payment.customer_id),
        "gateway_reference": payment.gateway_reference,
        "amount_cents": payment.amount_cents,
        "currency": payment.currency,
        "mode": str(payment.mode),
    }
