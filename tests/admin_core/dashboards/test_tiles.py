"""A figure as a tile: its movement, its line, its rows; one that fails costs itself only."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core import contained, period_choice
from admin_core.ciphers import Cipher
from admin_core.circuits import Circuits
from admin_core.contributions import Figure, Rows, Value
from admin_core.dashboards import tiles, wording
from admin_core.generator.context import Context
from admin_core.generator.registry import Registry
from admin_core.periods import Period
from admin_core.policy import PolicySession
from admin_core.theme.tiles import Tile
from schema.base import Base
from schema.settings import IntegrationState, Setting
from tests.admin_core.test_briefing import ADA, NOW, OTTO

PLAIN = str.maketrans("\u00a0\u2013", " -")


@pytest.fixture
def ctx(session: Session) -> Iterator[Context]:
    connection = session.connection()
    with PolicySession(connection, person=ADA, join_transaction_mode="create_savepoint") as reading:  # type: ignore[arg-type]
        yield Context(reading, ADA, Registry.of(Base), Cipher(["k" * 32]), NOW)


def days(_session: Session, periods: Sequence[Period]) -> list[Value]:
    return [Value(amount=Decimal((period.end - period.start).days)) for period in periods]


DAYS = Figure(
    name="shop.days",
    title="Days",
    unit="count",
    permission="shop:settings:read",
    definition="Days.",
    values=days,
    rows=lambda period: Rows("settings", period.between("updated_at")),
    home="this_month",
)


def tile(ctx: Context, figure: Figure, name: str = "this_month") -> Tile:
    return tiles.tile_of(ctx, figure, period_choice.named(name, NOW), Circuits())


def test_a_tile_says_value_movement_period_and_where_its_rows_are(ctx: Context) -> None:
    found = tile(ctx, DAYS, "last_month")
    assert (found.value, found.period, found.direction, found.tone) == ("28", "last month", "down", "danger")
    assert found.change.translate(PLAIN) == "-9,7 %"
    assert found.against.translate(PLAIN) == "against 1-31 Jan 2026"
    assert found.url == "/admin/data/settings/?f.updated_at.between=2026-02-01..2026-02-28"
    assert found.explain_url == "/admin/figures/shop.days?period=last_month"
    assert len(found.spark) == tiles.DAYS_SHOWN


def amounts(*found: str | None, **words: Any) -> Callable[[Session, Sequence[Period]], list[Value]]:
    """Return a figure's values: the first for the period, the second for the one before, None for the line."""
    given = [Value(amount=None if text is None else Decimal(text), **words) for text in found]

    def values(_session: Session, periods: Sequence[Period]) -> list[Value]:
        return [*given, *[Value(amount=None)] * (len(periods) - len(given))]

    return values


@pytest.mark.parametrize(
    ("words", "found", "value", "change", "tone"),
    [
        ({}, ("4", "5"), "4", "-20,0 %", "danger"),
        ({"better": "down"}, ("4", "5"), "4", "-20,0 %", "success"),
        ({"better": "neither"}, ("4", "5"), "4", "-20,0 %", "neutral"),
        ({}, ("4", "0"), "4", "", "neutral"),
        ({}, ("4", None), "4", "", "neutral"),
        ({}, (None, "4"), "no data", "", "neutral"),
        ({"level": True}, ("7", "4"), "7", "+3", "success"),
        ({"level": True}, ("7", "7"), "7", "no change", "neutral"),
        ({"unit": "money"}, ("149900", "100000"), "R 1 499,00", "+49,9 %", "success"),
        ({"unit": "share"}, ("0.75", "0.8"), "75,0 %", "-5,0 points", "danger"),
        ({"unit": "duration", "better": "down"}, ("90", "60"), "1 min 30 s", "+50,0 %", "danger"),
        ({"unit": "ratio"}, ("1.234", "1"), "1,23", "+23,4 %", "success"),
    ],
)
def test_movements_are_told_in_the_figures_own_unit(
    ctx: Context, words: dict[str, Any], found: tuple[str | None, ...], value: str, change: str, tone: str
) -> None:
    shown = tile(ctx, replace(DAYS, values=amounts(*found), **words))
    assert (shown.value.translate(PLAIN), shown.change.translate(PLAIN), shown.tone) == (value, change, tone)


def test_amounts_of_two_currencies_are_not_compared() -> None:
    cost = replace(DAYS, unit="cost")
    dollars, rand = Value(amount=Decimal(1), currency="USD"), Value(amount=Decimal(2), currency="ZAR")
    assert wording.movement(cost, dollars, rand) == ("", "flat")
    assert wording.amount_in_words("cost", Decimal("1.239"), "USD").translate(PLAIN) == "US$ 1,24"


def test_a_share_never_stands_without_its_interval_and_n(ctx: Context) -> None:
    values = amounts("0.75", n=4, low=Decimal("0.301"), high=Decimal("0.954"), note="2 left out.")
    shown = tile(ctx, replace(DAYS, unit="share", values=values))
    assert shown.note.translate(PLAIN) == "95 % interval 30,1-95,4 %, n = 4. 2 left out."


def test_a_level_is_compared_with_what_it_was_when_the_period_began(ctx: Context) -> None:
    asked: list[Period] = []

    def values(_session: Session, periods: Sequence[Period]) -> list[Value]:
        asked.extend(periods)
        return [Value(amount=None) for _ in periods]

    shown = tile(ctx, replace(DAYS, values=values, level=True, spark="months"))
    assert asked[1].end == asked[0].start == datetime(2026, 2, 28, 22, tzinfo=UTC)
    assert [period.end for period in asked[-2:]] == [asked[0].start, NOW]
    assert (shown.period, shown.against.translate(PLAIN)) == ("now", "since 1 Mar 2026")


@pytest.mark.parametrize(("spark", "first", "length"), [("days", date(2026, 2, 3), 1), ("weeks", date(2026, 1, 28), 7)])
def test_the_line_ends_with_the_last_full_day(ctx: Context, spark: Any, first: date, length: int) -> None:
    line = tiles.line_of(replace(DAYS, spark=spark), period_choice.named("this_month", NOW).period)
    assert (line[0].days[0], line[-1].days[1]) == (first, date(2026, 3, 5))
    assert {(period.end - period.start).days for period in line} == {length}


# --- What goes wrong
def refusing(_session: Session, _periods: Sequence[Period]) -> list[Value]:
    raise RuntimeError("a secret")


def wrong(session: Session, _periods: Sequence[Period]) -> list[Value]:
    session.scalar(select(func.no_such_function(Setting.id)))
    return []


def slow(session: Session, _periods: Sequence[Period]) -> list[Value]:
    session.execute(select(func.pg_sleep(30), Setting.id))
    return []


def too_few(_session: Session, _periods: Sequence[Period]) -> list[Value]:
    return []


@pytest.mark.parametrize(("values", "says"), [(refusing, "log"), (wrong, "log"), (too_few, "log"), (slow, "longer")])
def test_a_figure_that_fails_costs_only_itself(
    ctx: Context, session: Session, monkeypatch: pytest.MonkeyPatch, values: Any, says: str
) -> None:
    session.add(Setting(section="shop", name="one"))
    session.flush()
    monkeypatch.setattr(tiles, "PART_MS", 100)
    monkeypatch.setattr(logging.getLogger("admin_core.contained"), "disabled", True)
    bad, good = tiles.home_tiles(ctx, [replace(DAYS, title="Bad", values=values), DAYS])
    assert (bad.label, bad.value) == ("Bad", "no answer")
    assert says in bad.note
    assert good.value == "4"


def test_a_figure_that_computes_for_too_long_is_left_alone_afterwards(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def computing(session: Session, periods: Sequence[Period]) -> list[Value]:
        time.sleep(0.05)
        return days(session, periods)

    monkeypatch.setattr(tiles, "PART_MS", 10)
    monkeypatch.setattr(logging.getLogger("admin_core.contained"), "disabled", True)
    circuits, choice = Circuits(), period_choice.named("this_month", NOW)
    assert tiles.tile_of(ctx, replace(DAYS, values=computing), choice, circuits).value == "4"
    assert contained.HOLD_UP * 10 < 50
    assert tiles.tile_of(ctx, replace(DAYS, values=computing), choice, circuits).value == "no answer"


def test_what_a_person_may_not_see_is_not_asked_and_lists_are_kept_from_them(ctx: Context) -> None:
    theirs = replace(ctx, person=OTTO)
    secret = replace(DAYS, permission="shop:takings:write", values=refusing)
    (shown,) = tiles.home_tiles(theirs, [secret, DAYS, replace(DAYS, home="")])
    assert (shown.value, shown.url) == ("4", "")


def test_a_figure_without_its_settings_is_not_set_up(ctx: Context, session: Session) -> None:
    figure = replace(DAYS, values=amounts(None, None), needs="till")
    shown = tile(ctx, figure)
    assert (shown.value, shown.url) == ("not set up", "/admin/settings/till")
    assert tile(replace(ctx, person=OTTO), figure).url == ""
    session.add(IntegrationState(name="till", configured=True))
    session.flush()
    assert tile(ctx, figure).value == "no data"
