"""Home's lines and tiles: each on its own, none that the person may not see."""

import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core import briefing
from admin_core.ciphers import Cipher
from admin_core.contributions import HomeTile, Tile, Waiting
from admin_core.generator.context import Context
from admin_core.generator.registry import Registry
from admin_core.plugin_manager import Plugin
from admin_core.policy import Person, PolicySession
from admin_core.theme.tiles import Decision
from schema.base import Base
from schema.settings import Setting

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
ADA = Person(uuid.UUID(int=1), "Ada", ("Owner",), frozenset({"*"}))
OTTO = Person(uuid.UUID(int=2), "Otto", ("Visitor",), frozenset({"shop:*:read"}))
CLEAR = Tile("Rows", "1", "now", "/admin/data/settings/")
SETTINGS = Waiting("Settings", "settings", lambda _now: (("f.section.eq", "shop"),), "shop:settings:read")


@pytest.fixture
def ctx(session: Session) -> Iterator[Context]:
    session.add_all([Setting(section="shop", name=name) for name in ("one", "two")])
    session.add(Setting(section="core", name="three"))
    session.flush()
    connection = session.connection()
    with PolicySession(connection, person=ADA, join_transaction_mode="create_savepoint") as reading:  # type: ignore[arg-type]
        yield Context(reading, ADA, Registry.of(Base), Cipher(["k" * 32]), NOW)


def seen_by(ctx: Context, person: Person) -> Context:
    return replace(ctx, person=person)


def refusing(_session: Session, _now: datetime) -> Tile:
    raise RuntimeError("no")


def wrong(session: Session, _now: datetime) -> Tile:
    session.scalar(select(func.no_such_function(Setting.id)))
    return CLEAR


def slow(session: Session, _now: datetime) -> Tile:
    session.execute(select(func.pg_sleep(30), Setting.id))
    return CLEAR


def test_a_line_counts_the_rows_its_link_shows(ctx: Context) -> None:
    (line,) = briefing.decisions(ctx, [SETTINGS])
    assert (line.count, line.url) == (2, "/admin/data/settings/?f.section.eq=shop")


def test_nothing_waiting_makes_no_line(ctx: Context) -> None:
    nothing = replace(SETTINGS, filters=lambda _now: (("f.section.eq", "elsewhere"),))
    assert briefing.decisions(ctx, [nothing]) == []


def test_a_line_that_cannot_be_counted_says_so_and_costs_no_other(ctx: Context) -> None:
    typo = replace(SETTINGS, label="Typo", filters=lambda _now: (("f.sektion.eq", "shop"),))
    broken, good = briefing.decisions(ctx, [typo, SETTINGS])
    assert (broken.label, broken.count, broken.tone) == ("Typo", "?", "danger")
    assert good.count == 2


def test_who_may_not_read_the_rows_is_not_told_how_many_there_are(ctx: Context) -> None:
    assert briefing.decisions(seen_by(ctx, OTTO), [SETTINGS]) == []
    reader = replace(OTTO, permissions=frozenset({"data:settings:read"}))
    assert briefing.decisions(seen_by(ctx, reader), [SETTINGS]) == []


def test_the_most_urgent_comes_first() -> None:
    tones = [Decision(tone, 1, "", tone=tone) for tone in ("info", "warning", "danger", "warning")]
    assert [decision.tone for decision in briefing.by_urgency(tones)] == ["danger", "warning", "warning", "info"]


@pytest.mark.parametrize(("load", "says"), [(refusing, "log"), (wrong, "log"), (slow, "longer")])
def test_a_tile_that_fails_costs_only_itself(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, load: object, says: str
) -> None:
    monkeypatch.setattr(briefing, "PART_MS", 100)
    monkeypatch.setattr(logging.getLogger("admin_core.contained"), "disabled", True)
    offered = [HomeTile("Bad", "a:b:read", load), HomeTile("Good", "a:b:read", counting, "settings")]  # type: ignore[arg-type]
    bad, good = briefing.tiles(ctx, offered)
    assert (bad.label, bad.value) == ("Bad", "no answer")
    assert says in bad.note
    assert good.value == "3"


def counting(session: Session, _now: datetime) -> Tile:
    return replace(CLEAR, value=str(session.scalar(select(func.count()).select_from(Setting))))


def test_a_tile_a_person_may_not_see_is_not_loaded(ctx: Context) -> None:
    tile = HomeTile("Rows", "money:revenue:read", refusing)
    assert briefing.tiles(seen_by(ctx, OTTO), [tile]) == []


def test_a_tile_keeps_its_link_from_those_who_may_not_open_it(ctx: Context) -> None:
    offered = [HomeTile("Rows", "shop:settings:read", lambda _session, _now: CLEAR, "settings")]
    assert briefing.tiles(ctx, offered)[0].url
    assert not briefing.tiles(seen_by(ctx, OTTO), offered)[0].url


def test_a_broken_plugin_is_named_to_those_who_run_the_backend() -> None:
    found = [Plugin("good", None), Plugin("bad", None, "ImportError: gone"), Plugin("off", None, "switched off")]
    (line,) = briefing.broken_plugins(ADA, found, ["off"])
    assert (line.count, line.url, line.note) == (1, "/admin/system/plugins", "bad: ImportError: gone.")
    assert briefing.broken_plugins(OTTO, found, ["off"]) == []
