"""The browser of the tests: Debian's Chromium without its window, which opens a page three times as fast."""

from playwright.sync_api import Browser, Playwright

PROGRAM = "/usr/bin/chromium-headless-shell"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def launch(playwright: Playwright) -> Browser:
    """Start it."""
    return playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
