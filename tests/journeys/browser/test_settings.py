"""Settings, set-up and system in a browser: entered once, tested without a reload, asked before typing is lost."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from schema.settings import IntegrationState, Setting
from tests.admin_core.vendors import Vendor, vendor
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave
from tests.running import perform_waiting

KEY = "sntryu_canary-0123456789"


@pytest.fixture
def sentry() -> Iterator[Vendor]:
    with vendor() as found:
        found.answer = (200, [{"id": "1"}])
        yield found


@pytest.fixture(autouse=True)
def forgotten(place: Place) -> Iterator[None]:
    yield
    with place.machine.database.transaction() as session:
        session.execute(sa.delete(Setting).where(Setting.section != "company"))
        session.execute(sa.delete(IntegrationState).where(IntegrationState.name != "company"))


def test_a_key_is_entered_tested_and_never_seen_again(page: Page, place: Place, sentry: Vendor) -> None:
    page.goto("/admin/setup")
    page.get_by_role("link", name="Set up Sentry").click()
    page.get_by_label("Token").fill(KEY)
    page.get_by_label("Organisation").fill("hireinbox")
    page.get_by_label("API address").fill(sentry.url)
    page.get_by_role("button", name="Save and test").click()
    status = page.locator("#test [role=status]")
    expect(status).to_contain_text("testing")
    assert perform_waiting(place.machine, "core.test-integration") == 1
    expect(status).to_contain_text("Sentry accepts the token; there are open issues.")
    assert KEY not in page.content()
    page.get_by_role("button", name="Test", exact=True).click()
    expect(status).to_contain_text("testing")
    sentry.answer = (403, {})
    assert perform_waiting(place.machine, "core.test-integration") == 1
    expect(status).to_contain_text("lacks a permission")
    assert page.url.endswith("/admin/settings/sentry"), "neither test needed another page"
    page.goto("/admin/setup")
    expect(page.locator("#step-sentry")).to_contain_text("failing")


def test_leaving_with_typed_settings_asks_first(page: Page) -> None:
    page.goto("/admin/settings/company")
    page.get_by_label("Trading name").fill("Half written")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/admin/settings")
    assert asked == ["beforeunload"]


def test_a_refused_form_shows_where_and_keeps_what_may_be_kept(page: Page) -> None:
    page.goto("/admin/settings/yoco")
    page.get_by_label("Secret key").fill("canary-4711")
    page.get_by_label("Dashboard").fill("nope")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("2 things")
    expect(page.get_by_label("Dashboard")).to_have_value("nope")
    expect(page.get_by_label("Secret key")).to_have_value("")
    assert "canary" not in page.content()


def test_every_card_of_the_system_page_arrives(page: Page) -> None:
    page.goto("/admin/system")
    expect(page.locator(".lazy")).to_have_count(0)
    for title in ("Health", "Database", "Jobs", "Processes", "Redis", "Disks", "Declarations", "Versions"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/admin/settings", "/admin/settings/company", "/admin/settings/yoco", "/admin/setup", "/admin/system"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave_and_nothing_scrolls_sideways(page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path)
    expect(page.locator(".lazy")).to_have_count(0)
    assert grave(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
