"""The palette: records by what identifies them, what was opened lately, what can be done with the record at hand."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core import menu
from admin_core.navigation import sidebar
from admin_core.palette.records import PER_MODEL, as_number, questions
from admin_core.policy import Person
from schema.access_log import AccessEntry, AccessKind
from schema.audit import AuditEntry
from schema.billing import Payment
from schema.content import FaqEntry
from schema.customers import Customer
from schema.invoicing import Invoice
from schema.sign_in import RecentView
from schema.staff import Role
from schema.support import Ticket
from tests.journeys.site import Site, own_site, token_in
from tests.schema.core_rows import CoreMaker

PALETTE = "/admin/palette"
NOON = datetime(2026, 3, 5, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "palette", as_web=True) as site:
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.fixture(autouse=True)
def nothing_seen(site: Site) -> None:
    with site.machine.database.transaction() as session:
        session.execute(sa.delete(RecentView))


@pytest.fixture(scope="module")
def nomsa(site: Site) -> Customer:
    words = {"product_line": "b2c", "person_name": "Nomsa Dlamini", "status": "active", "signup_at": NOON}
    return add(site, Customer(email="nomsa@example.com", phone="+27821234567", **words))


def add(site: Site, row: Any) -> Any:
    with site.machine.database.transaction() as session:
        session.add(row)
        session.flush()
        session.refresh(row)
        session.expunge(row)
    return row


def ask(client: FlaskClient, words: str, **fields: str) -> list[tuple[str, str]]:
    """Return what the palette answers: label and address."""
    answer = post(client, PALETTE, q=words, **fields)
    assert answer.status_code == 200
    return re.findall(r'<a role="option" href="([^"]*)".*?<span>(.*?)</span>', answer.text, re.DOTALL)


def test_no_question_lets_the_planner_read_a_table(site: Site) -> None:
    everything, asked = Person(uuid4(), "Ada", ("Owner",), frozenset({"*"})), 0
    for key in site.machine.registry:
        for each in questions(site.machine.registry.spec(key), everything, "nomsa@example.com"):
            assert " OR " not in str(each), key
            asked += 1
    assert asked > 100


def test_an_index_over_some_rows_serves_no_question_about_all(site: Site) -> None:
    def asked(key: str) -> str:
        everything = Person(uuid4(), "Ada", ("Owner",), frozenset({"*"}))
        return " ".join(
            str(each.whereclause) for each in questions(site.machine.registry.spec(key), everything, "mail")
        )

    assert "queue" not in asked("jobs"), "it has an index of the waiting ones alone"
    assert "subject_kind" not in asked("jobs"), "leads an index of those that have a subject_key"
    assert "actor_key" in asked("audit_entries"), "what is equal to something is not empty"


def test_a_record_is_answered_once_however_many_columns_match_and_few_of_a_model(
    site: Site, owner: FlaskClient
) -> None:
    words = {
        "product_line": "b2b",
        "status": "active",
        "signup_at": NOON,
        "company_name": "Sipho",
        "person_name": "Sipho",
    }
    one = add(site, Customer(email="s0@example.com", **words))
    assert [url for url, _ in ask(owner, "Sipho")] == [f"/admin/data/customers/record/{one.id}"]
    for number in range(1, PER_MODEL + 3):
        add(site, Customer(email=f"s{number}@example.com", **words))
    assert len({url for url, _ in ask(owner, "Sipho")}) == len(ask(owner, "Sipho")) == PER_MODEL


def post(client: FlaskClient, url: str, **fields: str) -> TestResponse:
    token = token_in(client.get(PALETTE).text)
    return client.post(url, data={"csrf_token": token, **fields}, headers={"HX-Request": "true"})


def urls(found: list[tuple[str, str]]) -> list[str]:
    return [url for url, _ in found]


@pytest.mark.parametrize(
    "words",
    [
        "nomsa@example.com", "Nomsa@Example.com ", "082 123 4567", "+27 82 123-4567", "0821234567", "(082) 123 4567",
        "0027821234567",
    ],
)  # fmt: skip
def test_a_person_is_found_by_address_and_by_phone_in_any_spelling(
    owner: FlaskClient, nomsa: Customer, words: str
) -> None:
    assert f"/admin/data/customers/record/{nomsa.id}" in urls(ask(owner, words))


def test_a_record_is_found_by_its_id_and_by_its_number(site: Site, owner: FlaskClient, nomsa: Customer) -> None:
    assert f"/admin/data/customers/record/{nomsa.id}" in urls(ask(owner, f" {str(nomsa.id).upper()} "))
    ticket = add(site, Ticket(subject="Where is it", status="open", priority="low", opened_at=NOON))
    for words in (str(ticket.number), f"#{ticket.number}"):
        assert f"/admin/data/tickets/record/{ticket.id}" in urls(ask(owner, words)), words
    for words in ("9" * 18, "9" * 40, "#", "٣", "-1", "\x00", "1e9"):
        assert not any("/record/" in url for url in urls(ask(owner, words))), words


@pytest.mark.parametrize(
    ("words", "type_", "number"),
    [
        ("1042", sa.Integer(), 1042), ("#1 042", sa.Integer(), 1042), ("2147483648", sa.Integer(), None),
        ("2147483648", sa.BigInteger(), 2147483648), ("32768", sa.SmallInteger(), None), ("12a", sa.Integer(), None),
        ("", sa.Integer(), None), ("#", sa.Integer(), None),
    ],
)  # fmt: skip
def test_a_number_is_one_that_its_column_can_hold(words: str, type_: Any, number: int | None) -> None:
    assert as_number(words, type_) == number


def test_everything_with_a_number_or_a_reference_is_found_in_one_step(site: Site, owner: FlaskClient) -> None:
    rows = made_of_business(site)
    spellings = {
        "customers": ["app-user-77", "Thabo@Acme.example", "011 555 0177", "+27 11 555 0177"],
        "invoices": ["INV-2026-0042", "inv-2026-0042", " INV-2026-0042 "],
        "payments": ["p_Xy7-ref", "ch_Xy7-check"],
        "tickets": [str(rows["tickets"].number), f"#{rows['tickets'].number}"],
    }
    for model, texts in spellings.items():
        for words in (*texts, str(rows[model].id), str(rows[model].id).replace("-", "")):
            found = [url for url in urls(ask(owner, words)) if "/record/" in url]
            assert found[:1] == [f"/admin/data/{model}/record/{rows[model].id}"], words


def made_of_business(site: Site) -> dict[str, Any]:
    """Return one customer with an invoice, a payment and a ticket, by table."""
    words = {"product_line": "b2b", "company_name": "Acme", "status": "active", "signup_at": NOON}
    with site.machine.database.transaction() as session:
        rows = CoreMaker(session)
        customer = rows.add(
            Customer, email="thabo@acme.example", phone="+27115550177", external_id="app-user-77", **words
        )
        invoice = rows.add(Invoice, customer=customer, number="INV-2026-0042")
        references = {"gateway_reference": "p_Xy7-ref", "checkout_reference": "ch_Xy7-check"}
        payment = rows.add(Payment, customer=customer, payer_email="thabo@acme.example", **references)
        ticket = rows.add(Ticket, customer=customer, requester_email="thabo@acme.example")
        found = {"customers": customer, "invoices": invoice, "payments": payment, "tickets": ticket}
        session.flush()
        for row in found.values():
            session.refresh(row)
        session.expunge_all()
    return found


def test_finding_costs_one_statement_and_is_a_search_on_record(site: Site, owner: FlaskClient, nomsa: Customer) -> None:
    token = token_in(owner.get(PALETTE).text)
    with site.counted() as statements:
        owner.post(PALETTE, data={"csrf_token": token, "q": "nomsa@example.com"}, headers={"HX-Request": "true"})
    assert len([s for s in statements if "UNION ALL" in s]) == 1
    assert len(statements) <= 6, statements
    with site.machine.database.sessions() as session:
        newest = session.scalars(sa.select(AccessEntry).order_by(AccessEntry.id.desc()).limit(1)).one()
    assert (newest.kind, newest.subject_key) == (AccessKind.SEARCH, str(nomsa.id))


# --- Lately


def see(client: FlaskClient, model: str, record: object) -> int:
    return post(client, f"{PALETTE}/seen", model=model, record=str(record)).status_code


def seen(site: Site) -> list[tuple[str, str, int]]:
    with site.machine.database.sessions() as session:
        wanted = sa.select(RecentView.model_key, RecentView.record_key, RecentView.times)
        return [tuple(row) for row in session.execute(wanted.order_by(RecentView.seen_at.desc()))]  # type: ignore[misc]


def faq(site: Site, question: str = "How?") -> FaqEntry:
    found: FaqEntry = add(site, FaqEntry(question=question, answer="So.", category="general"))
    return found


def test_what_was_opened_lately_is_suggested_newest_first(site: Site, owner: FlaskClient, nomsa: Customer) -> None:
    first, second = faq(site, "First?"), faq(site, "Second?")
    for model, row in (("faq_entries", first), ("customers", nomsa), ("faq_entries", second), ("faq_entries", first)):
        assert see(owner, model, row.id) == 204
    assert [(key, times) for _, key, times in seen(site)] == [
        (str(first.id), 2),
        (str(second.id), 1),
        (str(nomsa.id), 1),
    ]
    found = ask(owner, "")
    assert [label for _, label in found[:3]] == ["First?", "Second?", "Nomsa Dlamini"]
    here = ask(owner, "", model="faq_entries", record=str(first.id))
    assert f"/admin/data/faq_entries/record/{first.id}" not in urls(here)


def test_a_page_says_what_it_is_and_what_is_not_there_is_not_remembered(site: Site, owner: FlaskClient) -> None:
    entry = faq(site)
    page = owner.get(f"/admin/data/faq_entries/record/{entry.id}").text
    assert f'data-here-model="faq_entries" data-here-record="{entry.id}"' in page
    for model, record in (("nothing", uuid4()), ("faq_entries", "x" * 300), ("faq_entries", "\x00"), ("", "")):
        assert see(owner, model, record) in {204, 400}
    assert seen(site) == []
    assert see(owner, "faq_entries", uuid4()) == 204  # gone, or never there: it has no name, so it is not suggested
    assert not any("/record/" in url for url in urls(ask(owner, "")))


def test_only_the_last_ones_are_kept_and_only_for_oneself(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.transaction() as session:
        member = site.member(owner)
        session.add_all(
            RecentView(member_id=member, model_key="faq_entries", record_key=str(uuid4()), seen_at=sa.func.now())
            for _ in range(60)
        )
    assert see(owner, "faq_entries", faq(site).id) == 204
    assert len(seen(site)) == 50
    other = site.client("Support")
    assert "How?" not in [label for _, label in ask(other, "")]


def test_what_may_not_be_read_any_more_has_no_name(site: Site, owner: FlaskClient, nomsa: Customer) -> None:
    viewer = site.client("Viewer")
    see(viewer, "customers", nomsa.id)
    (label,) = [label for url, label in ask(viewer, "") if f"/record/{nomsa.id}" in url]
    assert "Nomsa" not in label
    with site.machine.database.transaction() as session:
        role = session.scalars(sa.select(Role).where(Role.name == "Viewer")).one()
        before, role.permissions = role.permissions, ["page:*:read"]
    assert not any("/record/" in url for url in urls(ask(viewer, "")))
    assert see(viewer, "customers", nomsa.id) == 204
    with site.machine.database.transaction() as session:
        session.execute(sa.update(Role).where(Role.name == "Viewer").values(permissions=before))


# --- The record at hand


def test_what_can_be_done_with_the_record_at_hand(site: Site, owner: FlaskClient) -> None:
    entry, ticket = faq(site), add(site, Ticket(subject="Where is it", status="open", priority="low", opened_at=NOON))
    found = ask(owner, "", model="faq_entries", record=str(entry.id))
    base = f"/admin/data/faq_entries/record/{entry.id}"
    assert urls(found)[:3] == [f"{base}/edit", f"{base}/delete", f"{base}/history"]
    here = ask(owner, "assign", model="tickets", record=str(ticket.id))
    assert (f"/admin/data/tickets/record/{ticket.id}/action/support.assign-to-me", "Assign to me") in here
    assert ask(owner, "assign", model="tickets", record=str(uuid4())) == ask(owner, "assign")
    viewer = ask(site.client("Support"), "", model="faq_entries", record="x")
    assert not any("/edit" in url for url in urls(viewer))


def test_who_may_not_is_not_offered_it(site: Site) -> None:
    ticket = add(site, Ticket(subject="Where is it", status="open", priority="low", opened_at=NOON))
    found = ask(site.client("Viewer"), "", model="tickets", record=str(ticket.id))
    assert not any("/action/" in url or url.endswith(("/edit", "/delete")) for url in urls(found))


def test_nothing_of_what_was_typed_stands_in_the_log(site: Site, owner: FlaskClient) -> None:
    ask(owner, "somebody-else@example.com")
    with site.machine.database.sessions() as session:
        entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(20)).all()
    assert not any("somebody-else" in str(vars(entry)) for entry in entries)


# --- Jumps


def test_every_jump_has_a_letter_of_its_own(site: Site) -> None:
    ada = Person(uuid4(), "Ada", ("Owner",), frozenset({"*"}))
    groups = sidebar(site.machine.registry, ada, menu.entries(site.machine.plugins))
    jumps = [(item.jump, item.label) for group in groups for item in group.items if item.jump]
    letters = [letter for letter, _ in jumps]
    assert len(letters) == len(set(letters))
    assert all(re.fullmatch("[a-z]", letter) for letter in letters)
    assert {("h", "Home"), ("c", "Customers"), ("t", "Tickets"), ("a", "Alerts")} <= set(jumps)
