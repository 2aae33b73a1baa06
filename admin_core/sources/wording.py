"""Finds what is wrong with the words of one mapping, and says it in a sentence. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
PART = r'(?:[a-z_][a-z0-9_$]*|"[^"\x00]{1,63}")'
TABLE = re.compile(rf"{PART}\.{PART}", re.IGNORECASE)
LONGEST_NAME = 60
OF_PROGRAMS = "api-"
"""Begins the names of mappings whose rows come by API."""
MOST_PERCENT = 100
GONE = ("keep", "delete")
FILE = "csv"
"""What stands under ``from`` when the rows come by file."""
TYPE = re.compile(r"[a-z][a-z0-9 ]*(?:\(\d+(?:, *\d+)?\))?")
TEXTS = ("name", "from", "to", "key", "join", "where", "watermark", "match", "zone")
NUMBERS = ("overlap_s", "most_gone_percent")

Known = Mapping[str, Mapping[str, Any]]


def problems_of_feed(
    words: Mapping[str, Any], known: Known, required: Sequence[str], above: Sequence[str]
) -> Iterator[str]:
    """Yield what is wrong with a mapping; ``above`` are the names of those that stand before it."""
    yield from unknown(words, known["feed"])
    yield from (f"{word} is missing" for word in required if word not in words)
    yield from (f"{word} must be a text" for word in TEXTS if not isinstance(words.get(word, ""), str))
    yield from (f"{word} must be a whole number from 0 up" for word in NUMBERS if not is_count(words.get(word, 0)))
    yield from problems_of_shape(words)
    yield from problems_of_file(words)
    if words.get("continues") is not None:
        yield from problems_of_continues(words["continues"], known["continues"], above)
    columns = words.get("columns", {})
    if not isinstance(columns, dict) or ("columns" in words and not columns):
        yield "columns must be a table: each of ours with the expression for it"
        return
    for ours, drawn in columns.items():
        yield from (f"column {ours}: {problem}" for problem in problems_of_column(drawn, known["column"], above))


def unknown(words: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words that nobody knows."""
    yield from (f"there is no word {word!r}; known: {', '.join(sorted(known))}" for word in words.keys() - known.keys())


def is_count(value: Any) -> bool:
    """Return whether a value is a whole number from 0 up."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def problems_of_shape(words: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with names, table, zone, and what becomes of rows that are gone."""
    name, table = words.get("name", "a"), words.get("from", "a.b")
    if isinstance(name, str) and (not NAME.fullmatch(name) or len(name) > LONGEST_NAME):
        yield f"name is {name!r}; up to {LONGEST_NAME} lower-case letters, digits and dashes are needed"
    if isinstance(name, str) and name.startswith(OF_PROGRAMS):
        yield f"name is {name!r}; what begins with {OF_PROGRAMS} belongs to rows that programs send"
    if isinstance(table, str) and table != FILE and not TABLE.fullmatch(table):
        example = 'public.users or public."jobPosts"'
        yield f"from is {table!r}; a table with its schema is needed, e.g. {example}, or {FILE!r} for files"
    if isinstance(zone := words.get("zone", "UTC"), str) and zone not in available_timezones():
        yield f"zone is {zone!r}; a time zone is needed, e.g. {ZoneInfo('Africa/Johannesburg').key}"
    gone = words.get("gone", "keep")
    if not (gone in GONE if isinstance(gone, str) else isinstance(gone, dict) and gone):
        yield f"gone is {gone!r}; {' or '.join(GONE)} is needed, or a table of our columns with values to set"
    percent = words.get("most_gone_percent", 0)
    if is_count(percent) and percent > MOST_PERCENT:
        yield f"most_gone_percent is {percent}; {MOST_PERCENT} is the most"
    if not is_texts(words.get("ignore", [])):
        yield "ignore must be a list of their columns"


def problems_of_file(words: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is said of files and not of tables, and the other way round."""
    types = words.get("types", {})
    if not isinstance(types, dict) or not all(
        isinstance(each, str) and TYPE.fullmatch(each) for each in types.values()
    ):
        yield 'types must be a table: the type of a column, such as { amount = "numeric" }'
    if words.get("from") == FILE:
        tables_alone = [word for word in ("watermark", "gone") if words.get(word) not in (None, "", "keep")]
        yield from (f"{word} is for tables: a file holds the rows that somebody put there" for word in tables_alone)
    elif types:
        yield "types is for files: the columns of a table have their types"


def is_texts(value: Any) -> bool:
    """Return whether a value is a list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def problems_of_continues(said: Any, known: Mapping[str, Any], above: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with how a row says which earlier row it continues."""
    if not isinstance(said, dict) or not all(isinstance(said.get(word), str) for word in known):
        yield 'continues needs mapping and sql: { mapping = "users-2019", sql = "t.old_id" }'
        return
    yield from (f"continues: {problem}" for problem in unknown(said, known))
    yield from (f"continues: {problem}" for problem in not_above([said["mapping"]], above))


def not_above(names: Sequence[str], above: Sequence[str]) -> Iterator[str]:
    """Yield the mappings that are named before they are there."""
    yield from (f"no mapping {name!r} stands above this one" for name in names if name not in above)


def problems_of_column(drawn: Any, known: Mapping[str, Any], above: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with where a column's values come from."""
    if isinstance(drawn, str):
        drawn = {"sql": drawn}
    if not isinstance(drawn, dict):
        yield "an expression is needed as a text, or a table with sql or value"
        return
    yield from unknown(drawn, known)
    if ("sql" in drawn) == ("value" in drawn):
        yield "either sql or value is needed, and not both"
    if not isinstance(drawn.get("sql", "x"), str) or not drawn.get("sql", "x").strip():
        yield "sql must be an expression"
    if not isinstance(drawn.get("values", {}), dict):
        yield "values must be a table: our word for each of theirs"
    if not isinstance(drawn.get("find", ""), str):
        yield "find must be the name of a column"
    link = drawn.get("link", [])
    yield from not_above(link, above) if is_texts(link) else ["link must be a list of mappings"]
