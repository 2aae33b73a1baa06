"""Which names a new plugin can bear."""

import keyword
from collections.abc import Collection
from importlib import import_module

from admin_core import plugin_sources


def name_problem(name: str, taken: Collection[str] = ()) -> str:
    """Return why a new plugin cannot bear a name, in a sentence; empty when it can."""
    if problem := plugin_sources.name_problem(name):
        return f"{problem}."
    if keyword.iskeyword(name):
        return f"{name!r} is a word of Python. Choose another, e.g. {name}_desk."
    if name in taken:
        return f"There is a plugin called {name!r} already. Choose another name."
    return ""


def taken_names() -> set[str]:
    """Return the names of the plugins in this checkout and of installed ones; none is imported for it."""
    found = [*plugin_sources.of_package(import_module("plugins")), *plugin_sources.of_distributions()]
    return {source.name for source in found}
