"""Entries of the sidebar that are no lists: pages of core and of plugins."""

from collections.abc import Iterable
from dataclasses import dataclass

from admin_core.contributions import Page
from admin_core.plugin_manager import Plugins


@dataclass(frozen=True)
class Entry:
    """A page somebody with the permission finds in the sidebar."""

    label: str
    url: str
    group: str
    icon: str
    permission: str
    jump: str = ""
    """One letter: ``g`` then this letter goes here."""


OF_CORE: tuple[Entry, ...] = ()
"""Pages of core itself."""


def page_url(plugin: str, slug: str) -> str:
    """Return the address of a plugin's page."""
    return f"/admin/{plugin}/{slug}"


def plugin_pages(plugins: Plugins) -> list[tuple[str, Page]]:
    """Return every page with the name of its plugin."""
    return [(answer.plugin, page) for answer in plugins.collect("register_pages") for page in answer.items]


def entries(plugins: Plugins) -> tuple[Entry, ...]:
    """Return the entries of core and of all plugins."""
    return (*OF_CORE, *entries_of(plugin_pages(plugins)))


def entries_of(pages: Iterable[tuple[str, Page]]) -> list[Entry]:
    """Return the entries of plugin pages; one without a heading has none."""
    return [Entry(p.title, page_url(name, p.slug), p.group, p.icon, p.permission) for name, p in pages if p.group]
