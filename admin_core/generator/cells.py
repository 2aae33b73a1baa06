"""Values as markup. A column's renderer is chosen once, then called for every row: no decision per cell."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from admin_core.generator.context import Context
from admin_core.generator.ids import as_text
from admin_core.generator.labels import short_id
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import may_reveal, sees
from admin_core.theme import cells as look
from admin_core.theme import formats
from admin_core.theme.markdown import marked

Renderer = Callable[[Any], Markup]
MONEY_DIGITS = 2
IN_LIST = 80
IN_FULL = 100_000


def cell(
    ctx: Context, spec: ModelSpec, column: ColumnSpec, record: Any, *, full: bool = False, revealed: bool = False
) -> Markup:
    """Return one value of a loaded record; ``full`` as a detail page shows it, uncut; ``revealed`` though masked."""
    value = getattr(record, column.key)
    if value is None:
        return look.DASH
    if sees(ctx.person, column) != "clear" and not (revealed and may_reveal(ctx.person, column)):
        return look.masked_cell()
    unit = currency_column(spec, column)
    if unit:
        return money(value, getattr(record, unit), cents=column.kind == "integer")
    return renderer(column, ctx.now, full=full)(value)


def renderer(column: ColumnSpec, now: datetime, *, full: bool = False) -> Renderer:
    """Return the function that shows this column's values, none of which is None."""
    if column.badge or column.choices:
        return badges(column)
    if column.widget == "money":
        return lambda value: money(value, fixed_currency(column), cents=column.kind == "integer")
    if column.kind == "moment":
        return or_text(exact if full else lambda value: moment(value, now))
    if column.kind in {"integer", "decimal", "float"}:
        return number(column)
    return plain(column, full=full)


def plain(column: ColumnSpec, *, full: bool) -> Renderer:
    """Return the renderer of a kind that needs nothing but the value."""
    if full and column.kind in {"text", "longtext"} and column.widget in WIDGETS:
        return WIDGETS[column.widget]
    known = (FULL if full else LISTED).get(column.kind)
    limit = IN_FULL if full else IN_LIST
    return known or (lambda value: look.text_cell(str(value), limit))


def currency_column(spec: ModelSpec, column: ColumnSpec) -> str:
    """Return the key of the column that holds the currency of a money column, empty when none does."""
    prefix, _, name = column.unit.partition(":")
    return name if column.widget == "money" and prefix == "currency" and name in spec.columns else ""


def fixed_currency(column: ColumnSpec) -> str:
    """Return the currency a money column names itself, else rand."""
    return column.unit if len(column.unit) == len("ZAR") else "ZAR"


def money(value: Any, currency: str | None, *, cents: bool) -> Markup:
    """Return an amount; measured costs keep the decimals they have, from two up."""
    if cents:
        return look.money_cell(int(value), currency or "ZAR")
    exact_value = Decimal(value).normalize()
    exponent = exact_value.as_tuple().exponent
    places = max(MONEY_DIGITS, -exponent) if isinstance(exponent, int) else MONEY_DIGITS
    symbol = formats.SYMBOLS.get(currency or "ZAR", currency or "")
    sign = "-" if exact_value < 0 else ""
    text = f"{sign}{symbol}{formats.NBSP}{formats.number(abs(exact_value), places)}"
    return Markup('<span class="num">{}</span>').format(text)


def badges(column: ColumnSpec) -> Renderer:
    """Return badges made once per stored value."""
    made: dict[str, Markup] = {}
    labels = dict(column.choices)

    def show(value: Any) -> Markup:
        stored = as_text(value)
        if stored not in made:
            words = labels.get(stored, stored)
            made[stored] = look.badge(words, column.badge[stored]) if stored in column.badge else escape(words)
        return made[stored]

    return show


def number(column: ColumnSpec) -> Renderer:
    """Return numbers with the decimals they have; keys and references are not grouped, to be copied as they are."""
    if column.is_key or column.reference:
        return lambda value: Markup('<span class="num">{}</span>').format(value)
    if column.widget == "percent":
        return lambda value: look.percent_cell(float(value))
    unit = "" if ":" in column.unit else column.unit
    return lambda value: finite_number(value, unit)


def finite_number(value: Any, unit: str) -> Markup:
    """Return a number; what is none (infinity, not a number) as its word."""
    if not isinstance(value, int) and not Decimal(value).is_finite():
        return escape(str(value))
    return look.number_cell(value, unit)


def or_text(show: Renderer) -> Renderer:
    """Return a renderer that also takes what only PostgreSQL can hold: ``infinity``, years before 1."""
    return lambda value: escape(value) if isinstance(value, str) else show(value)


def wall_clock(value: Any) -> Markup:
    """Return a moment without a zone as it stands: nobody knows where that clock hangs."""
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), value.isoformat(" "))


def moment(value: Any, now: datetime) -> Markup:
    """Return when it was, seen from now."""
    return look.moment_cell(aware(value), now)


def exact(value: Any) -> Markup:
    """Return a moment in full."""
    return look.exact_moment_cell(aware(value))


def aware(value: datetime) -> datetime:
    """Return a moment with its zone: one stored without is UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def identifier(value: Any) -> Markup:
    """Return the end of a long id, all of it in the title."""
    text = str(value)
    return Markup('<code title="{}">{}</code>').format(text, short_id(text))


def data(value: Any) -> Markup:
    """Return structured data on one line, cut."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return look.text_cell(text, IN_LIST)


def size(value: Any) -> Markup:
    """Return how large binary data is: what it holds is not shown."""
    length = value if isinstance(value, int) else len(value)
    return escape(formats.bytes_(length))


def tags(value: Any) -> Markup:
    """Return the elements of an array."""
    return look.tags_cell([element(item) for item in value])


def element(item: Any) -> str:
    """Return one element of an array; nothing has a word of its own."""
    return "nothing" if item is None else as_text(item)


def span(value: timedelta) -> Markup:
    """Return how long something takes."""
    return Markup('<span class="num">{}</span>').format(formats.duration(value.total_seconds()))


def link(value: str) -> Markup:
    """Return a web address as a link, when it is one."""
    if not value.startswith(("https://", "http://")):
        return escape(value)
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(value, value)


def mail(value: str) -> Markup:
    """Return an e-mail address as a link."""
    return Markup('<a href="mailto:{}">{}</a>').format(value, value)


def colour(value: str) -> Markup:
    """Return a colour by name: a swatch would need an inline style."""
    return Markup("<code>{}</code>").format(value)


SHARED: Mapping[str, Renderer] = {
    "boolean": look.boolean_cell,
    "date": or_text(look.date_cell),
    "local_moment": or_text(wall_clock),
    "time": or_text(lambda value: escape(value.isoformat())),
    "interval": span,
    "bytes": size,
}
LISTED: Mapping[str, Renderer] = {**SHARED, "uuid": identifier, "json": data, "array": tags}
FULL: Mapping[str, Renderer] = {
    **SHARED,
    "uuid": lambda value: Markup("<code>{}</code>").format(value),
    "json": look.code_block,
    "array": lambda value: look.tags_cell([element(item) for item in value], len(value)),
}
WIDGETS: Mapping[str, Renderer] = {
    "url": link,
    "email": mail,
    "colour": colour,
    "code": look.code_block,
    "textarea": lambda value: Markup('<div class="prose">{}</div>').format(value),
    "markdown": marked,
}
