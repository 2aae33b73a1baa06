"""A hostile set of broken plugins: each is contained and explained, and the backend runs beside them."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import configure_mappers

from admin_core import plugin_states
from admin_core.checks import findings
from admin_core.circuits import OPENS_AFTER
from admin_core.generator.registry import Registry
from admin_core.plugin_loading import load_plugins
from admin_core.plugin_manager import Plugins
from schema.base import Base
from schema.settings import PluginState
from schema.support import Ticket
from tests.journeys.site import Site, own_site
from tests.schema.core_rows import CoreMaker

HOSTILE = Path(__file__).parents[1] / "hostile_plugins"
RUNNING = {"raising_page", "slow_card"}
"""Those that can only be found out when somebody comes."""
REFUSED = [
    ("raises_at_import", "core.W001", "RuntimeError: no such ledger"),
    ("leaves_at_import", "core.W001", "it tried to end the process: sys.exit(3) while it was imported"),
    ("without_manifest", "core.W001", "has no MANIFEST. Write: MANIFEST = Manifest(name='without_manifest', title=…)"),
    ("misnamed", "core.W001", "the manifest says 'named' but the folder is 'misnamed'; one plugin, one name"),
    ("finance", "core.E021", "a plugin named 'finance' was found before, in plugins/finance; names are unique"),
    ("settings", "core.E021", "'settings' is a word of core"),
    ("Loud", "core.E021", "'Loud' is no name for a plugin"),
    ("misspelt", "core.W001", "register_lincs is no hook. Known hooks: "),
    ("unmarked", "core.W001", "register_links is named like a hook but not marked with @hookimpl"),
    ("wrong_signature", "core.W001", "{'request'} are declared in the hookimpl but can not be found in the hookspec"),
    ("raises_in_hook", "core.E018", "register_links raised ValueError in plugin.py:11"),
    ("late_generator", "core.E018", "register_links raised KeyError in plugin.py:12"),
    ("wrong_type", "core.E010", "register_figures returned a str, not a list of Figure"),
    (
        "foreign_permission",
        "core.E012",
        "'foreign_permission.things' names the permission 'finance:revenue:read'; write foreign_permission:noun:verb",
    ),
    (
        "unknown_permission",
        "core.E013",
        "asks for 'unknown_permission:things:read', which register_permissions does not return",
    ),
    ("unguarded", "core.E014", "waiting 'Things' has no permission: nobody could be kept out"),
    ("stray_template", "core.E015", "page 'things' shows 'admin/index.html', which is outside stray_template/"),
    ("missing_template", "core.E015", "'missing_template/things.html', which is not in templates/"),
    ("twice_page", "core.E011", "page 'things' is registered already, by this plugin"),
    ("stray_job", "core.E016", "job 'finance.flag-late-payers' must be called stray_job.what-is-true-afterwards"),
    ("stray_figure", "core.E023", "figure 'finance.mrr' must be called stray_figure.words-with-hyphens"),
    ("stray_alert", "core.E024", "alert 'finance.late' must be called stray_alert.what-is-wrong"),
    ("stray_service", "core.E025", "service 'finance.end-discount' must be called stray_service.verb-noun"),
    ("twice_service", "core.E011", "service 'twice_service.wave' is registered already, by this plugin"),
    ("taken_job", "core.E011", "job 'core.forget-finished-jobs' is registered already, by core"),
    ("taken_section", "core.E011", "section of settings 'mail' is registered already, by core"),
    ("taken_section", "core.E011", "section of settings 'setup' is registered already, by core"),
    ("unknown_model", "core.E017", "action 'wave' is about 'unicorns', which is no model"),
    ("unknown_limit", "core.E022", "action 'wave' is bound by 'wave_limit_cents', which no role has; roles have"),
    ("stray_row_rule", "core.E033", "row rule 'finance:tickets:mine' must be called stray_row_rule:noun:word"),
    ("raising_row_rule", "core.E033", "row rule 'raising_row_rule:tickets:mine' raised KeyError in plugin.py:11"),
    ("raising_row_rule", "core.E033", "returned a bool, not a criterion or None"),
    ("unmapped_row_rule", "core.E033", "is about dict, which is no mapped class"),
    ("unmapped_row_rule", "core.E013", "which register_permissions does not return"),
    ("stray_table", "core.E019", "the table 'things_of_mine' must begin with the plugin's name: stray_table_things"),
    ("broken_models", "core.W001", "NoSuchModel"),
    (
        "stray_migration",
        "core.E020",
        "the migration 0002_things.py is called '0002'; its name must begin with stray_mi",
    ),
]


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return load_plugins(paths=[str(HOSTILE)])


@pytest.fixture(scope="module")
def site(server_url: str) -> Iterator[Site]:
    with own_site(server_url, "hostile", plugin_paths=(str(HOSTILE),)) as site:
        with site.machine.database.transaction() as session:
            CoreMaker(session).one(Ticket)
            plugin_states.note_found(session, site.machine.plugins)
        yield site


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.mark.parametrize(("name", "id_", "sentence"), REFUSED)
def test_a_broken_plugin_is_refused_with_a_sentence(plugins: Plugins, name: str, id_: str, sentence: str) -> None:
    (found,) = [each for each in plugins if each.name == name and each.origin == "path"]
    assert sentence in found.error
    assert plugins.running(name) is None or name == "finance"
    told = [each for each in findings(Registry.of(Base), [found]) if each.where == f"plugins.{name}"]
    assert [each.id for each in told if sentence in each.sentence] == [id_]
    assert "secret" not in str(told)


def test_the_set_is_complete(plugins: Plugins) -> None:
    found = {each.name for each in plugins if each.origin == "path"}
    assert found == {name for name, _, _ in REFUSED} | RUNNING


def test_our_own_plugins_run_beside_them(plugins: Plugins) -> None:
    ours = [each for each in plugins if each.origin == "folder"]
    assert len(ours) >= 8
    assert [each.error for each in ours if each.error] == []


def test_a_refused_plugin_leaves_no_table_and_no_model(plugins: Plugins) -> None:
    configure_mappers()
    assert not {"admin.things_of_mine", "admin.broken_models_things"} & set(Base.metadata.tables)
    assert not {"things_of_mine", "broken_models_things"} & set(Registry.of(Base))


def tile(page: str, label: str) -> str:
    found = re.search(rf"<figcaption>{label} .*?</figure>", page, re.DOTALL)
    assert found, label
    return html.unescape(found[0])


def test_home_answers_and_each_broken_part_costs_itself(site: Site, owner: FlaskClient) -> None:
    answer = owner.get("/admin/")
    assert answer.status_code == 200
    assert "It took longer than 1 s." in tile(answer.text, "Slow in the database")
    assert "It could not be worked out" in tile(answer.text, "Raising number")
    assert "no answer" not in tile(answer.text, "Open tickets")
    assert "They could not be counted" in answer.text
    assert "Plugins that could not be started" in answer.text
    assert "stolen" not in answer.text
    assert "secret" not in answer.text


def test_what_held_home_up_is_left_alone_from_then_on(site: Site, owner: FlaskClient) -> None:
    owner.get("/admin/")
    assert ("figure slow_card.computing", "open") in site.machine.plugins.circuits.states("slow_card")
    page = owner.get("/admin/").text
    assert "left alone for a minute" in tile(page, "Slow without it")


@pytest.mark.parametrize("slug", ["raises", "leaves", "broken"])
def test_a_page_that_raises_costs_that_page_only(site: Site, owner: FlaskClient, slug: str) -> None:
    url = f"/admin/raising_page/{slug}"
    for _ in range(OPENS_AFTER):
        answer = owner.get(url)
        assert answer.status_code == 500
        assert "secret" not in answer.text
    answer = owner.get(url)
    assert answer.status_code == 503
    assert "failed several times in a minute" in answer.text
    assert owner.get("/admin/data/tickets/").status_code == 200


def test_an_action_that_cannot_say_whether_it_applies_costs_its_button_only(site: Site, owner: FlaskClient) -> None:
    record = re.search(r'href="(/admin/data/tickets/record/[^"/]+)"', owner.get("/admin/data/tickets/").text)
    assert record
    answer = owner.get(record[1])
    assert answer.status_code == 200
    assert "Wave" not in answer.text


def test_failures_are_written_down_by_kind_and_place(site: Site, owner: FlaskClient) -> None:
    owner.get("/admin/raising_page/raises")
    site.machine.plugins.circuits.failed("raising_page", "page raises", LookupError("a secret of somebody"))
    plugin_states.tell_failures(site.machine.database, site.machine.plugins)
    with site.machine.database.sessions() as session:
        row = session.scalars(select(PluginState).where(PluginState.name == "raising_page")).one()
    assert row.failures >= 1
    assert row.last_error == "LookupError"
    assert row.last_error_at is not None
    assert (datetime.now(UTC) - row.last_error_at).total_seconds() < 60


def test_the_plugins_page_explains_every_one(site: Site, owner: FlaskClient) -> None:
    page = html.unescape(owner.get("/admin/system/plugins").text)
    for _, _, sentence in REFUSED:
        assert sentence in page, sentence
    one = html.unescape(owner.get("/admin/system/plugins/raises_at_import").text)
    assert "It could not be started:" in one
    assert "no such ledger" in one
    assert 'name="enabled"' not in one
