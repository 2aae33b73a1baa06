"""Contexts of a browser, and what their consoles report: errors, warnings, violations of the policy."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

REPORT_VIOLATIONS = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"
TIMEOUT_MS = 15_000
ANSWERED = "Failed to load resource: the server responded with a status of"
"""What the browser says about a page that answers 4xx on purpose."""


def new_context(browser: Browser, url: str, **words: Any) -> BrowserContext:
    """Return a context for the site at an address, which tells its console when the policy is violated."""
    context = browser.new_context(base_url=url, **{"viewport": {"width": 1440, "height": 900}, **words})
    context.add_init_script(REPORT_VIOLATIONS)
    context.set_default_timeout(TIMEOUT_MS)
    return context


def listen(page: Page, said: list[str]) -> Page:
    """Note what the console of a page reports from now on; return the page."""

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(ANSWERED):
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    return page
