"""Tables of a plugin's own: its ``models.py`` is imported with it, and taken back when the plugin is refused.

Models of a plugin stand on ``schema.base.Base`` beside ours; a relationship that cannot be resolved would keep every
model from working, so a refused plugin leaves none behind.
"""

import importlib
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapper, configure_mappers

from schema.base import SCHEMA, Base

_BARE: dict[str, tuple[str, ...]] = {}
"""Tables without a class, by package: they can only be told apart at the first import."""


def package_of(module: str) -> str:
    """Return the package of a plugin's module; ``a.b.plugin`` and the package ``a.b`` itself both give ``a.b``."""
    return module.removesuffix(".plugin")


def import_models(package: str) -> None:
    """Import the package's ``models``, if there is one, and resolve its relationships."""
    before = set(Base.metadata.tables)
    if is_importable(f"{package}.models"):
        importlib.import_module(f"{package}.models")
    configure_mappers()
    made = set(Base.metadata.tables) - before - {table.fullname for table in mapped_tables(package)}
    _BARE.setdefault(package, tuple(sorted(made)))


def is_importable(module: str) -> bool:
    """Return whether there is such a module, without importing it."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the plugin is a single module: it can hold no other
        return False


def mappers_of(package: str) -> list[Mapper[Any]]:
    """Return the mappers of classes that a package declares."""
    return [m for m in Base.registry.mappers if f"{m.class_.__module__}.".startswith(f"{package}.")]


def mapped_tables(package: str) -> list[sa.Table]:
    """Return the tables of a package's classes."""
    return [m.local_table for m in mappers_of(package) if isinstance(m.local_table, sa.Table)]


def tables_of(package: str) -> list[sa.Table]:
    """Return every table a package declares, by name."""
    bare = (Base.metadata.tables[name] for name in _BARE.get(package, ()) if name in Base.metadata.tables)
    found = {table.fullname: table for table in (*mapped_tables(package), *bare)}
    return [found[name] for name in sorted(found)]


def table_problems(plugin: str, tables: Iterable[sa.Table]) -> list[str]:
    """Return a sentence for each table that stands where it may not."""
    return [sentence for table in tables if (sentence := table_problem(plugin, table.schema, table.name))]


def table_problem(plugin: str, schema: str | None, name: str) -> str:
    """Return what is wrong with a table's place, empty when nothing is."""
    if schema != SCHEMA:
        return f"the table {name!r} stands in schema {schema!r}; tables of plugins stand in {SCHEMA!r}"
    if not name.startswith(f"{plugin}_"):
        return f"the table {name!r} must begin with the plugin's name: {plugin}_{name}"
    return ""


def take_back(package: str) -> bool:
    """Remove every model and table of a package, as if it had not been imported; return whether there was any."""
    tables = tables_of(package)
    for mapper in mappers_of(package):
        dispose(Base, mapper)
    for table in tables:
        Base.metadata.remove(table)
    _BARE.pop(package, None)
    return bool(tables)


def dispose(base: type[DeclarativeBase], mapper: Mapper[Any]) -> None:
    """Take one class off its registry. SQLAlchemy can only dispose of whole registries, in the same two steps."""
    manager = mapper.class_manager
    base.registry._managers.pop(manager, None)  # noqa: SLF001 (a test holds it to what SQLAlchemy does)
    base.registry._dispose_manager_and_mapper(manager)  # noqa: SLF001
