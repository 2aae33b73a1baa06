"""What the Plugins page says about each plugin: pure data from what was loaded and what the database remembers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admin_core.circuits import State
from admin_core.generator.urls import list_url
from admin_core.menu import dashboard_url, figure_url, page_url
from admin_core.plugin_manager import ONCE, Plugin, Plugins
from admin_core.plugin_models import tables_of
from admin_core.theme.frame import Tone
from schema.settings import PluginState

PLUGINS_URL = "/admin/system/plugins"
ORIGINS = {"folder": "Comes with the product", "path": "ADMIN_PLUGIN_PATHS", "distribution": "Installed package"}
WORDS = {
    "register_pages": ("page", "pages"),
    "register_actions": ("action", "actions"),
    "register_jobs": ("job", "jobs"),
    "register_figures": ("figure", "figures"),
    "register_dashboards": ("dashboard", "dashboards"),
    "register_rollups": ("number kept by day", "numbers kept by day"),
    "register_waiting": ("line on home", "lines on home"),
    "register_segments": ("tab", "tabs"),
    "record_panels": ("panel", "panels"),
    "register_links": ("link", "links"),
    "register_settings": ("section of settings", "sections of settings"),
    "register_api": ("operation of the API", "operations of the API"),
    "register_webhooks": ("source of webhooks", "sources of webhooks"),
    "register_webhook_events": ("webhook event", "webhook events"),
    "register_mail_templates": ("e-mail text", "e-mail texts"),
    "register_health_checks": ("check", "checks"),
    "register_services": ("service for other plugins", "services for other plugins"),
}
"""Hook → what people see of it; one and several."""


@dataclass(frozen=True)
class Part:
    """One thing a plugin adds."""

    name: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Overview:
    """One plugin as the page shows it."""

    plugin: Plugin
    row: PluginState | None
    is_off: bool
    """The team has switched it off."""
    parts: Mapping[str, tuple[Part, ...]]
    """By heading."""
    offers: str
    """How much of what, in words."""
    circuits: tuple[tuple[str, State], ...] = ()
    is_first: bool = True
    """False: its name is another's, who has the page of that name."""

    @property
    def url(self) -> str:
        """Its own page; empty for one whose name is another's."""
        return f"{PLUGINS_URL}/{self.plugin.name}" if self.is_first else ""

    @property
    def state(self) -> tuple[str, Tone]:
        """How it stands, in a word and its tone."""
        if self.plugin.by_setting:
            return "off by setting", "neutral"
        if self.plugin.error:
            return "could not start", "danger"
        if self.is_off:
            return "switched off", "warning"
        return ("running in part", "warning") if self.resting else ("running", "success")

    @property
    def resting(self) -> tuple[str, ...]:
        """The parts that are left alone for now because they failed too often."""
        return tuple(part for part, state in self.circuits if state != "closed")

    @property
    def version(self) -> str:
        """The version found now, else the one found last."""
        return self.plugin.manifest.version if self.plugin.manifest else (self.row.version if self.row else None) or ""

    @property
    def origin(self) -> str:
        """Where it comes from, in words."""
        return ORIGINS[self.plugin.origin]

    @property
    def can_switch(self) -> bool:
        """Whether a switch would change anything: what does not run is not kept from running."""
        return self.plugin.is_running


def overviews(plugins: Plugins, rows: Mapping[str, PluginState]) -> list[Overview]:
    """Return every plugin that was found, those with trouble first, then by title."""
    found = list(plugins)
    first = {plugin.name: plugin for plugin in reversed(found)}
    first |= {plugin.name: plugin for plugin in found if plugin.is_running}
    made = [overview(plugins, plugin, rows.get(plugin.name), is_first=first[plugin.name] is plugin) for plugin in found]
    return sorted(made, key=lambda each: (each.state[0] != "could not start", each.plugin.title.lower()))


def overview(plugins: Plugins, plugin: Plugin, row: PluginState | None, *, is_first: bool = True) -> Overview:
    """Return one plugin with everything it adds."""
    given = contributions(plugins, plugin)
    is_off = row is not None and not row.enabled and plugin.is_running
    circuits = tuple(plugins.circuits.states(plugin.name)) if plugin.is_running else ()
    return Overview(plugin, row, is_off, parts_of(plugin, given), offers(given), circuits, is_first)


def contributions(plugins: Plugins, plugin: Plugin) -> dict[str, tuple[Any, ...]]:
    """Return what the plugin registered, by hook; nothing of one that does not run."""
    if not plugin.is_running:
        return {}
    hooks = [hook for hook in plugin.hooks if hook.startswith(ONCE)]
    return {hook: plugins.contributed(plugin.name, hook) for hook in hooks}


def offers(given: Mapping[str, tuple[Any, ...]]) -> str:
    """Return how much of what a plugin adds: ``2 pages, 1 job``."""
    counted = [(len(given.get(hook, ())), words) for hook, words in WORDS.items()]
    return ", ".join(f"{count} {one if count == 1 else many}" for count, (one, many) in counted if count)


def parts_of(plugin: Plugin, given: Mapping[str, tuple[Any, ...]]) -> dict[str, tuple[Part, ...]]:
    """Return everything a plugin adds, by heading; headings with nothing below them are left out."""
    name = plugin.name
    found: dict[str, list[Part]] = {
        "Pages": [Part(p.title, page_url(name, p.slug), p.permission) for p in given.get("register_pages", ())],
        "Actions": [Part(a.label, note=f"on {a.model}, {a.permission}") for a in given.get("register_actions", ())],
        "Jobs": [Part(j.label, note=f"{j.slug}, {j.cron or 'when asked'}") for j in given.get("register_jobs", ())],
        "Figures": [Part(f.title, figure_url(f.name), f.permission) for f in given.get("register_figures", ())],
        "Dashboards": [
            Part(d.title, dashboard_url(name, d.slug), d.permission) for d in given.get("register_dashboards", ())
        ],
        "Kept by day": [Part(r.title, note=r.name) for r in given.get("register_rollups", ())],
        "Lines on home": [Part(w.label, note=w.permission) for w in given.get("register_waiting", ())],
        "Tabs": [Part(s.name, list_url(s.model), f"on {s.model}") for s in given.get("register_segments", ())],
        "Panels": [Part(p.title, note=f"on {p.model}, {p.permission}") for p in given.get("record_panels", ())],
        "Links": [Part(link.label, note=link.url) for link in given.get("register_links", ())],
        "Settings": [Part(s.title) for s in given.get("register_settings", ())],
        "Permissions": [Part(p.name, note=f"may {p.label}") for p in given.get("register_permissions", ())],
        "Tables": [Part(table.name, list_url(table.name)) for table in tables_of(plugin.package)]
        if plugin.package
        else [],
        "Migrations": [Part(name, note="newest") for name in plugin.branch.newest] if plugin.branch else [],
        "Hooks": [Part(hook) for hook in plugin.hooks],
    }
    return {heading: tuple(parts) for heading, parts in found.items() if parts}
