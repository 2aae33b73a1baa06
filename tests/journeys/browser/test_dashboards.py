"""Dashboards in a browser: cards come by themselves, a period goes along, a number is explained and printed."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from tests.journeys.browser.place import Place

USAGE = "/admin/dashboards/analytics/usage"
REVENUE = "/admin/dashboards/finance/revenue"


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def test_cards_come_after_the_page_each_by_its_own_question(page: Page) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/cards/" in request.url:
            asked.append(request.url.partition("/cards/")[2].partition("?")[0])

    page.on("request", note)
    page.goto(USAGE, wait_until="commit")
    expect(page.locator(".board-card")).to_have_count(8)
    expect(page.locator(".skeleton")).to_have_count(0)
    assert (len(asked), len(set(asked))) == (8, 8)


def test_a_period_is_chosen_kept_and_explained(page: Page) -> None:
    page.goto(USAGE)
    page.get_by_role("combobox", name="Period").select_option(label="Last 90 days")
    page.get_by_label("Compared with").select_option(label="The year before")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**?period=last_90_days&compare=year")
    screened = card(page, "CVs screened")
    expect(screened.locator(".tile-period")).to_have_text("last 90 days")
    value = screened.locator(".tile-value").inner_text()
    screened.get_by_text("What it counts").click()
    screened.get_by_role("link", name="Explain").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("CVs screened")
    expect(page.locator(".tile-value")).to_have_text(value)
    expect(page.locator("main")).to_contain_text("Equal.")
    expect(page.get_by_role("combobox", name="Period")).to_have_value("last_90_days")
    page.go_back()
    expect(page.get_by_label("Compared with")).to_have_value("year")
    expect(screened.locator(".tile-value")).to_have_text(value)
    page.get_by_text("Days of your own").click()
    page.get_by_label("From", exact=True).fill("2026-02-01")
    page.get_by_label("To", exact=True).fill("2026-01-01")
    page.get_by_role("button", name="Show these days").click()
    expect(page.locator(".error-sentence")).to_contain_text("The first day must not be after the last")


def test_a_drawing_has_its_table_its_file_and_its_sheet_of_paper(page: Page, tmp_path: Path) -> None:
    page.goto(f"{USAGE}?period=last_30_days")
    over_time = card(page, "CVs screened over time")
    table = over_time.get_by_role("table")
    expect(over_time.locator("svg.chart")).to_be_visible()
    expect(table).to_be_hidden()
    assert under_the_pointer(over_time) == over_time.locator("svg.chart .band title").nth(15).text_content()
    over_time.get_by_text("Show as table").click()
    expect(table.get_by_role("row")).to_have_count(31)
    drawn = sum(int(re.sub(r"\D", "", cell)) for cell in table.locator("tbody td:nth-of-type(1)").all_inner_texts())
    with page.expect_download() as asked:
        over_time.get_by_role("link", name="CSV").click()
    asked.value.save_as(tmp_path / "values.csv")
    with (tmp_path / "values.csv").open(newline="", encoding="utf-8-sig") as file:
        head, *rows = csv.reader(file)
    assert head[:2] == ["from", "to"]
    assert sum(int(float(row[2] or 0)) for row in rows) == drawn
    assert drawn > 0
    over_time.get_by_role("link", name="Open alone").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("CVs screened over time")
    expect(page.locator(".board-card")).to_have_count(1)
    on_paper(page)
    page.goto(f"{USAGE}?period=last_30_days&all=1")
    expect(page.locator(".board-card")).to_have_count(8)
    on_paper(page)


def under_the_pointer(drawn: Locator) -> str:
    """Return what the browser shows for the upper end of the sixteenth stretch, far from any line or bar."""
    expect(drawn.page.locator(".skeleton")).to_have_count(0)  # or a card that comes above would move it
    drawn.scroll_into_view_if_needed()
    place = drawn.locator("svg.chart .band").nth(15).bounding_box()
    assert place is not None
    words = "([x, y]) => document.elementFromPoint(x, y).querySelector('title').textContent"
    return str(drawn.page.evaluate(words, [place["x"] + place["width"] / 2, place["y"] + 2]))


def on_paper(page: Page) -> None:
    """What is printed is the cards and their period, and nothing that would be clicked; it fits a page's width."""
    page.emulate_media(media="print")
    for gone in (".sidebar", ".topbar", ".period-picker", ".card-links"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".period-words")).to_be_visible()
    expect(page.locator(".board-card").last).to_be_visible()
    page.set_viewport_size({"width": 720, "height": 900})  # A4 between its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(media="screen")


def test_a_viewer_reads_the_numbers_and_support_not_the_money(open_page: Callable[[str], Page]) -> None:
    viewer = open_page("Viewer")
    viewer.goto(REVENUE)
    expect(viewer.locator(".board-card")).to_have_count(9)
    expect(viewer.locator("main")).not_to_contain_text("No answer")
    viewer.close()
    support = open_page("Support")
    support.goto(REVENUE)
    expect(support.locator(".error-sentence")).to_contain_text("may not")
    support.goto("/admin/dashboards/support/tickets")
    expect(support.locator(".board-card")).to_have_count(5)


def test_a_card_without_an_answer_says_so_beside_the_others(page: Page, place: Place) -> None:
    circuits: Any = place.machine.plugins.circuits
    circuits.failed("analytics", "card usage week", RuntimeError("a secret"), opens=True)
    try:
        page.goto(USAGE)
        week = card(page, "When CVs are screened")
        expect(week).to_contain_text("No answer")
        expect(week).to_contain_text("left alone for a minute")
        expect(card(page, "CVs screened over time").locator("svg.chart")).to_be_visible()
        expect(page.locator("main")).not_to_contain_text("secret")
    finally:
        circuits.succeeded("analytics", "card usage week")
