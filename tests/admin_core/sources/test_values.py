"""One of theirs becomes exactly one of ours, or a sentence says why not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from admin_core.generator.spec import ColumnSpec, Kind
from admin_core.sources.mapping import Drawn
from admin_core.sources.taking import LONGEST_KEY, told_apart
from admin_core.sources.theirs import Theirs
from admin_core.sources.values import Unfit, value_of

ID = UUID(int=7)
FIRST = datetime.fromisoformat("0001-01-01")
NAIVE = datetime.fromisoformat("2026-07-01T09:00")


def column(kind: Kind, **words: Any) -> ColumnSpec:
    return ColumnSpec(key="c", name="c", kind=kind, label="C", **words)


@pytest.mark.parametrize(
    ("kind", "theirs", "ours"),
    [
        ("text", 7, "7"), ("text", " a ", " a "), ("text", Decimal("1E+2"), "100"), ("text", "", None),
        ("integer", "12", 12), ("integer", Decimal("149.00"), 149), ("integer", " 3 ", 3),
        ("decimal", "0.10", Decimal("0.10")), ("decimal", 0.1, Decimal("0.1")),
        ("boolean", "Yes", True), ("boolean", 0, False), ("boolean", "off", False),
        ("moment", NAIVE, datetime(2026, 7, 1, 7, tzinfo=UTC)),
        ("moment", date(2026, 7, 1), datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("moment", "2026-07-01T09:00:00+00:00", datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("moment", datetime(9999, 12, 31, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)),
        ("date", NAIVE, date(2026, 7, 1)), ("date", "2026-07-01", date(2026, 7, 1)),
        ("uuid", str(ID), ID), ("json", '{"a": 1.10}', {"a": 1.1}), ("moment", "  ", None),
    ],
)  # fmt: skip
def test_a_value_of_theirs_is_one_of_ours(kind: Kind, theirs: Any, ours: Any) -> None:
    assert value_of(column(kind), Drawn(sql="x"), theirs, "Africa/Johannesburg") == ours


@pytest.mark.parametrize(
    ("kind", "theirs", "sentence"),
    [
        ("text", "abcdef", "has 6 characters; 5 fit"), ("integer", "10.5", "is no whole number that fits"),
        ("integer", 2**63, "is no whole number that fits"), ("decimal", "NaN", "is no number"),
        ("decimal", "twelve", "is no number"), ("boolean", "perhaps", "is neither yes nor no"),
        ("moment", "infinity", "is no moment between the years 1 and 9999"),
        ("moment", FIRST, "is no moment"),
        ("moment", "0044-03-15 BC", "is no moment"), ("date", "infinity", "is no date"), ("uuid", "7", "is no UUID"),
        ("json", "{", "is no JSON"), ("text", None, "is empty and needed"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_said(kind: Kind, theirs: Any, sentence: str) -> None:
    with pytest.raises(Unfit, match=sentence):
        value_of(column(kind, max_length=5, nullable=False), Drawn(sql="x"), theirs, "Africa/Johannesburg")


def test_keys_that_are_too_long_or_there_twice_are_refused_each_by_itself() -> None:
    long = "k" * LONGEST_KEY
    keys = ["a", "b", "b", long, f"{long}1", f"{long}2", f"{long}2"]
    single, refusals = told_apart([Theirs(key, None, None, {}) for key in keys])
    assert sorted(row.key for row in single) == ["a", long]
    assert len({each.key for each in refusals}) == len(refusals) == 3
    assert all(len(each.key) <= LONGEST_KEY for each in refusals)
