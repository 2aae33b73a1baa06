"""The catalog through its pages and the API: a new price, what stands on it, campaigns with codes, the price page."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.theme.formats import ZONE
from schema.catalog import Plan, Price, PriceMigration
from schema.credits import CreditEntry
from schema.customers import Customer
from schema.promotions import DiscountCampaign, PromotionCode, Redemption
from schema.subscriptions import Subscription, SubscriptionEvent
from tests.journeys.api.programs import Program, program, refused
from tests.journeys.approvals import hidden
from tests.journeys.site import Site, token_in
from tests.running import perform_waiting

DATA = "/admin/data"


def do(browser: FlaskClient, model: str, key: UUID, slug: str, **typed: str) -> TestResponse:
    """Do an action as somebody does who looks at what will happen first, where it shows that."""
    url = f"{DATA}/{model}/record/{key}/action/catalog.{slug}"
    page = browser.get(url).text
    data = {f"q-{name}": value for name, value in typed.items()} | {"csrf_token": token_in(page)}
    if 'value="preview"' in page:
        page = browser.post(url, data={**data, **hidden(page), "step": "preview"}).text
    return browser.post(url, data={**data, **hidden(page), "step": "do"})


def read(site: Site, statement: sa.Select[Any]) -> Any:
    with site.machine.database.sessions() as session:
        return session.scalars(statement).first()


def add(site: Site, *rows: Any) -> None:
    with site.machine.database.transaction() as session:
        session.add_all(rows)


@pytest.fixture(scope="module")
def growth(site: Site) -> Plan:
    found: Plan = read(site, sa.select(Plan).where(Plan.key == "b2b-growth"))
    return found


def present(site: Site, plan: Plan) -> Price:
    """Return the price that new subscribers pay by the month, or will."""
    month = (Price.plan_id == plan.id, Price.interval == "month", Price.is_default, Price.valid_until.is_(None))
    found: Price = read(site, sa.select(Price).where(*month))
    return found


VERSION = {"nickname": "Growth 2030", "amount": "1 599,00", "interval": "as_before", "vat": "as_before"}


def test_a_new_version_takes_over_and_present_subscribers_keep_theirs(
    site: Site, owner: FlaskClient, growth: Plan
) -> None:
    old = present(site, growth)
    on_it = read(site, sa.select(sa.func.count()).where(Subscription.price_id == old.id))
    tomorrow = (datetime.now(ZONE) + timedelta(days=1)).date()
    done = do(owner, "prices", old.id, "new-version", **VERSION, valid_from=str(tomorrow))
    assert done.status_code == 303, done.text
    new = present(site, growth)
    begins = datetime.combine(tomorrow, datetime.min.time(), ZONE)
    assert (new.amount_cents, new.replaces_id, new.valid_from) == (159_900, old.id, begins)
    ended = read(site, sa.select(Price).where(Price.id == old.id))
    assert (ended.amount_cents, ended.valid_until) == (old.amount_cents, begins)
    decided = read(site, sa.select(PriceMigration).where(PriceMigration.to_price_id == new.id))
    assert (decided.mode, decided.state, decided.subscriptions_moved) == ("grandfather", "done", 0)
    assert read(site, sa.select(sa.func.count()).where(Subscription.price_id == old.id)) == on_it > 0

    panel = owner.get(f"{DATA}/plans/record/{growth.id}/panel/catalog.price-history").text
    assert panel.index("planned") < panel.index("sold now") < panel.index("no longer sold")
    for shown in ("R\u00a01\u00a0599,00 a month, excluding VAT", "MRR", ended.nickname):
        assert shown in panel
    assert "Together" in owner.get(f"{DATA}/prices/record/{old.id}/panel/catalog.price-standing").text

    assert "sold until" in do(owner, "prices", old.id, "new-version", **VERSION).text
    assert do(owner, "prices", new.id, "withdraw-price").status_code == 303
    assert present(site, growth).id == old.id


def test_two_prices_are_never_offered_at_once_and_what_was_typed_stays(
    site: Site, owner: FlaskClient, growth: Plan
) -> None:
    words = {"nickname": "Second", "amount": "10", "interval": "month", "vat": "excluded"}
    answer = do(owner, "plans", growth.id, "new-price", **words, is_default="yes")
    assert answer.status_code == 422
    assert "two prices can&#39;t be offered at once" in answer.text
    assert 'value="Second"' in answer.text
    wrong = do(owner, "prices", present(site, growth).id, "new-version", **{**VERSION, "amount": "much"})
    assert "is not a number" in wrong.text
    assert do(owner, "plans", growth.id, "new-price", **words).status_code == 303
    deal = read(site, sa.select(Price).where(Price.nickname == "Second"))
    assert do(owner, "prices", deal.id, "stop-selling").status_code == 303


def test_what_is_in_use_is_not_deleted_and_says_what_to_do_instead(
    site: Site, owner: FlaskClient, growth: Plan
) -> None:
    campaign = spring(site)
    add(site, PromotionCode(code=f"HELD-{uuid4().hex[:8]}", percent=20, currency="ZAR", campaign_id=campaign.id))
    for url, words in (
        (f"{DATA}/plans/record/{growth.id}/delete", "Switch Is sold off instead"),
        (f"{DATA}/discount_campaigns/record/{campaign.id}/delete", "Switch Is active off instead"),
    ):
        page = owner.get(url).text
        assert words in page
        assert "btn-danger" not in page
        version = re.search(r'name="version" value="([^"]*)"', page)
        owner.post(url, data={"csrf_token": token_in(page), "version": version[1] if version else ""})
        assert owner.get(url.removesuffix("/delete")).status_code == 200


def test_the_price_list_of_any_day_is_a_page(owner: FlaskClient, viewer: FlaskClient, support: FlaskClient) -> None:
    page = viewer.get("/admin/catalog/price-list").text
    assert "R\u00a01\u00a0499,00 a month" in page
    assert all(f"<td>{words}</td>" in page for words in ("Employers", "Agencies"))
    assert "Not offered" in owner.get("/admin/catalog/price-list?on=2010-01-01").text
    assert "is no day" in owner.get("/admin/catalog/price-list?on=x").text
    assert support.get("/admin/catalog/price-list").status_code == 403


def test_otto_may_not_change_prices_or_codes(site: Site, viewer: FlaskClient, growth: Plan) -> None:
    code = read(site, sa.select(PromotionCode))
    places = [
        ("plans", growth.id, "new-price"),
        ("prices", present(site, growth).id, "new-version"),
        ("promotion_codes", code.id, "switch-off"),
        ("discount_campaigns", code.campaign_id, "make-codes"),
    ]
    for model, key, slug in places:
        assert viewer.get(f"{DATA}/{model}/record/{key}/action/catalog.{slug}").status_code == 403


# --- The price page


def test_anybody_may_read_the_price_page_and_keep_it(site: Site, growth: Plan) -> None:
    anybody = site.app.test_client(use_cookies=False)
    with site.counted() as statements:
        answer = anybody.get("/api/v1/pricing", headers={"Origin": "https://anywhere.example"})
    assert answer.status_code == 200, answer.text
    assert len(statements) <= 4
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    plans = {plan["key"]: plan for plan in (answer.json or {})["plans"]}
    assert "b2b-partner" not in plans
    (monthly,) = [price for price in plans["b2b-growth"]["prices"] if price["interval"] == "month"]
    assert monthly == {
        "id": str(present(site, growth).id), "amount_cents": 149_900, "currency": "ZAR", "interval": "month",
        "includes_vat": False, "vat_words": "excluding 15\u00a0% VAT", "net_cents": 149_900, "vat_cents": 22_485,
        "total_cents": 172_385,
    }  # fmt: skip
    assert {"key": "cv-screening", "name": "CV screening", "kind": "limit", "limit": 100, "limit_period": "month",
            "unit": "CVs"} in plans["b2b-growth"]["features"]  # fmt: skip
    assert "nickname" not in answer.text
    again = anybody.get("/api/v1/pricing", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert anybody.get("/api/v1/pricing?x=1").status_code == 422
    refused(anybody.get("/api/v1/pricing", headers={"Authorization": "Bearer x"}), 401, "key-unknown")
    assert program(site).get("/pricing").json == answer.json


# --- Codes and campaigns


@pytest.fixture(scope="module")
def app(site: Site) -> Program:
    return program(site, "promotions:read", "promotions:redeem")


@pytest.fixture(scope="module")
def customer(site: Site) -> Customer:
    found: Customer = read(site, sa.select(Customer).where(Customer.product_line == "b2b", Customer.status == "active"))
    return found


def spring(site: Site, **words: Any) -> DiscountCampaign:
    begun = datetime.now(UTC) - timedelta(days=1)
    row = DiscountCampaign(key=uuid4().hex, name="Autumn", starts_at=begun, budget_cents=60_000, **words)
    add(site, row)
    return row


MAKE = {"count": "3", "prefix": "autumn", "kind": "percent", "value": "20", "uses": "1"}


def test_a_campaign_makes_codes_which_the_app_redeems_and_its_budget_ends(
    site: Site, owner: FlaskClient, app: Program, customer: Customer
) -> None:
    campaign = spring(site)
    assert do(owner, "discount_campaigns", campaign.id, "make-codes", **MAKE).status_code == 303
    with site.machine.database.sessions() as session:
        made = session.scalars(sa.select(PromotionCode.code).where(PromotionCode.campaign_id == campaign.id)).all()
    assert len(made) == 3
    assert all(code.startswith("AUTUMN-") for code in made)
    ask = {"customer_id": str(customer.id), "charge": {"amount_cents": 149_900, "plan": "b2b-growth"}}
    asked = app.post("/promotions/validate", {**ask, "code": f" {made[0].lower()} "})
    bill = {"discount_cents": 29_980, "net_cents": 119_920, "vat_cents": 17_988, "total_cents": 137_908}
    assert (asked.json or {})["bill"] == bill, asked.text

    words = {**ask, "code": made[0], "checkout": uuid4().hex}
    with site.counted() as statements:
        done = app.post("/promotions/redeem", words, repeat=uuid4().hex)
    assert (done.status_code, (done.json or {})["bill"]) == (201, bill), done.text
    assert len(statements) <= 22, statements
    again = app.post("/promotions/redeem", words, repeat=uuid4().hex)
    assert (again.json or {})["redemption_id"] == (done.json or {})["redemption_id"]
    used = app.post("/promotions/redeem", {**words, "checkout": uuid4().hex}, repeat=uuid4().hex)
    assert "as often as it may be" in refused(used, 409, "code-used-up")["detail"]
    assert app.post("/promotions/redeem", {**words, "code": made[1], "checkout": uuid4().hex}, repeat=uuid4().hex)
    spent = app.post("/promotions/redeem", {**words, "code": made[2], "checkout": uuid4().hex}, repeat=uuid4().hex)
    refused(spent, 409, "code-budget-spent")
    panel = owner.get(f"{DATA}/discount_campaigns/record/{campaign.id}/panel/catalog.campaign-spent").text
    for shown in ("R\u00a0599,60", "R\u00a00,40", "99,9\u00a0%"):
        assert shown in panel, panel


def test_a_use_is_taken_back_with_its_credits(
    site: Site, owner: FlaskClient, viewer: FlaskClient, app: Program, customer: Customer
) -> None:
    word = f"FIVE-{uuid4().hex[:8]}"
    add(site, PromotionCode(code=word, kind="credits", credits=5, currency="ZAR"))
    body = {"code": word, "customer_id": str(customer.id), "checkout": uuid4().hex}
    done = app.post("/promotions/redeem", body, repeat=uuid4().hex)
    assert (done.json or {})["gift"]["credits"] == 5, done.text
    code = read(site, sa.select(PromotionCode).where(PromotionCode.code == word))
    redemption = read(site, sa.select(Redemption).where(Redemption.code_id == code.id))
    for page in (f"promotion_codes/record/{code.id}/panel/catalog.redemptions",
                 f"customers/record/{customer.id}/panel/catalog.codes-used"):  # fmt: skip
        assert str(redemption.id) in owner.get(f"{DATA}/{page}").text
    assert do(owner, "redemptions", redemption.id, "reverse", reason="By mistake").status_code == 303
    with site.machine.database.sessions() as session:
        mine = sa.select(CreditEntry.amount).where(CreditEntry.redemption_id == redemption.id)
        assert sorted(session.scalars(mine)) == [-5, 5]
    assert app.post("/promotions/validate", {k: body[k] for k in ("code", "customer_id")}).json["valid"]  # type: ignore[index]
    url = f"{DATA}/redemptions/record/{redemption.id}/action/catalog.reverse"
    assert viewer.get(url).status_code == 403


def running(site: Site, customer: Customer) -> Subscription:
    """Return a subscription of a new customer that pays R 1 499 a month."""
    plan = read(site, sa.select(Plan).where(Plan.key == "b2b-growth"))
    price = Price(
        plan_id=plan.id, nickname="A deal", amount_cents=149_900, currency="ZAR", interval="month", includes_vat=False,
        is_default=False, valid_from=datetime.now(UTC) - timedelta(days=99),
    )  # fmt: skip
    add(site, price)
    began = datetime.now(UTC) - timedelta(days=11)
    row = Subscription(
        customer_id=customer.id, plan_id=plan.id, price_id=price.id, status="active", interval="month", currency="ZAR",
        amount_cents=149_900, list_mrr_cents=149_900, mrr_cents=149_900, started_at=began, current_period_start=began,
        current_period_end=began + timedelta(days=30),
    )  # fmt: skip
    add(site, row)
    return row


def test_a_code_takes_something_off_a_subscription_that_runs_until_it_is_taken_back(
    site: Site, owner: FlaskClient, support: FlaskClient, viewer: FlaskClient, customer: Customer
) -> None:
    sub, word = running(site, customer), f"RUN-{uuid4().hex[:8]}"
    add(site, PromotionCode(code=word, percent=20, currency="ZAR", duration="forever"))
    url = f"{DATA}/subscriptions/record/{sub.id}/action/catalog.use-code"
    assert [browser.get(url).status_code for browser in (support, viewer)] == [403, 403]
    assert "There is no such code." in do(owner, "subscriptions", sub.id, "use-code", code="NOPE").text
    page = owner.get(url).text
    shown = owner.post(url, data={"q-code": word, "csrf_token": token_in(page), **hidden(page), "step": "preview"}).text
    assert "R\u00a01\u00a0199,20" in shown
    assert "Webhook: subscription.changed" in shown
    assert do(owner, "subscriptions", sub.id, "use-code", code=f" {word.lower()} ").status_code == 303
    found = read(site, sa.select(Subscription).where(Subscription.id == sub.id))
    assert (found.mrr_cents, found.discount_percent) == (119_920, 20)
    assert "It has a discount already" in owner.get(url).text
    assert do(owner, "redemptions", found.redemption_id, "reverse", reason="By mistake").status_code == 303
    found = read(site, sa.select(Subscription).where(Subscription.id == sub.id))
    assert (found.mrr_cents, found.discount_percent, found.redemption_id) == (149_900, None, None)


def test_the_app_redeems_for_a_subscription_that_runs_and_repeats_change_nothing(
    site: Site, app: Program, customer: Customer
) -> None:
    sub, word = running(site, customer), f"APP-{uuid4().hex[:8]}"
    add(site, PromotionCode(code=word, kind="amount", amount_cents=50_000, percent=None, currency="ZAR"))
    body = {"code": word, "customer_id": str(customer.id), "subscription_id": str(sub.id), "checkout": uuid4().hex}
    with site.counted() as statements:
        done = app.post("/promotions/redeem", body, repeat=uuid4().hex)
    assert (done.status_code, (done.json or {})["bill"]["net_cents"]) == (201, 99_900), done.text
    assert len(statements) <= 46, statements
    again = app.post("/promotions/redeem", body, repeat=uuid4().hex)
    assert (again.json or {})["redemption_id"] == (done.json or {})["redemption_id"]
    found = read(site, sa.select(Subscription).where(Subscription.id == sub.id))
    assert (found.mrr_cents, found.discount_amount_cents) == (99_900, 50_000)
    events = sa.select(SubscriptionEvent).where(SubscriptionEvent.subscription_id == sub.id)
    with site.machine.database.sessions() as session:
        assert [(str(e.kind), str(e.actor)) for e in session.scalars(events)] == [("discount_added", "customer")]
    more = {**body, "checkout": uuid4().hex}
    for wrong, pointer in (({"subscription_id": str(uuid4())}, "/subscription_id"),
                           ({"charge": {"amount_cents": 1}}, "/charge")):  # fmt: skip
        problem = refused(app.post("/promotions/redeem", {**more, **wrong}, repeat=uuid4().hex), 422, "invalid")
        assert problem["errors"][0]["pointer"] == pointer
    other = f"TWO-{uuid4().hex[:8]}"
    add(site, PromotionCode(code=other, percent=20, currency="ZAR"))
    second = app.post("/promotions/redeem", {**more, "code": other}, repeat=uuid4().hex)
    assert "has a discount already" in refused(second, 409, "no-discount")["detail"]
    assert read(site, sa.select(PromotionCode.redemptions_count).where(PromotionCode.code == other)) == 0


def test_a_code_is_switched_off_and_on_again(site: Site, owner: FlaskClient, app: Program, customer: Customer) -> None:
    word = f"OFF-{uuid4().hex[:8]}"
    add(site, PromotionCode(code=word, kind="trial_days", trial_days=7, currency="ZAR"))
    code = read(site, sa.select(PromotionCode).where(PromotionCode.code == word))
    ask = {"code": word, "customer_id": str(customer.id)}
    assert do(owner, "promotion_codes", code.id, "switch-off").status_code == 303
    answer = app.post("/promotions/validate", ask).json or {}
    assert [reason["reason"] for reason in answer["reasons"]] == ["switched-off"]
    assert do(owner, "promotion_codes", code.id, "switch-on").status_code == 303
    assert (app.post("/promotions/validate", ask).json or {})["gift"]["trial_days"] == 7
    unknown = app.post("/promotions/validate", {**ask, "code": "nope"}).json or {}
    assert unknown["reasons"] == [{"reason": "unknown", "detail": "There is no such code."}]
    for wrong, pointer in (({"customer_id": str(uuid4())}, "/customer_id"), ({"charge": {"amount_cents": -1}}, None),
                           ({"charge": {"amount_cents": 1, "plan": "none"}}, "/charge/plan")):  # fmt: skip
        problem = refused(app.post("/promotions/validate", {**ask, **wrong}), 422, "invalid")
        assert pointer is None or problem["errors"][0]["pointer"] == pointer
    refused(program(site, "promotions:read").post("/promotions/redeem", ask, repeat="x"), 403, "scope-missing")


def test_more_codes_than_somebody_waits_for_are_made_by_a_job(site: Site, owner: FlaskClient) -> None:
    campaign = spring(site, product_line="b2b")
    assert do(owner, "discount_campaigns", campaign.id, "make-codes", **{**MAKE, "count": "702"}).status_code == 303
    assert perform_waiting(site.machine, "catalog.make-codes") == 1
    assert perform_waiting(site.machine, "catalog.make-codes") == 0
    counted = sa.select(sa.func.count(sa.distinct(PromotionCode.code))).where(PromotionCode.campaign_id == campaign.id)
    assert read(site, counted) == 702
    assert do(owner, "discount_campaigns", campaign.id, "make-codes", **{**MAKE, "value": "101"}).status_code == 422
