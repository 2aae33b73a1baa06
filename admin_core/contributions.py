"""What plugins return: frozen data that core wires. Nothing here knows Flask, RQ or a business word."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_core.theme.frame import Tone
from admin_core.theme.tiles import Tile

__all__ = ["Demo", "Filters", "HomeTile", "Link", "Manifest", "Segment", "Tile", "Waiting"]

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

    seed: Callable[[Engine, int, Callable[[str], None]], None]
    """Takes an engine, the scale and a function to report progress to."""


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
class HomeTile:
    """A number on home. Core asks for it only when the person has the permission, on its own and within a second."""

    label: str
    permission: str
    load: Callable[[Session, datetime], Tile]
    """Takes the request's session and the present moment. Reads; never a whole table."""
    model: str = ""
    """The model behind the tile's link; who may not read it gets the number without a link."""
