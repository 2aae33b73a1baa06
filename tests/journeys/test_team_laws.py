"""What holds whatever anybody does: an Owner stays, a mailed link is its reader's, hidden rows have no history."""

import re
import threading
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core.changes.acting import Acting, acting
from admin_core.generator import urls
from admin_core.generator.ids import encode_key
from admin_core.mail.secret_links import MARK
from schema.audit import ActorKind
from schema.changes import ChangeKind, ChangeRow
from schema.customers import Customer
from schema.mail import MailMessage
from schema.settings import Setting
from schema.staff import Role, StaffMember
from schema.views import SavedView
from tests.admin_core.mail.post_office import PostOffice, opened
from tests.journeys.site import Site, token_in
from tests.journeys.test_team import member_by, person, send
from tests.running import clear_the_post, perform_waiting

URL = "/admin/staff"
HOST = {"host": "127.0.0.1", "security": "none", "from_email": "admin@example.com"}


def owners(site: Site) -> list[UUID]:
    with site.machine.database.sessions() as session:
        active = StaffMember.active, StaffMember.roles.any(Role.name == "Owner")
        return list(session.scalars(sa.select(StaffMember.id).where(*active)))


def test_of_two_owners_who_remove_each_other_one_stays(site: Site) -> None:
    first, second = person(site, "Owner", name="Ada"), person(site, "Owner", name="Yusuf")
    others = [each for each in owners(site) if each not in {first, second}]
    clients = {each: site.client_of(each) for each in (first, second)}
    tokens = {each: token_in(client.get("/admin/palette").text) for each, client in clients.items()}
    with site.machine.database.transaction() as session:
        session.execute(sa.update(StaffMember).where(StaffMember.id.in_(others)).values(active=False))
    try:
        for path, form in (("disable", {}), ("roles", {"roles": "Viewer"}), ("leave", {})):
            answers = at_once(clients, tokens, {first: second, second: first}, path, form)
            assert sorted(answers) == [303, 422] or sorted(answers) == [302, 303], (path, answers)
            assert len(owners(site)) == 1, path
            with site.machine.database.transaction() as session:
                for each in (first, second):
                    row = session.get_one(StaffMember, each)
                    row.active = True
                    row.roles = list(session.scalars(sa.select(Role).where(Role.name == "Owner")))
            clients = {each: site.client_of(each) for each in (first, second)}
            tokens = {each: token_in(client.get("/admin/palette").text) for each, client in clients.items()}
    finally:
        with site.machine.database.transaction() as session:
            session.execute(sa.update(StaffMember).where(StaffMember.id.in_(others)).values(active=True))


def at_once(
    clients: dict[UUID, FlaskClient],
    tokens: dict[UUID, str],
    targets: dict[UUID, UUID],
    path: str,
    form: dict[str, Any],
) -> list[int]:
    """Return the answers to what several people do to each other at the same moment."""
    answers: list[int] = []
    gate = threading.Barrier(len(clients))

    def go(who: UUID) -> None:
        gate.wait()
        url = f"{URL}/{targets[who]}/{path}"
        answers.append(clients[who].post(url, data={"csrf_token": tokens[who], **form}).status_code)

    threads = [threading.Thread(target=go, args=(who,)) for who in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_mailed_link_stands_in_the_message_and_nowhere_else(site: Site, owner: FlaskClient) -> None:
    office = PostOffice()
    with opened(office) as port:
        configure(site, {**HOST, "port": port})
        try:
            clear_the_post(site.machine)
            email = "thandi.mailed@example.com"
            made = send(owner, f"{URL}/invite", [("name", "Thandi Mbeki"), ("email", email), ("roles", "Support")])
            assert made.status_code == 303, made.text[-1000:]
            with site.machine.database.sessions() as session:
                row = session.scalars(sa.select(MailMessage).where(MailMessage.to_email == email)).one()
            assert MARK in (row.body_text or "")
            assert "/auth/link/" not in f"{row.body_text}{row.body_html}{row.headers}{row.subject}"
            assert perform_waiting(site.machine, "core.send-mail")
        finally:
            configure(site, {})
    (message,) = (each for each in office.received if email in str(each["To"]))  # others' mail may have waited, too
    link = re.search(r"http://localhost(/auth/link/[\w-]+)", message.get_body(("plain",)).get_content())
    assert link
    assert f'href="http://localhost{link[1]}"' in message.get_body(("html",)).get_content()
    assert MARK not in str(message)
    with site.machine.database.sessions() as session:
        kept = session.get_one(MailMessage, row.id)
        assert "secret_link" not in kept.headers
        assert link[1] not in f"{kept.body_text}{kept.headers}"
    assert site.app.test_client().get(link[1]).status_code == 200
    assert member_by(site, email).active


def configure(site: Site, values: dict[str, Any]) -> None:
    """Enter a mail server, or none."""
    with site.machine.database.transaction() as session:
        session.execute(sa.delete(Setting).where(Setting.section == "mail"))
        session.add_all(Setting(section="mail", name=name, value={"v": value}) for name, value in values.items())


def private_view(site: Site, holder: UUID) -> UUID:
    """Return the id of a private view that has a history."""
    with site.machine.database.transaction() as session:
        view = SavedView(owner_id=holder, model_key="tickets", name="Secret plans")
        session.add(view)
        session.flush()
        return view.id


def test_a_hidden_row_has_no_history_and_no_change(site: Site, owner: FlaskClient) -> None:
    finn = person(site, "Support", name="Finn")
    view = private_view(site, finn)
    record = encode_key((view,))
    assert owner.get(urls.record_url("saved_views", record)).status_code == 404
    assert owner.get(urls.history_url("saved_views", record)).status_code == 404
    with site.machine.database.sessions() as session:
        rows = sa.select(ChangeRow.change_set_id).where(ChangeRow.table_name == "saved_views")
        change = session.scalars(rows.order_by(ChangeRow.id.desc()).limit(1)).one()
    answer = owner.get(urls.change_url(change))
    assert "Secret plans" not in answer.text


def test_who_changed_a_record_and_why_is_masked_like_names(
    site: Site, viewer: FlaskClient, support: FlaskClient
) -> None:
    member = person(site, "Support", name="Busisiwe Radebe")
    who = Acting(
        kind=ChangeKind.FORM, actor_kind=ActorKind.MEMBER, actor_id=member, reason="Lindiwe asked for it by phone"
    )
    with acting(who), site.machine.database.transaction() as session:
        customer = session.scalars(sa.select(Customer).limit(1)).one()
        customer.landing_path = f"/changed/{uuid4().hex}"
        key = encode_key((customer.id,))
    for url in (urls.history_url("customers", key), urls.change_url(who.id)):
        shown, hidden = support.get(url).text, viewer.get(url).text
        assert "Busisiwe Radebe" in shown
        assert "Lindiwe asked" in shown
        assert "Busisiwe" not in hidden
        assert "Lindiwe" not in hidden
        assert "a colleague" in hidden
