"""What a subscription is worth, how long its periods are, what a change costs, and what may be done to it when."""

import itertools
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.periods import local_day, start_of
from plugins.finance.rules import lifecycle
from plugins.finance.rules.discounts import discount_end
from plugins.finance.rules.lifecycle import ACTIVE, CANCELLED, LAPSED, PAST_DUE, PAUSED, SETTLED, TRIALING, Deed, Due
from plugins.finance.rules.movements import Side, movements, reason_of
from plugins.finance.rules.periods import anchor_behind, days_between, period_end
from plugins.finance.rules.proration import Proration, Stretch, afresh, within
from plugins.finance.rules.revenue import Discount, Terms
from plugins.finance.rules.standing import Held, whole_of
from schema.catalog import Interval
from schema.promotions import DiscountDuration, PromotionCode
from schema.subscriptions import SubscriptionEventKind, SubscriptionStatus
from schema.vat import vat_on, vat_within

VAT = Decimal("0.15")
NOON = datetime.fromisoformat("2026-02-16T12:00:00+02:00")


def terms(cents: int, interval: str = "month", *, vat: bool = False, **words: Any) -> Terms:
    return Terms(cents, Interval(interval), vat, VAT, **words)


# --- Revenue
@pytest.mark.parametrize(
    ("agreed", "mrr"),
    [
        (terms(49_900), 49_900),
        (terms(1_499_000, "year"), 124_917),
        (terms(134_700, "quarter"), 44_900),
        (terms(299_900, "half_year"), 49_983),
        (terms(10_000, "week"), 43_333),
        (terms(1_000, "day"), 30_417),
        (terms(299_900, vat=True), 260_783),
        (terms(100_000, "year"), 8_333),
        (terms(149_900, discount=Discount(Decimal(20))), 119_920),
        (terms(49_900, discount=Discount(Decimal(50))), 24_950),
        (terms(49_900, discount=Discount(amount_cents=60_000)), 0),
        (terms(299_900, vat=True, discount=Discount(amount_cents=60_000)), 200_783),
        (terms(299_900, vat=True, discount=Discount(Decimal(50), 60_000)), 70_391),
        (terms(499_900, is_complimentary=True), 0),
    ],
)
def test_revenue_is_per_month_without_vat_after_discount(agreed: Terms, mrr: int) -> None:
    assert agreed.mrr_cents == mrr


def test_a_headline_is_the_sum_of_its_rounded_rows() -> None:
    assert 3 * terms(100_000, "year").mrr_cents == 24_999


def test_vat_is_taken_out_and_put_on_half_up() -> None:
    assert (vat_within(299_900, VAT), vat_on(60_715, VAT), vat_on(49_900, VAT)) == (39_117, 9_107, 7_485)
    assert vat_on(-30_296, VAT) == -4_544
    assert vat_within(299_900, Decimal(0)) == 0


def test_a_discount_ends_at_its_moment() -> None:
    discount = Discount(Decimal(50), None, NOON)
    assert discount.at(NOON - timedelta(seconds=1)) == discount
    assert discount.at(NOON) == Discount()


amounts = st.integers(0, 10**9)
percents = st.decimals(0, 100, places=2, allow_nan=False)


@given(amounts, st.sampled_from(Interval), st.booleans(), percents)
def test_a_discount_never_raises_and_never_gives_money(cents: int, interval: Interval, vat: bool, off: Decimal) -> None:
    agreed = Terms(cents, interval, vat, VAT, Discount(off))
    assert 0 <= agreed.mrr_cents <= agreed.list_mrr_cents
    assert 0 <= agreed.charge_cents <= cents


# --- Periods
@pytest.mark.parametrize(
    ("start", "interval", "anchor", "end"),
    [
        ("2026-01-31", "month", "2026-01-31", "2026-02-28"),
        ("2026-02-28", "month", "2026-01-31", "2026-03-31"),
        ("2026-03-31", "month", "2026-01-31", "2026-04-30"),
        ("2026-02-28", "month", "2026-02-28", "2026-03-28"),
        ("2028-01-30", "month", "2028-01-30", "2028-02-29"),
        ("2026-11-30", "quarter", "2026-11-30", "2027-02-28"),
        ("2026-08-31", "half_year", "2026-08-31", "2027-02-28"),
        ("2028-02-29", "year", "2028-02-29", "2029-02-28"),
        ("2031-02-28", "year", "2028-02-29", "2032-02-29"),
        ("2026-12-28", "week", "2026-12-28", "2027-01-04"),
        ("2026-12-31", "day", "2026-12-31", "2027-01-01"),
    ],
)
def test_a_period_ends_on_its_anchor_where_the_month_has_it(start: str, interval: str, anchor: str, end: str) -> None:
    found = period_end(start_of(date.fromisoformat(start)), Interval(interval), date.fromisoformat(anchor))
    assert local_day(found) == date.fromisoformat(end)
    assert found == start_of(local_day(found))


@pytest.mark.parametrize(
    ("start", "began", "anchor"),
    [
        ("2026-02-28", "2026-01-31", "2026-01-31"),
        ("2026-04-30", "2026-01-31", "2026-01-31"),
        ("2026-03-28", "2026-01-31", "2026-03-28"),  # begun anew since
        ("2026-03-05", "2025-12-05", "2025-12-05"),
        ("2026-02-28", "2026-02-28", "2026-02-28"),
    ],
)
def test_a_month_that_cut_the_anchor_does_not_become_it(start: str, began: str, anchor: str) -> None:
    assert anchor_behind(date.fromisoformat(start), date.fromisoformat(began)).day == date.fromisoformat(anchor).day


days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(days, st.sampled_from(Interval), st.integers(0, 86_399))
def test_periods_follow_each_other_and_return_to_their_anchor(day: date, interval: Interval, second: int) -> None:
    start = start_of(day) + timedelta(seconds=second)
    ends = list(itertools.accumulate(range(13), lambda at, _: period_end(at, interval, day), initial=start))
    assert ends == sorted(set(ends))
    assert all(end - start_of(local_day(end)) == timedelta(seconds=second) for end in ends)
    if interval is Interval.MONTH:
        assert ends[12] == period_end(start, Interval.YEAR, day)
        assert {local_day(end).day for end in ends if local_day(end).month in {1, 3, 5, 7, 8, 10, 12}} == {day.day}


# --- What a change costs
def test_the_worked_upgrade_comes_to_the_cent() -> None:
    start, end = (start_of(date(2026, month, 5)) for month in (2, 3))
    stretch = Stretch.of(start, end, NOON)
    cost = within(49_900, terms(149_900), stretch)
    assert (stretch.days, stretch.left) == (28, 17)
    assert (cost.credit_cents, cost.charge_cents, cost.net_cents) == (30_296, 91_011, 60_715)
    assert (cost.vat_cents, cost.total_cents) == (9_107, 69_822)
    words = cost.in_words(stretch, "ZAR").replace("\u00a0", " ")
    assert words == (
        "Credit for 17 of 28 days: -R 302,96. Charge: R 910,11. Net: R 607,15. VAT: R 91,07. Total: R 698,22."
    )


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        ("2026-02-05T00:00", 28),  # the day of the change counts whole
        ("2026-02-05T23:59", 28),
        ("2026-02-06T00:00", 27),
        ("2026-03-04T23:59", 1),
        ("2026-03-05T00:00", 0),
        ("2026-04-05T00:00", 0),
        ("2026-01-05T00:00", 28),
    ],
)
def test_days_are_whole_days_in_johannesburg(moment: str, left: int) -> None:
    start, end = (start_of(date(2026, month, 5)) for month in (2, 3))
    assert Stretch.of(start, end, datetime.fromisoformat(f"{moment}:00+02:00")).left == left


def test_another_interval_pays_a_whole_new_period() -> None:
    cost = afresh(49_900, terms(1_499_000, "year"), Stretch(28, 17))
    assert (cost.credit_cents, cost.charge_cents) == (30_296, 1_499_000)


stretches = st.integers(1, 366).flatmap(lambda days: st.builds(Stretch, st.just(days), st.integers(0, days)))


@given(amounts, amounts, stretches, st.booleans())
def test_a_change_is_consistent(old: int, new: int, stretch: Stretch, vat: bool) -> None:
    before, after = terms(old, vat=vat), terms(new, vat=vat)
    paid, due = before.charge_cents, after.charge_cents
    cost, back = within(paid, after, stretch), within(due, before, stretch)
    assert 0 <= cost.credit_cents <= paid
    assert 0 <= cost.charge_cents <= due
    assert (cost.net_cents, cost.vat_cents, cost.total_cents) == (-back.net_cents, -back.vat_cents, -back.total_cents)
    assert within(paid, before, stretch).total_cents == 0
    whole = within(paid, after, Stretch(stretch.days, stretch.days))
    assert whole.net_cents == due - paid
    assert whole == Proration(paid, due, VAT)


QUANTITIES = st.lists(st.tuples(st.integers(1, 500), st.integers(0, 27)), min_size=1, max_size=6)


@given(st.integers(0, 10**7), QUANTITIES, st.booleans(), st.none() | st.decimals(0, 100, places=2))
def test_changes_of_quantity_cost_what_the_days_of_each_quantity_cost(
    price: int, changes: list[tuple[int, int]], vat: bool, off: Decimal | None
) -> None:
    """However often units change, what was paid and what is owed add up to each stretch of days at its own units."""
    start, length = 5, 28

    def whole(units: int) -> Terms:
        return terms(price * units, vat=vat, discount=Discount(off))

    paid = whole(start).charge_cents
    owed, due, units, since = paid, Fraction(0), start, 0
    for new, day in sorted(changes, key=lambda change: change[1]):
        cost = within(whole(units).charge_cents, whole(new), Stretch(length, length - day))
        owed += cost.net_cents
        due += Fraction(whole(units).charge_cents * (day - since), length)
        units, since = new, day
    due += Fraction(whole(units).charge_cents * (length - since), length)
    assert abs(owed - due) <= len(changes), "half a cent for each of two lines, no more"


@given(days, st.integers(0, 400), st.integers(0, 400))
def test_the_days_of_two_stretches_add_up(day: date, first: int, second: int) -> None:
    a = start_of(day)
    b, c = a + timedelta(days=first), a + timedelta(days=first + second)
    assert days_between(a, b) + days_between(b, c) == days_between(a, c) == first + second


# --- What may be done when
def standing(status: SubscriptionStatus, **words: Any) -> Any:
    known = {
        "cancel_at_period_end": False, "pending_price_id": None, "pending_at": None, "pending_quantity": None,
        "current_period_end": NOON, "trial_ends_at": None,
        "grace_ends_at": None, "resumes_at": None, "discount_percent": None, "discount_amount_cents": None,
        "discount_ends_at": None,
    }  # fmt: skip
    return SimpleNamespace(status=status, **{**known, **words})


APPLIES = {
    TRIALING: {Deed.CHANGE_NOW, Deed.CHANGE_QUANTITY, Deed.CANCEL, Deed.EXTEND_TRIAL, Deed.CONVERT_TRIAL,
               Deed.ADD_DISCOUNT},
    ACTIVE: {Deed.CHANGE_NOW, Deed.CHANGE_LATER, Deed.CHANGE_QUANTITY, Deed.CANCEL, Deed.PAUSE, Deed.MARK_UNPAID,
             Deed.ADD_DISCOUNT},
    PAST_DUE: {Deed.CHANGE_LATER, Deed.CHANGE_QUANTITY, Deed.CANCEL, Deed.MARK_PAID, Deed.ADD_DISCOUNT},
    PAUSED: {Deed.CANCEL, Deed.RESUME},
    CANCELLED: set(),
    LAPSED: set(),
}  # fmt: skip


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_each_state_has_its_deeds_and_a_sentence_for_the_others(status: SubscriptionStatus) -> None:
    found = {deed: lifecycle.why_not(deed, standing(status)) for deed in Deed}
    assert {deed for deed, sentence in found.items() if not sentence} == APPLIES[status]
    assert all(sentence.endswith(".") for sentence in found.values() if sentence)


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ({"cancel_at_period_end": True}, {*SETTLED, Deed.WITHDRAW_CHANGE}),
        ({"pending_price_id": 1}, {*SETTLED, Deed.WITHDRAW_CANCEL}),
        ({"pending_quantity": 2}, {*SETTLED, Deed.WITHDRAW_CANCEL}),
        ({"current_period_end": None}, {*SETTLED, Deed.WITHDRAW_CHANGE, Deed.WITHDRAW_CANCEL}),
    ],
)
def test_what_waits_is_settled_first(words: dict[str, Any], refused: set[Deed]) -> None:
    wrong_state = {Deed.RESUME, Deed.EXTEND_TRIAL, Deed.CONVERT_TRIAL, Deed.MARK_PAID, Deed.END_DISCOUNT}
    found = {deed for deed in Deed if lifecycle.why_not(deed, standing(ACTIVE, **words))}
    assert found == refused | wrong_state


@pytest.mark.parametrize(
    ("sub", "due"),
    [
        (standing(ACTIVE), Due.PERIOD_ENDS),
        (standing(ACTIVE, cancel_at_period_end=True), Due.ENDS),
        (standing(ACTIVE, discount_percent=50, discount_ends_at=NOON), Due.DISCOUNT_ENDS),
        (standing(ACTIVE, discount_percent=50, discount_ends_at=NOON, cancel_at_period_end=True), Due.ENDS),
        (standing(ACTIVE, discount_ends_at=NOON - timedelta(1)), Due.PERIOD_ENDS),
        (standing(PAST_DUE, grace_ends_at=NOON, cancel_at_period_end=True), Due.GRACE_ENDS),
        (standing(PAST_DUE, grace_ends_at=NOON + timedelta(1)), Due.PERIOD_ENDS),
        (standing(TRIALING, trial_ends_at=NOON), Due.TRIAL_ENDS),
        (standing(PAUSED, resumes_at=NOON), Due.RESUMES),
        (standing(PAUSED), None),
        (standing(PAUSED, discount_percent=50, discount_ends_at=NOON, resumes_at=NOON + timedelta(1)),
         Due.DISCOUNT_ENDS),
        (standing(TRIALING, discount_percent=50, discount_ends_at=NOON, trial_ends_at=NOON + timedelta(1)),
         Due.DISCOUNT_ENDS),
        (standing(ACTIVE, pending_at=NOON), Due.PERIOD_ENDS),
        (standing(ACTIVE, pending_at=NOON, current_period_end=NOON + timedelta(1)), Due.PRICE_MOVES),
        (standing(PAST_DUE, pending_at=NOON, current_period_end=NOON + timedelta(1)), Due.PRICE_MOVES),
        (standing(TRIALING, pending_at=NOON, trial_ends_at=NOON + timedelta(1)), Due.PRICE_MOVES),
        (standing(PAUSED, pending_at=NOON - timedelta(1), resumes_at=NOON), Due.RESUMES),
        (standing(ACTIVE, pending_at=NOON - timedelta(1), cancel_at_period_end=True), Due.ENDS),
        (standing(ACTIVE, current_period_end=None), None),
        (standing(CANCELLED), None),
    ],
)  # fmt: skip
def test_what_falls_due_next(sub: Any, due: Due | None) -> None:
    found = lifecycle.next_due(sub)
    assert found == (None if due is None else (NOON, due))


def test_a_change_goes_by_rank_and_then_by_price() -> None:
    up, down = SubscriptionEventKind.UPGRADED, SubscriptionEventKind.DOWNGRADED
    assert [lifecycle.direction((1, 900), new) for new in ((2, 100), (0, 990), (1, 901), (1, 899))] == [
        up, down, up, down,
    ]  # fmt: skip


# --- Discounts by code
@pytest.mark.parametrize(
    ("duration", "months", "interval", "ends"),
    [
        ("once", None, "month", "2026-03-31"),  # the charge of 28 February alone
        ("repeating", 1, "month", "2026-03-31"),
        ("repeating", 3, "month", "2026-05-31"),
        ("once", None, "year", "2027-02-28"),
        ("repeating", 3, "year", "2026-05-31"),
        ("forever", None, "month", None),
    ],
)
def test_a_code_holds_for_as_many_charges_as_it_says(
    duration: str, months: int | None, interval: str, ends: str | None
) -> None:
    code = PromotionCode(duration=DiscountDuration(duration), duration_months=months)
    found = discount_end(code, start_of(date(2026, 2, 28)), Interval(interval), date(2026, 1, 31))
    assert found == (start_of(date.fromisoformat(ends)) if ends else None)


def test_one_discount_at_a_time() -> None:
    has = standing(ACTIVE, discount_amount_cents=100)
    assert (lifecycle.why_not(Deed.ADD_DISCOUNT, has), lifecycle.why_not(Deed.END_DISCOUNT, has)) == (
        "It has a discount already: take that off first.", "",
    )  # fmt: skip


# --- Movements
OLD, NEW = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("old", "new", "others", "paid_before", "moved"),
    [
        ((None, 0), (NEW, 100), 0, False, [("new", NEW, 100)]),
        ((None, 0), (NEW, 100), 0, True, [("reactivation", NEW, 100)]),
        ((None, 0), (NEW, 100), 50, True, [("expansion", NEW, 100)]),
        ((OLD, 100), (OLD, 0), 0, True, [("churn", OLD, -100)]),
        ((OLD, 100), (OLD, 0), 50, True, [("contraction", OLD, -100)]),
        ((OLD, 100), (OLD, 150), 0, True, [("expansion", OLD, 50)]),
        ((OLD, 100), (NEW, 60), 0, True,
         [("transfer_out", OLD, -100), ("transfer_in", NEW, 100), ("contraction", NEW, -40)]),
        ((OLD, 100), (NEW, 100), 0, True, [("transfer_out", OLD, -100), ("transfer_in", NEW, 100)]),
        ((OLD, 0), (NEW, 0), 0, True, []),
        ((OLD, 100), (OLD, 100), 0, True, []),
    ],
)  # fmt: skip
def test_a_change_is_booked_by_what_it_does_to_the_customer(
    old: tuple[Any, int], new: tuple[Any, int], others: int, paid_before: bool, moved: list[tuple[str, Any, int]]
) -> None:
    found = movements(Side(*old), Side(*new), others, paid_before=paid_before)
    assert [(str(each.kind), each.plan_id, each.cents) for each in found] == moved


def test_why_revenue_moved_follows_the_event() -> None:
    assert reason_of(SubscriptionEventKind.QUANTITY_CHANGED) == "quantity"
    assert reason_of(SubscriptionEventKind.UPGRADED) == "plan_change"


# --- The customer as a whole
STATUS = st.sampled_from(SubscriptionStatus)
HELD = st.builds(Held, STATUS, st.uuids(), amounts, st.just("ZAR"), st.just(NOON), st.none() | st.just(NOON))


@given(st.lists(HELD, min_size=1, max_size=5))
def test_a_customer_is_the_sum_of_their_subscriptions(held: list[Held]) -> None:
    whole = whole_of(held, "ZAR")
    assert whole.mrr_cents == sum(each.mrr_cents for each in held)
    assert whole_of(held, "USD").mrr_cents == 0
    assert whole.plan_id in {each.plan_id for each in held}


@pytest.mark.parametrize(
    ("statuses", "whole"),
    [
        ((ACTIVE, PAST_DUE), "past_due"),
        ((CANCELLED, ACTIVE, PAUSED), "active"),
        ((PAUSED, TRIALING), "trial"),
        ((CANCELLED, PAUSED), "paused"),
        ((LAPSED,), "cancelled"),
    ],
)
def test_the_most_pressing_subscription_decides_how_a_customer_stands(
    statuses: tuple[SubscriptionStatus, ...], whole: str
) -> None:
    held = [Held(status, uuid4(), 0, "ZAR", NOON, None) for status in statuses]
    assert whole_of(held, "ZAR").status == whole
