"""Using codes in the database: fifty at once, any order of uses and reversals, credits, and a checkout asked twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused
from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.policy import Person
from plugins.catalog.actions import codes, promotions
from plugins.catalog.actions.promotions import CodeRefused, Redeemed, Use
from plugins.catalog.queries import promotions as queries
from plugins.catalog.rules.promotions import Charge
from schema.billing import Payment
from schema.credits import CreditEntry, CreditKind
from schema.customers import Customer
from schema.promotions import DiscountCampaign, PromotionCode, Redemption
from schema.staff import StaffMember
from tests.plugins.finance.living import MACHINE
from tests.schema.commercial_rows import NOON
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
AT_ONCE = 50
CHARGE = Charge(amount_cents=1_000)


def code(rows: CoreMaker, **words: Any) -> PromotionCode:
    made: PromotionCode = rows.add(PromotionCode, **{"code": f"C-{uuid4().hex[:12]}", **words})
    return made


def campaign(rows: CoreMaker, **words: Any) -> DiscountCampaign:
    made = DiscountCampaign(key=uuid4().hex, name="March", starts_at=NOON, currency="ZAR", **words)
    rows.session.add(made)
    rows.session.flush()
    return made


def use(session: Session, which: PromotionCode, who: Customer, checkout: str = "", at: datetime = NOW) -> Redeemed:
    wanted = Use(code=which.code, customer=who, charge=CHARGE, checkout=checkout or uuid4().hex)
    return promotions.redeem(session, wanted, at)


def reverse(rows: CoreMaker, redemption: Redemption) -> str:
    ada = Person(rows.one(StaffMember).id, "Ada", ("Owner",), frozenset({"*"}))
    effects = JobEffects(rows.session, MACHINE, Origin())
    words = {"session": rows.session, "person": ada, "effects": effects, "now": NOW}
    return promotions.reverse(record=redemption, answers={"reason": "By mistake"}, **words)


def test_a_code_for_one_customer_goes_with_them_and_never_holds_for_all(rows: CoreMaker) -> None:
    customer = rows.add(Customer)
    own = code(rows, customer_id=customer.id)
    rows.session.delete(customer)
    rows.session.flush()
    assert rows.session.scalar(select(func.count()).where(PromotionCode.id == own.id)) == 0


@pytest.mark.parametrize(
    ("limits", "budget", "left"),
    [({"max_redemptions": 10}, None, 10), ({"max_redemptions": None, "max_per_customer": 4}, None, 4),
     ({"max_redemptions": None}, 200 * 7 + 199, 7)],
)  # fmt: skip
def test_of_fifty_at_once_as_many_succeed_as_are_left(
    committed: Engine, limits: dict[str, Any], budget: int | None, left: int
) -> None:
    everybody = "max_per_customer" not in limits
    with Session(committed) as session:
        rows = CoreMaker(session)
        one = campaign(rows, budget_cents=budget) if budget else None
        which = code(rows, **{"max_per_customer": 1, **limits}, campaign=one)
        people = [rows.add(Customer, email=f"{uuid4().hex}@example.test") for _ in range(AT_ONCE if everybody else 1)]
        ids, word, key = [person.id for person in people], which.code, which.id
        session.commit()

    def at_once(n: int) -> str:
        with Session(committed) as session:
            customer = session.get_one(Customer, ids[n % len(ids)])
            try:
                promotions.redeem(session, Use(code=word, customer=customer, charge=CHARGE, checkout=uuid4().hex), NOW)
            except CodeRefused as refused:
                return refused.reasons[0].kind
            session.commit()
            return "redeemed"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(at_once, range(AT_ONCE)))
    assert answers.count("redeemed") == left
    assert len(set(answers)) == 2
    with Session(committed) as session:
        counted = session.scalar(select(func.count()).where(Redemption.code_id == key))
        assert counted == session.get_one(PromotionCode, key).redemptions_count == left
        if budget:
            given = session.scalars(
                select(DiscountCampaign.given_away_cents).where(DiscountCampaign.budget_cents == budget)
            )
            assert given.one() == 200 * left <= budget


@pytest.fixture(scope="module")
def committed(database_url_of_its_own: str) -> Iterator[Engine]:
    engine = create_engine(database_url_of_its_own, pool_size=16)
    yield engine
    engine.dispose()


STEPS = st.lists(st.tuples(st.sampled_from(["use", "reverse"]), st.integers(0, 2)), max_size=10)


@given(steps=STEPS, most=st.integers(1, 5), each=st.integers(1, 2), budget=st.integers(1, 5))
@settings(max_examples=8, deadline=None)
def test_the_books_agree_with_a_model_after_any_uses_and_reversals(
    engine: Engine, steps: list[tuple[str, int]], most: int, each: int, budget: int
) -> None:
    with engine.connect() as connection, Session(connection) as session:
        rows = CoreMaker(session)
        one = campaign(rows, budget_cents=budget * 200)
        which = code(rows, max_redemptions=most, max_per_customer=each, campaign=one)
        people = [rows.add(Customer, email=f"{n}@example.test") for n in range(3)]
        model: list[list[Redemption]] = [[], [], []]
        for deed, n in steps:
            standing = sum(map(len, model))
            if deed == "reverse" and model[n]:
                reverse(rows, model[n].pop(0))
            elif deed == "use" and standing < min(most, budget) and len(model[n]) < each:
                model[n].append(use(session, which, people[n]).redemption)
            elif deed == "use":
                with pytest.raises(CodeRefused):
                    use(session, which, people[n])
            for theirs, person in zip(model, people, strict=True):
                numbers = queries.used_numbers(session, which.id, person.id)
                assert sorted(numbers) == sorted(redemption.number for redemption in theirs)
                assert all(1 <= number <= each for number in numbers)
            assert which.redemptions_count == sum(map(len, model))
            assert one.given_away_cents == 200 * which.redemptions_count


def test_a_checkout_redeems_once_for_ever(session: Session, rows: CoreMaker) -> None:
    which, other, ada = code(rows, max_per_customer=5), code(rows), rows.one(Customer)
    first = use(session, which, ada, "checkout-1")
    again = use(session, which, ada, "checkout-1", NOW + timedelta(days=40))
    assert again.redemption is first.redemption
    assert which.redemptions_count == 1
    with pytest.raises(CodeRefused, match="redeemed something else"):
        use(session, other, ada, "checkout-1")
    for charge in (Charge(amount_cents=2_000), None):
        with pytest.raises(CodeRefused, match="redeemed something else"):
            promotions.redeem(session, Use(code=which.code, customer=ada, charge=charge, checkout="checkout-1"), NOW)
    reverse(rows, first.redemption)
    with pytest.raises(CodeRefused, match="taken back"):
        use(session, which, ada, "checkout-1")
    with pytest.raises(CodeRefused, match="There is no such code"):
        promotions.redeem(session, Use(code="NOPE", customer=ada, charge=None, checkout="x"), NOW)


def entries(session: Session) -> list[tuple[str, int]]:
    found = session.scalars(select(CreditEntry).order_by(CreditEntry.id)).all()
    return [(entry.kind.value, entry.amount) for entry in found]


@pytest.mark.parametrize("covered", [True, False], ids=["of-it", "beyond-all"])
@pytest.mark.parametrize(("used", "taken"), [(0, [("reversal", -5)]), (3, [("reversal", -2)]), (5, [])])
def test_credits_come_with_the_use_and_what_is_left_goes_with_its_reversal(
    session: Session, rows: CoreMaker, used: int, taken: list[tuple[str, int]], *, covered: bool
) -> None:
    ada = rows.one(Customer)
    redemption = use(session, code(rows, kind="credits", percent=None, credits=5), ada).redemption
    grant = session.scalars(select(CreditEntry)).one()
    assert (grant.kind, grant.amount, grant.redemption_id) == (CreditKind.PROMOTION, 5, redemption.id)
    if used:
        rows.add(
            CreditEntry, kind="consumption", amount=-used, grant_id=grant.id if covered else None, source_key="used"
        )
    assert "taken back" in reverse(rows, redemption)
    session.flush()
    spent = [("consumption", -used)] if used else []
    assert sorted(entries(session)) == sorted([("promotion", 5), *spent, *taken])
    with pytest.raises(ActionRefused, match="taken back already"):
        reverse(rows, redemption)


def test_credits_that_were_taken_back_before_are_not_taken_twice(session: Session, rows: CoreMaker) -> None:
    redemption = use(session, code(rows, kind="credits", percent=None, credits=5), rows.one(Customer)).redemption
    grant = session.scalars(select(CreditEntry)).one()
    words = {"grant_id": grant.id, "reverses_id": grant.id, "source_key": "undone"}
    rows.add(CreditEntry, kind="reversal", amount=-2, **words)
    assert "0 credits" in reverse(rows, redemption)
    assert len(entries(session)) == 2


def test_credits_that_others_hold_are_not_taken(committed: Engine) -> None:
    with Session(committed) as session:
        rows = CoreMaker(session)
        given = use(session, code(rows, kind="credits", percent=None, credits=5), person(rows)).redemption
        session.commit()
        with Session(committed) as other:
            other.scalars(
                select(Customer).where(Customer.id == given.customer_id).with_for_update(key_share=True)
            ).one()
            with pytest.raises(ActionRefused, match="are being used right now"):
                reverse(rows, given)
        assert "5 credits" in reverse(rows, given)


def test_of_two_codes_at_once_for_one_checkout_the_second_is_refused(committed: Engine) -> None:
    with Session(committed) as session:
        rows = CoreMaker(session)
        first, second, ada = code(rows), code(rows), person(rows)
        session.commit()
        use(session, first, ada, "twice")

        def other() -> str:
            with Session(committed) as theirs:
                with pytest.raises(CodeRefused, match="redeemed something else"):
                    use(theirs, theirs.get_one(PromotionCode, second_id), theirs.get_one(Customer, ada_id), "twice")
                return "refused"

        second_id, ada_id = second.id, ada.id
        with ThreadPoolExecutor(1) as pool:
            waits = pool.submit(other)
            with pytest.raises(TimeoutError):
                waits.result(0.5)
            session.commit()
            assert waits.result(30) == "refused"


def person(rows: CoreMaker) -> Customer:
    made: Customer = rows.add(Customer, email=f"{uuid4().hex}@example.test")
    return made


@pytest.mark.parametrize("status", ["succeeded", "partly_refunded", "refunded", "disputed"])
def test_whoever_paid_once_makes_no_first_purchase(session: Session, rows: CoreMaker, status: str) -> None:
    payment = rows.add(Payment, status=status)
    assert queries.has_paid(session, payment.customer_id)


def test_more_codes_are_theirs_who_made_them(session: Session, rows: CoreMaker) -> None:
    pattern = code(rows)
    ada = Person(rows.one(StaffMember).id, "Ada", ("Owner",), frozenset({"*"}))
    codes.more_like(session, pattern, {"count": 2}, ada)
    made = session.scalars(select(PromotionCode).where(PromotionCode.id != pattern.id)).all()
    assert (pattern.created_by_id, {each.created_by_id for each in made}) == (None, {ada.id})


def test_codes_like_one_another_share_all_but_the_word(session: Session, rows: CoreMaker) -> None:
    pattern = code(rows, code="SPRING-AAAA-CCCC-DDDD", max_redemptions=1, percent=Decimal(25), redemptions_count=1)
    codes.add_like(session, pattern, 20)
    session.flush()
    made = session.scalars(select(PromotionCode).where(PromotionCode.id != pattern.id)).all()
    assert len({each.code for each in made}) == 20
    assert all(each.code.startswith("SPRING-") for each in made)
    shared = {(each.percent, each.max_redemptions, each.redemptions_count, each.is_active) for each in made}
    assert shared == {(Decimal(25), 1, 0, True)}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("percent", text) for text in ("0", "100,01", "1,234", "")),
        *(("amount", text) for text in ("0", "x", "-5")),
        *(("credits", "1,5"), ("trial_days", "366")),
    ],
)
def test_what_no_code_can_give_is_refused_in_a_sentence(kind: str, value: str) -> None:
    with pytest.raises(ActionRefused, match="How much"):
        codes.given(codes.DiscountKind(kind), value)
