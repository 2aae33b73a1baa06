"""Who looked at whom is answered by person, by member and by day, lists and exports included; a page at a time."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.audit import Look
from admin_core.audit.looking import PAGE, lists_with
from schema.access_log import AccessEntry, AccessKind
from schema.customers import Customer
from schema.staff import StaffMember
from tests.journeys.secret_columns import fetched_secrets
from tests.journeys.site import Site

LOOKED = "/admin/system/looked-at"
BUDGET = 4 + 2
"""Sign-in, the looks, the members, the name of whom it is about; two for who read whose data."""


@pytest.fixture
def member(site: Site) -> uuid.UUID:
    with site.machine.database.sessions() as session:
        return session.scalars(sa.select(StaffMember.id).order_by(StaffMember.id).limit(1)).one()


def look(site: Site, member: uuid.UUID, **words: Any) -> uuid.UUID:
    given = {"kind": AccessKind.DETAIL, "model_key": "customers", "member_id": member, "field_names": ("email",)}
    return site.machine.audit.record_read(site.machine.database, Look(**{**given, **words}))


def about(key: str, **more: str) -> dict[str, str]:
    return {"kind": "customer", "key": key, **more}


def rows(page: str) -> int:
    return page.count("<tr><td>")


def test_a_look_at_somebody_alone_and_in_a_list_are_both_found(
    site: Site, owner: FlaskClient, member: uuid.UUID
) -> None:
    key, other = str(uuid.uuid4()), str(uuid.uuid4())
    look(site, member, record_key=key, subject_kind="customer", subject_key=key, reason=None)
    look(site, member, kind=AccessKind.EXPORT, subject_kind="customer", people=(key, other), row_count=2)
    look(site, member, kind=AccessKind.LIST, subject_kind="candidate", people=(key, other), row_count=2)
    page = owner.get(LOOKED, query_string=about(key)).text
    assert rows(page) == 2
    assert "Opened" in page
    assert "2 customers" in page
    held = owner.get(LOOKED, query_string=about(key, how="held")).text
    assert rows(held) == 1
    assert "Exported" in held
    with site.machine.database.sessions() as session:
        assert [entry.kind for entry in lists_with(session, "customer", key)] == [AccessKind.EXPORT]
        assert lists_with(session, "customer", "nobody") == []
    assert "Nobody looked" in owner.get(LOOKED, query_string=about(str(uuid.uuid4()))).text


def test_an_export_of_thousands_knows_everybody_in_it(site: Site, member: uuid.UUID) -> None:
    people = tuple(str(uuid.uuid4()) for _ in range(2_500))
    made = look(site, member, kind=AccessKind.EXPORT, subject_kind="customer", people=people, row_count=2_500)
    with site.machine.database.sessions() as session:
        for key in (people[0], people[1_250], people[-1]):
            assert [entry.id for entry in lists_with(session, "customer", key)] == [made]
        sizes = "SELECT cardinality(subject_keys) FROM admin.access_key_lists WHERE entry_id = :id ORDER BY position"
        assert session.scalars(sa.text(sizes), {"id": made}).all() == [1_000, 1_000, 500]
        plan = "EXPLAIN SELECT entry_id FROM admin.access_key_lists WHERE subject_keys @> ARRAY[:key]"
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        assert "ix_access_key_lists_subject_keys" in " ".join(session.scalars(sa.text(plan), {"key": people[0]}))


def test_the_answer_comes_a_page_at_a_time_and_none_is_lost(site: Site, owner: FlaskClient, member: uuid.UUID) -> None:
    key = str(uuid.uuid4())
    for number in range(PAGE + 5):
        words = {"subject_key": key} if number % 2 else {"people": (key, "1"), "kind": AccessKind.LIST, "row_count": 2}
        look(site, member, subject_kind="customer", **words)
    with site.counted() as statements:
        page = owner.get(LOOKED, query_string=about(key)).text
    assert len(statements) <= BUDGET, statements
    assert not [each for each in statements if fetched_secrets(each)]
    assert not any("OFFSET" in each or "count(" in each for each in statements)
    assert rows(page) == PAGE
    older = re.search(r'href="([^"]*before=[^"]*)"', page)
    assert older
    rest = owner.get(older[1].replace("&amp;", "&")).text
    assert rows(rest) == 5
    assert 'rel="next"' not in rest


def test_looks_are_narrowed_by_member_kind_and_day(site: Site, owner: FlaskClient, member: uuid.UUID) -> None:
    key = str(uuid.uuid4())
    look(site, member, subject_kind="customer", subject_key=key)
    look(site, member, kind=AccessKind.REVEAL, subject_kind="customer", subject_key=key, reason="<b>Asked</b>")
    today = datetime.now(UTC).astimezone().date()
    asked = {
        "how=reveal": 1,
        "how=export": 0,
        f"member={member}": 2,
        f"member={uuid.uuid4()}": 0,
        f"since={today - timedelta(days=1)}&until={today + timedelta(days=1)}": 2,
        f"until={today - timedelta(days=2)}": 0,
        f"since={today + timedelta(days=2)}": 0,
    }
    for query, count in asked.items():
        page = owner.get(LOOKED, query_string={**about(key), **dict(parse_qsl(query))}).text
        assert rows(page) == count, query
    assert "&lt;b&gt;Asked&lt;/b&gt;" in owner.get(LOOKED, query_string=about(key)).text
    assert rows(owner.get(LOOKED, query_string={"member": str(member), "how": "reveal"}).text) >= 1


@pytest.mark.parametrize(
    "query", ["member=x", "how=x", "since=x", "until=2026-13-01", "before=x", "until=9999-12-31", "since=0001-01-01"]
)
def test_a_question_that_makes_no_sense_gets_a_clear_answer(owner: FlaskClient, query: str) -> None:
    answer = owner.get(f"{LOOKED}?{query}")
    assert answer.status_code == 400
    assert "Ask again with the form" in answer.text


def test_a_record_s_page_leads_to_who_looked(site: Site, owner: FlaskClient, support: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        customer = session.scalars(sa.select(Customer).where(Customer.person_name.is_not(None)).limit(1)).one()
    record = f"/admin/data/customers/record/{customer.id}"
    support.get(record)
    page = owner.get(record).text
    found = re.search(r'hx-get="(/admin/system/looked-at[^"]*)"', page)
    assert found
    url = found[1].replace("&amp;", "&")
    assert dict(parse_qsl(urlsplit(url).query)) == {"kind": "customer", "key": str(customer.id)}
    part = owner.get(url, headers={"HX-Request": "true"}).text
    assert "<h1" not in part
    assert "Opened" in part
    assert "E-mail" in part
    whole = owner.get(url).text
    assert f'href="{record}"' in whole
    assert "/admin/system/looked-at" not in support.get(record).text


def test_a_record_that_is_about_somebody_is_asked_by_itself(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        note = session.scalar(sa.text("SELECT id FROM admin.customer_notes LIMIT 1"))
    url = f"/admin/data/customer_notes/record/{note}"
    owner.get(url)
    found = re.search(r'hx-get="(/admin/system/looked-at[^"]*)"', owner.get(url).text)
    assert found
    assert rows(owner.get(found[1].replace("&amp;", "&")).text) >= 1


def test_the_log_s_list_is_filtered_by_member_kind_and_list(site: Site, owner: FlaskClient, member: uuid.UUID) -> None:
    made = look(site, member, kind=AccessKind.REVEAL, subject_kind="customer", subject_key="1", reason="Asked")
    fits = (f"f.member_id.eq={member}", "f.kind.eq=reveal", "f.model_key.eq=customers")
    fits_not = (f"f.member_id.eq={uuid.uuid4()}", "f.kind.eq=export", "f.model_key.eq=candidates")
    for queries, listed in ((fits, True), (fits_not, False)):
        for query in queries:
            answer = owner.get(f"/admin/data/access_entries/?{query}&sort=-id&size=200")
            assert answer.status_code == 200, query
            assert (f"/record/{made}" in answer.text) is listed, query


def test_otto_may_not_know_who_looked(viewer: FlaskClient, support: FlaskClient) -> None:
    assert viewer.get(LOOKED).status_code == 403
    assert support.get(LOOKED).status_code == 403


def test_reading_who_looked_is_a_look(site: Site, owner: FlaskClient, member: uuid.UUID) -> None:
    key = str(uuid.uuid4())
    look(site, member, kind=AccessKind.REVEAL, subject_kind="customer", subject_key=key, reason="Asked")
    owner.get(LOOKED, query_string=about(key))
    with site.machine.database.sessions() as session:
        newest = sa.select(AccessEntry).filter_by(model_key="access_entries").order_by(AccessEntry.id.desc()).limit(1)
        assert "reason" in session.scalars(newest).one().field_names
