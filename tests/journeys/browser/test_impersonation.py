"""From the admin into a real customer app and out again: the admin ends it, and the app's next page is refused."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.api.programs import make_key
from tests.journeys.browser.listening import new_context
from tests.journeys.browser.place import Place
from tests.journeys.impersonating import Account, account, set_up

pytestmark = pytest.mark.browser
APP = Path(__file__).parents[2] / "integrations" / "customer_app.mjs"


@pytest.fixture(scope="module")
def app_url(place: Place) -> Iterator[str]:
    """Yield the address of the customer app, which asks the admin before every page."""
    key = make_key(place, "impersonations:take")  # type: ignore[arg-type]  # a place has the machine of a site
    environment = {**os.environ, "ADMIN_URL": place.url, "API_KEY": key.text, "POLL_S": "0"}
    with subprocess.Popen(["node", APP], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def otto(place: Place, app_url: str) -> Account:
    set_up(place.machine, f"{app_url}/api/impersonation")
    return account(place.machine)


def sign_in_as(page: Page, otto: Account) -> None:
    page.goto(otto.url)
    page.get_by_label("Ticket").fill(str(otto.ticket))
    page.get_by_label("Reason").fill("Cannot find the export.")
    page.get_by_label("Did the customer agree to this visit?").select_option("yes")
    page.get_by_role("button", name="Show what will happen").click()
    page.get_by_role("button", name="Sign in as this customer").click()
    page.get_by_role("button", name="Open the customer app").click()
    page.wait_for_url("http://localhost:*/")


def test_the_admin_lets_in_and_puts_out(
    open_page: Callable[[str], Page], browser: Browser, place: Place, app_url: str, otto: Account
) -> None:
    page, owner = open_page("Support"), open_page("Owner")
    sign_in_as(page, otto)
    banner = page.locator("#banner")
    expect(banner).to_contain_text(f"looks as {otto.subject}, ticket {otto.ticket}")
    (cookie,) = (each for each in page.context.cookies(app_url) if each["name"] == "__Host-impersonation")
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Strict")
    page.locator("input[name=name]").fill("Otto GmbH")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("You are only looking")
    target_sees_nothing(browser, app_url, otto)
    page.goto(app_url)
    expect(banner).to_be_visible()
    page.goto("about:blank")
    owner.goto(place.record("impersonations", customer_id=otto.customer))
    owner.get_by_role("link", name="End it now").click()
    owner.get_by_role("button", name="End it now").click()
    expect(owner.get_by_text("The customer app lets nobody in by it any more.").first).to_be_visible()
    page.goto(app_url)
    expect(page.locator("h1")).to_have_text("This visit has ended")
    page.goto(app_url)
    expect(page.locator("h1")).to_have_text("Sign in")


def target_sees_nothing(browser: Browser, app_url: str, otto: Account) -> None:
    """Sign in as the customer meanwhile: no banner, nothing changed, and no way into the visit."""
    context = new_context(browser, app_url)
    answer = context.request.post("/sign-in", form={"user": otto.subject})
    assert answer.ok
    page = context.new_page()
    page.goto("/")
    expect(page.locator("#account")).to_have_text(f"{otto.subject}: no name")
    assert page.locator("#banner").count() == 0
    assert context.request.post("/impersonation/end").status == 404
    context.close()
