"""Values with parts: JSON, arrays, ranges. Pure."""

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from admin_core.generator.forms.editor import Editor, Wrong, clean

RANGE = re.compile(r"([\[(])\s*([^,]*?)\s*,\s*([^,]*?)\s*([\])])\Z", re.DOTALL)
DEEPEST = 100


def read_json(text: str) -> Any:
    """Return parsed JSON that PostgreSQL keeps without loss."""
    try:
        value = json.loads(clean(text), parse_constant=no_constant, parse_float=exact_float)
    except RecursionError:
        raise Wrong("This JSON is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise Wrong(f"This is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from None
    except Wrong:
        raise
    except ValueError:
        raise Wrong("A number in this JSON has too many digits.") from None
    check_json(value)
    return value


def no_constant(name: str) -> float:
    """Refuse the words that JSON does not know but Python reads."""
    raise Wrong(f"{name} is no JSON value.")


def exact_float(text: str) -> float:
    """Return a number of a JSON text, or refuse one whose digits would be lost."""
    number = float(text)
    if math.isinf(number) or Decimal(repr(number)) != Decimal(text):
        raise Wrong(f"The number {text[:40]} has more digits than can be kept. Put it in quotes.")
    return number


def check_json(value: Any, depth: int = 0) -> None:
    """Refuse what a jsonb column refuses inside strings, and nesting that no reader survives."""
    if depth > DEEPEST:
        raise Wrong("This JSON is nested too deeply.")
    if isinstance(value, str):
        clean(value)
    elif isinstance(value, list):
        for item in value:
            check_json(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            clean(key)
            check_json(item, depth + 1)


def show_json(value: Any) -> str:
    """Return indented JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def read_texts_by_key(text: str) -> dict[str, str | None]:
    """Return an object of texts, as hstore holds it."""
    value = read_json(text)
    if not isinstance(value, dict) or any(not isinstance(item, str | None) for item in value.values()):
        raise Wrong('Type an object of texts, like {"colour": "red"}.')
    return value


def array_reader(item: Editor) -> Callable[[str], list[Any]]:
    """Return a reader of one element per line, or of a JSON list for elements that don't fit on a line."""

    def read(text: str) -> list[Any]:
        typed = clean(text)
        if typed.lstrip().startswith("["):
            return from_json(read_json(typed), item)
        lines = [line.strip() for line in typed.split("\n")]
        return [read_item(item, line) for line in lines if line]

    return read


def from_json(value: Any, item: Editor) -> list[Any]:
    """Return the elements of a JSON list; nested lists are further dimensions."""
    if not isinstance(value, list):
        raise Wrong("Type a list.")
    return [
        from_json(part, item) if isinstance(part, list) else None if part is None else read_item(item, as_typed(part))
        for part in value
    ]


def as_typed(part: Any) -> str:
    """Return an element of a JSON list as somebody would type it alone."""
    return part if isinstance(part, str) else json.dumps(part)


def read_item(item: Editor, text: str) -> Any:
    """Return one element; the complaint names it."""
    try:
        return item.read(text)
    except Wrong as wrong:
        raise Wrong(f"“{text[:40]}”: {wrong.sentence}") from None


def array_shower(item: Editor, *, nullable: bool) -> Callable[[list[Any]], str]:
    """Return what shows an array so that it is read back the same: lines, or JSON where lines would not do."""

    def show(values: list[Any]) -> str:
        if not values:
            return "[]" if nullable else ""
        if any(value is None or isinstance(value, list) for value in values):
            return show_json(shown(values, item))
        lines = [item.show(value) for value in values]
        awkward = lines[0].startswith("[") or any(not line or line != line.strip() or "\n" in line for line in lines)
        return show_json(lines) if awkward or any("\r" in line for line in lines) else "\n".join(lines)

    return show


def shown(values: list[Any], item: Editor) -> list[Any]:
    """Return the elements as texts, NULLs and dimensions kept."""
    return [None if v is None else shown(v, item) if isinstance(v, list) else item.show(v) for v in values]


def range_reader(element: Editor) -> Callable[[str], Range[Any]]:
    """Return a reader of ``[1,5)``; a bound left out is open."""

    def read(text: str) -> Range[Any]:
        typed = clean(text).strip()
        if typed == "empty":
            return Range(empty=True)
        if not (found := RANGE.match(typed)):
            raise Wrong("Type a range like [1,5): a square bracket includes its end, a round one does not.")
        left, low, high, right = found.groups()
        lower = element.read(low) if low else None
        upper = element.read(high) if high else None
        if lower is not None and upper is not None and lower > upper:
            raise Wrong("The range must start before it ends.")
        return Range(lower, upper, bounds=left + right)  # type: ignore[arg-type]  # the pattern allows no others

    return read


def range_shower(element: Editor) -> Callable[[Range[Any]], str]:
    """Return what shows a range."""

    def show(value: Range[Any]) -> str:
        if value.empty:
            return "empty"
        ends = ["" if end is None else element.show(end) for end in (value.lower, value.upper)]
        return f"{value.bounds[0]}{ends[0]},{ends[1]}{value.bounds[1]}"

    return show
