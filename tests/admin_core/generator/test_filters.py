"""Filters: each operator means what it says, and what is personal stays out of addresses."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.searching import search
from admin_core.generator.values import canonical, span_of
from schema.views import ViewState
from tests.admin_core.generator.models import Colour, Owner, Thing
from tests.admin_core.generator.shapes_world import NOW, REGISTRY, World, add_owners, add_things, pretend_large

Check = Callable[[Thing], Any]


def day(moment: datetime | None) -> date | None:
    return None if moment is None else (moment + timedelta(hours=2)).date()  # our wall clock


CASES: list[tuple[str, Check]] = [
    ("f.rank.eq=3", lambda t: t.rank == 3),
    ("f.rank.in=3&f.rank.in=4", lambda t: t.rank in {3, 4}),
    ("f.rank.ne=3", lambda t: t.rank != 3),
    ("f.rank.gt=3", lambda t: t.rank and t.rank > 3),
    ("f.rank.gte=3&f.rank.lt=5", lambda t: t.rank and 3 <= t.rank < 5),
    ("f.rank.lte=3", lambda t: t.rank and t.rank <= 3),
    ("f.rank.between=2..4", lambda t: t.rank and 2 <= t.rank <= 4),
    ("f.rank.between=..4", lambda t: t.rank and t.rank <= 4),
    ("f.rank.between=4..", lambda t: t.rank and t.rank >= 4),
    ("f.rank.empty=1", lambda t: t.rank is None),
    ("f.rank.filled=1", lambda t: t.rank is not None),
    ("f.rank.eq=9223372036854775807", lambda t: False),
    ("f.parent_id.eq=9223372036854775807", lambda t: False),
    ("f.id.eq=99999999999", lambda t: False),
    ("f.amount.eq=123456789012345678901234.5", lambda t: False),
    ("f.amount.eq=0.25", lambda t: t.amount is not None and float(t.amount) == 0.25),
    ("f.amount.gt=0.2500001", lambda t: t.amount is not None and float(t.amount) > 0.25),
    ("f.title.eq=Thing 7", lambda t: t.title == "Thing 7"),
    ("f.title.contains=HING 7", lambda t: "hing 7" in t.title),
    ("f.title.contains=%25", lambda t: "%" in t.title),
    ("f.title.contains=_", lambda t: "_" in t.title),
    ("f.title.contains=%5C", lambda t: "\\" in t.title),
    ("f.title.starts=thing 1", lambda t: t.title.startswith("Thing 1")),
    ("f.meta.empty=1", lambda t: not t.meta),
    ("f.colour.eq=red", lambda t: t.colour is Colour.DEEP_RED),
    ("f.colour.eq=red&f.colour.eq=blue", lambda t: t.colour in {Colour.DEEP_RED, Colour.SKY_BLUE}),
    ("f.colour.ne=red", lambda t: t.colour is not Colour.DEEP_RED),
    ("f.colour.ne=red&f.colour.ne=green&f.colour.ne=blue", lambda t: t.colour is None),
    ("f.is_live.eq=true", lambda t: t.is_live is True),
    ("f.is_live.eq=true&f.is_live.eq=no", lambda t: t.is_live is not None),
    ("f.made_at.eq=9999-12-30", lambda t: False),
    ("f.made_at.lte=9999-12-30", lambda t: t.made_at is not None),
    ("f.made_at.between=0001-01-02..9999-12-30", lambda t: t.made_at is not None),
    ("f.made_at.eq=2026-11-23", lambda t: day(t.made_at) == date(2026, 11, 23)),
    ("f.made_at.lt=2026-11-23", lambda t: t.made_at and day(t.made_at) < date(2026, 11, 23)),
    ("f.made_at.gt=2026-11-22", lambda t: t.made_at and day(t.made_at) > date(2026, 11, 22)),
    ("f.made_at.lte=2026-11-22", lambda t: t.made_at and day(t.made_at) <= date(2026, 11, 22)),
    ("f.made_at.gte=2026-11-23T09:50:00Z", lambda t: t.made_at and t.made_at >= NOW - timedelta(minutes=10)),
    ("f.made_at.within=today", lambda t: t.made_at and day(t.made_at) == date(2026, 11, 23)),
    ("f.made_at.within=yesterday", lambda t: t.made_at and day(t.made_at) == date(2026, 11, 22)),
    ("f.made_at.within=this_month", lambda t: t.made_at is not None),
    ("f.local_at.eq=2026-11-23", lambda t: t.local_at is not None),
    ("f.starts_on.between=2026-11-20..2026-11-23", lambda t: t.starts_on is not None),
    ("f.starts_on.gt=2026-11-23", lambda t: False),
    ("f.labels.has=a", lambda t: t.labels is not None and "a" in t.labels),
    ("f.address.eq=10.0.0.1", lambda t: t.address is not None),
    ("f.rank.eq=1&f2.colour.eq=red", lambda t: t.rank == 1 or t.colour is Colour.DEEP_RED),
    ("f.rank.eq=1&f.colour.eq=red&f2.rank.eq=2&f9.rank.eq=3",
     lambda t: (t.rank == 1 and t.colour is Colour.DEEP_RED) or t.rank in {2, 3}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), CASES, ids=[query for query, _ in CASES])
def test_a_filter_finds_exactly_what_it_says(world: World, query: str, expected: Check) -> None:
    things = add_things(world.session, 36)
    things[3].title, things[4].title, things[5].title = "50 % off", "snake_case", "back\\slash"
    for n, thing in enumerate(things):
        thing.colour = [*Colour, None][n % 4]
        thing.is_live = (True, False, None)[n % 3]
        thing.amount = sa.literal(n % 4 / 8) if n % 5 else None  # type: ignore[assignment]  # SQL value
        thing.made_at = None if n % 7 == 0 else NOW - timedelta(hours=n)
        thing.local_at = datetime(2026, 11, 22, 22, 30) if n % 2 else None  # noqa: DTZ001 - stored without zone
        thing.starts_on = date(2026, 11, 23) if n % 2 else None
        thing.labels = ["a", "b"] if n % 3 == 0 else None
        thing.address = "10.0.0.1" if n % 4 == 0 else None
    world.session.flush()
    for thing in things:
        world.session.refresh(thing)
    page = world.open("things", query + "&size=100")
    assert page.problem is None
    assert {int(row.id) for row in page.rows} == {thing.id for thing in things if expected(thing)}
    assert len(page.chips) >= 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("f.rank.eq=3", "Rank is 3"),
        ("f.rank.eq=3&f.rank.eq=12480", "Rank is 3 or 12 480"),
        ("f.colour.ne=red&f.colour.ne=blue", "Colour is not Red or Blue"),
        ("f.made_at.within=last_7_days", "Made is in the last 7 days"),
        ("f.made_at.gte=2026-03-05", "Made is on or after 2026-03-05"),
        ("f.made_at.between=2026-03-01..", "Made is between 2026-03-01 and the end"),
        ("f.is_live.eq=false", "Live is no"),
        ("f.meta.empty=1", "Meta is empty"),
        ("f.rank.eq=1&f.rank.eq=2&f.rank.eq=3&f.rank.eq=4&f.rank.eq=5", "Rank is 1, 2, 3 or 2 others"),
    ],
)
def test_chips_say_filters_in_words(world: World, query: str, words: str) -> None:
    (chip,) = world.open("things", query).chips
    assert f"{chip.label} {chip.words}".replace("\xa0", " ") == words
    assert "f." not in chip.remove_url


def test_money_is_typed_and_shown_in_rand_and_stored_in_cents(world: World) -> None:
    add_owners(world.session, 9)
    form = MultiDict({"column": "balance_cents", "op": "eq", "value": "R 4,00"})
    url = search(world.ctx, world.spec("owners"), form)
    assert url == "/admin/data/shapes.owners/?f.balance_cents.eq=400"
    page = world.open("owners", url)
    assert (len(page.rows), page.chips[0].words) == (1, "is R\xa04,00")


@pytest.mark.parametrize("value", ["1,234", "x", "", "1.234.5", "9" * 40])
def test_a_value_that_cannot_be_read_is_refused_with_the_reason(world: World, value: str) -> None:
    with pytest.raises(BadRequest, match="Balance"):
        search(world.ctx, world.spec("owners"), MultiDict({"column": "balance_cents", "op": "gt", "value": value}))


def test_typed_numbers_become_canonical() -> None:
    column = REGISTRY.spec("shapes.things").columns["amount"]
    assert canonical(column, " 1 234,50 ") == "1234.50"


def test_spans_end_where_the_local_day_does() -> None:
    late = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)  # already December here
    assert span_of("today", late) == (date(2026, 12, 1), date(2026, 12, 2))
    assert span_of("last_month", late) == (date(2026, 11, 1), date(2026, 12, 1))
    assert span_of("this_month", late) == (date(2026, 12, 1), date(2027, 1, 1))


# --- What must not stand in an address


def found_by(world: World, **form: str) -> str:
    return search(world.ctx, world.spec("owners"), MultiDict(form))


def test_personal_values_lie_behind_a_token(world: World) -> None:
    owners = add_owners(world.session, 9)
    url = found_by(world, column="email", op="eq", value="ADA4@example.com")
    assert "ada4" not in url.lower()
    page = world.open("owners", url)
    assert [row.id for row in page.rows] == [str(owners[4].id)]
    assert (page.chips[0].words, page.chips[0].remove_url) == ("is ADA4@example.com", "")
    links = str([page.pager, page.headers, page.sizes, page.filterable, page.fields, page.clear_url])
    assert "ada4" not in links.lower()
    stored = world.session.scalars(sa.select(ViewState)).one()
    assert b"ada4" not in stored.payload.lower()
    assert stored.expires_at > NOW + timedelta(days=29)


def test_a_token_grows_with_the_filters_and_loses_what_is_removed(world: World) -> None:
    add_owners(world.session, 9)
    first = dict(page_fields(world, found_by(world, words="example")))
    both = found_by(world, **first, column="name", op="contains", value="Ada")
    page = world.open("owners", both + "&f.colour.eq=red")
    assert (page.words, len(page.chips)) == ("example", 2)
    left = found_by(world, **dict(page.fields), remove="f.name.contains")
    assert [chip.name for chip in world.open("owners", left).chips] == ["f.colour.eq"]
    assert world.open("owners", left).words == "example"
    assert found_by(world, **dict(page_fields(world, left)), words="").endswith("?f.colour.eq=red")


def page_fields(world: World, url: str) -> tuple[tuple[str, str], ...]:
    return world.open("owners", url).fields


def test_a_token_is_of_no_use_to_somebody_else_nor_for_another_list_nor_later(world: World) -> None:
    token = parse_qs(urlsplit(found_by(world, words="Ada")).query)["v"][0]
    otto = world.as_person(world.person.permissions)
    with pytest.raises(NotFound):
        otto.open("owners", v=token)
    with pytest.raises(NotFound):
        world.open("things", v=token)
    world.session.execute(sa.update(ViewState).values(expires_at=NOW))
    with pytest.raises(NotFound):
        world.open("owners", v=token)


@pytest.mark.parametrize("query", ["q=Ada", "f.email.eq=ada@example.com", "f2.name.contains=Ada"])
def test_personal_words_in_an_address_are_refused(world: World, query: str) -> None:
    add_owners(world.session, 3)
    page = world.open("owners", query)
    assert page.problem is not None
    assert "address" in page.problem.sentence
    assert page.rows == ()


def test_words_about_things_may_stand_in_the_address(world: World) -> None:
    add_things(world.session, 20)
    url = search(world.ctx, world.spec("things"), MultiDict({"words": "Thing 17"}))
    assert url == "/admin/data/shapes.things/?q=Thing+17"
    assert [row.label for row in world.open("things", url).rows] == ["Thing 17"]


@pytest.mark.parametrize(
    ("query", "works"),
    [
        ("f.colour.eq=red", True), ("f.colour.ne=red", True), ("f.joined_at.within=today", True),
        ("f.seen_at.empty=1", True),
        ("f.town.starts=Cape", True), ("f.town.eq=Durban", True), ("f.town.contains=urb", False),
        ("f.balance_cents.gt=1", False), ("f.nickname.eq=x", False), ("f.currency.eq=ZAR", False),
    ],
)  # fmt: skip
def test_a_large_list_filters_only_where_an_index_serves(world: World, query: str, works: bool) -> None:
    add_owners(world.session, 9)
    pretend_large(world.session, "owners")
    page = world.open("owners", query)
    assert (page.problem is None) is works
    assert works or (page.problem is not None and "no index" in page.problem.sentence)


def test_every_form_offered_describes_filters_that_work(world: World) -> None:
    owner = add_owners(world.session, 1)[0]
    add_things(world.session, 9, owner_id=owner.id)
    values = {"uuid": str(owner.id), "moment": "2026-11-23", "local_moment": "2026-11-23", "date": "2026-11-23"}
    values |= {"boolean": "true", "enum": "red", "inet": "10.0.0.1", "time": "10:00"}
    for name in ("owners", "things", "readings", "remarks", "topics"):
        for choice in world.open(name).filterable:
            adding = world.open(name, choice.url).adding
            assert adding is not None
            kind = world.spec(name).columns[choice.value].kind
            for operator in adding.operators:
                value = (
                    "3"
                    if world.spec(name).columns[choice.value].reference and kind == "integer"
                    else values.get(kind, "3")
                )
                form = MultiDict({"column": choice.value, "op": operator.value, "value": value, "until": value})
                page = world.open(name, search(world.ctx, world.spec(name), form))
                assert page.problem is None, (choice, operator, page.problem)


def test_an_owner_can_be_filtered_by_several_ids_at_once(world: World) -> None:
    owners = add_owners(world.session, 3)
    for owner in owners:
        world.session.add(Thing(title=owner.name, owner_id=owner.id))
    world.session.flush()
    form = MultiDict({"column": "owner_id", "op": "eq", "value": f"{owners[0].id},{owners[2].id}"})
    page = world.open("things", search(world.ctx, world.spec("things"), form))
    assert {row.label for row in page.rows} == {owners[0].name, owners[2].name}
    assert world.session.scalar(sa.select(sa.func.count(Owner.id))) == 3
