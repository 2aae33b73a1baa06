"""`admin alerts …` against a real database: what it prints, what it does, what it refuses."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.engine import make_url

from admin_core import cli
from schema.audit import AuditEntry
from schema.jobs import Job
from tests.admin_core.alerts.world import World

Admin = Callable[..., Result]
NOW = datetime.now(UTC)


@pytest.fixture
def admin(world: World) -> Admin:
    url = make_url(world.machine.settings.database_url).set(drivername="postgresql")
    environ = {
        "DATABASE_URL": url.render_as_string(hide_password=False), "REDIS_URL": "unix:///nowhere",
        "ADMIN_SECRET_KEY": "k" * 40, "ADMIN_ENV": "test",
    }  # fmt: skip

    def run(*words: str) -> Result:
        return CliRunner(env=environ).invoke(cli.admin, ["alerts", *words])

    return run


def test_rules_are_listed_and_evaluated(world: World, admin: Admin) -> None:
    assert "No rules yet" in admin("list").output
    found = admin("evaluate")
    assert found.exit_code == 0, found.output
    assert "clear    core.jobs-given-up  0 jobs were given up in the last 24 hours." in found.output
    world.add(Job(name="core.expire-files", state="failed", finished_at=NOW))
    assert "holds    core.jobs-given-up  fire  1 jobs were given up" in admin("evaluate").output
    lines = admin("list").output.splitlines()
    assert lines[0].startswith("firing            critical core.jobs-given-up  1  (")
    assert len(lines) > 5


def test_a_channel_is_tried(world: World, admin: Admin) -> None:
    refused = admin("test-channel", "Ops")
    assert (refused.exit_code, "There is no channel 'Ops'. Channels: none." in refused.output) == (1, True)
    world.channel("email", "", "ops@example.com", name="Ops")
    assert "is on its way" in admin("test-channel", "ops").output
    assert world.said() == [("test", "queued")]
    with world.database.sessions() as session:
        assert "alert_channels.tested" in session.scalars(select(AuditEntry.action)).all()
    world.channel("email", "", "ops@example.com", name="Night", enabled=False)
    assert "Night is off." in admin("test-channel", "Night").output
