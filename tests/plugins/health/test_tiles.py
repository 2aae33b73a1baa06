"""Errors over counts made for it. It is noon on 5 March 2026."""

from datetime import UTC, datetime

from admin_core.policy import PolicySession
from plugins.health import views
from schema.health import ErrorCount, ErrorEvent, ErrorIssue, ErrorProject
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


def test_errors_of_a_day_are_compared_with_the_day_before(rows: CoreMaker, reading: PolicySession) -> None:
    rows.one(ErrorEvent)
    words = {"issue": rows.one(ErrorIssue), "project": rows.one(ErrorProject)}
    for hour, received in ((datetime(2026, 3, 5, 8, tzinfo=UTC), 30), (datetime(2026, 3, 4, 8, tzinfo=UTC), 20)):
        rows.session.add(ErrorCount(hour=hour, received=received, **words))
    rows.session.flush()
    tile = views.errors(reading, NOW)
    assert (tile.value, tile.tone, tile.spark[-2:]) == ("30", "danger", (20, 30))
    assert tile.change.replace("\u00a0", " ") == "+50,0 %"


def test_a_backend_that_never_heard_of_an_error_has_no_data(reading: PolicySession) -> None:
    assert views.errors(reading, NOW).value == "no data"
