"""The price list: which price holds when, and what a new one may be. Amounts in cents, moments aware."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from itertools import combinations, groupby
from typing import Any

from admin_core.contributions import ActionRefused
from admin_core.theme.formats import ZONE, absolute, money, parse_money
from schema.catalog import Interval, Price
from schema.vat import vat_on, vat_within

AS_BEFORE = "as_before"
INTERVALS: Mapping[Interval, str] = {
    Interval.DAY: "day",
    Interval.WEEK: "week",
    Interval.MONTH: "month",
    Interval.QUARTER: "quarter",
    Interval.HALF_YEAR: "half-year",
    Interval.YEAR: "year",
}
VAT_CHOICES = (("excluded", "VAT is added to it"), ("included", "It contains VAT"))
HIGHEST_CENTS = 10**11
"""A billion rand: what is more was mistyped."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a new price is to be."""

    nickname: str
    amount_cents: int
    interval: Interval
    includes_vat: bool
    valid_from: datetime


def is_sold_at(price: Price, moment: datetime) -> bool:
    """Return whether a price is sold at a moment; its last moment is no longer one."""
    return price.valid_from <= moment and (price.valid_until is None or moment < price.valid_until)


def price_list(prices: Iterable[Price], moment: datetime) -> list[Price]:
    """Return what new subscribers are offered at a moment: default prices, cheapest interval first within a plan."""
    order = list(Interval)
    offered = [price for price in prices if price.is_default and is_sold_at(price, moment)]
    return sorted(offered, key=lambda price: (str(price.plan_id), price.currency, order.index(price.interval)))


def overlaps(prices: Iterable[Price]) -> list[tuple[Price, Price]]:
    """Return pairs of default prices of one plan, interval and currency that would be offered at the same moment."""
    defaults = sorted((price for price in prices if price.is_default), key=lambda p: (place_of(p), p.valid_from))
    pairs = (pair for _, group in groupby(defaults, key=place_of) for pair in combinations(group, 2))
    return [(a, b) for a, b in pairs if a.valid_until is None or b.valid_from < a.valid_until]


def place_of(price: Price) -> tuple[str, str, str]:
    """Return where only one default price may stand at a time."""
    return str(price.plan_id), str(price.interval), price.currency


def new_version(price: Price, answers: Mapping[str, Any], now: datetime) -> Terms:
    """Return the terms of the price that takes over from another; ActionRefused says what was typed wrongly."""
    interval, vat = str(answers["interval"]), str(answers["vat"])
    return terms_of(
        {
            **answers,
            "interval": price.interval if interval == AS_BEFORE else interval,
            "vat": ("included" if price.includes_vat else "excluded") if vat == AS_BEFORE else vat,
        },
        now,
    )


def terms_of(answers: Mapping[str, Any], now: datetime) -> Terms:
    """Return the terms that were typed; ActionRefused says which of them is wrong."""
    return Terms(
        nickname=str(answers["nickname"]),
        amount_cents=amount_in(str(answers["amount"])),
        interval=Interval(answers["interval"]),
        includes_vat=answers["vat"] == "included",
        valid_from=moment_in(answers["valid_from"], now),
    )


def amount_in(text: str) -> int:
    """Return the cents of an amount as typed; ActionRefused when it is none that can be charged."""
    try:
        cents = parse_money(text)
    except ValueError as problem:
        raise ActionRefused(f"Amount: {problem}") from problem
    if not 0 <= cents < HIGHEST_CENTS:
        raise ActionRefused(f"Amount: {text} can't be charged.", "Use 0 or more, and less than a billion.")
    return cents


def moment_in(text: str | None, now: datetime) -> datetime:
    """Return the moment of a day, or day and time, on our wall clock; now for nothing. ActionRefused in the past."""
    if not text:
        return now
    try:
        typed = datetime.fromisoformat(text.strip())
        moment = (typed if typed.tzinfo else typed.replace(tzinfo=ZONE)).astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        hint = "Type a day such as 2027-01-31, or a day and a time such as 2027-01-31 08:00."
        raise ActionRefused(f"“{text}” is no day.", hint) from problem
    if moment < now:
        today = typed.time() == time(0) and typed.date() == now.astimezone(ZONE).date()
        if not today:
            raise ActionRefused(
                f"{absolute(moment)} is over.", "Choose a moment that is to come, or leave it empty for now."
            )
        return now
    return moment


def why_not_replaceable(price: Price) -> str:
    """Return why a price can get no further version; empty when it can."""
    if price.valid_until is None:
        return ""
    return f"It is sold until {absolute(price.valid_until)} only: make a new version of the price that follows it."


def why_not_from(price: Price, moment: datetime) -> str:
    """Return why another price can't take over from this one at a moment; empty when it can."""
    if moment > price.valid_from:
        return ""
    return f"The price itself begins at {absolute(price.valid_from)}: what follows it has to begin later."


def why_not_withdrawable(price: Price, now: datetime) -> str:
    """Return why a price can't be withdrawn; empty when it is planned and was never sold."""
    if price.valid_from > now:
        return ""
    return "It has been offered already, so it stays in the books: make a new version of it, or stop selling it."


def in_words(price: Price) -> str:
    """Return what a price costs: ``R 1 499,00 a month, excluding VAT``."""
    vat = "including" if price.includes_vat else "excluding"
    return f"{money(price.amount_cents, price.currency)} a {INTERVALS[price.interval]}, {vat} VAT"


def standing(price: Price, now: datetime) -> str:
    """Return whether a price is past, planned or sold now, in a word."""
    if price.valid_from > now:
        return "planned"
    return "sold now" if is_sold_at(price, now) else "no longer sold"


@dataclass(frozen=True)
class Charged:
    """An amount with its VAT, in cents: the net and the VAT are the total."""

    net_cents: int
    vat_cents: int

    @property
    def total_cents(self) -> int:
        """What is paid."""
        return self.net_cents + self.vat_cents


def charged(amount_cents: int, rate: Decimal, *, includes_vat: bool) -> Charged:
    """Return an amount as a price says it, split; half a cent of VAT is rounded up. ``rate`` is a share of the net."""
    if includes_vat:
        vat = vat_within(amount_cents, rate)
        return Charged(amount_cents - vat, vat)
    return Charged(amount_cents, vat_on(amount_cents, rate))
