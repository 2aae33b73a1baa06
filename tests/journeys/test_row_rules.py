"""What a row rule hides is hidden on every path: list, get, look-up, related, search, palette, history, actions."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.forms.radius import effects_of
from admin_core.generator.ids import encode_key
from admin_core.policy import Person, PolicySession
from schema.accounts import CustomerNote
from schema.changes import ChangeRow
from schema.content import FaqEntry
from schema.staff import StaffMember
from schema.support import Ticket
from schema.views import SavedView
from tests.journeys.deed_world import FIELD, MINIMAL, World
from tests.journeys.deeds import FAQ
from tests.journeys.site import Site, token_in
from tests.journeys.test_actions import new_ticket
from tests.journeys.test_actions import url_of as action_url
from tests.journeys.test_team import person, send
from tests.rules import rule, ruled

SECRET = "Zephyr plans"
Ask = Callable[[FlaskClient, UUID, UUID], TestResponse]


@pytest.fixture(scope="module")
def hidden(site: Site) -> tuple[UUID, UUID]:
    """Return somebody and a private view of theirs."""
    finn = person(site, "Owner", name="Finn Botha")
    with site.machine.database.transaction() as session:
        view = SavedView(owner_id=finn, model_key="tickets", name=SECRET)
        session.add(view)
        session.flush()
        return finn, view.id


def key(value: UUID) -> str:
    return encode_key((value,))


PATHS: dict[str, Ask] = {
    "list": lambda client, _, __: client.get(urls.list_url("saved_views")),
    "filtered list": lambda client, finn, _: client.get(urls.list_url("saved_views", {"f.owner_id.eq": str(finn)})),
    "search": lambda client, _, __: client.get(
        send(client, "/admin/data/saved_views/search", [("words", SECRET)]).location
    ),
    "get": lambda client, _, view: client.get(urls.record_url("saved_views", key(view))),
    "look-up": lambda client, _, __: send(client, "/admin/data/saved_views/lookup", [("q", SECRET)]),
    "look-up by key": lambda client, _, view: send(client, "/admin/data/saved_views/lookup", [("q", str(view))]),
    "history": lambda client, _, view: client.get(urls.history_url("saved_views", key(view))),
    "palette": lambda client, _, view: send(client, "/admin/palette", [("q", str(view))]),
    "its list": lambda client, _, __: client.get(urls.list_url("tickets")),
    "its list under it": lambda client, _, view: client.get(urls.list_url("tickets", {"view": str(view)})),
    "changing it": lambda client, _, view: send(
        client, f"/admin/data/tickets/views/{view}", [("action", "rename"), ("name", "Mine now")]
    ),
}


@pytest.mark.parametrize("path", PATHS)
def test_a_private_view_of_somebody_else_is_nowhere(
    site: Site, owner: FlaskClient, hidden: tuple[UUID, UUID], path: str
) -> None:
    answer = PATHS[path](owner, *hidden)
    assert answer.status_code in {200, 404}
    assert not told(answer)
    with site.machine.database.sessions() as session:
        assert session.get_one(SavedView, hidden[1]).name == SECRET


def told(answer: TestResponse) -> bool:
    """Return whether a page tells of the view, apart from repeating what was asked."""
    return answer.text.count(SECRET) > answer.text.count(f'value="{SECRET}"') + answer.text.count(f"“{SECRET}”")


def test_what_a_deletion_takes_along_is_counted_also_where_it_is_hidden(site: Site, hidden: tuple[UUID, UUID]) -> None:
    spec, counted = site.machine.registry.spec("staff_members"), []
    for who in (hidden[0], person(site, "Owner")):
        ada = Person(who, "Ada", ("Owner",), frozenset({"*"}))
        with PolicySession(site.machine.database.engine, person=ada) as session:
            ctx = Context(session, ada, site.machine.registry, site.machine.cipher, datetime.now(UTC))
            counted.append([each.words for each in effects_of(ctx, spec, session.get_one(StaffMember, hidden[0]))])
    assert counted[0] == counted[1]
    assert "Saved views: 1" in counted[0]


@pytest.mark.parametrize("path", sorted(PATHS.keys() - {"changing it"}))
def test_whose_view_it_is_meets_it_there(site: Site, hidden: tuple[UUID, UUID], path: str) -> None:
    assert told(PATHS[path](site.client_of(hidden[0]), *hidden)), "else that nobody else does proves nothing"


def test_no_form_and_no_action_reaches_a_row_that_a_rule_hides(site: Site, owner: FlaskClient) -> None:
    ticket, faq = new_ticket(site), World(site, owner).faq()
    urls_of = (action_url(ticket), f"{FAQ}/{faq}/edit", f"{FAQ}/{faq}/delete", f"{FAQ}/{faq}/history")
    forms = {url: form_of(owner.get(url).text) for url in urls_of}
    with ruled(rule(Ticket, lambda _: Ticket.id != ticket), rule(FaqEntry, lambda _: FaqEntry.id != faq)):
        for url, form in forms.items():
            assert owner.get(url).status_code == 404, url
            assert owner.post(url, data=form).status_code in {404, 405}, url
    with site.machine.database.sessions() as session:
        assert session.get_one(Ticket, ticket).assignee_id is None
        assert session.get_one(FaqEntry, faq).question == MINIMAL["question"]
    assert owner.post(action_url(ticket), data=forms[action_url(ticket)]).status_code == 303
    assert owner.post(f"{FAQ}/{faq}/delete", data=forms[f"{FAQ}/{faq}/delete"]).status_code == 303


def form_of(page: str) -> dict[str, str]:
    """Return what the form of a page carries."""
    return {**dict(FIELD.findall(page)), "csrf_token": token_in(page)}


def test_what_a_rule_hides_is_not_among_the_rows_of_its_parent(site: Site, owner: FlaskClient) -> None:
    with site.machine.database.sessions() as session:
        note = session.scalars(sa.select(CustomerNote).limit(1)).one()
    related = urls.related_url("customers", key(note.customer_id), "notes")
    assert f"/record/{key(note.id)}" in owner.get(related).text
    with ruled(rule(CustomerNote, lambda _: CustomerNote.id != note.id)):
        answer = owner.get(related)
    assert answer.status_code == 200
    assert f"/record/{key(note.id)}" not in answer.text


def test_changes_of_a_private_view_are_shown_to_its_owner_alone(
    site: Site, owner: FlaskClient, hidden: tuple[UUID, UUID]
) -> None:
    mine = {"table_name": "saved_views", "record_key": {"id": str(hidden[1])}}
    with site.machine.database.sessions() as session:
        (change,) = session.scalars(sa.select(ChangeRow.change_set_id).filter_by(**mine))
    assert SECRET in site.client_of(hidden[0]).get(urls.change_url(change)).text
    assert SECRET not in owner.get(urls.change_url(change)).text
    with site.machine.database.sessions() as session:
        (row,) = session.scalars(sa.select(ChangeRow.id).filter_by(**mine))
    assert owner.get(urls.record_url("change_rows", str(row))).status_code == 404
    assert site.client_of(hidden[0]).get(urls.record_url("change_rows", str(row))).status_code == 200


def test_the_owner_of_a_view_sees_it_on_the_same_paths(site: Site) -> None:
    client = site.client("Owner")
    with site.machine.database.transaction() as session:
        statement = sa.select(StaffMember.id).where(StaffMember.active, StaffMember.roles.any(name="Owner"))
        for member in session.scalars(statement):
            session.add(SavedView(owner_id=member, model_key="tickets", name=f"{SECRET} {uuid4().hex[:4]}"))
    assert SECRET in client.get(urls.list_url("saved_views")).text
    assert SECRET in client.get(urls.list_url("tickets")).text
