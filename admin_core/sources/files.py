"""A file as a table of the other database: its rows travel with the question, so SQL means the same there. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from admin_core.imports.decoding import Unreadable
from admin_core.imports.tables import Row, records, shape_of, too_wide
from admin_core.sources.mapping import Feed
from admin_core.sources.theirs import SETTING

NUMBER = "file_row"
"""The column that holds a row's number, as the spreadsheet shows it."""
LONGEST_NAME = 63
"""Of a column in PostgreSQL."""
WORD = re.compile(r"[^a-z0-9_]+")


def headings_of(data: bytes) -> list[str]:
    """Return the names of a file's columns as expressions call them; Unreadable when it can't be read so."""
    headings = shape_of(data).headings
    if wide := too_wide(data, len(headings)):
        raise Unreadable(f"Row {wide} has more cells than there are headings. Look for a separator too many.")
    names = [name_of(heading) for heading in headings]
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise Unreadable(f"Two columns are called {twice[0]!r}. Rename one.")
    return names


def name_of(heading: str) -> str:
    """Return a heading in lower case with underscores: ``E-mail address`` is ``e_mail_address``.

    A long one is cut as PostgreSQL would cut it, which then finds its values under the name.
    """
    return WORD.sub("_", heading.strip().lower()).strip("_")[:LONGEST_NAME]


def of_file(feed: Feed, names: Iterable[str]) -> Feed:
    """Return the mapping with the file's rows as its table."""
    types = {name_of(name): kind for name, kind in feed.types.items()}
    typed = ", ".join(f'"{name}" {types.get(name, "text")}' for name in dict.fromkeys([*names, NUMBER]) if name)
    rows = f"jsonb_to_recordset(current_setting('{SETTING}')::jsonb) AS r({typed})"
    return replace(feed, table=f"(SELECT * FROM {rows})", types={})


def batches(data: bytes, names: Sequence[str], done: int, size: int) -> Iterator[list[Row]]:
    """Yield the rows behind those that are done, some at a time."""
    rows = islice(records(data, len(names)), done, None)
    while some := list(islice(rows, size)):
        yield some


def as_json(names: Sequence[str], rows: Iterable[Row]) -> str:
    """Return rows as the other database takes them; an empty cell is no value."""
    return json.dumps([object_of(names, number, cells) for number, cells in rows], default=str)


def object_of(names: Sequence[str], number: int, cells: Sequence[Any]) -> Mapping[str, Any]:
    """Return a row as an object."""
    given = {name: plain(cell) for name, cell in zip(names, cells, strict=True) if name}
    return {**{name: cell for name, cell in given.items() if cell not in {None, ""}}, NUMBER: str(number)}


def plain(cell: Any) -> Any:
    """Return a cell as a text, without the sign that PostgreSQL can't hold; objects of a JSON file as JSON."""
    if isinstance(cell, dict | list):
        cell = json.dumps(cell, default=str)
    return cell.replace("\x00", "").strip() if isinstance(cell, str) else None if cell is None else str(cell)
