"""Where plugins come from: folders of the package ``plugins``, folders named by a setting, installed distributions.

Finding imports nothing of a plugin; each source says how to import it. The order is that of precedence.
"""

import importlib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Literal, Protocol

GROUP = "admin_core.plugins"
"""Entry points of installed distributions: ``greeter = "greeter_plugin.plugin"``."""
OUTSIDE = "hireinbox_plugins"
"""A plugin from a path is imported as ``hireinbox_plugins.<name>``: it shadows no module and no other plugin."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
RESERVED = frozenset({
    "account", "admin", "alerts", "api", "approvals", "assets", "audit", "auth", "bulk", "changes", "components",
    "core", "dashboards", "data", "figures", "files", "imports", "jobs", "links", "mail", "networks", "page",
    "palette", "pii", "plugins", "preferences", "reflection", "rollups", "security", "selections", "settings",
    "setup", "sources", "staff", "style", "system", "tables", "team", "vendor", "webhooks", "why",
})  # fmt: skip
"""Words that core uses itself in addresses, permissions, templates, static files or job names."""

Origin = Literal["folder", "path", "distribution"]


class Import(Protocol):
    """Imports a plugin's module."""

    def __call__(self) -> ModuleType:
        """Return the module that holds the manifest and the hooks."""


@dataclass(frozen=True)
class Source:
    """A plugin that was found and not yet imported."""

    name: str
    origin: Origin
    place: str
    """The folder, or the distribution and its entry point."""
    import_it: Import


@dataclass(frozen=True)
class EmptyPlace:
    """A path of the setting that holds no plugin."""

    path: str
    sentence: str


def name_problem(name: str) -> str:
    """Return why a plugin cannot bear a name, empty when it can."""
    if not NAME.fullmatch(name):
        return (
            f"{name!r} is no name for a plugin: 1 to 24 small letters, digits and underscores are, beginning with a"
            " letter"
        )
    if name in RESERVED:
        return f"{name!r} is a word of core, which has addresses, permissions or templates of that name; choose another"
    return ""


def of_package(package: ModuleType) -> list[Source]:
    """Return the plugin folders of a package: those that hold a ``plugin.py``."""
    return [
        Source(name, "folder", f"{package.__name__}/{name}", importing(f"{package.__name__}.{name}.plugin"))
        for name in sorted(p.parent.name for root in package.__path__ for p in Path(root).glob("*/plugin.py"))
    ]


def importing(module: str) -> Import:
    """Return what imports a module by its name."""
    return partial(importlib.import_module, module)


def of_paths(paths: Iterable[str]) -> tuple[list[Source], list[EmptyPlace]]:
    """Return the plugins under these paths, and the paths that hold none.

    A path is a plugin's own folder when it holds a ``plugin.py``, otherwise a folder of such folders.
    """
    found: list[Source] = []
    empty: list[EmptyPlace] = []
    for path in paths:
        folders = list(plugin_folders(Path(path)))
        found += [Source(folder.name, "path", str(folder), partial(import_folder, folder)) for folder in folders]
        if not folders:
            what = (
                "holds no plugin: neither a plugin.py nor a folder with one" if Path(path).is_dir() else "is no folder"
            )
            empty.append(EmptyPlace(path, f"{path} {what}"))
    return found, empty


def plugin_folders(path: Path) -> Iterator[Path]:
    """Yield the plugin folders at a path."""
    if (path / "plugin.py").is_file():
        yield path
    else:
        yield from sorted(p.parent for p in path.glob("*/plugin.py"))


def import_folder(folder: Path) -> ModuleType:
    """Return the plugin module of a folder anywhere on the disk."""
    package = f"{OUTSIDE}.{folder.name}"
    present = sys.modules.get(package)
    if present is None or list(present.__path__) != [str(folder)]:
        forget_modules(package)
        try:
            make_package(package, folder)
        except BaseException:
            forget_modules(package)  # half a package would be taken for a whole one at the next try
            raise
    return importlib.import_module(f"{package}.plugin")


def make_package(package: str, folder: Path) -> None:
    """Make a folder importable under a name, whether or not it has an ``__init__.py``."""
    parent = sys.modules.setdefault(OUTSIDE, ModuleType(OUTSIDE, "Plugins from ADMIN_PLUGIN_PATHS."))
    parent.__path__ = []
    init = folder / "__init__.py"
    spec = spec_from_file_location(package, init, submodule_search_locations=[str(folder)]) if init.is_file() else None
    if spec is None:
        spec = ModuleSpec(package, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
    module = sys.modules[package] = module_from_spec(spec)
    if spec.loader is not None:
        spec.loader.exec_module(module)


def forget_modules(package: str) -> None:
    """Take a package and everything below it out of memory, so that another folder may be imported as it."""
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]


def of_distributions() -> list[Source]:
    """Return the plugins of installed distributions, by name."""
    found = sorted(entry_points(group=GROUP), key=lambda each: each.name)
    return [Source(each.name, "distribution", described(each), each.load) for each in found]


def described(entry_point: EntryPoint) -> str:
    """Return which distribution offers an entry point, and where it leads."""
    distribution = entry_point.dist
    whose = f"{distribution.name} {distribution.version}: " if distribution is not None else ""
    return f"{whose}{entry_point.value}"
