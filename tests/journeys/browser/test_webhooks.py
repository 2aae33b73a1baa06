"""Webhooks in a browser: an endpoint is made, its secret copied, a test event sent and its answer read."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from schema.api import WebhookEndpoint
from tests.admin_core.webhooks.world import Program, program
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave
from tests.running import perform_waiting

URL = "/admin/system/webhooks"


@pytest.fixture
def shop() -> Iterator[Program]:
    with program() as running:
        yield running


def test_an_endpoint_from_its_form_to_the_answer_of_its_receiver(page: Page, place: Place, shop: Program) -> None:
    page.goto(URL)
    assert grave(page) == []
    page.get_by_role("link", name="New endpoint").click()
    page.get_by_label("Name").fill("Nomsa's program")
    page.get_by_label("Address").fill("http://10.0.0.1/hooks")
    page.get_by_role("button", name="Create endpoint").click()
    expect(page.locator(".error-summary")).to_contain_text("Use an address that starts with https://.")
    expect(page.locator(".error-summary")).to_contain_text("Choose at least one.")
    expect(page.get_by_label("Name")).to_have_value("Nomsa's program")
    assert grave(page) == []
    page.get_by_label("Address").fill("https://app.example.com/hooks")
    page.get_by_label("payment.confirmed").check()
    page.get_by_role("button", name="Create endpoint").click()
    expect(page.locator("#secret")).to_have_text(re.compile(r"whsec_[A-Za-z0-9+/=]{44}"))
    shop.secret = page.locator("#secret").inner_text()
    assert grave(page) == []
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nomsa's program")
    assert "whsec_" not in page.content()
    answered(page, place, shop)


def answered(page: Page, place: Place, shop: Program) -> None:
    """Send a test event to a receiver on this machine, and read what it said."""
    with place.machine.database.transaction() as session:
        session.execute(update(WebhookEndpoint).where(WebhookEndpoint.name == "Nomsa's program").values(url=shop.url))
    object.__setattr__(place.machine.settings, "outgoing_loopback", True)
    try:
        page.get_by_role("button", name="Send test event").click()
        expect(page.locator("#toasts")).to_contain_text("on its way")
        assert perform_waiting(place.machine, "core.deliver-webhook") == 1
    finally:
        object.__setattr__(place.machine.settings, "outgoing_loopback", False)
    page.reload()
    expect(page.get_by_role("table")).to_contain_text("said 200 OK")
    assert [got["type"] for got in shop.got] == ["ping"]
    assert grave(page) == []


def test_a_secret_is_rotated_and_an_endpoint_switched_off_after_a_question(page: Page, place: Place) -> None:
    with place.machine.database.transaction() as session:
        session.add(WebhookEndpoint(name="Old program", url="https://old.example.com/", events=["*"], secret=b"x"))
    page.goto(URL)
    page.get_by_role("link", name="Old program").click()
    page.get_by_role("button", name="Switch off").click()
    page.get_by_role("dialog").get_by_role("button", name="Switch off").click()
    expect(page.locator("#toasts")).to_contain_text("Old program is switched off")
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()
    page.get_by_role("button", name="Rotate secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Rotate secret").click()
    expect(page.locator("#secret")).to_be_visible()
    expect(page.locator("main")).to_contain_text("until then the old one signs as well")


def test_otto_finds_no_way_in(open_page: Callable[[str], Page]) -> None:
    viewer = open_page("Viewer")
    answer = viewer.goto(URL)
    assert answer
    assert answer.status == 403
    expect(viewer.locator(".error-sentence")).to_contain_text("may not")
    expect(viewer.get_by_role("link", name="Webhooks")).to_have_count(0)
