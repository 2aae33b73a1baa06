"""Open tickets, and which of them wait. It is noon on 5 March 2026."""

from datetime import UTC, datetime, timedelta

from admin_core.policy import PolicySession
from plugins.support import rules, views
from schema.support import Ticket
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


def test_open_tickets_are_those_somebody_still_has_to_solve(rows: CoreMaker, reading: PolicySession) -> None:
    for status in ("new", "open", "pending_customer", "on_hold"):
        rows.add(Ticket, status=status)
    rows.add(Ticket, status="solved", solved_at=NOW)
    rows.add(Ticket, status="spam")
    tile = views.open_tickets(reading, NOW)
    assert (tile.value, tile.change, tile.tone) == ("4", "5 came, 1 solved", "warning")
    assert tile.spark[-4] == 5


def test_the_clock_counts_from_four_hours_before_the_target() -> None:
    limit = (NOW + timedelta(hours=4)).isoformat()
    filters = rules.near_target(NOW + timedelta(seconds=59))
    assert ("f.first_response_due_at.lt", limit) in filters
    assert ("f2.resolution_due_at.lt", limit) in filters
