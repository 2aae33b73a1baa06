"""Where an account stands, and what is left of what it is entitled to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from plugins.catalog.queries import accounts as queries
from plugins.catalog.rules import accounts as rules
from plugins.catalog.rules.accounts import Allowed, Span
from schema.accounts import SuspensionCategory
from schema.catalog import LimitPeriod
from schema.customers import CustomerStatus
from schema.usage import UsageEvent
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
"""Half past midnight of 1 December here."""
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "trial_ends", "wanted", "why"),
    [
        ("active", None, (), None),
        ("active", -DAY, (), None),
        ("trial", DAY, (), None),
        ("trial", timedelta(0), ("new_work",), "The trial has ended."),
        ("past_due", None, (), "A payment is outstanding."),
        ("paused", None, ("new_work",), "The subscription is paused."),
        ("cancelled", None, ("new_work",), "The subscription has ended."),
        ("suspended", None, ("sign_in", "new_work"), "This account is suspended because a payment is outstanding."),
        ("closed", None, ("sign_in", "new_work"), "This account is closed."),
    ],
)
def test_what_an_account_may_not_do_and_why(
    status: str, trial_ends: timedelta | None, wanted: tuple[str, ...], why: str | None
) -> None:
    found, ends = CustomerStatus(status), None if trial_ends is None else NOW + trial_ends
    over = rules.is_trial_over(found, ends, NOW)
    assert rules.restrictions(found, trial_over=over) == wanted
    assert rules.reason(found, SuspensionCategory.NON_PAYMENT, trial_over=over) == why


def test_a_suspension_is_told_in_words_for_the_customer_whatever_its_kind() -> None:
    assert rules.WHY_SUSPENDED.keys() == set(SuspensionCategory)
    assert rules.reason(CustomerStatus.SUSPENDED, None, trial_over=False) == "This account is suspended."


def test_a_month_is_one_of_our_wall_clock() -> None:
    month = rules.month_around(NOW)
    assert (month.start, month.end) == (
        datetime(2026, 11, 30, 22, tzinfo=UTC),
        datetime(2026, 12, 31, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [(-DAY, DAY, True), (timedelta(0), DAY, True), (-DAY, timedelta(0), False), (DAY, 2 * DAY, False)],
)
def test_a_billing_period_holds_while_it_runs(start: timedelta, end: timedelta, holds: bool) -> None:
    wanted = Span(NOW + start, NOW + end) if holds else rules.month_around(NOW)
    assert rules.billing_period(NOW + start, NOW + end, NOW) == wanted
    assert rules.billing_period(None, None, NOW) == rules.month_around(NOW)
    assert rules.span_of(LimitPeriod.AT_ONCE, wanted, wanted) is None


@pytest.mark.parametrize(
    ("included", "limit", "exception", "may", "used", "left"),
    [
        (True, 100, None, Allowed(is_included=True, limit=100), 30, 70),
        (True, 100, None, Allowed(is_included=True, limit=100), 130, 0),
        (True, 100, None, Allowed(is_included=True, limit=100), None, None),
        (True, None, None, Allowed(is_included=True, limit=None), 30, None),
        (False, 100, None, Allowed(is_included=False, limit=None), 0, 0),
        (None, None, None, Allowed(is_included=False, limit=None), 0, 0),
        (None, None, True, Allowed(is_included=True, limit=None, is_exception=True), 5, None),
        (True, 100, False, Allowed(is_included=False, limit=None, is_exception=True), 5, 0),
        (True, 100, 250, Allowed(is_included=True, limit=250, is_exception=True), 130, 120),
        (None, None, 0, Allowed(is_included=True, limit=0, is_exception=True), 0, 0),
        (True, 100, "blue", Allowed(is_included=True, limit=100), 30, 70),
    ],
)
def test_what_an_account_may_use_and_what_is_left(
    included: bool | None, limit: int | None, exception: Any, may: Allowed, used: int | None, left: int | None
) -> None:
    assert rules.allowed(included, limit, exception) == may
    assert rules.remaining(may, used) == left


def test_one_event_counts_in_each_span_that_asks_for_it(session: Session, rows: CoreMaker) -> None:
    mine = rows.add(UsageEvent, occurred_at=NOW).customer_id
    assert mine is not None
    rows.add(UsageEvent, event_key="m-2", occurred_at=NOW - DAY, customer_id=mine)
    long, short = ("cv_screened", Span(NOW - 2 * DAY, NOW + DAY)), ("cv_screened", Span(NOW, NOW + DAY))
    assert queries.used(session, mine, [long, short, long]) == {long: 2, short: 1}
    assert queries.used(session, mine, []) == {}
