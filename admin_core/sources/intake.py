"""What programs may send of a model by API, as the plugin it belongs to declares it. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.sources.mapping import Drawn, Feed
from admin_core.sources.theirs import Theirs
from admin_core.sources.wording import OF_PROGRAMS

MOST_ROWS = 500
"""Of one request: what fits into one transaction without keeping others waiting."""
LARGEST_BODY = 2_000_000
KEY = "external_id"
LONGEST_KEY = 200


def anything(_row: Mapping[str, Any]) -> str:
    """Refuse no row."""
    return ""


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Rows of one model that programs send."""

    model: str
    columns: Mapping[str, Drawn]
    """By our column: the member it comes from (in ``sql``) and how it is read, or a value that is always the same."""
    key: str = KEY
    """Our column that holds their key; it tells rows apart."""
    appends: bool = False
    """True: a row is written once and never changed, and nothing but the row itself is kept of it."""
    once: frozenset[str] = frozenset()
    """Our columns that only a new row takes from there: from then on they are decided here."""
    judge: Callable[[Mapping[str, Any]], str] = anything
    """Takes a row as it was sent; returns why it is refused beyond what the columns say."""

    @property
    def name(self) -> str:
        """Of the mapping that the rows belong to."""
        return f"{OF_PROGRAMS}{self.model.replace('_', '-')}"

    @property
    def feed(self) -> Feed:
        """The rows as a mapping, whose table is the API."""
        return Feed(name=self.name, table="api", to=self.model, columns=self.columns, key=KEY, match=self.key)

    @property
    def members(self) -> list[str]:
        """What a row may have."""
        return sorted({drawn.sql for drawn in self.columns.values() if drawn.sql})


def members(*names: str, **drawn: Drawn) -> dict[str, Drawn]:
    """Return columns that come from members of the same name, and some that are read otherwise."""
    return {**{name: Drawn(sql=name) for name in names}, **drawn}


def unfit(intake: Intake, spec: ModelSpec, row: Mapping[str, Any]) -> str:
    """Return why a row can't even be read, empty when it can."""
    key = row.get(KEY)
    if not isinstance(key, str) or not key.strip() or len(key) > LONGEST_KEY:
        return f"{KEY} must be a text of 1 to {LONGEST_KEY} characters."
    if strange := sorted(row.keys() - set(intake.members)):
        return f"There is no member {strange[0][:60]!r}; known: {', '.join(intake.members)}."
    return next(misshapen(intake, spec, row), "") or intake.judge(row)


def misshapen(intake: Intake, spec: ModelSpec, row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what has the wrong form: objects are JSON columns alone, and those are nothing else."""
    for ours, drawn in intake.columns.items():
        value = row.get(drawn.sql) if drawn.sql else None
        if value is not None and isinstance(value, dict | list) != is_structure(spec.columns[ours]):
            yield f"{drawn.sql} must be {'an object' if is_structure(spec.columns[ours]) else 'a single value'}."


def is_structure(column: ColumnSpec) -> bool:
    """Return whether a column holds JSON."""
    return column.kind == "json"


def read_row(intake: Intake, row: Mapping[str, Any]) -> Theirs:
    """Return a row as one that was read: by our columns, those alone that were sent."""
    values = {
        ours: row[drawn.sql] if drawn.sql else drawn.value
        for ours, drawn in intake.columns.items()
        if not drawn.sql or drawn.sql in row
    }
    return Theirs(str(row[KEY]), None, None, values, sent=row)


def filled(intake: Intake, rows: Sequence[Theirs], known: set[str]) -> list[Theirs]:
    """Return the rows, new ones with nothing where nothing was sent: so what is needed there is missed aloud."""
    nothing = dict.fromkeys(intake.columns)
    return [
        replace(row, values={ours: value for ours, value in row.values.items() if ours not in intake.once})
        if row.key in known
        else replace(row, values={**nothing, **row.values})
        for row in rows
    ]
