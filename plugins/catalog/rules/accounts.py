"""Where an account stands in words for the customer app, and what is left of what it is entitled to."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from admin_core.periods import local_day, month_of, months_later, start_of
from schema.accounts import SuspensionCategory
from schema.catalog import LimitPeriod
from schema.customers import CustomerStatus

Restriction = Literal["sign_in", "new_work"]
SHUT = frozenset({CustomerStatus.SUSPENDED, CustomerStatus.CLOSED})
AT_REST = frozenset({CustomerStatus.PAUSED, CustomerStatus.CANCELLED})
WHY_SUSPENDED: dict[SuspensionCategory, str] = {
    SuspensionCategory.NON_PAYMENT: "This account is suspended because a payment is outstanding.",
    SuspensionCategory.ABUSE: "This account is suspended because of how it was used.",
    SuspensionCategory.FRAUD: "This account is suspended while we check it.",
    SuspensionCategory.SECURITY: "This account is suspended to protect it.",
    SuspensionCategory.CUSTOMER_REQUEST: "This account is suspended at your request.",
    SuspensionCategory.OTHER: "This account is suspended.",
}
"""For the customer's eyes: of the team's own reason nothing."""
WHY: dict[CustomerStatus, str] = {
    CustomerStatus.SUSPENDED: WHY_SUSPENDED[SuspensionCategory.OTHER],
    CustomerStatus.CLOSED: "This account is closed.",
    CustomerStatus.PAUSED: "The subscription is paused.",
    CustomerStatus.CANCELLED: "The subscription has ended.",
    CustomerStatus.PAST_DUE: "A payment is outstanding.",
}
TRIAL_OVER = "The trial has ended."


def is_trial_over(status: CustomerStatus, trial_ends_at: datetime | None, now: datetime) -> bool:
    """Return whether an account is on a trial that has ended."""
    return status is CustomerStatus.TRIAL and trial_ends_at is not None and trial_ends_at <= now


def restrictions(status: CustomerStatus, *, trial_over: bool) -> tuple[Restriction, ...]:
    """Return what people of an account may not do now."""
    if status in SHUT:
        return "sign_in", "new_work"
    return ("new_work",) if status in AT_REST or trial_over else ()


def reason(status: CustomerStatus, category: SuspensionCategory | None, *, trial_over: bool) -> str | None:
    """Return why an account is not simply active, for the customer; None when it is."""
    if status is CustomerStatus.SUSPENDED and category is not None:
        return WHY_SUSPENDED[category]
    return TRIAL_OVER if trial_over else WHY.get(status)


@dataclass(frozen=True)
class Span:
    """The time in which a limit counts, half-open."""

    start: datetime
    end: datetime


def month_around(now: datetime) -> Span:
    """Return the calendar month on our wall clock."""
    first: date = month_of(local_day(now))
    return Span(start_of(first), start_of(months_later(first, 1)))


def billing_period(start: datetime | None, end: datetime | None, now: datetime) -> Span:
    """Return the period of the subscription; the calendar month where it has none that runs."""
    if start is None or end is None or not start <= now < end:
        return month_around(now)
    return Span(start, end)


@dataclass(frozen=True)
class Allowed:
    """What an account may use of a feature."""

    is_included: bool
    limit: int | None
    """None: no limit, or not included."""
    is_exception: bool = False
    """Whether something was set for this customer alone."""


def allowed(is_included: bool | None, limit: int | None, exception: Any = None) -> Allowed:
    """Return what the plan says, unless an exception in force says otherwise: true, false or a limit.

    ``is_included`` is None when the plan does not name the feature.
    """
    if isinstance(exception, bool):
        return Allowed(exception, limit if exception else None, is_exception=True)
    if isinstance(exception, int | float) and exception >= 0:
        return Allowed(is_included=True, limit=int(exception), is_exception=True)
    return Allowed(bool(is_included), limit if is_included else None)


def remaining(may: Allowed, used: int | None) -> int | None:
    """Return what is left, never below 0; None where there is no limit or nobody counts."""
    if not may.is_included:
        return 0
    return None if may.limit is None or used is None else max(0, may.limit - used)


def span_of(period: LimitPeriod, month: Span, billing: Span) -> Span | None:
    """Return in which time a limit counts; None for what is held at once."""
    return {LimitPeriod.MONTH: month, LimitPeriod.BILLING_PERIOD: billing, LimitPeriod.AT_ONCE: None}[period]
