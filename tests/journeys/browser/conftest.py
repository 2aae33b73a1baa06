"""The whole application served over one seeded database per worker, and browsers that collect what the console says."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browsers import launch
from tests.company import company
from tests.databases import as_app
from tests.journeys.browser.listening import TIMEOUT_MS, listen, new_context
from tests.journeys.browser.place import Place, make_place, served
from tests.journeys.site import keep_fresh, session_with

expect.set_options(timeout=TIMEOUT_MS)  # five seconds are little on a busy machine


@pytest.fixture(scope="session")
def place(server_url: str) -> Iterator[Place]:
    """Yield the served application; journeys make what they change."""
    with company(server_url, "browser") as url, served(make_place(as_app(url))) as place:
        yield place


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, place: Place) -> Iterator[Callable[[str], BrowserContext]]:
    """Yield a function that returns the context of somebody with this role; each signs in once, by link."""
    contexts: dict[str, BrowserContext] = {}

    def of(role: str) -> BrowserContext:
        if role not in contexts:
            contexts[role] = new_context(browser, place.url)
            sign_in(contexts[role], place, role)
        return contexts[role]

    yield of
    for context in contexts.values():
        context.close()


def sign_in(context: BrowserContext, place: Place, role: str) -> None:
    """Use a one-use link as a person does."""
    page = context.new_page()
    page.goto(place.link(role))
    page.get_by_role("button", name="Sign in as").click()
    page.wait_for_url("**/admin/")
    page.close()
    (cookie,) = (each["value"] for each in context.cookies() if each["name"] == "admin")
    keep_fresh(place.machine, session_with(cookie))


@pytest.fixture
def open_page(signed_in: Callable[[str], BrowserContext]) -> Iterator[Callable[[str], Page]]:
    """Yield a function that opens a page for a role; the test fails when a console reported anything."""
    pages: list[Page] = []
    said: list[str] = []

    def opened(role: str) -> Page:
        page = listen(signed_in(role).new_page(), said)
        page.set_viewport_size({"width": 1440, "height": 900})
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close(run_before_unload=False)
    assert said == []


@pytest.fixture
def page(open_page: Callable[[str], Page]) -> Page:
    """A page of the owner."""
    return open_page("Owner")
