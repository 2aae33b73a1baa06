"""Nobody meets their own customer account, nor, in daily work, people whose data is restricted: on no path."""

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.changes.acting import by_somebody
from admin_core.generator import urls
from admin_core.machine import row_rules_of
from admin_core.policy import declare, declared
from schema.billing import Payment
from schema.candidates import Candidate
from schema.customers import Customer, Person
from schema.staff import StaffOwnAccount
from schema.support import Ticket
from schema.views import Selection
from tests.journeys.site import Site
from tests.journeys.test_team import person, send


@dataclass(frozen=True)
class Hidden:
    """Records that are hidden from somebody, and from whom."""

    name: str
    customer: UUID
    ticket: UUID
    person: UUID
    payment: UUID
    client: FlaskClient


@pytest.fixture(scope="module", autouse=True)
def rules(site: Site) -> Iterator[None]:
    """Let the rules be those of this site, whatever plugins a site before had."""
    before = declared()
    declare(row_rules_of(site.machine.plugins))
    yield
    declare(before)


def renamed(site: Site, name: str, number: int) -> tuple[UUID, UUID, UUID, UUID]:
    """Give a customer who has all of it a name of its own; return them, a ticket, a person and a payment of theirs."""
    with by_somebody(), site.machine.database.transaction() as session:
        whole = sa.select(Customer).join(Ticket).join(Person).join(Payment).order_by(Customer.id).distinct()
        customer = session.scalars(whole.offset(number).limit(1)).one()
        customer.company_name = customer.person_name = name
        ids = [
            session.scalars(sa.select(model.id).where(model.customer_id == customer.id).limit(1)).one()
            for model in (Ticket, Person, Payment)
        ]
        return customer.id, ids[0], ids[1], ids[2]


@pytest.fixture(scope="module")
def own(site: Site) -> Hidden:
    member = person(site, "Owner", name="Simone Botha")
    found = renamed(site, "Zebra Partners", 0)
    with site.machine.database.transaction() as session:
        session.add(StaffOwnAccount(member_id=member, customer_id=found[0]))
    return Hidden("Zebra Partners", *found, site.client_of(member))


@pytest.fixture(scope="module")
def restricted(site: Site, support: FlaskClient) -> Hidden:
    found = renamed(site, "Quagga Partners", 1)
    with by_somebody(), site.machine.database.transaction() as session:
        session.execute(sa.update(Customer).filter_by(id=found[0]).values(restricted_at=datetime.now(UTC)))
    return Hidden("Quagga Partners", *found, support)


def record(model: str, key: UUID) -> str:
    return urls.record_url(model, str(key))


def exported(client: FlaskClient, hidden: Hidden) -> TestResponse:
    return send(client, "/admin/data/customers/export", [("format", "csv"), ("f.id.eq", str(hidden.customer))])


Ask = Callable[[FlaskClient, Hidden], TestResponse]
PATHS: dict[str, Ask] = {
    "list": lambda client, h: client.get(urls.list_url("customers", {"f.id.eq": str(h.customer)})),
    "search": lambda client, h: client.get(
        send(client, "/admin/data/customers/search", [("words", h.name)]).location
    ),
    "get": lambda client, h: client.get(record("customers", h.customer)),
    "edit": lambda client, h: client.get(urls.edit_url("customers", str(h.customer))),
    "look-up": lambda client, h: send(client, "/admin/data/customers/lookup", [("q", h.name)]),
    "look-up by key": lambda client, h: send(client, "/admin/data/customers/lookup", [("q", str(h.customer))]),
    "history": lambda client, h: client.get(urls.history_url("customers", str(h.customer))),
    "palette": lambda client, h: send(client, "/admin/palette", [("q", h.name)]),
    "palette by key": lambda client, h: send(client, "/admin/palette", [("q", str(h.customer))]),
    "a ticket": lambda client, h: client.get(record("tickets", h.ticket)),
    "a ticket's history": lambda client, h: client.get(urls.history_url("tickets", str(h.ticket))),
    "a person": lambda client, h: client.get(record("people", h.person)),
    "related": lambda client, h: client.get(urls.related_url("customers", str(h.customer), "people")),
    "their tickets": lambda client, h: client.get(urls.list_url("tickets", {"f.customer_id.eq": str(h.customer)})),
    "a payment": lambda client, h: client.get(record("payments", h.payment)),
    "who looked": lambda client, h: client.get(f"/admin/system/looked-at?kind=customer&key={h.customer}"),
}  # fmt: skip


def tells(answer: TestResponse, hidden: Hidden) -> bool:
    """Return whether a page tells of the customer or of what is theirs, apart from repeating what was asked."""
    page = html.unescape(answer.text)
    name = page.count(hidden.name) > page.count(f'value="{hidden.name}"') + page.count(f"“{hidden.name}”")
    links = (record("customers", hidden.customer), record("tickets", hidden.ticket), record("people", hidden.person))
    shown = answer.status_code == 200 and any(f'href="{link}"' in page for link in links)
    return name or shown


@pytest.mark.parametrize("path", PATHS)
def test_nobody_meets_their_own_account(own: Hidden, path: str) -> None:
    answer = PATHS[path](own.client, own)
    assert answer.status_code in {200, 303, 404}, answer.text
    assert not tells(answer, own), answer.text


@pytest.mark.parametrize("path", sorted(PATHS.keys() - {"a payment"}))
def test_who_is_restricted_is_met_by_nobody_without_the_right(restricted: Hidden, path: str) -> None:
    answer = PATHS[path](restricted.client, restricted)
    assert answer.status_code in {200, 303, 403, 404}
    assert not tells(answer, restricted)


@pytest.mark.parametrize("path", sorted(PATHS.keys() - {"who looked", "palette", "related"}))
def test_others_meet_both_there(own: Hidden, restricted: Hidden, owner: FlaskClient, path: str) -> None:
    for hidden in (own, restricted):
        assert tells(PATHS[path](owner, hidden), hidden), f"else {path} proves nothing"


def test_a_file_leaves_them_out(own: Hidden, owner: FlaskClient) -> None:
    assert own.name in exported(owner, own).text
    answer = exported(own.client, own)
    assert answer.status_code == 200
    assert own.name not in answer.text


def test_a_selection_of_all_leaves_them_out(site: Site, own: Hidden, owner: FlaskClient) -> None:
    form = [("scope", "matching"), ("f.id.eq", str(own.customer)), ("do", "edit")]
    for client, total in ((owner, 1), (own.client, 0)):
        send(client, "/admin/data/customers/select", form)
        with site.machine.database.sessions() as session:
            newest = sa.select(Selection).filter_by(owner_id=site.member(client), model_key="customers")
            found = session.scalars(newest.order_by(Selection.created_at.desc()).limit(1)).one_or_none()
        assert (found.total if found else 0) == total


def test_books_are_kept_and_name_nobody_who_is_restricted(restricted: Hidden, own: Hidden) -> None:
    page = restricted.client.get(record("payments", restricted.payment))
    assert page.status_code == 200
    assert restricted.name not in page.text
    assert own.client.get(record("payments", own.payment)).status_code == 404


def test_nobody_removes_the_note_that_an_account_is_their_own(site: Site, own: Hidden, owner: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        (link,) = session.scalars(sa.select(StaffOwnAccount.id).filter_by(customer_id=own.customer))
    for url in (record("staff_own_accounts", link), urls.delete_url("staff_own_accounts", str(link))):
        assert owner.get(url).status_code == 200
        assert own.client.get(url).status_code == 404
    form = [("step", "do"), ("confirmed", "1")]
    assert send(own.client, urls.delete_url("staff_own_accounts", str(link)), form).status_code == 404


def test_nobody_looks_at_their_own_account_through_other_eyes(site: Site, own: Hidden) -> None:
    with site.machine.database.sessions() as session:
        role = session.execute(sa.text("SELECT id FROM admin.roles WHERE name = 'Viewer'")).scalar_one()
    assert send(own.client, "/admin/see-as", [("role", str(role))]).status_code == 303
    assert own.client.get(urls.list_url("customers")).status_code == 200
    assert own.client.get(record("customers", own.customer)).status_code == 404
    send(own.client, "/admin/see-as/end")


def test_a_restricted_candidate_is_hidden_with_what_was_decided(site: Site, support: FlaskClient) -> None:
    with by_somebody(), site.machine.database.transaction() as session:
        chosen = sa.select(Candidate.id).where(Candidate.decisions.any()).order_by(Candidate.id).limit(1)
        candidate = session.scalars(chosen).one()
        decision = session.execute(
            sa.text("SELECT id FROM admin.ai_decisions WHERE candidate_id = :id LIMIT 1"), {"id": candidate}
        ).scalar_one()
    pages = (record("candidates", candidate), record("ai_decisions", decision))
    for moment, status in ((datetime.now(UTC), 404), (None, 200)):
        with by_somebody(), site.machine.database.transaction() as session:
            session.execute(sa.update(Candidate).filter_by(id=candidate).values(restricted_at=moment))
        assert [support.get(page).status_code for page in pages] == [status, status]


def test_of_what_was_deleted_its_last_values_decide(site: Site, own: Hidden, owner: FlaskClient) -> None:
    with by_somebody(), site.machine.database.transaction() as session:
        gone = Person(customer_id=own.customer, name="Nomsa Dlamini", email="nomsa@zebra.example")
        session.add(gone)
        session.flush()
        session.delete(gone)
    history = urls.history_url("people", str(gone.id))
    assert owner.get(history).status_code == 200
    assert own.client.get(history).status_code == 404


def test_who_has_no_account_pays_for_no_rule(site: Site, owner: FlaskClient, own: Hidden) -> None:
    counts = []
    for client in (owner, own.client):
        client.get(urls.list_url("tickets"))
        with site.counted() as statements:
            assert client.get(urls.list_url("tickets")).status_code == 200
        counts.append(len(statements))
        asked = [each for each in statements if "staff_own_accounts" in each]
        assert len(asked) == (1 if client is owner else len(asked))
    assert counts[0] == counts[1]
