"""Cursors: the sort values of one row as a text for a link. Encrypted, as they may be personal data.

A cursor belongs to its table and sort order: under another it is unreadable, not merely wrong.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import InvalidOperation
from typing import Any

from admin_core.ciphers import Cipher, Unreadable
from admin_core.generator.errors import BadRequest
from admin_core.generator.ids import as_text, parse
from admin_core.generator.keyset import SortKey
from admin_core.generator.reading import python_value
from admin_core.generator.spec import ColumnSpec, ModelSpec

LONGEST = 8_000
START_AGAIN = "Start again from the first page."


def seal_cursor(cipher: Cipher, spec: ModelSpec, keys: Sequence[SortKey], values: Sequence[Any]) -> str:
    """Return the text that leads back to behind this row."""
    texts = [None if value is None else text_of(value) for value in values]
    return cipher.seal(purpose(spec, keys), json.dumps(texts))


def open_cursor(cipher: Cipher, spec: ModelSpec, keys: Sequence[SortKey], text: str) -> list[Any]:
    """Return the sort values of a row; BadRequest when the cursor is not one of this list."""
    try:
        texts = json.loads(cipher.open(purpose(spec, keys), text[:LONGEST]))
        return [value_of(spec.columns[key.name], key, item) for key, item in zip(keys, texts, strict=True)]
    except (Unreadable, ValueError, InvalidOperation, OverflowError, StopIteration) as error:
        raise BadRequest("This link to a page of the list is no longer valid.", START_AGAIN) from error


def purpose(spec: ModelSpec, keys: Sequence[SortKey]) -> str:
    """Return what the cursor is bound to: the table, and how it is sorted."""
    order = ",".join(f"{'-' if key.desc else ''}{key.name}{'^' if key.first else ''}" for key in keys)
    return f"keyset:{spec.key}:{order}"


def text_of(value: Any) -> str:
    """Return a sort value as text that loses nothing."""
    if isinstance(value, timedelta):
        return str(value // timedelta(microseconds=1))
    return repr(value) if isinstance(value, float) else as_text(value)


def value_of(column: ColumnSpec, key: SortKey, text: str | None) -> Any:
    """Return the sort value a text stands for."""
    if text is None:
        return None
    if column.kind == "enum":
        return python_value(key.column.type, text)
    return timedelta(microseconds=int(text)) if column.kind == "interval" else parse(column, text)
