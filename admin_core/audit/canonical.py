"""JSON with one spelling only (RFC 8785), so that the text that was hashed can be made again from its values.

Fractions are refused: their spelling is where implementations differ, and no entry needs one.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

LARGEST = 2**53 - 1
"""Beyond this, readers in other languages round."""


def canonical(value: Any) -> str:
    """Return the value's one spelling; ValueError or TypeError says what has none."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """Return the value with keys in order, refusing what has no canonical form."""
    if isinstance(value, str):
        value.encode("utf-8")  # lone surrogates have no spelling: UnicodeEncodeError is a ValueError
        return value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return whole(value)
    if isinstance(value, Mapping):
        return {key: plain(value[key]) for key in sorted(value, key=utf16)}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical JSON; give text, whole numbers, lists or mappings.")


def whole(value: int) -> int:
    """Return the number when every reader understands the same by it."""
    if abs(value) > LARGEST:
        raise ValueError(f"{value} is too large for JSON that everybody reads alike; give it as text.")
    return value


def utf16(key: object) -> bytes:
    """Return by what keys are ordered: their UTF-16 code units, as JavaScript does."""
    if not isinstance(key, str):
        raise TypeError(f"{key!r} is no text; keys of JSON are.")
    return key.encode("utf-16-be")
