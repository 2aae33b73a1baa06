"""Where one person alone may: they wait a day, everybody is told, and anybody may stop it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from admin_core.configuration.company import COMPANY
from admin_core.settings_store import write
from schema.audit import AuditEntry
from schema.catalog import CreditPack
from schema.changes import ApprovalState
from schema.mail import MailMessage
from schema.staff import Role, StaffMember
from tests.journeys.approvals import PLUGINS, Colleague, Office, request_for, settle, soon, url_of
from tests.journeys.site import make_stale, own_site

DAY = timedelta(hours=24)
WHY = "The fair opens tomorrow."
OFFICER = "officer@team.example"


@pytest.fixture
def office(server_url: str) -> Iterator[Office]:
    """Yield an office that nobody else works in."""
    with own_site(server_url, "alone", as_web=True, plugin_paths=(f"{PLUGINS}/shop",)) as site:
        yield Office(site)


@pytest.fixture
def ada(office: Office) -> Colleague:
    return office.colleague("Ada", "*")


@pytest.fixture
def otto(office: Office) -> Colleague:
    return office.colleague("Otto", "*:read", "!pii:*")


@pytest.fixture
def pack(office: Office) -> CreditPack:
    return office.pack()


@pytest.fixture
def waiting(office: Office, ada: Colleague, otto: Colleague, pack: CreditPack) -> str:
    """Return the address of a request that waits to be done by Ada alone."""
    request = request_for(ada, url_of(pack, "stop-selling"))
    answer = ada.send(f"{request}/alone", reason=WHY)
    assert answer.status_code == 303, answer.text
    return request


def is_due(office: Office, request: str) -> None:
    office.move(request, runs_at=soon() - timedelta(seconds=1))


def test_it_is_done_after_a_day_and_stands_in_the_log_as_such(
    office: Office, ada: Colleague, waiting: str, pack: CreditPack
) -> None:
    found = office.approval(waiting)
    with office.site.machine.database.sessions() as session:
        alone = session.scalars(sa.select(AuditEntry).filter_by(action="approval.alone")).one()
    assert (alone.actor_id, alone.object_key) == (ada.id, str(found.id))
    assert found.runs_at is not None
    assert DAY - timedelta(minutes=1) < found.runs_at - soon() <= DAY
    settle(office)
    assert office.now(pack).is_sold
    is_due(office, waiting)
    assert "1 of 1 that waited alone were done" in settle(office)
    assert not office.now(pack).is_sold
    done = office.approval(waiting)
    assert (done.state, done.decided_by_id, done.alone, done.alone_reason) == (ApprovalState.DONE, None, True, WHY)
    with office.site.machine.database.sessions() as session:
        query = sa.select(AuditEntry.action, AuditEntry.actor_id).where(AuditEntry.change_set_id == done.change_set_id)
        entries = {(action, actor) for action, actor in session.execute(query)}
    assert entries == {("shop.stop-selling", ada.id), ("approval.done-alone", ada.id)}
    settle(office)
    assert office.approval(waiting).done_at == done.done_at


def test_everybody_and_the_information_officer_are_told(
    office: Office, ada: Colleague, otto: Colleague, pack: CreditPack
) -> None:
    with office.site.machine.database.transaction() as session:
        write(session, office.site.machine.cipher, COMPANY, {"information_officer_email": OFFICER})
    request = request_for(ada, url_of(pack, "stop-selling"))
    ada.send(f"{request}/alone", reason=WHY)
    with office.site.machine.database.sessions() as session:
        alone = sa.select(MailMessage).where(MailMessage.template_key == "core.approval-alone")
        messages = list(session.scalars(alone))
    assert len({message.to_email for message in messages}) == 3
    assert OFFICER in {message.to_email for message in messages}
    assert not [m for m in messages if "Ada" in (m.body_text or "") or WHY in (m.body_text or "")]


def test_anybody_who_sees_it_stops_it(office: Office, otto: Colleague, waiting: str, pack: CreditPack) -> None:
    page = otto.page(waiting)
    assert "Ada decides alone" in page
    assert WHY not in page
    assert otto.send(f"{waiting}/withdraw", reason="Not before Monday.").status_code == 303
    is_due(office, waiting)
    settle(office)
    stopped = office.approval(waiting)
    assert (stopped.state, stopped.decided_by_id) == (ApprovalState.WITHDRAWN, otto.id)
    assert office.now(pack).is_sold


def test_a_second_person_ends_it(office: Office, ada: Colleague, waiting: str, pack: CreditPack) -> None:
    finn = office.colleague("Finn")
    is_due(office, waiting)
    settle(office)
    assert office.now(pack).is_sold
    found = office.approval(waiting)
    assert (found.state, found.alone) == (ApprovalState.REQUESTED, False)
    assert "2 people may approve it, so nobody decides alone." in ada.send(f"{waiting}/alone", reason=WHY).text
    finn.send(f"{waiting}/approve")
    assert not office.now(pack).is_sold
    assert office.approval(waiting).decided_by_id == finn.id


def test_everybody_is_told_of_each_wait(office: Office, ada: Colleague, waiting: str) -> None:
    def told() -> list[str]:
        with office.site.machine.database.sessions() as session:
            keys = sa.select(MailMessage.template_key).where(MailMessage.key.like(f"%{waiting.rpartition('/')[2]}%"))
            return sorted(session.scalars(keys))

    once = told()
    for _ in range(2):
        finn = office.colleague("Finn")
        is_due(office, waiting)
        settle(office)
        office.leave(finn)
        assert ada.send(f"{waiting}/alone", reason=WHY).status_code == 303
    assert once.count("core.approval-alone") == 2
    again = told()
    assert again.count("core.approval-alone") == 2 + 2 * 2
    assert again.count("core.approval-decided") == 2


def test_who_is_no_owner_any_more_does_not_do_it_alone(
    office: Office, ada: Colleague, waiting: str, pack: CreditPack
) -> None:
    with office.site.machine.database.transaction() as session:
        patterns = ["*", "!core:approvals:alone"]
        held = sa.select(Role).where(Role.members.any(StaffMember.id == ada.id))
        session.scalars(held).one().permissions = patterns
    is_due(office, waiting)
    assert "0 of 1 that waited alone were done" in settle(office)
    assert office.now(pack).is_sold
    found = office.approval(waiting)
    assert (found.state, found.alone, found.runs_at) == (ApprovalState.REQUESTED, False, None)


def test_what_drifted_meanwhile_is_not_done(office: Office, waiting: str, pack: CreditPack) -> None:
    office.change(pack, credits=11)
    is_due(office, waiting)
    settle(office)
    assert office.approval(waiting).state is ApprovalState.DRIFTED
    assert office.now(pack).is_sold


def test_only_an_owner_who_asked_and_proved_who_they_are_decides_alone(office: Office) -> None:
    finn = office.colleague("Finn")
    request = request_for(finn, url_of(office.pack(), "stop-selling"))
    assert "Decide alone" not in finn.page(request)
    assert "Only an Owner decides alone." in finn.send(f"{request}/alone", reason=WHY).text
    office.leave(finn)
    ada = office.colleague("Ada", "*")
    assert "Only who asked can decide alone." in ada.send(f"{request}/alone", reason=WHY).text
    own = request_for(ada, url_of(office.pack(), "stop-selling"))
    assert "Say why" in ada.send(f"{own}/alone", reason="").text
    make_stale(office.site.machine, ada.browser)
    assert ada.send(f"{own}/alone", reason=WHY).location.startswith("/auth/verify?next=")
    assert not office.approval(own).alone
