"""Cron lines in words, and texts that no spreadsheet runs."""

import pytest
from croniter import croniter

from admin_core import csv_text
from admin_core.jobs_screen.cron_words import in_words


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("* * * * *", "every minute"),
        ("*/5 * * * *", "every 5 minutes"),
        ("17 * * * *", "every hour at minute 17"),
        ("0,30 * * * *", "every hour at minute 0 and 30"),
        ("5 */2 * * *", "every 2 hours at minute 5"),
        ("40 2 * * *", "every day at 02:40"),
        ("0 6,12,18 * * *", "every day at 06:00, 12:00 and 18:00"),
        ("30 6 * * 1", "every Monday at 06:30"),
        ("0 7 * * 0,7", "every Sunday and Sunday at 07:00"),
        ("0 7 * * 1-5", "Monday to Friday at 07:00"),
        ("0 7 * * 1,3", "every Monday and Wednesday at 07:00"),
        ("0 0 1 * *", "on day 1 of every month at 00:00"),
        ("0 0 1,15 * *", "on day 1 and 15 of every month at 00:00"),
        ("0 0 1 1 *", "by the cron line 0 0 1 1 *"),
        ("0 0 1 * 1", "by the cron line 0 0 1 * 1"),
        ("0 0 L * *", "by the cron line 0 0 L * *"),
        ("0-10 3 * * *", "by the cron line 0-10 3 * * *"),
        ("0 0 * * MON", "by the cron line 0 0 * * MON"),
    ],
)
def test_a_cron_line_is_said_as_people_say_it(cron: str, words: str) -> None:
    assert croniter.is_valid(cron)
    assert in_words(cron) == words


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)", " =1", "\n", "\uff1d1", "\ufeff=1", "|calc"])
def test_a_formula_becomes_text(text: str) -> None:
    assert csv_text.safe(text) == f"'{text}"


@pytest.mark.parametrize(("text", "cell"), [("\t=1", "'\t'=1"), ("\r=1", "'\r'=1"), ("a;=1", "a;'=1")])
def test_what_another_separator_would_make_a_cell_of_becomes_text_too(text: str, cell: str) -> None:
    assert csv_text.safe(text) == cell


@pytest.mark.parametrize(("value", "cell"), [(-3, "-3"), ("Ada", "Ada"), (None, ""), ("a=b", "a=b"), (1.5, "1.5")])
def test_what_is_no_formula_stays(value: object, cell: str) -> None:
    assert csv_text.safe(value) == cell


def test_a_line_keeps_commas_quotes_and_breaks_inside_their_cell() -> None:
    assert csv_text.line(['a,"b"', "c\nd"]) == '"a,""b""","c\nd"\r\n'
