"""What was typed into a form, read field by field: every mistake is said at once, beside its field."""

from collections.abc import Callable, Mapping
from typing import Any


def read_fields(readers: Mapping[str, Callable[[], Any]]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values by field, and the sentence of each reader that raised ValueError."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, read in readers.items():
        try:
            values[name] = read()
        except ValueError as problem:
            errors[name] = str(problem)
    return values, errors
