"""Named numbers of the business: one definition of each serves home, cards, charts, reports, alerts and "explain"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Self

from sqlalchemy.orm import Session

from admin_core.contributions.outline import Filters
from admin_core.periods import Period
from admin_core.theme.charts import Chart

Unit = Literal["count", "money", "cost", "share", "points", "duration", "ratio"]
"""``money`` is in cents, ``cost`` in units of its currency as measured, a ``share`` is of one, a ``duration`` in s."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """What a figure came to in a period."""

    amount: Decimal | None
    """None: not defined; ``note`` says why. Never 0 for "we do not know"."""
    n: int | None = None
    """How many cases it rests on."""
    currency: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    """The 95 % interval, where there is one."""
    fresh_at: datetime | None = None
    """When the newest of its rows was written; None: just now, from the rows themselves."""
    note: str = ""

    @classmethod
    def of(cls, number: int | None) -> Self:
        """Return a whole number; None is not known."""
        return cls(amount=None if number is None else Decimal(number))


@dataclass(frozen=True)
class Rows:
    """The rows behind a number: a list with filters."""

    model: str
    """The model's key; who may not read it is not led there."""
    filters: Filters = ()


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with a name: period → value, what it means, and the rows behind it."""

    name: str
    """``plugin.words-of-it``; it stands in addresses, rules and reports, so it never changes its meaning."""
    title: str
    unit: Unit
    permission: str
    definition: str
    """What it counts, and what it does not, in sentences."""
    values: Callable[[Session, Sequence[Period]], Sequence[Value]]
    """Returns one value for each period. Asks the database for all of them at once, over an index or a rollup."""
    formula: str = ""
    version: int = 1
    """Grows when the definition changes; reports keep the one they were made by."""
    sources: tuple[str, ...] = ()
    """Keys of the models it is computed from."""
    rollups: tuple[str, ...] = ()
    """Names of the rollups that it reads."""
    rows: Callable[[Period], Rows] | None = None
    better: Literal["up", "down", "neither"] = "up"
    level: bool = False
    """True: how much there is at the end of a period, not how much came during it."""
    needs: str = ""
    """The section of settings without which there is nothing to show: then a figure without a value says so."""
    home: str = ""
    """The period in which it stands on home; empty: not there."""
    spark: Literal["days", "weeks", "months"] = "days"
    """Its line: thirty full days, the seven days that end with each of them, or twelve months."""
    statements: int = 2
    """Budget of SQL statements for all periods of one question, checked by the conformance kit."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """A card with one figure: value, comparison, line, freshness."""

    figure: str

    @property
    def slug(self) -> str:
        """What its address is called."""
        return self.figure


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A card with up to four figures of one unit over time."""

    slug: str
    title: str
    figures: tuple[str, ...]
    kind: Literal["bars", "lines"] = "bars"


@dataclass(frozen=True)
class Drawn:
    """What a picture shows of a period: a chart with its table, how many cases, how fresh."""

    chart: Chart | None
    """None: there is nothing to draw; ``note`` says why."""
    n: int | None = None
    fresh_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A card with a drawing of its own: a waterfall, a funnel, a heat map, a distribution."""

    slug: str
    title: str
    draw: Callable[[Session, Period], Drawn]
    definition: str
    formula: str = ""
    version: int = 1
    sources: tuple[str, ...] = ()
    rollups: tuple[str, ...] = ()
    rows: Callable[[Period], Rows] | None = None
    statements: int = 2


Card = Number | Trend | Picture


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """A page of cards at ``/admin/dashboards/<plugin>/<slug>``, each loaded and failing on its own."""

    slug: str
    title: str
    permission: str
    """For the page and its pictures; a figure asks for its own besides."""
    cards: tuple[Card, ...]
    description: str = ""
    group: str = "Home"
    """Heading in the sidebar."""
    icon: str = "chart-bar"
    period: str = "this_month"
    """What is shown until somebody chooses."""
