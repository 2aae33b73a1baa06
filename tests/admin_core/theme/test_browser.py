"""The theme in a real browser: nothing violates the policy, axe is content, keys and forms do what they promise."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser


def open_style(page: Page, query: str = "") -> None:
    page.goto(f"/style{query}")
    expect(page.locator(".ts-wrapper")).to_have_count(2)


def selected(page: Page) -> str:
    return page.locator("[data-selected-count]").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_the_style_page(page: Page, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_style(page, f"?theme={theme}")
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"]][:4]) for v in found] == []


@pytest.mark.parametrize("path", ["/admin/", "/error/500", "/palette?q=a"])
def test_axe_finds_nothing_on_the_other_pages(page: Page, path: str) -> None:
    page.route("**/error/*", lambda route: route.continue_())
    page.goto(path.replace("/error/500", "/done"))
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []


@pytest.mark.parametrize("width", [1440, 390, 360])
def test_no_page_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    open_style(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_palette_opens_by_key_and_goes_to_a_record(page: Page) -> None:
    open_style(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("ada")
    expect(page.locator("#palette [role=option]").nth(1)).to_contain_text("customer ada")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/style?found=ada")


def test_enter_opens_nothing_that_answers_older_words(page: Page) -> None:
    open_style(page)
    stalled: list[Route] = []
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").nth(1)).to_contain_text("customer")
    page.route("**/palette", lambda route: stalled.append(route) if "q=ada" in asked(route) else route.continue_())
    page.keyboard.insert_text("ada")
    page.keyboard.press("Enter")
    page.locator("#palette input").fill("zzz")  # the question of "ada" is given up for this one
    expect(page.locator("#palette [role=option]")).to_have_count(0)
    assert stalled
    assert page.url.endswith("/style")


def asked(route: Route) -> str:
    """Return what a question to the palette was."""
    return route.request.post_data or ""


def test_single_keys_move_and_select_rows_and_rest_inside_inputs(page: Page) -> None:
    open_style(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.is-current")).to_contain_text("Finn")
    page.keyboard.press("x")
    assert selected(page) == "1"
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("jx?")
    expect(page.locator("[data-search]")).to_have_value("jx?")
    expect(page.locator("#help-sheet")).to_be_hidden()


def test_question_mark_helps_and_escape_gives_focus_back(page: Page) -> None:
    open_style(page)
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.locator("#help-sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help-sheet")).to_be_hidden()
    expect(page.locator("tr.is-current a").first).to_be_focused()


def test_keys_can_be_switched_off(page: Page) -> None:
    open_style(page, "?keys=off")
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.locator("#help-sheet")).to_be_hidden()
    expect(page.locator("tr.is-current")).to_have_count(0)


def test_g_and_a_letter_jump(page: Page) -> None:
    open_style(page)
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/admin/")


def test_shift_click_selects_a_range_and_matching_rows_can_follow(page: Page) -> None:
    open_style(page)
    bar = page.locator("[data-selection-bar]")
    expect(bar).to_be_hidden()
    page.locator("[data-select-row]").nth(0).click()
    page.locator("[data-select-row]").nth(2).click(modifiers=["Shift"])
    assert selected(page) == "3"
    page.locator("[data-select-all]").click()
    page.get_by_role("button", name="Select all 12 480 matching").click()
    assert selected(page) == "12 480"
    expect(bar.locator("[data-scope]")).to_have_value("matching")
    page.locator("[data-select-none]").click()
    expect(bar).to_be_hidden()


def test_a_row_opens_by_click(page: Page) -> None:
    open_style(page)
    page.locator("tr[data-href] td").nth(4).click()
    page.wait_for_url("**/style#row-1")


def test_a_dangerous_button_asks_and_wants_the_word(page: Page) -> None:
    open_style(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.get_by_role("button", name="Close account").click()
    dialog = page.locator("#confirm-dialog")
    expect(dialog).to_contain_text("Ends 3 open things")
    confirm = dialog.get_by_role("button", name="Close account")
    expect(confirm).to_be_disabled()
    dialog.get_by_role("textbox").fill("CLOSE")
    expect(confirm).to_be_enabled()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert "POST" not in asked


@pytest.mark.parametrize(
    ("typed", "shown", "valid"), [("1234.5", "1\u00a0234,50", True), ("R 99", "99,00", True), ("1,234", "1,234", False)]
)
def test_a_money_input_tidies_what_it_understands(page: Page, typed: str, shown: str, valid: bool) -> None:
    open_style(page)
    amount = page.locator("#s-amount")
    amount.fill(typed)
    amount.blur()
    expect(amount).to_have_value(shown)
    assert amount.evaluate("e => e.checkValidity()") is valid


def test_json_is_indented_or_refused(page: Page) -> None:
    open_style(page)
    area = page.locator("#s-json")
    area.fill('{"a":1}')
    area.blur()
    expect(area).to_have_value('{\n  "a": 1\n}')
    area.fill("{a")
    area.blur()
    expect(area).to_have_attribute("aria-invalid", "true")


def test_a_lookup_searches_on_the_server(page: Page) -> None:
    open_style(page)
    page.locator("#s-customer-field .ts-control").click()
    page.keyboard.type("Fi")
    page.get_by_role("option", name="Finn van der Merwe").click()
    expect(page.locator("select#s-customer")).to_have_value("7")


def test_leaving_a_changed_form_asks_first(page: Page) -> None:
    open_style(page)
    page.locator("#s-name").fill("Nomsa D.")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/admin/")
    assert asked == ["beforeunload"]


def test_the_theme_switch_acts_at_once_and_is_remembered(page: Page, site: tuple[str, Any]) -> None:
    open_style(page)
    page.get_by_label("Appearance").click()
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name="Dark").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert site[1].config["seen"][-1]["theme"] == "dark"


def test_copying_is_announced(page: Page) -> None:
    open_style(page)
    page.locator(".page-head [data-copy]").click()
    expect(page.locator("#announcer")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "0198a1b2-7c3d"


def test_the_bell_and_the_tray_load_after_the_page(page: Page) -> None:
    open_style(page)
    expect(page.locator(".bell-count")).to_have_text("3")
    expect(page.locator(".tray")).to_have_text("Nothing is running for you.", use_inner_text=False)
    page.get_by_label("Jobs").click()
    expect(page.locator(".tray")).to_have_text("Two jobs ran.")


def test_on_a_phone_the_sidebar_opens_over_the_page_and_closes(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    open_style(page)
    sidebar = page.get_by_role("navigation", name="Main")
    expect(sidebar).to_be_hidden()
    page.get_by_role("link", name="Menu", exact=True).click()
    expect(sidebar).to_be_visible()
    page.keyboard.press("Escape")
    expect(sidebar).to_be_hidden()


def test_the_menu_filter_narrows_the_sidebar(page: Page) -> None:
    open_style(page)
    page.get_by_label("Filter the menu").fill("finance 2")
    expect(page.locator("#sidebar li:visible")).to_have_count(1)


def test_a_toast_offers_undo_and_can_be_dismissed(page: Page) -> None:
    page.goto("/done")
    toast = page.locator("#toasts [data-toast]")
    expect(toast.get_by_role("button", name="Undo")).to_be_visible()
    toast.get_by_label("Dismiss").click()
    expect(toast).to_have_count(0)


def test_without_script_pages_menus_and_selection_still_work(browser: Any, site: tuple[str, Any]) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site[0])
    plain = context.new_page()
    plain.goto("/style")
    expect(plain.locator("[data-selection-bar]")).to_be_visible()
    plain.get_by_label("Nomsa Dlamini").first.click()
    expect(plain.get_by_role("button", name="Sign out")).to_be_visible()
    context.close()


def test_typed_words_never_stand_in_an_address(page: Page) -> None:
    open_style(page)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.keyboard.press("Control+k")
    with page.expect_response("**/palette"):
        page.keyboard.type("ada@example.com")
    assert addresses
    assert not [url for url in addresses if "ada" in url]
