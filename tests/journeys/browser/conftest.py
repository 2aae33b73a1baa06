"""The whole application served over one seeded database per worker, and browsers that collect what the console says."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import create_engine

from admin_core import demo_mark
from plugins.demo import company
from tests.databases import as_app, clone, drop, unique_name
from tests.journeys.browser.place import CUSTOMERS, Place, make_place, served
from tests.journeys.site import keep_fresh

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
REPORT_VIOLATIONS = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"
TIMEOUT_MS = 15_000
ANSWERED = "Failed to load resource: the server responded with a status of"
"""What the browser says about a page that answers 4xx on purpose."""


@pytest.fixture(scope="session")
def place(server_url: str) -> Iterator[Place]:
    """Yield the served application; journeys make what they change."""
    name = unique_name("browser")
    url = clone(server_url, name)
    seed(url)
    with served(make_place(as_app(url))) as place:
        yield place
    drop(server_url, name)


def seed(url: str) -> None:
    """Invent a small company."""
    engine = create_engine(url)
    with engine.begin() as connection:
        demo_mark.set_mark(connection, demo_mark.DEMO)
    company.fill(engine, CUSTOMERS, lambda _: None, datetime.now(UTC))
    engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, place: Place) -> Iterator[Callable[[str], BrowserContext]]:
    """Yield a function that returns the context of somebody with this role; each signs in once, by link."""
    contexts: dict[str, BrowserContext] = {}

    def of(role: str) -> BrowserContext:
        if role not in contexts:
            contexts[role] = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=place.url)
            contexts[role].add_init_script(REPORT_VIOLATIONS)
            contexts[role].set_default_timeout(TIMEOUT_MS)
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
    keep_fresh(place.machine)


@pytest.fixture
def open_page(signed_in: Callable[[str], BrowserContext]) -> Iterator[Callable[[str], Page]]:
    """Yield a function that opens a page for a role; the test fails when a console reported anything."""
    pages: list[Page] = []
    said: list[str] = []

    def note(text: str) -> None:
        if not text.startswith(ANSWERED):
            said.append(text)

    def opened(role: str) -> Page:
        page = signed_in(role).new_page()
        page.set_viewport_size({"width": 1440, "height": 900})
        page.on("console", lambda message: note(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
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
