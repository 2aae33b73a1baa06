"""Signing in as a customer: asked for, opened by a token, taken by the app, told, ended; and who may not."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.periods import local_day
from plugins.customers.actions import impersonation as actions
from plugins.customers.jobs.impersonation import note_ended
from plugins.customers.rules.impersonation import PAGE
from plugins.customers.views.visits import not_reviewed
from schema.access_log import AccessEntry
from schema.accounts import Impersonation
from schema.audit import AuditEntry
from schema.settings import Setting
from schema.staff import StaffMember, StaffOwnAccount, StaffSession
from tests.journeys.api.programs import Program, program, refused
from tests.journeys.approvals import Office, hidden
from tests.journeys.impersonating import APP, Account, account, ask, end_all, newest, press, send, set_up, token_of
from tests.journeys.site import Site, make_stale, session_of

MAY = ("page:*:read", "data:*:read", "pii:*:read", "customers:*:*")
CSP_FORM = "form-action 'self' https://app.hireinbox.example;"


VISITS = "/admin/customers/visits"
MOMENTS = ("issued_at", "token_expires_at", "redeemed_at", "session_expires_at", "ended_at")


@pytest.fixture(autouse=True)
def nobody_is_in(site: Site) -> Iterator[None]:
    set_up(site.machine)
    end_all(site.machine)
    yield
    end_all(site.machine)


@pytest.fixture(scope="module")
def otto(site: Site) -> Account:
    return account(site.machine)


@pytest.fixture(scope="module")
def app(site: Site) -> Program:
    return program(site, "impersonations:take", "impersonations:read")


def opened(site: Site, client: FlaskClient, otto: Account) -> tuple[Impersonation, str]:
    """Ask for it and open it; return the row and the token."""
    assert ask(client, otto.url, otto.typed).location == PAGE
    token = token_of(press(client, newest(site.machine, otto), "open"))
    return newest(site.machine, otto), token


def entries(site: Site, row: Impersonation) -> list[tuple[str, Any, Any]]:
    with site.machine.database.sessions() as session:
        found = sa.select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.subject_key)
        found = found.where(AuditEntry.impersonation_id == row.id).order_by(AuditEntry.id)
        return [tuple(each) for each in session.execute(found)]


def test_a_visit_from_the_button_to_its_end(
    site: Site, support: FlaskClient, owner: FlaskClient, app: Program, otto: Account
) -> None:
    assert otto.url in support.get(f"/admin/data/customers/record/{otto.customer}").text
    assert ask(support, otto.url, otto.typed).location == PAGE
    row = newest(site.machine, otto)
    assert "Open the customer app" in support.get(PAGE).text
    assert str(row.id) not in owner.get(PAGE).text  # everybody sees their own
    answer = press(support, row, "open")
    assert f'action="{APP}"' in answer.text
    assert CSP_FORM in answer.headers["Content-Security-Policy"]
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    token = token_of(answer)
    refused(app.post("/impersonations/consume", {"token": token}, "a-key"), 400, "idempotency-key-refused")
    taken = app.post("/impersonations/consume", {"token": token, "ip": "192.0.2.7"})
    assert taken.status_code == 200, taken.text
    assert taken.json is not None
    assert (taken.json["id"], taken.json["live"], taken.json["mode"]) == (str(row.id), True, "ro")
    refused(app.post("/impersonations/consume", {"token": token}), 409, "refused")
    told = app.post(f"/impersonations/{row.id}/activity", {"pages": 3, "records": 2})
    assert told.json is not None
    assert told.json["live"] is True
    assert "signed in as this customer" in support.get(PAGE).text
    end = f"/admin/data/impersonations/record/{row.id}/action/customers.end"
    assert send(owner, end, **hidden(owner.get(end).text)).status_code == 303
    asked = app.get(f"/impersonations/{row.id}")
    assert asked.json is not None
    assert asked.json["live"] is False
    told_of(site, support, owner, app, otto)


def told_of(site: Site, support: FlaskClient, owner: FlaskClient, app: Program, otto: Account) -> None:
    """Look for everything that is kept of a visit that the owner ended."""
    staff, owners = site.member(support), site.member(owner)
    row = newest(site.machine, otto)
    assert (row.staff_id, row.ended_by_id, row.pages_seen, row.records_seen) == (staff, owners, 3, 2)
    whole = [("customers.impersonated", staff), ("customers.impersonation-begun", staff), ("data.impersonation", staff)]
    assert entries(site, row) == [(action, actor, str(otto.customer)) for action, actor in whole]
    with site.machine.database.sessions() as session:
        look = session.scalars(
            sa.select(AccessEntry).where(AccessEntry.ticket_id == otto.ticket_id, AccessEntry.kind == "impersonation")
        ).one()
        assert (look.member_id, look.subject_key, look.ticket_id) == (staff, str(otto.customer), otto.ticket_id)
    twin = account(site.machine, merged_into_id=otto.customer).external
    listed, same = (app.get(f"/impersonations?customer={name}").json for name in (otto.external, twin))
    assert listed is not None
    assert same == listed
    assert (listed["items"][0]["ticket"], listed["items"][0]["pages_seen"]) == (otto.ticket, 3)
    page = owner.get(f"/admin/data/customers/record/{otto.customer}/panel/customers.impersonations").text
    assert "Cannot find the export." in page


def test_a_token_opens_once_however_many_bring_it(site: Site, owner: FlaskClient, otto: Account) -> None:
    _, token = opened(site, owner, otto)
    came: list[bool] = []

    def bring() -> None:
        with site.machine.database.transaction() as session:
            try:
                actions.take(session, token, None, datetime.now(UTC))
                came.append(True)
            except actions.ActionRefused:
                came.append(False)

    brought = [threading.Thread(target=bring) for _ in range(4)]
    for each in brought:
        each.start()
    for each in brought:
        each.join()
    assert sorted(came) == [False, False, False, True]


def test_one_at_a_time_and_only_ones_own(site: Site, owner: FlaskClient, support: FlaskClient, otto: Account) -> None:
    opened(site, owner, otto)
    other = account(site.machine)
    ask(owner, other.url, other.typed)
    second = newest(site.machine, other)
    assert "signed in as a customer already" in press(owner, second, "open").text
    assert press(support, second, "open").status_code == 422
    assert press(support, second, "end").status_code == 422
    assert press(owner, newest(site.machine, otto), "end").status_code == 303
    assert token_of(press(owner, second, "open"))
    assert press(owner, second, "open").status_code == 422  # a token is made once


def test_what_was_asked_for_can_be_opened_for_ten_minutes(site: Site, owner: FlaskClient, otto: Account) -> None:
    ask(owner, otto.url, otto.typed)
    row = newest(site.machine, otto)
    with site.machine.database.transaction() as session:
        earlier = {"issued_at": row.issued_at - timedelta(minutes=11)}
        session.execute(sa.update(Impersonation).where(Impersonation.id == row.id).values(**earlier))
    assert press(owner, row, "open").status_code == 422
    with site.machine.database.transaction() as session:
        assert note_ended(session) == 1
        assert note_ended(session) == 0
    over = newest(site.machine, otto)
    assert (over.ended_at, over.ended_by_id) == (over.issued_at + timedelta(minutes=10), None)


def test_it_is_opened_by_who_just_proved_who_they_are(site: Site, otto: Account) -> None:
    client = site.client("Support")
    ask(client, otto.url, otto.typed)
    with site.machine.database.transaction() as session:
        six_minutes_ago = {"fresh_at": sa.func.now() - timedelta(minutes=6)}
        session.execute(sa.update(StaffSession).where(session_of(client)).values(**six_minutes_ago))
    assert "/auth/verify" in str(press(client, newest(site.machine, otto), "open").location)
    make_stale(site.machine, client)
    assert "/auth/verify" in str(client.get(otto.url).location)


def test_changes_need_a_second_person(site: Site, support: FlaskClient, app: Program) -> None:
    theirs, office = account(site.machine), Office(site)
    url = theirs.url.replace("sign-in-as", "work-as")
    assert support.get(url).status_code == 403
    ada, finn = (office.colleague(name, *MAY) for name in ("Ada", "Finn"))
    asked = ask(ada.browser, url, theirs.typed, step="ask", reason="The import has to be mended.")
    assert "/admin/approvals/" in str(asked.location), asked.text
    assert ada.send(f"{asked.location}/approve").status_code in {403, 422}
    assert finn.send(f"{asked.location}/approve").status_code == 303
    row = newest(site.machine, theirs)
    assert (row.staff_id, row.mode.value) == (ada.id, "full")
    taken = app.post("/impersonations/consume", {"token": token_of(press(ada.browser, row, "open"))}).json
    assert taken is not None
    assert taken["mode"] == "rw"


def test_viewers_may_not(viewer: FlaskClient, otto: Account) -> None:
    assert viewer.get(otto.url).status_code == 403
    assert viewer.get(PAGE).status_code == 403
    assert otto.url not in viewer.get(f"/admin/data/customers/record/{otto.customer}").text


REFUSALS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"is_internal": True}, "test or house account"),
    ({"erased_at": datetime(2026, 3, 2, tzinfo=UTC)}, "was erased"),
    ({"closed_at": datetime(2026, 3, 2, tzinfo=UTC)}, "is closed"),
    ({"external_id": None, "of_person": {"auth_user_id": None}}, "no key of theirs"),
)


@pytest.mark.parametrize(("values", "why"), REFUSALS)
def test_some_accounts_are_nobodys(site: Site, owner: FlaskClient, values: dict[str, Any], why: str) -> None:
    theirs = account(site.machine, **values)
    assert why in ask(owner, theirs.url, theirs.typed).text


def test_accounts_of_the_team_and_foreign_tickets_are_refused(site: Site, owner: FlaskClient, otto: Account) -> None:
    linked, named = account(site.machine), None
    with site.machine.database.transaction() as session:
        member = session.scalars(sa.select(StaffMember).where(StaffMember.id != site.member(owner)).limit(1)).one()
        session.add(StaffOwnAccount(member_id=member.id, customer_id=linked.customer))
        named = member.email.upper()
    for theirs in (linked, account(site.machine, of_person={"email": named})):
        assert "a member of our team" in ask(owner, theirs.url, theirs.typed).text
    foreign = {**otto.typed, "q-ticket": str(account(site.machine).ticket)}
    assert "not one of this customer" in ask(owner, otto.url, foreign).text


def test_the_app_ends_it_and_counts_what_was_shown_last(
    site: Site, owner: FlaskClient, app: Program, otto: Account
) -> None:
    row, token = opened(site, owner, otto)
    app.post("/impersonations/consume", {"token": token})
    for _ in range(2):  # the second time nothing ends
        answer = app.post(f"/impersonations/{row.id}/end", {"pages": 1, "by": "person"}).json
        assert answer is not None
        assert answer["live"] is False
    over = newest(site.machine, otto)
    assert (over.ended_by_id, over.pages_seen) == (site.member(owner), 2)
    assert [action for action, *_ in entries(site, row)].count("customers.impersonation-ended") == 1


def test_it_ends_with_the_member_and_the_customer(site: Site, owner: FlaskClient, app: Program) -> None:
    theirs = account(site.machine)
    row, token = opened(site, owner, theirs)
    assert app.post("/impersonations/consume", {"token": token}).status_code == 200
    with site.machine.database.transaction() as session:
        closed = "UPDATE admin.customers SET is_internal = true WHERE id = :id"
        session.execute(sa.text(closed), {"id": theirs.customer})
    asked = app.get(f"/impersonations/{row.id}").json
    assert asked is not None
    assert asked["live"] is False


# --- Whether they agreed, and who looks it over afterwards
@pytest.mark.parametrize(
    ("setting", "answer", "why"),
    [("asked", "", "Say whether"), ("required", "no", "who did not agree"), ("required", "yes", ""), ("off", "", "")],
)
def test_the_customers_agreement_is_asked_as_the_setting_says(
    site: Site, owner: FlaskClient, otto: Account, setting: str, answer: str, why: str
) -> None:
    with site.machine.database.transaction() as session:
        session.add(Setting(section="impersonation", name="consent", value={"v": setting}))
    answered = ask(owner, otto.url, {**otto.typed, "q-agreed": answer})
    if why:
        assert (answered.status_code, why in answered.text) == (422, True)
    else:
        assert answered.location == PAGE
        assert newest(site.machine, otto).customer_agreed is {"yes": True, "": None}[answer]


def visited(site: Site, client: FlaskClient, app: Program) -> Impersonation:
    """Return a visit that took place and is over."""
    row, token = opened(site, client, account(site.machine))
    app.post("/impersonations/consume", {"token": token})
    app.post(f"/impersonations/{row.id}/activity", {"pages": 4, "records": 2, "changes": 1})
    app.post(f"/impersonations/{row.id}/end", {"by": "person"})
    return row


def fetched(site: Site, row: Impersonation) -> Impersonation:
    with site.machine.database.sessions() as session:
        return session.get_one(Impersonation, row.id)


def week_with(site: Site, client: FlaskClient, row: Impersonation) -> tuple[str, str]:
    """Return the address of the page with a visit, and what stands there."""
    began = fetched(site, row).redeemed_at
    assert began is not None
    url = f"{VISITS}?week={local_day(began)}"
    return url, client.get(url).text


def test_somebody_else_looks_a_visit_over(site: Site, owner: FlaskClient, support: FlaskClient, app: Program) -> None:
    theirs, own = visited(site, support, app), visited(site, owner, app)
    url, page = week_with(site, owner, theirs)
    assert "Cannot find the export." in page
    assert f'name="visit-{theirs.id}"' in page
    assert f'name="visit-{own.id}"' not in page, "nobody reviews their own"
    assert own_words(page, own) == "It was your own visit: somebody else has to look it over."
    assert "No visits in this week" in owner.get(f"{VISITS}?week=2001-01-01").text
    both = send(owner, url, **{f"visit-{theirs.id}": "1", f"visit-{own.id}": "1"})
    assert (both.status_code, "It was your own visit" in both.text) == (422, True)
    assert fetched(site, theirs).reviewed_at is None, "all or none"
    assert "No visit is chosen" in send(owner, url, note="x").text
    assert send(owner, url, **{f"visit-{theirs.id}": "1", "note": "Asked Otto."}).status_code == 303
    row = fetched(site, theirs)
    assert (row.reviewed_by_id, row.review_note, row.changes_made) == (site.member(owner), "Asked Otto.", 1)
    assert "Asked Otto." in owner.get(url).text
    assert f'name="visit-{theirs.id}"' not in owner.get(url).text
    assert send(support, url, **{f"visit-{own.id}": "1"}).status_code == 403
    one = f"/admin/data/impersonations/record/{own.id}/action/customers.review"
    assert "It was your own visit" in send(owner, one, **hidden(owner.get(one).text)).text


def own_words(page: str, row: Impersonation) -> str:
    """Return what the page says instead of who reviewed a visit."""
    line = page.split(str(row.id))[1].split("</tr>", maxsplit=1)[0]
    return re.findall(r'text-secondary">([^<]+)<', line)[0]


def test_visits_that_nobody_reviewed_are_mentioned_at_home_and_by_the_bell(
    site: Site, owner: FlaskClient, support: FlaskClient, app: Program
) -> None:
    row = visited(site, support, app)
    with site.machine.database.transaction() as session:
        before = not_reviewed(session, datetime.now(UTC)).value or 0
        session.execute(
            sa.update(Impersonation)
            .where(Impersonation.id == row.id)
            .values({name: getattr(Impersonation, name) - timedelta(days=9) for name in MOMENTS})
        )
    with site.machine.database.sessions() as session:
        assert not_reviewed(session, datetime.now(UTC)).value == before + 1
    line = "Visits to customers that nobody has reviewed"
    assert line in owner.get("/admin/").text
    assert line not in support.get("/admin/").text


def test_programs_need_the_scope_and_find_only_what_was_let_in(
    site: Site, owner: FlaskClient, app: Program, otto: Account
) -> None:
    row, _ = opened(site, owner, otto)
    refused(program(site, "feedback:read").get("/impersonations/keys"), 403, "scope-missing")
    refused(app.get(f"/impersonations/{row.id}"), 404, "not-found")
    refused(app.post("/impersonations/consume", {"token": "x" * 40}), 409, "refused")
    refused(app.get("/impersonations?customer=nobody"), 422, "invalid")
    keys = app.get("/impersonations/keys").json
    assert keys is not None
    assert [key["crv"] for key in keys["keys"]] == ["Ed25519"]
