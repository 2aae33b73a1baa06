"""`admin source check`: what of a mapping no longer fits the other database, and how its first rows would look.

Reads theirs alone. Personal values are masked: what is printed ends in terminals and tickets.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from admin_core.generator.registry import Registry
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.imports.decoding import Unreadable
from admin_core.imports.tables import first, records
from admin_core.reflection.database import open_reflected
from admin_core.sources import theirs
from admin_core.sources.files import as_json, headings_of, of_file
from admin_core.sources.fitting import misfits
from admin_core.sources.mapping import Drawn, Feed, Source, Write
from admin_core.sources.theirs import Place, Theirs
from admin_core.sources.values import Unfit, value_of
from admin_core.sources.write_wording import parameters
from admin_core.theme.formats import absolute

PREVIEWED = 10
MASK, NONE = "•••", "none"
LONGEST_SHOWN = 40
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")
PLAIN = re.compile(r't\.("?)(\w+)\1')
"""An expression that is one column of their row."""
NO_COLUMN = re.compile(r"column t\.(\S+) does not exist")
COLUMNS = """
    SELECT a.attname FROM pg_attribute a
    WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
LEADING = """
    SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = to_regclass(%s)"""


def checked(source: Source, registry: Registry, url: str) -> tuple[list[str], bool]:
    """Return the lines to print, and whether something must be repaired."""
    if wrong := misfits(source, registry):
        return wrong, True
    engine = open_reflected(url, pool_size=1)
    lines: list[str] = []
    failed = False
    try:
        for feed in source.feeds:
            if feed.is_file:
                lines.append(
                    f"{feed.name}: by file → {feed.to}. Check one by admin source load {feed.name} FILE --check."
                )
                continue
            problems = list(problems_over_there(engine, feed))
            failed = failed or bool(problems)
            lines += [f"{feed.name}: {feed.table} → {feed.to}", *(f"  wrong: {each}" for each in problems)]
            if not problems:
                lines += [f"  {each}" for each in (*notes(engine, source, feed), *preview(engine, feed, registry))]
        for write in source.writes:
            wrong = list(problems_of_write(engine, write))
            failed = failed or bool(wrong)
            lines += [f"{write.name}: writes to {write.mapping}", *(f"  wrong: {each}" for each in wrong)]
    finally:
        engine.dispose()
    return lines, failed


def problems_of_write(engine: Engine, write: Write) -> Iterator[str]:
    """Yield why the other database would not take a statement; it is explained, not run."""
    for word, sql in (("sql", write.sql), ("settled", write.settled)):
        try:
            with engine.connect() as connection:
                if sql:
                    connection.execute(text(f"EXPLAIN {sql}"), dict.fromkeys(parameters(sql)))
        except DBAPIError as error:
            yield f"{word}: {theirs.sentence_of(error)}"


def checked_file(source: Source, registry: Registry, url: str, feed: Feed, data: bytes) -> tuple[list[str], bool]:
    """Return the lines to print about a file for a mapping, and whether it can't be taken."""
    if wrong := misfits(source, registry):
        return wrong, True
    try:
        names = headings_of(data)
    except Unreadable as error:
        return [error.sentence], True
    engine = open_reflected(url, pool_size=1)
    try:
        mapping, sample = of_file(feed, names), as_json(names, first(records(data, len(names)), PREVIEWED))
        problems = [f"wrong: {each}" for each in problems_over_there(engine, mapping, "[]")]
        shown = [] if problems else list(preview(engine, mapping, registry, sample))
        return [f"columns: {', '.join(names)}", *problems, *shown], bool(problems)
    finally:
        engine.dispose()


def problems_over_there(engine: Engine, feed: Feed, rows: str = "") -> Iterator[str]:
    """Yield what the other database does not have any more, named by the word of the file that needs it."""
    if not (refusal := refused(engine, theirs.selection(feed), rows)):
        return
    found = []
    for word, sql in expressions(feed):
        if why := refused(engine, f"SELECT ({theirs.spelled(sql)}) {theirs.tables(feed)}", rows):
            found.append(f"{word}: {why}")
    whole = refused(engine, f"SELECT 1 {theirs.tables(feed)}", rows)
    yield from [whole] if whole else found or [refusal]


def refused(engine: Engine, question: str, rows: str = "") -> str:
    """Return why the other database refuses a question, empty when it does not; no row is read."""
    try:
        with engine.connect() as connection:
            theirs.prepare(connection, rows)
            connection.exec_driver_sql(f"{question} LIMIT 0")
    except DBAPIError as error:
        return theirs.sentence_of(error)
    return ""


def lacking(engine: Engine, feed: Feed) -> list[str]:
    """Return why a file can't be read by a mapping: columns that it lacks by name, anything else as it was said."""
    problems = list(problems_over_there(engine, feed, "[]"))
    missing = [found[1] for problem in problems if (found := NO_COLUMN.search(problem))]
    others = [problem for problem in problems if not NO_COLUMN.search(problem)]
    named = ", ".join(dict.fromkeys(missing))
    return [
        *([f"The file has no column {named}. Its headings are what the mapping calls so."] if missing else []),
        *others,
    ]


def expressions(feed: Feed) -> Iterator[tuple[str, str]]:
    """Yield every expression of a mapping with the word it stands under."""
    yield "key", feed.key
    for word, sql in (("where", feed.where), ("watermark", feed.watermark)):
        if sql:
            yield word, sql
    if feed.continues:
        yield "continues", feed.continues.sql
    yield from ((f"column {ours}", drawn.sql) for ours, drawn in feed.columns.items() if drawn.sql)


def notes(engine: Engine, source: Source, feed: Feed) -> Iterator[str]:
    """Yield what is worth knowing: columns that nobody reads, and what would be slow over there."""
    with engine.connect() as connection:
        columns = connection.exec_driver_sql(COLUMNS, (feed.table,)).scalars().all()
        leading = set(connection.exec_driver_sql(LEADING, (feed.table,)).scalars())
    same = [each for each in source.feeds if each.table == feed.table]
    if unread := unmapped(columns, same):
        yield f"not mapped: {', '.join(unread)}. Map them, or list them under ignore."
    if missing := sorted(set(feed.ignore) - set(columns)):
        yield f"ignored, but not there any more: {', '.join(missing)}."
    plain = PLAIN.fullmatch(feed.watermark.strip())
    if plain and plain[2] not in leading:
        yield f"slow: no index of {feed.table} begins with {plain[2]}, so each reading goes through all rows."


def unmapped(columns: Iterable[str], feeds: Iterable[Feed]) -> list[str]:
    """Return the columns that stand in no expression and are not ignored."""
    known: set[str] = set()
    for feed in feeds:
        known |= {word for _, sql in (*expressions(feed), ("join", feed.join)) for word in WORD.findall(sql)}
        known |= set(feed.ignore)
    folded = {word.lower() for word in known}
    return [each for each in columns if each not in known and each not in folded]


def preview(engine: Engine, feed: Feed, registry: Registry, sample: str = "") -> Iterator[str]:
    """Yield how the first rows would look here; ``sample`` are those of a file."""
    try:
        rows = theirs.read(engine, feed, theirs.page_of_all(feed, Place(), PREVIEWED), rows=sample)
    except DBAPIError as error:
        yield f"the first rows can't be read: {theirs.sentence_of(error)}"
        return
    spec = registry.spec(feed.to)
    yield f"the first {len(rows)} rows:" if rows else "there are no rows."
    yield from (f"  {line_of(spec, feed, row)}" for row in rows)


def line_of(spec: ModelSpec, feed: Feed, row: Theirs) -> str:
    """Return a row in words, personal values masked, refusals with their reason."""
    return " · ".join(f"{ours}: {value}" for ours, value in shown_row(spec, feed, row, is_masked).items())


def is_masked(column: ColumnSpec) -> bool:
    """Return whether a value is masked where nobody knows who reads it."""
    return column.is_personal


def shown_row(spec: ModelSpec, feed: Feed, row: Theirs, masks: Callable[[ColumnSpec], bool]) -> dict[str, str]:
    """Return a row as it would be here, by our columns; refusals with their reason."""
    columns = {ours: spec.columns[ours] for ours in feed.columns}
    return {
        ours: shown(column, feed.columns[ours], row, feed.zone, masks=masks(column)) for ours, column in columns.items()
    }


def shown(column: ColumnSpec, drawn: Drawn, row: Theirs, zone: str, *, masks: bool) -> str:
    """Return a value as it would be here; a reference by the word it is looked up with."""
    given = row.values[column.key]
    try:
        value = given if column.reference else value_of(column, drawn, given, zone)
    except Unfit as unfit:
        return f"REFUSED ({unfit})"
    if value is None:
        return NONE
    if masks:
        return MASK
    where = f" in {', '.join(drawn.link)}" if drawn.link else f" by {drawn.find}" if drawn.find else ""
    text = absolute(value) if isinstance(value, datetime) else str(value)
    return f"{text[:LONGEST_SHOWN]}{where}"
