"""A filter is read from what was typed: what cannot be meant is said, and the address stays free of addresses."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.audit.filters import READERS, Filter, read_filter
from schema.audit import AuditCategory

SOME = "01a2185d-66a8-711e-9346-497b1a33d814"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({}, {}),
        ({"who": f" {SOME} "}, {"who": SOME}),
        ({"category": "write", "outcome": "failed"}, {"category": "write", "outcome": "failed"}),
        ({"since": "2026-03-01", "until": "2026-03-01"}, {"since": "2026-03-01", "until": "2026-03-01"}),
        ({"type": "plans", "object": SOME}, {"type": "plans", "object": SOME}),
        ({"ip": "::ffff:196.25.1.7"}, {}),
        ({"before": "x", "prove": "yes", "csrf_token": "x"}, {}),
    ],
)
def test_what_is_meant_is_read(typed: dict[str, str], found: dict[str, str]) -> None:
    read = read_filter(typed)
    assert (read.wanted.words(), read.errors) == (found, {})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("who", "Thandi"), ("category", "nonsense"), ("outcome", "maybe"), ("since", "yesterday"),
        ("until", "2026-02-30"), ("object", "ada@example.com"), ("action", "a b"), ("type", "x" * 201),
        ("request", "\x00"), ("since", "0001-01-01"), ("until", "9999-12-31"), ("since", "9999-12-31"),
        ("until", "0001-01-01"), ("change", "1"), ("ip", "300.1.1.1"), ("ip", "196.25.1.0/24"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_beside_its_field(name: str, text: str) -> None:
    read = read_filter({name: text})
    assert set(read.errors) == {name}
    assert read.wanted == Filter()


def test_a_period_that_ends_before_it_begins_is_said() -> None:
    read = read_filter({"since": "2026-03-02", "until": "2026-03-01"})
    assert set(read.errors) == {"until"}
    assert read.wanted == Filter(since=date(2026, 3, 2))


def test_each_word_narrows_by_one_condition() -> None:
    assert Filter().criteria() == []
    wanted = Filter(category=AuditCategory.AUTH, by="core.expire-files", ip="196.25.1.7", since=date(2026, 3, 1))
    assert len(wanted.criteria()) == 4


@given(st.dictionaries(st.sampled_from([*READERS, "before"]), st.text()))
def test_nothing_typed_breaks_it(typed: dict[str, Any]) -> None:
    read = read_filter(typed)
    assert read_filter(read.wanted.words()).wanted.words() == read.wanted.words()
