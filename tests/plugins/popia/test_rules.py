"""Which privacy requests are late and which are due soon: days of Johannesburg, the due day itself in time."""

from datetime import UTC, datetime

from plugins.popia import rules

BEFORE_MIDNIGHT = datetime(2026, 3, 4, 21, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 3, 4, 22, 0, tzinfo=UTC)


def test_a_request_is_late_from_midnight_in_johannesburg() -> None:
    assert ("f.due_on.lt", "2026-03-04") in rules.overdue(BEFORE_MIDNIGHT)
    assert ("f.due_on.lt", "2026-03-05") in rules.overdue(AFTER_MIDNIGHT)


def test_an_extension_replaces_the_first_day() -> None:
    filters = rules.due_soon(AFTER_MIDNIGHT)
    assert ("f.extended_until.empty", "1") in filters
    assert ("f2.extended_until.between", "2026-03-05..2026-03-12") in filters
