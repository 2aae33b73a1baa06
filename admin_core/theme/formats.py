"""Values as people here write them: money, numbers, moments. Pure; nothing depends on a locale library.

Locale data differ between libraries and versions (some omit the space after R), so the patterns are ours.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from zoneinfo import ZoneInfo

WIDE = Context(prec=150_000)  # PostgreSQL's longest numbers; the usual 28 digits would refuse or round longer ones
NBSP = "\u00a0"
ZONE = ZoneInfo("Africa/Johannesburg")
SYMBOLS = {"ZAR": "R", "USD": "US$", "EUR": "€", "GBP": "£"}
MINUTE, HOUR, DAY = 60, 3600, 86400
MINUS = "\u2212"  # what word processors put for a hyphen
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: Decimal | float, decimals: int = 0) -> str:
    """Return ``1 234,56``; the minus sign is a hyphen so that it can be copied into a spreadsheet."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, WIDE)
    sign = "-" if rounded < 0 else ""
    return sign + f"{rounded.copy_abs():,f}".replace(",", NBSP).replace(".", ",")


def in_sentence(label: str) -> str:
    """Return a label as it stands within a sentence: ``Customers`` -> ``customers``; ``AI decisions`` stays."""
    return " ".join(word if sum(map(str.isupper, word)) > 1 else word.lower() for word in label.split(" "))


def plain_number(value: Decimal | float) -> str:
    """Return a number with the decimals it has, grouped: ``12 480``, ``0,125``."""
    whole = isinstance(value, float) and value.is_integer()
    exact = value if isinstance(value, Decimal) else Decimal(int(value) if whole else str(value))
    exponent = exact.as_tuple().exponent
    return number(exact, -exponent if isinstance(exponent, int) and exponent < 0 else 0)


def money(cents: int, currency: str = "ZAR") -> str:
    """Return ``R 1 234,56`` with no-break spaces; negative amounts start with the sign: ``-R 1 234,56``."""
    amount = number(Decimal(abs(cents)).scaleb(-2), 2)
    return f"{'-' if cents < 0 else ''}{SYMBOLS.get(currency, currency)}{NBSP}{amount}"


def percent(share: float, n: int | None = None) -> str:
    """Return a share of one as ``12,3 %``, followed by what it is a share of when known."""
    text = f"{number(share * 100, 1)}{NBSP}%"
    return text if n is None else f"{text} (n{NBSP}={NBSP}{number(n)})"


def bytes_(size: int) -> str:
    """Return a size such as ``1,5 MB``, in steps of 1 000."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if abs(value) < 1000:  # noqa: PLR2004 - the step between units
            return f"{number(value, 0 if unit == 'B' else 1)}{NBSP}{unit}"
        value /= 1000
    return f"{number(value, 1)}{NBSP}TB"


def duration(seconds: float) -> str:
    """Return a time span in its two largest units: ``350 ms``, ``4,2 s``, ``3 min 20 s``, ``2 d 5 h``."""
    if abs(seconds) < 1:
        return f"{number(seconds * 1000)}{NBSP}ms"
    if abs(seconds) < MINUTE:
        return f"{number(seconds, 0 if float(seconds).is_integer() else 1)}{NBSP}s"
    whole = round(abs(seconds))
    parts = [(whole // DAY, "d"), (whole % DAY // HOUR, "h"), (whole % HOUR // MINUTE, "min"), (whole % MINUTE, "s")]
    first = next(i for i, (amount, _) in enumerate(parts) if amount)
    shown = [f"{amount}{NBSP}{unit}" for amount, unit in parts[first : first + 2] if amount]
    return ("-" if seconds < 0 else "") + " ".join(shown)


def local(moment: datetime) -> datetime:
    """Return the moment on our wall clock; a naive one is UTC, as everything stored is.

    The last hours of the year 9999, a way of saying "never", have no place on our clock: they stay in UTC.
    """
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return aware.astimezone(ZONE)
    except OverflowError:
        return aware


def absolute(moment: datetime) -> str:
    """Return ``2026-03-05 14:07 SAST``."""
    return local(moment).strftime("%Y-%m-%d %H:%M %Z")


def day(value: date | None) -> str:
    """Return ``2026-03-05``."""
    return "" if value is None else value.isoformat()[:10]


def relative(moment: datetime, now: datetime) -> str:
    """Return how long ago or how soon, as in a list: ``3 h ago``, ``in 2 days``, ``5 Mar``, ``5 Mar 2025``."""
    seconds = (now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))).total_seconds()
    span = _span(abs(seconds))
    if span == "now":
        return "just now"
    if span:
        return f"{span} ago" if seconds > 0 else f"in {span}"
    here = local(moment)
    year = "" if here.year == local(now).year else f"{NBSP}{here.year}"
    return f"{here.day}{NBSP}{MONTHS[here.month - 1]}{year}"


def _span(seconds: float) -> str:
    """Return the largest unit of a span under a week; empty from a week on."""
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)}{NBSP}min"
    if seconds < DAY:
        return f"{int(seconds // HOUR)}{NBSP}h"
    days = int(seconds // DAY)
    return "" if timedelta(seconds=seconds) >= timedelta(days=7) else f"{days}{NBSP}day{'s' if days > 1 else ''}"


SPACES = re.compile(r"[ \u00a0\u2009\u202f]")
ACCEPTED = re.compile(r"^-?(\d+|\d{1,3}(?: \d{3})+)(?:([.,])(\d+))?$", re.ASCII)
AMBIGUOUS = re.compile(r"^-?[1-9]\d{0,2},\d{3}$", re.ASCII)


def parse_number(text: str) -> Decimal:
    """Return the number typed as ``1234.56`` or ``1 234,56``; ValueError says in a sentence what to type instead."""
    spaced = SPACES.sub(" ", text.strip()).replace(MINUS, "-")
    if AMBIGUOUS.match(spaced):
        whole = spaced.replace(",", "")
        decimal = spaced.replace(",", ".")
        raise ValueError(f"“{spaced}” can mean two numbers. Type {whole} or {decimal}.")
    if not ACCEPTED.match(spaced):
        raise ValueError(f"“{text.strip()}” is not a number. Type it like 1234.56 or 1 234,56.")
    return Decimal(spaced.replace(" ", "").replace(",", "."))


def parse_money(text: str) -> int:
    """Return the cents of an amount typed with or without its symbol; at most two decimals."""
    bare = SPACES.sub(" ", text.strip())
    negative = bare.startswith(("-", MINUS))
    bare = bare.lstrip("-" + MINUS).strip()
    for symbol in (*SYMBOLS.values(), *SYMBOLS):
        bare = bare.removeprefix(symbol).strip()
    amount = parse_number(f"-{bare}" if negative else bare)
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        raise ValueError(f"“{text.strip()}” has more than two decimals. Round it to cents.")
    return int(cents)
