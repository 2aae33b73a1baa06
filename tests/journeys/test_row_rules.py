"""What a row rule hides is hidden on every path: list, get, look-up, related, search, palette, history, actions."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.generator import urls
from admin_core.generator.ids import encode_key
from schema.staff import StaffMember
from schema.views import SavedView
from tests.journeys.site import Site
from tests.journeys.test_team import person, send

SECRET = "Zephyr plans"
Ask = Callable[[FlaskClient, UUID, UUID], TestResponse]


@pytest.fixture(scope="module")
def hidden(site: Site) -> tuple[UUID, UUID]:
    """Return somebody and a private view of theirs."""
    finn = person(site, "Support", name="Finn Botha")
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
    "edit": lambda client, _, view: client.get(urls.edit_url("saved_views", key(view))),
    "delete": lambda client, _, view: client.get(urls.delete_url("saved_views", key(view))),
    "look-up": lambda client, _, __: send(client, "/admin/data/saved_views/lookup", [("q", SECRET)]),
    "look-up by key": lambda client, _, view: send(client, "/admin/data/saved_views/lookup", [("q", str(view))]),
    "history": lambda client, _, view: client.get(urls.history_url("saved_views", key(view))),
    "palette": lambda client, _, view: send(client, "/admin/palette", [("q", str(view))]),
    "its list": lambda client, _, __: client.get(urls.list_url("tickets")),
    "its list under it": lambda client, _, view: client.get(urls.list_url("tickets", {"view": str(view)})),
    "changing it": lambda client, _, view: send(
        client, f"/admin/data/tickets/views/{view}", [("do", "rename"), ("name", "Mine now")]
    ),
    "an action": lambda client, _, view: client.get(urls.action_url("saved_views", key(view), "core.nothing")),
}


@pytest.mark.parametrize("path", PATHS)
def test_a_private_view_of_somebody_else_is_nowhere(
    site: Site, owner: FlaskClient, hidden: tuple[UUID, UUID], path: str
) -> None:
    answer = PATHS[path](owner, *hidden)
    assert answer.status_code < 500
    assert answer.text.count(SECRET) == (answer.text.count(f'value="{SECRET}"') + answer.text.count(f"“{SECRET}”"))
    with site.machine.database.sessions() as session:
        assert session.get_one(SavedView, hidden[1]).name == SECRET


def test_related_rows_of_a_member_leave_private_views_out(
    site: Site, owner: FlaskClient, hidden: tuple[UUID, UUID]
) -> None:
    spec = site.machine.registry.spec("staff_members")
    for relation in spec.children:
        answer = owner.get(urls.related_url("staff_members", key(hidden[0]), relation))
        assert answer.status_code == 200
        assert SECRET not in answer.text


def test_changes_of_a_private_view_are_not_shown(site: Site, owner: FlaskClient, hidden: tuple[UUID, UUID]) -> None:
    with site.machine.database.sessions() as session:
        statement = sa.text("SELECT DISTINCT change_set_id FROM admin.change_rows WHERE table_name = 'saved_views'")
        changes = list(session.scalars(statement))
    assert changes
    for change in changes:
        assert SECRET not in owner.get(urls.change_url(change)).text


def test_the_owner_of_a_view_sees_it_on_the_same_paths(site: Site) -> None:
    client = site.client("Owner")
    with site.machine.database.transaction() as session:
        statement = sa.select(StaffMember.id).where(StaffMember.active, StaffMember.roles.any(name="Owner"))
        for member in session.scalars(statement):
            session.add(SavedView(owner_id=member, model_key="tickets", name=f"{SECRET} {uuid4().hex[:4]}"))
    assert SECRET in client.get(urls.list_url("saved_views")).text
    assert SECRET in client.get(urls.list_url("tickets")).text
