"""Who read whose data is written down before the page goes out; what is masked is not read."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import selectinload

from admin_core.audit import reads
from admin_core.audit.recording import AuditLog
from schema.access_log import AccessEntry, AccessKind
from schema.accounts import CustomerNote
from schema.audit import AuditEntry
from schema.candidates import Candidate
from schema.customers import Customer
from tests.journeys.site import Site, token_in

CUSTOMERS, CANDIDATES = "/admin/data/customers/", "/admin/data/candidates/"


@pytest.fixture
def since(site: Site) -> Iterator[UUID | None]:
    """Yield the newest entry before the test."""
    with site.machine.database.sessions() as session:
        yield session.scalar(sa.select(AccessEntry.id).order_by(AccessEntry.id.desc()).limit(1))


@pytest.fixture(autouse=True)
def moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what one test has read be forgotten by the next."""
    monkeypatch.setattr(reads, "SAME_LOOK", timedelta(0))


def looks(site: Site, since: UUID | None, **words: Any) -> list[AccessEntry]:
    """Return what was written since, the oldest first."""
    wanted = sa.select(AccessEntry).options(selectinload(AccessEntry.key_lists)).filter_by(**words)
    wanted = wanted if since is None else wanted.where(AccessEntry.id > since)
    with site.machine.database.sessions() as session:
        return list(session.scalars(wanted.order_by(AccessEntry.id)))


def some(site: Site, model: Any, *where: Any) -> Any:
    with site.machine.database.sessions() as session:
        return session.scalars(sa.select(model).where(*where).limit(1)).one()


def test_opening_a_record_is_written_into_both_logs(site: Site, support: FlaskClient, since: UUID | None) -> None:
    person = some(site, Customer, Customer.person_name.is_not(None))
    answer = support.get(f"{CUSTOMERS}record/{person.id}")
    (look,) = looks(site, since)
    assert look.kind is AccessKind.DETAIL
    assert (look.model_key, look.record_key) == ("customers", str(person.id))
    assert (look.subject_kind, look.subject_key) == ("customer", str(person.id))
    assert {"email", "person_name"} <= set(look.field_names)
    assert look.member_id is not None
    assert look.request_id == answer.headers["X-Request-Id"]
    with site.machine.database.sessions() as session:
        entry = session.get_one(AuditEntry, look.id)
    assert (entry.action, entry.subject_key, entry.field_names) == ("data.detail", str(person.id), look.field_names)
    assert person.email not in entry.body


def test_what_is_masked_is_not_read(site: Site, viewer: FlaskClient, since: UUID | None) -> None:
    person = some(site, Customer, Customer.person_name.is_not(None))
    for url in (CUSTOMERS, f"{CUSTOMERS}record/{person.id}", f"{CUSTOMERS}record/{person.id}/history"):
        assert viewer.get(url).status_code == 200
    assert looks(site, since) == []


def test_support_reads_a_candidate_without_the_cv_until_it_is_revealed(
    site: Site, support: FlaskClient, since: UUID | None
) -> None:
    candidate = some(site, Candidate)
    assert support.get(f"{CANDIDATES}record/{candidate.id}").status_code == 200
    (look,) = looks(site, since)
    spec = site.machine.registry.spec("candidates")
    assert {spec.columns[name].pii for name in look.field_names if "." not in name} <= {"contact", "identity"}
    assert (look.subject_kind, look.subject_key) == ("candidate", str(candidate.id))


def test_the_same_record_within_a_minute_is_one_look_and_a_first_look_is_never_lost(
    site: Site, support: FlaskClient, owner: FlaskClient, since: UUID | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "SAME_LOOK", timedelta(seconds=60))
    url = f"{CUSTOMERS}record/{some(site, Customer, Customer.person_name.is_not(None)).id}"
    for client in (support, support, owner, owner, support):
        assert client.get(url, environ_base={"REMOTE_ADDR": "203.0.113.8"}).status_code == 200
    assert len({look.member_id for look in looks(site, since)}) == 2
    assert len(looks(site, since)) == 2
    assert support.get(url, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200
    assert [str(look.ip) for look in looks(site, since)][-1] == "203.0.113.9"
    monkeypatch.setattr(reads, "SAME_LOOK", timedelta(0))
    assert support.get(url).status_code == 200
    assert len(looks(site, since)) == 4


def test_a_list_is_one_entry_that_knows_everybody_in_it(site: Site, owner: FlaskClient, since: UUID | None) -> None:
    page = owner.get(f"{CUSTOMERS}?size=25").text
    (look,) = looks(site, since)
    (people,) = look.key_lists
    assert (look.kind, look.row_count, look.subject_key) == (AccessKind.LIST, 25, None)
    assert people.subject_kind == "customer"
    assert len(people.subject_keys) == 25
    assert all(f"/record/{key}" in page for key in people.subject_keys)
    with site.machine.database.sessions() as session:
        assert (session.get_one(AuditEntry, look.id).object_key or "").startswith("keys:")


def test_a_list_of_something_says_whose_data_it_shows(site: Site, owner: FlaskClient, since: UUID | None) -> None:
    note = some(site, CustomerNote)
    owner.get(f"/admin/data/customer_notes/?f.customer_id.eq={note.customer_id}")
    (look,) = looks(site, since, model_key="customer_notes")
    assert (look.subject_kind, look.subject_key) == ("customer", str(note.customer_id))


def test_a_search_is_kept_as_a_digest_even_when_it_finds_nobody(
    site: Site, owner: FlaskClient, since: UUID | None
) -> None:
    token = token_in(owner.get("/admin/data/faq_entries/new").text)
    for words in ("zanele.nobody@example.com", " Zanele.Nobody@example.com", "zinzi.nobody@example.com"):
        answer = owner.post(f"{CUSTOMERS}search", data={"csrf_token": token, "words": words})
        assert owner.get(answer.location).status_code == 200
    first, again, other = looks(site, since, kind=AccessKind.SEARCH)
    assert (first.row_count, first.field_names) == (0, [])
    assert first.query_digest == again.query_digest != other.query_digest
    assert first.query_digest is not None
    assert "zanele" not in first.query_digest.lower()


@pytest.mark.parametrize("page", ["edit", "history", "related/notes"])
def test_forms_history_and_what_belongs_to_a_record_are_reads(
    site: Site, owner: FlaskClient, since: UUID | None, page: str
) -> None:
    customer = some(site, Customer, Customer.person_name.is_not(None), Customer.notes.any())
    if page == "history":
        with site.machine.database.transaction() as session:
            change = sa.update(Customer).where(Customer.id == customer.id)
            session.execute(change.values(phone="+27821234567"))
    assert owner.get(f"{CUSTOMERS}record/{customer.id}/{page}").status_code == 200
    found = [look for look in looks(site, since) if look.subject_key == str(customer.id)]
    assert found, page
    if page == "history":
        assert "history.phone" in found[0].field_names


def test_the_palette_and_pickers_are_reads(site: Site, owner: FlaskClient, since: UUID | None) -> None:
    person = some(site, Customer, Customer.person_name.is_not(None))
    token = token_in(owner.get("/admin/data/faq_entries/new").text)
    assert owner.post("/admin/palette", data={"csrf_token": token, "q": person.email}).status_code == 200
    look = next(each for each in looks(site, since) if each.model_key == "customers")
    assert (look.kind, look.subject_key) == (AccessKind.SEARCH, str(person.id))
    assert look.query_digest
    owner.post(f"{CANDIDATES}lookup", data={"csrf_token": token, "q": ""})
    (look,) = looks(site, since, model_key="candidates")
    assert look.kind is AccessKind.LIST
    assert look.row_count > 1


def test_what_can_not_be_written_down_is_not_shown(
    site: Site, owner: FlaskClient, since: UUID | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = some(site, Customer, Customer.person_name.is_not(None))

    def broken(*_: Any) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(AuditLog, "record_look", broken)
    for url in (f"{CUSTOMERS}record/{person.id}", CUSTOMERS):
        answer = owner.get(url)
        assert answer.status_code == 503
        assert "be written down right now who reads this" in answer.text
        assert person.email not in answer.text
    assert looks(site, since) == []


def test_a_refused_page_reads_nothing(site: Site, viewer: FlaskClient, since: UUID | None) -> None:
    assert viewer.get(f"{CUSTOMERS}new").status_code == 403
    assert looks(site, since) == []


def test_writing_a_list_down_costs_two_statements_and_a_record_three(site: Site, owner: FlaskClient) -> None:
    person = some(site, Customer, Customer.person_name.is_not(None))
    for url, most in ((CUSTOMERS, 1), (f"{CUSTOMERS}record/{person.id}", 2), ("/admin/data/decision_feedback/", 2)):
        with site.counted() as statements:
            assert owner.get(url).status_code == 200
        log = [each for each in statements if "access_" in each or each.startswith("WITH entry")]
        assert 1 <= len(log) <= most, (url, log)


def test_a_page_asked_again_puts_no_statement_together_anew(site: Site, owner: FlaskClient) -> None:
    person = some(site, Customer, Customer.person_name.is_not(None))
    hits: list[tuple[str, str]] = []

    def note(_connection: object, _cursor: object, statement: str, _values: object, context: Any, _many: bool) -> None:
        if context.compiled is not None:
            hits.append((context.cache_hit.name, statement))

    for url in (CUSTOMERS, f"{CUSTOMERS}record/{person.id}", f"{CUSTOMERS}record/{person.id}/edit"):
        owner.get(url)
        sa.event.listen(site.machine.database.engine, "before_cursor_execute", note)
        try:
            owner.get(url)
        finally:
            sa.event.remove(site.machine.database.engine, "before_cursor_execute", note)
    assert len(hits) >= 9
    assert {name for name, _ in hits} == {"CACHE_HIT"}, [each for each in hits if each[0] != "CACHE_HIT"]
