"""What was changed by mistake is put back from the history, and what somebody changed since is not overwritten."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from schema.content import FaqEntry
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave
from tests.journeys.browser.test_writing import save

HOW = "How do I cancel?"


def question(place: Place) -> str:
    return place.add(FaqEntry, question=HOW, answer="By a click.", category="general")


def change(page: Page, url: str, words: str) -> None:
    page.goto(f"{url}/edit")
    page.get_by_label("Question").fill(words)
    save(page)


def open_change(page: Page, url: str, number: int) -> None:
    """Open a change from the record's history, the newest is 0."""
    page.goto(url)
    history = page.locator("ol.history")
    history.scroll_into_view_if_needed()
    history.locator("li").nth(number).locator(".history-head a").click()
    page.wait_for_url("**/admin/changes/*")


def test_an_edit_is_undone_after_a_look_at_what_that_does(page: Page, place: Place) -> None:
    url = question(place)
    change(page, url, "Nonsense")
    open_change(page, url, 0)
    expect(page.locator(".history-before")).to_contain_text(HOW)
    expect(page.locator(".history-after")).to_contain_text("Nonsense")
    expect(page.locator("main")).to_contain_text("Puts 1 row back as it was")
    assert grave(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Undo 1 row").click()
    expect(page.locator("#toasts")).to_contain_text("Undone: 1 row put back.")
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_text(HOW)


def test_a_deletion_is_undone_and_the_record_is_there_again(page: Page, place: Place) -> None:
    url = question(place)
    page.goto(f"{url}/delete")
    page.get_by_role("button", name="Delete 1 row").click()
    expect(page.locator("#toasts")).to_contain_text("Deleted")
    page.goto(f"/admin/system/audit?action=faq_entries.deleted&object={url.rpartition('/')[2]}")
    page.locator("main tbody tr").first.get_by_role("link").last.click()
    page.get_by_role("link", name="The whole change").click()
    page.get_by_role("button", name="Undo 1 row").click()
    expect(page.locator("#toasts")).to_contain_text("Undone: 1 row put back.")
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_text(HOW)


def test_what_somebody_changed_since_is_said_and_stays(open_page: Callable[[str], Page], place: Place) -> None:
    url, mine, theirs = question(place), open_page("Owner"), open_page("Support")
    change(mine, url, "Nonsense")
    change(theirs, url, "How do I leave?")
    open_change(mine, url, 1)
    expect(mine.locator("main")).to_contain_text("This change can't be undone.")
    expect(mine.locator("main")).to_contain_text("Somebody changed it since.")
    expect(mine.get_by_role("button", name="Undo")).to_have_count(0)
    assert grave(mine) == []
    mine.goto(url)
    expect(mine.get_by_role("heading", level=1)).to_have_text("How do I leave?")
