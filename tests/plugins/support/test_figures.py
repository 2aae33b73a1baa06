"""Open tickets now and then, and which of them wait. It is noon on 5 March 2026."""

from datetime import UTC, date, datetime, timedelta

from admin_core import period_choice
from admin_core.periods import Period, of_days
from admin_core.policy import PolicySession
from plugins.support import plugin, rules, views
from schema.support import Ticket
from tests.schema.core_rows import CoreMaker

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


def test_open_tickets_are_those_somebody_still_has_to_solve(rows: CoreMaker, reading: PolicySession) -> None:
    for status in ("new", "open", "pending_customer", "on_hold"):
        rows.add(Ticket, status=status, opened_at=NOW - timedelta(days=3))
    rows.add(Ticket, status="solved", opened_at=NOW - timedelta(days=9), solved_at=NOW - timedelta(hours=1))
    rows.add(Ticket, status="closed", opened_at=NOW - timedelta(days=9), solved_at=NOW - timedelta(days=5))
    rows.add(Ticket, status="spam", opened_at=NOW - timedelta(days=9))
    asked = [period_choice.named("this_month", NOW).period]
    asked += [Period(NOW - timedelta(days=30), NOW - timedelta(days=ago)) for ago in (1, 4, 6, 10)]
    found = views.open_tickets(reading, asked)
    assert [value.amount for value in found] == [4, 5, 1, 2, 0]


def test_a_ticket_came_and_was_solved_on_days_of_johannesburg(rows: CoreMaker, reading: PolicySession) -> None:
    late = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)
    rows.add(Ticket, status="solved", opened_at=late, solved_at=late + timedelta(days=1))
    rows.add(Ticket, status="merged", opened_at=late, merged_into_id=rows.add(Ticket, opened_at=late).id)
    days = [of_days(date(2026, 3, day), date(2026, 3, day + 1)) for day in (4, 5, 6)]
    assert [value.amount for value in views.opened_tickets(reading, days)] == [0, 2, 0]
    assert [value.amount for value in views.solved_tickets(reading, days)] == [0, 0, 1]


def test_the_clock_counts_from_four_hours_before_the_target() -> None:
    limit = (NOW + timedelta(hours=4)).isoformat()
    filters = rules.near_target(NOW + timedelta(seconds=59))
    assert ("f.first_response_due_at.lt", limit) in filters
    assert ("f2.resolution_due_at.lt", limit) in filters


def test_hook_register_figures_of_support_asks_for_permissions_it_registers() -> None:
    registered = {permission.name for permission in plugin.register_permissions()}
    assert {figure.permission for figure in plugin.register_figures()} <= registered
