"""Promotion codes on subscriptions that run: revenue, the next charges, limits, and what taking a use back does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.policy import Person
from plugins.catalog.actions import promotions
from plugins.finance.actions import changing, discounts, ending
from schema.promotions import DiscountCampaign, PromotionCode, PromotionCodePlan, Redemption
from schema.staff import StaffMember
from schema.subscriptions import MrrMovement, Subscription
from tests.plugins.finance.living import MACHINE, Company, at, company_of
from tests.running import idle_machine
from tests.schema.core_rows import CoreMaker


@pytest.fixture
def company(session: Session) -> Company:
    return company_of(session)


@pytest.fixture
def ada(rows: CoreMaker) -> Person:
    return Person(rows.one(StaffMember).id, "Ada", ("Owner",), frozenset({"*"}))


def code(company: Company, word: str = "SPRING", **words: Any) -> PromotionCode:
    given = {"kind": "percent", "percent": Decimal(20), "duration": "repeating", "duration_months": 2, **words}
    made: PromotionCode = company.add(PromotionCode(code=word, currency="ZAR", **given))
    return made


def use(company: Company, ada: Person, day: str, sub: Subscription, word: str = "spring") -> str:
    company.pass_until(at(day))
    given = {"session": company.session, "effects": company.effects(), "person": ada, "now": at(day)}
    with company.session.begin_nested():
        return promotions.use_on_subscription(record=sub, answers={"code": word}, **given)


def reverse(company: Company, ada: Person, day: str, sub: Subscription) -> str:
    redemption = company.session.scalars(select(Redemption).where(Redemption.customer_id == sub.customer_id)).one()
    company.pass_until(at(day))
    given = {"session": company.session, "effects": company.effects(), "person": ada, "now": at(day)}
    return promotions.reverse(record=redemption, answers={"reason": "By mistake"}, **given)


def moved(company: Company) -> list[tuple[str, str, int]]:
    rows = company.session.scalars(select(MrrMovement).order_by(MrrMovement.occurred_at, MrrMovement.id)).all()
    return [(str(row.kind), str(row.reason), row.amount_cents) for row in rows]


def test_a_code_lowers_revenue_now_and_the_charges_that_come(company: Company, ada: Person) -> None:
    sub, spring = company.start("2026-02-05", "Otto", "G"), code(company)
    said = use(company, ada, "2026-02-16", sub).replace("\u00a0", " ")
    assert said == (
        "SPRING: 20 % off each charge until 2026-05-05. Next charge on 2026-03-05: R 1 199,20 without VAT."
        " MRR: R 1 199,20."
    )
    assert (sub.mrr_cents, sub.list_mrr_cents, sub.customer.mrr_cents) == (119_920, 149_900, 119_920)
    event = company.last(sub)
    assert (event.kind, event.staff_id, (event.details or {})["code"]) == ("discount_added", ada.id, "SPRING")
    assert (spring.redemptions_count, sub.redemption.discount_cents) == (1, 29_980)  # type: ignore[union-attr]
    charges = []
    for day in ("2026-03-05", "2026-04-05", "2026-05-05"):
        company.pass_until(at(day))
        charges.append(sub.period_charge_cents)
    assert charges == [119_920, 119_920, 149_900]
    assert (sub.discount_percent, sub.redemption_id, sub.mrr_cents) == (None, None, 149_900)
    assert moved(company) == [
        ("new", "started", 149_900), ("contraction", "discount", -29_980), ("expansion", "discount", 29_980),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("price", "words", "mrr", "ends"),
    [
        ("G", {"kind": "amount", "percent": None, "amount_cents": 20_000}, 129_900, "2026-05-05"),
        ("G", {"kind": "amount", "percent": None, "amount_cents": 200_000}, 0, "2026-05-05"),
        ("G", {"duration": "once", "duration_months": None}, 119_920, "2026-04-05"),
        ("GA", {"duration": "forever", "duration_months": None}, 99_933, None),
        ("SQ", {"kind": "amount", "percent": None, "amount_cents": 4_700}, 43_333, "2026-07-05"),
    ],
)  # fmt: skip
def test_percent_or_amount_once_for_months_or_for_ever(
    company: Company, ada: Person, price: str, words: dict[str, Any], mrr: int, ends: str | None
) -> None:
    sub = company.start("2026-02-05", "Otto", price)
    code(company, **words)
    use(company, ada, "2026-02-16", sub)
    assert (sub.mrr_cents, sub.discount_ends_at) == (mrr, at(ends) if ends else None)


def test_a_code_in_a_trial_begins_with_its_first_charge(company: Company, ada: Person) -> None:
    sub = company.start("2026-02-05", "Otto", "G", "trial")
    code(company, duration="once", duration_months=None)
    sub.gateway_token = "card"
    use(company, ada, "2026-02-06", sub)
    assert (sub.mrr_cents, sub.discount_ends_at) == (0, at("2026-03-19"))
    company.pass_until(at("2026-02-19"))
    assert (str(sub.status), sub.mrr_cents, sub.period_charge_cents) == ("active", 119_920, 119_920)
    company.pass_until(at("2026-03-19"))
    assert (sub.mrr_cents, sub.period_charge_cents) == (149_900, 149_900)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"is_active": False}, "is switched off"),
    ({"ends_at": at("2026-02-16")}, "held until"),
    ({"max_redemptions": 1, "redemptions_count": 1}, "as often as it may be"),
    ({"product_line": "b2c"}, "is for job seekers"),
    ({"plan": "S"}, "is for other plans"),
    ({"minimum_amount_cents": 149_901}, "and more, excluding VAT"),
    ({"budget": 29_979}, "this offer's budget"),
    ({"kind": "credits", "percent": None, "credits": 5}, "gives credits, nothing off a charge"),
    ({"kind": "trial_days", "percent": None, "trial_days": 5}, "gives days of trial, nothing off a charge"),
]


@pytest.mark.parametrize(("words", "sentence"), REFUSED)
def test_a_code_holds_for_a_subscription_as_it_does_at_a_checkout(
    company: Company, ada: Person, words: dict[str, Any], sentence: str
) -> None:
    sub, given = company.start("2026-02-05", "Otto", "G"), dict(words)
    plan, budget = given.pop("plan", None), given.pop("budget", None)
    made = code(company, **given)
    before = made.redemptions_count
    if plan:
        company.add(PromotionCodePlan(code_id=made.id, plan_id=company.prices[plan].plan_id))
    if budget:
        words = {"key": "spring", "name": "Spring", "starts_at": at("2026-01-01"), "currency": "ZAR"}
        made.campaign = company.add(DiscountCampaign(budget_cents=budget, **words))
    with pytest.raises(ActionRefused, match=sentence):
        use(company, ada, "2026-02-16", sub)
    assert (made.redemptions_count, sub.mrr_cents, company.events(sub)) == (before, 149_900, ["started"])


def test_what_can_have_no_discount_is_refused_and_nothing_is_counted(company: Company, ada: Person) -> None:
    spring = code(company, max_per_customer=9)
    free, leaves, paused, twice = (
        company.start("2026-02-05", name, price)
        for name, price in (("Free", "Free"), ("Leaves", "G"), ("Paused", "G"), ("Twice", "G"))
    )
    company.do("2026-02-06", leaves, ending.cancel, when=ending.LATER, cancel_reason="not_used")
    company.do("2026-02-06", paused, ending.pause)
    use(company, ada, "2026-02-07", twice)
    for sub, sentence in ((free, "given for free"), (leaves, "ends before"), (paused, "is paused"), (twice, "already")):
        with pytest.raises(ActionRefused, match=sentence):
            use(company, ada, "2026-02-07", sub)
    assert spring.redemptions_count == 1


def test_taking_the_use_back_takes_the_discount_off_from_then_on(company: Company, ada: Person) -> None:
    sub, spring = company.start("2026-02-05", "Otto", "G"), code(company)
    use(company, ada, "2026-02-16", sub)
    company.pass_until(at("2026-03-05"))
    assert "was taken back" in reverse(company, ada, "2026-03-10", sub)
    assert (sub.mrr_cents, sub.discount_percent, sub.customer.mrr_cents) == (149_900, None, 149_900)
    assert (company.last(sub).kind, company.last(sub).reason) == ("discount_ended", "By mistake")
    assert (spring.redemptions_count, sub.period_charge_cents) == (0, 119_920), "what was charged stays"
    use(company, ada, "2026-03-11", sub)
    assert sub.mrr_cents == 119_920


def test_a_use_whose_discount_was_taken_off_is_taken_back_alone(company: Company, ada: Person) -> None:
    sub = company.start("2026-02-05", "Otto", "G")
    code(company)
    use(company, ada, "2026-02-16", sub)
    company.do("2026-02-17", sub, discounts.take_off)
    reverse(company, ada, "2026-02-18", sub)
    assert company.events(sub) == ["started", "discount_added", "discount_ended"]


def test_days_paid_in_full_are_credited_in_full(company: Company, ada: Person) -> None:
    sub = company.start("2026-02-05", "Otto", "S")
    code(company, percent=Decimal(50))
    use(company, ada, "2026-02-10", sub)
    company.do("2026-02-16", sub, changing.change_now, **company.to("G"))
    assert company.last(sub).proration_cents == 45_505 - 30_296  # 17 of 28 days: half of R 1 499, less all of R 499


def test_hook_register_services_offers_what_other_plugins_call() -> None:
    assert {promotions.DISCOUNT, promotions.END_DISCOUNT} <= set(idle_machine().services)


@pytest.fixture(scope="module")
def committed(database_url_of_its_own: str) -> Iterator[Engine]:
    engine = create_engine(database_url_of_its_own)
    yield engine
    engine.dispose()


def test_of_two_subscriptions_at_once_the_last_use_goes_to_one(committed: Engine) -> None:
    with Session(committed) as session:
        company = company_of(session)
        keys = [company.start("2026-02-05", name, "G").id for name in ("Otto", "Nomsa")]
        made = code(company, max_redemptions=1)
        made_id = made.id
        person = Person(CoreMaker(session).one(StaffMember).id, "Ada", ("Owner",), frozenset({"*"}))
        session.commit()

    def at_once(key: UUID) -> str:
        with Session(committed) as theirs:
            sub = theirs.get_one(Subscription, key, with_for_update=True)
            given = {"session": theirs, "effects": JobEffects(theirs, MACHINE, Origin()), "now": moment()}
            try:
                promotions.use_on_subscription(record=sub, answers={"code": "SPRING"}, person=person, **given)
            except ActionRefused as refused:
                return refused.sentence
            theirs.commit()
            return "used"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(at_once, keys))
    assert said == ["This code was used as often as it may be.", "used"]
    with Session(committed) as session:
        found = session.scalars(select(Subscription.mrr_cents).order_by(Subscription.mrr_cents)).all()
        assert list(found) == [119_920, 149_900]
        assert session.get_one(PromotionCode, made_id).redemptions_count == 1


def moment() -> datetime:
    return at("2026-02-16")
