"""The audit page tells how the log stands and starts a verification."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from admin_core.audit import overview
from tests.admin_core.audit.ledger import sample
from tests.journeys.site import Site, token_in

AUDIT = "/admin/system/audit/integrity"
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


def test_the_page_says_when_the_sealer_seems_not_to_run(
    site: Site, owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "LATE_S", -1)
    with site.machine.database.transaction() as session:
        site.machine.audit.record(session, sample(1))
    assert "Is the sealer running?" in owner.get(AUDIT).text


def test_a_verification_is_asked_for_and_its_result_stands_on_the_page(site: Site, owner: FlaskClient) -> None:
    answer = owner.post(f"{AUDIT}/verify", data={"csrf_token": token_in(owner.get(AUDIT).text)})
    assert answer.status_code == 303
    with site.machine.database.transaction() as session:
        jobs = session.execute(text("SELECT state, actor_id FROM admin.jobs WHERE name = 'core.verify-audit'")).all()
    assert len(jobs) == 1
    assert jobs[0].actor_id is not None


def test_otto_may_not_see_the_audit_page(viewer: FlaskClient, support: FlaskClient) -> None:
    assert viewer.get(AUDIT).status_code == 403
    assert support.get(AUDIT).status_code == 403
    token = token_in(viewer.get("/admin/").text)
    assert viewer.post(f"{AUDIT}/verify", data={"csrf_token": token}).status_code == 403
