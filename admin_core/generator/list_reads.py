"""What a list shows of people: which personal fields of which rows, and what was searched for."""

from collections.abc import Sequence
from typing import Any

from admin_core.generator.context import Context
from admin_core.generator.filters import is_private
from admin_core.generator.labels import label_columns, named_fields
from admin_core.generator.list_columns import ListQuery
from admin_core.generator.list_state import ListState
from admin_core.generator.reads import Key, read_in
from admin_core.generator.search import words_are_private
from admin_core.generator.spec import ModelSpec
from admin_core.generator.subjects import way_of
from schema.access_log import AccessKind


def note_list(ctx: Context, query: ListQuery, state: ListState, rows: Sequence[Any]) -> None:
    """Note the page's rows, and a search for somebody whether it found them or not."""
    spec = query.spec
    words = sought(spec, state)
    kind = AccessKind.SEARCH if words else AccessKind.LIST
    keys = [tuple(row[: len(spec.primary_key)]) for row in rows]
    ctx.reads.note(spec, kind, fields_in(ctx, query, rows), known_people(query, keys, rows), words=words)


def known_people(query: ListQuery, keys: list[Key], rows: Sequence[Any]) -> list[Key] | dict[Key, Any]:
    """Return the rows' keys, with whose data each is where the row itself says so."""
    way = way_of(query.spec)
    if way is None or not way.column:
        return keys
    place = query.raw(way.column)
    return {key: row[place] for key, row in zip(keys, rows, strict=True)}


def fields_in(ctx: Context, query: ListQuery, rows: Sequence[Any]) -> list[str]:
    """Return the personal fields that these rows show in clear, names of other records among them."""
    columns = query.spec.columns
    shown = {
        place: columns[name.removeprefix("shown:")] for name, place in query.places.items() if name.startswith("shown:")
    }
    shown |= {query.places[f"title:{name}"]: columns[name] for name in label_columns(ctx.person, query.spec)}
    names = [name for place, column in shown.items() if column.key in query.labels and any(row[place] for row in rows)
             for name in named_fields(ctx, column)]  # fmt: skip
    return [*read_in(ctx.person, shown, rows), *names]


def sought(spec: ModelSpec, state: ListState) -> str:
    """Return what was searched for where it could be somebody: words, and filters on personal columns."""
    words = [state.words] if state.words and words_are_private(spec) else []
    private = sorted(f"{each.name}={'|'.join(each.values)}" for each in state.conditions if is_private(spec, each))
    return " ".join([*words, *private])
