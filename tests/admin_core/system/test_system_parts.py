"""The parts of the system page as decisions over values: versions, migrations, disks, processes, plugin health."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core import health, migrate
from admin_core.circuits import OPENS_AFTER
from admin_core.contributions import Health, HealthCheck, Manifest
from admin_core.hookspecs import hookimpl
from admin_core.jobs_screen import overview
from admin_core.plugin_manager import Plugins
from admin_core.plugin_migrations import Branch, Revision
from admin_core.plugin_overview import overviews
from admin_core.settings import Settings
from admin_core.system import checkups as reports
from admin_core.system import parts, versions
from schema.jobs import Job
from schema.schedules import JobQueue, WorkerBeat
from tests.databases import normal

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
COMMIT = "0123456789abcdef0123456789abcdef01234567"


# --- Versions


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({".git/HEAD": COMMIT}, COMMIT[:10]),
        ({".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": f"{COMMIT}\n"}, COMMIT[:10]),
        ({".git/HEAD": "ref: refs/heads/main", ".git/packed-refs": f"# pack\n{COMMIT} refs/heads/main\n"}, COMMIT[:10]),
        (
            {
                ".git": "gitdir: {root}/store/worktrees/a", "store/worktrees/a/HEAD": "ref: refs/heads/x",
                "store/worktrees/a/commondir": "../..", "store/refs/heads/x": COMMIT,
            },
            COMMIT[:10],
        ),
        ({".git/HEAD": "ref: refs/heads/none"}, ""),
        ({".git/HEAD": "no commit"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_commit_is_read_where_a_checkout_knows_it(tmp_path: Path, files: dict[str, str], found: str) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text.replace("{root}", str(tmp_path)))
    assert versions.commit(tmp_path) == found


def test_the_versions_that_matter_are_known() -> None:
    found = dict(versions.versions())
    assert "not installed" not in found.values()
    assert found["Python"].startswith("3.")


# --- Database


@pytest.mark.parametrize(
    ("at", "word"),
    [
        (health.newest_migrations(), "newest"),
        (health.newest_migrations() | {"shop_0001"}, "newest"),
        (frozenset(), "behind"),
        (frozenset({"9999_later"}), "ahead"),
    ],
)
def test_a_database_is_newest_behind_or_ahead(at: frozenset[str], word: str) -> None:
    assert parts.migration_line(at).word == word


HATS = Branch(
    "hats", Path("hats"), (Revision("0001.py", "hats.0001"), Revision("0002.py", "hats.0002", ("hats.0001",)))
)


@pytest.mark.parametrize(
    ("at", "word", "tone", "says"),
    [
        (set(), "behind", "danger", ". The database lacks tables of a plugin. Run: admin db upgrade"),
        ({"hats.0001"}, "behind", "danger", ". The database lacks tables of a plugin. Run: admin db upgrade"),
        ({"hats.0002"}, "newest", "success", "hats.0002"),
        ({"hats.0003"}, "ahead", "warning", "hats.0003, which is newer than what runs here"),
        ({"hats.0002", "gone.0007"}, "newest", "success", "hats.0002"),  # of a plugin that nobody has any more
    ],
)
def test_a_plugin_whose_tables_are_missing_is_behind(at: set[str], word: str, tone: str, says: str) -> None:
    line = parts.migration_line(health.newest_migrations() | at, [HATS])
    assert (line.word, line.tone) == (word, tone)
    assert line.value.endswith(says)


def test_a_database_that_was_never_migrated_is_behind(server_url: str) -> None:
    engine = sa.create_engine(normal(server_url), poolclass=sa.NullPool)
    found = {line.label: line for line in parts.database(engine)}
    assert (found["Migrations"].word, found["Migrations"].tone) == ("behind", "danger")
    assert found["Migrations"].value == "none. The database is behind this version. Run: admin db upgrade"


def test_the_newest_migration_is_the_one_alembic_names() -> None:
    assert health.newest_migrations() == {migrate.head()}


def test_the_database_tells_its_size_and_connections(engine: sa.Engine) -> None:
    found = {line.label: line for line in parts.database(engine)}
    with engine.connect() as connection:
        version = connection.execute(sa.text("SHOW server_version")).scalar_one()
    assert found["Migrations"].word == "newest"
    assert found["PostgreSQL"].value == version.split()[0]
    assert "B" in found["Size"].value
    assert " of " in found["Connections"].value


# --- Disks


@pytest.mark.parametrize(
    ("used", "tone"), [(0.1, "success"), (0.79, "success"), (0.8, "warning"), (0.9, "danger"), (1.0, "danger")]
)
def test_a_disk_that_fills_up_says_so(used: float, tone: str) -> None:
    assert parts.share_tone(used) == tone


def test_the_disk_of_files_is_that_of_the_project_unless_the_setting_says_where(tmp_path: Path) -> None:
    words = {"database_url": "postgresql+psycopg://x/y", "redis_url": "redis://x", "secret_key": "k" * 40}
    own = Settings(**words, env="test", artifacts_dir="files")  # type: ignore[arg-type]
    elsewhere = Settings(**words, env="test", artifacts_dir=str(tmp_path))  # type: ignore[arg-type]
    assert dict(parts.folders(own))["Files made by jobs"] == Path(__file__).parents[3] / "files"
    assert dict(parts.folders(elsewhere))["Files made by jobs"] == tmp_path


def test_a_folder_that_is_not_there_yet_is_measured_where_it_will_lie(tmp_path: Path) -> None:
    line = parts.disk_line("Files", tmp_path / "not" / "yet")
    assert str(tmp_path) in line.value
    assert "free" in line.value


# --- Jobs and processes


def test_queues_tell_what_waits_and_since_when(session: Session) -> None:
    for name, queue, ago in (("a", "high", 600), ("b", "high", 10), ("c", "low", -60), ("d", "extra", 10)):
        session.add(Job(name=name, queue=queue, run_at=NOW - timedelta(seconds=ago)))
    session.add(Job(name="e", state="failed", created_at=NOW - timedelta(days=1), finished_at=NOW))
    session.add(Job(name="f", state="failed", created_at=NOW - timedelta(days=8), finished_at=NOW))
    session.add(JobQueue(name="low", paused=True))
    session.flush()
    found = {line.label: line for line in parts.queues(session, NOW)}
    assert [found[name].value for name in ("high", "default", "low", "extra")] == [
        "2 waiting, 0 running", "0 waiting, 0 running", "0 waiting, 0 running", "1 waiting, 0 running",
    ]  # fmt: skip
    assert [found[name].word for name in ("high", "default", "low")] == ["late", "fine", "paused"]
    assert found["high"].at == NOW - timedelta(minutes=10)
    assert (found["Failed in 7 days"].value, found["Failed in 7 days"].tone) == ("1", "danger")


def test_paused_jobs_neither_wait_nor_make_a_queue_late(session: Session) -> None:
    session.add(Job(name="a", queue="high", run_at=NOW - timedelta(hours=1), paused=True))
    session.add(Job(name="b", queue="high", run_at=NOW - timedelta(seconds=10)))
    session.flush()
    (high,) = [line for line in parts.queues(session, NOW) if line.label == "high"]
    assert (high.value, high.word, high.at) == ("1 waiting, 0 running", "fine", NOW - timedelta(seconds=10))


@pytest.mark.parametrize(("ago", "word"), [(44, "alive"), (45, "silent")])
def test_both_pages_call_the_same_process_silent(session: Session, ago: int, word: str) -> None:
    session.add(WorkerBeat(name="w", kind="worker", host="h", pid=1, beat_at=NOW - timedelta(seconds=ago)))
    session.flush()
    assert parts.processes(session, NOW)[0].word == word
    assert overview.process_lines(session, NOW)[0].is_alive is (word == "alive")


def test_processes_are_alive_or_silent_and_missing_kinds_are_named(session: Session) -> None:
    for name, kind, ago, stopped in (("w", "worker", 2, None), ("r", "relay", 90, None), ("x", "worker", 60, 60)):
        beat_at = NOW - timedelta(seconds=ago)
        stopped_at = NOW - timedelta(seconds=stopped) if stopped else None
        session.add(WorkerBeat(name=name, kind=kind, host="h", pid=1, beat_at=beat_at, stopped_at=stopped_at))
    session.flush()
    found = [(line.label, line.word) for line in parts.processes(session, NOW)]
    assert found == [
        ("relay", "silent"), ("worker", "alive"), ("relay", "none"), ("scheduler", "none"),
    ]  # fmt: skip


# --- What plugins say


def fine(_session: Session, _now: datetime) -> Health:
    return Health("ok", "All is well.")


def slow(session: Session, _now: datetime) -> Health:
    session.execute(sa.text("SELECT pg_sleep(5)"))
    return Health("ok", "Never said.")


def broken(session: Session, _now: datetime) -> Health:
    session.execute(sa.text("SELECT 1/0"))
    return Health("ok", "Never said.")


def silent(_session: Session, _now: datetime) -> Health:
    return None  # type: ignore[return-value]


def leaves(_session: Session, _now: datetime) -> Health:
    sys.exit(3)


def test_hook_register_health_checks_asks_each_on_its_own(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "CHECK_MS", 100)
    plugins = shop(slow, broken, silent, leaves, fine)
    found = reports.checkups(session, plugins, NOW)
    assert [(each.plugin, each.title, each.health.state) for each in found] == [
        ("The shop", "slow", "unknown"), ("The shop", "broken", "unknown"), ("The shop", "silent", "unknown"),
        ("The shop", "leaves", "unknown"), ("The shop", "fine", "ok"),
    ]  # fmt: skip
    assert found[-1].health.sentence == "All is well."
    assert plugins.circuits.take_untold()["shop"].count == 4


def test_a_check_that_keeps_failing_is_left_alone_and_stands_on_the_plugins_page(session: Session) -> None:
    plugins = shop(leaves, fine)
    for _ in range(OPENS_AFTER):
        bad, good = reports.checkups(session, plugins, NOW)
        assert (bad.health.sentence, good.health.state) == ("It could not be worked out; the log says why.", "ok")
    bad, good = reports.checkups(session, plugins, NOW)
    assert ("left alone" in bad.health.sentence, good.health.state) == (True, "ok")
    (about,) = overviews(plugins, {})
    assert about.resting == ("check leaves",)
    assert plugins.circuits.take_untold()["shop"].count == OPENS_AFTER


def shop(*checks: Callable[[Session, datetime], Health]) -> Plugins:
    """Return a plugin with these checks."""
    module = ModuleType("plugins.shop.plugin")
    module.MANIFEST = Manifest(name="shop", title="The shop", description="A test.")  # type: ignore[attr-defined]
    offered = [HealthCheck(f"shop.{run.__name__}", run.__name__, run) for run in checks]
    module.register_health_checks = hookimpl(lambda: offered)  # type: ignore[attr-defined]
    plugins = Plugins()
    plugins.load("shop", lambda: module)
    return plugins
