"""Home's lines: each on its own, none that the person may not see."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from admin_core import briefing
from admin_core.ciphers import Cipher
from admin_core.contributions import Waiting
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


def test_a_broken_plugin_is_named_to_those_who_run_the_backend() -> None:
    found = [Plugin("good", None), Plugin("bad", None, "ImportError: gone"), Plugin("off", None, "switched off")]
    (line,) = briefing.broken_plugins(ADA, found, ["off"])
    assert (line.count, line.url, line.note) == (1, "/admin/system/plugins", "bad: ImportError: gone.")
    assert briefing.broken_plugins(OTTO, found, ["off"]) == []
