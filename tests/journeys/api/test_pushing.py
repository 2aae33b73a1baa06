"""Programs send rows: each is taken once, what does not fit is named with its reason, and the books show it."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.journeys.api.programs import Program, program
from tests.journeys.site import Site

WHEN = "2026-03-02T08:00:00+02:00"
COMPANY = {"product_line": "b2b", "company_name": "Nomsa Ltd", "email": "n@example.test", "status": "trial",
           "signup_at": WHEN}  # fmt: skip
DECISION = {"provider": "openai", "model": "m-1", "score": 71, "recommendation": "consider", "decided_at": WHEN}


@pytest.fixture(scope="module")
def app(site: Site) -> Program:
    return program(site, "customers:write", "people:write", "decisions:write", "events:write")


def value(site: Site, sql: str, **words: Any) -> Any:
    with site.machine.database.transaction() as session:
        return session.execute(sa.text(sql), words).scalar()


def send(app: Program, path: str, *rows: Any, status: int = 200) -> Any:
    answer = app.post(path, {"rows": list(rows)})
    assert answer.status_code == status, answer.text
    return answer.json


def counts(found: Any) -> tuple[int, int, int]:
    """Return how many were new, changed, and neither."""
    return found["new"], found["changed"], found["unchanged"]


def reasons(found: Any) -> list[tuple[int, str]]:
    return [(each["row"], each["detail"]) for each in found["refused"]]


@pytest.fixture(scope="module")
def company(app: Program) -> str:
    """Return the key of a customer that was sent."""
    key = uuid4().hex
    assert counts(send(app, "/customers", {"external_id": key, **COMPANY})) == (1, 0, 0)
    return key


def test_a_customer_is_taken_once_and_changed_in_what_was_sent(site: Site, app: Program) -> None:
    key = uuid4().hex
    row = {"external_id": key, **COMPANY, "phone": "+27825550199"}
    assert [counts(send(app, "/customers", row)) for _ in range(2)] == [(1, 0, 0), (0, 0, 1)]
    later = {"external_id": key, "city": "Durban", "status": "active"}
    assert counts(send(app, "/customers", later)) == (0, 1, 0)
    assert counts(send(app, "/customers", {"external_id": key, "status": "suspended"}))[0] == 0
    found = "SELECT concat_ws(' ', phone, city, status) FROM admin.customers WHERE external_id = :key"
    assert value(site, found, key=key) == "+27825550199 Durban trial", "what is decided here is not undone"
    made = """SELECT s.actor_kind FROM admin.change_sets s JOIN admin.change_rows r ON r.change_set_id = s.id
              JOIN admin.customers c ON c.id::text = r.record_key->>'id' WHERE c.external_id = :key LIMIT 1"""
    assert value(site, made, key=key) == "api_key"


def test_somebody_who_is_here_already_is_recognised_and_loses_nothing(site: Site, app: Program) -> None:
    pick = "SELECT id, phone FROM admin.customers WHERE external_id IS NULL AND phone IS NOT NULL LIMIT 1"
    with site.machine.database.transaction() as session:
        person = session.execute(sa.text(pick)).one_or_none()
        if person is None:
            person = session.execute(sa.text(pick.replace("external_id IS NULL AND", ""))).one()
        key = uuid4().hex
        change = sa.text("UPDATE admin.customers SET external_id = :key WHERE id = :id")
        session.execute(change, {"key": key, "id": person.id})
    assert counts(send(app, "/customers", {"external_id": key, "city": "Gqeberha"})) == (0, 1, 0)
    found = "SELECT concat_ws('|', phone, city) FROM admin.customers WHERE id = :id"
    assert value(site, found, id=person.id) == f"{person.phone}|Gqeberha"


def test_what_does_not_fit_is_named_and_the_rest_is_taken(site: Site, app: Program) -> None:
    good, bad = uuid4().hex, uuid4().hex
    found = send(
        app, "/customers",
        {"external_id": bad, **COMPANY, "status": "gone fishing"}, {**COMPANY}, {"external_id": "x", "colour": "red"},
        {"external_id": good, **COMPANY}, {"external_id": "y", "email": {"a": 1}}, {"external_id": "z"},
    )  # fmt: skip
    assert counts(found) == (1, 0, 0)
    said = dict(reasons(found))
    assert said[0] == "Status has the word 'gone fishing', which is none of ours; list it under values."
    assert said[1] == "external_id must be a text of 1 to 200 characters."
    assert said[2].startswith("There is no member 'colour'; known: activated_at, ")
    assert said[4] == "email must be a single value."
    assert "E-mail is empty and needed." in said[5]
    with site.machine.database.transaction() as session:
        aside = "UPDATE admin.source_rejects SET aside_reason = 'x', resolved_at = now() WHERE source_key = :key"
        session.execute(sa.text(aside), {"key": bad})
    again = {"external_id": bad, **COMPANY, "status": "gone fishing"}
    assert dict(reasons(send(app, "/customers", again))) == {0: said[0]}, "set aside is not taken"
    twice = "More than one row of the request has this key. Send it once."
    assert dict(reasons(send(app, "/customers", again, {**again, "city": "Durban"}))) == {0: twice, 1: twice}
    assert send(app, "/customers", {"external_id": bad, **COMPANY})["refused"] == []
    opened = "SELECT count(*) FROM admin.source_rejects WHERE source_key = :key AND resolved_at IS NULL"
    assert value(site, opened, key=bad) == 0


def test_people_belong_to_the_customer_that_was_named(site: Site, app: Program, company: str) -> None:
    ada = {"external_id": uuid4().hex, "customer": company, "name": "Ada", "email": "ada@example.test"}
    finn = {"external_id": uuid4().hex, "customer": "nobody", "name": "Finn", "email": "finn@example.test"}
    found = send(app, "/people", ada, finn)
    assert counts(found) == (1, 0, 0)
    [(row, why)] = reasons(found)
    assert (row, why[:44]) == (1, "Customer refers to a row with this external_")
    of_ada = """SELECT c.external_id FROM admin.people p JOIN admin.customers c ON c.id = p.customer_id
                WHERE p.external_id = :key"""
    assert value(site, of_ada, key=ada["external_id"]) == company


def test_decisions_and_events_are_written_once_and_never_changed(site: Site, app: Program, company: str) -> None:
    key = uuid4().hex
    row = {"external_id": key, "customer": company, **DECISION}
    assert counts(send(app, "/decisions", row)) == (1, 0, 0)
    found = send(app, "/decisions", {**row, "score": 5}, {**row, "external_id": uuid4().hex, "score": 500})
    assert (counts(found), len(found["refused"])) == ((0, 0, 1), 1)
    assert value(site, "SELECT score FROM admin.ai_decisions WHERE external_id = :key", key=key) == 71
    event = {"external_id": key, "customer": company, "name": "cv_screened", "occurred_at": WHEN}
    told = {**event, "external_id": "p", "properties": {"who": "nomsa@example.test"}}
    found = send(app, "/events", event, event | {"external_id": f"{key}-2", "properties": {"pages": 3}}, told)
    assert counts(found) == (2, 0, 0)
    assert reasons(found)[0][1].startswith("properties: 'who' looks like an address")
    assert counts(send(app, "/events", event)) == (0, 0, 1)


def test_a_batch_is_one_entry_with_its_count_and_hash(site: Site, app: Program, company: str) -> None:
    send(app, "/events", *({"external_id": uuid4().hex, "name": "signed_in", "occurred_at": WHEN} for _ in range(7)))
    last = "SELECT {} FROM admin.audit_entries WHERE action = 'usage_events.fed' ORDER BY occurred_at DESC LIMIT 1"
    assert value(site, last.format("row_count")) == 7
    assert str(value(site, last.format("object_key"))).startswith("sha256:")


def test_a_batch_costs_few_statements_and_has_a_limit(site: Site, app: Program, company: str) -> None:
    def rows(count: int) -> list[dict[str, Any]]:
        return [{"external_id": uuid4().hex, **COMPANY} for _ in range(count)]

    with site.counted() as statements:
        send(app, "/customers", *rows(200))
    assert len(statements) <= 40, len(statements)
    assert app.post("/customers", {"rows": rows(501)}).status_code == 422
