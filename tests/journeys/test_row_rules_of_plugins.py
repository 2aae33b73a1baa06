"""A plugin hides rows of any model: on every path, for whoever lacks its permission, and says so when asked why."""

import html
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_core.access import ensure_roles
from admin_core.changes.acting import by_somebody
from admin_core.generator import urls
from admin_core.plugin_states import ensure_row
from admin_core.policy import Person, PolicySession
from schema.content import FaqEntry
from schema.settings import PluginState
from tests.journeys.site import Site, own_site
from tests.journeys.test_team import send

GATE = str(Path(__file__).parents[1] / "row_rules" / "gate")
SECRET = "What is behind the gate?"
MODEL = "faq_entries"


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "gate", as_web=True, plugin_paths=(GATE,)) as site:
        with site.machine.database.transaction() as session:
            ensure_roles(session)
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.fixture(scope="module")
def support(site: Site) -> FlaskClient:
    return site.client("Support")


@pytest.fixture(scope="module")
def entry(site: Site) -> str:
    with by_somebody(), site.machine.database.transaction() as session:
        found = FaqEntry(question=SECRET, answer="Nothing.", category="gate")
        session.add(found)
        session.flush()
        return str(found.id)


Ask = Callable[[FlaskClient, str], TestResponse]
PATHS: dict[str, Ask] = {
    "list": lambda client, _: client.get(urls.list_url(MODEL)),
    "filtered": lambda client, _: client.get(urls.list_url(MODEL, {"f.category.eq": "gate"})),
    "search": lambda client, _: client.get(send(client, urls.search_url(MODEL), [("words", SECRET)]).location),
    "record": lambda client, key: client.get(urls.record_url(MODEL, key)),
    "edit": lambda client, key: client.get(urls.edit_url(MODEL, key)),
    "delete": lambda client, key: client.get(urls.delete_url(MODEL, key)),
    "history": lambda client, key: client.get(urls.history_url(MODEL, key)),
    "look-up": lambda client, _: send(client, f"/admin/data/{MODEL}/lookup", [("q", SECRET)]),
}


@pytest.mark.parametrize("path", PATHS)
def test_hook_register_row_rules_hides_rows_on_every_path(
    entry: str, owner: FlaskClient, support: FlaskClient, path: str
) -> None:
    typed = SECRET.rstrip("?")
    mine, theirs = PATHS[path](owner, entry), PATHS[path](support, entry)
    assert html.unescape(mine.text).count(typed) > html.unescape(theirs.text).count(typed)
    assert theirs.status_code in {200, 404}
    assert urls.record_url(MODEL, entry) not in theirs.text


def test_why_names_the_rule_and_what_lifts_it(owner: FlaskClient, support: FlaskClient) -> None:
    for client, word in ((owner, "lifted"), (support, "hides")):
        page = html.unescape(client.get(f"/admin/why?model={MODEL}").text)
        (line,) = [each for each in page.split("<li>") if "gate:entries:closed" in each]
        assert word in line
        assert "What is behind the gate is not for all." in line
        assert "permission=gate%3Aentries%3Aopen" in line
    refused = support.get(f"/admin/why?permission=data:{MODEL}:row")
    assert "gate:entries:closed" in refused.text


def test_switching_the_plugin_off_brings_nothing_to_light(site: Site, entry: str, support: FlaskClient) -> None:
    ensure_row(site.machine.database, "gate", None)
    for enabled in (False, True):
        with by_somebody(), site.machine.database.transaction() as session:
            session.execute(sa.update(PluginState).where(PluginState.name == "gate").values(enabled=enabled))
        site.machine.plugins.switches.expire()
        assert site.machine.plugins.is_on("gate") is enabled
        assert support.get(urls.record_url(MODEL, entry)).status_code == 404


def test_a_worker_s_session_of_a_person_keeps_to_it(site: Site, entry: str) -> None:
    otto = Person(UUID(int=7), "Otto", ("Support",), frozenset({"data:*:read"}))
    with PolicySession(site.machine.database.engine, person=otto) as session:
        assert session.scalars(sa.select(FaqEntry).where(FaqEntry.id == entry)).all() == []
