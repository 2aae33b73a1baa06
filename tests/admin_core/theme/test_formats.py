"""Golden tables of how values are written and read here."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.theme import formats

NB = "\u00a0"
NOW = datetime(2026, 3, 5, 12, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (0, "ZAR", "R_0,00"),
        (5, "ZAR", "R_0,05"),
        (49900, "ZAR", "R_499,00"),
        (123456, "ZAR", "R_1_234,56"),
        (-123456, "ZAR", "-R_1_234,56"),
        (123456789012, "ZAR", "R_1_234_567_890,12"),
        (123456, "USD", "US$_1_234,56"),
        (-99, "EUR", "-€_0,99"),
        (100, "GBP", "£_1,00"),
        (100, "KES", "KES_1,00"),
    ],
)
def test_money_is_written_with_no_break_spaces(cents: int, currency: str, text: str) -> None:
    assert formats.money(cents, currency) == text.replace("_", NB)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12480, "12_480"),
        (-1234567, "-1_234_567"),
        (0.125, "0,125"),
        (40.0, "40"),
        (Decimal("1234.50"), "1_234,50"),
        (1e21, "1_000_000_000_000_000_000_000"),
    ],
)
def test_numbers_keep_the_decimals_they_have(value: float, text: str) -> None:
    assert formats.plain_number(value) == text.replace("_", NB)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(2.5, 0, "3"), (-2.5, 0, "-3"), (0.004, 2, "0,00"), (-0.004, 2, "0,00"), (1.005, 2, "1,01")],
)
def test_numbers_round_half_away_from_zero_and_zero_has_no_sign(value: float, decimals: int, text: str) -> None:
    assert formats.number(value, decimals) == text


@pytest.mark.parametrize(
    ("share", "n", "text"), [(0.1234, None, "12,3_%"), (1, 240, "100,0_% (n_=_240)"), (-0.5, None, "-50,0_%")]
)
def test_percentages_have_one_decimal_and_their_n(share: float, n: int | None, text: str) -> None:
    assert formats.percent(share, n) == text.replace("_", NB)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0_ms"),
        (0.35, "350_ms"),
        (4.2, "4,2_s"),
        (5, "5_s"),
        (59.99, "60,0_s"),
        (200, "3_min 20_s"),
        (3600, "1_h"),
        (190800, "2_d 5_h"),
        (-90, "-1_min 30_s"),
    ],
)
def test_durations_show_their_two_largest_units(seconds: float, text: str) -> None:
    assert formats.duration(seconds) == text.replace("_", NB)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0_B"), (999, "999_B"), (1500, "1,5_kB"), (52_428_800, "52,4_MB"), (3 * 10**15, "3_000,0_TB")],
)
def test_sizes_step_by_a_thousand(size: int, text: str) -> None:
    assert formats.bytes_(size) == text.replace("_", NB)


def test_moments_are_said_on_our_clock_and_naive_ones_are_utc() -> None:
    assert formats.absolute(NOW) == "2026-03-05 14:07 SAST"
    assert formats.absolute(NOW.replace(tzinfo=None)) == "2026-03-05 14:07 SAST"
    assert formats.day(date(2026, 3, 5)) == "2026-03-05"
    assert formats.day(None) == ""


@pytest.mark.parametrize(
    ("moment", "text", "ago"),
    [
        (datetime.max.replace(tzinfo=UTC), "9999-12-31 23:59 UTC", "31_Dec_9999"),
        (datetime.max.replace(tzinfo=UTC).replace(tzinfo=None), "9999-12-31 23:59 UTC", "31_Dec_9999"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=2))), "1-01-01 00:00 UTC+02:00", "1_Jan_1"),
    ],
)
def test_the_ends_of_the_calendar_are_said_too(moment: datetime, text: str, ago: str) -> None:
    assert formats.absolute(moment) == text
    assert formats.relative(moment, NOW) == ago.replace("_", NB)


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=3), "3_min ago"),
        (timedelta(hours=5, minutes=59), "5_h ago"),
        (timedelta(days=1), "1_day ago"),
        (timedelta(days=6, hours=23), "6_days ago"),
        (timedelta(days=7), "26_Feb"),
        (timedelta(days=400), "29_Jan_2025"),
        (-timedelta(hours=3), "in 3_h"),
        (-timedelta(days=2), "in 2_days"),
        (-timedelta(seconds=5), "just now"),
    ],
)
def test_lists_say_how_long_ago(ago: timedelta, text: str) -> None:
    assert formats.relative(NOW - ago, NOW) == text.replace("_", NB)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234", "1234"),
        ("0,5", "0.5"),
        ("0,500", "0.500"),
        ("-12", "-12"),
        ("\u221212,5", "-12.5"),
        (" 7 ", "7"),
        ("12 345 678.9", "12345678.9"),
        ("1 234,567", "1234.567"),
    ],
)
def test_numbers_are_read_in_both_spellings(text: str, value: str) -> None:
    assert formats.parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1,234", "-12,345", "999,000"])
def test_an_ambiguous_number_is_refused_with_both_readings(text: str) -> None:
    with pytest.raises(ValueError, match="can mean two numbers") as refusal:
        formats.parse_number(text)
    assert text.replace(",", "") in str(refusal.value)
    assert text.replace(",", ".") in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["", "abc", "1.234,56", "1,234.56", "12 34", "1  234", "1e5", "--1", "1.", ".5", "0x10", "NaN", "\u0661"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        formats.parse_number(text)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("R 1 234,56", 123456), ("-R 5", -500), ("US$ 9.99", 999), ("12", 1200), ("ZAR 3,5", 350), ("R -4", -400)],
)
def test_amounts_are_read_with_or_without_their_symbol(text: str, cents: int) -> None:
    assert formats.parse_money(text) == cents


def test_an_amount_has_at_most_two_decimals() -> None:
    with pytest.raises(ValueError, match="more than two decimals"):
        formats.parse_money("0,125")


@given(st.integers(-(10**15), 10**15))
def test_every_amount_written_can_be_read_back(cents: int) -> None:
    assert formats.parse_money(formats.money(cents)) == cents


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Customers", "customers"),
        ("AI decisions", "AI decisions"),
        ("CVs", "CVs"),
        ("E-mail templates", "e-mail templates"),
    ],
)
def test_labels_within_a_sentence(label: str, said: str) -> None:
    assert formats.in_sentence(label) == said
