"""What the team does on a customer's account: notes, suspensions, password resets; as Owner, Support and Viewer."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core import settings_store
from admin_core.generator.urls import action_url, panel_url, record_url, timeline_url
from plugins.customers.rules.passwords import GONE, SIGN_IN
from schema.accounts import CustomerNote, CustomerNoteRevision, Suspension
from schema.api import WebhookDelivery, WebhookEndpoint
from schema.customers import Customer, CustomerStatus, Person, ProductLine
from schema.jobs import Job, JobStep
from schema.password_resets import PasswordReset
from schema.staff import StaffMember
from tests.admin_core.vendors import Vendor, vendor
from tests.journeys.site import Site, token_in
from tests.running import perform_waiting, run_job

MODEL, NOTE = "customers", "customer_notes"
KEY, USER = "sb_secret_canary_4711", "0b1c2d3e-0000-4000-8000-000000000001"
CARRIED = re.compile(r'<input type="hidden" name="(once|seen|version)" value="([^"]*)"')
PANEL_BUDGET = 4 + 3 + 1
"""As every panel of a list, and one for the names of colleagues."""


def made(site: Site, **words: Any) -> str:
    """Return a new customer's id."""
    usual = {"product_line": ProductLine.B2B, "company_name": "Fynbos Freight", "email": "otto@fynbos.example"}
    with site.machine.database.transaction() as session:
        found = Customer(**{**usual, "currency": "ZAR", "status": CustomerStatus.ACTIVE, "signup_at": at(), **words})
        session.add(found)
        session.flush()
        return str(found.id)


def at() -> datetime:
    return datetime.now(UTC) - timedelta(days=30)


def rows(site: Site, model: type[Any], customer: str) -> list[Any]:
    with site.machine.database.sessions() as session:
        session.expire_on_commit = False
        return list(session.scalars(sa.select(model).where(model.customer_id == UUID(customer)).order_by(model.id)))


def form_of(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in CARRIED.findall(page)} | {"csrf_token": token_in(page)}


def act(client: FlaskClient, model: str, record: str, verb: str, **answers: str) -> TestResponse:
    """Open an action's page, look at what would happen where that is asked for, and do it."""
    url = action_url(model, record, f"customers.{verb}")
    page = client.get(url)
    if page.status_code != 200:
        return page
    typed = {f"q-{name}": value for name, value in answers.items()}
    if "btn-danger" in page.text or 'value="do"' not in page.text:
        page = client.post(url, data={**form_of(page.text), **typed, "step": "preview"})
    return client.post(url, data={**form_of(page.text), **typed, "step": "do"})


def panel(client: FlaskClient, customer: str, slug: str, model: str = MODEL) -> str:
    answer = client.get(panel_url(model, customer, f"customers.{slug}"))
    assert answer.status_code == 200
    return html.unescape(answer.text.partition("<main")[2])


def name_of(site: Site, client: FlaskClient) -> str:
    with site.machine.database.sessions() as session:
        return session.get_one(StaffMember, site.member(client)).name


# --- R25: notes
def test_notes_are_written_pinned_and_edited_with_their_history(site: Site, support: FlaskClient) -> None:
    customer = made(site)
    for body in ("Pays **late**, <script>alert(1)</script>\n\n[terms](javascript:alert(1))", "Second note."):
        assert act(support, MODEL, customer, "add-note", body=body).status_code == 303
    first, _ = rows(site, CustomerNote, customer)
    url = panel_url(MODEL, customer, "customers.notes")
    with site.counted() as statements:
        shown = support.get(url, headers={"HX-Request": "true"}).text
    assert len(statements) <= PANEL_BUDGET, statements
    assert "<strong>late</strong>" in shown
    assert "&lt;script&gt;" in shown
    assert 'href="javascript:' not in shown
    assert f"Author {name_of(site, support)}" in html.unescape(shown)
    assert shown.index("Second note.") < shown.index("<strong>late")

    assert act(support, NOTE, str(first.id), "pin-note").status_code == 303
    shown = panel(support, customer, "notes")
    assert shown.index("<strong>late") < shown.index("Second note.")
    assert "Pinned" in shown

    assert act(support, NOTE, str(first.id), "edit-note", body="Pays on time").status_code == 303
    with site.machine.database.sessions() as session:
        versions = session.scalars(
            sa.select(CustomerNoteRevision)
            .where(CustomerNoteRevision.note_id == first.id)
            .order_by(CustomerNoteRevision.number)
        ).all()
        assert [(v.number, v.editor_id) for v in versions] == [(1, first.author_id), (2, first.author_id)]
    compared = panel(support, str(first.id), "versions", NOTE)
    assert "<del>" in compared
    assert "<ins>" in compared
    assert name_of(site, support) in compared


def test_notes_of_others_are_theirs_and_removed_ones_are_kept(
    site: Site, owner: FlaskClient, support: FlaskClient, viewer: FlaskClient
) -> None:
    customer = made(site)
    act(support, MODEL, customer, "add-note", body="Second note.")
    (second,) = rows(site, CustomerNote, customer)
    seen_by_viewer = panel(viewer, customer, "notes")
    assert "Second note" not in seen_by_viewer
    assert "••••••" in seen_by_viewer
    assert "Write a note" not in seen_by_viewer
    assert act(viewer, MODEL, customer, "add-note", body="x").status_code == 403

    assert act(owner, MODEL, customer, "add-note", body="By the owner.").status_code == 303
    owners = rows(site, CustomerNote, customer)[-1]
    for verb, answers in (("edit-note", {"body": "mine"}), ("remove-note", {"reason": "x"})):
        refused = act(support, NOTE, str(owners.id), verb, **answers)
        assert refused.status_code == 422
        assert "Somebody else wrote this note." in refused.text
    assert act(owner, NOTE, str(second.id), "remove-note", reason="Wrong customer").status_code == 303
    assert "Second note." not in panel(support, customer, "notes")
    assert "Second note." not in support.get(timeline_url(MODEL, customer)).text
    kept = support.get(record_url(NOTE, str(second.id))).text
    assert "Second note." in kept
    assert "Wrong customer" in kept
    assert "action/customers.edit-note" not in kept
    entry = support.get(timeline_url(MODEL, customer, {"kind": "customers.notes"})).text
    assert "By the owner." in entry


def test_nothing_typed_into_a_note_is_lost_and_nothing_is_written_over(
    site: Site, support: FlaskClient, viewer: FlaskClient
) -> None:
    customer = made(site)
    url = action_url(MODEL, customer, "customers.add-note")
    form = form_of(support.get(url).text)
    long = "long " * 4_001
    refused = support.post(url, data={**form, "q-body": long, "q-pin": "yes", "step": "do"})
    assert refused.status_code == 422
    assert "at most 20000 characters" in refused.text
    assert long.strip() in refused.text
    assert re.search(r'name="q-pin"[^>]*checked', refused.text)
    act(support, MODEL, customer, "add-note", body="As it was")
    (note,) = rows(site, CustomerNote, customer)

    url = action_url(NOTE, str(note.id), "customers.edit-note")
    opened = [support.get(url).text for _ in range(2)]
    assert all(">As it was</textarea>" in page for page in opened)
    assert support.post(url, data={**form_of(opened[0]), "q-body": "Mine", "step": "do"}).status_code == 303
    for body in ("", "Theirs"):
        late = support.post(url, data={**form_of(opened[1]), "q-body": body, "step": "do"})
        said = "Somebody changed it since you opened this page." in html.unescape(late.text)
        assert (late.status_code, said) == (422, True), body
    assert ">Theirs</textarea>" in late.text
    assert support.post(url, data={**form_of(late.text), "q-body": "Theirs", "step": "do"}).status_code == 303
    assert "The text is the same as before." in act(support, NOTE, str(note.id), "edit-note", body="Theirs").text
    assert viewer.get(url).status_code == 403


# --- R22: suspend and unsuspend
@pytest.fixture(scope="module")
def endpoint(site: Site) -> Iterator[None]:
    """Somebody listens to what is told about suspensions."""
    with site.machine.database.transaction() as session:
        events = ["customer.suspended", "customer.unsuspended"]
        row = WebhookEndpoint(name="Suspensions", url="https://app.example.com/h", events=events, secret=b"s")
        session.add(row)
        session.flush()
        key = row.id
    yield
    with site.machine.database.transaction() as session:
        session.execute(sa.update(WebhookEndpoint).where(WebhookEndpoint.id == key).values(enabled=False))


def told(site: Site, customer: str) -> list[tuple[str, dict[str, Any]]]:
    wanted = sa.select(WebhookDelivery).where(WebhookDelivery.payload["data"]["customer"].astext == customer)
    with site.machine.database.sessions() as session:
        found = session.scalars(wanted.order_by(WebhookDelivery.created_at, WebhookDelivery.id))
        return [(each.event_type, each.payload["data"]) for each in found]


def status(site: Site, customer: str) -> str:
    with site.machine.database.sessions() as session:
        return session.get_one(Customer, UUID(customer)).status.value


@pytest.mark.usefixtures("endpoint")
def test_a_suspension_is_shown_told_and_taken_back(
    site: Site, owner: FlaskClient, support: FlaskClient, viewer: FlaskClient
) -> None:
    customer = made(site, status=CustomerStatus.PAST_DUE, external_id="org_77")
    words = {"category": "abuse", "reason": "Scrapes CVs", "message": "Please write to us."}
    late = act(support, MODEL, customer, "suspend", **words, until="2020-01-01")
    assert late.status_code == 422
    assert "over already" in late.text
    assert "Scrapes CVs" in late.text
    assert status(site, customer) == "past_due"
    last = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    assert act(support, MODEL, customer, "suspend", **words, until=last).status_code == 303
    page = owner.get(record_url(MODEL, customer)).text
    assert "tone-danger" in page
    assert "action/customers.unsuspend" in page
    assert "action/customers.suspend" not in page
    shown = panel(owner, customer, "suspensions")
    assert all(word in shown for word in ("Scrapes CVs", "Please write to us.", name_of(site, support), "Lifts"))
    assert "Scrapes CVs" not in panel(viewer, customer, "suspensions")
    again = act(support, MODEL, customer, "suspend", **words)
    assert "suspended already" in again.text
    assert act(viewer, MODEL, customer, "unsuspend", reason="x").status_code == 403

    assert act(support, MODEL, customer, "unsuspend", reason="Sorted out").status_code == 303
    assert status(site, customer) == "past_due"
    (row,) = rows(site, Suspension, customer)
    assert (row.end_reason, row.ended_by_id) == ("Sorted out", row.started_by_id)
    (began, begun), (ended, over) = told(site, customer)
    assert (began, ended) == ("customer.suspended", "customer.unsuspended")
    assert begun["external_id"] == "org_77"
    assert (begun["category"], begun["message"]) == ("abuse", "Please write to us.")
    assert begun["until"] == row.lifts_at.isoformat()
    assert over["status"] == "past_due"
    assert "Scrapes" not in str(told(site, customer))  # the team's own words stay here


@pytest.mark.usefixtures("endpoint")
def test_a_suspension_ends_by_itself_once(site: Site, owner: FlaskClient) -> None:
    due, later = made(site), made(site)
    for customer in (due, later):
        act(owner, MODEL, customer, "suspend", category="other", reason="Audit", until=tomorrow())
    began = datetime.now(UTC) - timedelta(days=2)
    with site.machine.database.transaction() as session:
        past = {"started_at": began, "lifts_at": began + timedelta(days=1)}
        session.execute(sa.update(Suspension).where(Suspension.customer_id == UUID(due)).values(past))
    assert run_job(site.machine, "customers.lift-suspensions") == "Ended 0 suspensions."  # the second time
    assert (status(site, due), status(site, later)) == ("active", "suspended")
    (row,) = rows(site, Suspension, due)
    assert row.end_reason == "Its end had come."
    assert [kind for kind, _ in told(site, due)] == ["customer.suspended", "customer.unsuspended"]


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


# --- R18, R100: passwords
@pytest.fixture
def service() -> Iterator[Vendor]:
    with vendor() as found:
        found.answers[("GET", f"/auth/v1/admin/users/{USER}")] = (200, {"id": USER, "email": "known@there.example"})
        yield found


@pytest.fixture
def signing_in(site: Site, service: Vendor) -> Iterator[Vendor]:
    """The sign-in service is set up, and knows nobody yet."""
    with site.machine.database.transaction() as session:
        for model in (Customer, Person):
            session.execute(sa.update(model).where(model.auth_user_id == USER).values(auth_user_id=None))
    values = {"service_key": KEY, "project_url": service.url, "redirect_to": "https://app.example/new"}
    write(site, values)
    yield service
    write(site, dict.fromkeys(values))


def write(site: Site, values: dict[str, Any]) -> None:
    with site.machine.database.transaction() as session:
        settings_store.write(session, site.machine.cipher, SIGN_IN, values)


def worked(site: Site) -> int:
    return perform_waiting(site.machine, "customers.send-password-reset")


def test_without_the_service_it_is_said_where_to_set_it_up(site: Site, owner: FlaskClient) -> None:
    refused = act(owner, MODEL, made(site), "email-password")
    assert refused.status_code == 422
    assert "An Owner enters the project's URL and key under Settings, Supabase Auth." in html.unescape(refused.text)


def test_a_password_reset_email_is_asked_for_as_documented(
    site: Site, support: FlaskClient, viewer: FlaskClient, signing_in: Vendor
) -> None:
    customer = made(site, auth_user_id=USER)
    assert act(viewer, MODEL, customer, "email-password").status_code == 403
    assert act(support, MODEL, customer, "email-password", reason="Rang us").status_code == 303
    assert signing_in.asked == []  # no request calls out
    assert worked(site) == 1
    assert signing_in.asked == [
        ("GET", f"/auth/v1/admin/users/{USER}", f"Bearer {KEY}"),
        ("POST", "/auth/v1/recover?redirect_to=https%3A%2F%2Fapp.example%2Fnew", f"Bearer {KEY}"),
    ]
    assert all(headers["apikey"] == KEY for headers, _ in signing_in.sent)
    assert signing_in.sent[-1][0]["content-type"] == "application/json"
    assert signing_in.sent[-1][1] == {"email": "known@there.example"}  # the address the service knows, not ours
    (row,) = rows(site, PasswordReset, customer)
    assert (row.state.value, row.problem, row.password_changed_at) == ("sent", None, None)
    assert "Sent" in panel(support, customer, "password-resets")
    for _ in range(2):
        assert act(support, MODEL, customer, "email-password").status_code == 303
    fourth = act(support, MODEL, customer, "email-password")
    assert fourth.status_code == 422
    assert "3 resets were asked for this customer within an hour; 3 are the most." in fourth.text
    assert worked(site) == 2


def test_a_reset_replaces_the_password_by_one_nobody_knows(
    site: Site, support: FlaskClient, signing_in: Vendor
) -> None:
    customer = made(site)
    with site.machine.database.transaction() as session:
        words = {"name": "Nomsa", "email": "nomsa@fynbos.example", "is_primary": True, "auth_user_id": USER}
        person = Person(customer_id=UUID(customer), **words)
        session.add(person)
        session.flush()
        who = str(person.id)
    assert act(support, MODEL, customer, "reset-password", reason="Stolen laptop").status_code == 303
    assert act(support, "people", who, "reset-password", reason="Again").status_code == 303
    assert worked(site) == 2
    wanted = [("PUT", f"/auth/v1/admin/users/{USER}"), ("GET", f"/auth/v1/admin/users/{USER}")]
    assert [(method, target) for method, target, _ in signing_in.asked][:2] == wanted
    passwords = [body["password"] for (method, *_), (_, body) in zip(signing_in.asked, signing_in.sent, strict=True)
                 if method == "PUT"]  # fmt: skip
    assert len(set(passwords)) == 2
    assert {len(each) for each in passwords} == {64}
    found = rows(site, PasswordReset, customer)
    assert {(str(row.person_id), row.state.value) for row in found} == {(who, "sent")}
    assert all(row.password_changed_at for row in found)
    assert everything_of_jobs(site).isdisjoint({*passwords, KEY, "known@there.example", "nomsa@fynbos.example"})
    nobody_is_written_to_in_place_of_who_is_gone(site, support, signing_in, customer, who)


def nobody_is_written_to_in_place_of_who_is_gone(
    site: Site, support: FlaskClient, signing_in: Vendor, customer: str, who: str
) -> None:
    asked = len(signing_in.asked)
    assert act(support, "people", who, "email-password").status_code == 303
    with site.machine.database.transaction() as session:
        session.execute(sa.delete(Person).where(Person.id == UUID(who)))
    assert worked(site) == 1
    last = rows(site, PasswordReset, customer)[-1]
    assert (last.state.value, last.problem) == ("failed", GONE)
    assert len(signing_in.asked) == asked
    assert GONE in html.unescape(act(support, "password_resets", str(last.id), "retry-reset").text)


def everything_of_jobs(site: Site) -> set[str]:
    """Return every text that the jobs of resets, and their steps, keep."""
    with site.machine.database.sessions() as session:
        jobs = session.scalars(sa.select(Job).where(Job.name == "customers.send-password-reset")).all()
        steps = session.scalars(sa.select(JobStep).where(JobStep.job_id.in_([job.id for job in jobs]))).all()
        kept = [[job.args, job.result, job.error, job.checkpoint] for job in jobs] + [
            [s.intent, s.result] for s in steps
        ]
    return set(re.findall(r"[^\s'\"{}\[\],]+", str(kept)))


def test_what_the_service_refuses_is_said_and_tried_again(site: Site, support: FlaskClient, signing_in: Vendor) -> None:
    customer = made(site, auth_user_id="gone-1")
    signing_in.answers["PUT", "/auth/v1/admin/users/gone-1"] = (404, {"msg": "User not found"})
    act(support, MODEL, customer, "reset-password", reason="Lost")
    assert worked(site) == 1
    (row,) = rows(site, PasswordReset, customer)
    assert (row.state.value, row.password_changed_at) == ("failed", None)
    shown = panel(support, customer, "password-resets")
    assert "Supabase Auth knows no account with the key that we have for this customer." in shown
    assert f"password_resets/record/{row.id}/action/customers.retry-reset" in shown
    signing_in.answers.clear()
    signing_in.answer = (200, {"email": "known@there.example"})
    assert act(support, "password_resets", str(row.id), "retry-reset").status_code == 303
    assert worked(site) == 1
    assert [each.state.value for each in rows(site, PasswordReset, customer)] == ["failed", "sent"]


def test_without_a_key_of_the_account_only_the_address_is_written_to(
    site: Site, support: FlaskClient, signing_in: Vendor
) -> None:
    customer = made(site)
    refused = act(support, MODEL, customer, "reset-password", reason="Lost")
    assert "We don't know this account's key in the sign-in service." in html.unescape(refused.text)
    assert act(support, MODEL, customer, "email-password").status_code == 303
    signing_in.answer = (429, {"error_code": "over_email_send_rate_limit"})
    assert worked(site) == 1
    (row,) = rows(site, PasswordReset, customer)
    assert row.state.value == "requested"  # it is tried again by itself
    assert "too often" in str(row.problem)
    assert signing_in.sent[-1][1] == {"email": "otto@fynbos.example"}
