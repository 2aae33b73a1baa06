"""Two people: one asks with a reason, another approves what they see, and exactly that is done, once."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from admin_core.settings_store import write
from schema.audit import AuditEntry
from schema.changes import ApprovalState, ChangeKind, ChangeRow, ChangeSet
from schema.mail import MailMessage
from tests.databases import as_app
from tests.journeys.approvals import PLUGINS, Colleague, Office, ask, hidden, preview, request_for, settle, soon, url_of
from tests.journeys.site import make_site, make_stale, same_session


@pytest.fixture(scope="module")
def office(demo_database: str) -> Iterator[Office]:
    site = make_site(as_app(demo_database), plugin_paths=(f"{PLUGINS}/shop",))
    yield Office(site)
    site.machine.database.engine.dispose()


@pytest.fixture(scope="module")
def ada(office: Office) -> Colleague:
    return office.colleague("Ada")


@pytest.fixture(scope="module")
def finn(office: Office) -> Colleague:
    return office.colleague("Finn")


def state(office: Office, url: str) -> ApprovalState:
    return office.approval(url).state


def mails(office: Office, url: str) -> list[MailMessage]:
    key = f"approval%:{url.rpartition('/')[2]}:%"
    with office.site.machine.database.sessions() as session:
        return list(session.scalars(sa.select(MailMessage).where(MailMessage.key.like(key))))


def test_what_one_person_may_do_needs_nobody(office: Office, ada: Colleague) -> None:
    pack = office.pack()
    page = preview(ada, url_of(pack, "raise-price"), **{"q-cents": "10000"})
    assert "A second person approves it" not in page
    assert ada.send(url_of(pack, "raise-price"), step="do", **hidden(page), **{"q-cents": "10000"}).status_code == 303
    assert office.now(pack).amount_cents == 15_000


@pytest.mark.parametrize(
    ("slug", "typed", "why"),
    [
        ("raise-price", {"q-cents": "10001"}, "It moves R\u00a0100,01; one person alone may move R\u00a0100,00."),
        ("copy", {"q-copies": "4"}, "It changes 4 rows; one person alone may change 3."),
        ("stop-selling", {"q-note": ""}, "This is never done by one person alone."),
    ],
)
def test_above_a_limit_the_button_asks_and_cannot_be_gone_around(
    office: Office, ada: Colleague, slug: str, typed: dict[str, str], why: str
) -> None:
    pack = office.pack()
    page = preview(ada, url_of(pack, slug), **typed)
    assert why in page
    assert 'value="do"' not in page
    answer = ada.send(url_of(pack, slug), step="do", **hidden(page), **typed)
    assert answer.status_code == 422
    assert "A second person has to approve it." in answer.text
    assert office.now(pack).amount_cents == 5_000
    assert office.now(pack).is_sold


def test_settings_move_the_limits(office: Office, ada: Colleague) -> None:
    section = office.site.machine.sections["approvals"]
    name = "credit_packs.shop.raise-price.amount"
    url = url_of(office.pack(), "raise-price")
    for limit, asks in ((500_00, False), (0, True), (None, True)):
        with office.site.machine.database.transaction() as session:
            write(session, office.site.machine.cipher, section, {name: limit})
        page = preview(ada, url, **{"q-cents": "20000"})
        assert ("A second person approves it" in page) is asks


def test_who_asks_gives_a_reason_and_another_approves(office: Office, ada: Colleague, finn: Colleague) -> None:
    pack = office.pack()
    url = url_of(pack, "raise-price")
    short = ask(ada, url, "no", **{"q-cents": "20000"})
    assert short.status_code == 422
    assert "Say why, so that others can judge it." in short.text
    request = request_for(ada, url, **{"q-cents": "20000"})
    assert office.now(pack).amount_cents == 5_000
    assert "Approve and do it" not in ada.page(request)
    seen = finn.page(request)
    for shown in ("Ada", "The supplier asks more.", "+R\u00a0200,00", "20000", "E-mail: A price was changed"):
        assert shown in seen, shown
    assert finn.send(f"{request}/approve").status_code == 303
    assert office.now(pack).amount_cents == 25_000
    done = office.approval(request)
    assert (done.state, done.requested_by_id, done.decided_by_id) == (ApprovalState.DONE, ada.id, finn.id)
    assert done.typed is None


def test_it_is_one_change_that_names_both_people(office: Office, ada: Colleague, finn: Colleague) -> None:
    pack = office.pack()
    request = request_for(ada, url_of(pack, "raise-price"), **{"q-cents": "20000"})
    finn.send(f"{request}/approve")
    done = office.approval(request)
    with office.site.machine.database.sessions() as session:
        change = session.get_one(ChangeSet, done.change_set_id)
        tables = set(session.scalars(sa.select(ChangeRow.table_name).where(ChangeRow.change_set_id == change.id)))
        query = sa.select(AuditEntry.action, AuditEntry.actor_id).where(AuditEntry.change_set_id == change.id)
        entries = {(action, actor) for action, actor in session.execute(query)}
    assert (change.actor_id, change.reason) == (ada.id, "The supplier asks more.")
    assert tables == {"credit_packs", "approvals"}
    assert entries == {("shop.raise-price", ada.id), ("approval.approved", finn.id)}
    page = finn.page(f"/admin/changes/{change.id}")
    assert "Ada · approved by Finn" in page


def test_nobody_approves_their_own_nor_what_they_may_not_do(office: Office, ada: Colleague) -> None:
    otto = office.colleague("Otto", "page:*:read", "data:*:read")
    request = request_for(ada, url_of(office.pack(), "stop-selling"))
    own = ada.send(f"{request}/approve")
    assert own.status_code == 422
    assert "Nobody approves what they asked for themselves." in own.text
    assert ada.send(f"{request}/refuse", reason="Never mind").status_code == 422
    assert "Approve and do it" not in otto.page(request)
    assert otto.send(f"{request}/approve").status_code == 403
    assert otto.send(f"{request}/refuse", reason="Never mind").status_code == 403
    assert otto.send(f"{request}/withdraw").status_code == 422
    assert state(office, request) is ApprovalState.REQUESTED
    nobody = office.colleague("Nomsa", "data:*:read")
    assert nobody.browser.get(request).status_code == 403


def test_the_database_refuses_two_accounts_of_one_member(office: Office, ada: Colleague) -> None:
    request = request_for(ada, url_of(office.pack(), "stop-selling"))
    with pytest.raises(sa.exc.IntegrityError, match="two_people"):
        office.move(request, decided_by_id=ada.id)


def test_approving_asks_for_a_fresh_proof(office: Office, ada: Colleague) -> None:
    eve = office.colleague("Eve")
    request = request_for(ada, url_of(office.pack(), "stop-selling"))
    make_stale(office.site.machine, eve.browser)
    answer = eve.send(f"{request}/approve")
    assert answer.location.startswith("/auth/verify?next=")
    assert state(office, request) is ApprovalState.REQUESTED


def test_what_drifted_is_not_done_and_can_be_asked_again(office: Office, ada: Colleague, finn: Colleague) -> None:
    pack = office.pack()
    request = request_for(ada, url_of(pack, "raise-price"), **{"q-cents": "20000"})
    office.change(pack, credits=12)
    assert "What would happen is no longer what was asked." in finn.page(request)
    assert finn.send(f"{request}/approve").status_code == 303
    assert "Nothing was done." in finn.page("/admin/approvals?tab=decided")
    assert state(office, request) is ApprovalState.DRIFTED
    assert office.now(pack).amount_cents == 5_000
    again = ada.send(f"{request}/again").location
    assert again != request
    assert "Ask again" not in ada.page(request)
    assert finn.send(f"{again}/approve").status_code == 303
    assert office.now(pack).amount_cents == 25_000


def test_what_waits_already_is_not_asked_again(office: Office, ada: Colleague, finn: Colleague) -> None:
    pack = office.pack()
    url = url_of(pack, "stop-selling")
    drifted = request_for(ada, url)
    office.change(pack, credits=12)
    finn.send(f"{drifted}/approve")
    second = request_for(ada, url)
    answer = ada.send(f"{drifted}/again")
    assert answer.status_code == 422
    assert "The same was asked for already" in answer.text
    assert office.approval(drifted).typed is not None
    ada.send(f"{second}/withdraw")
    assert ada.send(f"{drifted}/again").status_code == 303


def test_what_needs_nobody_is_not_asked_for(office: Office, ada: Colleague, finn: Colleague) -> None:
    pack = office.pack()
    for slug, typed in (("raise-price", {"q-cents": "10000"}), ("rename", {})):
        answer = ask(ada, url_of(pack, slug), **typed)
        assert answer.status_code == 422, answer.location
        assert "No second person is needed for this." in answer.text
    request = request_for(ada, url_of(pack, "raise-price"), **{"q-cents": "20000"})
    office.change(pack, credits=12)
    finn.send(f"{request}/approve")
    section, name = office.site.machine.sections["approvals"], "credit_packs.shop.raise-price.amount"
    for limit, status in ((500_00, 422), (None, 303)):
        with office.site.machine.database.transaction() as session:
            write(session, office.site.machine.cipher, section, {name: limit})
        assert ada.send(f"{request}/again").status_code == status


def test_asking_is_a_change_of_its_own_kind(office: Office, ada: Colleague) -> None:
    request = request_for(ada, url_of(office.pack(), "stop-selling"))
    with office.site.machine.database.sessions() as session:
        of_request = sa.select(ChangeSet).join(ChangeRow, ChangeRow.change_set_id == ChangeSet.id)
        key = request.rpartition("/")[2]
        change = session.scalars(of_request.where(ChangeRow.record_key["id"].astext == key)).one()
    assert (change.kind, change.action, change.undoable) == (ChangeKind.ACTION, "approval.requested", False)


def test_the_reason_of_a_withdrawal_is_read_like_any_other(office: Office, ada: Colleague) -> None:
    request = request_for(ada, url_of(office.pack(), "stop-selling"))
    answer = ada.send(f"{request}/withdraw", reason="x" * 2_001)
    assert answer.status_code == 422
    assert "Use at most 2000 characters; these are 2001." in answer.text
    assert ada.send(f"{request}/withdraw", reason="No\x00 need").status_code == 303
    assert office.approval(request).decision_reason == "No need"


def test_a_clock_in_what_is_written_is_no_drift(office: Office, ada: Colleague, finn: Colleague) -> None:
    pack = office.pack()
    request = request_for(ada, url_of(pack, "copy"), **{"q-copies": "5"})
    finn.send(f"{request}/approve")
    assert state(office, request) is ApprovalState.DONE


def test_requests_are_withdrawn_and_refused(office: Office, ada: Colleague, finn: Colleague) -> None:
    url = url_of(office.pack(), "stop-selling")
    first = request_for(ada, url)
    assert "asked for already" in preview(finn, url)
    ada.send(f"{first}/withdraw")
    second = request_for(ada, url)
    assert finn.send(f"{second}/refuse", reason="").status_code == 422
    finn.send(f"{second}/refuse", reason="Too dear.")
    assert [state(office, each).value for each in (first, second)] == ["withdrawn", "refused"]
    assert "Too dear." in ada.page(second)
    otto = office.colleague("Otto", "page:*:read", "data:*:read")
    assert "Too dear." not in otto.page(second)
    assert finn.send(f"{second}/approve").status_code == 422


def test_every_step_stands_in_the_audit_log(office: Office, ada: Colleague, finn: Colleague) -> None:
    pack = office.pack()
    first = request_for(ada, url_of(pack, "stop-selling"))
    finn.send(f"{first}/refuse", reason="Too dear.")
    second = request_for(ada, url_of(pack, "stop-selling"))
    office.change(pack, credits=13)
    finn.send(f"{second}/approve")
    third = str(ada.send(f"{second}/again").location)
    ada.send(f"{third}/withdraw")
    steps = [(deed, who) for url in (first, second, third) for deed, who in entries_about(office, url)]
    assert steps == [
        ("approval.refused", finn.id),
        ("approval.drifted", finn.id),
        ("approval.requested", ada.id),
        ("approval.withdrawn", ada.id),
    ]
    assert [who for deed, who in entries_about(office, str(pack.id)) if deed == "approval.requested"] == [ada.id] * 2


def entries_about(office: Office, url: str) -> list[tuple[str, UUID | None]]:
    """Return what the audit log says of a request, or of a record, in the order it was said."""
    key = url.rpartition("/")[2]
    query = sa.select(AuditEntry.action, AuditEntry.actor_id).where(AuditEntry.object_key == key)
    with office.site.machine.database.sessions() as session:
        return [(action, actor) for action, actor in session.execute(query.order_by(AuditEntry.occurred_at))]


def test_requests_end_by_themselves(office: Office, ada: Colleague, finn: Colleague) -> None:
    pack = office.pack()
    request = request_for(ada, url_of(pack, "stop-selling"))
    assert office.approval(request).expires_at - soon() > timedelta(hours=71)
    office.move(request, expires_at=soon() - timedelta(seconds=1))
    assert finn.send(f"{request}/approve").status_code == 422
    assert "1 requests ended" in settle(office)
    assert state(office, request) is ApprovalState.EXPIRED
    assert ada.send(f"{request}/again").status_code == 303


def test_two_approvers_and_ten_clicks_end_in_one_run(office: Office, ada: Colleague, finn: Colleague) -> None:
    pack = office.pack()
    request = request_for(ada, url_of(pack, "raise-price"), **{"q-cents": "20000"})
    others = [finn, office.colleague("Nomsa"), office.colleague("Eve")]
    start = threading.Barrier(6)
    answers: list[int] = []

    def approve(who: Colleague) -> None:
        browser = office.site.app.test_client()
        same_session(who.browser, browser)
        twin = Colleague(who.id, who.name, browser)
        twin.page("/admin/palette")
        start.wait()
        answers.append(twin.send(f"{request}/approve").status_code)

    threads = [threading.Thread(target=approve, args=(who,)) for who in others * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 422, 422, 422, 422, 422]
    assert office.now(pack).amount_cents == 25_000
    assert state(office, request) is ApprovalState.DONE


def test_who_left_or_lost_the_right_has_nothing_done_in_their_name(office: Office, finn: Colleague) -> None:
    eve = office.colleague("Eve")
    pack = office.pack()
    request = request_for(eve, url_of(pack, "stop-selling"))
    office.leave(eve)
    finn.send(f"{request}/approve")
    assert state(office, request) is ApprovalState.DRIFTED
    assert office.now(pack).is_sold


def test_what_was_typed_stands_nowhere_in_clear(office: Office, ada: Colleague) -> None:
    request = request_for(ada, url_of(office.pack(), "stop-selling"), **{"q-note": "Nomsa Dlamini called"})
    with office.site.machine.database.sessions() as session:
        key = request.rpartition("/")[2]
        row = session.execute(sa.text("SELECT a::text FROM admin.approvals a WHERE id = :id"), {"id": key}).scalar_one()
        history = session.execute(
            sa.text("SELECT string_agg(r::text, ' ') FROM admin.change_rows r WHERE record_key->>'id' = :id"),
            {"id": key},
        ).scalar_one()
    assert "Dlamini" not in row
    assert "Dlamini" not in history
    assert "Nomsa Dlamini called" in ada.page(request)


def test_mails_name_nobody_and_reach_who_may_decide(office: Office, ada: Colleague, finn: Colleague) -> None:
    otto = office.colleague("Otto", "page:*:read", "data:*:read")
    request = request_for(ada, url_of(office.pack(), "stop-selling"), **{"q-note": "Nomsa called"})
    found = mails(office, request)
    receivers = {message.member_id for message in found}
    assert finn.id in receivers
    assert not {ada.id, otto.id} & receivers
    for message in found:
        text = f"{message.subject} {message.body_text}"
        assert request in text
        assert not [word for word in ("Ada", "Nomsa", "supplier") if word in text]


def test_the_top_bar_home_and_the_lists_say_what_waits(office: Office, ada: Colleague) -> None:
    gwen = office.colleague("Gwen")
    request = request_for(ada, url_of(office.pack(), "stop-selling"))
    assert 'hx-get="/admin/approvals/count"' in gwen.page("/admin/")
    assert "Requests that wait for your approval" in gwen.page("/admin/")
    count = gwen.browser.get("/admin/approvals/count", headers={"HX-Request": "true"}).text
    assert int(count) >= 1
    assert request in gwen.page("/admin/approvals")
    assert request not in gwen.page("/admin/approvals?tab=asked")
    assert request in ada.page("/admin/approvals?tab=asked")
    assert request not in ada.page("/admin/approvals")
    otto = office.colleague("Otto", "page:*:read", "data:*:read")
    assert "/admin/approvals/count" not in otto.page("/admin/")
    assert otto.browser.get("/admin/approvals?tab=nonsense").status_code == 404


def test_lists_are_walked_by_keys(office: Office) -> None:
    hana = office.colleague("Hana")
    urls = [request_for(hana, url_of(office.pack(), "stop-selling")) for _ in range(27)]
    page = hana.page("/admin/approvals?tab=asked")
    assert urls[-1] in page
    assert urls[0] not in page
    with office.site.counted() as statements:
        hana.page("/admin/approvals?tab=asked")
    assert len(statements) <= 2, statements
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = hana.page(older)
    assert urls[0] in second
    assert urls[-1] not in second
    newer = second.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert urls[-1] in hana.page(newer)
    assert hana.browser.get("/admin/approvals?after=nonsense").status_code == 400


def test_the_page_of_a_request_stays_in_its_budget(office: Office, ada: Colleague, finn: Colleague) -> None:
    request = request_for(ada, url_of(office.pack(), "raise-price"), **{"q-cents": "20000"})
    with office.site.counted() as statements:
        finn.page(request)
    assert len(statements) <= 22, statements


def test_a_request_that_is_not_there_is_not_found(office: Office, ada: Colleague) -> None:
    assert ada.browser.get(f"/admin/approvals/{UUID(int=1)}").status_code == 404
    assert ada.send(f"/admin/approvals/{UUID(int=1)}/approve").status_code == 404
