"""Who a plugin is, and what it adds to pages that are there already: home, lists, links, the system page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_core.setting_fields import DASHBOARD, SettingsSection
from admin_core.theme.frame import Tone

Filters = tuple[tuple[str, str], ...]
"""Filters of a list as they stand in its address: ``("f.status.eq", "active")``; a name may come several times."""


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
    section: str = ""
    """The settings section whose field ``dashboard_url`` may name another address."""

    @classmethod
    def to(cls, label: str, section: SettingsSection) -> Self:
        """Return the entry of a section's dashboard: its address until somebody sets another."""
        return cls(label, str(section[DASHBOARD].default), section.icon, section.name)


@dataclass(frozen=True)
class Segment:
    """A list that everybody finds as a tab: a saved view that comes with the product."""

    model: str
    """The model's key."""
    name: str
    columns: tuple[str, ...]
    """In order."""
    filters: Filters = ()


@dataclass(frozen=True)
class Demo:
    """How a plugin fills an empty database with its demo company."""

    seed: Callable[[Engine, float, Callable[[str], None]], None]
    """Takes an engine, the scale (1 is the ordinary demo, the conformance kit asks for a fiftieth) and a function to
    report progress to."""


@dataclass(frozen=True)
class Waiting:
    """Rows that wait for somebody's decision: core counts them, shows home's line, and links to exactly those rows."""

    label: str
    model: str
    """The model's key. Who may not read it is not shown the line."""
    filters: Callable[[datetime], Filters]
    """Takes the present moment; pure. Every column must be one a list can filter by."""
    permission: str
    icon: str = "inbox"
    tone: Tone = "warning"
    note: str = ""


@dataclass(frozen=True)
class Health:
    """What a health check says."""

    state: Literal["ok", "warning", "failing", "unknown"]
    sentence: str
    """What is so, and what to do where something is wrong; without personal data."""


@dataclass(frozen=True)
class HealthCheck:
    """A question about a plugin's own part of the system, asked when somebody opens the system page."""

    slug: str
    title: str
    run: Callable[[Session, datetime], Health]
    """Takes the request's session and the present moment. Reads, within a second; never calls the outside."""


@dataclass(frozen=True)
class Permission:
    """A word that roles may grant: ``plugin:noun:verb``."""

    name: str
    label: str
    """Completes "may …", for whoever edits roles."""
