"""Finds and loads all plugins of a process: folders first, then paths, then installed distributions."""

import importlib
from collections.abc import Iterable

from admin_core.configuration.sections import TAKEN
from admin_core.generator.registry import Registry
from admin_core.jobs.core_jobs import CORE_JOBS
from admin_core.plugin_manager import Plugins
from admin_core.plugin_sources import of_distributions, of_package, of_paths
from admin_core.plugin_switches import Switches
from admin_core.settings import Settings
from schema import load_models
from schema.base import Base

BY_SETTING = "switched off by ADMIN_DISABLED_PLUGINS"


def load_all(settings: Settings, switches: Switches | None = None) -> Plugins:
    """Return the plugins that these settings allow, checked."""
    return load_plugins(settings.disabled_plugins, settings.plugin_paths, switches)


def load_plugins(disabled: Iterable[str] = (), paths: Iterable[str] = (), switches: Switches | None = None) -> Plugins:
    """Return every plugin that can be found, checked; a broken one is among them with its reason. Needs no database."""
    load_models()
    plugins = Plugins(switches or Switches())
    off = set(disabled)
    from_paths, plugins.empty_places = of_paths(paths)
    for source in [*of_package(importlib.import_module("plugins")), *from_paths, *of_distributions()]:
        if source.name in off:
            plugins.disable(source.name, BY_SETTING, source)
        else:
            plugins.add(source)
    plugins.settle(lambda: Registry.of(Base), (job.slug for job in CORE_JOBS), TAKEN)
    return plugins
