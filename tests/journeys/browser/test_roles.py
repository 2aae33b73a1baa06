"""What Viewer and Support see of the same pages."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.browser.place import Place
from tests.journeys.browser.test_owner import find


def test_a_viewer_sees_values_masked_and_nothing_to_change(open_page: Callable[[str], Page], place: Place) -> None:
    email = place.value("customers", "email")
    customer = place.record("customers", email=email)
    viewer = open_page("Viewer")
    for url in (place.list("customers"), customer, place.list("people")):
        viewer.goto(url)
        expect(viewer.locator("main .masked").first).to_be_visible()
        assert "@" not in viewer.locator("main").inner_text()
        expect(viewer.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
        expect(viewer.get_by_role("link", name="New ")).to_have_count(0)
    find(viewer, email)  # not the answer to the empty palette, which may come after the words are typed
    expect(viewer.locator("#palette-results")).to_contain_text("Nothing found")


def test_a_refused_page_says_so_in_a_sentence(open_page: Callable[[str], Page], place: Place) -> None:
    viewer = open_page("Viewer")
    for url in (f"{place.record('customers')}/edit", place.list("audit_entries")):
        answer = viewer.goto(url)
        assert answer
        assert answer.status == 403
        expect(viewer.locator(".error-sentence")).to_contain_text("may not")
        expect(viewer.locator(".error-id code")).not_to_be_empty()


def test_support_sees_whom_to_call_and_may_edit_them(open_page: Callable[[str], Page], place: Place) -> None:
    email = place.value("customers", "email")
    support = open_page("Support")
    support.goto(place.record("customers", email=email))
    expect(support.locator("main")).to_contain_text(email)
    expect(support.get_by_role("link", name="Edit", exact=True)).to_be_visible()
    expect(support.get_by_role("link", name="Delete")).to_have_count(0)
