"""Which editor a column gets: its words first, then what it refers to, then its kind."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql.ranges import AbstractMultiRange, AbstractRange

from admin_core.generator.forms import numbers, structures, texts, times
from admin_core.generator.forms.editor import Editor, Wrong, clean
from admin_core.generator.reading import python_value
from admin_core.generator.spec import ColumnSpec, ModelSpec

TEXT_WIDGETS: dict[str, tuple[Callable[[str], str], dict[str, str], str]] = {
    "email": (texts.read_email, {"type": "email", "autocomplete": "off"}, ""),
    "phone": (texts.read_phone, {"type": "tel", "autocomplete": "off"}, "Stored in the international form."),
    "url": (texts.read_url, {"type": "url"}, ""),
    "colour": (texts.read_colour, {"pattern": "#[0-9a-fA-F]{6}"}, "Like #1f6feb."),
}
"""Reader, attributes and hint of a text's widget."""
LONG_WIDGETS = {"textarea", "markdown", "code"}


def column_of(spec: ModelSpec, key: str) -> sa.Column[Any]:
    """Return the table's column behind a key."""
    column: sa.Column[Any] = sa.inspect(spec.model).column_attrs[key].columns[0]
    return column


def editor_of(column: ColumnSpec, type_: sa.types.TypeEngine[Any]) -> Editor | None:
    """Return how a column is edited; None for what no form can edit (bytes, unknown types, multiranges)."""
    if isinstance(type_, sa.types.TypeDecorator):
        type_ = type_.impl_instance
    if column.kind in {"text", "longtext"}:
        return text_editor(column)
    if column.kind == "integer" and column.widget == "money":
        return Editor(
            "text", numbers.money_reader(type_), numbers.show_money, {"inputmode": "decimal", "data-role": "money"}
        )
    make = EDITORS.get(column.kind)
    return make(column, type_) if make else None


def text_editor(column: ColumnSpec) -> Editor:
    """Return a text's editor: one line or several, with the reader its widget asks for."""
    read, attributes, hint = TEXT_WIDGETS.get(column.widget, (clean, {}, ""))
    if column.max_length is not None:
        attributes = {**attributes, "maxlength": str(column.max_length)}
    long = column.widget in LONG_WIDGETS or (column.kind == "longtext" and column.widget in {"", "json", "tags"})
    widget = column.widget if column.widget in {"markdown", "code"} else "textarea" if long else "text"
    return Editor(widget, texts.text_reader(column.max_length, read), str, attributes, hint=hint)


def integer_editor(_: ColumnSpec, type_: sa.types.TypeEngine[Any]) -> Editor:
    """Return a whole number's editor."""
    low, high = numbers.bounds(type_)
    limits = {"inputmode": "numeric", "min": str(low), "max": str(high)}
    return Editor("text", numbers.integer_reader(type_), str, limits)


def decimal_editor(column: ColumnSpec, _: sa.types.TypeEngine[Any]) -> Editor:
    """Return an exact number's editor."""
    read = numbers.decimal_reader(column.precision, column.scale)
    return Editor("text", read, numbers.show_decimal, {"inputmode": "decimal"})


def float_editor(_: ColumnSpec, type_: sa.types.TypeEngine[Any]) -> Editor:
    """Return a floating-point number's editor."""
    single = isinstance(type_, sa.REAL) or (isinstance(type_, sa.Float) and (type_.precision or 53) <= 24)  # noqa: PLR2004 - bits of float4
    return Editor("text", numbers.float_reader(single=single), repr, {"inputmode": "decimal"})


def boolean_editor(column: ColumnSpec, _: sa.types.TypeEngine[Any]) -> Editor:
    """Return a check box, or a choice of three where "not known" is an answer."""
    words = (("true", "Yes"), ("false", "No"))
    return Editor("select" if column.nullable else "checkbox", read_boolean, show_boolean, choices=words)


def read_boolean(text: str) -> bool:
    """Return the truth value a form sends."""
    known = {"true": True, "on": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.strip().lower() not in known:
        raise Wrong("Choose yes or no.")
    return known[text.strip().lower()]


def show_boolean(value: object) -> str:
    """Return the word a form sends."""
    return "true" if value else "false"


def enum_editor(column: ColumnSpec, type_: sa.types.TypeEngine[Any]) -> Editor:
    """Return a choice among the stored values."""
    known = {value for value, _ in column.choices}

    def read(text: str) -> Any:
        if text not in known:
            raise Wrong("Choose one of the values offered.")
        return python_value(type_, text)

    return Editor("select", read, stored_text, choices=column.choices)


def stored_text(value: Any) -> str:
    """Return an enum member as it is stored."""
    return str(getattr(value, "value", value))


def moment_editor(_: ColumnSpec, __: sa.types.TypeEngine[Any]) -> Editor:
    """Return an instant's editor on our wall clock."""
    attributes = {"type": "datetime-local", "step": "any", "max": "9999-12-31T23:59"}
    return Editor("text", times.read_moment, times.show_moment, attributes, hint="Johannesburg time.")


def local_editor(_: ColumnSpec, __: sa.types.TypeEngine[Any]) -> Editor:
    """Return the editor of a moment that knows no time zone."""
    attributes = {"type": "datetime-local", "step": "any", "max": "9999-12-31T23:59"}
    return Editor("text", times.read_local, times.show_local, attributes)


def date_editor(_: ColumnSpec, __: sa.types.TypeEngine[Any]) -> Editor:
    """Return a day's editor."""
    return Editor("text", times.read_date, lambda day: day.isoformat(), {"type": "date", "max": "9999-12-31"})


def time_editor(_: ColumnSpec, __: sa.types.TypeEngine[Any]) -> Editor:
    """Return a time of day's editor."""
    return Editor("text", times.read_time, times.show_time, {"type": "time", "step": "any"})


def interval_editor(_: ColumnSpec, __: sa.types.TypeEngine[Any]) -> Editor:
    """Return a span's editor."""
    return Editor("text", times.read_interval, times.show_interval, hint="Like 2 days 04:05 or 1h 30min.")


def json_editor(_: ColumnSpec, type_: sa.types.TypeEngine[Any]) -> Editor:
    """Return the editor of JSON; an hstore takes texts only."""
    read = structures.read_texts_by_key if isinstance(type_, pg.HSTORE) else structures.read_json
    return Editor("json", read, structures.show_json, {"spellcheck": "false"})


def array_editor(column: ColumnSpec, type_: sa.types.TypeEngine[Any]) -> Editor | None:
    """Return the editor of a list whose elements have one."""
    item = editor_of(column.item, type_.item_type) if column.item and isinstance(type_, sa.ARRAY) else None
    if item is None:
        return None
    show = structures.array_shower(item, nullable=column.nullable)
    hint = "One per line; for anything else a JSON list." + (" [] is an empty list." if column.nullable else "")
    return Editor("lines", structures.array_reader(item), show, {"spellcheck": "false"}, hint=hint, empty=[])


def uuid_editor(_: ColumnSpec, type_: sa.types.TypeEngine[Any]) -> Editor:
    """Return an id's editor."""
    as_uuid = getattr(type_, "as_uuid", True)
    read = texts.read_uuid if as_uuid else lambda text: str(texts.read_uuid(text))
    return Editor("text", read, str, {"spellcheck": "false", "maxlength": "36"})


def inet_editor(_: ColumnSpec, type_: sa.types.TypeEngine[Any]) -> Editor:
    """Return a network address's editor."""
    read = (
        texts.read_mac
        if isinstance(type_, pg.MACADDR)
        else texts.read_network
        if isinstance(type_, pg.CIDR)
        else texts.read_address
    )
    return Editor("text", read, str, {"spellcheck": "false"})


RANGES: dict[type[Any], tuple[str, type[Any]]] = {
    pg.INT4RANGE: ("integer", sa.Integer),
    pg.INT8RANGE: ("integer", sa.BigInteger),
    pg.NUMRANGE: ("decimal", sa.Numeric),
    pg.DATERANGE: ("date", sa.Date),
    pg.TSRANGE: ("local_moment", sa.DateTime),
    pg.TSTZRANGE: ("moment", sa.DateTime),
}


def range_editor(column: ColumnSpec, type_: sa.types.TypeEngine[Any]) -> Editor | None:
    """Return a range's editor, built on that of its bounds."""
    if isinstance(type_, AbstractMultiRange) or not isinstance(type_, AbstractRange):
        return None
    found = next((words for base, words in RANGES.items() if isinstance(type_, base)), None)
    element = EDITORS[found[0]](column, found[1]()) if found else None
    if element is None:
        return None
    hint = "Like [1,5): a square bracket includes its end, a round one does not."
    return Editor("text", structures.range_reader(element), structures.range_shower(element), hint=hint)


EDITORS: dict[str, Callable[[ColumnSpec, sa.types.TypeEngine[Any]], Editor | None]] = {
    "integer": integer_editor,
    "decimal": decimal_editor,
    "float": float_editor,
    "boolean": boolean_editor,
    "enum": enum_editor,
    "date": date_editor,
    "moment": moment_editor,
    "local_moment": local_editor,
    "time": time_editor,
    "interval": interval_editor,
    "json": json_editor,
    "array": array_editor,
    "uuid": uuid_editor,
    "inet": inet_editor,
    "range": range_editor,
}
