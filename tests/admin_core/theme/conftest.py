"""A served site and a browser page that collects everything the console says."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.admin_core.theme.site import make_site
from tests.browsers import launch


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, Any]]:
    app = make_site()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", app
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def context(browser: Browser, site: tuple[str, Any]) -> Iterator[BrowserContext]:
    """One context for all pages, so that static files are fetched once as they are by a person."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=site[0])
    opened.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"
    )
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page at desktop width; the test fails when the console reported an error or a policy violation."""
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    opened.close()
    assert said == []
