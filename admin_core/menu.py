"""Entries of the sidebar that are no lists: pages of core and of plugins."""

from collections.abc import Iterable
from dataclasses import dataclass

from admin_core.contributions import Page
from admin_core.plugin_manager import Answer, Plugins


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


SOURCES = Entry("Sources", "/admin/system/sources", "System", "arrows-exchange", "page:system:read")

OF_CORE: tuple[Entry, ...] = (
    Entry("Team", "/admin/staff", "System", "users", "page:staff:read"),
    Entry("System", "/admin/system", "System", "server", "page:system:read"),
    Entry("Alerts", "/admin/alerts", "Health", "bell", "page:alerts:read", jump="a"),
    Entry("Approvals", "/admin/approvals", "System", "user-check", "page:approvals:read"),
    Entry("Settings", "/admin/settings", "System", "settings", "page:settings:read"),
    Entry("Set-up", "/admin/setup", "System", "checklist", "page:settings:read"),
    Entry("E-mail texts", "/admin/mail", "Content", "send", "page:mail:read"),
    Entry("Webhooks", "/admin/system/webhooks", "System", "webhook", "page:system:read"),
    Entry("API", "/admin/system/api", "System", "plug", "page:system:read"),
    SOURCES,
    Entry("Plugins", "/admin/system/plugins", "System", "puzzle", "page:system:read"),
    Entry("Jobs and schedule", "/admin/system/jobs", "System", "settings", "page:system:read", jump="j"),
    Entry("Allowed networks", "/admin/system/networks", "System", "shield-check", "page:settings:read"),
    Entry("Who looked", "/admin/system/looked-at", "Privacy", "eye", "data:access_entries:read"),
    Entry("Audit trail", "/admin/system/audit", "System", "clipboard-check", "page:system:read"),
)
"""Pages of core itself."""
TABLES = Entry("Tables", "/admin/tables", "Data", "database", "page:tables:read")
"""In the sidebar where a database is reflected."""


def page_url(plugin: str, slug: str) -> str:
    """Return the address of a plugin's page."""
    return f"/admin/{plugin}/{slug}"


def dashboard_url(plugin: str, slug: str) -> str:
    """Return the address of a plugin's dashboard."""
    return f"/admin/dashboards/{plugin}/{slug}"


def figure_url(name: str) -> str:
    """Return the page that explains a figure."""
    return f"/admin/figures/{name}"


def plugin_pages(answers: Iterable[Answer]) -> list[tuple[str, Page]]:
    """Return the pages among what plugins registered, each with the name of its plugin."""
    return [(answer.plugin, page) for answer in answers for page in answer.items]


def entries(plugins: Plugins, *, reflects: bool = False) -> tuple[Entry, ...]:
    """Return the entries of core and of all plugins that are not switched off."""
    pages = entries_of(plugin_pages(plugins.collect("register_pages")))
    boards = [entry for answer in plugins.collect("register_dashboards") for entry in boards_of(answer)]
    return (*boards, *OF_CORE, *((TABLES,) if reflects else ()), *pages)


def boards_of(answer: Answer) -> list[Entry]:
    """Return the entries of a plugin's dashboards."""
    return [
        Entry(board.title, dashboard_url(answer.plugin, board.slug), board.group, board.icon, board.permission)
        for board in answer.items
    ]


def entries_of(pages: Iterable[tuple[str, Page]]) -> list[Entry]:
    """Return the entries of plugin pages; one without a heading has none."""
    return [Entry(p.title, page_url(name, p.slug), p.group, p.icon, p.permission) for name, p in pages if p.group]
