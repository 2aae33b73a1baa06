"""Free credits: added with a preview, used through the API to the last one, taken back, lapsed; reported sign-ins."""

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.changes.acting import by_somebody
from admin_core.settings_store import write
from plugins.customers.actions import credits as actions
from plugins.customers.queries.credits import assessments_used
from plugins.customers.rules.credits import SECTION, NotEnough
from schema.accounts import SignIn
from schema.audit import AuditEntry
from schema.changes import ChangeRow
from schema.credits import CreditEntry, CreditKind, CreditUnit
from schema.customers import Customer, Person
from tests.journeys.api.programs import Program, program, refused
from tests.journeys.bulk import HIDDEN, send, tried
from tests.journeys.site import Site
from tests.running import run_job

ADD, ENTRIES, CUSTOMERS = "customers.add-free-credits", "/admin/data/credit_entries/record", "/admin/data/customers"
WORDS = (("q-unit", "assessment"), ("q-reason", "Sorry for the slow import."))


@pytest.fixture
def account(site: Site) -> Customer:
    """Return a customer whom no other test knows, without credits."""
    with by_somebody(), site.machine.database.transaction() as session:
        customer = Customer(
            product_line="b2c", person_name="Nomsa", email="nomsa@example.com", status="active",
            signup_at=datetime.now(UTC), external_id=f"org_{uuid4().hex}",
        )  # fmt: skip
        session.add(customer)
        session.flush()
        session.add(
            Person(customer_id=customer.id, name="Nomsa", email="n@example.com", external_id=f"p-{customer.id}")
        )
        return customer


@pytest.fixture(scope="module")
def app(site: Site) -> Program:
    return program(site, "credits:read", "credits:consume", "sign_ins:write")


def url_of(customer: UUID) -> str:
    return f"{CUSTOMERS}/record/{customer}/action/{ADD}"


def preview(client: FlaskClient, url: str, *typed: tuple[str, str]) -> tuple[str, list[tuple[str, str]]]:
    once = [(name, html.unescape(value)) for name, value in HIDDEN.findall(client.get(url).text)]
    answer = send(client, url, ("step", "preview"), *once, *typed)
    assert answer.status_code == 200, answer.text
    return answer.text, [(name, html.unescape(value)) for name, value in HIDDEN.findall(answer.text)]


def act(client: FlaskClient, url: str, *typed: tuple[str, str]) -> tuple[str, TestResponse]:
    page, carried = preview(client, url, *typed)
    answer = send(client, url, ("step", "do"), *carried, *typed)
    assert answer.status_code == 303, answer.text
    return page, answer


def add(client: FlaskClient, customer: UUID, amount: int, *more: tuple[str, str]) -> str:
    return act(client, url_of(customer), ("q-amount", str(amount)), *WORDS, *more)[0]


def ledger(site: Site, customer: UUID) -> list[CreditEntry]:
    with site.machine.database.sessions() as session:
        found = sa.select(CreditEntry).where(CreditEntry.customer_id == customer).order_by(CreditEntry.id)
        return list(session.scalars(found))


def use(app: Program, account: Customer, amount: int, reference: str = "", **words: Any) -> TestResponse:
    body = {"amount": amount, "reference": reference or uuid4().hex, **words}
    return app.post(f"/accounts/{account.external_id}/credits/consume", body, uuid4().hex)


def used(site: Site, customer: UUID) -> tuple[int, int]:
    """Return the assessments used as the customer has them, and as the ledger does."""
    with site.machine.database.sessions() as session:
        query = sa.select(Customer.assessments_used, assessments_used()).where(Customer.id == customer)
        row = session.execute(query).one()
        return row[0], row[1]


# --- R101
def test_free_credits_are_added_with_a_preview_used_and_taken_back(
    site: Site, support: FlaskClient, app: Program, account: Customer
) -> None:
    page = add(support, account.id, 10)
    assert "Balance: 0 → 10 assessments. The 10 lapse after 90 days." in page
    (grant,) = ledger(site, account.id)
    assert (grant.amount, grant.kind, grant.reason) == (10, CreditKind.FREE_GRANT, WORDS[1][1])
    assert grant.expires_at is not None
    assert timedelta(days=90) < grant.expires_at - grant.occurred_at <= timedelta(days=91)

    assert (use(app, account, 4).json or {})["balance"] == 6
    assert used(site, account.id) == (4, 4)
    panel = support.get(f"{CUSTOMERS}/record/{account.id}/panel/customers.credits").text
    assert re.search(r"Assessments: balance.*?>6<.*?free grant.*?>10<.*?>6<", panel, re.DOTALL)
    timeline = support.get(f"{CUSTOMERS}/record/{account.id}/timeline?kind=customers.credits").text
    assert len(re.findall(r'timeline-title"><a href="/admin/data/credit_entries/', timeline)) == 2

    taken = ledger(site, account.id)[1]
    page, _ = act(support, f"{ENTRIES}/{taken.id}/action/customers.give-back-credits", WORDS[1])
    assert "Balance: 6 → 10 assessments." in page
    assert used(site, account.id) == (0, 0)
    use(app, account, 1)
    back = f"{ENTRIES}/{grant.id}/action/customers.take-back-credits"
    page, _ = act(support, back, WORDS[1])
    assert "Balance: 9 → 0 assessments." in page
    assert sum(entry.amount for entry in ledger(site, account.id)) == 0
    again = send(support, back, ("step", "preview"), WORDS[1])
    assert "This entry was undone already." in again.text
    assert used(site, account.id) == (1, 1)


def test_how_many_somebody_may_add_is_a_matter_of_their_role(
    owner: FlaskClient, support: FlaskClient, viewer: FlaskClient, account: Customer
) -> None:
    refusal = send(support, url_of(account.id), ("step", "preview"), ("q-amount", "51"), *WORDS)
    assert (refusal.status_code, "Your roles may add 50 credits at once." in refusal.text) == (422, True)
    assert "0 → 51 assessments. The 51 never lapse." in add(owner, account.id, 51, ("q-days", "0"))
    assert viewer.get(url_of(account.id)).status_code == 403
    typed = send(owner, url_of(account.id), ("step", "preview"), ("q-amount", "0"), ("q-reason", "Kept"), WORDS[0])
    assert (typed.status_code, "Use 1 or more." in typed.text, "Kept" in typed.text) == (422, True, True)


def test_many_customers_get_credits_and_so_many_need_a_second_person(
    site: Site, owner: FlaskClient, account: Customer
) -> None:
    with site.machine.database.sessions() as session:
        ids = [str(key) for key in session.scalars(sa.select(Customer.id).limit(26))]
    for chosen, two in ((ids[:2], False), (ids, True)):
        pairs = [("rowid", key) for key in chosen]
        answer = send(owner, f"{CUSTOMERS}/select", *pairs, ("do", f"action/{ADD}"))
        page, _ = tried(owner, str(answer.location), ("q-amount", "5"), *WORDS)
        assert f"{len(chosen)} created" in page
        assert ("second person" in page) is two
    assert ledger(site, account.id) == []


# --- Through the API
def test_a_program_uses_what_is_there_and_hears_when_it_is_not(
    site: Site, owner: FlaskClient, app: Program, account: Customer
) -> None:
    path = f"/accounts/{account.external_id}/credits"
    assert app.get(path).json == {"account": account.external_id, "units": []}
    add(owner, account.id, 5, ("q-days", "9"))
    add(owner, account.id, 5, ("q-days", "0"))
    (unit,) = (app.get(path).json or {})["units"]
    assert (unit["unit"], unit["balance"], unit["next_lapse"]["amount"]) == ("assessment", 10, 5)

    first = use(app, account, 7, "cv-1", what_for="Ten candidates")
    assert first.json == {"reference": "cv-1", "amount": 7, "unit": "assessment", "balance": 3}
    assert use(app, account, 7, "cv-1").json == first.json  # another request, the same use
    assert [entry.amount for entry in ledger(site, account.id)] == [5, 5, -5, -2]
    assert "7 assessments were used before" in refused(use(app, account, 6, "cv-1"), 409, "reference-in-use")["detail"]
    problem = refused(use(app, account, 4), 409, "not-enough-credits")
    assert problem["detail"] == "This needs 4 assessments, and the account has 3 assessments left. Nothing was taken."
    assert (app.get(path).json or {})["units"][0]["next_lapse"] is None
    refused(use(app, account, 1, unit="cv_screening"), 409, "not-enough-credits")
    refused(use(app, account, 0), 422, "invalid")
    refused(app.get("/accounts/nobody/credits"), 404, "not-found")
    refused(program(site, "credits:read").post(f"{path}/consume", {"reference": "a"}, "k"), 403, "scope-missing")


def test_fifty_at_once_use_the_last_ten_and_no_more(site: Site, owner: FlaskClient, account: Customer) -> None:
    add(owner, account.id, 6)
    add(owner, account.id, 4, ("q-days", "1"))

    def one(number: int) -> bool:
        wanted = actions.Use(1, CreditUnit.ASSESSMENT, f"n{number}")
        try:
            with by_somebody(), site.machine.database.transaction() as session:
                actions.consume(session, account.id, wanted, datetime.now(UTC))
        except NotEnough:
            return False
        return True

    with ThreadPoolExecutor(50) as pool:
        done = list(pool.map(one, range(50)))
    assert done.count(True) == 10
    assert sum(entry.amount for entry in ledger(site, account.id)) == 0
    assert used(site, account.id) == (10, 10)


def test_below_zero_only_as_far_as_a_setting_says_and_what_comes_covers_it(
    site: Site, owner: FlaskClient, app: Program, account: Customer
) -> None:
    with below_zero(site, 2):
        assert (use(app, account, 2).json or {})["balance"] == -2
        refused(use(app, account, 1), 409, "not-enough-credits")
        assert "Balance: -2 → 1 assessment." in add(owner, account.id, 3)
    assert (use(app, account, 1).json or {})["balance"] == 0


@contextmanager
def below_zero(site: Site, most: int) -> Iterator[None]:
    for value in (most, 0):
        with by_somebody(), site.machine.database.transaction() as session:
            write(session, site.machine.cipher, SECTION, {"below_zero": value})
        if value:
            yield


# --- What time does
def test_hook_register_jobs_lapses_what_is_left_once(
    site: Site, owner: FlaskClient, app: Program, account: Customer
) -> None:
    add(owner, account.id, 5, ("q-days", "1"))
    add(owner, account.id, 5, ("q-days", "2"))
    use(app, account, 2)
    over = datetime.now(UTC) - timedelta(hours=1)
    with by_somebody(), site.machine.database.transaction() as session:
        session.execute(
            sa.update(CreditEntry).where(CreditEntry.id == ledger(site, account.id)[0].id).values(expires_at=over)
        )
    assert (app.get(f"/accounts/{account.external_id}/credits").json or {})["units"][0]["balance"] == 5
    assert run_job(site.machine, "customers.lapse-credits") == "Took off what was left of 0 grants."  # the second time
    lapsed = [entry for entry in ledger(site, account.id) if entry.kind is CreditKind.EXPIRY]
    assert [(entry.amount, entry.occurred_at) for entry in lapsed] == [(-3, over)]
    assert (use(app, account, 5).json or {})["balance"] == 0


# --- Sign-ins
def test_sign_ins_are_stored_once_and_move_when_somebody_was_last_here(
    site: Site, app: Program, account: Customer
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    key = uuid4().hex
    usual = {"account": account.external_id, "person": f"p-{account.id}", "ip": "196.25.1.1", "method": "google"}
    events = [
        {**usual, "id": f"{key}-1", "at": (now - timedelta(hours=1)).isoformat(), "country": "ZA"},
        {**usual, "id": f"{key}-2", "at": now.isoformat(), "succeeded": False},
        {**usual, "id": f"{key}-3", "at": now.isoformat(), "account": "nobody"},
        {**usual, "id": f"{key}-4", "at": now.isoformat(), "person": "nobody"},
        {**usual, "id": f"{key}-5", "at": (now + timedelta(days=1)).isoformat()},
    ]
    answer = app.post("/sign-ins", {"events": events})
    assert answer.status_code == 200, answer.text
    found = answer.json or {}
    assert (found["stored"], found["known"]) == (2, 0)
    assert [each["pointer"] for each in found["skipped"]] == ["/events/2/account", "/events/3/person", "/events/4/at"]
    again = app.post("/sign-ins", {"events": events[:2]}).json
    assert again == {"stored": 0, "known": 2, "skipped": []}
    with site.machine.database.sessions() as session:
        stored = session.scalars(sa.select(SignIn).where(SignIn.customer_id == account.id)).all()
        assert {(row.succeeded, str(row.ip), str(row.method)) for row in stored} == {
            (True, "196.25.1.1", "google"), (False, "196.25.1.1", "google"),
        }  # fmt: skip
        customer = session.get_one(Customer, account.id)
        person = session.scalars(sa.select(Person).where(Person.customer_id == account.id)).one()
        assert customer.last_active_at == person.last_seen_at == now - timedelta(hours=1)
        noted = sa.select(AuditEntry.row_count).where(AuditEntry.action == "api.post-sign-ins")
        assert session.scalars(noted.order_by(AuditEntry.id.desc()).limit(2)).all() == [1, 2]
        moved = sa.select(ChangeRow.id).where(
            ChangeRow.table_name == "customers", ChangeRow.record_key["id"].astext == str(account.id),
            ChangeRow.operation == "update",
        )  # fmt: skip
        assert session.scalars(moved).all() == []  # it is no history of the customer


@pytest.mark.parametrize(
    "wrong", [{"at": "2026-03-05T10:00:00"}, {"ip": "x"}, {"country": "zaf"}, {"method": "guess"}, {"age": 3}]
)
def test_a_wrong_sign_in_is_refused_by_its_pointer(app: Program, wrong: dict[str, Any]) -> None:
    event = {"id": "e", "account": "a", "at": "2026-03-05T10:00:00Z", **wrong}
    problem = refused(app.post("/sign-ins", {"events": [event]}), 422, "invalid")
    assert problem["errors"][0]["pointer"] == f"/events/0/{next(iter(wrong))}"
