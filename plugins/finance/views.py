"""The tiles of finance: questions asked, figures put into words."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from admin_core.contributions import Tile
from admin_core.generator.urls import list_url
from admin_core.periods import (
    Days,
    in_words,
    last_days,
    last_months,
    local_day,
    month_before_to_date,
    month_to_date,
)
from admin_core.settings_store import is_set_up
from admin_core.theme import formats
from admin_core.theme.frame import Tone
from admin_core.theme.tiles import Direction, change, spark
from plugins.finance import queries, rules

MONTHS_SHOWN, DAYS_SHOWN = 12, 30
KINDS = ("new", "expansion", "reactivation", "contraction", "churn")


def recurring_revenue(session: Session, now: datetime) -> Tile:
    """Return MRR now, and how it moved this month."""
    months = last_months(local_day(now), MONTHS_SHOWN)
    _, cents = queries.paying_now(session)
    moved = queries.movements_since(session, months[0])
    closes = rules.closes(cents, rules.net_cents(moved), months)
    words, direction = change(cents, closes[-2])
    return Tile(
        "Monthly recurring revenue",
        formats.money(cents),
        "now",
        list_url("mrr_movements", {"f.occurred_at.within": "this_month"}),
        words,
        direction,
        tone_of(direction),
        now,
        spark(closes),
        note=moved_in_words(part for part in moved if part.month == months[-1]),
        against=f"since 1{formats.NBSP}{formats.MONTHS[months[-1].month - 1]}",
        definition=(
            "What running subscriptions pay per month, excluding VAT and after discounts: an annual price counts a"
            " twelfth; trials, paused and free ones count nothing. The line shows the ends of twelve months."
        ),
    )


def moved_in_words(moved: Iterable[rules.Moved]) -> str:
    """Return this month's movements by kind in whole rand; transfers between plans are none of the company's."""
    cents = {part.kind: abs(part.cents) for part in moved}
    text = ", ".join(f"{kind} {whole_rand(cents[kind])}" for kind in KINDS if kind in cents)
    return f"{text[0].upper()}{text[1:]}." if text else "Nothing moved this month."


def whole_rand(cents: int) -> str:
    """Return an amount without its cents, for a sentence."""
    return f"R{formats.NBSP}{formats.number(Decimal(cents) / 100)}"


def billed(session: Session, now: datetime) -> Tile:
    """Return what was billed this month, against the month before to the same day."""
    today = local_day(now)
    this, before = month_to_date(today), month_before_to_date(today)
    shown = last_days(today - timedelta(days=1), DAYS_SHOWN)
    by_day = queries.billed_by_day(session, (min(before[0], shown[0]), this[1]))
    cents = rules.within(by_day, this)
    words, direction = change(cents, rules.within(by_day, before))
    return Tile(
        "Billed, excluding VAT",
        formats.money(cents),
        "this month",
        list_url("invoices", {"f.issued_on.within": "this_month"}),
        words,
        direction,
        tone_of(direction),
        now,
        spark([by_day.get(day, 0) for day in shown]),
        against=f"against {in_words(before)}",
        definition=(
            "Issued invoices less credit notes by the date of the document, excluding VAT: not what was paid, nor what"
            " was earned over time. The line shows thirty full days."
        ),
    )


def active_subscriptions(session: Session, now: datetime) -> Tile:
    """Return how many subscriptions pay, and the net of this month."""
    months = last_months(local_day(now), MONTHS_SHOWN)
    count, _ = queries.paying_now(session)
    moved = queries.movements_since(session, months[0])
    closes = rules.closes(count, rules.net_count(moved), months)
    gained = count - closes[-2]
    direction: Direction = "up" if gained > 0 else "down" if gained < 0 else "flat"
    return Tile(
        "Active subscriptions",
        formats.number(count),
        "now",
        list_url("subscriptions", {"f.mrr_cents.gt": "0"}),
        f"{'+' if gained > 0 else ''}{formats.number(gained)}" if gained else "no change",
        direction,
        tone_of(direction),
        now,
        spark(closes),
        against=f"since 1{formats.NBSP}{formats.MONTHS[months[-1].month - 1]}",
        definition=(
            "Subscriptions that add to recurring revenue: paying, late but in grace, or leaving at the end of their"
            " period. The line shows the ends of twelve months."
        ),
    )


def ai_spend(session: Session, now: datetime) -> Tile:
    """Return what AI providers billed this month in their own currency, and in rand."""
    today = now.astimezone(UTC).date()
    this, before = month_to_date(today), month_before_to_date(today)
    shown = last_days(today - timedelta(days=1), DAYS_SHOWN)
    days = (min(before[0], shown[0]), this[1])
    spent, written = queries.ai_costs(session, days)
    totals = rules.by_currency(spent, this)
    if not spent and not is_set_up(session, rules.OPENAI.name):
        return not_set_up()
    if not totals:
        return no_costs(this)
    rates = queries.rates_for(session, totals, days)
    rand, rand_before = rules.in_rand(spent, rates, this), rules.in_rand(spent, rates, before)
    words, direction = change(*comparable(totals, rules.by_currency(spent, before), rand, rand_before))
    return Tile(
        "AI spend",
        " + ".join(measured(amount, currency) for currency, amount in sorted(totals.items())),
        "this month, UTC days",
        costs_url(this),
        words,
        direction,
        "warning" if direction == "up" else "neutral",
        written,
        spark(daily(spent, shown)),
        note=rand_in_words(rand),
        against=f"against {in_words(before)}",
        definition=(
            "What AI providers billed, by their UTC days and in their currency; rand at the stored rate of each day."
            " The line shows thirty full days."
        ),
    )


def not_set_up() -> Tile:
    """Return the tile of a company that has no key to read costs with, and no costs from elsewhere."""
    url = f"/admin/settings/{rules.OPENAI.name}"
    return Tile("AI spend", "not set up", "this month", url, note="No admin key of OpenAI is stored in the settings.")


def no_costs(days: Days) -> Tile:
    """Return the tile of a month without a single cost: not free, but unknown."""
    return Tile(
        "AI spend", "no data", "this month", costs_url(days), note="No cost has been imported for this month yet."
    )


def costs_url(days: Days) -> str:
    """Return the list of the costs behind the figure."""
    return list_url("provider_costs", {"f.category.eq": "ai", "f.day.gte": days[0].isoformat()})


def comparable(
    totals: dict[str, Decimal], before: dict[str, Decimal], rand: Decimal | None, rand_before: Decimal | None
) -> tuple[float, float | None]:
    """Return two amounts that can be compared: in the one currency there is, else in rand; none before when neither."""
    if len(totals) == 1 and totals.keys() == before.keys():
        (currency,) = totals
        return float(totals[currency]), float(before[currency])
    return (float(rand), float(rand_before)) if rand is not None and rand_before else (0.0, None)


def daily(spent: Iterable[rules.Spent], days: list[date]) -> list[float]:
    """Return the amounts of each day; without a mixture of currencies, else nothing."""
    parts = list(spent)
    if len({part.currency for part in parts}) != 1:
        return []
    one_day = timedelta(days=1)
    return [float(sum(rules.by_currency(parts, (day, day + one_day)).values())) for day in days]


def rand_in_words(rand: Decimal | None) -> str:
    """Return the amount in rand, or that a rate is missing."""
    if rand is None:
        return "In rand: no rate for some of its days."
    return f"In rand: {measured(rand, rules.CURRENCY)} at each day's rate."


def measured(amount: Decimal, currency: str) -> str:
    """Return a measured cost rounded to cents, as it is shown."""
    return formats.money(int(amount.scaleb(2).to_integral_value(rounding="ROUND_HALF_UP")), currency)


def tone_of(direction: str) -> Tone:
    """Return the tone of a movement where more is better."""
    return "success" if direction == "up" else "danger" if direction == "down" else "neutral"
