"""Work in every stage: privacy requests, tickets, and what stands out in the figures."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from plugins.demo.clock import Span, at
from plugins.demo.privacy import due
from plugins.demo.support import office_time
from schema.privacy import SubjectRequestState
from tests.plugins.demo.conftest import NOW

Rows = Callable[[str], list[tuple[object, ...]]]
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (date(2026, 7, 11), date(2026, 8, 11)),
        (date(2026, 7, 10), date(2026, 8, 11)),
        (date(2026, 7, 9), date(2026, 8, 8)),
    ],
)
def test_thirty_days_skip_sundays_and_holidays_at_the_end(received: date, expected: date) -> None:
    assert due(received) == expected


def test_privacy_requests_stand_at_every_stage(rows: Rows) -> None:
    assert {state for (state,) in rows("SELECT DISTINCT state FROM admin.subject_requests")} == {
        s.value for s in SubjectRequestState
    }


def test_one_request_is_due_in_two_days_and_one_is_overdue(rows: Rows) -> None:
    waiting = rows("SELECT due_on FROM admin.subject_requests WHERE closed_at IS NULL")
    left = sorted((day - TODAY).days for (day,) in waiting if isinstance(day, date))
    assert left[0] < 0
    assert 2 in left


def test_an_open_ticket_is_close_to_its_target(rows: Rows) -> None:
    open_ones = rows("SELECT first_response_due_at FROM admin.tickets WHERE status = 'new'")
    moments = [due_at for (due_at,) in open_ones if isinstance(due_at, datetime)]
    assert at(TODAY, 16, 30) in moments
    assert any(moment < Span(NOW).now for moment in moments)


def test_office_hours_skip_nights_and_weekends() -> None:
    friday = at(date(2026, 11, 20), 16)
    assert office_time(friday, at(TODAY, 10) - at(TODAY, 8)) == at(TODAY, 9)


def test_one_day_is_full_of_errors(rows: Rows) -> None:
    days = rows("SELECT occurred_at::date, count(*) FROM admin.error_events GROUP BY 1 ORDER BY 2 DESC LIMIT 2")
    (worst, most), (_, next_most) = days
    assert isinstance(worst, date)
    assert (TODAY - worst).days == 21
    assert int(str(most)) > 5 * int(str(next_most))
