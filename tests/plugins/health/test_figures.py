"""Errors over counts made for it. It is noon on 5 March 2026."""

from datetime import UTC, date, datetime

from admin_core.periods import Period, of_days
from admin_core.policy import PolicySession
from plugins.health.views import figures
from schema.health import ErrorCount, ErrorEvent, ErrorIssue, ErrorProject
from schema.usage import UsageEvent
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, 40, tzinfo=UTC)
TODAY = Period(datetime(2026, 3, 4, 22, tzinfo=UTC), NOW)
YESTERDAY = of_days(date(2026, 3, 4), date(2026, 3, 5))


def counts(rows: CoreMaker, *received: tuple[datetime, int]) -> None:
    words = {"issue": rows.one(ErrorIssue), "project": rows.one(ErrorProject)}
    for hour, number in received:
        rows.session.add(ErrorCount(hour=hour, received=number, **words))
    rows.session.flush()


def test_errors_are_counted_by_the_hours_of_a_day_in_johannesburg(rows: CoreMaker, reading: PolicySession) -> None:
    rows.one(ErrorEvent)
    counts(rows, *((datetime(2026, 3, day, hour, tzinfo=UTC), n) for day, hour, n in (
        (5, 10, 1), (4, 22, 2), (4, 21, 4), (3, 22, 8), (3, 21, 16),
    )))  # fmt: skip
    assert [value.amount for value in figures.errors(reading, [TODAY, YESTERDAY])] == [3, 12]


def test_a_backend_that_never_heard_of_an_error_has_no_data(reading: PolicySession) -> None:
    assert [value.amount for value in figures.errors(reading, [TODAY, YESTERDAY])] == [None, None]


def test_a_rate_needs_something_that_was_done(rows: CoreMaker, reading: PolicySession) -> None:
    counts(rows, (datetime(2026, 3, 5, 8, tzinfo=UTC), 3), (datetime(2026, 3, 4, 8, tzinfo=UTC), 3))
    for number in range(4):
        rows.add(UsageEvent, event_key=str(number), occurred_at=datetime(2026, 3, 5, 9, tzinfo=UTC))
    today, yesterday = figures.error_rate(reading, [TODAY, YESTERDAY])
    assert (today.amount, today.n, yesterday.amount) == (750, 4, None)
