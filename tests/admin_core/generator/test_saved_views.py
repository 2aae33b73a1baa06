"""Saved views and chosen columns: private until shared, and never a way around what an address must not carry."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.list_model import Tab
from admin_core.generator.saved_views import change_view, choose_columns, save_view
from admin_core.generator.searching import search
from admin_core.policy import Refused
from schema.staff import StaffMember
from schema.views import SavedView
from tests.admin_core.generator.shapes_world import MASKED, World, add_owners, add_things


def save(world: World, name: str, list_name: str = "things", **form: str) -> str:
    return save_view(world.ctx, world.spec(list_name), MultiDict({"name": name, **form}))


def tab(world: World, name: str, query: str = "") -> Tab | None:
    return next((tab for tab in world.open("things", query).tabs if tab.label == name), None)


def id_of(url: str) -> str:
    return url.rpartition("view=")[2]


def test_a_view_keeps_filters_sort_size_and_columns(world: World) -> None:
    add_things(world.session, 30)
    form = MultiDict([("name", "Threes"), ("f.rank.eq", "3"), ("sort", "-title"), ("size", "25")])
    form.setlist("columns", ["rank", "title", "password", "nothing"])
    page = world.open("things", save_view(world.ctx, world.spec("things"), form))
    assert [row.label for row in page.rows] == ["Thing 3", "Thing 24", "Thing 17", "Thing 10"]
    assert [head.key for head in page.headers] == ["rank", "title"]
    assert [size.label for size in page.sizes if size.chosen] == ["25"]
    assert [tab.label for tab in page.tabs if tab.active] == ["Threes"]


def test_a_changed_view_says_so_and_can_be_overwritten(world: World) -> None:
    add_things(world.session, 30)
    url = save(world, "Threes", **{"f.rank.eq": "3"})
    changed = world.open("things", world.open("things", url).headers[0].url)
    found = next(tab for tab in changed.tabs if tab.active)
    assert (found.label, found.changed) == ("Threes", True)
    assert len(changed.rows) == 4
    form = MultiDict([*changed.fields, ("action", "overwrite")])
    again = world.open("things", change_view(world.ctx, world.spec("things"), id_of(url), form))
    assert [head.key for head in again.headers if head.direction] == ["title"]
    assert world.open("things", again.chips[0].remove_url).count == "30 things"


def test_private_words_in_a_view_are_encrypted_and_open_with_it(world: World) -> None:
    add_owners(world.session, 9)
    page = world.open("owners", search(world.ctx, world.spec("owners"), MultiDict({"words": "nomsa"})))
    url = save(world, "Nomsas", "owners", **dict(page.fields))
    view = world.session.scalars(sa.select(SavedView)).one()
    assert "nomsa" not in str(view.state).lower()
    assert b"nomsa" not in (view.private_state or b"").lower()
    opened = world.open("owners", url)
    assert (opened.words, len(opened.rows)) == ("nomsa", 2)
    assert "nomsa" not in str([head.url for head in opened.headers]).lower()
    sorted_ = world.open("owners", opened.headers[0].url)
    assert (sorted_.words, len(sorted_.rows)) == ("nomsa", 2)


def test_otto_opens_shared_views_only_and_changes_none(world: World) -> None:
    add_things(world.session, 3)
    secret, shared = save(world, "Mine"), save(world, "Ours", shared="yes")
    otto = world.as_person(world.person.permissions)
    assert tab(otto, "Mine") is None
    with pytest.raises(NotFound):
        otto.open("things", secret)
    assert otto.open("things", shared).rows
    ours = tab(otto, "Ours")
    assert ours is not None
    assert ours.manage_url == ""
    with pytest.raises(Refused, match="somebody else"):
        change_view(otto.ctx, otto.spec("things"), id_of(shared), MultiDict({"action": "delete"}))
    with pytest.raises(NotFound):
        change_view(otto.ctx, otto.spec("things"), id_of(secret), MultiDict({"action": "delete"}))


def test_a_shared_view_does_not_let_otto_filter_by_what_is_masked(world: World) -> None:
    add_owners(world.session, 9)
    url = search(world.ctx, world.spec("owners"), MultiDict({"column": "name", "op": "contains", "value": "Nomsa"}))
    shared = save(world, "Nomsas", "owners", shared="yes", **dict(world.open("owners", url).fields))
    problem = world.as_person(MASKED).open("owners", shared).problem
    assert problem is not None
    assert "clear" in problem.sentence


def test_a_default_view_opens_with_the_list_and_everything_stays_reachable(world: World) -> None:
    add_things(world.session, 30)
    url = save(world, "Threes", **{"f.rank.eq": "3"})
    form = MultiDict({"name": "Only threes", "default": "yes"})
    change_view(world.ctx, world.spec("things"), id_of(url), form)
    page = world.open("things")
    assert (len(page.rows), page.tabs[0].url) == (4, "/admin/data/shapes.things/?view=all")
    assert len(world.open("things", page.tabs[0].url).rows) == 30
    assert len(world.open("things", page.chips[0].remove_url).rows) == 30
    assert len(world.open("things", world.open("things", page.clear_url).sizes[0].url).rows) == 25


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Taken", "\x00"])
def test_a_view_needs_a_name_of_its_own(world: World, name: str) -> None:
    save(world, "Taken")
    with pytest.raises(BadRequest):
        save(world, name)


def test_a_view_is_renamed_moved_and_deleted(world: World) -> None:
    url = save(world, "First")
    spec = world.spec("things")
    change_view(world.ctx, spec, id_of(url), MultiDict({"name": "Second", "shared": "yes", "position": "7"}))
    view = world.session.scalars(sa.select(SavedView)).one()
    assert (view.name, view.shared, view.position) == ("Second", True, 7)
    with pytest.raises(BadRequest):
        change_view(world.ctx, spec, id_of(url), MultiDict({"position": "-1"}))
    change_view(world.ctx, spec, id_of(url), MultiDict({"action": "delete"}))
    assert world.session.scalars(sa.select(SavedView)).all() == []


def test_chosen_columns_are_remembered_per_list_and_person(world: World) -> None:
    add_things(world.session, 3)
    form = MultiDict([("sort", "-id"), ("place.rank", "1"), ("place.title", "2")])
    form.setlist("columns", ["title", "rank", "nothing", "owner"])
    url = choose_columns(world.ctx, world.spec("things"), form)
    assert url == "/admin/data/shapes.things/?sort=-id"
    stored = world.session.scalars(sa.select(StaffMember.preferences).where(StaffMember.id == world.person.id)).one()
    assert stored == {"columns": {"shapes.things": ["rank", "title", "owner_id"]}}
    world.person = replace(world.person, preferences=stored)
    assert [head.key for head in world.open("things").headers] == ["rank", "title", "owner_id"]
    choose_columns(world.ctx, world.spec("things"), MultiDict({"columns": "title", "reset": "yes"}))
    world.session.expire_all()
    assert world.session.scalars(sa.select(StaffMember.preferences).where(StaffMember.id == world.person.id)).one() == {
        "columns": {}
    }


@pytest.mark.parametrize("stored", [{"columns": 7}, {"columns": {"shapes.things": [1, None, "gone"]}}, {"columns": {}}])
def test_preferences_that_make_no_sense_are_as_if_they_were_not_there(world: World, stored: dict[str, object]) -> None:
    world.person = replace(world.person, preferences=stored)
    assert len(world.open("things").headers) == 7
