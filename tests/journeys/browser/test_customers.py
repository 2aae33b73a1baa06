"""Support at the phone: the list of a product line, a number as it was dictated, a name as it sounded."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from admin_core.segments import ensure_segments
from plugins.customers.plugin import register_segments
from tests.journeys.browser.place import Place

CUSTOMERS = "/admin/data/customers/"


@pytest.fixture
def support(open_page: Callable[[str], Page], place: Place) -> Page:
    """A phone-sized page of somebody in Support, on the customers."""
    with place.machine.database.transaction() as session:
        ensure_segments(session, register_segments())
    page = open_page("Support")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(CUSTOMERS)
    return page


def test_a_caller_is_found_by_number_and_by_a_name_with_a_slip(support: Page, place: Place) -> None:
    phone = place.value("customers", "phone", product_line="b2b")
    name = place.value("customers", "company_name", product_line="b2b", phone=phone)
    support.get_by_role("link", name="Employers", exact=True).click()
    expect(support.locator(".tabs [aria-current=page]")).to_contain_text("Employers")
    look_for(support, f"0{phone[3:5]} {phone[5:8]} {phone[8:]}")
    expect(support.locator("tbody tr")).to_have_count(1)
    expect(support.locator("tbody tr")).to_contain_text(name)
    look_for(support, with_a_slip(name))
    expect(support.locator("main")).to_contain_text("These are similar")
    support.locator("tbody").get_by_role("link", name=name).first.click()
    support.wait_for_url(f"**{CUSTOMERS}record/*")
    expect(support.locator("h1")).to_contain_text(name)


def look_for(page: Page, words: str) -> None:
    page.locator("[data-search]").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator("[data-search]")).to_have_value(words)


def with_a_slip(name: str) -> str:
    """Return a name whose longest word has two letters swapped."""
    word = max(name.split(), key=len)
    return name.replace(word, word[:2] + word[3] + word[2] + word[4:])


def test_a_profile_says_who_it_is_and_loads_its_panels(open_page: Callable[[str], Page], place: Place) -> None:
    page = open_page("Support")
    page.goto(place.record("customers", id=place.value("payments", "customer_id")))
    expect(page.locator(".in-short")).to_contain_text("Product line")
    panel = page.locator("#panel-finance-payments")
    panel.scroll_into_view_if_needed()
    expect(panel.locator("tbody tr").first).to_be_visible()
    told = page.locator("#timeline")
    told.scroll_into_view_if_needed()
    expect(told.locator(".timeline li").first).to_be_visible()
    told.get_by_role("link", name="Payment", exact=True).click()
    expect(page.locator(".tabs [aria-current=page]")).to_have_text("Payment")
    expect(page.locator(".timeline-title").first).to_have_text("Payment")
