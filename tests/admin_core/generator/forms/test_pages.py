"""Creating and editing through the form functions, against the real database."""

import uuid
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.forms.pages import Saved, form_page
from admin_core.generator.forms.views import FormPage
from admin_core.policy import Person, Refused
from tests.admin_core.generator.forms.conftest import context_on
from tests.admin_core.generator.forms.filling import errors_of, opened, saved, sent, submit
from tests.admin_core.generator.forms.shapes import Desk, Firm, Limit
from tests.admin_core.generator.models import Owner, Thing, Topic

THINGS, OWNERS, TOPICS, LIMITS, FIRMS = "shapes.things", "shapes.owners", "shapes.topics", "forms.limits", "forms.firms"


def thing(ctx: Context, **values: object) -> Thing:
    found = Thing(**{"title": "Kettle", **values})
    ctx.session.add(found)
    ctx.session.flush()
    return found


def test_a_new_record_takes_what_was_typed_and_leaves_the_rest_to_the_database(ctx: Context) -> None:
    spec = ctx.registry.spec(THINGS)
    made = saved(ctx, spec, title="Lamp", amount="1 234,5", is_live="true", colour="green", labels="a\nb", rank="7")
    assert (made.title, str(made.amount), made.is_live, made.colour.value) == ("Lamp", "1234.5000", True, "green")
    assert (made.labels, made.size, made.notes, made.doubled) == (["a", "b"], "small", None, 14)


def test_columns_named_like_wtforms_attributes_are_ordinary_columns(ctx: Context) -> None:
    spec = ctx.registry.spec(THINGS)
    names = ("meta", "process", "validate", "data", "errors", "populate_obj")
    made = saved(ctx, spec, title="Odd", **{name: name[:5] for name in names})
    assert [getattr(made, name) for name in names] == [name[:5] for name in names]
    result = submit(ctx, spec, title="Odd 2", validate="too long for five")
    assert "at most 5" in errors_of(result)["validate"]


def test_an_untouched_form_changes_nothing_and_keeps_microseconds(ctx: Context) -> None:
    moment = datetime(2026, 3, 5, 12, 7, 33, 123456, tzinfo=UTC)
    one = thing(ctx, made_at=moment, notes="a\r\nb", extra={"b": 1, "a": [1.5]}, local_at=moment.replace(tzinfo=None))
    spec, key = ctx.registry.spec(THINGS), str(one.id)
    before = ctx.session.scalar(sa.select(sa.literal_column("shapes.things.ctid::text")).select_from(Thing))
    page = opened(ctx, spec, key)
    data = sent(page)
    data["c-notes"] = "a\r\nb"
    assert isinstance(form_page(ctx, spec, key, data), Saved)
    after = ctx.session.scalar(sa.select(sa.literal_column("shapes.things.ctid::text")).select_from(Thing))
    assert before == after
    assert one.made_at == moment
    assert saved(ctx, spec, key, title="Changed").made_at == moment


def test_only_changed_columns_are_written(ctx: Context) -> None:
    one = thing(ctx, rank=1, notes="keep")
    statements: list[str] = []
    spec, key = ctx.registry.spec(THINGS), str(one.id)
    data = sent(opened(ctx, spec, key), title="New name")
    connection = ctx.session.connection()

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(connection, "before_cursor_execute", note)
    form_page(ctx, spec, key, data)
    updates = [s for s in statements if s.startswith("UPDATE")]
    assert len(updates) == 1
    assert updates[0].startswith("UPDATE shapes.things SET title=")
    assert len(statements) <= 4, statements


def test_empty_means_null_where_null_is_allowed_and_is_refused_elsewhere(ctx: Context) -> None:
    one = thing(ctx, notes="x", rank=3, labels=["a"])
    spec, key = ctx.registry.spec(THINGS), str(one.id)
    changed = saved(ctx, spec, key, notes="", rank="", labels="[]")
    assert (changed.notes, changed.rank, changed.labels) == (None, None, [])
    assert errors_of(submit(ctx, spec, key, title="")) == {"title": "Fill this in."}


def test_json_null_and_no_json_differ(ctx: Context) -> None:
    spec = ctx.registry.spec(LIMITS)
    made = saved(ctx, spec, name="ab", facts="null", raw='{"a": 1}')
    kind = sa.select(sa.func.jsonb_typeof(Limit.facts), Limit.facts.is_(None)).where(Limit.id == made.id)
    assert ctx.session.execute(kind).one()[0] == "null"
    assert saved(ctx, spec, str(made.id), raw="").raw is None
    assert ctx.session.scalar(sa.select(sa.cast(Limit.raw, sa.Text)).where(Limit.id == made.id)) is None


def test_typed_values_survive_an_error(ctx: Context) -> None:
    page = submit(ctx, ctx.registry.spec(THINGS), title="", notes="long story", amount="1,234", extra='{"a":')
    assert isinstance(page, FormPage)
    values = {field.key: field.value for group in page.groups for field in group.fields}
    assert (values["notes"], values["amount"], values["extra"]) == ("long story", "1,234", '{"a":')
    assert set(errors_of(page)) == {"title", "amount", "extra"}
    assert "two numbers" in errors_of(page)["amount"]
    assert [entry[0] for entry in page.errors] == ["c-title", "c-amount", "c-extra"]


def test_what_may_be_set_once_is_set_once(ctx: Context) -> None:
    spec = ctx.registry.spec(LIMITS)
    made = saved(ctx, spec, name="ab", fixed="eight")
    assert made.fixed == "eight"
    key = str(made.id)
    page = opened(ctx, spec, key)
    assert ("Fixed", "eight") in page.fixed
    assert saved(ctx, spec, key, fixed="nine").fixed == "eight"


def test_keys_typed_by_people_stand_in_new_forms_only(ctx: Context) -> None:
    spec = ctx.registry.spec(TOPICS)
    assert saved(ctx, spec, code="a/b,c", label="Odd key").code == "a/b,c"
    assert "already" in errors_of(submit(ctx, spec, code="a/b,c"))["code"]
    assert saved(ctx, spec, "a%2Fb%2Cc", code="other", label="Same").code == "a/b,c"


def test_a_secret_is_never_shown_and_kept_when_left_empty(ctx: Context) -> None:
    owner = Owner(name="Nomsa", password="quince-canary")
    ctx.session.add(owner)
    ctx.session.flush()
    spec, key = ctx.registry.spec(OWNERS), str(owner.id)
    page = opened(ctx, spec, key)
    assert "quince-canary" not in repr(page)
    assert saved(ctx, spec, key, name="Nomsa N").password == "quince-canary"
    assert saved(ctx, spec, key, password="new one").password == "new one"


def test_masked_columns_are_left_out_and_never_overwritten(ctx: Context) -> None:
    owner = Owner(name="Nomsa", email="nomsa@example.com", phone="+27821234567", town="Soweto")
    ctx.session.add(owner)
    ctx.session.flush()
    otto = Person(uuid.UUID(int=2), "Otto", ("Support",), frozenset({"data:*", "pii:identity:read"}))
    theirs = context_on(ctx.session, otto)
    spec, key = ctx.registry.spec(OWNERS), str(owner.id)
    page = opened(theirs, spec, key)
    keys = {field.key for group in page.groups for field in group.fields}
    assert "town" in keys
    assert not keys & {"email", "phone"}
    assert "nomsa@example.com" not in repr(page)
    data = sent(page, town="Durban", email="otto@example.com")
    assert isinstance(form_page(theirs, spec, key, data), Saved)
    ctx.session.expire_all()
    assert (owner.town, owner.email) == ("Durban", "nomsa@example.com")


def test_otto_may_not(ctx: Context) -> None:
    one = thing(ctx)
    reader = Person(uuid.UUID(int=3), "Otto", ("Viewer",), frozenset({"data:*:read"}))
    otto, spec = context_on(ctx.session, reader), ctx.registry.spec(THINGS)
    for key in (None, str(one.id)):
        with pytest.raises(Refused):
            form_page(otto, spec, key)
        with pytest.raises(Refused):
            form_page(otto, spec, key, MultiDict({"c-title": "x"}))
    with pytest.raises(BadRequest, match="not written in a form"):
        form_page(ctx, ctx.registry.spec("shapes.readings"))


@pytest.mark.parametrize("key", ["0", "-1", "99999999999999999999", "9" * 18, "x", "", "1,2", "\x00", "1 OR 1=1"])
def test_an_id_of_nothing_is_not_found(ctx: Context, key: str) -> None:
    with pytest.raises(NotFound):
        form_page(ctx, ctx.registry.spec(THINGS), key)


def test_checks_are_said_in_words_before_the_database_says_them(ctx: Context) -> None:
    spec = ctx.registry.spec(LIMITS)
    cases = {
        "small": ("101", "Small must be between 0 and 100."),
        "code": ("abc", "Code must match the pattern ^[A-Z]{3}[0-9]?$."),
        "name": ("a", "Name must be at least 2"),
        "lower_mail": ("A@B", "Lower mail must be"),
        "mood": ("angry", "Mood must be one of calm, busy."),
    }
    for key, (text, sentence) in cases.items():
        typed = {"name": "ab", key: text}
        assert sentence.split(" must ")[0] in errors_of(submit(ctx, spec, **typed))[key], key
    found = errors_of(submit(ctx, spec, name="ab", first_day="2026-02-01", last_day="2026-01-01"))
    assert found["first_day"] == found["last_day"] == "First day must not be after Last day."


def test_what_only_the_database_can_judge_becomes_a_sentence_without_values(ctx: Context) -> None:
    result = submit(ctx, ctx.registry.spec(LIMITS), name="ab", note="six canary-text")
    assert errors_of(result) == {"note": "It breaks the rule “note without x”."}
    assert isinstance(result, FormPage)
    assert "INSERT" not in repr(result)


def test_unique_values_are_asked_for_and_the_other_record_is_linked(ctx: Context) -> None:
    spec = ctx.registry.spec(LIMITS)
    first = saved(ctx, spec, name="taken", code="ABC", tiny="1", lower_mail="a@b")
    result = submit(ctx, spec, name="taken")
    assert errors_of(result) == {"name": "Another limit has this name already."}
    link = next(f.link for g in result.groups for f in g.fields if f.key == "name")  # type: ignore[union-attr]
    assert link == (f"/admin/data/forms.limits/record/{first.id}", "taken")
    assert saved(ctx, spec, name="taken", ended_at="2026-01-01T10:00").name == "taken"
    pair = errors_of(submit(ctx, spec, name="other", code="ABC", tiny="1"))
    assert pair["code"] == pair["tiny"] == "Another limit has the same code and tiny already."
    assert "already" in errors_of(submit(ctx, spec, name="third", lower_mail="a@b"))["lower_mail"]
    assert saved(ctx, spec, str(first.id), name="taken", plain="3").plain == 3


def test_where_nothing_counts_as_a_value_it_is_unique_too(ctx: Context) -> None:
    spec = ctx.registry.spec("forms.shelves")
    first = saved(ctx, spec, height="3")
    result = submit(ctx, spec, height="3")
    assert errors_of(result)["height"] == "Another shelf has the same room and height already."
    link = next(f.link for g in result.groups for f in g.fields if f.key == "height")  # type: ignore[union-attr]
    assert link == (f"/admin/data/forms.shelves/record/{first.id}", f"Shelf {first.id}")
    assert saved(ctx, spec, height="3", room="Hall").id != first.id
    assert saved(ctx, spec, str(first.id), height="4").height == 4


def test_a_person_cannot_link_to_what_is_not_there(ctx: Context) -> None:
    spec = ctx.registry.spec(THINGS)
    for text, sentence in ((str(uuid.uuid4()), "There is no such owner"), ("x", "Type an id")):
        assert sentence in errors_of(submit(ctx, spec, title="x", owner_id=text))["owner_id"]


def test_a_search_without_javascript_lists_its_matches(ctx: Context) -> None:
    finn = Owner(name="Finn Botha")
    ctx.session.add_all([finn, Owner(name="Finn Dlamini")])
    ctx.session.flush()
    spec = ctx.registry.spec(THINGS)
    data = sent(opened(ctx, spec), title="Chair")
    data["c-owner_id~search"] = "finn"
    page = form_page(ctx, spec, None, data)
    assert isinstance(page, FormPage)
    field = next(f for g in page.groups for f in g.fields if f.key == "owner_id")
    assert [text for _, text in field.choices] == ["Finn Botha", "Finn Dlamini"]
    assert field.errors == ("Choose one of those found for “finn”.",)
    data = sent(page)
    data["c-owner_id~search"] = str(finn.id)
    assert isinstance(form_page(ctx, spec, None, data), Saved)
    data = sent(opened(ctx, spec), title="Chair 2")
    data["c-owner_id~search"] = "nobody at all"
    assert "Nothing was found" in errors_of(form_page(ctx, spec, None, data))["owner_id"]


def test_values_in_the_address_start_a_new_form(ctx: Context) -> None:
    page = form_page(ctx, ctx.registry.spec(THINGS), None, None, MultiDict({"title": "From a link", "bogus": "x"}))
    assert isinstance(page, FormPage)
    assert page.groups[0].fields[0].value == "From a link"


def test_a_save_never_touches_what_belongs_to_the_record(ctx: Context) -> None:
    topic = Topic(code="t1", label="One")
    one = thing(ctx)
    one.topics.append(topic)
    one.parts.append(Thing(title="Part"))
    ctx.session.flush()
    ctx.session.expunge_all()
    spec = ctx.registry.spec(THINGS)
    saved(ctx, spec, str(one.id), title="Still has both")
    again = ctx.session.get(Thing, one.id)
    assert again is not None
    assert ([t.code for t in again.topics], [p.title for p in again.parts]) == (["t1"], ["Part"])


def test_then_says_where_to_go(ctx: Context) -> None:
    spec = ctx.registry.spec(FIRMS)
    data = sent(opened(ctx, spec), name="Acme")
    data["then"] = "add"
    result = form_page(ctx, spec, None, data)
    assert isinstance(result, Saved)
    assert (result.then, result.label, result.created) == ("add", "Acme", True)


def test_inline_rows_are_added_changed_and_removed_with_their_parent(ctx: Context) -> None:
    spec = ctx.registry.spec(FIRMS)
    data = sent(opened(ctx, spec), name="Acme")
    data.update({"i-desks-0-c-label": "A", "i-desks-0-c-seats": "2", "i-desks-1-c-label": "", "i-desks-1-c-seats": "1"})
    result = form_page(ctx, spec, None, data)
    assert isinstance(result, Saved)
    key = result.record_id
    assert rows(ctx, key) == [("A", 2)]
    page = opened(ctx, spec, key)
    row = page.inlines[0].rows[0]
    data = sent(page)
    data.update({f"{row.prefix}c-seats": "5", "i-desks-7-c-label": "B"})
    assert isinstance(form_page(ctx, spec, key, data), Saved)
    assert rows(ctx, key) == [("A", 5), ("B", 1)]
    page = opened(ctx, spec, key)
    data = sent(page)
    data[f"{page.inlines[0].rows[0].prefix}drop"] = "1"
    assert isinstance(form_page(ctx, spec, key, data), Saved)
    assert rows(ctx, key) == [("B", 1)]


def rows(ctx: Context, key: str) -> list[tuple[str, int]]:
    statement = sa.select(Desk.label, Desk.seats).where(Desk.firm_id == int(key)).order_by(Desk.label)
    return [(label, seats) for label, seats in ctx.session.execute(statement)]


def test_one_bad_inline_row_stops_everything_and_nothing_is_lost(ctx: Context) -> None:
    spec = ctx.registry.spec(FIRMS)
    data = sent(opened(ctx, spec), name="Acme")
    data.update({"i-desks-0-c-label": "A", "i-desks-0-c-seats": "0"})
    page = form_page(ctx, spec, None, data)
    assert isinstance(page, FormPage)
    assert page.errors == (("i-desks-0-c-seats", "Desks: Seats", "Seats must be more than 0."),)
    assert {f.key: f.value for f in page.inlines[0].rows[0].fields}["label"] == "A"
    data.update(
        {"i-desks-0-c-seats": "1", "i-desks-1-c-label": "A"}
    )  # the pair must be unique: only the database sees it
    page = form_page(ctx, spec, None, data)
    assert isinstance(page, FormPage)
    assert "same firm and label" in " ".join(s for *_, s in page.errors)
    assert ctx.session.scalar(sa.select(sa.func.count(Firm.id))) == 0


def test_another_row_is_added_without_javascript(ctx: Context) -> None:
    spec = ctx.registry.spec(FIRMS)
    data = sent(opened(ctx, spec), name="Acme")
    data["add"] = "desks"
    page = form_page(ctx, spec, None, data)
    assert isinstance(page, FormPage)
    data = sent(page)
    data["add"] = "desks"
    page = form_page(ctx, spec, None, data)
    assert isinstance(page, FormPage)
    assert [row.prefix for row in page.inlines[0].rows] == ["i-desks-0-", "i-desks-1-"]
    assert page.groups[0].fields[0].value == "Acme"
    assert page.inlines[0].blank is not None
    assert page.inlines[0].blank.fields[0].id == "i-desks-__n__-c-label"


def test_a_form_shows_a_bounded_number_of_rows(ctx: Context) -> None:
    firm = Firm(name="Big")
    firm.desks = [Desk(label=f"D{n}", seats=1) for n in range(51)]
    ctx.session.add(firm)
    ctx.session.flush()
    page = opened(ctx, ctx.registry.spec(FIRMS), str(firm.id))
    assert page.inlines[0].rows == ()
    assert page.inlines[0].more_url == f"/admin/data/forms.desks/?f.firm_id.eq={firm.id}"
    assert isinstance(submit(ctx, ctx.registry.spec(FIRMS), str(firm.id), name="Bigger"), Saved)
    assert ctx.session.scalar(sa.select(sa.func.count(Desk.id))) == 51


def test_a_form_never_loads_the_table_it_refers_to(ctx: Context) -> None:
    ctx.session.execute(sa.insert(Owner), [{"name": f"Owner {n}"} for n in range(500)])
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(ctx.session.connection(), "before_cursor_execute", note)
    page = opened(ctx, ctx.registry.spec(THINGS))
    field = next(f for g in page.groups for f in g.fields if f.key == "owner_id")
    assert (statements, field.choices) == ([], ())
    owner = ctx.session.scalars(sa.select(Owner).limit(1)).one()
    one = thing(ctx, owner_id=owner.id)
    statements.clear()
    page = opened(ctx, ctx.registry.spec(THINGS), str(one.id))
    field = next(f for g in page.groups for f in g.fields if f.key == "owner_id")
    assert field.choices == ((str(owner.id), owner.name),)
    assert len(statements) == 2
