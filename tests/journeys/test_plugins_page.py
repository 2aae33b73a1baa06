"""The Plugins page: everything of a plugin at a glance, and a switch that works without a restart."""

import html
import re
from collections.abc import Iterator
from textwrap import dedent

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from admin_core import migrate, plugin_models
from admin_core.jobs import claim as claims
from admin_core.jobs import relay, scheduler
from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.timing import Timing
from admin_core.plugin_sources import OUTSIDE, forget_modules
from admin_core.plugin_states import note_found
from admin_core.plugin_switches import Switches, switched_off
from schema.jobs import Job, JobState
from schema.schedules import JobSchedule
from schema.settings import PluginState
from schema.support import Ticket
from schema.views import SavedView
from tests.databases import clone, drop, unique_name
from tests.journeys.site import Site, make_site, token_in
from tests.schema.core_rows import CoreMaker

PAGE = "/admin/system/plugins/knots"
FILES = {
    "plugin.py": '''
        """Knots."""

        from admin_core.contributions import Action, Figure, Job, Link, Manifest, Page, Permission, Segment
        from admin_core.hookspecs import hookimpl

        MANIFEST = Manifest(name="knots", title="Knots", description="Ties things.", version="2.5")
        READ = "knots:ropes:read"


        def show(_visit):
            return {}


        @hookimpl
        def register_permissions():
            return [Permission(READ, "see ropes")]


        @hookimpl
        def register_pages():
            return [Page(slug="ropes", title="Ropes", permission=READ, load=show, template="knots/ropes.html")]


        @hookimpl
        def register_actions():
            return [Action(slug="tie", label="Tie a knot", model="tickets", permission=READ, run=lambda: "Tied.")]


        @hookimpl
        def register_jobs():
            return [Job(slug="knots.tie", title="Tie all", run=print, cron="* * * * *")]


        @hookimpl
        def register_figures():
            words = {"unit": "count", "permission": READ, "definition": "Ropes.", "home": "today"}
            return [Figure(name="knots.ropes", title="Ropes in stock", values=lambda *_: [], **words)]


        @hookimpl
        def register_segments():
            return [Segment("tickets", "Knotty", ("number",), (("f.status.eq", "new"),))]


        @hookimpl
        def register_links():
            return [Link("Rope shop", "https://ropes.example/")]
        ''',
    "models.py": '''
        """Ropes."""

        from schema.base import Base, Identified
        from schema.tags import AdminOptions


        class Rope(Identified, Base):
            """A rope."""

            __tablename__ = "knots_ropes"
            __admin__ = AdminOptions(group="System", plural="Ropes in a table")
        ''',
    "migrations/versions/0001_ropes.py": '''
        """Ropes."""

        import sqlalchemy as sa
        from alembic import op

        revision = "knots.0001"
        down_revision = None
        branch_labels = "knots"


        def upgrade():
            op.create_table("knots_ropes", sa.Column("id", sa.Uuid(), primary_key=True), schema="admin")
        ''',
    "templates/knots/ropes.html": '{% extends "admin/base.html" %}{% block body %}A coil{% endblock %}',
    "static/ropes.css": ".rope { color: inherit; }",
}  # fmt: skip


@pytest.fixture(scope="module")
def site(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("plugins") / "knots"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text).lstrip())
    database = unique_name("plugins")
    url = clone(server_url, database)
    site = make_site(url, plugin_paths=(str(folder),))
    for branch in site.machine.plugins.branches():
        migrate.upgrade_branch(url, branch)
    with site.machine.database.transaction() as session:
        CoreMaker(session).one(Ticket)
        note_found(session, site.machine.plugins)
    yield site
    site.machine.database.engine.dispose()
    drop(server_url, database)
    plugin_models.take_back(f"{OUTSIDE}.knots")
    forget_modules(f"{OUTSIDE}.knots")


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return site.client("Owner")


@pytest.fixture(autouse=True)
def _on(site: Site) -> Iterator[None]:
    yield
    with site.machine.database.transaction() as session:
        session.execute(sa.update(PluginState).values(enabled=True))
    site.machine.plugins.switches.expire()


def press(client: FlaskClient, enabled: str, reason: str = "") -> tuple[int, str]:
    """Press the switch; return the status and the page that follows."""
    token = token_in(client.get("/admin/palette").text)
    answer = client.post(PAGE, data={"csrf_token": token, "enabled": enabled, "reason": reason})
    return answer.status_code, html.unescape(client.get(PAGE).text if answer.status_code == 303 else answer.text)


def record(client: FlaskClient) -> str:
    found = re.search(r'href="(/admin/data/tickets/record/[^"/]+)"', client.get("/admin/data/tickets/").text)
    assert found
    return found[1]


def traces(client: FlaskClient) -> dict[str, bool]:
    """Return which traces of the plugin a person meets."""
    home, ticket = client.get("/admin/").text, record(client)
    return {
        "page": client.get("/admin/knots/ropes").status_code == 200,
        "menu": "/admin/knots/ropes" in home,
        "number": "Ropes in stock" in home,
        "link": "Rope shop" in home,
        "list": client.get("/admin/data/knots_ropes/").status_code == 200,
        "list in the menu": "/admin/data/knots_ropes/" in home,
        "tab": "Knotty" in client.get("/admin/data/tickets/").text,
        "button": "Tie a knot" in client.get(ticket).text,
        "action": client.get(f"{ticket}/action/knots.tie").status_code == 200,
        "palette": "/admin/knots/ropes" in client.get("/admin/palette").text,
    }


def test_the_page_says_everything_that_a_plugin_adds(site: Site, owner: FlaskClient) -> None:
    with site.counted() as statements:
        page = html.unescape(owner.get(PAGE).text)
    assert len(statements) <= 3, statements
    for words in (
        "Ties things.", "2.5", "ADMIN_PLUGIN_PATHS", "/admin/knots/ropes", "on tickets, knots:ropes:read", "knots.0001",
        "knots.tie, * * * * *", "Ropes in stock", "https://ropes.example/", "may see ropes", "knots_ropes",
        "register_pages", "running", "Switch off Knots",
        "Takes 1 page, 1 action, 1 job, 1 figure, 1 tab, 1 link away",
    ):  # fmt: skip
        assert words in page, words


def test_the_list_names_every_plugin_in_few_statements(site: Site, owner: FlaskClient) -> None:
    with site.counted() as statements:
        page = owner.get("/admin/system/plugins").text
    assert len(statements) <= 3, statements
    for title in ("Finance", "Support", "Knots", "Demo company"):
        assert f">{title}</a>" in page
    assert 'href="/admin/system/plugins"' in owner.get("/admin/").text


def test_a_switch_takes_every_trace_away_and_brings_it_back(site: Site, owner: FlaskClient) -> None:
    press(owner, "yes")  # writes the plugin's tabs
    assert traces(owner) == dict.fromkeys(traces(owner), True)
    status, page = press(owner, "no", "It ties the wrong things.")
    assert status == 303
    assert "Knots is switched off." in page
    assert "It was switched off: It ties the wrong things." in page
    assert traces(owner) == dict.fromkeys(traces(owner), False)
    assert "Ropes is switched off." in html.unescape(owner.get("/admin/knots/ropes").text)
    status, page = press(owner, "yes")
    assert "Knots is switched on." in page
    assert traces(owner) == dict.fromkeys(traces(owner), True)


def test_other_processes_notice_within_seconds_and_a_database_that_is_away_changes_nothing(site: Site) -> None:
    now = [0.0]
    other = Switches(lambda: switched_off(site.machine.database), clock=lambda: now[0])
    assert other.off() == frozenset()
    with site.machine.database.transaction() as session:
        session.execute(sa.update(PluginState).where(PluginState.name == "knots").values(enabled=False))
    now[0] = 2.9
    assert other.off() == frozenset()
    now[0] = 3.0
    assert other.off() == {"knots"}
    other.read = unreachable
    now[0] = 9.0
    assert other.off() == {"knots"}


def unreachable() -> frozenset[str]:
    raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))


def test_jobs_of_a_plugin_that_is_off_wait(site: Site, owner: FlaskClient) -> None:
    parts = site.machine
    with parts.database.transaction() as session:
        scheduler.declare(parts.database, parts.jobs)
        job_id = enqueue(session, parts.jobs["knots.tie"], {})
        other_id = enqueue(session, parts.jobs["core.expire-view-states"], {})
        session.execute(sa.update(JobSchedule).values(created_at=sa.func.now() - sa.text("interval '1 hour'")))
    press(owner, "no")
    with parts.database.transaction() as session:
        handed = {row.id for row in relay.waiting(session, Timing())}
        assert other_id in handed
        assert job_id not in handed
        assert claims.claim(session, job_id, "test", Timing(), parts.jobs.slugs) is None
        now = session.scalars(sa.select(sa.func.clock_timestamp())).one()
        assert "knots.tie" not in {name for name, _ in scheduler.due_now(session, parts.jobs, now)}
    press(owner, "yes")
    with parts.database.transaction() as session:
        assert job_id in {row.id for row in relay.waiting(session, Timing())}
        now = session.scalars(sa.select(sa.func.clock_timestamp())).one()
        assert "knots.tie" in {name for name, _ in scheduler.due_now(session, parts.jobs, now)}
        assert claims.claim(session, job_id, "test", Timing(), parts.jobs.slugs) is not None
        session.execute(sa.update(Job).where(Job.id == job_id).values(state=JobState.DONE, finished_at=sa.func.now()))


def test_tables_stay_when_a_plugin_is_switched_off(site: Site, owner: FlaskClient) -> None:
    press(owner, "no")
    with site.machine.database.sessions() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM admin.knots_ropes")) == 0
        shipped = session.scalars(sa.select(SavedView.name).where(SavedView.owner_id.is_(None))).all()
    assert "Knotty" not in shipped
    assert "Employers" in shipped


def test_a_reason_that_is_too_long_is_refused_and_kept(owner: FlaskClient) -> None:
    status, page = press(owner, "no", "x" * 201)
    assert status == 422
    assert "Use at most 200 characters." in page
    assert "x" * 201 in page
    assert "Switch off Knots" in owner.get(PAGE).text


@pytest.mark.parametrize("role", ["Viewer", "Support"])
def test_otto_may_not(site: Site, role: str) -> None:
    client = site.client(role)
    for url in ("/admin/system/plugins", PAGE):
        assert client.get(url).status_code == 403
    assert press(client, "no")[0] == 403
    assert "/admin/system/plugins" not in client.get("/admin/").text


def test_there_is_no_page_for_what_is_no_plugin(owner: FlaskClient) -> None:
    assert owner.get("/admin/system/plugins/nothing").status_code == 404


def test_static_files_and_templates_stand_under_the_plugins_name(site: Site, owner: FlaskClient) -> None:
    from admin_core.theme.assets import asset

    assert "A coil" in owner.get("/admin/knots/ropes").text
    assert ".rope" in owner.get(asset("knots/ropes.css")).text


def test_no_connection_is_opened_to_start(site: Site) -> None:
    made = make_site("postgresql+psycopg://nobody@127.0.0.1:1/nowhere")
    assert made.machine.plugins.switches._read_at is None


def test_a_request_that_ended_tells_the_database_what_failed(site: Site, owner: FlaskClient) -> None:
    site.machine.plugins.circuits.failed("knots", "figure knots.ropes", KeyError("a secret of somebody"))
    owner.get("/healthz")
    page = html.unescape(owner.get(PAGE).text)
    assert "KeyError" in page
    assert "secret" not in page
    assert "failed lately" in page
    press(owner, "no")
    press(owner, "yes")
    assert "failed lately" not in owner.get(PAGE).text
