"""The Links menu: entries of plugins, their addresses from settings where somebody set one. Kept per process.

No page pays a statement for it: home and the settings pages read the addresses again when what is known is older than
half a minute, and a process that stores settings forgets at once what it knew.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.contributions import Link
from admin_core.navigation import link_items
from admin_core.setting_fields import DASHBOARD
from admin_core.theme.frame import NavItem
from schema.settings import Setting

EXTENSION = "admin_core.links"
KEPT_S = 30.0


@dataclass
class LinkMenu:
    """The addresses that were set, as this process knows them."""

    addresses: dict[str, str] = field(default_factory=dict)
    """By section."""
    read_at: float | None = field(default=None)
    """When the addresses were read, by the monotonic clock; None: never."""

    def refresh(self, session: Session) -> None:
        """Read the addresses when what is known is old. At most one statement."""
        now = time.monotonic()
        if self.read_at is not None and now - self.read_at < KEPT_S:
            return
        self.addresses = addresses(session)
        self.read_at = now

    def items(self, declared: Iterable[Link]) -> tuple[NavItem, ...]:
        """Return the entries, each with the address that was set, else the one its plugin declares."""
        return link_items(with_addresses(declared, self.addresses))


def addresses(session: Session) -> dict[str, str]:
    """Return the stored dashboard addresses by section."""
    statement = select(Setting.section, Setting.value).where(Setting.name == DASHBOARD, Setting.value.is_not(None))
    return {section: str(value["v"]) for section, value in session.execute(statement) if value and value.get("v")}


def with_addresses(links: Iterable[Link], known: Mapping[str, str]) -> list[Link]:
    """Return the entries with the addresses that were set."""
    return [replace(link, url=known.get(link.section, link.url)) for link in links]


def install(app: Flask) -> LinkMenu:
    """Keep this menu for the app's pages."""
    menu = LinkMenu()
    app.extensions[EXTENSION] = menu
    return menu


def refresh_links(session: Session) -> None:
    """Read the addresses again if it is time to."""
    cast("LinkMenu", current_app.extensions[EXTENSION]).refresh(session)


def forget_links() -> None:
    """Let the next page that may read the addresses again."""
    cast("LinkMenu", current_app.extensions[EXTENSION]).read_at = None
