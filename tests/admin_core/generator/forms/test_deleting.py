"""Deleting: what the page says beforehand is what happens."""

import uuid

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.forms.deleting import Deleted, DeletePage, delete_page
from admin_core.policy import Person, Refused
from tests.admin_core.generator.forms.conftest import context_on
from tests.admin_core.generator.forms.shapes import Contract, Desk, Firm, Lamp
from tests.admin_core.generator.models import Owner, Thing, Topic

FIRMS, THINGS, OWNERS, TOPICS = "forms.firms", "shapes.things", "shapes.owners", "shapes.topics"


def firm(ctx: Context, name: str = "Acme", desks: int = 0, lamps: int = 0) -> Firm:
    made = Firm(name=name)
    made.desks = [Desk(label=f"D{n}", seats=1) for n in range(desks)]
    ctx.session.add(made)
    ctx.session.flush()
    for desk in made.desks:
        ctx.session.add_all(Lamp(desk_id=desk.id, firm_id=made.id) for _ in range(lamps))
    ctx.session.flush()
    return made


def asked(ctx: Context, key: str, record: object) -> DeletePage:
    page = delete_page(ctx, ctx.registry.spec(key), str(record))
    assert isinstance(page, DeletePage)
    return page


def count(ctx: Context, model: type) -> int:
    return ctx.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def confirm(ctx: Context, page: DeletePage) -> DeletePage | Deleted:
    return delete_page(ctx, page.spec, page.record_id, MultiDict({"version": page.version}))


def test_the_radius_follows_cascades_and_counts_what_stays(ctx: Context) -> None:
    made = firm(ctx, desks=3, lamps=2)
    other = firm(ctx, "Other", desks=1, lamps=4)
    stray = Lamp(desk_id=other.desks[0].id, firm_id=made.id)
    ctx.session.add(stray)
    ctx.session.flush()
    page = asked(ctx, FIRMS, made.id)
    found = {(effect.rule, effect.label): (effect.count, effect.depth) for effect in page.effects}
    assert found == {("delete", "Desks"): (3, 1), ("delete", "Lamps"): (6, 2), ("clear", "Lamps"): (1, 1)}
    assert page.touched == "10"
    before = count(ctx, Desk), count(ctx, Lamp)
    assert confirm(ctx, page) == Deleted("Acme")
    assert (count(ctx, Desk), count(ctx, Lamp)) == (before[0] - 3, before[1] - 6)
    ctx.session.refresh(stray)
    assert stray.firm_id is None


def test_what_restricts_is_named_linked_and_obeyed(ctx: Context) -> None:
    made = firm(ctx, desks=1)
    ctx.session.add_all(Contract(firm_id=made.id, text="t") for _ in range(2))
    ctx.session.add(Firm(name="Child", parent_id=made.id))
    ctx.session.flush()
    page = asked(ctx, FIRMS, made.id)
    assert [(e.label, e.count, e.url) for e in page.blocks] == [
        ("Contracts", 2, f"/admin/data/forms.contracts/?f.firm_id.eq={made.id}"),
        ("Firms", 1, f"/admin/data/forms.firms/?f.parent_id.eq={made.id}"),
    ]
    answer = confirm(ctx, page)
    assert isinstance(answer, DeletePage)
    assert "depend on it" in answer.problem
    assert count(ctx, Desk) == 1


def test_a_row_that_restricts_is_not_said_to_stay_by_another_key(ctx: Context) -> None:
    made = firm(ctx, desks=1)
    ctx.session.add(Contract(firm_id=made.id, desk_id=made.desks[0].id, text="t"))
    other = Contract(firm_id=firm(ctx, "Other").id, desk_id=made.desks[0].id, text="t")
    ctx.session.add(other)
    ctx.session.flush()
    found = [(e.rule, e.label, e.count) for e in asked(ctx, FIRMS, made.id).effects]
    assert found == [("block", "Contracts", 1), ("delete", "Desks", 1), ("clear", "Contracts", 1)]


def test_a_record_that_points_to_itself_does_not_stand_in_its_own_way(ctx: Context) -> None:
    made = firm(ctx)
    made.parent_id = made.id
    ctx.session.flush()
    page = asked(ctx, FIRMS, made.id)
    assert page.effects == ()
    assert isinstance(confirm(ctx, page), Deleted)


def test_children_are_never_unlinked_one_by_one(ctx: Context) -> None:
    made = firm(ctx, desks=2)
    statements: list[str] = []
    page = asked(ctx, FIRMS, made.id)

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(ctx.session.connection(), "before_cursor_execute", note)
    confirm(ctx, page)
    ctx.session.flush()
    assert [s.split()[0] for s in statements if s.split()[0] in {"UPDATE", "DELETE"}] == ["DELETE"]


def test_links_of_unmapped_tables_count_too(ctx: Context) -> None:
    one, topic = Thing(title="Kettle"), Topic(code="t", label="T")
    one.topics.append(topic)
    ctx.session.add(one)
    ctx.session.flush()
    page = asked(ctx, THINGS, one.id)
    assert [(e.rule, e.label, e.count) for e in page.effects] == [("delete", "Links in thing topics", 1)]
    page = asked(ctx, TOPICS, "t")
    assert [(e.rule, e.count) for e in page.blocks] == [("block", 1)]


def test_counts_stop_at_a_thousand(ctx: Context) -> None:
    owner = Owner(name="Nomsa")
    ctx.session.add(owner)
    ctx.session.flush()
    ctx.session.execute(sa.insert(Thing), [{"title": f"T{n}", "owner_id": owner.id} for n in range(1_002)])
    page = asked(ctx, OWNERS, owner.id)
    assert [(e.label, e.count, e.capped) for e in page.deletes] == [("Things", 1_000, True)]
    assert page.deletes[0].words == "Things: 1\u00a0000+"
    assert page.touched == "1\u00a0001+"


def test_a_record_changed_meanwhile_is_shown_again(ctx: Context) -> None:
    made = firm(ctx)
    page = asked(ctx, FIRMS, made.id)
    made.name = "Renamed"
    ctx.session.flush()
    answer = confirm(ctx, page)
    assert isinstance(answer, DeletePage)
    assert "changed after you opened" in answer.problem
    assert isinstance(confirm(ctx, answer), Deleted)
    with pytest.raises(NotFound):
        confirm(ctx, answer)


@pytest.mark.parametrize("version", ["", "x", "gAAAA", "\x00"])
def test_a_version_we_did_not_make_deletes_nothing(ctx: Context, version: str) -> None:
    made = firm(ctx)
    answer = delete_page(ctx, ctx.registry.spec(FIRMS), str(made.id), MultiDict({"version": version}))
    assert isinstance(answer, DeletePage)
    assert count(ctx, Firm) == 1


def test_otto_may_not_delete(ctx: Context) -> None:
    made = firm(ctx)
    editor = Person(uuid.UUID(int=3), "Otto", ("Support",), frozenset({"data:*:read", "data:*:edit"}))
    with pytest.raises(Refused):
        delete_page(context_on(ctx.session, editor), ctx.registry.spec(FIRMS), str(made.id))
    with pytest.raises(BadRequest):
        delete_page(ctx, ctx.registry.spec("shapes.readings"), "x,y")
    with pytest.raises(NotFound):
        delete_page(ctx, ctx.registry.spec(FIRMS), "99999999999999999999")
