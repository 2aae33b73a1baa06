"""Which scheduled moments are due, in Johannesburg time, under each catch-up policy."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from admin_core.jobs.declared import CatchUp, Job
from admin_core.jobs.slots import due_slots, latest_slot, next_slot


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def scheduled(cron: str, catch_up: CatchUp = "latest") -> Job:
    return Job(slug="test.scheduled", run="a.b", cron=cron, catch_up=catch_up)


@pytest.mark.parametrize(
    ("cron", "now", "latest", "following"),
    [
        ("0 6 * * *", "2026-11-23T03:59:59", "2026-11-22T04:00", "2026-11-23T04:00"),
        ("0 6 * * *", "2026-11-23T04:00", "2026-11-23T04:00", "2026-11-24T04:00"),
        ("* * * * *", "2026-11-23T22:00:30", "2026-11-23T22:00", "2026-11-23T22:01"),
        ("0 0 1 * *", "2026-11-30T21:59", "2026-10-31T22:00", "2026-11-30T22:00"),
        ("30 2 * * 1", "2026-11-23T00:30", "2026-11-23T00:30", "2026-11-30T00:30"),
    ],
)
def test_cron_lines_are_read_in_johannesburg(cron: str, now: str, latest: str, following: str) -> None:
    assert latest_slot(cron, at(now)) == at(latest)
    assert next_slot(cron, at(now)) == at(following)


@pytest.mark.parametrize(
    ("catch_up", "last", "now", "hours"),
    [
        ("latest", "2026-11-23T04:00", "2026-11-23T09:10", [9]),
        ("all", "2026-11-23T04:00", "2026-11-23T09:10", [5, 6, 7, 8, 9]),
        ("skip", "2026-11-23T04:00", "2026-11-23T09:10", []),
        ("skip", "2026-11-23T04:00", "2026-11-23T09:01", [9]),
        ("latest", "2026-11-23T09:00", "2026-11-23T09:10", []),
        ("all", "2026-11-23T09:00", "2026-11-23T09:10", []),
        ("latest", "2026-11-23T09:00", "2026-11-23T07:30", []),
        ("all", "2026-11-23T09:00", "2026-11-23T07:30", []),
    ],
)
def test_missed_slots_follow_the_policy_and_a_clock_set_back_runs_nothing(
    catch_up: CatchUp, last: str, now: str, hours: list[int]
) -> None:
    due = due_slots(scheduled("0 * * * *", catch_up), at(last), at(now))
    assert [slot.astimezone(UTC).hour for slot in due] == hours


def test_catching_up_on_everything_is_bounded_to_the_latest_hundred_oldest_first() -> None:
    due = due_slots(scheduled("* * * * *", "all"), at("2026-01-01T00:00"), at("2026-11-23T00:00"))
    assert len(due) == 100
    assert due[-1] == at("2026-11-23T00:00")
    assert all(before < after for before, after in pairwise(due))
