"""What an overlay file says about reflected tables: names, labels, groups and tags, without code.

::

    ["public.users"]
    label = "Member"
    title = ["full_name"]
    [ "public.users".columns.full_name ]
    pii = "identity"
    label = "Name"
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from admin_core.settings import SettingsError
from schema.tags import ui

COLUMNS, SELF = "columns", "self"


@dataclass(frozen=True)
class Words:
    """What is said about one table."""

    label: str = ""
    plural: str = ""
    description: str = ""
    title: tuple[str, ...] = ()
    """Columns that name a row."""
    listed: tuple[str, ...] = ()
    """Columns of the list."""
    subject: str = ""
    """``self``: each row is a person or company."""
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of_column(self, name: str) -> Mapping[str, Any]:
        """Return what is said about a column, in the words of ``schema.tags.ui``."""
        return self.columns.get(name, {})


NOTHING = Words()


def read_overlay(path: str) -> dict[str, Words]:
    """Return what a TOML file says, by the table's name with its schema; SettingsError when it cannot be understood."""
    try:
        found = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([f"{path} cannot be read: {error}"]) from error
    problems = [problem for table, said in found.items() for problem in problems_of(table, said)]
    if problems:
        raise SettingsError([f"{path}: {problem}" for problem in problems])
    return {table: words_of(said) for table, said in found.items()}


def problems_of(table: str, said: Any) -> Iterator[str]:
    """Yield what is wrong with the words about one table."""
    if not isinstance(said, dict):
        yield f"{table} must be a table of words"
        return
    known = {each.name: each.type for each in fields(Words)}
    yield from (f"{table} has no word {word!r}; known: {', '.join(known)}" for word in said.keys() - known.keys())
    if said.get("subject", "") not in {"", SELF}:
        yield f"{table}: subject is {SELF!r} or nothing"
    columns = said.get(COLUMNS, {})
    if not (isinstance(columns, dict) and all(isinstance(words, dict) for words in columns.values())):
        yield f"{table}: columns must be tables of words"
        return
    for column, words in columns.items():
        try:
            ui(**words)
        except TypeError as error:
            yield f"{table}.{column}: {error}"


def words_of(said: Mapping[str, Any]) -> Words:
    """Return the words about one table."""
    words: dict[str, Any] = {word: tuple(value) if isinstance(value, list) else value for word, value in said.items()}
    return Words(**words)
