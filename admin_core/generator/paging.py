"""Which page of a list: behind a cursor, before one, the last, or from a day, an id or a value on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from admin_core.generator.context import Context
from admin_core.generator.criteria import Criterion
from admin_core.generator.cursors import open_cursor, seal_cursor
from admin_core.generator.errors import BadRequest
from admin_core.generator.ids import decode_key
from admin_core.generator.keyset import Page, behind, from_value, read_page
from admin_core.generator.labels import has_key
from admin_core.generator.list_columns import ListQuery
from admin_core.generator.list_model import Jump, Pager
from admin_core.generator.list_order import Order
from admin_core.generator.list_state import ListState, public_pairs, url_of
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import list_url
from admin_core.generator.values import canonical, parsed, shortened, stored
from admin_core.periods import start_of
from admin_core.policy import limit

MOMENTS = {"moment", "local_moment"}
STEP = timedelta(microseconds=1)


@dataclass(frozen=True)
class Place:
    """Where in the list a page lies."""

    after: str = ""
    before: str = ""
    at: str = ""
    last: bool = False

    @property
    def backwards(self) -> bool:
        """Whether the page is read from its end."""
        return not self.after and bool(self.before or self.last)

    @property
    def is_first(self) -> bool:
        """Whether nothing can stand before the page."""
        return not (self.after or self.before or self.at or self.last)


@dataclass(frozen=True)
class Walk:
    """A query, its order, and the place in it that is asked for."""

    query: ListQuery
    order: Order
    state: ListState
    place: Place

    @property
    def spec(self) -> ModelSpec:
        """The model that is listed."""
        return self.query.spec


def read_place(args: MultiDict[str, str]) -> Place:
    """Return the place an address names; a contradiction is settled in favour of going forwards."""
    return Place(args.get("after", ""), args.get("before", ""), args.get("at", "").strip(), bool(args.get("last")))


def read_rows(ctx: Context, walk: Walk, where: Sequence[Criterion]) -> Page:
    """Return the page an address asks for."""
    statement = limit(walk.query.statement().where(*where), ctx.person, walk.spec)
    ranges = ranges_of(ctx, walk.spec, walk.order, walk.place)
    keys, size = walk.order.keys, walk.state.size
    return read_page(ctx.session, statement, keys, size, ranges=ranges, backwards=walk.place.backwards)


def ranges_of(ctx: Context, spec: ModelSpec, order: Order, place: Place) -> list[Criterion] | None:
    """Return the index ranges of the page; None: from the beginning, or backwards from the end."""
    sealed = place.after or place.before
    if sealed:
        values = open_cursor(ctx.cipher, spec, order.keys, sealed)
        return behind(order.keys, values, backwards=place.backwards)
    if not place.at or place.last:
        return None
    return at_record(ctx, spec, order, place.at) or at_value(spec, order, place.at)


def at_record(ctx: Context, spec: ModelSpec, order: Order, text: str) -> list[Criterion] | None:
    """Return the ranges from the record with this id on, itself included; None when the text is no record's id."""
    key = decode_key(spec, text)
    kinds = {spec.columns[name].kind for name in spec.primary_key}
    if key is None or (kinds & {"text", "longtext"} and order.column not in spec.primary_key):
        return None
    columns = [key.column for key in order.keys]
    row = ctx.session.execute(limit(sa.select(*columns).where(has_key(spec, [key])), ctx.person, spec)).first()
    if row is None:
        return None
    itself = sa.and_(*(k.same(value) for k, value in zip(order.keys, row, strict=True)))
    return [itself, *behind(order.keys, list(row))]


def at_value(spec: ModelSpec, order: Order, text: str) -> list[Criterion]:
    """Return the ranges from a value of the sort column on; a day is entered at its near end."""
    first, column = order.keys[0], spec.columns[order.keys[0].name]
    try:
        value = parsed(column, canonical(column, text))
    except ValueError as error:
        hint = f"The list is sorted by {column.label}: give a value of it, or an id."
        raise BadRequest(f"There is nothing to jump to at “{shortened(text)}”.", hint) from error
    if column.kind in MOMENTS:
        value = near_end(value, desc=first.desc)
    if column.kind == "local_moment":
        value = value.replace(tzinfo=None)
    return from_value(first, stored(column, first.column, value))


def near_end(value: date | datetime, *, desc: bool) -> datetime:
    """Return the moment from which a day is read: its last when newest comes first, else its first."""
    if isinstance(value, datetime):
        return value
    return start_of(value + timedelta(days=1)) - STEP if desc else start_of(value)


def pager(ctx: Context, walk: Walk, page: Page) -> Pager:
    """Return the addresses around this page."""
    spec, state, place = walk.spec, walk.state, walk.place
    has_next = bool(place.before) if place.backwards else page.more
    has_previous = page.more if place.backwards else not place.is_first
    first = url_of(spec, state) if has_previous else ""
    last = url_of(spec, state, [("last", "1")]) if has_next else ""
    if not page.rows:
        return Pager(first=first)
    return Pager(
        first=first,
        previous=url_of(spec, state, [("before", cursor(ctx, walk, page.rows[0]))]) if has_previous else "",
        next=url_of(spec, state, [("after", cursor(ctx, walk, page.rows[-1]))]) if has_next else "",
        last=last,
    )


def cursor(ctx: Context, walk: Walk, row: Any) -> str:
    """Return the cursor of a row."""
    values = [row[walk.query.places[key.name]] for key in walk.order.keys]
    return seal_cursor(ctx.cipher, walk.spec, walk.order.keys, values)


def jump_form(spec: ModelSpec, order: Order, state: ListState) -> Jump | None:
    """Return the form that jumps; none where the sort values are personal, as they would stand in the address."""
    column = spec.columns[order.column]
    if column.is_personal:
        return None
    fields = [("view", state.view)] if state.view else public_pairs(spec, state)
    kind = "date" if column.kind in {*MOMENTS, "date"} else "text"
    return Jump(f"Jump to {column.label.lower()}", list_url(spec.key), kind, tuple(fields))
