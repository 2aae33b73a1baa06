"""Prices, subscriptions, codes and credits by clicks: Owner sees every cent first, Support its limits, Viewer looks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect
from uuid_utils.compat import uuid7

from admin_core.periods import local_day, start_of
from schema.catalog import Plan, Price
from schema.customers import Customer
from schema.subscriptions import Subscription
from tests.journeys.browser.place import Place
from tests.journeys.browser.test_pages import grave


def today() -> datetime:
    """Return when this day began. Asked by each test: a run may go past midnight."""
    return start_of(local_day(datetime.now(UTC)))


SEEN = "What will happen"


def key_in(url: str) -> str:
    return url.rpartition("/")[2]


def price_of(place: Place, name: str, cents: int, rank: int) -> str:
    """Sell a plan at a price, and return the address of the price."""
    plan = key_in(place.add(Plan, key=f"{name}-{uuid7()}", name=name, product_line="b2b", rank=rank, trial_days=14))
    words = {"nickname": f"{name} 2026", "currency": "ZAR", "interval": "month", "includes_vat": False}
    return place.add(Price, plan_id=plan, amount_cents=cents, valid_from=today() - timedelta(days=400), **words)


def subscription_on(place: Place, price: str, **words: Any) -> str:
    """Let a new customer be eleven days into a period of twenty-eight, and return the subscription's address."""
    customer = place.add(
        Customer, product_line="b2b", company_name="Karoo Lending", email="otto@karoo.example", status="active",
        signup_at=today(), currency="ZAR",
    )  # fmt: skip
    usual = {
        "status": "active", "mrr_cents": 49_900, "list_mrr_cents": 49_900, "amount_cents": 49_900, "currency": "ZAR",
        "interval": "month", "started_at": today() - timedelta(days=42),
        "current_period_start": today() - timedelta(days=11), "current_period_end": today() + timedelta(days=17),
    }  # fmt: skip
    plan = place.value("prices", "plan_id", id=key_in(price))
    return place.add(
        Subscription, customer_id=key_in(customer), plan_id=plan, price_id=key_in(price), **{**usual, **words}
    )


def act(page: Page, url: str, label: str) -> None:
    """Open an action from a record's page."""
    page.goto(url)
    page.get_by_role("link", name=label, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(label)


def look(page: Page, *words: str) -> None:
    """Have what will happen shown, and read it."""
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.get_by_role("heading", name=SEEN)).to_be_visible()
    for each in words:
        expect(page.locator("main")).to_contain_text(each)


def do(page: Page, label: str, said: str) -> None:
    """Press the button, and hear that it was done and that this can't be undone by a click."""
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(said)
    expect(page.locator("#toasts").get_by_role("button", name="Undo")).to_have_count(0)


def test_the_owner_raises_a_price_and_says_when_present_subscribers_move(page: Page, place: Place) -> None:
    price = price_of(place, "Karoo", 49_900, 1)
    subscription_on(place, price)
    act(page, price, "New version of this price")
    expect(page.get_by_label("Amount per interval")).to_have_value("499,00")
    expect(page.get_by_label("Charged")).to_have_value("as_before")
    page.get_by_label("Name for the team").fill("Karoo 2027")
    page.get_by_label("Amount per interval").fill("599,00")
    look(page)
    assert grave(page) == []
    do(page, "New version of this price", "Present subscribers keep what they pay.")

    act(page, place.record("prices", nickname="Karoo 2027"), "Migrate subscriptions")
    page.get_by_label("Present subscribers").select_option(label="Move on a date")
    page.get_by_label("On which day").fill(str(local_day(today())))
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.locator("main")).to_contain_text("nobody is moved without notice")
    day = local_day(today() + timedelta(days=40))
    page.get_by_label("On which day").fill(str(day))
    look(page, f"on {day}: 1 subscription. MRR: +R\u00a0100,00.")
    do(page, "Migrate subscriptions", f"on {day}: 1 subscription.")

    page.goto(place.record("plans", name="Karoo"))
    panel = page.locator("#panel-catalog-price-history")
    panel.scroll_into_view_if_needed()
    expect(panel.locator("tbody tr").first).to_contain_text("R\u00a0599,00 a month")


def test_the_owner_changes_a_plan_its_units_and_its_discount_and_gives_credits(page: Page, place: Place) -> None:
    small, large = price_of(place, "Baobab", 49_900, 1), price_of(place, "Baobab Large", 149_900, 2)
    url = subscription_on(place, small)
    act(page, url, "Change plan now")
    expect(page.get_by_label("New plan and price")).to_have_value(key_in(small))
    page.get_by_label("New plan and price").select_option(value=key_in(large))
    look(page, "Credit for 17 of 28 days: -R\u00a0302,96", "Charge: R\u00a0910,11", "Total: R\u00a0698,22")
    assert grave(page) == []
    do(page, "Change plan now", "Baobab Large from now on")

    act(page, url, "Change quantity")
    expect(page.get_by_label("Units from then on")).to_have_value("1")
    page.get_by_label("Units from then on").fill("2")
    look(page, "2 units from now on, R\u00a02\u00a0998,00 per month")
    do(page, "Change quantity", "2 units from now on")

    page.goto(place.list("promotion_codes"))
    page.get_by_role("link", name="New promotion code").click()
    page.get_by_label("Code", exact=True).fill("BAOBAB20")
    page.get_by_label("Percent").fill("20")
    page.get_by_role("button", name="Create promotion code", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Created promotion code.")
    expect(page.locator("#toasts").get_by_role("button", name="Undo")).to_have_count(1)
    act(page, url, "Use a promotion code")
    page.get_by_label("Code", exact=True).fill("baobab 20")
    look(page, "R\u00a02\u00a0398,40 without VAT")
    do(page, "Use a promotion code", "20\u00a0% off each charge")

    give_credits(page)


def give_credits(page: Page) -> None:
    """Give the customer of a subscription's page something for a delay."""
    page.get_by_role("link", name="Karoo Lending").first.click()
    page.get_by_role("link", name="Add free credits").first.click()
    page.get_by_label("How many").fill("5")
    page.get_by_label("Of what").select_option(index=1)
    page.get_by_label("Why").fill("For the delay.")
    look(page)
    do(page, "Add free credits", "5 ")


def test_support_extends_a_trial_and_viewer_only_looks(open_page: Callable[[str], Page], place: Place) -> None:
    price = price_of(place, "Marula", 49_900, 1)
    trial = {"trial_started_at": today(), "trial_ends_at": today() + timedelta(days=3)}
    url = subscription_on(place, price, status="trialing", mrr_cents=0, **trial)
    support = open_page("Support")
    act(support, url, "Extend the trial")
    support.get_by_label("Days").fill("7")
    support.get_by_label("Why").fill("They were ill.")
    do(support, "Extend the trial", "7 days longer")
    for label in ("Change plan now", "Change quantity", "Use a promotion code", "Cancel"):
        expect(support.get_by_role("link", name=label, exact=True)).to_have_count(0)
    support.goto(f"{url}/action/finance.change-quantity")
    expect(support.locator("main")).to_contain_text("may not change quantity")

    viewer = open_page("Viewer")
    viewer.goto(url)
    expect(viewer.locator("main")).to_contain_text("Trialing")
    expect(viewer.locator("main a[href*='/action/']")).to_have_count(0)
    viewer.goto(f"{url}/action/finance.extend-trial")
    expect(viewer.locator("main")).to_contain_text("may not extend the trial")
    assert grave(viewer) == []
