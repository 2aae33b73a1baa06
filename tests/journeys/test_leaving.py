"""Off-boarding over HTTP: everything passes on and closes at once, or nothing does."""

import html
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.team import leaving
from schema.api import ApiKey, WebhookEndpoint
from schema.audit import AuditEntry
from schema.base import Base
from schema.changes import Approval, ApprovalState, ChangeRow, ChangeSet
from schema.service_levels import RotaMember
from schema.staff import StaffMember
from schema.support import Ticket
from schema.views import SavedView
from tests.journeys.site import Site
from tests.journeys.test_team import get, person, row_of, send

URL = "/admin/staff"


def ticket(site: Site, holder: UUID, **words: Any) -> UUID:
    """Return the id of a ticket of somebody's."""
    with site.machine.database.transaction() as session:
        made = Ticket(subject="Help", opened_at=sa.func.now(), assignee_id=holder, **words)
        session.add(made)
        session.flush()
        return made.id


def view(site: Site, holder: UUID, name: str, *, shared: bool) -> UUID:
    with site.machine.database.transaction() as session:
        made = SavedView(owner_id=holder, model_key="tickets", name=name, shared=shared)
        session.add(made)
        session.flush()
        return made.id


def holder_of(site: Site, model: type[Any], key: UUID, column: str) -> UUID:
    with site.machine.database.sessions() as session:
        found: UUID = getattr(session.get_one(model, key), column)
        return found


def api_key(site: Site, holder: UUID) -> UUID:
    with site.machine.database.transaction() as session:
        made = ApiKey(name="App", prefix=uuid4().hex, key_hash=uuid4().hex, scopes=[], created_by_id=holder)
        session.add(made)
        session.flush()
        return made.id


def approval(site: Site, holder: UUID) -> UUID:
    with site.machine.database.transaction() as session:
        words = {"title": "Something big", "action": "core.test", "plan_hash": "0" * 64, "plan": {}}
        made = Approval(**words, requested_by_id=holder, expires_at=sa.func.now() + sa.text("interval '1 day'"))
        session.add(made)
        session.flush()
        return made.id


def test_everything_open_passes_on_and_access_closes_at_once(site: Site, owner: FlaskClient) -> None:
    leaver, heir, other = person(site, "Support"), person(site, "Support"), person(site, "Owner")
    open_one, closed = ticket(site, leaver), ticket(site, leaver, closed_at=sa.func.now())
    shared, private = view(site, leaver, "Mine", shared=True), view(site, leaver, "Private", shared=False)
    twin = view(site, leaver, "Same", shared=True)
    view(site, heir, "Same", shared=True)
    key, asked = api_key(site, leaver), approval(site, leaver)
    page = get(site, owner, f"{URL}/{leaver}/leave", budget=7)
    assert all(word in page for word in ("Tickets", "Saved views", "API keys"))
    form = [("to", str(heir)), ("to-api_keys.created_by_id", str(other)), ("reason", "Found another job")]
    done = send(owner, f"{URL}/{leaver}/leave", form)
    assert done.status_code == 303, html.unescape(done.text)[-1500:]
    assert "3 records handed over" in get(site, owner, f"{URL}/{leaver}")
    assert holder_of(site, Ticket, open_one, "assignee_id") == heir
    assert holder_of(site, Ticket, closed, "assignee_id") == leaver
    assert holder_of(site, SavedView, shared, "owner_id") == heir
    assert {holder_of(site, SavedView, each, "owner_id") for each in (private, twin)} == {leaver}
    assert holder_of(site, ApiKey, key, "created_by_id") == other
    assert not row_of(site, leaver).active
    with site.machine.database.sessions() as session:
        assert session.get_one(Approval, asked).state is ApprovalState.WITHDRAWN
        about = sa.select(AuditEntry).where(AuditEntry.object_key == str(leaver), AuditEntry.category == "write")
        entries = session.scalars(about).all()
        assert [(each.action, each.reason) for each in entries] == [("staff.left", "Found another job")]
        change = session.get_one(ChangeSet, entries[0].change_set_id)
        tables = set(session.scalars(sa.select(ChangeRow.table_name).where(ChangeRow.change_set_id == change.id)))
    assert {"tickets", "saved_views", "api_keys", "staff_members", "approvals"} <= tables
    assert (change.action, change.reason) == ("core.staff-offboard", "Found another job")


@pytest.mark.parametrize(
    ("to", "sentence"),
    [("", "Say who takes over"), ("self", "Choose somebody with access"), ("viewer", "may not see"), ("x", "Say who")],
)
def test_a_refused_hand_over_changes_nothing(site: Site, owner: FlaskClient, to: str, sentence: str) -> None:
    leaver = person(site, "Support")
    kept, asked = ticket(site, leaver), approval(site, leaver)
    stranger = person(site)
    heir = {"self": str(leaver), "viewer": str(stranger)}.get(to, to)
    answer = send(owner, f"{URL}/{leaver}/leave", [("to", heir), ("reason", "Typed reason")])
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert sentence in page
    assert "Typed reason" in page
    assert holder_of(site, Ticket, kept, "assignee_id") == leaver
    assert row_of(site, leaver).active
    with site.machine.database.sessions() as session:
        assert session.get_one(Approval, asked).state is ApprovalState.REQUESTED


def test_somebody_who_holds_nothing_just_leaves(site: Site, owner: FlaskClient) -> None:
    leaver = person(site, "Viewer")
    assert "Nothing to hand over" in get(site, owner, f"{URL}/{leaver}/leave", budget=7)
    assert send(owner, f"{URL}/{leaver}/leave").status_code == 303
    assert not row_of(site, leaver).active
    assert send(owner, f"{URL}/{leaver}/leave").status_code == 422


def test_what_is_held_is_found_in_every_table(site: Site) -> None:
    found = {holding.key for holding in leaving.holdings(site.machine.registry)}
    assert {
        "tickets.assignee_id", "saved_views.owner_id", "review_assignments.assigned_to_id", "reports.owner_id",
        "subject_requests.assigned_to_id", "api_keys.created_by_id", "escalation_steps.staff_id",
        "error_issues.assigned_to_id", "alert_rules.owner_id", "prompts.owner_id",
    } <= found  # fmt: skip
    named = {key.split(".")[1] for key in found}
    assert named <= leaving.HOLDER_NAMES | {"created_by_id", "staff_id", "account_manager_id", "reviewer_id"}
    assert StaffMember.__tablename__ not in {key.split(".")[0] for key in found}


# --- Who is responsible, and who only did something once

PAST = re.compile(r"(.*_by|actor|author|editor)_id")
"""Columns whose name says that somebody did something: that stays theirs."""
OTHERS = {
    # ends with the member, or is about them alone
    "recent_views.member_id", "reveals.member_id", "sign_in_attempts.member_id", "sign_in_links.member_id",
    "staff_devices.member_id", "staff_roles.member_id", "staff_sessions.member_id", "staff_own_accounts.member_id",
    "webauthn_credentials.user_id", "invitations.member_id", "mail_messages.member_id",
    # who did it, or for whom it was done, in the past
    "access_entries.member_id", "data_exports.member_id", "data_imports.member_id",
    "impersonations.staff_id", "report_deliveries.member_id",
    "subject_request_events.member_id", "subscription_events.staff_id", "ticket_events.staff_id",
    "credit_entries.staff_id", "decision_overrides.member_id", "human_reviews.member_id",
    "satisfaction_surveys.answered_for_id",
}  # fmt: skip


def test_every_column_that_names_a_member_is_handed_over_or_says_why_not(site: Site) -> None:
    # A new one: is somebody responsible by it? Call it owner_id or assignee_id, or give it ui(hands_over=True).
    handed = {holding.key for holding in leaving.holdings(site.machine.registry)}
    passing = {model.__tablename__ for model in leaving.PASSING}
    naming = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if table.name not in passing
        for key in column.foreign_keys
        if key.target_fullname == "admin.staff_members.id"
    }
    assert naming >= OTHERS
    unknown = {key for key in naming - handed - OTHERS if not PAST.fullmatch(key.partition(".")[2])}
    assert unknown == set()
    assert {"rota_members.staff_id", "customers.account_manager_id", "review_requests.reviewer_id"} <= handed


def test_the_rota_passes_on_and_nobody_is_in_it_twice(site: Site, owner: FlaskClient) -> None:
    for is_heir_in_it in (False, True):
        leaver, heir = person(site, "Support"), person(site, "Support")
        with site.machine.database.transaction() as session:
            session.add_all(RotaMember(staff_id=each) for each in ([leaver, heir] if is_heir_in_it else [leaver]))
        assert "Rota" in get(site, owner, f"{URL}/{leaver}/leave", budget=7)
        assert send(owner, f"{URL}/{leaver}/leave", [("to", str(heir))]).status_code == 303
        with site.machine.database.sessions() as session:
            mine = RotaMember.staff_id.in_([leaver, heir])
            assert session.scalars(sa.select(RotaMember.staff_id).where(mine)).all() == [heir]


def test_whoever_has_access_can_take_over_however_large_the_team(site: Site, owner: FlaskClient) -> None:
    leaver, last = person(site, "Support"), person(site, "Support", name="Zzandile Last")
    for number in range(55):
        person(site, "Viewer", name=f"Viewer {number}")
    ticket(site, leaver)
    page = get(site, owner, f"{URL}/{leaver}/leave", budget=7)
    assert f'value="{last}"' in page


def test_the_page_names_the_secrets_that_the_member_has_seen(site: Site, owner: FlaskClient) -> None:
    leaver, heir = person(site, "Owner"), person(site, "Owner")
    seen, gone = api_key(site, leaver), api_key(site, leaver)
    with site.machine.database.transaction() as session:
        session.get_one(ApiKey, seen).name = "Key of the app"
        session.get_one(ApiKey, gone).name, session.get_one(ApiKey, gone).revoked_at = "Old key", sa.func.now()
        hook = WebhookEndpoint(name="Shop", url="https://a.example", events=["x"], secret=b"x", created_by_id=leaver)
        session.add(hook)
    page = get(site, owner, f"{URL}/{leaver}/leave", budget=7)
    assert "API key Key of the app" in page
    assert "Webhook Shop" in page
    assert "Old key" not in page
    link = re.search(r'href="(/admin/data/api_keys/record/[^"]+)"', page)
    assert link
    assert "Key of the app" in owner.get(link[1]).text
    assert send(owner, f"{URL}/{leaver}/leave", [("to", str(heir))]).status_code == 303
    said = get(site, owner, f"{URL}/{leaver}")
    assert "They still know the secrets of API key Key of the app, Webhook Shop: rotate or revoke them." in said
