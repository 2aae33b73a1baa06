"""What the figures of finance mean, as decisions over values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from admin_core.contributions import Belonging, Filters, Rows, Value
from admin_core.periods import Days, Period
from admin_core.theme import formats
from plugins.finance.rules.gateway import RECEIVED

CURRENCY = "ZAR"
"""What we report in."""
SUBSCRIPTION_CHANGES = Belonging(
    rows="subscription_events",
    columns=(
        "occurred_at",
        "kind",
        "from_plan_id",
        "to_plan_id",
        "mrr_before_cents",
        "mrr_after_cents",
        "proration_cents",
        "actor",
        "staff_id",
    ),
    newest="occurred_at",
)
PAYMENTS = Belonging(
    rows="payments",
    columns=("created_at", "amount_cents", "status", "gateway", "gateway_reference", "paid_at", "refunded_cents"),
    newest="created_at",
)


@dataclass(frozen=True)
class Spent:
    """What providers billed for one UTC day in one currency."""

    day: date
    currency: str
    amount: Decimal


class Amounts(Protocol):
    """Amounts in cents by the name of what is measured."""

    def __getitem__(self, measure: str, /) -> Decimal:
        """Return one."""


Rates = Mapping[str, Sequence[tuple[date, Decimal]]]
"""By currency: days in order, each with the rand paid for one unit."""


def past_due(_now: datetime) -> Filters:
    """Return the filters for subscriptions whose last charge failed and whose grace runs."""
    return (("f.status.eq", "past_due"),)


def failed_share(by_status: Mapping[str, int]) -> tuple[float | None, int]:
    """Return how many of a hundred decided payments failed, and how many were decided; None when none was."""
    decided = sum(count for status, count in by_status.items() if status != "pending")
    return (round(100 * by_status.get("failed", 0) / decided, 1) if decided else None), decided


def levels(now: Decimal, moved: Mapping[datetime, Decimal]) -> dict[datetime, Decimal]:
    """Return a level at each moment from the present one: what moved since a moment is taken back.

    ``moved`` has, for each moment, what moved from it until the next one, the last until now.
    """
    found, level = {}, now
    for moment in sorted(moved, reverse=True):
        level -= moved[moment]
        found[moment] = level
    return found


def by_currency(spent: Iterable[Spent], days: Days) -> dict[str, Decimal]:
    """Return what was spent in a half-open range of days, per currency; no row at all is no key, never 0."""
    found: dict[str, Decimal] = {}
    for part in spent:
        if days[0] <= part.day < days[1]:
            found[part.currency] = found.get(part.currency, Decimal(0)) + part.amount
    return found


def rate_on(rates: Sequence[tuple[date, Decimal]], day: date) -> Decimal | None:
    """Return the rate of a day, or of the last day before it that has one; None when there is none."""
    known = [rate for known_day, rate in rates if known_day <= day]
    return known[-1] if known else None


def in_rand(spent: Iterable[Spent], rates: Rates, days: Days) -> Decimal | None:
    """Return the sum in rand at the rate of each day, unrounded; None when any day has no rate."""
    total = Decimal(0)
    for part in spent:
        if not days[0] <= part.day < days[1]:
            continue
        rate = Decimal(1) if part.currency == CURRENCY else rate_on(rates.get(part.currency, ()), part.day)
        if rate is None:
            return None
        total += part.amount * rate
    return total


def spend(
    spent: Sequence[Spent], rates: Rates, days: Days, currencies: Sequence[str], written: datetime | None
) -> Value:
    """Return what was spent on some days: in the one currency that anything was billed in, else in rand."""
    totals = by_currency(spent, days)
    if not totals:
        return Value(amount=None, note="No cost was imported for these days.")
    rand = in_rand(spent, rates, days)
    if len(currencies) == 1:
        note = "" if currencies[0] == CURRENCY else rand_in_words(rand)
        return Value(amount=totals[currencies[0]], currency=currencies[0], note=note, fresh_at=written)
    each = " + ".join(in_currency(amount, currency) for currency, amount in sorted(totals.items()))
    note = each if rand is not None else f"{each}: no rate for some of its days."
    return Value(amount=rand, currency=CURRENCY, note=note, fresh_at=written)


def rand_in_words(rand: Decimal | None) -> str:
    """Return the amount in rand, or that a rate is missing."""
    if rand is None:
        return "In rand: no rate for some of its days."
    return f"In rand: {in_currency(rand, CURRENCY)} at each day's rate."


def in_currency(amount: Decimal, currency: str) -> str:
    """Return a measured cost rounded to cents, as it is shown."""
    return formats.money(int(amount.scaleb(2).to_integral_value(rounding="ROUND_HALF_UP")), currency)


def net_of(bill: Amounts, credit: Amounts) -> Value:
    """Return what was billed less what was taken back, the VAT beside it."""
    return Value(amount=bill["net"] - credit["net"], currency=CURRENCY, note=vat_in_words(bill["vat"] - credit["vat"]))


def vat_in_words(cents: Decimal) -> str:
    """Return the VAT that stands beside an amount without it."""
    return f"VAT beside it: {formats.money(int(cents))}." if cents else ""


def rows_of_level(period: Period) -> Rows:
    """Return the rows behind a level: what pays now, or the movements that led to it."""
    if period.runs_until is not None:
        return Rows("subscriptions", (("f.mrr_cents.gt", "0"),))
    return Rows("mrr_movements", (("f.occurred_at.lt", period.end.isoformat()),))


def received_filters(period: Period) -> Filters:
    """Return the filters for payments whose money came in a period."""
    states = tuple(("f.status.eq", state) for state in sorted(RECEIVED))
    return (*states, ("f.mode.eq", "live"), *period.between("paid_at"))
