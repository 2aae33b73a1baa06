"""A file is uploaded, its columns chosen, refused rows corrected and uploaded again, and all of it is undone."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

ROWS = "Question;Answer;Category;State\nMay I pause?;Yes;billing;draft\nMay I stop?;;billing;never\n"


def upload(page: Page, file: Path) -> None:
    page.goto("/admin/data/faq_entries/")
    page.get_by_role("link", name="Import").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the columns mean")


def numbers(page: Page) -> dict[str, str]:
    """Return what the dry run counted, once its page is there: to press the button before does not wait for it."""
    expect(page.get_by_role("button", name="Import 1 row")).to_be_visible()
    facts = page.locator("dl.facts div")
    return {one.locator("dt").inner_text(): one.locator("dd").inner_text() for one in facts.all()}


def test_a_file_is_corrected_imported_and_undone(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "questions.csv"
    file.write_text(ROWS, encoding="utf-8-sig")
    upload(page, file)
    expect(page.locator("main")).to_contain_text("Read as CSV in UTF-8, separated by semicolons.")
    expect(page.get_by_label("Question", exact=True)).to_have_value("question")
    page.get_by_label("Category", exact=True).select_option("")
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.locator(".error-summary")).to_contain_text("A new record needs Category")
    page.get_by_label("Category", exact=True).select_option("category")
    page.get_by_role("button", name="Show what would happen").click()
    assert numbers(page) == {"New": "1", "Changed": "0", "Unchanged": "0", "Refused": "1"}
    expect(page.locator("main")).to_contain_text("It must be one of:")
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.locator("#toasts")).to_contain_text("Imported.")
    with page.expect_download() as asked:
        page.get_by_role("link", name="Refused rows as a file").click()
    refused = tmp_path / "refused.csv"
    asked.value.save_as(refused)
    words = refused.read_text(encoding="utf-8-sig")
    refused.write_text(words.replace("never", "draft").replace('stop?;"";', "stop?;Any time;"), encoding="utf-8-sig")
    upload(page, refused)
    expect(page.locator("main")).to_contain_text("It says what was wrong last time.")
    page.get_by_role("button", name="Show what would happen").click()
    assert numbers(page)["New"] == "1"
    page.get_by_role("button", name="Import 1 row").click()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text(re.compile("Undone: 1 row"))
    page.goto("/admin/data/faq_entries/?sort=-created_at")
    expect(page.locator("main")).to_contain_text("May I pause?")
    expect(page.locator("main")).not_to_contain_text("May I stop?")
