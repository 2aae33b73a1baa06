"""docs/plugins.md is true: its tutorial is built and used, its example runs, and it names every hook and check."""

import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy.orm import Session

from admin_core import briefing
from admin_core.ciphers import Cipher
from admin_core.conformance import CHECKS, Databases, Stage, examine, pytest_plugin
from admin_core.conformance.running import run_twice
from admin_core.conformance.stage import posted
from admin_core.dashboards import tiles
from admin_core.generator.context import Context
from admin_core.generator.registry import Registry
from admin_core.generator.urls import record_url
from admin_core.plugin_manager import Plugins, hook_names
from admin_core.plugin_sources import OUTSIDE
from admin_core.policy import Person, PolicySession
from schema.base import Base
from schema.support import Priority, Ticket
from schema.views import SavedView
from tests import house
from tests.schema.core_rows import CoreMaker

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w/.]+)`\n\n```\w+\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE))
TUTORIAL = ("rules.py", "queries.py", "actions.py", "jobs.py", "views.py", "plugin.py")
ADA = Person(uuid.UUID(int=1), "Ada", ("Owner",), frozenset({"*"}))
LONG_AGO = datetime(2016, 3, 5, 10, tzinfo=UTC)


# --- The tutorial
def test_the_tutorial_takes_less_than_a_hundred_lines() -> None:
    lines = [line for name in TUTORIAL for line in FILES[name].splitlines() if line.strip()]
    assert 50 < len(lines) < 100, len(lines)
    assert "less than a hundred lines" in TEXT


def test_the_tutorial_is_written_as_the_house_writes(tmp_path: Path) -> None:
    folder = tmp_path / "plugins/slow_tickets"
    folder.mkdir(parents=True)
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    (folder / "__init__.py").write_text('"""Slow tickets."""\n')
    for name in TUTORIAL:
        (folder / name).write_text(FILES[name], encoding="utf-8")
    known = 'lint.isort.known-first-party=["admin_core", "schema", "plugins"]'
    for words in (("format", "--check"), ("check",)):
        ruff = [sys.executable, "-m", "ruff", *words, "--no-cache", "--config", "pyproject.toml", "--config", known]
        done = subprocess.run([*ruff, "plugins"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert house.tables_of_contents(tmp_path) + house.rooms(tmp_path) + house.permissions(tmp_path) == []


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, plugin_databases: Databases) -> Iterator[Stage]:
    """The product with the plugin of the page, which lies in an otherwise empty folder."""
    folder = tmp_path_factory.mktemp("authors") / "slow_tickets"
    for name in ("__init__.py", *TUTORIAL, "templates/slow_tickets/page.html"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            FILES.get(name, "").replace("plugins.slow_tickets", f"{OUTSIDE}.slow_tickets"), encoding="utf-8"
        )
    stage = Stage("slow_tickets", plugin_databases, (str(folder),))
    yield stage
    stage.close()


@pytest.fixture
def ticket(stage: Stage) -> Ticket:
    made = Ticket(subject="Where is it", status="open", priority="low", opened_at=LONG_AGO)
    with stage.machine.database.transaction() as session:
        session.add(made)
    return made


def priority_of(stage: Stage, ticket: Ticket) -> Priority:
    with stage.machine.database.sessions() as session:
        return session.get_one(Ticket, ticket.id).priority


def test_hook_register_pages_gives_a_page_with_an_entry_in_the_sidebar(stage: Stage, ticket: Ticket) -> None:
    page = stage.owner.get("/admin/slow_tickets/waiting")
    assert page.status_code == 200
    assert f">{ticket.number}</a>" in page.text
    assert 'href="/admin/slow_tickets/waiting"' in stage.owner.get("/admin/").text


def test_hook_register_permissions_lets_roles_open_the_page(stage: Stage) -> None:
    url = "/admin/slow_tickets/waiting"
    assert stage.browser("data:*:read").get(url).status_code == 403
    for permission in stage.items("register_permissions"):
        assert stage.browser(permission.name).get(url).status_code == (200 if permission.name.endswith("read") else 403)


def test_hook_register_figures_gives_a_number_on_home_that_opens_its_rows(stage: Stage, ticket: Ticket) -> None:
    home = stage.owner.get("/admin/").text
    found = re.search(
        r'<figcaption>Slow tickets .*?<p class="tile-value"><a href="([^"]*)"[^>]*>(\d+)</a>', home, re.DOTALL
    )
    assert found
    assert int(found[2]) >= 1
    listed = stage.owner.get(found[1].replace("&amp;", "&"))
    assert str(ticket.number) in listed.text or f"{found[2]} tickets" in listed.text


def test_hook_register_actions_gives_a_verb_on_a_ticket(stage: Stage, ticket: Ticket) -> None:
    record = record_url("tickets", str(ticket.id))
    action = f"{record}/action/slow_tickets.hurry"
    assert f'href="{action}"' in stage.owner.get(record).text
    assert "Make urgent" in stage.owner.get(action).text
    assert posted(stage.owner, action, {}).status_code == 303
    assert priority_of(stage, ticket) is Priority.URGENT
    assert f"Ticket {ticket.number} is urgent now." in stage.owner.get(record).text


def test_hook_register_jobs_gives_a_job_that_may_run_twice(stage: Stage, ticket: Ticket) -> None:
    ran, changed = run_twice(stage.machine, stage.machine.jobs["slow_tickets.raise-waiting"], {})
    assert re.fullmatch(r"Raised \d+ tickets\.", ran.summary)
    assert changed == []
    assert priority_of(stage, ticket) is Priority.HIGH


def test_the_tutorial_passes_the_conformance_kit(stage: Stage) -> None:
    results = list(examine(stage))
    assert [result.findings for result in results if not result.passed] == []
    assert len(results) == len(CHECKS)


# --- The kit
def test_the_page_lists_the_checks_and_the_fixtures() -> None:
    for check in CHECKS:
        assert f"| `{check.id}` | {check.sentence} |\n" in TEXT
    for name in re.findall(r"^\| `(conformance|plugin_\w+|[a-z]+_(?:page|action|job))` \|", TEXT, re.MULTILINE):
        assert hasattr(pytest_plugin, name), name
    assert f"{OUTSIDE}.<name>" in TEXT


# --- The hooks
@pytest.fixture(scope="module")
def plugins() -> Plugins:
    """The example of the page, loaded as from its folder."""
    module = ModuleType("plugins.greetings.plugin")
    exec(compile(FILES["greetings/plugin.py"], "docs/plugins.md", "exec"), vars(module))
    plugins = Plugins()
    plugins.load("greetings", lambda: module)
    plugins.settle(lambda: Registry.of(Base), ())
    return plugins


@pytest.fixture
def ctx(session: Session) -> Iterator[Context]:
    rows = CoreMaker(session)
    rows.add(Ticket)
    rows.add(Ticket, status="open")
    rows.add(Ticket, status="on_hold")
    rows.add(SavedView, shared=True)
    rows.add(SavedView, name="Own")
    connection = session.connection()
    with PolicySession(connection, person=ADA, join_transaction_mode="create_savepoint") as reading:  # type: ignore[arg-type]
        yield Context(reading, ADA, Registry.of(Base), Cipher(["k" * 32]), datetime.now(UTC))


def test_every_hook_has_a_heading_and_every_heading_a_hook() -> None:
    assert sorted(re.findall(r"^### (\w+)$", TEXT, re.MULTILINE)) == sorted(hook_names())


def test_the_example_is_a_plugin_that_runs(plugins: Plugins) -> None:
    (found,) = plugins
    assert found.error == ""
    assert [link.label for link in plugins.items("register_links")] == ["Say hello"]
    assert [segment.name for segment in plugins.items("register_segments")] == ["Urgent"]


def test_the_example_stands_on_home(plugins: Plugins, ctx: Context) -> None:
    (line,) = briefing.decisions(ctx, plugins.items("register_waiting"))
    assert (line.label, line.count) == ("Tickets to greet", 2)
    (tile,) = tiles.home_tiles(ctx, plugins.items("register_figures"))
    assert (tile.value, tile.url) == ("1", "/admin/data/saved_views/?f.shared.eq=true")


def test_the_page_says_the_limits_that_hold() -> None:
    assert briefing.PART_MS == tiles.PART_MS == 1_000
