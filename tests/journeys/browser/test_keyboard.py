"""Everything by keyboard, nothing while typing, nothing at all when switched off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

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
