"""Makes one of our values of one of theirs, or says in a sentence why there is none. Pure; no value is put right."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from admin_core.generator.spec import ColumnSpec
from admin_core.sources.mapping import Drawn

WORDS = {"true": True, "t": True, "yes": True, "y": True, "1": True, "on": True,
         "false": False, "f": False, "no": False, "n": False, "0": False, "off": False}  # fmt: skip
BIGGEST = 2**63
LONGEST_WORD = 60
TEXTS = frozenset({"text", "longtext"})


class Unfit(ValueError):
    """A value that can't become one of ours; the message says why."""


def value_of(column: ColumnSpec, drawn: Drawn, theirs: Any, zone: str) -> Any:
    """Return our value for theirs; Unfit when there is none. What refers to a row of ours comes in as its id."""
    value = translated(drawn, theirs) if drawn.values or drawn.otherwise is not None else theirs
    if isinstance(value, str) and column.kind not in TEXTS:
        value = value.strip()
    if value is None or (value == "" and (column.kind not in TEXTS or column.nullable)):
        if column.nullable or column.has_default:
            return None
        raise Unfit("is empty and needed")
    return READERS.get(column.kind, as_it_is)(column, value, zone)


def translated(drawn: Drawn, theirs: Any) -> Any:
    """Return our word for theirs."""
    word = "" if theirs is None else str(theirs)
    ours = drawn.ours_for(word)
    if ours is None and word:
        raise Unfit(f"has the word {word[:LONGEST_WORD]!r}, for which the mapping names none of ours")
    return ours


def as_it_is(_column: ColumnSpec, value: Any, _zone: str) -> Any:
    """Return a value of a kind that both sides write alike."""
    return value


def text(column: ColumnSpec, value: Any, _zone: str) -> str:
    """Return a text that is short enough."""
    found = value if isinstance(value, str) else written(value)
    if column.max_length is not None and len(found) > column.max_length:
        raise Unfit(f"has {len(found)} characters; {column.max_length} fit")
    return found


def written(value: Any) -> str:
    """Return a value as text; a number without an exponent."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def enum(column: ColumnSpec, value: Any, _zone: str) -> str:
    """Return one of the words that the column knows."""
    found = str(value)
    if found not in {word for word, _ in column.choices}:
        raise Unfit(f"has the word {found[:LONGEST_WORD]!r}, which is none of ours; list it under values")
    return found


def integer(_column: ColumnSpec, value: Any, _zone: str) -> int:
    """Return a whole number."""
    number = decimal(_column, value, _zone)
    if number != number.to_integral_value() or not -BIGGEST <= number < BIGGEST:
        raise Unfit("is no whole number that fits")
    return int(number)


def decimal(_column: ColumnSpec, value: Any, _zone: str) -> Decimal:
    """Return a number, exact."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise Unfit("is no number") from None
    if not number.is_finite():
        raise Unfit("is no number")
    return number


def boolean(_column: ColumnSpec, value: Any, _zone: str) -> bool:
    """Return yes or no."""
    found = value if isinstance(value, bool) else WORDS.get(str(value).casefold())
    if found is None:
        raise Unfit("is neither yes nor no")
    return found


def moment(_column: ColumnSpec, value: Any, zone: str) -> datetime:
    """Return an instant in UTC; one without a zone is in theirs."""
    try:
        at = value if isinstance(value, datetime) else midnight(value)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit("is no moment between the years 1 and 9999") from None


def midnight(value: Any) -> datetime:
    """Return the start of a date, or the moment that a text spells."""
    if isinstance(value, date):
        return datetime.combine(value, time())
    return datetime.fromisoformat(str(value))


def day(_column: ColumnSpec, value: Any, _zone: str) -> date:
    """Return a date."""
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise Unfit("is no date between the years 1 and 9999") from None


def identifier(_column: ColumnSpec, value: Any, _zone: str) -> uuid.UUID:
    """Return a UUID."""
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
    except ValueError:
        raise Unfit("is no UUID") from None


def structure(_column: ColumnSpec, value: Any, _zone: str) -> Any:
    """Return JSON, which arrives as text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise Unfit("is no JSON") from None


READERS: Mapping[str, Callable[[ColumnSpec, Any, str], Any]] = {
    "text": text,
    "longtext": text,
    "enum": enum,
    "integer": integer,
    "decimal": decimal,
    "float": decimal,
    "boolean": boolean,
    "moment": moment,
    "date": day,
    "uuid": identifier,
    "json": structure,
}
