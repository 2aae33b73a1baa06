"""The same work in a browser without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser.conftest import sign_in
from tests.journeys.browser.listening import new_context
from tests.journeys.browser.place import Place

CUSTOMERS = "/admin/data/customers/"


@pytest.fixture(scope="module")
def plain(browser: Browser, place: Place) -> Iterator[Page]:
    """A page of the owner in a browser that runs no script."""
    context = new_context(browser, place.url, java_script_enabled=False)
    sign_in(context, place, "Owner")
    yield context.new_page()
    context.close()


def test_a_list_is_searched_and_filtered(plain: Page, place: Place) -> None:
    part = place.value("customers", "company_name", status="active").split()[0]
    plain.goto(CUSTOMERS)
    plain.locator("[data-search]").fill(part)
    plain.keyboard.press("Enter")
    plain.locator("summary", has_text="Filter").click()
    plain.locator(".menu-panel").get_by_role("link", name="Status", exact=True).click()
    plain.locator("label.chip", has_text="Active").click()
    plain.get_by_role("button", name="Add filter").click()
    expect(plain.locator(".chips")).to_contain_text("Active")
    rows = plain.locator("tbody tr").all_inner_texts()
    assert rows
    assert all(part in row for row in rows)


def test_a_record_is_made_changed_and_deleted(plain: Page) -> None:
    plain.goto("/admin/data/ready_answers/new")
    plain.get_by_label("Key", exact=True).fill("hello")
    plain.get_by_label("Name", exact=True).fill("Hello Finn")
    plain.get_by_label("Body").fill("Good morning.")
    plain.get_by_role("button", name="Create").click()
    expect(plain.locator("h1")).to_have_text("Hello Finn")
    plain.get_by_role("link", name="Edit", exact=True).click()
    plain.get_by_label("Name", exact=True).fill("Hello Nomsa")
    plain.get_by_role("button", name="Save", exact=True).click()
    expect(plain.locator("h1")).to_have_text("Hello Nomsa")
    plain.get_by_role("link", name="Delete").click()
    plain.get_by_role("button", name="Delete 1 row").click()
    expect(plain.locator("main")).not_to_contain_text("Hello Nomsa")


def test_children_are_added_by_the_server(plain: Page) -> None:
    plain.goto("/admin/data/escalation_procedures/new")
    plain.get_by_label("Name", exact=True).fill("Wake Finn")
    plain.get_by_role("button", name="Add another escalation step").click()
    plain.get_by_label("Position").fill("1")
    plain.get_by_role("button", name="Save and continue").click()
    expect(plain.locator("[data-inline-row]")).to_have_count(1)


def test_a_record_is_found_and_a_preference_leads_back(plain: Page, place: Place) -> None:
    email = place.value("customers", "email")
    plain.goto(CUSTOMERS)
    plain.locator(".palette-trigger").click()
    plain.locator("main input[name=q]").fill(email)
    plain.get_by_role("button", name="Find", exact=True).click()
    expect(plain.locator(".topbar")).to_be_visible()
    expect(plain.locator("main .found a").first).to_be_visible()
    plain.goto(f"{CUSTOMERS}?size=10")
    for name in ("Compact", "Normal"):
        plain.get_by_label("Appearance").click()
        plain.get_by_role("button", name=name).click()
        plain.wait_for_url(f"**{CUSTOMERS}?size=10")
        expect(plain.locator("html")).to_have_attribute("data-density", name.lower())
