"""Requests over time. It is noon on 5 March 2026."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from admin_core.periods import Period
from admin_core.policy import PolicySession
from plugins.popia import views
from schema.privacy import SubjectRequest
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def request(rows: CoreMaker, number: str, due: date, **words: Any) -> None:
    received = words.pop("received_at", BEGAN)
    rows.add(SubjectRequest, number=number, due_on=due, received_at=received, received_on=date(2026, 1, 1), **words)


def closed(day: int, hour: int = 10) -> dict[str, Any]:
    return {"state": "completed", "closed_at": datetime(2026, 3, day, hour, tzinfo=UTC)}


def test_open_late_and_in_time_are_days_of_johannesburg(rows: CoreMaker, reading: PolicySession) -> None:
    request(rows, "open", date(2026, 3, 5), state="verified")
    request(rows, "late", date(2026, 3, 4), state="verified")
    request(rows, "extended", date(2026, 2, 1), state="verified", kind="access", extended_until=date(2026, 3, 9))
    request(rows, "in time", date(2026, 3, 3), **closed(3, 21))
    request(rows, "too late", date(2026, 3, 3), **closed(3, 22))
    request(rows, "not yet", date(2026, 5, 1), received_at=NOW + timedelta(days=1))
    asked = [Period(BEGAN, NOW), Period(BEGAN, datetime(2026, 3, 3, 12, tzinfo=UTC)), Period(BEGAN, BEGAN)]
    assert [value.amount for value in views.open_requests(reading, asked)] == [3, 5, 0]
    assert [value.amount for value in views.overdue_requests(reading, asked)] == [1, 0, 0]
    kept = views.answered_in_time(reading, asked)
    assert [(value.amount, value.n) for value in kept] == [(0.5, 2), (None, None), (None, None)]
