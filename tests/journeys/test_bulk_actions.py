"""Actions over many rows, and what needs a second person: bound to the selection, and done by a job for who asked."""

from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from admin_core.bulk import running, trying
from admin_core.settings_store import write
from schema.audit import AuditEntry
from schema.bulk import BulkRun
from schema.catalog import CreditPack
from schema.changes import Approval, ApprovalState, ChangeRow, ChangeSet
from schema.jobs import Job, JobState
from schema.mail import MailMessage
from schema.staff import Role
from tests.journeys.approvals import MAY_CHANGE, PLUGINS, Colleague, Office
from tests.journeys.bulk import do, send, set_to, tried
from tests.journeys.site import own_site
from tests.running import perform_waiting

PACKS = "/admin/data/credit_packs"
MAY_EDIT = (*MAY_CHANGE, "data:credit_packs:*")


@pytest.fixture(scope="module")
def office(server_url: str) -> Iterator[Office]:
    with own_site(server_url, "bulkshop", as_web=True, plugin_paths=(f"{PLUGINS}/shop",)) as site:
        yield Office(site)


@pytest.fixture(scope="module")
def ada(office: Office) -> Colleague:
    return office.colleague("Ada", *MAY_EDIT)


@pytest.fixture(scope="module")
def finn(office: Office) -> Colleague:
    return office.colleague("Finn", *MAY_EDIT, "core:bulk:approve")


def packs(office: Office, count: int, **words: object) -> list[UUID]:
    return [office.pack(**{"name": f"Pack {n}", **words}).id for n in range(count)]


def stored(office: Office, ids: list[UUID]) -> list[CreditPack]:
    with office.site.machine.database.sessions() as session:
        return list(session.scalars(sa.select(CreditPack).where(CreditPack.id.in_(ids)).order_by(CreditPack.id)))


def choose(who: Colleague, ids: list[UUID], part: str) -> str:
    answer = send(who.browser, f"{PACKS}/select", *(("rowid", str(key)) for key in ids), ("do", part))
    assert answer.location.endswith(part), answer.location
    return str(answer.location)


def run_of(office: Office, url: str) -> BulkRun:
    with office.site.machine.database.sessions() as session:
        return session.get_one(BulkRun, UUID(url.rpartition("/")[2]))


def test_an_action_runs_on_each_row_and_what_declines_stops_no_other(office: Office, ada: Colleague) -> None:
    ids = packs(office, 4)
    url = choose(ada, ids, "action/shop.rename")
    page = ada.page(url)  # nothing is asked: the plan stands there at once
    assert "4 changed" in page
    answer = do(ada.browser, url)
    assert "Done for 4 of 4" in ada.page(answer.location)
    assert {pack.name[-1] for pack in stored(office, ids)} == {"!"}
    with office.site.machine.database.sessions() as session:
        run = run_of(office, answer.location)
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.change_set_id == run.change_set_id)).one()
        assert (entry.action, entry.row_count) == ("shop.rename", 4)
        assert not session.get_one(ChangeSet, run.change_set_id).undoable


def test_answers_effects_and_money_of_all_rows_are_in_the_plan(office: Office, ada: Colleague) -> None:
    ids = packs(office, 3)
    url = choose(ada, ids, "action/shop.raise-price")
    page, _ = tried(ada.browser, url, ("q-cents", "100"))
    assert "R\u00a03,00" in page
    assert "A price was changed, 3 times" in page
    answer = send(ada.browser, url, ("step", "preview"), ("q-cents", "many"))
    assert answer.status_code == 422
    assert "Write a whole number." in answer.text
    assert do(ada.browser, url, ("q-cents", "100")).status_code == 303
    assert {pack.amount_cents for pack in stored(office, ids)} == {5_100}


def test_the_amount_of_the_role_holds_for_all_rows_together(
    office: Office, ada: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office.site.machine.database.transaction() as session:
        theirs = sa.select(Role.id).where(Role.members.any(id=ada.id))
        session.execute(sa.update(Role).where(Role.id.in_(theirs)).values(refund_limit_cents=2_000))
    ids = packs(office, 3)
    url = choose(ada, ids, "action/shop.discount")
    shown = send(ada.browser, url, ("step", "preview"), ("q-cents", "700"))
    assert "It moves R\u00a021,00; your roles allow R\u00a020,00." in shown.text
    assert do(ada.browser, url, ("q-cents", "600")).status_code == 303
    assert {pack.amount_cents for pack in stored(office, ids)} == {5_600}
    monkeypatch.setattr(trying, "WHOLE_ACTIONS", 2)
    shown = send(ada.browser, url, ("step", "preview"), ("q-cents", "1"), ("take", "yes"))
    assert "isn&#39;t known beforehand" in shown.text


def test_a_mistake_of_a_plugin_is_told_row_by_row_and_changes_nothing(office: Office, ada: Colleague) -> None:
    ids = packs(office, 2)
    page = ada.page(choose(ada, ids, "action/shop.fail"))
    assert "It failed, and the log says why" in page
    assert "a secret of somebody" not in page
    assert "No record changes" in page


def test_an_action_for_one_record_is_not_offered(office: Office, ada: Colleague) -> None:
    url = choose(ada, packs(office, 1), "action/shop.rename")
    assert ada.browser.get(url.replace("shop.rename", "shop.copy")).status_code == 404
    assert ada.browser.get(url.replace("shop.rename", "shop.nothing")).status_code == 404
    assert "shop.copy" not in ada.page(f"{PACKS}/")


def ask(who: Colleague, url: str, *typed: tuple[str, str]) -> str:
    """Ask a second person and return the address of the request."""
    page, carried = tried(who.browser, url, *typed)
    assert "A second person approves it" in page
    assert send(who.browser, url, ("step", "do"), *carried, *typed).status_code == 422
    answer = send(who.browser, url, ("step", "ask"), *carried, *typed, ("reason", "The supplier asks more."))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def approval_of(office: Office, url: str) -> Approval:
    return office.approval(url)


@pytest.mark.parametrize("slug", ["shop.raise-price", "shop.stop-selling"])
def test_what_needs_two_is_done_by_a_job_once_it_is_approved(
    office: Office, ada: Colleague, finn: Colleague, slug: str
) -> None:
    ids = packs(office, 4)
    typed = (("q-cents", "100"), ("q-note", "As agreed."))
    request = ask(ada, choose(ada, ids, f"action/{slug}"), *typed)
    page = finn.page(request)
    assert "4 changed" in page
    assert ("As agreed." in page) == (slug == "shop.stop-selling")
    assert send(ada.browser, f"{request}/approve").status_code in {403, 422}  # nobody approves their own
    assert send(finn.browser, f"{request}/approve").status_code == 303
    approval = approval_of(office, request)
    assert approval.state is ApprovalState.DONE
    assert {pack.amount_cents for pack in stored(office, ids)} == {5_000}
    perform_waiting(office.site.machine, running.JOB)
    approval = approval_of(office, request)
    with office.site.machine.database.sessions() as session:
        assert session.get_one(Job, approval.job_id).state is JobState.DONE
        change = session.get_one(ChangeSet, approval.change_set_id)
        assert change.actor_id == ada.id
        rows = session.scalars(sa.select(ChangeRow.table_name).where(ChangeRow.change_set_id == change.id)).all()
        assert set(rows) == {"credit_packs"}
    wanted = {5_100} if slug == "shop.raise-price" else {5_000}
    assert {pack.amount_cents for pack in stored(office, ids)} == wanted


@pytest.fixture
def strict(office: Office) -> Iterator[None]:
    """Let more than two rows need a second person."""
    parts = office.site.machine
    for rows in ("2", None):
        with parts.database.transaction() as session:
            limits = {name: int(rows) if rows else None for name in ("edit.rows", "delete.rows")}
            write(session, parts.cipher, parts.sections["bulk"], limits)
        if rows:
            yield


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("part", ["edit", "delete"])
def test_edits_and_deletions_above_the_limit_need_two(
    office: Office, ada: Colleague, finn: Colleague, part: str
) -> None:
    ids = packs(office, 3)
    typed = set_to("credits", "25") if part == "edit" else ()
    request = ask(ada, choose(ada, ids, part), *typed)
    assert office.colleague("Otto", *MAY_EDIT).browser.get(f"{request}/approve").status_code == 405
    otto = office.colleague("Otto", *MAY_EDIT)
    assert send(otto.browser, f"{request}/approve").status_code == 403  # may edit, but not approve
    page = finn.page(request)
    assert ("25" in page) or part == "delete"
    assert "3 changed" in page or "3 deleted" in page
    with office.site.machine.database.sessions() as session:
        told = sa.select(MailMessage.key).where(MailMessage.key.like(f"approval:{request.rpartition('/')[2]}:%"))
        assert [str(finn.id) in key for key in session.scalars(told)] == [True]
    assert send(finn.browser, f"{request}/approve").status_code == 303
    perform_waiting(office.site.machine, running.JOB)
    left = stored(office, ids)
    assert [pack.credits for pack in left] == ([25] * 3 if part == "edit" else [])


@pytest.mark.usefixtures("strict")
def test_a_row_that_changed_meanwhile_ends_the_request(office: Office, ada: Colleague, finn: Colleague) -> None:
    ids = packs(office, 3)
    request = ask(ada, choose(ada, ids, "edit"), *set_to("credits", "25"))
    office.change(stored(office, ids)[0], name=f"Other {uuid7()}")
    assert "What would happen is no longer what was shown" in finn.page(request)
    assert send(finn.browser, f"{request}/approve").status_code == 303
    assert approval_of(office, request).state is ApprovalState.DRIFTED
    assert perform_waiting(office.site.machine, running.JOB) == 0
    assert "Ask again" not in ada.page(request)


@pytest.mark.usefixtures("strict")
def test_the_same_is_asked_for_once(office: Office, ada: Colleague) -> None:
    url = choose(ada, packs(office, 3), "delete")
    request = ask(ada, url)
    assert request in ada.page(url)
    _, carried = tried(ada.browser, url)
    again = send(ada.browser, url, ("step", "ask"), *carried, ("reason", "The supplier asks more."))
    assert again.status_code == 422
    assert "The same was asked for already" in again.text
