"""What a gateway's message says, and whether it confirms our books."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PAID, REFUND_PAID, REFUND_FAILED = "payment.succeeded", "refund.succeeded", "refund.failed"
NEWS = frozenset({PAID, REFUND_PAID, REFUND_FAILED})
"""What Yoco tells us. There is no word for a payment that failed."""


@dataclass(frozen=True)
class News:
    """What the gateway says happened, as far as it could be read."""

    kind: str
    reference: str
    """The gateway's id of the payment or refund."""
    checkout: str
    amount_cents: int | None
    currency: str
    mode: str
    sent_at: datetime | None


def yoco_news(document: Mapping[str, Any]) -> News:
    """Return what an event of Yoco says; empty where it says nothing."""
    payload = mapping(document.get("payload"))
    amount = payload.get("amount")
    return News(
        kind=str(document.get("type", "")),
        reference=str(payload.get("id", "")),
        checkout=str(mapping(payload.get("metadata")).get("checkoutId", "")),
        amount_cents=amount if isinstance(amount, int) and not isinstance(amount, bool) else None,
        currency=str(payload.get("currency", "")),
        mode=str(payload.get("mode", "")),
        sent_at=moment(document.get("createdDate")),
    )


def mapping(value: object) -> Mapping[str, Any]:
    """Return the value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def moment(value: object) -> datetime | None:
    """Return an instant; None for what is none, or names no zone."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


@dataclass(frozen=True)
class Booked:
    """A payment or refund as our books have it."""

    amount_cents: int
    currency: str
    mode: str
    status: str


RECEIVED = frozenset({"succeeded", "partly_refunded", "refunded", "disputed"})
"""States of a payment whose money we have had."""
CONFIRMED_BY = {PAID: RECEIVED, REFUND_PAID: frozenset({"succeeded"}), REFUND_FAILED: frozenset({"failed"})}


def difference(news: News, booked: Booked | None) -> str:
    """Return why the gateway's word does not confirm our books; empty when it does. Nothing is ever booked by it."""
    what = "payment" if news.kind == PAID else "refund"
    if booked is None:
        return f"We have no {what} with this reference."
    if (news.amount_cents, news.currency) != (booked.amount_cents, booked.currency):
        return f"The amount differs from our {what}'s."
    if news.mode != booked.mode:
        return f"The gateway says {news.mode or 'no'} mode, our {what} is in {booked.mode} mode."
    if booked.status not in CONFIRMED_BY[news.kind]:
        return f"Our {what} is {booked.status.replace('_', ' ')}: its state was not changed by this message."
    return ""
