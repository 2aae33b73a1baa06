"""What a job declaration and a job's arguments may be."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from admin_core.jobs.arguments import ArgumentRefused, fingerprint, stored_arguments
from admin_core.jobs.declared import Job, JobRegistry, UnknownJobError

KEY = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"slug": "Flag Late"}, "lower-case words"),
        ({"slug": "x" * 81}, "lower-case words"),
        ({"queue": "fast"}, "Queues: high, default, low"),
        ({"cron": "every day"}, "five fields"),
        ({"cron": "* * * * * *"}, "five fields"),
        ({"cron": "61 * * * *"}, "five fields"),
        ({"timeout_s": 0}, "at least 1"),
        ({"max_attempts": 0}, "at least 1"),
        ({"run": "flag_late"}, "dotted path"),
    ],
)
def test_a_faulty_declaration_is_refused_where_it_is_written(words: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Job(**{"slug": "plugin.flag-late", "run": "plugins.x.jobs.flag_late", **words})


def test_two_jobs_of_one_slug_are_refused() -> None:
    job = Job(slug="plugin.flag-late", run="plugins.x.jobs.flag_late")
    with pytest.raises(ValueError, match=r"Two jobs are called plugin\.flag-late"):
        JobRegistry.of([job, job])


def test_an_unknown_slug_is_named() -> None:
    with pytest.raises(UnknownJobError, match=r"No job is called plugin\.gone"):
        JobRegistry()["plugin.gone"]


def test_a_misspelt_path_fails_at_start_up() -> None:
    registry = JobRegistry.of([Job(slug="plugin.gone", run="admin_core.jobs.core_jobs.no_such_function")])
    with pytest.raises(AttributeError, match="no_such_function"):
        registry.load()


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (KEY, str(KEY)),
        (str(KEY), str(KEY)),
        (42, 42),
        (True, True),
        (None, None),
        ("usage.monthly-report", "usage.monthly-report"),
        (date(2026, 11, 23), "2026-11-23"),
        ("2026-11-23", "2026-11-23"),
        (datetime(2026, 11, 23, 6, tzinfo=UTC), "2026-11-23T06:00:00+00:00"),
        ([KEY, 7], [str(KEY), 7]),
    ],
)
def test_keys_counts_switches_dates_and_words_are_stored(value: Any, stored: Any) -> None:
    assert stored_arguments({"it": value}) == {"it": stored}


@pytest.mark.parametrize(
    "value",
    [
        "nomsa@example.com",
        "Nomsa Dlamini",
        "0821234567",
        "082 123 4567",
        "082-123-4567",
        "+27821234567",
        "r0821234567",
        "20261123",
        27821234567,
        9001015009087,
        "please delete my account",
        "Nomsa",
        "",
        3.5,
        {"name": "Nomsa"},
        ["nomsa@example.com"],
        b"bytes",
    ],
)
def test_what_may_be_about_a_person_is_refused_and_not_quoted(value: Any) -> None:
    with pytest.raises(ArgumentRefused) as refused:
        stored_arguments({"it": value})
    assert "Nomsa" not in str(refused.value)
    assert "82" not in str(refused.value)


def test_the_fingerprint_does_not_depend_on_the_order_of_arguments() -> None:
    assert fingerprint("a.b", {"x": 1, "y": 2}) == fingerprint("a.b", {"y": 2, "x": 1})
    assert fingerprint("a.b", {"x": 1}) != fingerprint("a.c", {"x": 1})
