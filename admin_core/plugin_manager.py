"""Finds, checks, orders and isolates plugins.

A plugin that raises while it is loaded is disabled and shown as such; one that raises in a hook of a page costs its own
part of that page, never the page.
"""

import importlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from admin_core import hookspecs
from admin_core.contributions import Manifest
from admin_core.hookspecs import PROJECT
from admin_core.traces import trace_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plugin:
    """A plugin that was found: ``error`` says in a sentence why it is disabled, empty when it runs."""

    name: str
    manifest: Manifest | None
    error: str = ""

    @property
    def is_running(self) -> bool:
        """True when its hooks are called."""
        return not self.error


@dataclass(frozen=True)
class Answer:
    """What one plugin returned from a hook, or why it could not."""

    plugin: str
    items: tuple[Any, ...]
    error: str = ""


class Plugins:
    """The plugins of this process and the one way to call their hooks."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._found: dict[str, Plugin] = {}

    def __iter__(self) -> Iterator[Plugin]:
        return iter(self._found.values())

    def load(self, name: str, import_it: Callable[[], ModuleType]) -> None:
        """Import and register one plugin; whatever it raises becomes its ``error``."""
        try:
            module = import_it()
            manifest = manifest_of(name, module)
            self._manager.register(module, name=name)
            self._refuse_unknown_hooks(module)
        except Exception as error:  # noqa: BLE001 (a plugin may raise anything; core must start without it)
            self._forget(name)
            self._found[name] = Plugin(name, None, f"{type(error).__name__}: {error}")
            log.warning("plugin %s is disabled: %s", name, type(error).__name__)
            return
        self._found[name] = Plugin(name, manifest)

    def folder(self, name: str) -> Path:
        """Return the folder of a running plugin: where its templates and static files lie."""
        module: Any = self._manager.get_plugin(name)
        return Path(str(module.__file__)).parent

    def disable(self, name: str, reason: str) -> None:
        """Note that a plugin is switched off by a setting."""
        self._found[name] = Plugin(name, None, reason)

    def collect(self, hook: str, **arguments: Any) -> list[Answer]:
        """Return every running plugin's answer in the order of the manifests; a raising one answers with an error."""
        caller = getattr(self._manager.hook, hook)
        implementations = sorted(caller.get_hookimpls(), key=lambda i: self._order(i.plugin_name))
        return [ask(implementation, arguments) for implementation in implementations]

    def items(self, hook: str, **arguments: Any) -> list[Any]:
        """Return all contributions to a hook as one list, leaving out plugins that raised."""
        return [item for answer in self.collect(hook, **arguments) for item in answer.items]

    def _order(self, name: str) -> tuple[int, str]:
        manifest = self._found[name].manifest
        return (manifest.order if manifest else 0, name)

    def _refuse_unknown_hooks(self, module: ModuleType) -> None:
        known = set(hook_names())
        for name, value in vars(module).items():
            # A dict, not just anything: SQLAlchemy's func has an attribute of every name.
            if isinstance(getattr(value, f"{PROJECT}_impl", None), dict) and name not in known:
                raise LookupError(f"{name} is no hook. Known hooks: {', '.join(sorted(known))}.")

    def _forget(self, name: str) -> None:
        if self._manager.has_plugin(name):
            self._manager.unregister(name=name)


def ask(implementation: Any, arguments: dict[str, Any]) -> Answer:
    """Return one implementation's answer; an exception costs that plugin's part only."""
    wanted = {name: arguments[name] for name in implementation.argnames}
    try:
        return Answer(implementation.plugin_name, tuple(implementation.function(**wanted) or ()))
    except Exception as error:  # noqa: BLE001 (a plugin may raise anything)
        log.error("plugin %s raised in a hook\n%s", implementation.plugin_name, trace_of(error))  # noqa: TRY400 (no message)
        return Answer(implementation.plugin_name, (), f"{type(error).__name__}")


def hook_names() -> list[str]:
    """Return the names of all hooks."""
    return [name for name, value in vars(hookspecs).items() if hasattr(value, f"{PROJECT}_spec")]


def manifest_of(name: str, module: ModuleType) -> Manifest:
    """Return the plugin's manifest, or raise with what is wrong about it."""
    manifest = getattr(module, "MANIFEST", None)
    if not isinstance(manifest, Manifest):
        raise TypeError(f"{module.__name__} has no MANIFEST. Write: MANIFEST = Manifest(name={name!r}, title=…)")
    if manifest.name != name:
        raise ValueError(f"the manifest says {manifest.name!r} but the folder is {name!r}; one plugin, one name")
    return manifest


def load_plugins(folder: ModuleType, disabled: Iterable[str] = ()) -> Plugins:
    """Return the plugins found as folders of one package, in the order of their manifests."""
    plugins = Plugins()
    off = set(disabled)
    for name in folder_names(folder):
        if name in off:
            plugins.disable(name, "switched off by ADMIN_DISABLED_PLUGINS")
        else:
            plugins.load(name, partial(importlib.import_module, f"{folder.__name__}.{name}.plugin"))
    return plugins


def folder_names(folder: ModuleType) -> list[str]:
    """Return the plugin folders of a package: those that hold a ``plugin.py``."""
    return sorted(p.parent.name for root in folder.__path__ for p in Path(root).glob("*/plugin.py"))
