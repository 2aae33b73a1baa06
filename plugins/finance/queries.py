"""Questions about money. Sums over an index range of days or months; recurring revenue over what runs now."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.periods import Days
from plugins.finance.rules import CURRENCY, Moved, Rates, Spent
from schema.billing import Gateway, Payment, Refund
from schema.costs import CostCategory, FxRate, ProviderCost
from schema.invoicing import CreditNote, Invoice
from schema.reconciliation import GatewayEvent
from schema.subscriptions import MrrMovement, Subscription

POLICY = "house-1"
"""The definition of MRR that is in force."""
LONGEST_GAP = timedelta(days=10)
"""Rates are read this long before the first day: weekends and holidays take the last one before them."""


def paying_now(session: Session) -> tuple[int, int]:
    """Return how many subscriptions pay, and what they pay per month in cents excluding VAT, after discount."""
    counted = select(func.count(), func.coalesce(func.sum(Subscription.mrr_cents), 0))
    row = session.execute(counted.where(Subscription.mrr_cents > 0, Subscription.currency == CURRENCY)).one()
    return int(row[0]), int(row[1])


def movements_since(session: Session, month: date) -> list[Moved]:
    """Return how recurring revenue moved from a month on, by month and kind."""
    statement = (
        select(MrrMovement.month, MrrMovement.kind, func.sum(MrrMovement.amount_cents), func.count())
        .where(MrrMovement.policy_version == POLICY, MrrMovement.month >= month, MrrMovement.currency == CURRENCY)
        .group_by(MrrMovement.month, MrrMovement.kind)
    )
    return [Moved(month, str(kind), int(cents), count) for month, kind, cents, count in session.execute(statement)]


def billed_by_day(session: Session, days: Days) -> dict[date, int]:
    """Return what was billed in cents excluding VAT less credit notes, by the date of the document."""
    found: dict[date, int] = {}
    invoiced = select(Invoice.issued_on, func.sum(Invoice.net_cents)).where(
        Invoice.issued_on >= days[0],
        Invoice.issued_on < days[1],
        Invoice.number.is_not(None),
        Invoice.currency == CURRENCY,
    )
    credited = select(CreditNote.issued_on, -func.sum(CreditNote.net_cents)).where(
        CreditNote.issued_on >= days[0], CreditNote.issued_on < days[1], CreditNote.currency == CURRENCY
    )
    for day, cents in session.execute(invoiced.group_by(Invoice.issued_on)):
        if day is not None:
            found[day] = int(cents)
    for day, cents in session.execute(credited.group_by(CreditNote.issued_on)):
        found[day] = found.get(day, 0) + int(cents)
    return found


def ai_costs(session: Session, days: Days) -> tuple[list[Spent], datetime | None]:
    """Return what AI providers billed by UTC day and currency, and when the newest of it was written here."""
    statement = (
        select(
            ProviderCost.day, ProviderCost.currency, func.sum(ProviderCost.amount), func.max(ProviderCost.updated_at)
        )
        .where(ProviderCost.category == CostCategory.AI, ProviderCost.day >= days[0], ProviderCost.day < days[1])
        .group_by(ProviderCost.day, ProviderCost.currency)
    )
    rows = session.execute(statement).all()
    spent = [Spent(day, currency, amount) for day, currency, amount, _ in rows]
    return spent, max((written for *_, written in rows), default=None)


def rates_for(session: Session, currencies: Iterable[str], days: Days) -> Rates:
    """Return the stored rates to rand for these days, in order, with the last ones before them."""
    statement = (
        select(FxRate.base, FxRate.day, FxRate.rate)
        .where(
            FxRate.base.in_(list(currencies)),
            FxRate.quote == CURRENCY,
            FxRate.day >= days[0] - LONGEST_GAP,
            FxRate.day < days[1],
        )
        .order_by(FxRate.day)
    )
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for base, day, rate in session.execute(statement):
        found.setdefault(base, []).append((day, rate))
    return found


def payment_named(session: Session, gateway: Gateway, reference: str, checkout: str) -> Payment | None:
    """Return the payment the gateway means: by its id, else by the checkout when that names exactly one."""
    of_gateway = select(Payment).where(Payment.gateway == gateway)
    found = session.scalar(of_gateway.where(Payment.gateway_reference == reference)) if reference else None
    if found is not None or not checkout:
        return found
    unnamed = of_gateway.where(Payment.checkout_reference == checkout, Payment.gateway_reference.is_(None))
    candidates = session.scalars(unnamed.limit(2)).all()
    return candidates[0] if len(candidates) == 1 else None


def refund_named(session: Session, gateway: Gateway, reference: str) -> Refund | None:
    """Return the refund of this gateway with its reference."""
    statement = select(Refund).join(Refund.payment).where(Refund.gateway_reference == reference)
    return session.scalar(statement.where(Payment.gateway == gateway)) if reference else None


def gateway_event(session: Session, gateway: Gateway, key: str) -> GatewayEvent | None:
    """Return the kept message with this id."""
    return session.scalar(select(GatewayEvent).where(GatewayEvent.gateway == gateway, GatewayEvent.event_key == key))
