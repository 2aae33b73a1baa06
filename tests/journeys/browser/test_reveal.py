"""Support needs a value that is masked: says why, sees it for a time, and the trail tells of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from admin_core.generator import revealing
from schema.accounts import SignIn
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave

SECRET, WHY = "203.0.113.77", "Otto asks who signed in as him"
LASTS = timedelta(seconds=4)


@pytest.fixture
def visit(place: Place) -> SignIn:
    """Return the newest sign-in of a customer, from an address that Support sees for a reason alone."""
    with place.machine.database.transaction() as session:
        found = session.scalars(
            sa.select(SignIn).where(SignIn.customer_id.is_not(None)).order_by(SignIn.id.desc()).limit(1)
        ).one()
        found.ip = SECRET
    return found


def test_support_sees_a_masked_value_for_a_reason_and_a_time(
    open_page: Callable[[str], Page], place: Place, visit: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    support = open_page("Support")
    open_from_customer(support, visit)
    expect(support.locator("main")).not_to_contain_text(SECRET)
    support.get_by_role("link", name="Show IP").click()
    assert grave(support) == []
    support.get_by_label("Why you need it").fill("why")
    support.get_by_role("button", name="Show IP").click()
    expect(support.locator(".error-summary")).to_contain_text("Say in a few words")
    expect(support.get_by_label("Why you need it")).to_have_value("why")
    support.get_by_label("Why you need it").fill(WHY)
    monkeypatch.setattr(revealing, "LASTS", LASTS)
    support.get_by_role("button", name="Show IP").click()
    expect(support.locator("#field-ip")).to_contain_text(SECRET)
    assert grave(support) == []
    expect(support.locator("main")).not_to_contain_text(SECRET)  # nobody touches anything: the page hides it by itself
    expect(support.get_by_role("link", name="Show IP")).to_be_visible()


def open_from_customer(page: Page, visit: SignIn) -> None:
    """Go to a sign-in as Support does, by the customer whose they are."""
    page.goto(f"/admin/data/customers/record/{visit.customer_id}")
    related = page.locator('section[id^="panel-"][id$="sign-ins"]')
    related.scroll_into_view_if_needed()
    related.locator(f'a[href$="/record/{visit.id}"]').click()
    page.wait_for_url(f"**/admin/data/sign_ins/record/{visit.id}")


def test_the_trail_shows_who_revealed_what_and_why(
    open_page: Callable[[str], Page], place: Place, visit: SignIn
) -> None:
    support, owner = open_page("Support"), open_page("Owner")
    url = f"/admin/data/sign_ins/record/{visit.id}"
    support.goto(f"{url}/reveal/ip")
    support.get_by_label("Why you need it").fill(WHY)
    support.get_by_role("button", name="Show IP").click()
    expect(support.locator("#field-ip")).to_contain_text(SECRET)
    support.locator("#field-ip").get_by_role("button", name="Hide again").click()
    expect(support.locator("main")).not_to_contain_text(SECRET)
    owner.goto(f"/admin/system/audit?action=data.reveal&object={visit.id}")
    owner.locator("main tbody tr").first.get_by_role("link").last.click()
    expect(owner.locator("main")).to_contain_text("revealed IP of sign-in")
    expect(owner.locator("main")).to_contain_text(WHY)
    expect(owner.locator("main")).not_to_contain_text(SECRET)
    assert grave(owner) == []


def test_a_viewer_has_no_button(open_page: Callable[[str], Page], visit: SignIn) -> None:
    viewer = open_page("Viewer")
    viewer.goto(f"/admin/data/sign_ins/record/{visit.id}")
    expect(viewer.locator("main .masked").first).to_be_visible()
    expect(viewer.locator("main")).not_to_contain_text(SECRET)
    expect(viewer.get_by_role("link", name="Show")).to_have_count(0)
