"""Two people, one record: nothing typed is lost, and nothing changed meanwhile is overwritten unseen."""

import sqlalchemy as sa

from admin_core.generator.context import Context
from admin_core.generator.forms.pages import Saved, form_page
from admin_core.generator.forms.views import FieldView, FormPage
from tests.admin_core.generator.forms.filling import opened, sent
from tests.admin_core.generator.forms.shapes import Desk, Firm
from tests.admin_core.generator.models import Thing

THINGS, FIRMS = "shapes.things", "forms.firms"


def thing(ctx: Context) -> Thing:
    made = Thing(title="Kettle", notes="old notes", rank=1)
    ctx.session.add(made)
    ctx.session.flush()
    return made


def fields(page: FormPage | Saved) -> dict[str, FieldView]:
    assert isinstance(page, FormPage)
    return {field.key: field for group in page.groups for field in group.fields}


def elsewhere(ctx: Context, one: Thing, **values: object) -> None:
    ctx.session.execute(sa.update(Thing).where(Thing.id == one.id).values(**values))


def test_changes_to_different_fields_are_both_kept(ctx: Context) -> None:
    one, spec = thing(ctx), ctx.registry.spec(THINGS)
    data = sent(opened(ctx, spec, str(one.id)), title="Mine")
    elsewhere(ctx, one, notes="Theirs")
    result = form_page(ctx, spec, str(one.id), data)
    assert isinstance(result, Saved)
    assert result.merged == ("Notes",)
    ctx.session.refresh(one)
    assert (one.title, one.notes) == ("Mine", "Theirs")


def test_a_field_both_changed_is_asked_about(ctx: Context) -> None:
    one, spec = thing(ctx), ctx.registry.spec(THINGS)
    data = sent(opened(ctx, spec, str(one.id)), title="Mine", rank="5")
    elsewhere(ctx, one, title="Theirs", rank=9)
    page = form_page(ctx, spec, str(one.id), data)
    assert isinstance(page, FormPage)
    assert page.conflict
    asked = fields(page)
    assert (asked["title"].value, asked["title"].theirs) == ("Mine", "Theirs")
    assert (asked["rank"].value, asked["rank"].theirs) == ("5", "9")
    assert asked["notes"].theirs is None
    ctx.session.refresh(one)
    assert one.title == "Theirs"
    again = sent(page)
    again["choose-title"], again["choose-rank"] = "mine", "theirs"
    assert isinstance(form_page(ctx, spec, str(one.id), again), Saved)
    ctx.session.refresh(one)
    assert (one.title, one.rank) == ("Mine", 9)


def test_a_second_conflict_is_asked_about_again(ctx: Context) -> None:
    one, spec = thing(ctx), ctx.registry.spec(THINGS)
    data = sent(opened(ctx, spec, str(one.id)), title="Mine")
    elsewhere(ctx, one, title="Theirs")
    page = form_page(ctx, spec, str(one.id), data)
    assert isinstance(page, FormPage)
    elsewhere(ctx, one, title="Theirs again")
    page = form_page(ctx, spec, str(one.id), sent(page))
    assert fields(page)["title"].theirs == "Theirs again"


def test_a_change_that_no_form_shows_disturbs_nobody(ctx: Context) -> None:
    one, spec = thing(ctx), ctx.registry.spec(THINGS)
    data = sent(opened(ctx, spec, str(one.id)), title="Mine")
    elsewhere(ctx, one, blob=b"machine")
    result = form_page(ctx, spec, str(one.id), data)
    assert isinstance(result, Saved)
    assert result.merged == ()


def test_both_typing_the_same_is_no_conflict(ctx: Context) -> None:
    one, spec = thing(ctx), ctx.registry.spec(THINGS)
    data = sent(opened(ctx, spec, str(one.id)), amount="1 234,50")
    elsewhere(ctx, one, amount="1234.5")
    assert isinstance(form_page(ctx, spec, str(one.id), data), Saved)


def test_a_form_without_its_version_asks_about_every_difference(ctx: Context) -> None:
    one, spec = thing(ctx), ctx.registry.spec(THINGS)
    for version in ("", "forged", opened(ctx, spec, str(thing(ctx).id)).version):
        data = sent(opened(ctx, spec, str(one.id)), title="Mine")
        data["version"] = version
        page = form_page(ctx, spec, str(one.id), data)
        assert fields(page)["title"].theirs == "Kettle"


def test_an_inline_row_changed_meanwhile_is_asked_about(ctx: Context) -> None:
    firm = Firm(name="Acme")
    firm.desks = [Desk(label="A", seats=1)]
    ctx.session.add(firm)
    ctx.session.flush()
    spec, key = ctx.registry.spec(FIRMS), str(firm.id)
    page = opened(ctx, spec, key)
    data = sent(page)
    prefix = page.inlines[0].rows[0].prefix
    data[f"{prefix}c-seats"] = "5"
    ctx.session.execute(sa.update(Desk).values(seats=7))
    page = form_page(ctx, spec, key, data)
    assert isinstance(page, FormPage)
    seats = next(f for f in page.inlines[0].rows[0].fields if f.key == "seats")
    assert (seats.value, seats.theirs, seats.prefix) == ("5", "7", prefix)
    data = sent(page)
    data[f"{prefix}choose-seats"] = "theirs"
    assert isinstance(form_page(ctx, spec, key, data), Saved)
    assert ctx.session.scalar(sa.select(Desk.seats)) == 7


def test_a_row_deleted_meanwhile_is_told(ctx: Context) -> None:
    firm = Firm(name="Acme")
    firm.desks = [Desk(label="A", seats=1)]
    ctx.session.add(firm)
    ctx.session.flush()
    spec, key = ctx.registry.spec(FIRMS), str(firm.id)
    data = sent(opened(ctx, spec, key))
    ctx.session.execute(sa.delete(Desk))
    page = form_page(ctx, spec, key, data)
    assert isinstance(page, FormPage)
    assert page.general == ("Desks: a row was deleted by somebody else meanwhile. Look again.",)
    assert isinstance(form_page(ctx, spec, key, sent(page)), Saved)
