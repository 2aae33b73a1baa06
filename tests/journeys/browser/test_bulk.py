"""Rows are chosen by box, by range, by key and all at once; what is done to them is looked at before, and undone."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from schema.content import FaqEntry
from tests.journeys.browser.listening import new_context
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave


@pytest.fixture
def listed(place: Place) -> str:
    """Return the address of a list of sixty entries of their own."""
    category = f"c-{uuid4().hex[:12]}"
    with place.machine.database.transaction() as session:
        session.add_all(FaqEntry(question=f"How {n}?", answer="So.", category=category, position=n) for n in range(60))
    return f"/admin/data/faq_entries/?f.category.eq={category}"


def count(page: Page) -> str:
    return page.locator("[data-selected-count]").inner_text()


def test_rows_are_chosen_by_key_by_range_and_all_at_once(page: Page, listed: str) -> None:
    page.goto(listed)
    bar = page.locator("[data-selection-bar]")
    expect(bar).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_be_visible()
    assert count(page) == "1"
    assert grave(page) == []
    boxes = page.get_by_role("row").get_by_role("checkbox", name="Select How")
    boxes.nth(4).click()
    boxes.nth(9).click(modifiers=["Shift"])
    assert count(page) == "7"
    page.get_by_role("checkbox", name="Select all rows on this page").check()
    assert count(page) == "50"
    page.get_by_role("button", name="Select all 60 matching").click()
    assert count(page) == "60"
    boxes.nth(4).click()
    assert count(page) == "49"  # those of the page again


def test_all_that_match_are_changed_and_put_back(page: Page, listed: str) -> None:
    page.goto(listed)
    page.get_by_role("checkbox", name="Select all rows on this page").check()
    page.get_by_role("button", name="Select all 60 matching").click()
    page.locator("[data-selection-bar]").get_by_role("button", name="Edit").click()
    page.wait_for_url("**/admin/selections/*/edit")
    expect(page.locator("main")).to_contain_text("60 selected")
    expect(page.locator("#c-locale")).to_be_hidden()
    page.get_by_label("What to do with Locale").select_option("Set to")
    page.locator("#c-locale").fill("zu-ZA")
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.locator("#plan")).to_contain_text("60 changed")
    assert grave(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Edit 60 FAQ").click()
    expect(page.locator("main")).to_contain_text("Changed 60 of 60 FAQ.")
    page.get_by_role("link", name="What was changed, and undo").click()
    page.get_by_role("button", name="Undo 60 rows").click()
    expect(page.locator("#toasts")).to_contain_text("Undone: 60 rows put back.")


def test_a_choice_is_cleared(page: Page, listed: str) -> None:
    page.goto(listed)
    page.get_by_role("checkbox", name="Select all rows on this page").check()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("row").get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(page.locator("[data-selection-bar]")).to_be_hidden()


def test_it_works_without_script(
    browser: Browser, place: Place, signed_in: Callable[[str], object], listed: str
) -> None:
    owner: object = signed_in("Owner")
    plain = new_context(browser, place.url, java_script_enabled=False)
    plain.add_cookies(owner.cookies())  # type: ignore[attr-defined]  # a browser's context
    page = plain.new_page()
    page.goto(listed)
    page.get_by_role("row").get_by_role("checkbox", name="Select How").first.check()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#plan")).to_contain_text("1 deleted")
    page.get_by_role("button", name="Delete 1 FAQ entry").click()
    expect(page.locator("main")).to_contain_text("Deleted 1 of 1")
    page.goto(listed)
    page.get_by_role("button", name="Select all 59 matching").click()
    expect(page.get_by_role("heading", name="Selected: 59 FAQ")).to_be_visible()
    plain.close()
