"""Every model through every generated route: the designed answer within the statement budget, never a 5xx.

Sorts, filters and searches run below HTTP, through the functions that the routes call: there are thousands of them.
"""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

import schema
from admin_core.generator import urls
from admin_core.generator.capabilities import capabilities_of
from admin_core.generator.context import Context
from admin_core.generator.ids import encode_key
from admin_core.generator.lists import list_page
from admin_core.generator.registry import Registry
from admin_core.generator.searching import search
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import Person, PolicySession, rules_on
from schema.base import Base
from tests.journeys.secret_columns import fetched_secrets
from tests.journeys.site import Site, arguments_of, token_in

schema.load_models()
REGISTRY = Registry.of(Base)
MODELS = list(REGISTRY)
SOME = MODELS[::12]
"""Enough shapes for what doesn't depend on a model's columns."""

LIST_BUDGET = 6
PAGE_BUDGET = 4
"""A record's page: sign-in state, the record with the names of what it refers to."""
LOG_BUDGET = 3
"""Whether the same was read a moment ago, whose data it is, and the entry of who read it."""
NAMED_BUDGET = 2
"""Whose data it is, and the entry, for each further kind of record that is named on the page."""
FORM_BUDGET = 14
"""One more statement per reference that is named, and per inline."""
DELETE_BUDGET = 4
"""Sign-in state, the record, its name, and what else would go, counted in one statement."""

EXAMPLES = {
    "text": "ada", "longtext": "ada", "integer": "1", "decimal": "1.5", "float": "1.5", "boolean": "yes",
    "date": "2026-03-05", "moment": "2026-03-05", "local_moment": "2026-03-05", "time": "14:07", "array": "ada",
    "uuid": "01981c3e-0000-7000-8000-000000000000", "inet": "196.25.1.1",
}  # fmt: skip
WORDS = ("ada", "%_\\", "ada@example.com", "082 123 4567", "01981c3e-0000-7000-8000-000000000000")
MALFORMED = (
    "f.nope.eq=1", "f.id.nope=1", "f.id.eq=%00", "after=x", "before=%00", "size=-1", "size=ten", "sort=nope", "sort=-",
    "v=nope", "view=nope", "from=x", "at=x", "add=nope", "f9.id.eq=1", "last=x", "q=%00", "after=" + "A" * 3_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def ada(site: Site) -> Person:
    """Return an Owner."""
    with site.machine.database.sessions() as session:
        member = session.execute(sa.text("SELECT id FROM admin.staff_members LIMIT 1")).scalar() or uuid4()
    return Person(member, "Ada", ("Owner",), frozenset({"*"}))


def get(site: Site, client: FlaskClient, url: str, budget: int, status: int = 200) -> str:
    """Return a page, having checked its status and its number of statements."""
    with site.counted() as statements:
        answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code, answer.text[-1500:])
    assert len(statements) <= budget, (url, statements)
    assert not (taken := [each for each in statements if fetched_secrets(each)]), (url, taken)
    return answer.text


def some_id(site: Site, spec: ModelSpec) -> str | None:
    """Return the id of any record, None when the table is empty."""
    with site.machine.database.sessions() as session:
        row = session.execute(sa.select(*(getattr(spec.model, key) for key in spec.primary_key)).limit(1)).first()
    return encode_key(tuple(row)) if row else None


@pytest.mark.parametrize("key", MODELS)
def test_a_list_opens_within_its_budget(site: Site, owner: FlaskClient, key: str) -> None:
    assert REGISTRY.spec(key).plural in get(site, owner, urls.list_url(key), LIST_BUDGET + LOG_BUDGET)


@pytest.mark.parametrize("key", MODELS)
def test_every_sort_filter_operator_and_search_answers(site: Site, ada: Person, key: str) -> None:
    spec = REGISTRY.spec(key)
    with PolicySession(site.machine.database.engine, person=ada) as session:
        ctx = Context(session, ada, site.machine.registry, site.machine.cipher, datetime.now(UTC))
        for place, (name, ability) in enumerate(capabilities_of(session, spec).columns.items()):
            way = "-" if place % 2 else ""  # both ways of each kind of column are walked below HTTP
            url = urls.list_url(key, sort=f"{way}{name}" if ability.order else "")
            for operator in ability.operators:  # each is added to those before it, as a person does
                value = example(spec.columns[name], operator)
                added = {"column": name, "op": operator, "value": value, "until": ""}
                url = search(ctx, spec, MultiDict([*arguments_of(url).items(multi=True), *added.items()]))
            shown(site, ctx, spec, url)
        for words in WORDS if list_page(ctx, spec, MultiDict()).search_hint else ():
            shown(site, ctx, spec, search(ctx, spec, MultiDict({"words": words})))
        session.rollback()


def shown(site: Site, ctx: Context, spec: ModelSpec, url: str) -> None:
    """Check that a list's address shows rows without a problem, within its budget."""
    capabilities_of(ctx.session, spec)  # read anew every now and then, and not while we count
    with site.counted() as statements:
        page = list_page(ctx, spec, arguments_of(url))
    assert page.problem is None, (url, page.problem)
    assert len(statements) < LIST_BUDGET, (url, statements)
    assert not (taken := [each for each in statements if fetched_secrets(each)]), (url, taken)


@pytest.mark.parametrize("key", MODELS)
def test_records_and_what_belongs_to_them_open(site: Site, owner: FlaskClient, key: str) -> None:
    spec = REGISTRY.spec(key)
    found = some_id(site, spec)
    if found is not None:
        budget = PAGE_BUDGET + LOG_BUDGET + NAMED_BUDGET * len(named_apart(spec))
        page = get(site, owner, urls.record_url(key, found), budget)
        assert (f'{urls.edit_url(key, found)}"' in page) == (spec.writes == "forms")
        for relation in spec.children:
            get(site, owner, urls.related_url(key, found, relation), PAGE_BUDGET + 2 + LOG_BUDGET)


def named_apart(spec: ModelSpec) -> set[str]:
    """Return the models whose records the page names without a relationship that leads to them."""
    return {c.reference.model for c in spec.columns.values() if c.reference and not c.reference.relation}


@pytest.mark.parametrize("key", MODELS)
def test_forms_open_where_forms_write_and_nowhere_else(site: Site, owner: FlaskClient, key: str) -> None:
    spec = REGISTRY.spec(key)
    status = 200 if spec.writes == "forms" else 400
    get(site, owner, urls.new_url(key), FORM_BUDGET, status)
    found = some_id(site, spec)
    if found is not None:
        form = get(site, owner, urls.edit_url(key, found), FORM_BUDGET + LOG_BUDGET, status)
        assert status == 400 or token_in(form)
        get(site, owner, urls.delete_url(key, found), DELETE_BUDGET + LOG_BUDGET, status)


@pytest.mark.parametrize("key", SOME)
@pytest.mark.parametrize("query", MALFORMED)
def test_a_malformed_address_gets_a_clear_answer(owner: FlaskClient, key: str, query: str) -> None:
    answer = owner.get(f"{urls.list_url(key)}?{query}")
    assert answer.status_code in {200, 302, 303, 400, 404}, (key, query, answer.text[-1500:])
    assert "<h1" in answer.text or answer.status_code in {302, 303}


@pytest.mark.parametrize("key", SOME)
@pytest.mark.parametrize("made", ["x", "%00", "1,2,3", "9" * 40, "%F0%9F%92%A9", "..%2F"])
@pytest.mark.parametrize("page", ["", "/edit", "/delete", "/related/nope"])
def test_a_malformed_id_is_not_found(owner: FlaskClient, key: str, made: str, page: str) -> None:
    answer = owner.get(f"{urls.model_url(key)}/record/{made}{page}", follow_redirects=True)
    assert answer.status_code in {400, 404}, (key, made, page, answer.text[-1500:])


@pytest.mark.parametrize("key", MODELS)
def test_support_and_viewer_get_a_page_or_a_refusal(
    site: Site, support: FlaskClient, viewer: FlaskClient, key: str
) -> None:
    spec = REGISTRY.spec(key)
    found = some_id(site, spec)
    for client in (support, viewer):
        listed = client.get(urls.list_url(key))
        assert listed.status_code in {200, 403}, (key, listed.text[-1500:])
        if found:
            known = {listed.status_code} | ({404} if rules_on(spec.model) else set())  # hidden from them by a rule
            assert client.get(urls.record_url(key, found)).status_code in known
    assert viewer.get(urls.new_url(key)).status_code == 403


def example(column: ColumnSpec, operator: str) -> str:
    """Return a value that the operator takes."""
    if operator == "within":
        return "last_30_days"
    return column.choices[0][0] if column.choices else EXAMPLES.get(column.kind, "")
