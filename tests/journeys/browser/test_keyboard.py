"""Everything by keyboard, nothing while typing, nothing at all when switched off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser.place import Place

CUSTOMERS = "/admin/data/customers/"


@pytest.fixture
def customers(page: Page) -> Page:
    page.goto(CUSTOMERS)
    return page


def test_rows_are_walked_opened_and_edited(customers: Page) -> None:
    customers.keyboard.press("j")
    customers.keyboard.press("j")
    customers.keyboard.press("k")
    expect(customers.locator("tr.is-current")).to_have_count(1)
    target = customers.locator("tbody tr").first.get_attribute("data-href")
    customers.keyboard.press("Enter")
    customers.wait_for_url(f"**{target}")
    customers.keyboard.press("e")
    customers.wait_for_url(f"**{target}/edit")
    customers.get_by_label("Industry").fill("jk?gh")
    expect(customers.locator("#help-sheet")).to_be_hidden()
    assert customers.url.endswith("/edit")


def test_help_search_and_home_are_one_key_away(customers: Page) -> None:
    customers.keyboard.press("?")
    expect(customers.locator("#help-sheet")).to_be_visible()
    customers.keyboard.press("Escape")
    expect(customers.locator("#help-sheet")).to_be_hidden()
    customers.keyboard.press("/")
    expect(customers.locator("[data-search]")).to_be_focused()
    customers.keyboard.type("g h ? j")
    expect(customers.locator("[data-search]")).to_have_value("g h ? j")
    customers.locator("[data-search]").blur()
    customers.keyboard.press("g")
    customers.keyboard.press("h")
    customers.wait_for_url("**/admin/")


@pytest.fixture
def quiet(customers: Page) -> Iterator[Page]:
    """The list with keys switched off for this person, and on again afterwards."""
    switch(customers, "Off")
    yield customers
    switch(customers, "On")


def switch(page: Page, to: str) -> None:
    page.get_by_label("Appearance").click()
    with page.expect_response("**/admin/preferences"):
        page.get_by_role("group", name="Keyboard shortcuts").get_by_role("button", name=to).click()
    page.get_by_label("Appearance").click()


def test_keys_switched_off_stay_off(quiet: Page) -> None:
    quiet.reload()
    for key in ("?", "j", "/"):
        quiet.keyboard.press(key)
    expect(quiet.locator("#help-sheet")).to_be_hidden()
    expect(quiet.locator("tr.is-current")).to_have_count(0)
    quiet.keyboard.press("Control+k")
    expect(quiet.locator("#palette")).to_be_visible()
    quiet.keyboard.press("Escape")
    expect(quiet.locator("#palette")).to_be_hidden()


# --- The palette


def test_the_palette_knows_what_was_opened_and_what_can_be_done_here(page: Page, place: Place) -> None:
    customer = place.record("customers", status="active")
    with page.expect_response("**/admin/palette/seen"):
        page.goto(customer)
    open_palette(page)
    actions = page.get_by_role("group", name="This record")
    expect(actions.get_by_role("option", name="Its history")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.goto("/admin/")
    open_palette(page)
    expect(page.get_by_role("group", name="Lately").get_by_role("option").first).to_have_attribute("href", customer)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{customer}")


def open_palette(page: Page) -> None:
    with page.expect_response("**/admin/palette"):
        page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()


def test_jumps_lead_to_lists_and_escape_leaves_the_search_box(page: Page) -> None:
    page.goto("/admin/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"**{CUSTOMERS}")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("gt")
    page.keyboard.press("Escape")
    expect(page.locator("[data-search]")).not_to_be_focused()
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/admin/data/tickets/")
    page.keyboard.press("?")
    expect(page.locator("#help-sheet")).to_contain_text("Customers")
