"""Every table and view of an awkward database through every screen: never a 5xx, no row and no value lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.pool import NullPool
from werkzeug.datastructures import MultiDict

from admin_core.audit.entries import Entry
from admin_core.generator import urls
from admin_core.generator.capabilities import capabilities_of
from admin_core.generator.context import Context
from admin_core.generator.lists import list_page
from admin_core.generator.searching import search
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import list_url
from admin_core.policy import Person, PolicySession
from admin_core.reflection.models import Reflected
from admin_core.reflection.reflection import Reflection
from schema.audit import ActorKind, AuditCategory
from schema.staff import StaffMember
from tests.journeys.site import Site, arguments_of, own_site, token_in
from tests.journeys.test_walk import WORDS, example

WIDE = 100
"""Of a table with more columns a few stand for all: they are of one kind."""
BUDGET, THEIR_BUDGET = 4, 4
"""Statements to the product's own database, and to the reflected one."""


@pytest.fixture(scope="module")
def site(server_url: str, awkward_database: str) -> Iterator[Site]:
    with own_site(server_url, "reflecting", reflect_url=awkward_database) as found:
        yield found
        reflection(found).engine.dispose()


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.fixture(scope="module")
def viewer(site: Site) -> FlaskClient:
    return site.client("Viewer")


def reflection(site: Site) -> Reflection:
    assert site.machine.reflection is not None
    return site.machine.reflection


def tables(site: Site) -> list[str]:
    return [key for key in reflection(site).directory.tables if key in reflection(site)]


def page(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code, answer.text[-2000:])
    return answer.text


def records(text: str, key: str) -> list[str]:
    """Return where the rows of a list lead, in order."""
    found = re.findall(rf'href="({re.escape(list_url(key))}record/[^"/?]+)"', text)
    return [unescape(each) for each in dict.fromkeys(found)]


def test_every_table_is_found(site: Site, owner: FlaskClient) -> None:
    text = page(owner, "/admin/tables")
    keys = tables(site)
    assert len(keys) == 21
    for key in keys:
        assert f'href="{list_url(key)}"' in text, key
    assert "parted_2026" not in text
    assert "People of the other program." in text
    assert list_url("public.kinds") not in page(owner, "/admin/tables?q=plain")
    assert "No table is named like that" in page(owner, "/admin/tables?q=nothing-like-it")


def test_every_row_is_listed_and_opened(site: Site, owner: FlaskClient) -> None:
    for key in tables(site):
        seen: list[str] = []
        url: str | None = list_url(key)
        while url is not None:
            text = page(owner, url)
            seen += records(text, key)
            following = re.search(r'<a[^>]*rel="next"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*rel="next"', text)
            url = unescape(following[1] or following[2]) if following else None
        assert len(seen) == len(set(seen)), key
        assert len(seen) == rows_of(site, key), key
        for each in seen[:3]:
            page(owner, each)


def rows_of(site: Site, key: str) -> int:
    with reflection(site).engine.connect() as connection:
        outline = reflection(site).outline(key)
        name = connection.dialect.identifier_preparer.quote
        return int(connection.exec_driver_sql(
            f"SELECT count(*) FROM {name(outline.schema)}.{name(outline.name)}",
            execution_options={"no_parameters": True},
        ).scalar_one())  # fmt: skip


def test_every_sort_filter_search_and_relation_answers(site: Site, owner: FlaskClient, ada: Person) -> None:
    for key in tables(site):
        with session_of(site, ada) as session:
            ctx = Context(session, ada, site.machine.registry, site.machine.cipher, datetime.now(UTC))
            spec = site.machine.registry.spec(key)
            abilities = list(capabilities_of(session, spec).columns.items())
            for name, ability in abilities if len(abilities) < WIDE else abilities[:3]:
                for sort in (name, f"-{name}") if ability.order else ():
                    answered(ctx, spec, urls.list_url(key, sort=sort))
                for operator in ability.operators:
                    value = example(spec.columns[name], operator)
                    asked = {"column": name, "op": operator, "value": value, "until": ""}
                    answered(ctx, spec, search(ctx, spec, MultiDict(asked)))
            for words in WORDS if list_page(ctx, spec, MultiDict()).search_hint else ():
                answered(ctx, spec, search(ctx, spec, MultiDict({"words": words})))
        for record in records(page(owner, list_url(key)), key)[:2]:
            for relation in spec.children:
                page(owner, f"{record}/related/{quote(relation, safe='')}")


def answered(ctx: Context, spec: ModelSpec, url: str) -> None:
    """Check that an address of a list is understood."""
    found = list_page(ctx, spec, arguments_of(url))
    assert found.problem is None, (spec.key, url, found.problem)


@contextmanager
def session_of(site: Site, person: Person) -> Iterator[PolicySession]:
    """Yield a session like a request's."""
    with PolicySession(
        site.machine.database.engine, person=person, binds={Reflected: reflection(site).engine}
    ) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="module")
def ada(site: Site, owner: FlaskClient) -> Person:
    assert owner  # the member exists
    with site.machine.database.sessions() as session:
        member = session.scalars(sa.select(StaffMember.id).limit(1)).one()
    return Person(member, "Ada", ("Owner",), frozenset({"*"}))


def test_no_value_is_lost(owner: FlaskClient) -> None:
    shown = unescape(page(owner, list_url("public.kinds") + "record/2")).replace("\u00a0", " ")
    for value in (
        "Very Happy", "sad", "0001", '(1,"x, y")', '{"(1,a)"}', "c d", "12345678901234567890.123456789012345",
        '"a": 1, "a": 2', "0.10000000000000000001", "[1,5)", "[2026-01-01,2026-02-01)", "{[1,3),[5,7)}",
        "1 mon 3 days 04:05:06.789", "10.1.2.3/24", "10.0.0.0/8", "123 456 789 012 345 678,123456789012", "NaN", "inf",
        "0,1", "12.34", "2026-03-05T12:07:08.123456+02:00", "2026-03-05 12:07:08.654321", "infinity", "24:00:00",
        "12:00:00.5+02", "1010", "101", "08:00:2b:01:02:03", "'cat' 'fat'", "<a>b</a>", "(1,2)", "new",
        "9 223 372 036 854 775 807",
    ):  # fmt: skip
        assert value in shown, value
    outside = unescape("".join(page(owner, list_url("public.kinds") + f"record/{each}") for each in (3, 4)))
    for value in ("infinity", "-infinity", "0044-03-15 BC", "12000-01-01 00:00:00+00", "9999-12-31"):
        assert value in outside, value


def test_nothing_and_empty_are_told_apart(owner: FlaskClient) -> None:
    text = page(owner, list_url("public.texts"))
    assert "nothing</span>" in text
    assert "<script>alert(1)" not in text


def test_a_viewer_sees_what_nobody_classified_masked(site: Site, viewer: FlaskClient) -> None:
    for key in ("public.plain", "public.kinds"):
        text = page(viewer, list_url(key))
        text += "".join(page(viewer, record) for record in records(text, key)[:3])
        for value in ("Name 1<", "n1@example.com", "Very Happy@", "fat cat", "10.1.2.3"):
            assert value not in text, (key, value)
    assert "•••" in page(viewer, list_url("public.plain"))


def test_nothing_is_written_there(site: Site, owner: FlaskClient) -> None:
    for url in ("new", "record/1/edit", "record/1/delete"):
        assert "is only read" in page(owner, list_url("public.plain") + url, 400)
    with pytest.raises(sa.exc.InternalError, match="read-only transaction"), reflection(site).engine.begin() as found:
        found.execute(sa.text("DELETE FROM public.plain"))


@pytest.mark.parametrize("key", ["public.nothing", "public.secured.x", "~", "public.%00", "pg_catalog.pg_class"])
def test_what_is_not_there_is_not_found(owner: FlaskClient, key: str) -> None:
    assert owner.get(f"/admin/data/{key}/").status_code == 404


def test_references_lead_to_what_they_name(owner: FlaskClient) -> None:
    text = page(owner, list_url("other.plain"))
    assert f'href="{list_url("public.plain")}record/60">Name 60</a>' in text
    related = page(owner, list_url("public.plain") + "record/1/related/other.plain.plain_id")
    assert list_url("other.plain") + "record/1" in related


def test_a_list_is_kept_as_a_view_and_its_columns_chosen(owner: FlaskClient) -> None:
    url = list_url("public.kinds")
    token = token_in(page(owner, url))
    answer = owner.post(f"{url}columns", data={"csrf_token": token, "columns": ["id", "gap", "price"]})
    assert answer.status_code == 303
    assert "1 mon 3 days" in page(owner, url)


def test_pages_stay_in_their_budget(site: Site, owner: FlaskClient) -> None:
    for url in (list_url("public.plain"), list_url("public.plain") + "record/1", "/admin/tables"):
        page(owner, url)
        with site.counted() as statements, counted(reflection(site)) as theirs:
            page(owner, url)
        assert len(statements) <= BUDGET, (url, statements)
        assert len(theirs) <= THEIR_BUDGET, (url, theirs)


@contextmanager
def counted(found: Reflection) -> Iterator[list[str]]:
    """Yield the statements that the reflected database is asked."""
    asked: list[str] = []

    def note(_connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(found.engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(found.engine, "before_cursor_execute", note)


def test_a_table_that_changed_is_read_again(site: Site, owner: FlaskClient) -> None:
    url = list_url("public.empty_one")
    page(owner, url)
    engine = sa.create_engine(reflection(site).catalog.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE empty_one RENAME COLUMN id TO key")
    assert "not as it was" in page(owner, url, 503)
    assert "Key" in page(owner, url)
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE empty_one RENAME COLUMN key TO id")
    reflection(site).forget()


def test_our_own_pages_go_on_while_it_does_not_answer(site: Site, owner: FlaskClient) -> None:
    found = reflection(site)
    found.forget()
    kept, found.catalog = found.catalog, sa.create_engine("postgresql+psycopg://x@127.0.0.1:1/none", poolclass=NullPool)
    try:
        page(owner, "/admin/")
        assert "Customers" in page(owner, "/admin/palette?q=customers")
        for url in ("/admin/tables", list_url("public.plain")):
            page(owner, url, 503)
        assert [word for word in ("pages", "", "api") if word in site.machine.registry] == []  # as the audit log asks
    finally:
        found.catalog = kept
        found.forget()  # that it did not answer


def test_the_audit_trail_tells_of_records_of_both_databases(site: Site, owner: FlaskClient) -> None:
    member = str(site.member(owner))
    theirs = next(key for key in tables(site) if len(reflection(site).spec(key).primary_key) == 1)
    (first, *_) = records(page(owner, list_url(theirs)), theirs)
    with site.machine.database.transaction() as session:
        for kind, key in ((theirs, first.rpartition("/")[2]), ("staff_members", member)):
            words = {"category": AuditCategory.WRITE, "actor_kind": ActorKind.SYSTEM, "actor_key": "tests"}
            site.machine.audit.record(session, Entry(**words, action="rows.seen", object_type=kind, object_key=key))
        name = session.get_one(StaffMember, site.member(owner)).name
    text = unescape(page(owner, "/admin/system/audit?by=tests"))
    assert name in text
    assert text.count("rows: seen") == 2
