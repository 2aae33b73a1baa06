"""Two records of one customer become one: pasted, Enter, the panel, side by side, shown, done, taken back."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from schema.customers import Customer
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave

PHONE = "+27825550188"


def customer(place: Place, **words: Any) -> str:
    usual = {"product_line": "b2b", "status": "active", "currency": "ZAR", "email": "hr@vuurtoring.example"}
    return place.add(Customer, signup_at=place.value("customers", "signup_at"), **usual, **words)


def test_a_duplicate_is_found_compared_merged_and_brought_back(page: Page, place: Place) -> None:
    kept = customer(place, company_name="Vuurtoring Logistics", external_id="vuurtoring-1")
    merged = customer(place, company_name="Vuurtoring Logistics (Pty) Ltd", phone=PHONE)
    page.goto("/admin/")
    page.keyboard.press("/")
    expect(page.locator("#palette input")).to_be_focused()
    page.locator("#palette input").fill("vuurtoring-1")
    page.keyboard.press("Enter")  # at once: what is opened is what was typed, not what stood there before
    page.wait_for_url(f"**{urlsplit(kept).path}")

    panel = page.locator("#panel-customers-duplicates")
    panel.scroll_into_view_if_needed()
    panel.get_by_role("link", name="Open Vuurtoring Logistics (Pty) Ltd").click()
    expect(page.get_by_role("checkbox", name="Take Phone of the duplicate")).to_be_checked()
    assert grave(page) == []
    look(page, "compare")
    page.get_by_role("button", name="Go on to merge").click()
    page.get_by_label("Why they are one customer").fill("One company signed up twice.")
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    look(page, "plan")
    page.get_by_role("button", name="Merge a duplicate into it").click()
    expect(page.locator("#toasts")).to_contain_text("the duplicate is closed")
    expect(page.locator("main")).to_contain_text(PHONE)

    page.goto(merged)
    page.get_by_role("link", name="Take the merge back").click()
    page.get_by_role("button", name="Take the merge back").click()
    expect(page.locator("#toasts")).to_contain_text("Taken back")


def look(page: Page, name: str) -> None:
    """Check that it fits a telephone."""
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    page.set_viewport_size({"width": 1440, "height": 900})
