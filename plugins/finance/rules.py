"""What the figures of finance mean, as decisions over values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from admin_core.contributions import Filters
from admin_core.periods import Days

CURRENCY = "ZAR"
"""What we report in."""
ADDS_CUSTOMERS, TAKES_CUSTOMERS = ("new", "reactivation"), ("churn",)


@dataclass(frozen=True)
class Moved:
    """How recurring revenue moved in a month by movements of one kind; churn and contraction are negative."""

    month: date
    kind: str
    cents: int
    count: int


@dataclass(frozen=True)
class Spent:
    """What providers billed for one UTC day in one currency."""

    day: date
    currency: str
    amount: Decimal


Rates = Mapping[str, Sequence[tuple[date, Decimal]]]
"""By currency: days in order, each with the rand paid for one unit."""


def past_due(_now: datetime) -> Filters:
    """Return the filters for subscriptions whose last charge failed and whose grace runs."""
    return (("f.status.eq", "past_due"),)


def closes(now: int, by_month: Mapping[date, int], months: Sequence[date]) -> list[int]:
    """Return the value at the end of each month, counted back from now: close = next close - movement of the next."""
    found = [now]
    for month in reversed(months[1:]):
        found.append(found[-1] - by_month.get(month, 0))
    return found[::-1]


def net_cents(moved: Iterable[Moved]) -> dict[date, int]:
    """Return by month how much recurring revenue moved; transfers between plans cancel out."""
    found: dict[date, int] = {}
    for part in moved:
        found[part.month] = found.get(part.month, 0) + part.cents
    return found


def net_count(moved: Iterable[Moved]) -> dict[date, int]:
    """Return by month how many more began to pay than stopped."""
    signs = {**dict.fromkeys(ADDS_CUSTOMERS, 1), **dict.fromkeys(TAKES_CUSTOMERS, -1)}
    found: dict[date, int] = {}
    for part in moved:
        found[part.month] = found.get(part.month, 0) + signs.get(part.kind, 0) * part.count
    return found


def within(by_day: Mapping[date, int], days: Days) -> int:
    """Return the sum of the days of a half-open range."""
    return sum(value for day, value in by_day.items() if days[0] <= day < days[1])


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
