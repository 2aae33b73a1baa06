"""The list of one model: from an address to a page of rows. The template shows what is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict

from admin_core.database import LIST_TIMEOUT_MS, limit_statements
from admin_core.generator import urls
from admin_core.generator.bulk_choices import bulk_choices
from admin_core.generator.capabilities import Capabilities, capabilities_of
from admin_core.generator.chips import chips, filter_form, filterable
from admin_core.generator.context import Context
from admin_core.generator.counting import Count
from admin_core.generator.errors import BadRequest, TooSlow
from admin_core.generator.filters import check_served
from admin_core.generator.finding import Found, count, find
from admin_core.generator.forms.building import may_import
from admin_core.generator.keyset import Page
from admin_core.generator.list_columns import list_query, shown_columns
from admin_core.generator.list_model import Choice, Header, ListPage, Problem
from admin_core.generator.list_order import Order, Sorting, fixed_by, order_of
from admin_core.generator.list_reads import note_list
from admin_core.generator.list_rows import list_rows
from admin_core.generator.list_state import (
    DEFAULT_SIZE,
    SIZES,
    ListState,
    Remembered,
    changed,
    public_pairs,
    read_state,
    remembered,
    url_of,
)
from admin_core.generator.list_tabs import tabs
from admin_core.generator.paging import Place, Walk, jump_form, pager, read_place, read_rows
from admin_core.generator.search import described, targets
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import may, readable_columns, require, why_not
from admin_core.theme.formats import in_sentence

NUMERIC = {"integer", "decimal", "float", "interval"}


@dataclass(frozen=True)
class Asked:
    """What is asked of a list, once it is understood."""

    state: ListState
    able: Capabilities
    sorting: Sorting
    order: Order
    columns: tuple[ColumnSpec, ...]


def list_page(ctx: Context, spec: ModelSpec, args: MultiDict[str, str]) -> ListPage:
    """Return the page an address asks for; with a problem instead of rows when the address can't be understood."""
    require(ctx.person, "read", spec)
    limit_statements(ctx.session, table=spec.table)
    kept = remembered(ctx, spec, args.get("v", ""))
    able = capabilities_of(ctx.session, spec)
    try:
        asked = understood(ctx, spec, able, read_state(ctx, spec, args, kept))
        pieces = shown(ctx, spec, asked, read_place(args))
    except BadRequest as error:
        return refused(ctx, spec, kept, error)
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        sentence = f"The list of {in_sentence(spec.plural)} took longer than {LIST_TIMEOUT_MS // 1000} seconds."
        raise TooSlow(sentence, "Narrow the filter, or search for something rarer.") from error
    return replace(framed(ctx, spec, asked, kept, adding=args.get("add", "")), **pieces)


def understood(ctx: Context, spec: ModelSpec, able: Capabilities, state: ListState) -> Asked:
    """Return what is asked, every part of it served; BadRequest otherwise."""
    check_served(spec, able, state.conditions)
    sorting = Sorting(spec, able, ctx.person, fixed_by(state.conditions))
    order = order_of(sorting, state.sort)
    return Asked(state, able, sorting, order, shown_columns(ctx, spec, state))


def shown(ctx: Context, spec: ModelSpec, asked: Asked, place: Place) -> dict[str, Any]:
    """Return the rows, and what is said about them."""
    state = asked.state
    found = find(ctx, spec, asked.able, state)
    query = list_query(ctx, spec, asked.columns, asked.order.keys)
    walk = Walk(query, asked.order, state, place)
    page = read_rows(ctx, walk, found.where)
    note_list(ctx, query, state, page.rows)
    similar = found.similar and page.rows
    whole = page if place.is_first else None
    known = total(ctx, spec, asked.able, found, whole=whole)
    return {
        "rows": list_rows(ctx, spec, asked.columns, query, page.rows),
        "count": in_words(spec, known),
        "matching": "" if whole is not None and not whole.more else known.text,
        "pager": pager(ctx, walk, page),
        "empty": "" if page.rows else emptiness(state, place),
        "notice": f"Nothing matches “{state.words}”. These are similar." if similar else "",
    }


def total(ctx: Context, spec: ModelSpec, able: Capabilities, found: Found, *, whole: Page | None) -> Count:
    """Return how many there are; a first page that holds all of them needs no counting."""
    if whole is not None and not whole.more:
        return Count(len(whole.rows), "exact")
    return count(ctx, spec, able, found)


def in_words(spec: ModelSpec, known: Count) -> str:
    """Return a count with the name of what is counted."""
    one = known.kind == "exact" and known.number == 1
    return f"{known.text} {in_sentence(spec.label if one else spec.plural)}"


def emptiness(state: ListState, place: Place) -> str:
    """Return why there are no rows."""
    if not place.is_first:
        return "end"
    return "match" if state.conditions or state.words else "nothing"


def framed(ctx: Context, spec: ModelSpec, asked: Asked, kept: Remembered, *, adding: str) -> ListPage:
    """Return the page around the rows."""
    state = asked.state
    page = bare(ctx, spec)
    return replace(
        page,
        headers=headers(spec, asked),
        words=state.words,
        fields=tuple(fields(spec, state)),
        chips=chips(spec, state),
        clear_url=url_of(spec, changed(state, conditions=(), words="", token="")),
        search_hint=described(targets(spec, asked.able, ctx.person)),
        filterable=filterable(ctx, spec, asked.able, state),
        adding=filter_form(ctx, spec, asked.able, state, adding),
        tabs=tabs(ctx, spec, state, kept),
        chooser=chooser(ctx, spec, asked.columns),
        sizes=sizes(spec, state),
        jump=jump_form(spec, asked.order, state),
    )


def bare(ctx: Context, spec: ModelSpec) -> ListPage:
    """Return what a list page has whatever is asked of it."""
    forms = spec.has_form
    return ListPage(
        spec,
        title=spec.plural,
        description=spec.description,
        search_url=urls.search_url(spec.key),
        views_url=urls.views_url(spec.key),
        columns_url=urls.columns_url(spec.key),
        new_url=urls.new_url(spec.key) if forms and may(ctx.person, "create", spec) else "",
        import_url=urls.import_url(spec.key) if may_import(ctx.person, spec) else "",
        export_url=urls.export_url(spec.key) if may(ctx.person, "export", spec) else "",
        bulk=bulk_choices(ctx, spec),
        select_url=urls.select_url(spec.key),
        can_edit=forms and may(ctx.person, "edit", spec),
        written_by=why_not(ctx.person, "create", spec) if forms else spec.options.written_by,
    )


def refused(ctx: Context, spec: ModelSpec, kept: Remembered, error: BadRequest) -> ListPage:
    """Return the page that says what can't be used. It shows no rows: others than asked for would mislead."""
    clear = url_of(spec, ListState(has_default=any(view.is_default for view in kept.views)))
    problem = Problem(error.sentence, error.hint, clear)
    return replace(bare(ctx, spec), problem=problem, status=400, tabs=tabs(ctx, spec, ListState(), kept))


def fields(spec: ModelSpec, state: ListState) -> list[tuple[str, str]]:
    """Return the state as hidden fields of a posted form."""
    pairs = public_pairs(spec, state)
    return pairs if state.size == DEFAULT_SIZE else [*pairs, ("size", str(state.size))]


def headers(spec: ModelSpec, asked: Asked) -> tuple[Header, ...]:
    """Return the headings, with the address that sorts by each."""
    return tuple(header(spec, asked, column) for column in asked.columns)


def header(spec: ModelSpec, asked: Asked, column: ColumnSpec) -> Header:
    """Return one heading."""
    numeric = column.kind in NUMERIC and not column.reference
    if not asked.sorting.terms(column):
        return Header(column.key, column.label, why_not=asked.sorting.why_not(column), numeric=numeric)
    order, sorted_by = asked.order, asked.order.column == column.key
    newest_first = column.kind in {"moment", "local_moment", "date"}
    desc = not order.desc if sorted_by else newest_first
    url = url_of(spec, changed(asked.state, sort=f"-{column.key}" if desc else column.key))
    direction = ("descending" if order.desc else "ascending") if sorted_by else ""
    return Header(column.key, column.label, url, direction, numeric=numeric, help=column.help)


def chooser(ctx: Context, spec: ModelSpec, columns: Sequence[ColumnSpec]) -> tuple[Choice, ...]:
    """Return the columns to choose from: those shown first, in their order."""
    shown_keys = [column.key for column in columns]
    rest = [column for column in readable_columns(ctx.person, spec) if column.key not in shown_keys]
    return tuple(Choice(c.key, c.label, chosen=c.key in shown_keys) for c in [*columns, *rest])


def sizes(spec: ModelSpec, state: ListState) -> tuple[Choice, ...]:
    """Return the page sizes, each with the address that uses it."""
    return tuple(
        Choice(str(size), str(size), url_of(spec, replace(state, size=size)), chosen=size == state.size)
        for size in SIZES
    )
