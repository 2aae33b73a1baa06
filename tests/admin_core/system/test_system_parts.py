"""The parts of the system page as decisions over values: versions, migrations, disks, processes, plugin health."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core import health, migrate
from admin_core.contributions import Health, HealthCheck, Manifest
from admin_core.hookspecs import hookimpl
from admin_core.plugin_manager import Plugins
from admin_core.system import checkups as reports
from admin_core.system import parts, versions
from schema.jobs import Job
from schema.schedules import JobQueue, WorkerBeat

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


def test_the_newest_migration_is_the_one_alembic_names() -> None:
    assert health.newest_migrations() == {migrate.head()}


def test_the_database_tells_its_size_and_connections(engine: sa.Engine) -> None:
    found = {line.label: line for line in parts.database(engine)}
    assert (found["Migrations"].word, found["PostgreSQL"].value[:1]) == ("newest", found["PostgreSQL"].value[:1])
    assert "B" in found["Size"].value
    assert " of " in found["Connections"].value


# --- Disks


@pytest.mark.parametrize(
    ("used", "tone"), [(0.1, "success"), (0.79, "success"), (0.8, "warning"), (0.9, "danger"), (1.0, "danger")]
)
def test_a_disk_that_fills_up_says_so(used: float, tone: str) -> None:
    assert parts.share_tone(used) == tone


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


def test_processes_are_alive_silent_or_stopped_and_missing_kinds_are_named(session: Session) -> None:
    for name, kind, ago, stopped in (("w", "worker", 2, None), ("r", "relay", 90, None), ("x", "worker", 60, 60)):
        beat_at = NOW - timedelta(seconds=ago)
        stopped_at = NOW - timedelta(seconds=stopped) if stopped else None
        session.add(WorkerBeat(name=name, kind=kind, host="h", pid=1, beat_at=beat_at, stopped_at=stopped_at))
    session.flush()
    found = [(line.label, line.word) for line in parts.processes(session, NOW)]
    assert found == [
        ("relay", "silent"), ("worker", "alive"), ("worker", "stopped"), ("relay", "none"), ("scheduler", "none"),
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


def test_hook_register_health_checks_asks_each_on_its_own(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "CHECK_MS", 100)
    module = ModuleType("plugins.shop.plugin")
    module.MANIFEST = Manifest(name="shop", title="Shop", description="A test.")  # type: ignore[attr-defined]
    checks = [HealthCheck(f"shop.{run.__name__}", run.__name__, run) for run in (slow, broken, silent, fine)]
    module.register_health_checks = hookimpl(lambda: checks)  # type: ignore[attr-defined]
    plugins = Plugins()
    plugins.load("shop", lambda: module)
    (answer,) = plugins.collect("register_health_checks")
    found = reports.checkups(session, [(answer.plugin, check) for check in answer.items], NOW)
    assert [(each.title, each.health.state) for each in found] == [
        ("slow", "unknown"), ("broken", "unknown"), ("silent", "unknown"), ("fine", "ok"),
    ]  # fmt: skip
    assert found[-1].health.sentence == "All is well."
