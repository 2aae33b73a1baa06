"""Making, changing and deleting records: every kind of field, children in the form, two people at once."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from schema.catalog import CreditPack
from schema.customers import ProductLine
from schema.messaging import Announcement
from tests.journeys.browser.place import Place


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Saved")


def pick(page: Page, field: str, words: str) -> None:
    """Choose in a picker the one record that the words find."""
    page.locator(f"#{field}-field .ts-control").click()
    page.keyboard.type(words)
    page.locator(f"#{field}-field .ts-dropdown").get_by_role("option", name=words).first.click()


def test_a_record_is_made_with_a_picker_money_and_a_moment(page: Page, place: Place) -> None:
    company = place.value("customers", "company_name")
    page.goto("/admin/data/promotion_codes/new")
    page.get_by_label("Code", exact=True).fill("ADA10")
    page.get_by_label("Percent").fill("10")
    amount = page.get_by_label("Minimum amount")
    amount.fill("1,234")
    amount.blur()
    assert not amount.evaluate("e => e.checkValidity()")
    amount.fill("1 234,56")
    page.get_by_label("Starts").fill("2026-03-05T14:07")
    pick(page, "c-customer_id", company)
    page.get_by_role("button", name="Create promotion code").click()
    expect(page.locator("#toasts")).to_contain_text("Created promotion code.")
    main = page.locator("main")
    for shown in ("ADA10", "R\u00a01\u00a0234,56", "2026-03-05 14:07 SAST", company):
        expect(main).to_contain_text(shown)


def test_json_is_checked_while_typing_and_kept(page: Page) -> None:
    page.goto("/admin/data/announcements/new")
    page.get_by_label("Title").fill("Load shedding")
    page.get_by_label("Body").fill("We stay on.")
    page.get_by_label("Starts").fill("2026-03-05T14:07")
    audience = page.get_by_label("Audience")
    audience.fill("{product_line")
    audience.blur()
    expect(audience).to_have_attribute("aria-invalid", "true")
    audience.fill('{"product_line": ["b2b"]}')
    page.get_by_role("button", name="Create announcement").click()
    expect(page.locator("main .code")).to_contain_text('"product_line"')


def test_children_are_added_and_left_out_in_their_parents_form(page: Page) -> None:
    page.goto("/admin/data/escalation_procedures/new")
    page.get_by_label("Name", exact=True).fill("Wake Otto")
    for position in ("1", "2"):
        page.get_by_role("button", name="Add another escalation step").click()
        page.locator("[data-inline-row]").last.get_by_label("Position").fill(position)
    page.locator("[data-inline-row]").last.locator("[data-inline-drop]").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("#toasts")).to_contain_text("Created")
    expect(page.locator("[data-inline-row]")).to_have_count(1)
    page.locator("[data-inline-drop]").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("[data-inline-row]")).to_have_count(0)


def test_leaving_a_changed_form_asks_first(page: Page, place: Place) -> None:
    page.goto(f"{place.record('plans')}/edit")
    page.get_by_label("Description").fill("Half written")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/record/*")
    assert asked == ["beforeunload"]


def test_two_people_who_change_one_field_choose_which_stays(open_page: Callable[[str], Page], place: Place) -> None:
    url = place.add(Announcement, title="First", body="Text", starts_at="2026-03-05T12:00:00+00:00")
    mine, theirs = open_page("Owner"), open_page("Owner")
    for page in (mine, theirs):
        page.goto(f"{url}/edit")
    theirs.get_by_label("Title").fill("Theirs")
    save(theirs)
    mine.get_by_label("Title").fill("Mine")
    mine.get_by_label("Body").fill("Also mine")
    mine.get_by_role("button", name="Save", exact=True).click()
    expect(mine.locator(".notice").first).to_contain_text("Nothing you typed is lost")
    expect(mine.get_by_label("Title")).to_have_value("Mine")
    mine.get_by_label("Take what is there now: Theirs").check()
    save(mine)
    expect(mine.get_by_role("heading", level=1)).to_have_text("Theirs")
    expect(mine.locator("main")).to_contain_text("Also mine")


def test_a_deletion_says_what_it_touches_before_it_happens(page: Page, place: Place) -> None:
    page.goto(f"{place.record('customers', status='active')}/delete")
    expect(page.locator("main")).to_contain_text("It can't be deleted yet")
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)

    line = ProductLine.B2C
    page.goto(place.add(CreditPack, key="ada", name="Ada's pack", product_line=line, credits=3, amount_cents=100))
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete 1 row").click()
    expect(page.locator("#toasts")).to_contain_text("Deleted credit pack.")
    expect(page.locator("main")).not_to_contain_text("Ada's pack")
