"""What a ``source.toml`` says: which of their tables feed which of ours, column by column. Pure; asks no database.

::

    [[mapping]]
    name = "members-2023"
    from = "public.members"
    to = "customers"
    watermark = "t.updated_at"

    [mapping.columns]
    email = "lower(t.email)"
    status = { sql = "t.state", values = { Live = "active", Stopped = "closed" } }
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from admin_core.settings import SettingsError
from admin_core.sources.wording import FILE, problems_of_feed
from admin_core.sources.write_wording import problems_of_writes

FROM = "from"
"""A word of the file that Python keeps for itself; here it is ``table``."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Where the values of one of our columns come from."""

    sql: str = ""
    """An expression over their row, which is called ``t``."""
    value: Any = None
    """The same for every row, when there is no expression."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Our words by theirs; case and surrounding space do not matter."""
    otherwise: Any = None
    """Our word for all others; none: such a row is refused."""
    link: tuple[str, ...] = ()
    """Mappings in one of which the value is a key: ours is the row it became."""
    find: str = ""
    """Column of the table referred to in which the value is looked up."""

    def ours_for(self, theirs: str) -> Any:
        """Return our word for theirs, ``otherwise`` when none is listed; None when that is not said either."""
        return self.folded.get(theirs.strip().casefold(), self.otherwise)

    @cached_property
    def folded(self) -> Mapping[str, Any]:
        """Our words by theirs, as they are compared."""
        return {word.strip().casefold(): ours for word, ours in self.values.items()}


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """How a row says which row of an earlier mapping it continues: both become one row of ours."""

    mapping: str
    sql: str
    """An expression for the key over there; NULL: it is a new one."""


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One mapping: a table of theirs that feeds a table of ours."""

    name: str
    table: str
    to: str
    columns: Mapping[str, Drawn]
    key: str = "t.id"
    """An expression that tells their rows apart."""
    join: str = ""
    """Further tables, as SQL has them behind FROM."""
    where: str = ""
    watermark: str = ""
    """An expression that grows when a row is changed; empty: all rows are compared each time."""
    overlap_s: int = 300
    """How long before the watermark is read again: a transaction that began earlier may commit later."""
    continues: Earlier | None = None
    match: str = ""
    """A unique column of ours by which rows that are there already are recognised."""
    gone: Any = "keep"
    """What becomes of our row when theirs is gone: ``keep``, ``delete``, or values of columns to set."""
    most_gone_percent: int = 10
    """When more are gone than that, something is wrong over there, and none is touched."""
    zone: str = "UTC"
    """Of their timestamps without a time zone."""
    ignore: tuple[str, ...] = ()
    """Columns of theirs that are left out on purpose."""
    types: Mapping[str, str] = field(default_factory=dict)
    """Of a file's columns, where they are not text."""

    @property
    def is_file(self) -> bool:
        """Whether its rows come by file."""
        return self.table == FILE


@dataclass(frozen=True, kw_only=True)
class Write:
    """A statement that tells one of their rows what was decided here."""

    name: str
    mapping: str
    """Whose rows it changes: the key over there is ``:key``."""
    columns: tuple[str, ...]
    """Ours: a change in one of them asks for it."""
    sql: str
    """The statement; it must change exactly one row."""
    target: str = ""
    """Our table that the mapping feeds."""
    on: str = ""
    """The table of those columns, where it is another one."""
    of: str = ""
    """The column of that table which names the record."""
    ours: str = ""
    """A question to our database about ``:id``; its columns are parameters of the statement."""
    values: Mapping[str, Drawn] = field(default_factory=dict)
    """Their words by ours, for parameters."""
    settled: str = ""
    """A question to theirs: true when nothing needs to be written."""

    @property
    def question(self) -> str:
        """What is asked of our database."""
        return self.ours or f"SELECT {', '.join(self.columns)} FROM admin.{self.on} WHERE id = :id"


@dataclass(frozen=True)
class Source:
    """Every mapping, in the order of the file: what is referred to stands before what refers to it."""

    feeds: tuple[Feed, ...] = ()
    writes: tuple[Write, ...] = ()

    def write_named(self, name: str) -> Write | None:
        """Return the statement of a name."""
        return next((write for write in self.writes if write.name == name), None)

    def named(self, name: str) -> Feed | None:
        """Return the mapping of a name."""
        return next((feed for feed in self.feeds if feed.name == name), None)

    def before(self, feed: Feed) -> tuple[Feed, ...]:
        """Return the mappings that stand above one."""
        return self.feeds[: self.feeds.index(feed)]

    def newer(self, feed: Feed) -> tuple[Feed, ...]:
        """Return the mappings further down that feed the same table: where both have a row, theirs is written."""
        return tuple(each for each in self.feeds[self.feeds.index(feed) + 1 :] if each.to == feed.to)


def read_source(path: str) -> Source:
    """Return what a file says; SettingsError with a sentence for everything in it that is not understood."""
    try:
        said = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([f"{path} cannot be read: {error}"]) from error
    problems = list(problems_of(said))
    if problems:
        raise SettingsError([f"{path}: {problem}" for problem in problems])
    feeds = tuple(feed_of(words) for words in said["mapping"])
    targets = {feed.name: feed.to for feed in feeds}
    return Source(feeds, tuple(write_of(words, targets) for words in said.get("write", [])))


def problems_of(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the words of a file."""
    yield from (
        f"there is no word {word!r} here; each mapping begins with [[mapping]], each statement with [[write]]"
        for word in said.keys() - {"mapping", "write"}
    )
    found = said.get("mapping")
    if not isinstance(found, list) or not found:
        yield "it has no mapping; begin one with [[mapping]]"
        return
    names: list[str] = []
    for number, words in enumerate(found, 1):
        if not isinstance(words, dict):
            yield f"mapping {number} must be a table of words"
            continue
        name = words.get("name")
        place = f"mapping {name!r}" if isinstance(name, str) else f"mapping {number}"
        if name in names:
            yield f"{place} is there twice"
        yield from (f"{place}: {problem}" for problem in problems_of_feed(words, KNOWN, REQUIRED, names))
        names.append(str(name))
    yield from problems_of_writes(said.get("write", []), KNOWN["write"], names)


def feed_of(words: Mapping[str, Any]) -> Feed:
    """Return a mapping whose words are in order."""
    said = {"table" if word == FROM else word: value for word, value in words.items()}
    said["columns"] = {ours: drawn_of(words) for ours, words in said["columns"].items()}
    if "continues" in said:
        said["continues"] = Earlier(**said["continues"])
    return Feed(**{**said, "ignore": tuple(said.get("ignore", ()))})


def write_of(words: Mapping[str, Any], targets: Mapping[str, str]) -> Write:
    """Return a statement whose words are in order."""
    target = targets[words["mapping"]]
    values = {name: Drawn(sql=name, values=known) for name, known in words.get("values", {}).items()}
    more = {"values": values, "columns": tuple(words["columns"]), "on": words.get("on", target)}
    return Write(**{**words, **more, "target": target})


def drawn_of(words: Any) -> Drawn:
    """Return where a column's values come from; a text alone is an expression."""
    if isinstance(words, str):
        return Drawn(sql=words)
    return Drawn(**{**words, "link": tuple(words.get("link", ()))})


def words_of(kind: type[Any]) -> dict[str, Any]:
    """Return the words of a dataclass as the file has them, with the type of each."""
    return {FROM if each.name == "table" else each.name: each.type for each in fields(kind)}


KNOWN = {"feed": words_of(Feed), "column": words_of(Drawn), "continues": words_of(Earlier), "write": words_of(Write)}
KNOWN["write"].pop("target")
REQUIRED = tuple(FROM if each.name == "table" else each.name for each in fields(Feed)
                 if each.default is MISSING and each.default_factory is MISSING)  # fmt: skip
