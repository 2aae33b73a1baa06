"""Questions about money: recurring revenue over what runs now and what moved since, the rest over days."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from admin_core.contributions import Measure, Rollup
from admin_core.periods import Days, Period
from admin_core.rollups.reading import Sums, totals
from plugins.finance.rules.gateway import RECEIVED
from plugins.finance.rules.reporting import CURRENCY, Rates, Spent
from schema.billing import Gateway, GatewayMode, Payment, PaymentStatus, Refund, RefundStatus
from schema.costs import CostCategory, FxRate, ProviderCost
from schema.invoicing import CreditNote, Invoice
from schema.reconciliation import GatewayEvent
from schema.subscriptions import MrrMovement, Subscription, SubscriptionEvent

POLICY = "house-1"
"""The definition of MRR that is in force."""
LONGEST_GAP = timedelta(days=10)
"""Rates are read this long before the first day: weekends and holidays take the last one before them."""

MOVEMENTS = Rollup(
    name="finance.mrr-movements",
    title="Movements of recurring revenue by day",
    moment=MrrMovement.occurred_at,
    dimensions={"kind": MrrMovement.kind},
    measures=(Measure("cents", total=MrrMovement.amount_cents),),
    where=(MrrMovement.policy_version == POLICY, MrrMovement.currency == CURRENCY),
)
STEPS = Rollup(
    name="finance.subscription-steps",
    title="Subscriptions that began and ceased to pay, by day",
    moment=SubscriptionEvent.occurred_at,
    measures=(
        Measure("began", where=and_(SubscriptionEvent.mrr_before_cents == 0, SubscriptionEvent.mrr_after_cents > 0)),
        Measure("ceased", where=and_(SubscriptionEvent.mrr_before_cents > 0, SubscriptionEvent.mrr_after_cents == 0)),
    ),
    where=(SubscriptionEvent.currency == CURRENCY,),
)
INVOICED = Rollup(
    name="finance.invoiced",
    title="Issued invoices by day",
    moment=Invoice.issued_on,
    dimensions={"kind": Invoice.kind},
    measures=(Measure("net", total=Invoice.net_cents), Measure("vat", total=Invoice.vat_cents)),
    where=(Invoice.number.is_not(None), Invoice.currency == CURRENCY),
)
CREDITED = Rollup(
    name="finance.credited",
    title="Credit notes by day",
    moment=CreditNote.issued_on,
    measures=(Measure("net", total=CreditNote.net_cents), Measure("vat", total=CreditNote.vat_cents)),
    where=(CreditNote.currency == CURRENCY,),
)
RECEIPTS = Rollup(
    name="finance.receipts",
    title="Payments received by day",
    moment=Payment.paid_at,
    measures=(Measure("cents", total=Payment.amount_cents),),
    where=(
        Payment.status.in_([PaymentStatus(status) for status in sorted(RECEIVED)]),
        Payment.mode == GatewayMode.LIVE,
        Payment.currency == CURRENCY,
    ),
)
REFUNDED = Rollup(
    name="finance.refunded",
    title="Refunds carried out by day",
    moment=Refund.completed_at,
    measures=(Measure("cents", total=Refund.amount_cents),),
    where=(Refund.status == RefundStatus.SUCCEEDED, Refund.currency == CURRENCY),
)
ROLLUPS = (MOVEMENTS, STEPS, INVOICED, CREDITED, RECEIPTS, REFUNDED)


def paying_now(session: Session) -> tuple[int, int]:
    """Return how many subscriptions pay, and what they pay per month in cents excluding VAT, after discount."""
    counted = select(func.count(), func.coalesce(func.sum(Subscription.mrr_cents), 0))
    row = session.execute(counted.where(Subscription.mrr_cents > 0, Subscription.currency == CURRENCY)).one()
    return int(row[0]), int(row[1])


def since(session: Session, rollup: Rollup, moments: Sequence[datetime], by: str = "") -> list[Sums]:
    """Return what a rollup came to between each moment and the next in order, the last until now."""
    # Tomorrow: what is dated a little ahead of this clock has happened for the sum over what runs now.
    ends = [*moments[1:], max(moments[-1], datetime.now(UTC) + timedelta(days=1))]
    return totals(session, rollup, [Period(a, b) for a, b in zip(moments, ends, strict=True)], by=by)


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


def payments_since(session: Session, since: datetime) -> dict[str, int]:
    """Return how many payments were begun since then, by where they stand. Tests of the gateway do not count."""
    statement = select(Payment.status, func.count()).where(
        Payment.created_at >= since, Payment.mode == GatewayMode.LIVE
    )
    return {status.value: count for status, count in session.execute(statement.group_by(Payment.status))}


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
