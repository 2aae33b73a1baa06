"""The search box: shapes are looked up exactly, words inside texts, spellings that resemble them last."""

from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from admin_core.generator.capabilities import capabilities_of
from admin_core.generator.counting import Explain
from admin_core.generator.list_model import ListPage
from admin_core.generator.search import as_phone, as_uuid, stages, targets
from admin_core.generator.searching import search
from tests.admin_core.generator.models import Owner, Thing
from tests.admin_core.generator.shapes_world import MASKED, World, add_owners, add_things, pretend_large, statements

BUDGET = 5


def look(world: World, words: str, name: str = "owners") -> ListPage:
    """Search as the box does, and open where it leads."""
    url = search(world.ctx, world.spec(name), MultiDict({"words": words}))
    with statements(world.session) as seen:
        page = world.open(name, url)
    assert len(seen) <= BUDGET
    assert page.problem is None
    return page


@pytest.fixture(params=[False, True], ids=["small", "large"])
def owners(request: pytest.FixtureRequest, world: World) -> list[Owner]:
    """Return owners in a table that is small, and in one that is believed to be large."""
    made = add_owners(world.session, 24)
    world.open("owners")
    if request.param:
        pretend_large(world.session, "owners")
    return made


FOUND: list[tuple[str, list[int]]] = [
    ("dlamini 22", [22]),
    ("NOMSA", [2, 6, 10, 14, 18, 22]),
    ("botha 12", [12]),
    ("ADA0@example.com", [0]),
    ("finn1@EXAMPLE.com", [1]),
    ("082 555 0007", [7]),
    ("+27 82 555 0007", [7]),
    ("(082) 555-0007", [7]),
    ("Fi", [1, 5, 9, 13, 17, 21]),
    ("%", []),
    ("_____", []),
    ("zzzzzz", []),
    ("123456789012345678901234567890", []),
    ("' OR 1=1 --", []),
    ("\\", []),
    ("nobody@example.com", []),
]


@pytest.mark.parametrize(("words", "expected"), FOUND, ids=[words for words, _ in FOUND])
def test_what_is_typed_is_found(world: World, owners: list[Owner], words: str, expected: list[int]) -> None:
    page = look(world, words)
    assert {row.id for row in page.rows} == {str(owners[n].id) for n in expected}
    assert page.empty == ("" if expected else "match")
    assert page.words == words


def test_a_record_is_found_by_its_id(world: World, owners: list[Owner]) -> None:
    for text in (str(owners[3].id), owners[3].id.hex, str(owners[3].id).upper()):
        assert [row.id for row in look(world, text).rows] == [str(owners[3].id)]


def test_a_misspelt_name_finds_what_resembles_it_and_says_so(world: World, owners: list[Owner]) -> None:
    pretend_large(world.session, "owners")
    page = look(world, "Nomsaa Dlamni")
    assert page.notice.startswith("Nothing matches")
    assert page.rows
    assert all(row.label.startswith("Nomsa") for row in page.rows)


def test_words_and_filters_hold_together(world: World, owners: list[Owner]) -> None:
    url = search(world.ctx, world.spec("owners"), MultiDict({"words": "nomsa"}))
    page = world.open("owners", url + "&f.colour.eq=red")
    assert {row.id for row in page.rows} == {str(owners[n].id) for n in range(24) if n % 4 == 2 and n % 3 == 0}


def test_frequent_words_are_paged_by_their_own_condition(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    add_things(world.session, 80)
    monkeypatch.setattr("admin_core.generator.finding.CAP", 30)
    page = look(world, "Thing", "things")
    assert (page.count, len(page.rows), bool(page.pager.next)) == ("30+ things", 50, True)


def test_otto_cannot_find_what_he_may_not_see(world: World, owners: list[Owner]) -> None:
    otto = world.as_person(MASKED)
    for words in ("Nomsa", "ada0@example.com", "082 555 0007"):
        assert look(otto, words).rows == ()


def test_numbers_find_records_by_number(world: World) -> None:
    things = add_things(world.session, 12)
    assert str(things[5].id) in {row.id for row in look(world, str(things[5].id), "things").rows}


@pytest.mark.parametrize("words", ["dlamini", "nomsa@example.com", "0825550007", "Du"])
def test_every_branch_on_a_large_table_is_served_by_an_index(world: World, words: str) -> None:
    add_owners(world.session, 9)
    pretend_large(world.session, "owners")
    found = targets(world.spec("owners"), capabilities_of(world.session, world.spec("owners")), world.person)
    world.session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
    for stage in stages(found, words):
        statement = sa.select(Owner.id).where(stage.where)
        plan = world.session.connection().execute(Explain(statement)).scalar()
        assert "Seq Scan" not in nodes(plan[0]["Plan"]), stage


def nodes(plan: dict[str, Any]) -> list[str]:
    return [plan["Node Type"], *(kind for child in plan.get("Plans", []) for kind in nodes(child))]


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("082 555 0007", "+27825550007"),
        ("0027825550007", "+27825550007"),
        ("+44 20 7946 0958", "+442079460958"),
        ("12345", None),
        ("Ada", None),
        ("000 000 0000", None),
    ],
)
def test_phone_numbers_are_read_as_people_here_write_them(typed: str, phone: str | None) -> None:
    assert as_phone(typed) == phone


def test_an_id_is_not_anything_of_its_length() -> None:
    assert as_uuid("z" * 36) is None
    assert as_uuid("a" * 32) is not None


def test_a_list_that_nothing_can_be_searched_in_has_no_box(world: World) -> None:
    world.session.add(Thing(title="x"))
    world.session.flush()
    world.open("remarks")
    pretend_large(world.session, "readings")
    assert world.open("readings").search_hint == ""
    assert "Name" in world.open("owners").search_hint
