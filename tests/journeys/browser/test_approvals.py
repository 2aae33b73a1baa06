"""Asking and approving in a browser, with keys and pointer, in both themes and on a phone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.databases import as_app, clone, drop, unique_name
from tests.journeys.approvals import PLUGINS, Office, url_of
from tests.journeys.browser.listening import listen, new_context
from tests.journeys.browser.place import make_place, served
from tests.journeys.browser.test_pages import grave

Enter = Callable[[str], Page]


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    name = unique_name("two_people")
    with served(make_place(as_app(clone(server_url, name)), plugin_paths=(f"{PLUGINS}/shop",))) as place:
        yield Office(place)
    drop(server_url, name)


@pytest.fixture
def enter(browser: Browser, office: Office) -> Iterator[Enter]:
    """Yield a function that opens a browser for a new member; the test fails when a console reported anything."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def entered(name: str) -> Page:
        _, link = office.newcomer(name)
        context = new_context(browser, office.site.url)  # type: ignore[union-attr]  # a place has one
        contexts.append(context)
        page = listen(context.new_page(), said)
        page.goto(link)
        page.get_by_role("button", name="Sign in as").click()
        page.wait_for_url("**/admin/")
        return page

    yield entered
    for context in contexts:
        context.close()
    assert said == []


def is_clean(page: Page) -> None:
    """Check both themes and a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert grave(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")


def test_one_asks_and_another_approves_what_they_see(office: Office, enter: Enter) -> None:
    pack = office.pack(name="Ten credits")
    ada, finn = enter("Ada"), enter("Finn")
    ada.goto(url_of(pack, "raise-price"))
    expect(ada.get_by_role("button", name="Raise price")).to_have_count(0)
    ada.get_by_label("Cents").fill("25000")
    ada.get_by_role("button", name="Show what will happen").click()
    expect(ada.locator("#plan")).to_contain_text("+R\u00a0250,00")
    is_clean(ada)
    ada.get_by_label("Why it should be done").fill("no")
    ada.get_by_role("button", name="Ask for approval").click()
    expect(ada.locator("#reason-error")).to_contain_text("Say why")
    ada.get_by_label("Why it should be done").fill("The supplier asks more.")
    ada.get_by_role("button", name="Ask for approval").click()
    expect(ada.locator("#toasts")).to_contain_text("Asked: it is done when a second person approves it.")
    is_clean(ada)

    finn.goto("/admin/")
    expect(finn.locator('a[href="/admin/approvals"] .bell-count').first).to_have_text("1")
    finn.get_by_role("link", name="Approvals", exact=True).first.click()
    is_clean(finn)
    finn.get_by_role("link", name="Raise price").click()
    expect(finn.locator("main")).to_contain_text("The supplier asks more.")
    expect(finn.get_by_role("link", name="Ten credits")).to_be_visible()
    is_clean(finn)
    finn.get_by_role("button", name="Approve and do it").click()
    expect(finn.locator("#toasts")).to_contain_text("Approved. Ten credits costs more now.")
    assert office.now(pack).amount_cents == 30_000
    finn.get_by_role("link", name="What was changed").click()
    expect(finn.locator("main")).to_contain_text("Ada · approved by Finn")


def test_what_drifted_is_shown_beside_what_was_seen(office: Office, enter: Enter) -> None:
    pack = office.pack()
    ada = enter("Ada")
    ada.goto(url_of(pack, "raise-price"))
    ada.get_by_label("Cents").fill("500")
    ada.get_by_role("button", name="Show what will happen").click()
    office.change(pack, credits=99)
    ada.get_by_role("button", name="Raise price").click()
    expect(ada.locator("main")).to_contain_text("Something changed since it was shown.")
    expect(ada.locator("#plan-before")).to_be_visible()
    expect(ada.get_by_label("Cents")).to_have_value("500")
    is_clean(ada)
    ada.get_by_role("button", name="Raise price").click()
    expect(ada.locator("#toasts")).to_contain_text("costs more now.")
    assert office.now(pack).amount_cents == 5_500
