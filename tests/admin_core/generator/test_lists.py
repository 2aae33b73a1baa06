"""Lists of awkward models: what is offered works, what is not says why, and no page costs more than its budget."""

import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from admin_core.generator.counting import capped_count
from admin_core.generator.errors import NotFound
from admin_core.generator.labels import labels_for, record_label
from admin_core.policy import Refused
from tests.admin_core.generator.models import Owner, Reading, Remark, Thing, Topic
from tests.admin_core.generator.shapes_world import (
    ALL,
    MASKED,
    NOW,
    World,
    add_owners,
    add_things,
    pretend_large,
    statements,
)

BUDGET = 5


def walk(world: World, name: str, first: str) -> list[str]:
    """Follow "next" to the end."""
    page = world.open(name, first)
    assert page.problem is None, page.problem
    seen = [row.id for row in page.rows]
    while page.pager.next:
        page = world.open(name, page.pager.next)
        seen += [row.id for row in page.rows]
    return seen


def walk_back(world: World, name: str, first: str) -> list[str]:
    """Follow "previous" from the last page."""
    page = world.open(name, first)
    if page.pager.last:
        page = world.open(name, page.pager.last)
    seen = [row.id for row in page.rows]
    while page.pager.previous:
        page = world.open(name, page.pager.previous)
        seen = [row.id for row in page.rows] + seen
    return seen


def test_the_first_page_is_newest_first_and_within_budget(world: World) -> None:
    owners = add_owners(world.session, 60)
    world.open("owners")  # reads the catalog
    with statements(world.session) as seen:
        page = world.open("owners")
    assert len(seen) <= 3
    assert page.rows[0].id in {str(owner.id) for owner in owners[:3]}
    assert (len(page.rows), page.count, bool(page.pager.next)) == (50, "60 owners", True)
    assert [head.direction for head in page.headers if head.direction] == ["descending"]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", ["owners", "things", "topics", "readings", "remarks"])
def test_every_offered_sort_visits_every_row_once_in_both_directions(world: World, name: str, large: bool) -> None:
    add_owners(world.session, 30)
    add_things(world.session, 60)
    world.session.add_all(Topic(code=f"t/{n},%é", label=None if n % 3 else f"Topic {n}") for n in range(30))
    world.session.add_all(Reading(at=NOW, meter=f"m{n}", level=n % 4) for n in range(30))
    world.session.flush()
    world.session.add_all(Remark(at=NOW, meter=f"m{n}", body=f"Remark {n}") for n in range(30))
    world.session.flush()
    if large:
        pretend_large(world.session, name)
    sorts = [head.url for head in world.open(name).headers if head.url]
    sorts += [head.url for url in sorts for head in world.open(name, url).headers if head.direction]
    total = world.session.scalar(sa.select(sa.func.count()).select_from(world.spec(name).model))
    assert large or len(sorts) >= 2
    for url in sorts:
        with statements(world.session) as seen:
            forward = walk(world, name, f"{url}&size=25")
        pages = -(-len(forward) // 25)
        assert len(seen) <= BUDGET * pages
        assert len(forward) == len(set(forward)) == total
        assert walk_back(world, name, f"{url}&size=25") == forward


@pytest.mark.parametrize(
    ("column", "sortable"),
    [
        ("joined_at", True), ("seen_at", True), ("colour", True), ("id", True), ("phone", True), ("name", False),
        ("balance_cents", False), ("town", False), ("nickname", False), ("email", False),
    ],
)  # fmt: skip
def test_a_large_list_sorts_only_where_an_index_serves(world: World, column: str, sortable: bool) -> None:
    add_owners(world.session, 3)
    pretend_large(world.session, "owners")
    page = world.open("owners", f"sort={column}")
    assert (page.problem is None) is sortable
    if not sortable:
        assert page.status == 400
        assert page.problem is not None
        assert "CREATE INDEX" in page.problem.hint


def test_a_filter_to_one_value_opens_the_sort_behind_it(world: World) -> None:
    add_owners(world.session, 9)
    pretend_large(world.session, "owners")
    page = world.open("owners", "f.colour.eq=red&sort=-joined_at")
    assert (page.problem, len(page.rows)) == (None, 3)


MALFORMED = [
    "f.nothing.eq=1", "f.rank.eq=x", "f.rank.like=1", "f.rank.eq=99999999999999999999", "f..eq=1", "f.rank=1", "f.=",
    "f0.rank.eq=1", "f1.rank.eq=1", "f.made_at.eq=2026-02-30", "f.made_at.lt=0001-01-01", "f.token.eq=x",
    "f.made_at.eq=9999-12-31", "f.made_at.within=forever", "f.rank.between=1", "f.rank.between=..",
    "f.colour.eq=DEEP_RED",
    "f.is_live.eq=maybe", "f.amount.eq=1e999999", "f.amount.eq=NaN", "f.ratio.eq=inf", "f.title.eq=%00",
    "f.title.contains=", "f.extra.eq=1", "f.blob.contains=1", "f.address.eq=1.2.3", "f.opens.eq=25:00",
    "f.labels.has=%00", "f.owner_id.gt=1", "f.span.eq=1", "f.lasts.eq=1", "sort=nothing", "sort=extra", "sort=-",
    "after=x", "before=x", "after=%00", "at=x", "f.rank.eq=" + "1" * 2000,
    "&".join(f"f.rank.eq={n}" for n in range(101)),
    "q=%00", "q=" + "a" * 300, "at=%00", "f.starts_on.eq=today", "f.id.empty=1",
]  # fmt: skip


@pytest.mark.parametrize("query", MALFORMED)
def test_what_cannot_be_understood_is_named_and_shows_no_rows(world: World, query: str) -> None:
    add_things(world.session, 3)
    page = world.open("things", query)
    assert page.problem is not None
    assert (page.status, page.rows) == (400, ())
    assert page.problem.sentence.endswith((".", "?"))
    assert world.open("things", page.problem.clear_url).rows


@pytest.mark.parametrize(
    "query", ["size=-1", "size=x", "size=999999999999", "size=0", "size=%00", "utm_source=x", "add=x"]
)
def test_harmless_nonsense_is_ignored(world: World, query: str) -> None:
    add_things(world.session, 3)
    assert len(world.open("things", query).rows) == 3


@pytest.mark.parametrize(
    ("asked", "given"), [("", 50), ("25", 25), ("26", 50), ("100", 100), ("5000", 200), ("1", 25), ("-5", 50)]
)
def test_the_page_size_is_one_of_four(world: World, asked: str, given: int) -> None:
    assert [size.label for size in world.open("things", size=asked).sizes if size.chosen] == [str(given)]


@pytest.mark.parametrize("query", ["view=x", "view=01a20950-0f14-7350-8648-116b3f219574", "v=x", "v=view.x", "v=%00"])
def test_views_and_searches_that_are_nobodys_are_not_found(world: World, query: str) -> None:
    with pytest.raises(NotFound):
        world.open("things", query)


def test_related_names_come_with_the_page(world: World) -> None:
    owners = add_owners(world.session, 30)
    for n, thing in enumerate(add_things(world.session, 30)):
        thing.owner_id = owners[n].id
    world.session.flush()
    world.open("things")
    with statements(world.session) as seen:
        page = world.open("things")
    assert len(seen) <= 3
    cell = next(row.cells[1] for row in page.rows if row.label == "Thing 4")
    assert str(cell) == f'<a href="/admin/data/shapes.owners/record/{owners[4].id}">{owners[4].name}</a>'


def test_otto_sees_masks_and_can_neither_sort_nor_filter_nor_search_behind_them(world: World) -> None:
    owner = add_owners(world.session, 2)[1]
    add_things(world.session, 1, owner_id=owner.id)
    otto = world.as_person(MASKED)
    page = otto.open("owners")
    assert "Finn" not in str(page)
    assert "masked" in page.rows[0].cells[0]
    assert page.rows[0].label.startswith("Owner …")
    assert {head.key for head in page.headers if not head.url} == {"name", "email"}
    assert "Name" not in page.search_hint
    assert "name" not in {choice.value for choice in page.filterable}
    for query in ("sort=name", "f.name.empty=1", "sort=-email", "f.email.filled=1"):
        problem = otto.open("owners", query).problem
        assert problem is not None
    assert "Finn" not in str(otto.open("things"))
    assert f"Owner …{str(owner.id)[-8:]}" not in str(world.open("things"))


def test_secrets_are_not_a_column(world: World) -> None:
    add_owners(world.session, 1)
    with statements(world.session) as seen:
        page = world.open("owners")
    assert "password" not in str([choice.value for choice in (*page.chooser, *page.filterable)])
    assert not any("password" in statement for statement in seen)
    problem = world.open("owners", "f.password.eq=x").problem
    assert problem is not None
    assert "no column" in problem.sentence


def test_otto_without_rights_is_refused(world: World) -> None:
    with pytest.raises(Refused):
        world.as_person(frozenset()).open("owners")


def test_buttons_stand_only_where_they_work(world: World) -> None:
    assert world.open("things").new_url == "/admin/data/shapes.things/new"
    assert world.open("readings").new_url == ""
    assert world.open("readings").written_by == "The meters send these."
    otto = world.as_person(MASKED).open("things")
    assert (otto.new_url, otto.can_edit) == ("", False)
    assert "may not create" in otto.written_by


def test_the_three_kinds_of_emptiness_are_told_apart(world: World) -> None:
    assert world.open("things").empty == "nothing"
    things = add_things(world.session, 30)
    assert world.open("things", "f.rank.eq=12345").empty == "match"
    after = world.open("things", "size=25&sort=id").pager.next
    for thing in things:
        world.session.delete(thing)
    world.session.flush()
    page = world.open("things", after)
    assert (page.empty, page.pager.first) == ("end", "/admin/data/shapes.things/?sort=id&size=25")


@pytest.mark.parametrize(
    ("sort", "at", "first"),
    [
        ("-made_at", "2026-11-22", None),
        ("-made_at", "2026-11-23", "Thing 1"),
        ("id", "7", "Thing 6"),
        ("rank", "5", "Thing 5"),
    ],
)
def test_a_jump_lands_on_the_row_or_the_day(world: World, sort: str, at: str, first: str | None) -> None:
    things = add_things(world.session, 30)
    at = str(things[6].id) if sort == "id" else at
    page = world.open("things", sort=sort, at=at)
    label = next((row.label for row in page.rows if "Thing" in row.label), None)
    assert page.problem is None
    if first is None:
        assert all("nothing" in str(row.cells) for row in page.rows)  # only those without a moment are left
    elif sort != "rank":
        assert label == first
    assert sort != "rank" or page.rows


def test_counts_are_capped(world: World) -> None:
    add_things(world.session, 30)
    statement = sa.select(Thing.id)
    assert capped_count(world.session, statement, cap=10).text == "10+"
    assert capped_count(world.session, statement, cap=30).text == "30"
    slow = sa.select(Thing.id).where(sa.func.pg_sleep(0.02).is_not(None))
    assert capped_count(world.session, slow, ms=50).text.startswith("≈")
    assert world.session.scalar(sa.text("SHOW statement_timeout")) == "0"


def test_a_large_list_is_not_counted(world: World) -> None:
    add_things(world.session, 60)
    pretend_large(world.session, "things", 1_234_567)
    with statements(world.session) as seen:
        page = world.open("things", "sort=id")
    assert page.count.replace("\xa0", " ") == "≈ 1 234 567 things"
    assert not any("count(" in statement for statement in seen)


def test_labels_for_many_take_one_statement(world: World) -> None:
    owners = add_owners(world.session, 3)
    ids = [str(owner.id) for owner in owners]
    with statements(world.session) as seen:
        found = labels_for(world.ctx, world.spec("owners"), [*ids, "x", "", ids[0] + ","])
    assert len(seen) == 1
    assert found == {str(owner.id): owner.name for owner in owners}
    otto = world.as_person(MASKED)
    assert record_label(otto.ctx, world.spec("owners"), owners[0]) == f"Owner …{ids[0][-8:]}"
    assert labels_for(world.ctx, world.spec("things"), ["99999999999999999"]) == {}


def test_a_list_never_reads_more_of_a_long_text_than_it_shows(world: World) -> None:
    world.session.add(Thing(title="Long", notes="x" * 100_000, extra={"k": "y" * 100_000}, blob=b"z" * 5_000))
    world.session.flush()
    world = World(world.session, world.person)
    chosen: dict[str, Any] = {"columns": {"shapes.things": ["title", "notes", "extra", "blob"]}}
    world.person = type(world.person)(world.person.id, "Ada", ("Owner",), ALL, chosen)
    page = world.open("things")
    assert [head.key for head in page.headers] == ["title", "notes", "extra", "blob"]
    assert len(str(page.rows[0].cells)) < 2_000
    assert page.rows[0].cells[3] == "5,0\xa0kB"


def test_values_cannot_break_out_of_the_page(world: World) -> None:
    world.session.add(Thing(title='<script>alert("x")</script>', meta="<b>"))
    world.session.add(Topic(code='"><img src=x>', label="</th>"))
    world.session.flush()
    text = str([row.cells for name in ("things", "topics") for row in world.open(name).rows])
    assert not re.search(r"<(script|b|img|/th)", text)
    assert world.open("topics").rows[0].url == "/admin/data/shapes.topics/record/%2522%253E%253Cimg%2520src%253Dx%253E"


def test_an_owner_is_named_once(world: World) -> None:
    add_owners(world.session, 1)
    assert world.open("owners").count == "1 owner"
    assert world.session.scalar(sa.select(sa.func.count(Owner.id))) == 1


def test_the_first_cell_names_the_record_even_where_its_value_is_empty(world: World) -> None:
    owners = add_owners(world.session, 2)
    owners[0].nickname, owners[1].nickname = None, "Finn"
    world.session.flush()
    seen_so = replace(world.person, preferences={"columns": {"shapes.owners": ["nickname", "email"]}})
    page = World(world.session, seen_so).open("owners")
    assert {str(row.cells[0]) for row in page.rows} == {owners[0].name, "Finn"}
