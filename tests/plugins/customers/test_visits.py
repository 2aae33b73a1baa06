"""The review of visits: which week is meant, how long a visit was, who may look it over. It is a Thursday in March."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from plugins.customers.rules import visits as rules
from plugins.customers.rules.impersonation import why_not_agreed
from schema.accounts import Impersonation

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
ADA, FINN = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("", date(2026, 2, 23)),  # last week
        ("2026-03-05", date(2026, 3, 2)),
        ("2026-03-08", date(2026, 3, 2)),  # ahead, in this very week
        ("2027-01-01", date(2026, 3, 2)),  # ahead: no further than this week
        ("2026-03-01", date(2026, 2, 23)),
        ("0001-01-01", date(1999, 12, 27)),
        ("soon", date(2026, 2, 23)),
    ],
)
def test_a_week_is_that_of_a_day_else_the_last_one(text: str, monday: date) -> None:
    week = rules.week_of(text, NOW)
    assert week.first == monday
    assert week.end - week.start == timedelta(days=7)
    assert week.last == monday + timedelta(days=6)


def test_a_week_begins_at_midnight_in_johannesburg() -> None:
    assert rules.week_of("2026-03-05", NOW).start == datetime(2026, 3, 1, 22, tzinfo=UTC)
    assert rules.week_of("", datetime(2026, 3, 1, 22, tzinfo=UTC)).first == date(2026, 2, 23)


def visit(**words: object) -> Impersonation:
    usual = {"staff_id": ADA, "redeemed_at": NOW - timedelta(minutes=9), "ended_at": NOW}
    return Impersonation(**{**usual, **words})


@pytest.mark.parametrize(
    ("words", "member", "why"),
    [
        ({}, FINN, ""),
        ({}, ADA, "own visit"),
        ({"redeemed_at": None}, FINN, "nothing to review"),
        ({"ended_at": None}, FINN, "not over yet"),
        ({"reviewed_at": NOW}, FINN, "already"),
    ],
)
def test_who_may_say_that_a_visit_was_in_order(words: dict[str, object], member: UUID, why: str) -> None:
    found = rules.why_not_by(visit(**words), member)
    assert (why in found, bool(found)) == (True, bool(why))


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (1, 1), (60, 1), (61, 2), (900, 15)])
def test_begun_minutes_count(seconds: int, minutes: int) -> None:
    assert rules.minutes(visit(redeemed_at=NOW - timedelta(seconds=seconds)), NOW) == minutes
    assert rules.minutes(visit(redeemed_at=NOW - timedelta(seconds=seconds), ended_at=None), NOW) == minutes


@pytest.mark.parametrize(
    ("consent", "answer", "is_refused"),
    [
        ("off", None, False), ("off", "no", False), ("asked", None, True), ("asked", "", True), ("asked", "no", False),
        ("asked", "yes", False), ("required", None, True), ("required", "no", True), ("required", "yes", False),
    ],
)  # fmt: skip
def test_what_the_setting_demands_of_the_customers_agreement(
    consent: str, answer: str | None, *, is_refused: bool
) -> None:
    assert bool(why_not_agreed(consent, answer)) == is_refused
