"""What plugins return: frozen data that core wires. Nothing here knows Flask, RQ or a business word."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import Engine

Tone = Literal["neutral", "success", "warning", "danger", "info"]


@dataclass(frozen=True)
class Manifest:
    """Who a plugin is. ``name`` is its folder, its permission prefix, its part of URLs and its template folder."""

    name: str
    title: str
    description: str
    icon: str = "puzzle"
    version: str = "1.0"
    order: int = 100
    """Smaller comes first on pages that show several plugins."""


@dataclass(frozen=True)
class Link:
    """An entry of the Links menu: somewhere outside that the team works in."""

    label: str
    url: str
    icon: str = "external-link"


@dataclass(frozen=True)
class Decision:
    """Something on the home page that waits for a person: shown only while ``count`` is above zero."""

    label: str
    count: int
    url: str
    tone: Tone = "warning"
    detail: str = ""
    """One short sentence: which, since when, what to do."""
    permission: str = ""
    """Needed to see it; empty: whoever sees the page."""


@dataclass(frozen=True)
class Tile:
    """A number on the home page, already formatted, with what it is compared to."""

    label: str
    value: str
    period: str
    """What the number covers, e.g. ``November 2026`` or ``now``."""
    url: str = ""
    """The rows behind it."""
    before: str = ""
    """The comparison in words, e.g. ``R 1 203 450,00 last month``."""
    change: float | None = None
    """Relative change against the period before; None when there is nothing to compare with."""
    rising_is_good: bool | None = True
    """None: neither is."""
    series: Sequence[float] = ()
    """The values behind the sparkline, oldest first."""
    explanation: str = ""
    """The definition in one or two sentences."""
    permission: str = ""


@dataclass(frozen=True)
class Demo:
    """How a plugin fills an empty database with its demo company."""

    seed: Callable[[Engine, int, Callable[[str], None]], None]
    """Takes an engine, the scale and a function to report progress to."""


@dataclass(frozen=True)
class ModelChange:
    """Refines the screens of a model that the plugin does not own: only what is given is changed."""

    model: str
    """The model's key."""
    options: Mapping[str, object] = field(default_factory=dict)
    """Fields of ``AdminOptions``."""
    columns: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Words of ``ui()`` by column key."""
