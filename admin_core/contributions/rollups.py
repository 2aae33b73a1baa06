"""Numbers that core keeps by day, declared as data: core computes them, marks days that changed, and compares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Measure:
    """What is kept of each day: how many rows, or the sum of an expression over them."""

    name: str
    total: Any = None
    """An expression over the source's columns; None: rows are counted."""
    where: Any = None
    """A condition that rows have to fulfil besides the rollup's own."""


@dataclass(frozen=True, kw_only=True)
class Rollup:
    """Counts and sums of a table's rows by day and dimensions."""

    name: str
    """``plugin.what-is-kept``."""
    title: str
    moment: Any
    """The mapped column that says on which day a row counts: a moment (then on our wall clock), or a day."""
    measures: tuple[Measure, ...]
    dimensions: Mapping[str, Any] = field(default_factory=dict)
    """Name → mapped column with few different values: a status, a plan, a product line."""
    where: tuple[Any, ...] = ()
    """Conditions over the source's columns; rows that do not fulfil them never count."""
    version: int = 1
    """Grows when any of this changes: then everything is computed anew."""


@dataclass(frozen=True, kw_only=True)
class Actives:
    """On which days of a month somebody did something, as bits: distinct counts of any period, exact."""

    name: str
    title: str
    moment: Any
    subject: Any
    """The mapped column with the key of who was active; rows without one do not count."""
    kind: str
    """What the subject's key is the key of, in a word: ``customer``, ``person``."""
    where: tuple[Any, ...] = ()
    version: int = 1
