"""Typed text becomes a value or a sentence: tables of cases, and every value is shown so that it is read back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql as pg

from admin_core.generator.forms import numbers, structures, texts, times
from admin_core.generator.forms.editor import Wrong
from admin_core.generator.forms.kinds import editor_of
from admin_core.generator.spec import ColumnSpec, Kind

money, integer = numbers.money_reader(sa.BigInteger()), numbers.integer_reader(sa.SmallInteger())
exact, real = numbers.decimal_reader(6, 2), numbers.float_reader(single=True)

GOOD: list[tuple[Callable[[str], Any], str, Any]] = [
    (money, "1234.56", 123456), (money, "1 234,56", 123456), (money, "R\u00a01\u00a0234,56", 123456),
    (money, "-R 0,05", -5), (money, "+7", 700), (money, "1 234", 123400),
    (integer, "-32768", -32768), (integer, "1 000", 1000), (integer, "5.0", 5),
    (exact, "9999.99", Decimal("9999.99")), (exact, "0,5", Decimal("0.50")),
    (real, "1.5e-7", 1.5e-7), (real, "1e3", 1000.0), (real, "\u22122,5", -2.5),
    (times.read_date, "2024-02-29", date(2024, 2, 29)),
    (times.read_moment, "2026-03-05T14:07", datetime(2026, 3, 5, 12, 7, tzinfo=UTC)),
    (times.read_moment, "2026-03-05 14:07:33.5", datetime(2026, 3, 5, 12, 7, 33, 500000, tzinfo=UTC)),
    (times.read_time, "23:59:59", time(23, 59, 59)),
    (times.read_interval, "2 days 04:05", timedelta(days=2, hours=4, minutes=5)),
    (times.read_interval, "1h 30min", timedelta(minutes=90)),
    (times.read_interval, "-00:00:07.5", timedelta(seconds=-7.5)),
    (texts.read_phone, "082 123 4567", "+27821234567"), (texts.read_phone, "+44 20 7946 0958", "+442079460958"),
    (texts.read_email, " Ada@EXAMPLE.com ", "Ada@example.com"),
    (texts.read_url, "https://example.com/a?b=c", "https://example.com/a?b=c"),
    (texts.read_address, "2001:db8::1", "2001:db8::1"), (texts.read_network, "10.0.0.0/8", "10.0.0.0/8"),
    (structures.read_json, '{"a": [1, 0.5, null]}', {"a": [1, 0.5, None]}),
]  # fmt: skip
BAD: list[tuple[Callable[[str], Any], str, str]] = [
    (money, "1,234", "two numbers"), (money, "1.234", "more than two decimals"), (money, "ten", "not a number"),
    (money, "9" * 30, "between"), (money, "1" * 500, "too long"), (money, "0x10", "not a number"),
    (integer, "32768", "between -32768 and 32767"), (integer, "1.5", "whole number"), (integer, "1_0", "not a number"),
    (exact, "1.005", "more than 2 decimals"), (exact, "10000", "4 digits"), (exact, "NaN", "not a number"),
    (exact, "1e5", "not a number"),
    (real, "1e400", "too large"), (real, "1e39", "too large"), (real, "inf", "not a number"),
    (times.read_date, "2026-02-30", "no such day"), (times.read_date, "5 March", "Type a day"),
    (times.read_date, "10000-01-01", "Type a day"), (times.read_moment, "2026-03-05T25:00", "no such day"),
    (times.read_moment, "0001-01-01T00:00", "outside the calendar"), (times.read_time, "24:00", "no such day"),
    (times.read_interval, "soon", "Type a span"), (times.read_interval, "-", "Type a span"),
    (times.read_interval, "999999999 weeks", "too long"),
    (texts.read_phone, "call me", "no phone number"), (texts.read_phone, "12", "too short"),
    (texts.read_email, "ada@", "no e-mail address"), (texts.read_url, "javascript:alert(1)", "https://"),
    (texts.read_url, "https://", "https://"), (texts.read_url, "http://[", "https://"),
    (texts.read_address, "fe80::1%eth0", "IP address"), (texts.read_network, "10.0.0.1/8", "host bits"),
    (texts.read_address, "10.0.0.1/255.0.0.0", "IP address"), (texts.read_uuid, "{x}", "Type an id"),
    (texts.text_reader(3), "four", "at most 3"), (texts.text_reader(None), "a\x00b", "NUL"),
    (texts.text_reader(None), "\ud83d", "broken character"),
    (structures.read_json, "{", "not JSON"), (structures.read_json, "NaN", "no JSON value"),
    (structures.read_json, "[" * 9_000, "nested"), (structures.read_json, '"\\u0000"', "NUL"),
    (structures.read_json, "0.12345678901234567890123", "more digits"), (structures.read_json, "1" * 5_000, "digits"),
    (structures.read_texts_by_key, '{"a": 1}', "object of texts"),
]  # fmt: skip


@pytest.mark.parametrize(("read", "text", "value"), GOOD)
def test_what_people_type_is_understood(read: Callable[[str], Any], text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize(("read", "text", "sentence"), BAD)
def test_what_cannot_be_understood_is_refused_in_words(read: Callable[[str], Any], text: str, sentence: str) -> None:
    with pytest.raises(Wrong) as caught:
        read(text)
    assert sentence in caught.value.sentence
    assert caught.value.sentence.endswith((".", "?"))


EARLY, LATE = datetime.fromisoformat("0001-01-03"), datetime.fromisoformat("9999-12-30")
VALUES: dict[Kind, tuple[Any, st.SearchStrategy[Any]]] = {
    "integer": (sa.BigInteger(), st.integers(-(2**63), 2**63 - 1)),
    "decimal": (
        sa.Numeric(),
        st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30),
    ),
    "float": (sa.Double(), st.floats(allow_nan=False, allow_infinity=False)),
    "date": (sa.Date(), st.dates()),
    "time": (sa.Time(), st.times().map(lambda t: t.replace(microsecond=0))),
    "local_moment": (sa.DateTime(), st.datetimes().map(lambda t: t.replace(microsecond=0))),
    "moment": (
        sa.DateTime(timezone=True),
        st.datetimes(EARLY, LATE, timezones=st.just(UTC)).map(lambda t: t.replace(microsecond=0)),
    ),
    "interval": (sa.Interval(), st.timedeltas(timedelta(days=-(10**8)), timedelta(days=10**8))),
    "uuid": (sa.Uuid(), st.uuids()),
    "range": (
        pg.INT4RANGE(),
        st.builds(
            pg.Range,
            st.integers(0, 5) | st.none(),
            st.integers(6, 9) | st.none(),
            bounds=st.sampled_from(["[)", "(]", "()", "[]"]),
        ),
    ),
    "boolean": (sa.Boolean(), st.booleans()),
}


@pytest.mark.parametrize("kind", list(VALUES))
def test_every_value_is_read_back_as_shown(kind: Kind) -> None:
    type_, values = VALUES[kind]
    editor = editor_of(ColumnSpec("k", "k", kind, "K"), type_)
    assert editor is not None

    @given(values)
    def check(value: Any) -> None:
        assert editor.read(editor.show(value)) == value

    check()


@pytest.mark.parametrize("type_", [sa.LargeBinary(), pg.INT4MULTIRANGE(), pg.TSVECTOR()])
def test_what_has_no_editor_is_left_out(type_: Any) -> None:
    from admin_core.generator.reading import kind_of

    assert editor_of(ColumnSpec("k", "k", kind_of(type_), "K"), type_) is None
