"""The figures of finance: questions asked for several periods at once, answers put beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy.orm import Session

from admin_core.contributions import Figure, Rows, Value
from admin_core.periods import Period, hull
from admin_core.rollups.reading import Question, added, totals_of
from admin_core.theme import formats
from plugins.finance.queries import money as queries
from plugins.finance.rules import integrations
from plugins.finance.rules import reporting as rules

REVENUE, COSTS = "finance:revenue:read", "finance:costs:read"
KINDS = ("new", "expansion", "reactivation", "contraction", "churn")


def recurring_revenue(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return MRR at the end of each period; of the first one also how it moved."""
    first = periods[0]
    moments = sorted({first.start, *(period.end for period in periods)})
    parts = queries.since(session, queries.MOVEMENTS, moments, by="kind")
    moved = dict(zip(moments, parts, strict=True))
    levels = rules.levels(Decimal(queries.paying_now(session)[1]), {at: part["cents"] for at, part in moved.items()})
    during = [part.parts("cents") for moment, part in moved.items() if first.start <= moment < first.end]
    note = moved_in_words({kind: added(part[kind] for part in during if kind in part).amount for kind in KINDS})
    values = [Value(amount=levels[period.end], currency=rules.CURRENCY) for period in periods]
    return [replace(values[0], note=note), *values[1:]]


def moved_in_words(cents: Mapping[str, Decimal]) -> str:
    """Return movements by kind in whole rand; transfers between plans are none of the company's."""
    text = ", ".join(f"{kind} {whole_rand(abs(cents[kind]))}" for kind in KINDS if cents[kind])
    return f"{text[0].upper()}{text[1:]}." if text else "Nothing moved."


def whole_rand(cents: Decimal) -> str:
    """Return an amount without its cents, for a sentence."""
    return f"{'-' if cents < 0 else ''}R{formats.NBSP}{formats.number(abs(cents) / 100)}"


def active_subscriptions(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return how many subscriptions paid at the end of each period."""
    moments = sorted({period.end for period in periods})
    steps = queries.since(session, queries.STEPS, moments)
    moved = {moment: part["began"] - part["ceased"] for moment, part in zip(moments, steps, strict=True)}
    levels = rules.levels(Decimal(queries.paying_now(session)[0]), moved)
    return [Value(amount=levels[period.end]) for period in periods]


def billed(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return what was billed in each period, excluding VAT, less credit notes."""
    invoiced, credited = totals_of(session, [Question(queries.INVOICED), Question(queries.CREDITED)], periods)
    return [rules.net_of(bill, credit) for bill, credit in zip(invoiced, credited, strict=True)]


def received(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return the money that came in each period less what was given back, including VAT."""
    came, went = totals_of(session, [Question(queries.RECEIPTS), Question(queries.REFUNDED)], periods)
    pairs = zip(came, went, strict=True)
    return [Value(amount=paid["cents"] - back["cents"], currency=rules.CURRENCY) for paid, back in pairs]


def ai_spend(session: Session, periods: Sequence[Period]) -> list[Value]:
    """Return what AI providers billed in each period: in their currency where there is one only, else in rand."""
    days = hull(periods).days
    spent, written = queries.ai_costs(session, days)
    currencies = sorted({part.currency for part in spent})
    rates = queries.rates_for(session, currencies, days) if currencies else {}
    return [rules.spend(spent, rates, period.days, currencies, written) for period in periods]


FIGURES = (
    Figure(
        name="finance.mrr",
        title="Monthly recurring revenue",
        unit="money",
        permission=REVENUE,
        definition=(
            "What running subscriptions pay per month, excluding VAT and after discounts: an annual price counts a"
            " twelfth; those late but in grace and those that leave at the end of their period count; trials, paused"
            " and free ones count nothing. A refund never moves it."
        ),
        formula="sum of subscriptions' MRR now, less the movements since the end of the period",
        values=recurring_revenue,
        sources=("subscriptions", "mrr_movements"),
        rollups=("finance.mrr-movements",),
        rows=rules.rows_of_level,
        level=True,
        home="this_month",
        spark="months",
        statements=3,
    ),
    Figure(
        name="finance.billed",
        title="Billed, excluding VAT",
        unit="money",
        permission=REVENUE,
        definition=(
            "Issued invoices less credit notes by the date of the document, excluding VAT: not what was paid, nor what"
            " was earned over time. A day counts as a whole: documents have a date and no time."
        ),
        formula="net of invoices with a number, less net of credit notes",
        values=billed,
        sources=("invoices", "credit_notes"),
        rollups=("finance.invoiced", "finance.credited"),
        rows=lambda period: Rows("invoices", (*period.between("issued_on"), ("f.number.filled", "1"))),
        home="this_month",
    ),
    Figure(
        name="finance.received",
        title="Received, including VAT",
        unit="money",
        permission=REVENUE,
        definition=(
            "Payments by the moment they were paid, less refunds by the moment the gateway carried them out, including"
            " VAT and before the gateway's fees. Play money does not count."
        ),
        formula="amounts of payments received, less amounts of refunds that succeeded",
        values=received,
        sources=("payments", "refunds"),
        rollups=("finance.receipts", "finance.refunded"),
        rows=lambda period: Rows("payments", rules.received_filters(period)),
    ),
    Figure(
        name="finance.active-subscriptions",
        title="Active subscriptions",
        unit="count",
        permission=REVENUE,
        definition=(
            "Subscriptions that add to recurring revenue: paying, late but in grace, or leaving at the end of their"
            " period."
        ),
        formula="subscriptions with an MRR above 0 now, less those that began to pay since, plus those that ceased",
        values=active_subscriptions,
        sources=("subscriptions", "subscription_events"),
        rollups=("finance.subscription-steps",),
        rows=rules.rows_of_level,
        level=True,
        home="this_month",
        spark="months",
        statements=3,
    ),
    Figure(
        name="finance.ai-spend",
        title="AI spend",
        unit="cost",
        permission=COSTS,
        definition=(
            "What AI providers billed, by their UTC days and in their currency; in rand at the stored rate of each day"
            " where they bill in several."
        ),
        formula="sum of provider costs of the category AI",
        values=ai_spend,
        sources=("provider_costs", "fx_rates"),
        rows=lambda period: Rows("provider_costs", (("f.category.eq", "ai"), *period.between("day"))),
        better="down",
        needs=integrations.OPENAI.name,
        home="this_month",
    ),
)
