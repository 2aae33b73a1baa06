"""A morning of the owner: find a customer, keep a view of the list, mend a record."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.journeys.browser.place import Place

CUSTOMERS = "/admin/data/customers/"


@pytest.fixture
def addresses(page: Page) -> list[str]:
    """Every address the page asked for."""
    found: list[str] = []

    def note(request: Request) -> None:
        found.append(request.url)

    page.on("request", note)
    return found


def test_the_palette_goes_to_a_page_and_to_a_record_by_its_address(
    page: Page, place: Place, addresses: list[str]
) -> None:
    email = place.value("customers", "email")
    page.goto("/admin/")
    find(page, "customers")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Customers")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{CUSTOMERS}")
    find(page, email)
    expect(page.locator("#palette [aria-selected=true] small")).to_have_text("Customer")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{CUSTOMERS}record/*")
    expect(page.locator("main")).to_contain_text(email)
    assert not [url for url in addresses if "@" in url or "%40" in url]


def find(page: Page, words: str) -> None:
    """Type into the palette and wait for its answer."""
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    with page.expect_response(lambda answer: words_of(answer.request.post_data) == words):
        page.locator("#palette input").fill(words)


def words_of(posted: str | None) -> str:
    found = re.search(r"(?:^|&)q=([^&]*)", posted or "")
    return found[1].replace("%40", "@").replace("+", " ") if found else ""


def test_a_list_is_searched_filtered_kept_and_paged(page: Page, place: Place, addresses: list[str]) -> None:
    name = place.value("customers", "company_name", status="active")
    part = name.split()[0]
    page.goto(CUSTOMERS)
    search(page, part)
    expect(page.locator("tbody tr").first).to_contain_text(part)
    filter_by_status(page)
    expect(page.locator(".chip").filter(has_text="Status")).to_contain_text("Active")
    assert rows_say(page, part)

    keep_as_view(page, "Mine to watch")
    page.reload()
    expect(page.locator(".tabs [aria-current=page]")).to_have_text("Mine to watch")
    assert rows_say(page, part)
    assert not [url for url in addresses if part.lower() in url.lower()]
    expect(page.get_by_role("link", name="All", exact=True)).to_be_visible()


def search(page: Page, words: str) -> None:
    page.locator("[data-search]").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator("[data-search]")).to_have_value(words)


def filter_by_status(page: Page) -> None:
    page.locator("summary", has_text="Filter").click()
    page.locator(".menu-panel").get_by_role("link", name="Status", exact=True).click()
    page.locator("label.chip", has_text="Active").click()
    page.get_by_role("button", name="Add filter").click()


def keep_as_view(page: Page, name: str) -> None:
    page.get_by_label("Save as a view").click()
    page.get_by_label("Name of the new view").fill(name)
    page.get_by_role("button", name="Save view").click()
    expect(page.locator(".tabs [aria-current=page]")).to_have_text(name)


def rows_say(page: Page, part: str) -> bool:
    rows = page.locator("tbody tr").all_inner_texts()
    return bool(rows) and all(part in row and "Active" in row for row in rows)


def test_columns_are_chosen_and_remembered(page: Page) -> None:
    page.goto("/admin/data/payments/")
    choose_column(page, "External ID")
    expect(page.locator("thead")).to_contain_text("External ID")
    page.goto("/admin/data/payments/")
    expect(page.locator("thead")).to_contain_text("External ID")
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("button", name="Usual columns").click()
    expect(page.locator("thead")).not_to_contain_text("External ID")


def choose_column(page: Page, label: str) -> None:
    page.locator("summary", has_text="Columns").click()
    page.locator("label.menu-item", has_text=label).get_by_role("checkbox").check()
    page.get_by_role("button", name="Show these").click()


def test_a_list_is_sorted_and_walked_forth_and_back(page: Page) -> None:
    page.goto(f"{CUSTOMERS}?size=10")
    page.locator("thead").get_by_role("link", name="E-mail").click()
    expect(page.locator("[aria-sort=ascending]")).to_contain_text("E-mail")
    first = emails(page)
    assert first == sorted(first)
    page.get_by_role("link", name="Next", exact=True).click()
    expect(page.get_by_role("link", name="Previous", exact=True)).to_be_visible()
    second = emails(page)
    assert max(first) < min(second)
    page.get_by_role("link", name="Previous", exact=True).click()
    expect(page.locator("tbody tr").first).to_contain_text(first[0])
    assert emails(page) == first
    assert "@" not in page.url


def emails(page: Page) -> list[str]:
    return re.findall(r"\S+@\S+", page.locator("tbody").inner_text())


def test_related_lists_load_when_they_come_into_view(page: Page, place: Place) -> None:
    plan = place.record("plans", id=place.value("subscriptions", "plan_id"))
    page.goto(plan)
    related = page.locator("#related-subscriptions")
    related.scroll_into_view_if_needed()
    expect(related.locator("tbody tr").first).to_be_visible()
    expect(related.locator(".lazy")).to_have_count(0)


def test_a_wrong_form_says_where_and_keeps_what_was_typed(page: Page, place: Place) -> None:
    page.goto(f"{place.record('customers', product_line='b2b')}/edit")
    page.get_by_label("Industry").fill("Wine & olives")
    page.get_by_label("E-mail", exact=True).fill("no address")
    page.get_by_role("button", name="Save", exact=True).click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="E-mail").click()
    expect(page.get_by_label("E-mail", exact=True)).to_be_focused()
    expect(page.get_by_label("Industry")).to_have_value("Wine & olives")
    page.get_by_label("E-mail", exact=True).fill("ada@example.com")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Saved customer.")
    expect(page.locator("main")).to_contain_text("Wine & olives")
