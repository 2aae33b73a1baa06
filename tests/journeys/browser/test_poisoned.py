"""A database whose every text is markup, walked in a browser: no dialog, no violation of the policy, no script runs."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from admin_core.generator import urls
from tests.company import company
from tests.databases import as_app
from tests.journeys.browser.conftest import sign_in
from tests.journeys.browser.listening import listen, new_context
from tests.journeys.browser.place import Place, make_place, served
from tests.journeys.browser.test_owner import find
from tests.journeys.poison import PAYLOADS, first_record, pages_of, plain_pages, poison
from tests.journeys.site import Site

MODELS = ("customers", "tickets", "ai_decisions", "plans", "feature_flags", "prompt_versions", "audit_entries", "roles")
"""Of every shape of screen one; over HTTP ``test_everywhere`` asks for the pages of all."""
NOTICE = "for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => console.error('RAN', name)"


@pytest.fixture
def poisoned(server_url: str) -> Iterator[Place]:
    with company(server_url, "poisoned") as url:
        engine = sa.create_engine(url)
        assert poison(engine)[0] > 300
        engine.dispose()
        with served(make_place(as_app(url))) as place:
            yield place


def test_an_owner_walks_through_poison_and_nothing_runs(browser: Browser, poisoned: Place) -> None:
    said: list[str] = []
    site = Site(poisoned.app)
    with closing(new_context(browser, poisoned.url)) as context:
        context.add_init_script(NOTICE)
        sign_in(context, poisoned, "Owner")
        page = listen(context.new_page(), said)
        page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
        shown = sum(shows(page, url) for key in MODELS for url in islice(pages_of(site, key), 5))
        shown += sum(shows(page, url) for url in plain_pages(site) if not url.startswith("/admin/style"))
        search_and_pick(page, site)
        assert page.evaluate("typeof window.alert(1)") == "undefined"  # the notice is on
        assert said.pop() == "RAN alert"
    assert said == []
    assert shown > 30


def shows(page: Page, url: str) -> bool:
    """Open a page and what it loads when it is seen; return whether the markup stands there as text."""
    answer = page.goto(url)
    assert answer
    assert answer.status < 500, url
    if page.locator(".lazy").count():
        page.evaluate("for (const each of document.querySelectorAll('.lazy')) each.scrollIntoView()")
        page.wait_for_load_state("networkidle")
    return "alert(1)" in page.content()


def search_and_pick(page: Page, site: Site) -> None:
    """Let scripts write markup into the page: the palette, and the picker of a form."""
    customer = str(first_record(site, "customers"))
    page.goto(f"{urls.list_url('customers')}?sort={quote(PAYLOADS[1])}")
    find(page, customer)
    expect(page.locator("#palette-results")).to_contain_text("alert(1)")
    page.goto(urls.new_url("promotion_codes"))
    page.locator("#c-customer_id-field .ts-control").click()
    page.keyboard.type("<img src=x onerror=alert(1)>")
    expect(page.locator("#c-customer_id-field .ts-dropdown")).to_be_visible()
