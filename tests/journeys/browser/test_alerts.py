"""Something fires: seen beside the bell, opened, acknowledged; a view is watched, by a person and by keys alone."""

from playwright.sync_api import Page, expect

from tests.journeys.browser.place import Place

MAILBOX = "A customer's mailbox can't be read"


def test_what_fires_is_opened_by_keys_and_acknowledged(page: Page) -> None:
    page.goto("/admin/")
    expect(page.get_by_role("link", name="Alerts", exact=True).locator(".bell-count").first).to_have_text("1")
    expect(page.locator("main")).to_contain_text("Alerts firing")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/admin/alerts")
    expect(page.get_by_role("region", name="Firing")).to_contain_text(MAILBOX)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/alerts/incident/*")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".toasts")).to_contain_text("nobody is told again")
    expect(page.locator(".timeline")).to_contain_text("Acknowledged")
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    page.get_by_label("What was found out").fill("The password expired.")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_label("What was found out")).to_have_value("The password expired.")
    page.get_by_label("Tell nobody, because").fill("They renew it today.")
    page.get_by_role("button", name="Silence this rule").click()
    expect(page.locator("main")).to_contain_text("Nobody is told until")


def test_a_saved_view_is_watched(page: Page, place: Place) -> None:
    view = place.value("saved_views", "id", name="Down")
    page.goto(f"/admin/data/imap_mailboxes/?view={view}")
    page.get_by_role("link", name="Watch this view").click()
    page.get_by_label("What is wrong when it fires").fill("Far too many mailboxes are down")
    page.get_by_label("Threshold").fill("many")
    page.get_by_role("button", name="Watch it").click()
    expect(page.locator(".error-summary")).to_contain_text("is not a number")
    expect(page.get_by_label("What is wrong when it fires")).to_have_value("Far too many mailboxes are down")
    page.get_by_label("Threshold").fill("20")
    page.get_by_role("button", name="Watch it").click()
    page.wait_for_url("**/admin/alerts/rule/*")
    expect(page.locator("h1")).to_have_text("Far too many mailboxes are down")
    page.get_by_role("button", name="Delete rule").click()
    page.locator("#confirm-dialog").get_by_role("button", name="Delete rule").click()
    page.wait_for_url("**/admin/alerts")


def test_a_channel_is_made_and_where_it_sends_to_is_not_shown_again(page: Page) -> None:
    page.goto("/admin/alerts/channels/new")
    page.get_by_label("Name", exact=True).fill("Night shift")
    page.get_by_label("Kind").select_option("webhook")
    page.get_by_label("Sends to").fill("https://app.example.com/alerts/secretpath")
    page.get_by_role("button", name="Create channel").click()
    expect(page.locator("#secret")).to_contain_text("whsec_")
    page.get_by_role("link", name="I have copied it").click()
    row = page.get_by_role("row").filter(has_text="Night shift").first
    expect(row).to_contain_text("app.example.com")
    expect(page.locator("body")).not_to_contain_text("secretpath")
    row.get_by_role("button", name="Delete").click()
    page.locator("#confirm-dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("main")).not_to_contain_text("Night shift")
