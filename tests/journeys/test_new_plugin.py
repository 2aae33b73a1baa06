"""A plugin that `admin plugin new` made shows in the running product, and is gone when it is switched off."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from admin_core.generator.urls import record_url
from admin_core.scaffold import make
from schema.support import Priority, Ticket
from tests.journeys.site import Site, make_site, token_in

ROOT = Path(__file__).parents[2]
PAGE = "/admin/patience/waiting"
LONG_AGO = datetime(2016, 3, 5, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make("patience", ROOT, tmp_path_factory.mktemp("authors")).folder)


@pytest.fixture(scope="module")
def site(demo_database: str, folder: str) -> Iterator[Site]:
    site = make_site(demo_database, plugin_paths=(folder,))
    yield site
    site.machine.database.engine.dispose()


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.fixture(scope="module")
def otto(site: Site) -> FlaskClient:
    return site.client("Viewer")


@pytest.fixture(scope="module")
def ticket(site: Site) -> Ticket:
    made = Ticket(subject="Where is it", status="open", priority="low", opened_at=LONG_AGO)
    with site.machine.database.transaction() as session:
        session.add(made)
    return made


def test_a_new_plugin_has_its_page_its_tile_and_its_place_in_the_sidebar(owner: FlaskClient, ticket: Ticket) -> None:
    home = owner.get("/admin/").text
    assert f'href="{PAGE}"' in home
    assert re.search(r"<figcaption>Patience .*?</figcaption>", home)
    page = owner.get(PAGE)
    assert page.status_code == 200
    assert f">{ticket.number}</a>" in page.text


def test_its_page_stays_in_its_budget(site: Site, owner: FlaskClient, ticket: Ticket) -> None:
    owner.get(PAGE)
    with site.counted() as statements:
        owner.get(PAGE)
    assert len(statements) <= 3, "\n".join(statements)


def test_its_action_changes_a_ticket_and_otto_may_not(
    site: Site, owner: FlaskClient, otto: FlaskClient, ticket: Ticket
) -> None:
    record = record_url("tickets", str(ticket.id))
    action = f"{record}/action/patience.make-urgent"
    assert action in owner.get(record).text
    assert action not in otto.get(record).text
    assert otto.get(action).status_code == 403
    done = owner.post(action, data={"csrf_token": token_in(owner.get(action).text)}, follow_redirects=True)
    assert f"Ticket {ticket.number} is urgent now." in done.text
    with site.machine.database.sessions() as session:
        assert session.get_one(Ticket, ticket.id).priority is Priority.URGENT
    assert action not in owner.get(record).text


def test_switched_off_it_is_gone(demo_database: str, folder: str) -> None:
    site = make_site(demo_database, plugin_paths=(folder,), disabled_plugins=("patience",))
    owner = site.client("Owner")
    assert owner.get(PAGE).status_code == 404
    assert PAGE not in owner.get("/admin/").text
    site.machine.database.engine.dispose()
