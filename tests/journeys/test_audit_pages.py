"""The audit page tells how the log stands and starts a verification; "who looked" answers by subject."""

import uuid

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from admin_core.audit import Look
from schema.access_log import AccessKind
from tests.admin_core.audit.ledger import sample
from tests.journeys.site import Site, token_in

AUDIT, LOOKED = "/admin/system/audit", "/admin/system/looked-at"
BUDGET = 7


def test_an_owner_sees_the_state_of_the_log(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.transaction() as session:
        site.machine.audit.record(session, sample(1))
    with site.counted() as statements:
        answer = owner.get(AUDIT)
    assert answer.status_code == 200
    assert "to be sealed" in answer.text
    assert "Nothing is anchored" in answer.text
    assert len(statements) <= BUDGET, statements


def test_a_verification_is_asked_for_and_its_result_stands_on_the_page(site: Site, owner: FlaskClient) -> None:
    answer = owner.post(f"{AUDIT}/verify", data={"csrf_token": token_in(owner.get(AUDIT).text)})
    assert answer.status_code == 303
    with site.machine.database.transaction() as session:
        jobs = session.execute(text("SELECT state, actor_id FROM admin.jobs WHERE name = 'core.verify-audit'")).all()
    assert len(jobs) == 1
    assert jobs[0].actor_id is not None


def test_who_looked_is_answered_by_subject(site: Site, owner: FlaskClient) -> None:
    key = str(uuid.uuid4())
    with site.machine.database.transaction() as session:
        member = session.scalar(text("SELECT id FROM admin.staff_members LIMIT 1"))
    look = Look(
        kind=AccessKind.REVEAL, model_key="customers", record_key=key, subject_kind="customer", subject_key=key,
        member_id=member, field_names=("email",), reason="<b>Ticket 12</b>",
    )  # fmt: skip
    site.machine.audit.record_read(site.machine.database, look)
    with site.counted() as statements:
        page = owner.get(LOOKED, query_string={"kind": "customer", "key": key}).text
    assert "&lt;b&gt;Ticket 12&lt;/b&gt;" in page
    assert "Reveal" in page
    assert len(statements) <= BUDGET
    assert "Nobody looked" in owner.get(LOOKED, query_string={"kind": "customer", "key": "none"}).text
    assert "Nobody looked" not in owner.get(LOOKED).text


@pytest.mark.parametrize("url", [AUDIT, LOOKED])
def test_otto_may_not_see_the_audit_pages(viewer: FlaskClient, support: FlaskClient, url: str) -> None:
    assert viewer.get(url).status_code == 403
    assert support.get(url).status_code == 403
    token = token_in(viewer.get("/admin/").text)
    assert viewer.post(f"{AUDIT}/verify", data={"csrf_token": token}).status_code == 403
