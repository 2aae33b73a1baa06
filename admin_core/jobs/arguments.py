"""What a job may be given: keys, counts, switches and our own short words. Never anything about a person.

Arguments lie in the database for months and travel through Redis, where erasure and masking do not reach.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

Argument: TypeAlias = UUID | int | bool | str | date | datetime | Sequence["Argument"] | None

WORD = re.compile(r"[a-z][a-z0-9]*(?:[._:/-][a-z0-9]+)*")
LONGEST_WORD = 80
MOST_DIGITS = 6
"""A word with more digits may be a phone or identity number; years and sequence numbers have fewer."""
LARGEST_NUMBER = 10**10
"""From eleven digits on a number may be a phone or identity number. Larger keys are UUIDs."""


class ArgumentRefused(ValueError):
    """A job argument that is no key, count, switch, date or short word of ours."""


def stored_arguments(args: Mapping[str, Argument]) -> dict[str, object]:
    """Return the arguments as JSON values, or raise ArgumentRefused (which never quotes the value)."""
    return {name: stored(name, value) for name, value in args.items()}


def stored(name: str, value: Argument) -> object:
    """Return one argument as a JSON value."""
    match value:
        case None | bool():
            result: object = value
        case UUID() | date():  # a datetime is a date; both read back with fromisoformat
            result = str(value) if isinstance(value, UUID) else value.isoformat()
        case int():
            result = number(name, value)
        case str():
            result = word(name, value)
        case list() | tuple():
            result = [stored(name, item) for item in value]
        case _:
            raise ArgumentRefused(f"Argument {name} is a {type(value).__name__}. Pass the record's id instead.")
    return result


def number(name: str, value: int) -> int:
    """Return a number that is too small to be a phone or identity number."""
    if abs(value) >= LARGEST_NUMBER:
        raise ArgumentRefused(f"Argument {name} is a number of more than ten digits. Pass the record's id instead.")
    return value


def word(name: str, value: str) -> str:
    """Return a key, a date or a lower-case word of ours."""
    if is_key_or_date(value):
        return value
    digits = sum(character.isdigit() for character in value)
    if len(value) > LONGEST_WORD or digits > MOST_DIGITS or not WORD.fullmatch(value):
        raise ArgumentRefused(
            f"Argument {name} is text that may be about a person. Jobs take ids; read the record inside the job."
        )
    return value


def is_key_or_date(value: str) -> bool:
    """Return whether a text is exactly a UUID, a date or a moment."""
    for read in (UUID, datetime.fromisoformat):
        try:
            known = read(value)
        except ValueError:
            continue
        return str(known) == value or (isinstance(known, datetime) and not value.isdecimal())
    return False


def fingerprint(slug: str, args: Mapping[str, object]) -> str:
    """Return a short text that is the same for the same job with the same stored arguments."""
    canonical = json.dumps(args, sort_keys=True, separators=(",", ":"))
    return f"{slug}:{hashlib.sha256(canonical.encode()).hexdigest()[:24]}"
