"""Values of figures as people read them: amount, movement, certainty. Pure."""

from decimal import Decimal

from admin_core.contributions import Figure, Unit, Value
from admin_core.periods import TO
from admin_core.theme import formats
from admin_core.theme.formats import NBSP
from admin_core.theme.frame import Tone
from admin_core.theme.tiles import Direction, change

NO_DATA = "no data"
CURRENCY = "ZAR"


def amount_in_words(unit: Unit, amount: Decimal | None, currency: str = "") -> str:
    """Return an amount with its unit; "no data" for none."""
    if amount is None:
        return NO_DATA
    if unit in {"money", "cost"}:
        cents = amount if unit == "money" else amount.scaleb(2)
        return formats.money(int(cents.to_integral_value("ROUND_HALF_UP")), currency or CURRENCY)
    if unit == "share":
        return formats.percent(float(amount))
    if unit == "duration":
        return formats.duration(float(amount))
    return formats.number(amount, DECIMALS[unit])


DECIMALS = {"count": 0, "points": 1, "ratio": 2}


def movement(figure: Figure, now: Value, before: Value | None) -> tuple[str, Direction]:
    """Return how a value moved against another in words; nothing where they cannot be compared."""
    if before is None or now.amount is None or before.amount is None or now.currency != before.currency:
        return "", "flat"
    moved = now.amount - before.amount
    if figure.unit in {"share", "points"}:
        return by_points(moved * 100 if figure.unit == "share" else moved)
    if figure.unit == "count" and figure.level:
        return (f"{'+' if moved > 0 else ''}{formats.number(moved)}" if moved else "no change"), direction_of(moved)
    return change(float(now.amount), float(before.amount))


def by_points(points: Decimal) -> tuple[str, Direction]:
    """Return a movement of points or percentage points."""
    rounded = round(points, 1)
    if not rounded:
        return "no change", "flat"
    return f"{'+' if rounded > 0 else ''}{formats.number(rounded, 1)}{NBSP}points", direction_of(rounded)


def direction_of(moved: Decimal) -> Direction:
    """Return which way a difference points."""
    return "up" if moved > 0 else "down" if moved < 0 else "flat"


def tone_of(figure: Figure, direction: Direction) -> Tone:
    """Return whether a movement is good news."""
    if direction == "flat" or figure.better == "neither":
        return "neutral"
    return "success" if direction == figure.better else "danger"


def certainty(value: Value) -> str:
    """Return the interval and on how many cases a value rests, as a sentence; empty when neither is known."""
    if value.n is None:
        return ""
    rests = f"n{NBSP}={NBSP}{formats.number(value.n)}."
    if value.low is None or value.high is None:
        return rests
    low, high = (formats.number(bound * 100, 1) for bound in (value.low, value.high))
    return f"95{NBSP}% interval {low}{TO}{high}{NBSP}%, {rests}"


def remark(value: Value) -> str:
    """Return what to know about a value, or why there is none."""
    return " ".join(part for part in (certainty(value), value.note) if part)
