"""The CHECK compiler: what PostgreSQL answers, it answers; what it can't tell, it leaves to the database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from admin_core.generator.forms.checks import compile_check
from admin_core.generator.forms.operands import Unsupported
from admin_core.generator.spec import ColumnSpec

COLUMNS = {
    "n": ColumnSpec("n", "n", "integer", "Number"),
    "m": ColumnSpec("m", "m", "decimal", "Measure"),
    "t": ColumnSpec("t", "t", "text", "Text"),
    "u": ColumnSpec("u", "u", "longtext", "Other text"),
    "d": ColumnSpec("d", "d", "date", "Day"),
    "e": ColumnSpec("e", "e", "date", "End"),
    "b": ColumnSpec("b", "b", "boolean", "Flag"),
    "cents": ColumnSpec("cents", "cents", "integer", "Price", widget="money"),
    "j": ColumnSpec("j", "j", "json", "Facts"),
}
TYPES = {"n": "int", "m": "numeric", "t": "text", "u": "text", "d": "date", "e": "date", "b": "bool", "cents": "bigint"}
DAY = date(2026, 1, 1)
ROWS: list[dict[str, Any]] = [
    {"n": n, "m": m, "t": t, "u": u, "d": d, "e": e, "b": b, "cents": c}
    for n, m, t, u, d, e, b, c in [
        (None, None, None, None, None, None, None, None),
        (0, Decimal("0.5"), "", "x", DAY, DAY, True, 0),
        (5, Decimal(5), "abc", "ABC", DAY, date(2025, 12, 31), False, 250),
        (-1, None, "ABC", None, None, DAY, None, -1),
        (7, Decimal("7.0"), " a ", "a", date(2030, 1, 1), date(2030, 1, 2), True, None),
        (None, Decimal(-3), "running", "é", DAY, None, False, 100),
    ]
]
CASES = [
    ("n >= 0", "Number must be at least 0"),
    ("0 < n", "Number must be more than 0"),
    ("n <> 5 AND n < 7", "Number must not be 5, and Number must be less than 7"),
    ("n = 5 OR m IS NULL", "Either Number must be 5, or Measure must be empty"),
    ("NOT (n > 3 OR b)", "Number must be at most 3, and Flag must be no"),
    ("NOT n IN (1, 5)", "Number must not be one of 1, 5"),
    ("n BETWEEN 0 AND 5", "Number must be between 0 and 5"),
    ("n NOT BETWEEN 0 AND 5", "Number must not be between 0 and 5"),
    ("n + 1 <= m", "Number plus 1 must be at most Measure"),
    ("n = m", "Number must be Measure"),
    ("-1 <= n", "Number must be at least -1"),
    ("cents >= 250", "Price must be at least 2.50"),
    ("t IN ('abc', 'ABC')", "Text must be one of abc, ABC"),
    ("(t)::text = ANY ((ARRAY['abc'::character varying, 'x'::varchar])::text[])", "Text must be one of abc, x"),
    ("t <> ''", "Text must not be empty"),
    ("length(t) > 0", "Text must not be empty"),
    ("char_length(t) <= 3", "Text must have at most 3 characters"),
    ("length(trim(t)) > 0", ""),
    ("trim(t) <> ''", ""),
    ("lower(t) = t", "Text in lower case must be Text"),
    ("upper(t) = u", ""),
    ("t ~ '^[a-z]+$'", "Text must match the pattern ^[a-z]+$"),
    ("t !~ '^[a-z]+$'", "Text must not match the pattern ^[a-z]+$"),
    ("t LIKE 'a%'", "Text must match the pattern a%"),
    ("t IS DISTINCT FROM u", "Text must not be Other text"),
    ("t IS NOT DISTINCT FROM u", "Text must be Other text"),
    ("d <= e", "Day must not be after End"),
    ("d >= '2026-01-01'::date", "Day must not be before 2026-01-01"),
    ("e > d OR e IS NULL", "Either End must be after Day, or End must be empty"),
    ("b IS TRUE", "Flag must be yes"),
    ("b IS NOT TRUE", "Flag must be no"),
    ("b = false", ""),
    ("t <> 'running' OR d IS NOT NULL", "Either Text must not be running, or Day must be given"),
    ("coalesce(n, 0) >= 0", ""),
    ("coalesce(t, u) IS NOT NULL", "Text or Other text must be given"),
    ("(t = 'abc') = (d IS NOT NULL)", "Day must be given if, and only if, Text is abc"),
    ("(n > 0) <> (b IS TRUE)", "Flag must be no if, and only if, Number is more than 0"),
    ("num_nonnulls(t, u) = 1", ""),
    ("num_nulls(n, m, d) <= 1", ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def answers(forms_engine: Engine) -> dict[str, list[bool | None]]:
    """Return what PostgreSQL says about every case and row."""
    values = ", ".join(f"CAST(:{name} AS {kind}) AS {name}" for name, kind in TYPES.items())
    wanted = ", ".join(f"({sql.replace('::', chr(92) + ':' + chr(92) + ':')})" for sql, _ in CASES)
    with forms_engine.connect() as connection:
        found = [connection.execute(sa.text(f"SELECT {wanted} FROM (SELECT {values}) r"), row).one() for row in ROWS]
    return {sql: [row[i] for row in found] for i, (sql, _) in enumerate(CASES)}


@pytest.mark.parametrize(("sql", "sentence"), CASES)
def test_a_compiled_check_answers_like_postgresql(
    sql: str, sentence: str, answers: dict[str, list[bool | None]]
) -> None:
    rule = compile_check(sql, COLUMNS)
    assert [rule.holds(row) for row in ROWS] == answers[sql]
    if sentence:
        assert rule.sentence == sentence


@pytest.mark.parametrize(
    "sql",
    [
        "t < u",  # a collation decides
        "t ~ '\\w+'",
        "t ~* 'abc'",
        "t ~ '(?=a)'",
        "d <= current_date",
        "position('@' in t) > 1",
        "j ? 'a'",
        "jsonb_typeof(j) = 'object'",
        "n IN (SELECT 1)",
        "n = t",
        "missing > 1",
        "n > 'NaN'::float",
        "t LIKE 'a\\%'",
        "n / 2 > 1",
        "n > ",
        "",
        "x(",
    ],
)
def test_what_python_cannot_judge_is_left_to_the_database(sql: str) -> None:
    with pytest.raises(Unsupported):
        compile_check(sql, COLUMNS)


@pytest.mark.parametrize(
    ("sql", "limits"),
    [
        ("n >= 3 AND n < 9", {"n": {"min": "3", "max": "8"}}),
        ("m > 3", {"m": {}}),
        ("cents >= 250", {"cents": {"min": "2.50"}}),
        ("length(t) <= 9 AND length(t) > 1", {"t": {"maxlength": "9", "minlength": "2"}}),
        ("t ~ '^[A-Z]{3}[0-9]?$'", {"t": {"pattern": "[A-Z]{3}[0-9]?"}}),
        ("t ~ '[A-Z]'", {}),
        ("d >= '2026-01-01'", {"d": {"min": "2026-01-01"}}),
        ("n >= 3 OR n IS NULL", {}),
    ],
)
def test_limits_reach_html(sql: str, limits: dict[str, dict[str, str]]) -> None:
    assert compile_check(sql, COLUMNS).limits == limits


def test_letters_beyond_ascii_are_left_to_the_database() -> None:
    rule = compile_check("t = lower(t)", COLUMNS)
    assert [rule.holds({"t": text}) for text in ("a", "A", "É", None)] == [True, False, None, None]
