"""What plugins return: frozen data that core wires. Nothing here knows Flask, RQ or a business word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine

from admin_core.theme.tiles import Decision, Tile

__all__ = ["Decision", "Demo", "Link", "Manifest", "ModelChange", "Segment", "Tile"]


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
    filters: tuple[tuple[str, str], ...] = ()
    """As in the address: ``("f.status.eq", "active")``."""


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
