"""Support writes a note about a customer, pins it, changes it, and sees what came and went."""

from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from schema.accounts import CustomerNote
from schema.customers import Customer
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave

WRITTEN = "# Invoices\n\nPays **late**, see [terms](https://hireinbox.example/terms)\n\n- <img src=x onerror=alert(1)>"


@pytest.fixture
def customer(place: Place) -> UUID:
    """Return a customer about whom nobody has written yet."""
    noted = sa.select(CustomerNote.customer_id)
    with place.machine.database.sessions() as session:
        return session.scalars(sa.select(Customer.id).where(Customer.id.not_in(noted)).limit(1)).one()


def notes_of(page: Page) -> Locator:
    """Return the panel, loaded."""
    panel = page.locator("#panel-customers-notes")
    panel.scroll_into_view_if_needed()
    expect(panel.get_by_role("link", name="Write a note")).to_be_visible()
    return panel


def test_a_note_is_written_pinned_and_changed(open_page: Callable[[str], Page], customer: UUID) -> None:
    support = open_page("Support")
    support.goto(f"/admin/data/customers/record/{customer}")
    notes_of(support).get_by_role("link", name="Write a note").click()
    support.get_by_label("Note").fill(WRITTEN)
    support.get_by_role("button", name="Write a note").click()
    note = notes_of(support).locator(".texts > li")
    expect(note.locator("strong")).to_have_text("late")
    expect(note.locator("li")).to_have_text("<img src=x onerror=alert(1)>")
    expect(note.get_by_role("link", name="terms")).to_have_attribute("rel", "nofollow noopener noreferrer")
    assert grave(support) == []
    note.get_by_role("link", name="Edit", exact=True).click()
    expect(support.get_by_label("Note")).to_have_value(WRITTEN)
    support.get_by_label("Note").fill(WRITTEN.replace("late", "on time"))
    support.get_by_role("button", name="Edit").click()
    versions = support.locator("#panel-customers-versions")
    versions.scroll_into_view_if_needed()
    expect(versions.locator("del")).to_have_text(["late"])
    expect(versions.locator("ins")).to_have_text(["on time"])
    assert grave(support) == []
    support.get_by_role("link", name="Pin").click()
    support.get_by_role("button", name="Pin").click()
    support.goto(f"/admin/data/customers/record/{customer}")
    expect(notes_of(support).locator(".texts .tone")).to_have_text("Pinned")
