"""Fills the frame around every page from settings, person, models and plugins. Makes no statement."""

from typing import Any, Literal

from flask import Flask, g, request

from admin_core import menu
from admin_core.access import current_person
from admin_core.machine import Machine
from admin_core.navigation import Navigation, link_items
from admin_core.policy import Person
from admin_core.theme.frame import Banner, Environment, Frame, FramePerson, Preferences

ENVIRONMENTS = {
    "production": Environment("Production", "danger"),
    "demo": Environment("Demo", "accent"),
    "development": Environment("Development", "neutral"),
    "test": Environment("Test", "neutral"),
}
DEMO_BANNER = Banner("Demo company: every person, company and amount here is invented.", tone="info", icon="flask")


def install(app: Flask, parts: Machine) -> None:
    """Offer ``frame`` to every template."""
    navigation = Navigation(parts.registry, menu.entries(parts.plugins))
    links = link_items(parts.plugins.items("register_links"))

    @app.context_processor
    def with_frame() -> dict[str, Any]:
        return {"frame": frame_for(parts, navigation, links), "request_id": g.get("request_id", "")}


def frame_for(parts: Machine, navigation: Navigation, links: tuple[Any, ...]) -> Frame:
    """Return the frame for the person of this request; bare for somebody who has not signed in."""
    person = current_person()
    settings = parts.settings
    bare = Frame(product=settings.product_name, environment=ENVIRONMENTS[settings.env])
    if person is None:
        return bare
    return Frame(
        product=settings.product_name,
        environment=ENVIRONMENTS[settings.env],
        person=FramePerson(name=person.name, role=" · ".join(person.roles)),
        navigation=navigation.groups(person, request.path),
        links=links,
        banners=(DEMO_BANNER,) if settings.env == "demo" else (),
        preferences=preferences_of(person),
        palette_url="/admin/palette",
        preferences_url="/admin/preferences",
        password_url="/auth/change",  # noqa: S106 - an address
        sign_out_url="/auth/logout",
        style_url="/admin/style",
    )


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
