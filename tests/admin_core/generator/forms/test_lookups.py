"""Pickers: bounded, served by indexes, never telling what is masked."""

import uuid

import pytest
import sqlalchemy as sa

from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest
from admin_core.generator.forms.lookups import MOST, lookup
from admin_core.policy import Person, Refused
from tests.admin_core.generator.forms.conftest import context_on
from tests.admin_core.generator.models import Owner

OWNERS = "shapes.owners"


@pytest.fixture
def owners(ctx: Context) -> list[Owner]:
    made = [
        Owner(name=name, email=f"{name.split()[0].lower()}@example.com")
        for name in ("Ada Botha", "Finn Botha", "Nomsa Zulu")
    ]
    ctx.session.add_all(made)
    ctx.session.flush()
    return made


def texts(ctx: Context, words: str, most: int = MOST) -> list[str]:
    return [option.text for option in lookup(ctx, ctx.registry.spec(OWNERS), words, most)]


def test_words_find_names_and_keys_and_addresses(ctx: Context, owners: list[Owner]) -> None:
    assert texts(ctx, "botha") == ["Ada Botha", "Finn Botha"]
    assert texts(ctx, str(owners[2].id)) == ["Nomsa Zulu"]
    assert texts(ctx, "FINN@example.com") == ["Finn Botha"]
    assert set(texts(ctx, "  ")) == {"Ada Botha", "Finn Botha", "Nomsa Zulu"}
    assert texts(ctx, "botha", 1) == ["Ada Botha"] or texts(ctx, "botha", 1) == ["Finn Botha"]


@pytest.mark.parametrize("words", ["%", "_", "\\", "\x00", "\ud800", "' OR 1=1", "9" * 5_000, "nobody"])
def test_odd_words_find_nothing(ctx: Context, owners: list[Owner], words: str) -> None:
    assert texts(ctx, words) == []


def test_a_picker_is_bounded(ctx: Context) -> None:
    ctx.session.execute(sa.insert(Owner), [{"name": f"Owner {n}"} for n in range(40)])
    assert len(texts(ctx, "", 10**9)) == len(texts(ctx, "owner", 10**9)) == MOST
    assert len(texts(ctx, "owner", -5)) == 1


def test_masked_names_are_neither_shown_nor_searched(ctx: Context, owners: list[Owner]) -> None:
    otto = Person(uuid.UUID(int=2), "Otto", ("Viewer",), frozenset({"data:*:read"}))
    theirs = context_on(ctx.session, otto)
    assert texts(theirs, "botha") == texts(theirs, "finn@example.com") == []
    shown = texts(theirs, str(owners[0].id))
    assert shown == [f"Owner …{str(owners[0].id)[-8:]}"]


@pytest.mark.parametrize("column", ["password", "name", "missing", "email"])
def test_only_what_identifies_a_row_is_offered(ctx: Context, owners: list[Owner], column: str) -> None:
    with pytest.raises(BadRequest):
        lookup(ctx, ctx.registry.spec(OWNERS), "x", column=column)


def test_otto_may_not_look_up(ctx: Context) -> None:
    nobody = Person(uuid.UUID(int=4), "Otto", (), frozenset())
    with pytest.raises(Refused):
        lookup(context_on(ctx.session, nobody), ctx.registry.spec(OWNERS), "a")
