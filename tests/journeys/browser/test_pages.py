"""Every kind of page of models of every shape: nothing in the console, no policy violation, axe finds nothing grave."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from admin_core.generator.ids import encode_key
from admin_core.generator.urls import delete_url, edit_url, new_url, record_url
from tests.journeys.browser.listening import listen, new_context
from tests.journeys.browser.place import Place

SHAPES = {
    "customers": "wide, refers to itself, JSON that forms do not edit",
    "announcements": "JSON and Markdown editors",
    "ai_decisions": "append-only, wide, long texts",
    "evidence_items": "append-only child",
    "plans": "inlines",
    "funnels": "inlines with JSON",
    "feature_flags": "inlines, JSON values",
    "breaches": "JSON, arrays, inlines",
    "processors": "arrays",
    "roles": "array of permissions",
    "staff_members": "secret columns, refers to itself",
    "api_keys": "network addresses, secret",
    "prompt_versions": "JSON and arrays, refers to itself",
    "promotion_codes": "money, per cent, moments, many checks",
    "fx_rates": "exact decimals",
    "ip_allow_entries": "network",
    "invoices": "written by actions",
    "payments": "money, references",
    "usage_events": "partitioned telemetry",
    "rollup_values": "composite key",
    "error_counts": "composite key of machinery",
    "audit_entries": "bytes and arrays",
    "retention_policies": "checks over several columns",
    "holidays": "dates",
    "settings": "secret bytes",
}
DISTINCT = (
    "home", "list", "filter", "record", "new", "edit", "delete", "style", "palette", "error", "password", "account",
    "plugins", "plugin", "jobs", "looked at", "alerts", "alert", "alert rule", "alert form", "alert channels",
    "alert channel",
)  # fmt: skip


def pages_of(place: Place, key: str) -> Iterator[str]:
    """Yield the addresses of a model's pages, those of a record when there is one."""
    spec = place.machine.registry.spec(key)
    yield place.list(key)
    if spec.writes == "forms":
        yield new_url(key)
    keys = [getattr(spec.model, name) for name in spec.primary_key]
    with place.machine.database.sessions() as session:
        found = session.execute(sa.select(*keys).limit(1)).first()
    if found is None:
        return
    record = encode_key(tuple(found))
    yield record_url(key, record)
    if spec.writes == "forms":
        yield edit_url(key, record)
        yield delete_url(key, record)


@pytest.mark.parametrize("key", SHAPES)
def test_pages_of_every_shape_open_without_a_word_in_the_console(page: Page, place: Place, key: str) -> None:
    for url in pages_of(place, key):
        answer = page.goto(url)
        assert answer
        assert answer.status == 200, url


def addresses(place: Place) -> dict[str, str]:
    customer = place.record("customers", status="active")
    return {
        "home": "/admin/",
        "list": place.list("customers"),
        "filter": f"{place.list('customers')}?add=status&f.product_line.eq=b2b",
        "record": customer,
        "new": new_url("announcements"),
        "edit": f"{place.record('plans')}/edit",
        "delete": f"{customer}/delete",
        "style": "/admin/style",
        "palette": "/admin/palette",
        "error": "/admin/data/nothing/",
        "password": "/auth/change",
        "account": "/admin/account",
        "plugins": "/admin/system/plugins",
        "plugin": "/admin/system/plugins/finance",
        "jobs": "/admin/system/jobs",
        "looked at": "/admin/system/looked-at",
        **alerts(place),
    }


def alerts(place: Place) -> dict[str, str]:
    incident, rule = place.value("alert_incidents", "id"), place.value("alert_rules", "id", declared=False)
    channel = place.value("alert_channels", "id")
    return {
        "alerts": "/admin/alerts",
        "alert": f"/admin/alerts/incident/{incident}",
        "alert rule": f"/admin/alerts/rule/{rule}",
        "alert form": f"/admin/alerts/rule/{rule}/edit",
        "alert channels": "/admin/alerts/channels",
        "alert channel": f"/admin/alerts/channels/{channel}/edit",
    }


@pytest.fixture(scope="module", params=["light", "dark"])
def themed(
    request: pytest.FixtureRequest, browser: Browser, place: Place, signed_in: Callable[[str], BrowserContext]
) -> Any:
    """A context whose device prefers this theme, signed in like the owner."""
    owner = signed_in("Owner")
    context = new_context(browser, place.url, color_scheme=request.param, storage_state=owner.storage_state())
    yield context
    context.close()


OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe whose answer depends on the theme."""


@pytest.mark.parametrize("name", DISTINCT)
def test_axe_finds_nothing_grave_and_nothing_scrolls_sideways(themed: BrowserContext, place: Place, name: str) -> None:
    said: list[str] = []
    page = listen(themed.new_page(), said)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(addresses(place)[name])
    if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"):  # the same page, other colours
        assert grave(page, *OF_COLOURS) == []
    else:
        assert grave(page) == []
        for width in (360, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert grave(page) == []
    page.close()
    assert said == []


def grave(page: Page, *rules: str) -> list[tuple[str, list[str]]]:
    """Return what axe calls serious or critical by its rules, or some of them, with the markup it means."""
    asked = {"runOnly": list(rules)} if rules else {}
    found = Axe().run(page, options={"resultTypes": ["violations"], "iframes": False, **asked}).response["violations"]
    return [
        (each["id"], [node["html"][:120] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("path", ["/auth/login", "/auth/link/nothing", "/admin/"])
def test_pages_before_sign_in_are_clean_too(browser: Browser, place: Place, path: str) -> None:
    said: list[str] = []
    context = new_context(browser, place.url, viewport={"width": 390, "height": 800})
    page = listen(context.new_page(), said)
    page.goto(path)
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert said == []
    context.close()
