"""What was changed stands on the record's page, and can be taken back, whoever wrote it by whatever page."""

import re
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.changes.acting import Acting, acting
from schema.audit import ActorKind, AuditEntry
from schema.catalog import Plan
from schema.changes import ChangeKind, ChangeRow, ChangeSet
from schema.content import FaqEntry
from schema.customers import Customer
from schema.staff import Role, StaffMember
from tests.journeys.site import Site, token_in
from tests.journeys.test_actions import form_of, new_ticket, url_of
from tests.journeys.test_attacks import fresh
from tests.running import run_job

NEW = "/admin/data/faq_entries/new"
FORM = {"c-question": "How does it work?", "c-answer": "Well.", "c-category": "general", "c-position": "1"}


def record(faq: UUID) -> str:
    return f"/admin/data/faq_entries/record/{faq}"


def send(client: FlaskClient, url: str, **data: str) -> str:
    """Post a form as its page holds it, with these fields changed; return where it leads."""
    page = client.get(url).text
    fields = dict(re.findall(r'<input[^>]*name="(version|c-[a-z_]+)"[^>]*value="([^"]*)"', page))
    fields |= dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    answer = client.post(url, data={**fields, "csrf_token": token_in(page), **data})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def made(site: Site, client: FlaskClient) -> UUID:
    where = send(client, NEW, **FORM, **{"c-state": "draft", "c-locale": "en-ZA"})
    return UUID(where.rpartition("/")[2])


def entry(site: Site, faq: UUID) -> FaqEntry | None:
    with site.machine.database.sessions() as session:
        return session.get(FaqEntry, faq)


def change_of(site: Site, faq: UUID) -> UUID:
    """Return the newest change of an entry."""
    key = {"id": str(faq)}
    with site.machine.database.sessions() as session:
        query = sa.select(ChangeRow.change_set_id).where(ChangeRow.record_key == key).order_by(ChangeRow.id.desc())
        return session.scalars(query.limit(1)).one()


def undo(client: FlaskClient, change: UUID) -> str:
    token = token_in(client.get("/admin/palette").text)
    answer = client.post(f"/admin/changes/{change}/undo", data={"csrf_token": token})
    assert answer.status_code == 303
    return client.get(str(answer.location)).text


def test_an_edit_stands_in_the_history_with_who_and_what(site: Site, owner: FlaskClient) -> None:
    faq = made(site, owner)
    send(owner, f"{record(faq)}/edit", **{"c-category": "billing"})
    page = owner.get(f"{record(faq)}/history").text
    assert re.search(r"changed <a.*?general.*?billing.*?created it", page, re.DOTALL)
    with site.machine.database.sessions() as session:
        change = session.get(ChangeSet, change_of(site, faq))
    assert change is not None
    assert change.actor_id is not None
    assert change.request_id


@pytest.mark.parametrize("deed", ["edit", "create", "delete"])
def test_a_change_is_taken_back_and_the_rows_are_equal(site: Site, owner: FlaskClient, deed: str) -> None:
    faq = made(site, owner)
    before = entry(site, faq)
    if deed == "edit":
        send(owner, f"{record(faq)}/edit", **{"c-category": "billing", "c-position": "7"})
    if deed == "delete":
        send(owner, f"{record(faq)}/delete")
        assert entry(site, faq) is None
    assert "Undone: 1 row put back." in undo(owner, change_of(site, faq))
    after = entry(site, faq)
    if deed == "create":
        assert after is None
        return
    assert before is not None
    assert after is not None
    kept = [c.key for c in sa.inspect(FaqEntry).column_attrs if c.key != "updated_at"]
    assert {key: getattr(after, key) for key in kept} == {key: getattr(before, key) for key in kept}


def test_undoing_can_be_undone(site: Site, owner: FlaskClient) -> None:
    faq = made(site, owner)
    send(owner, f"{record(faq)}/edit", **{"c-category": "billing"})
    undo(owner, change_of(site, faq))
    undo(owner, change_of(site, faq))
    found = entry(site, faq)
    assert found is not None
    assert found.category == "billing"


def test_what_somebody_changed_since_is_not_overwritten(site: Site, owner: FlaskClient) -> None:
    faq = made(site, owner)
    send(owner, f"{record(faq)}/edit", **{"c-category": "billing"})
    first = change_of(site, faq)
    send(owner, f"{record(faq)}/edit", **{"c-category": "security"})
    assert "1 of 1 rows can&#39;t be put back." in undo(owner, first)
    found = entry(site, faq)
    assert found is not None
    assert found.category == "security"


def test_otto_may_not_undo_and_sees_personal_values_masked(site: Site, owner: FlaskClient, viewer: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        customer = session.scalars(sa.select(Customer).where(Customer.person_name.is_not(None)).limit(1)).one()
    send(owner, f"/admin/data/customers/record/{customer.id}/edit", **{"c-email": "changed@example.com"})
    history = f"/admin/data/customers/record/{customer.id}/history"
    assert "changed@example.com" in owner.get(history).text
    seen = viewer.get(history).text
    assert "changed@example.com" not in seen
    assert customer.email not in seen
    change = change_of(site, customer.id)
    assert "You may not edit customers as Viewer" in viewer.get(f"/admin/changes/{change}").text
    assert "changed@example.com" not in undo(viewer, change)
    undo(owner, change)
    with site.machine.database.sessions() as session:
        assert session.scalar(sa.select(Customer.email).where(Customer.id == customer.id)) == customer.email


def test_an_undo_that_the_database_refuses_says_why_and_undoes_nothing(site: Site, owner: FlaskClient) -> None:
    key = f"plan-{uuid4()}"
    plan = {"key": key, "name": "Plan", "product_line": "b2b"}
    with acting(by_form()), site.machine.database.sessions.begin() as session:
        session.add(Plan(**plan))
    with acting(by_form()) as deleting, site.machine.database.sessions.begin() as session:
        session.execute(sa.delete(Plan).where(Plan.key == key))
    with acting(by_form()), site.machine.database.sessions.begin() as session:
        session.add(Plan(**plan))
    page = undo(owner, deleting.id)
    assert "Nothing was undone." in page
    assert "Key" in page
    with site.machine.database.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Plan.key == key)) == 1


def by_form() -> Acting:
    return Acting(kind=ChangeKind.FORM, actor_kind=ActorKind.SYSTEM, actor_key="test")


def test_an_action_is_not_undone_by_hand(site: Site, owner: FlaskClient) -> None:
    ticket = new_ticket(site)
    owner.post(url_of(ticket), data=form_of(owner.get(url_of(ticket)).text))
    change = change_of(site, ticket)
    with site.machine.database.sessions() as session:
        found = session.get_one(ChangeSet, change)
        assert (found.kind, found.undoable) == (ChangeKind.ACTION, False)
    page = owner.get(f"/admin/changes/{change}").text
    assert "can&#39;t be undone" in page
    assert f"{change}/undo" not in page


def test_who_sees_a_field_masked_may_not_set_it_back(site: Site, owner: FlaskClient) -> None:
    with acting(by_form()), site.machine.database.sessions.begin() as session:
        role = Role(name="Clerk", permissions=["data:@Customers:*", "data:change_sets:read"])
        session.add(StaffMember(name="Cleo", email="cleo@demo.example", fs_uniquifier="cleo", roles=[role]))
    found = fresh(site)
    with acting(by_form()) as who, site.machine.database.sessions.begin() as session:
        session.get_one(Customer, found).email = "set@example.com"
    page = site.client("Clerk").get(f"/admin/changes/{who.id}").text
    assert "It changed what your roles do not see in clear: E-mail." in page
    assert "set@example.com" not in page
    assert f"{who.id}/undo" not in page
    assert f"{who.id}/undo" in owner.get(f"/admin/changes/{who.id}").text


def test_encrypted_values_are_shown_and_put_back_like_those_in_clear(
    site: Site, owner: FlaskClient, viewer: FlaskClient
) -> None:
    found = fresh(site)  # its key is destroyed
    with site.machine.database.sessions() as session:
        customer = session.get_one(Customer, found)
    send(owner, f"/admin/data/customers/record/{customer.id}/edit", **{"c-email": "sealed@example.com"})
    assert "Encrypted the personal values of" in run_job(site.machine, "core.seal-history")
    history = f"/admin/data/customers/record/{customer.id}/history"
    with site.counted() as statements:
        assert "sealed@example.com" in owner.get(history).text
    assert len(statements) <= 3 + 2, statements  # two for who read whose data
    assert "sealed@example.com" not in viewer.get(history).text
    undo(owner, change_of(site, customer.id))
    with site.machine.database.sessions.begin() as session:
        assert session.scalar(sa.select(Customer.email).where(Customer.id == customer.id)) == customer.email
        site.machine.audit.subjects.destroy(session, "customer", str(customer.id))
    run_job(site.machine, "core.seal-history")
    page = owner.get(history).text
    assert "sealed@example.com" not in page
    assert "erased" in page


def test_the_history_stays_in_its_budget(site: Site, owner: FlaskClient) -> None:
    faq = made(site, owner)
    with site.counted() as statements:
        assert owner.get(f"{record(faq)}/history").status_code == 200
    assert len(statements) <= 2, statements


def entries_of(site: Site, action: str, **words: object) -> list[AuditEntry]:
    with site.machine.database.sessions() as session:
        return list(session.scalars(sa.select(AuditEntry).filter_by(action=action, **words)))


def test_what_people_change_stands_in_the_audit_log_with_its_change(site: Site, owner: FlaskClient) -> None:
    faq = made(site, owner)
    send(owner, f"{record(faq)}/edit", **{"c-category": "billing"})
    (edited,) = entries_of(site, "faq_entries.edited", object_key=str(faq))
    assert edited.change_set_id == change_of(site, faq)
    undo(owner, change_of(site, faq))
    send(owner, f"{record(faq)}/delete")
    (deleted,) = entries_of(site, "faq_entries.deleted", object_key=str(faq))
    assert deleted.actor_id == edited.actor_id
    assert len(entries_of(site, "change_sets.undone", object_key=str(edited.change_set_id))) == 1


def test_a_refusal_and_a_sign_in_stand_in_the_audit_log(site: Site, viewer: FlaskClient) -> None:
    before = len(entries_of(site, "permission.refused"))
    assert viewer.get("/admin/data/faq_entries/new").status_code == 403
    assert len(entries_of(site, "permission.refused")) == before + 1
    signed_in = len(entries_of(site, "staff.signed-in"))
    site.client("Viewer")
    assert len(entries_of(site, "staff.signed-in")) == signed_in + 1
