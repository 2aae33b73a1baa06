"""Fills the frame around every page from settings, person, models and plugins. Makes no statement."""

import time
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Literal

from flask import Flask, g, request

from admin_core import menu
from admin_core.access import current_person
from admin_core.alerts import overview as alerts
from admin_core.approvals.asking import READ as APPROVALS
from admin_core.approvals.queue import URL as APPROVALS_URL
from admin_core.approvals.queue import decides
from admin_core.configuration import links as link_menu
from admin_core.jobs_screen.lines import ALL_JOBS, SEE_ALL, YOUR_JOBS
from admin_core.machine import Machine
from admin_core.navigation import Navigation
from admin_core.policy import Person
from admin_core.team.seeing import END_URL
from admin_core.theme.frame import Banner, Environment, Frame, FramePerson, NavItem, Preferences

ENVIRONMENTS = {
    "production": Environment("Production", "danger"),
    "demo": Environment("Demo", "accent"),
    "development": Environment("Development", "neutral"),
    "test": Environment("Test", "neutral"),
}
DEMO_BANNER = Banner("Demo company: every person, company and amount here is invented.", tone="info", icon="flask")


def install(app: Flask, parts: Machine) -> None:
    """Offer ``frame`` to every template."""
    menus = Menus(parts, link_menu.install(app))

    @app.context_processor
    def with_frame() -> dict[str, Any]:
        return {"frame": frame_for(parts, menus), "request_id": g.get("request_id", "")}


@dataclass
class Menus:
    """Sidebar and links, remembered until a plugin is switched on or off or an address is changed."""

    parts: Machine
    links: link_menu.LinkMenu
    known: dict[Hashable, tuple[Navigation, tuple[NavItem, ...]]] = field(default_factory=dict)

    def now(self) -> tuple[Navigation, tuple[NavItem, ...]]:
        """Return the sidebar and the links without what is switched off."""
        plugins = self.parts.plugins
        state = plugins.switches.off(), frozenset(self.links.addresses.items())
        if state not in self.known:
            links = self.links.items(plugins.items("register_links"))
            entries = menu.entries(plugins, reflects=self.parts.reflection is not None)
            self.known = {state: (Navigation(self.parts.registry, entries), links)}
        return self.known[state]


def frame_for(parts: Machine, menus: Menus) -> Frame:
    """Return the frame for the person of this request; bare for somebody who has not signed in."""
    person = current_person()
    settings = parts.settings
    bare = Frame(product=settings.product_name, environment=ENVIRONMENTS[settings.env])
    if person is None:
        return bare
    navigation, links = menus.now()
    approves = bool(person.has(APPROVALS) and decides(parts.actions, person))
    return Frame(
        product=settings.product_name,
        environment=ENVIRONMENTS[settings.env],
        person=FramePerson(
            name=person.name, role=" · ".join(person.roles), account_url="" if person.seeing else "/admin/account"
        ),
        navigation=navigation.groups(person, request.path),
        links=links,
        banners=banners_for(settings.env, person),
        is_looking=person.seeing is not None,
        preferences=preferences_of(person),
        palette_url="/admin/palette",
        alerts_url=alerts.URL if person.has(alerts.READ) else "",
        alerts_count_url=f"{alerts.URL}/count" if person.has(alerts.READ) else "",
        approvals_url=APPROVALS_URL if approves else "",
        approvals_count_url=f"{APPROVALS_URL}/count" if approves else "",
        jobs_url=ALL_JOBS if person.has(SEE_ALL) else YOUR_JOBS,
        jobs_label="All jobs" if person.has(SEE_ALL) else "Your jobs",
        jobs_tray_url=YOUR_JOBS,
        preferences_url="/admin/preferences",
        password_url="" if person.seeing else "/auth/change",
        sign_out_url="/auth/logout",
        style_url="/admin/style",
    )


def banners_for(env: str, person: Person) -> tuple[Banner, ...]:
    """Return what stands above every page: first of all that somebody looks through other eyes."""
    demo = (DEMO_BANNER,) if env == "demo" else ()
    if person.seeing is None:
        return demo
    minutes = max(1, int((person.seeing.until - time.time()) // 60))
    text = f"You see the admin as {person.seeing.label} does. Nothing can be changed. It ends in {minutes} min."
    return (Banner(text, "danger", "eye", "End now", END_URL, post=True), *demo)


def preferences_of(person: Person) -> Preferences:
    """Return how the person likes the admin; what was stored by an older version falls back to the default."""
    stored = person.preferences
    return Preferences(
        theme=one_of(stored.get("theme"), ("auto", "light", "dark"), "auto"),
        density=one_of(stored.get("density"), ("compact", "normal", "comfortable"), "normal"),
        keys=stored.get("keys", True) is not False,
        sidebar=one_of(stored.get("sidebar"), ("open", "closed"), "open"),
    )


def one_of(value: object, known: tuple[Any, ...], otherwise: Literal["auto", "normal", "open"]) -> Any:
    """Return the value when it is known, else the default."""
    return value if value in known else otherwise
