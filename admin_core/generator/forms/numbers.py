"""Numbers: integers of a known width, exact decimals, floats, money. Pure; how they are typed: see ``formats``."""

import math
import re
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

import sqlalchemy as sa

from admin_core.generator.forms.editor import Wrong
from admin_core.theme.formats import parse_money, parse_number

LONGEST = 400
"""Characters of a typed number: PostgreSQL holds more, no person types them, and parsing time grows with them."""
FLOAT = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,4})?\Z", re.ASCII)
WIDE = Context(prec=2 * LONGEST)
REAL_MAX = 3.4028235e38


def bounds(type_: sa.types.TypeEngine[Any]) -> tuple[int, int]:
    """Return the smallest and the largest value of an integer type."""
    bits = 15 if isinstance(type_, sa.SmallInteger) else 63 if isinstance(type_, sa.BigInteger) else 31
    return -(2**bits), 2**bits - 1


def integer_reader(type_: sa.types.TypeEngine[Any]) -> Callable[[str], int]:
    """Return a reader of whole numbers that fit the type."""
    low, high = bounds(type_)

    def read(text: str) -> int:
        number = typed_number(text)
        if number != (whole := int(number)):
            raise Wrong("Type a whole number.")
        return within(whole, low, high)

    return read


def money_reader(type_: sa.types.TypeEngine[Any]) -> Callable[[str], int]:
    """Return a reader of amounts that gives cents."""
    low, high = bounds(type_)

    def read(text: str) -> int:
        return within(sentence_of(parse_money, text), low, high)

    return read


def show_money(cents: int) -> str:
    """Return cents as ``1234.56``, which is read back the same."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def decimal_reader(precision: int | None, scale: int | None) -> Callable[[str], Decimal]:
    """Return a reader of exact numbers: what PostgreSQL would round is refused."""

    def read(text: str) -> Decimal:
        number = typed_number(text)
        if precision is None:
            return number
        places = scale or 0
        kept = number.quantize(Decimal(1).scaleb(-places), context=WIDE)
        if number != kept:
            raise Wrong(f"It has more than {places} decimals." if places else "Type a number without decimals.")
        if abs(number) >= Decimal(10) ** (precision - places):
            raise Wrong(f"It has more than {precision - places} digits before the decimal point.")
        return kept  # as it is stored: 1.5 comes back as 1.50

    return read


def show_decimal(number: Decimal) -> str:
    """Return all digits, never an exponent."""
    return format(number, "f")


def float_reader(*, single: bool) -> Callable[[str], float]:
    """Return a reader of floating-point numbers; ``1.5e-7`` is taken, infinity is not."""

    def read(text: str) -> float:
        typed = text.strip().replace("\u2212", "-")
        number = float(typed.replace(",", ".")) if scientific(typed) else float(typed_number(text))
        if math.isinf(number) or (single and abs(number) > REAL_MAX):
            raise Wrong("That number is too large for this column.")
        return number

    return read


def scientific(typed: str) -> bool:
    """Return whether a text is a number with an exponent."""
    return "e" in typed.lower() and len(typed) <= LONGEST and bool(FLOAT.match(typed))


def typed_number(text: str) -> Decimal:
    """Return the number as people here type it."""
    number: Decimal = sentence_of(parse_number, text)
    return number


def sentence_of(parse: Callable[[str], Any], text: str) -> Any:
    """Return what a parser makes of a text; its complaint becomes ours."""
    typed = text.strip().removeprefix("+")
    if len(typed) > LONGEST:
        raise Wrong("That is too long for a number.")
    try:
        return parse(typed)
    except ValueError as error:
        raise Wrong(str(error)) from None


def within(number: int, low: int, high: int) -> int:
    """Return the number when the column can hold it."""
    if not low <= number <= high:
        raise Wrong(f"It must be between {low} and {high}.")
    return number
