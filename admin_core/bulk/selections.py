"""Frozen selections: the keys of rows as they were chosen, each with the version it was in. The caller commits.

"All that match" becomes a snapshot made by the database itself, so nothing that changes later adds a row or skips one,
and no list of keys travels through a browser.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from uuid_utils.compat import uuid7

from admin_core.database import ENGINE, limit_statements
from admin_core.generator.capabilities import capabilities_of
from admin_core.generator.chips import chips
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.finding import find
from admin_core.generator.forms.versions import stamp_of
from admin_core.generator.ids import decode_key, encode_key
from admin_core.generator.keyset import SortKey, behind, read_page
from admin_core.generator.labels import has_key
from admin_core.generator.list_state import ListState
from admin_core.generator.lists import understood
from admin_core.generator.spec import ModelSpec
from admin_core.policy import limit
from schema.views import Selection, SelectionKey, SelectionState

LASTS = timedelta(days=1)
TICKED = 200
"""Rows that a page can tick: its longest size."""
BATCH = 1_000
PLAIN = frozenset({"uuid", "integer"})
"""Kinds of keys whose text PostgreSQL writes as addresses spell it."""
KEYS: Any = SelectionKey.__table__
DIGEST = """
    SELECT encode(sha256(convert_to(coalesce(
      string_agg(record_key || ' ' || coalesce(version, ''), E'\\n' ORDER BY position), ''), 'UTF8')), 'hex')
    FROM admin.selection_keys WHERE selection_id = :selection"""


@dataclass(frozen=True)
class Row:
    """One row of a selection."""

    position: int
    record: str
    """Its id as addresses spell it."""
    version: str
    """The stamp it had when it was selected."""


def freeze_ticked(ctx: Context, spec: ModelSpec, records: Sequence[str]) -> Selection:
    """Return a selection of rows that were ticked on a page; those the person does not see are not in it."""
    keys = [decode_key(spec, record) for record in dict.fromkeys(records)]
    if len(keys) > TICKED or None in keys:
        raise BadRequest("This is not a choice of rows of this list.", "Tick them on the list, and choose again.")
    known = [key for key in keys if key is not None]
    selection = begun(ctx, spec, "")
    if known:
        store(ctx, selection, rows_of(ctx, spec, sa.select(*columns_of(spec)).where(has_key(spec, known))))
    return finished(ctx, selection, most=TICKED)


def freeze_matching(ctx: Context, spec: ModelSpec, state: ListState, most: int) -> Selection:
    """Return a selection of all rows a list in this state holds, ``most`` at most: then it says that it was cut."""
    limit_statements(ctx.session, table=spec.table)
    asked = understood(ctx, spec, capabilities_of(ctx.session, spec), state)
    found = find(ctx, spec, asked.able, state)
    selection = begun(ctx, spec, described(spec, state))
    statement = sa.select(*columns_of(spec)).where(*found.where)
    if is_copied(spec):
        copy(ctx, spec, selection, statement, most + 1)
    else:
        store(ctx, selection, rows_of(ctx, spec, statement, most + 1))
    return finished(ctx, selection, most)


def begun(ctx: Context, spec: ModelSpec, words: str) -> Selection:
    """Return a new selection without rows."""
    selection = Selection(
        id=uuid7(), owner_id=ctx.person.id, model_key=spec.key, described=words or None, expires_at=ctx.now + LASTS
    )
    ctx.session.add(selection)
    ctx.session.flush()
    return selection


def described(spec: ModelSpec, state: ListState) -> str:
    """Return the filters in words; of personal ones only that there are some."""
    parts = [f"{chip.label} {chip.words}" if chip.remove_url else chip.label for chip in chips(spec, state)]
    return " · ".join([*parts, *(["searched"] if state.words else [])])[:200]


def columns_of(spec: ModelSpec) -> list[Any]:
    """Return what is read of a row: its key and its version."""
    return [*(getattr(spec.model, key) for key in spec.primary_key), stamp_of(spec)]


def is_copied(spec: ModelSpec) -> bool:
    """Return whether the keys go from table to table within our database."""
    return ENGINE not in spec.table.info and all(spec.columns[key].kind in PLAIN for key in spec.primary_key)


def key_text(spec: ModelSpec) -> sa.ColumnElement[str]:
    """Return the SQL of a row's id, for keys of plain kinds."""
    parts = [sa.cast(getattr(spec.model, key), sa.Text) for key in spec.primary_key]
    return parts[0] if len(parts) == 1 else sa.func.concat_ws(",", *parts)


class Copied(sa.Executable, sa.ClauseElement):
    """INSERT of what a SELECT finds.

    SQLAlchemy's own ``from_select`` compiles the SELECT as a part of the INSERT, and drops the options on it: the
    rules of the policy would be lost without a word.
    """

    inherit_cache = False

    def __init__(self, statement: sa.Select[Any]) -> None:
        """Take the statement, which carries the policy's restrictions in itself."""
        self.statement = statement


@compiles(Copied, "postgresql")
def compile_copied(element: Copied, compiler: Any, **options: Any) -> str:
    """Return the SQL text."""
    into = "INSERT INTO admin.selection_keys (selection_id, position, record_key, version)"
    return f"{into} {compiler.process(element.statement, **options)}"


def copy(ctx: Context, spec: ModelSpec, selection: Selection, statement: sa.Select[Any], most: int) -> None:
    """Let the database write the keys; whom the policy shows a row decides here as in the list."""
    order = [getattr(spec.model, key) for key in spec.primary_key]
    place = sa.func.row_number().over(order_by=order)
    chosen = statement.with_only_columns(sa.literal(selection.id), place, key_text(spec), stamp_of(spec))
    limited = limit(chosen.order_by(*order).limit(most), ctx.person, spec)
    # On the connection: a policy session takes no INSERT from SELECT, as it can't tell that this one is restricted.
    ctx.session.connection().execute(Copied(limited))


def rows_of(ctx: Context, spec: ModelSpec, statement: sa.Select[Any], most: int = TICKED) -> Iterator[tuple[str, str]]:
    """Yield id and version of the rows that the person sees, in the order of their keys, each batch by itself."""
    keys = [SortKey(getattr(spec.model, key), key) for key in spec.primary_key]
    limited, ranges, left = limit(statement, ctx.person, spec), None, most
    while left > 0:
        page = read_page(ctx.session, limited, keys, min(BATCH, left), ranges=ranges)
        yield from ((encode_key(tuple(row[:-1])), row[-1]) for row in page.rows)
        if not page.more:
            return
        ranges, left = behind(keys, list(page.rows[-1][:-1])), left - len(page.rows)


def store(ctx: Context, selection: Selection, rows: Iterator[tuple[str, str]]) -> None:
    """Write keys that were read here: of another database, or of a kind that PostgreSQL spells otherwise."""
    values = [
        {"selection_id": selection.id, "position": place, "record_key": record, "version": version}
        for place, (record, version) in enumerate(rows, 1)
    ]
    if values:
        ctx.session.execute(sa.insert(SelectionKey), values)


def finished(ctx: Context, selection: Selection, most: int) -> Selection:
    """Return the selection with its number of rows and its hash."""
    connection, mine = ctx.session.connection(), KEYS.c.selection_id == selection.id
    selection.is_cut = bool(connection.execute(sa.delete(KEYS).where(mine, KEYS.c.position > most)).rowcount)
    selection.total = connection.scalar(sa.select(sa.func.count()).where(mine)) or 0
    selection.digest = connection.scalar(sa.text(DIGEST), {"selection": selection.id})
    selection.state = SelectionState.READY
    ctx.session.flush()
    return selection


def selection_of(ctx: Context, selection_id: UUID) -> Selection:
    """Return a selection of the person's own that is still good; NotFound otherwise."""
    wanted = sa.select(Selection).where(Selection.id == selection_id, Selection.owner_id == ctx.person.own_id)
    found = ctx.session.scalars(wanted.where(Selection.expires_at > ctx.now)).one_or_none()
    if found is None or found.model_key not in ctx.registry:
        raise NotFound("There is no such selection.", "It is older than a day, or somebody else's. Select again.")
    return found


def rows_behind(ctx: Context, selection_id: UUID, after: int, most: int) -> list[Row]:
    """Return the next rows of a selection."""
    wanted = sa.select(SelectionKey.position, SelectionKey.record_key, SelectionKey.version)
    wanted = wanted.where(SelectionKey.selection_id == selection_id, SelectionKey.position > after)
    found = ctx.session.execute(wanted.order_by(SelectionKey.position).limit(most))
    return [Row(position, record, version or "") for position, record, version in found]


def sample_of(ctx: Context, selection: Selection, most: int) -> list[Row]:
    """Return rows spread evenly over a selection: the same each time."""
    step = max(selection.total // most, 1)
    places = [1 + step * number for number in range(min(most, selection.total))]
    wanted = sa.select(SelectionKey.position, SelectionKey.record_key, SelectionKey.version)
    wanted = wanted.where(SelectionKey.selection_id == selection.id, SelectionKey.position.in_(places))
    found = ctx.session.execute(wanted.order_by(SelectionKey.position))
    return [Row(position, record, version or "") for position, record, version in found]
