"""Somebody switches a plugin off and on again: it leaves the menu and home, and comes back."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from schema.settings import PluginState
from tests.journeys.browser.place import Place


@pytest.fixture(autouse=True)
def _on(place: Place) -> Iterator[None]:
    """Other journeys find every plugin on, whatever happens here."""
    yield
    with place.machine.database.transaction() as session:
        session.execute(sa.update(PluginState).values(enabled=True))
    place.machine.plugins.switches.expire()


def test_a_plugin_is_switched_off_and_on(page: Page) -> None:
    page.goto("/admin/")
    links = page.locator("#sidebar details", has_text="Links")
    expect(links.get_by_role("link", name="Sentry", include_hidden=True)).to_have_count(1)
    page.locator("#sidebar details", has_text="System").locator("summary").click()
    page.locator("#sidebar").get_by_role("link", name="Plugins", exact=True).click()
    page.get_by_role("table", name="Plugins").get_by_role("link", name="Health").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Health")
    expect(page.locator(".page-head")).to_contain_text("running")
    page.get_by_label("Why").fill("Its numbers are being mended.")
    page.get_by_role("button", name="Switch off Health").click()
    page.locator("#confirm-dialog").get_by_role("button", name="Switch off Health").click()
    expect(page.locator(".page-head")).to_contain_text("switched off")
    expect(page.locator("main")).to_contain_text("Its numbers are being mended.")
    expect(links.get_by_role("link", name="Sentry", include_hidden=True)).to_have_count(0)
    page.goto("/admin/")
    expect(page.get_by_role("figure").filter(has_text="CVs screened")).to_have_count(1)
    expect(page.get_by_role("figure").filter(has_text="Errors")).to_have_count(0)
    page.goto("/admin/system/plugins/health")
    page.get_by_role("button", name="Switch on Health").click()
    expect(page.locator(".page-head")).to_contain_text("running")
    expect(links.get_by_role("link", name="Sentry", include_hidden=True)).to_have_count(1)
