"""Compares a mapping with our models: are there such tables and columns, and is everything given that a row needs?"""

from collections.abc import Iterator
from typing import Any

from admin_core.generator.registry import Registry
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.sources.mapping import Drawn, Feed, Source, Write
from admin_core.sources.values import Unfit, value_of
from admin_core.sources.write_wording import parameters

MACHINERY = ("System", "Privacy")


def misfits(source: Source, registry: Registry) -> list[str]:
    """Return a sentence for everything that does not fit our tables."""
    of_feeds = [
        f"mapping {feed.name!r}: {problem}" for feed in source.feeds for problem in misfits_of(feed, registry, source)
    ]
    return of_feeds + misfits_of_writes(source, registry)


def misfits_of_writes(source: Source, registry: Registry) -> list[str]:
    """Return a sentence for everything in statements that does not fit our tables."""
    return [
        f"write {write.name!r}: {problem}" for write in source.writes for problem in misfits_of_write(write, registry)
    ]


def misfits_of_write(write: Write, registry: Registry) -> Iterator[str]:
    """Yield what of a statement does not fit our tables."""
    if write.on not in registry or "." in write.on:
        yield f"we have no table {write.on!r}"
        return
    spec = registry.spec(write.on)
    if spec.options.capture != "row":
        yield f"changes of {write.on!r} are not noted row by row, so none can ask for it"
    for word in ("id", *([write.of] if write.of in spec.columns else [])):
        if word not in spec.columns or spec.columns[word].kind != "uuid":
            yield f"{write.on}.{word} is no key of a record (uuid)"
    for word in (*write.columns, *([write.of] if write.of else [])):
        if word not in spec.columns:
            yield f"{write.on} has no column {word!r}; it has: {', '.join(spec.columns)}"
    if not write.ours:
        yield from (
            f"sql asks for :{name}, which is no column of the statement; say ours"
            for name in sorted(parameters(write.sql) - {"key", *write.columns})
        )
    yield from (
        f"values names :{name}, which sql does not ask for"
        for name in write.values
        if name not in parameters(write.sql)
    )


def misfits_of(feed: Feed, registry: Registry, source: Source) -> Iterator[str]:
    """Yield what of one mapping does not fit."""
    if feed.to not in registry or "." in feed.to:
        yield f"we have no table {feed.to!r}"
        return
    spec = registry.spec(feed.to)
    if not may_be_fed(spec):
        yield f"{feed.to!r} is a table of the admin itself, which no source feeds"
        return
    needed = {key for key, c in spec.columns.items() if not (c.nullable or c.has_default or c.generated)}
    yield from (f"column {key} of {feed.to} is needed and not mapped" for key in sorted(needed - feed.columns.keys()))
    for key, drawn in feed.columns.items():
        column = spec.columns.get(key)
        if column is None or column.generated or key == "id":
            yield f"{feed.to} has no column {key!r} that could be written; it has: {', '.join(writable(spec))}"
        else:
            yield from (f"column {key}: {problem}" for problem in misfits_of_column(column, drawn, registry, source))
            if drawn.value is not None and column.reference is None:
                yield from unfit(f"column {key}: value", column, drawn.value, feed.zone)
    yield from misfits_of_rows(feed, spec, source)


def may_be_fed(spec: ModelSpec) -> bool:
    """Return whether rows of a table may come from elsewhere: not those by which the admin itself works."""
    is_ours = spec.options.capture != "row" and (spec.options.writes == "none" or spec.options.group in MACHINERY)
    return not is_ours and spec.primary_key == ("id",) and spec.columns["id"].kind == "uuid"


def writable(spec: ModelSpec) -> list[str]:
    """Return the columns that a source may write."""
    return [key for key, column in spec.columns.items() if not column.generated and key != "id"]


def misfits_of_column(column: ColumnSpec, drawn: Drawn, registry: Registry, source: Source) -> Iterator[str]:
    """Yield what is wrong with how a column is filled."""
    reference = column.reference
    if (drawn.link or drawn.find) and reference is None:
        yield "it refers to no other table, so there is nothing to link or find"
        return
    if reference is not None and not (drawn.link or drawn.find):
        yield "it refers to another table: say link (mappings whose key it is) or find (a column to look it up in)"
        return
    if reference is not None:
        wrong = [name for name in drawn.link if (feed := source.named(name)) and feed.to != reference.model]
        yield from (f"mapping {name!r} does not feed {reference.model}" for name in wrong)
        if drawn.find and not is_unique(registry.spec(reference.model), drawn.find):
            yield f"{reference.model} has no unique column {drawn.find!r}"
    words = {value for value, _ in column.choices}
    said = [value for value in (*drawn.values.values(), drawn.otherwise, drawn.value) if value not in (None, "")]
    for value in said if words else ():
        if str(value) not in words:
            yield f"{value!r} is none of its values; it has: {', '.join(sorted(words))}"


def is_unique(spec: ModelSpec, key: str) -> bool:
    """Return whether a table has a column that tells its rows apart."""
    return key in spec.columns and spec.columns[key].unique


def misfits_of_rows(feed: Feed, spec: ModelSpec, source: Source) -> Iterator[str]:
    """Yield what is wrong with how rows are recognised, and with what becomes of those that are gone."""
    if feed.match and (feed.match not in feed.columns or not is_unique(spec, feed.match)):
        yield f"match is {feed.match!r}; a unique column of {feed.to} that is mapped is needed"
    if feed.continues is not None:
        earlier = source.named(feed.continues.mapping)
        if earlier is not None and earlier.to != feed.to:
            yield f"it continues {earlier.name!r}, which feeds {earlier.to} and not {feed.to}"
    for key, value in (feed.gone if isinstance(feed.gone, dict) else {}).items():
        column = spec.columns.get(key)
        if column is None or column.generated:
            yield f"gone sets {key!r}, which {feed.to} does not have"
        else:
            yield from unfit(f"gone: {column.label}", column, value, feed.zone)


def unfit(place: str, column: ColumnSpec, value: Any, zone: str) -> Iterator[str]:
    """Yield why a value that stands in the file is none of a column's."""
    try:
        value_of(column, Drawn(), value, zone)
    except Unfit as why:
        yield f"{place} {why}"
