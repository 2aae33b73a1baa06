"""Every command that writes leaves an entry in the audit log, or says why not. A new one fails until it is named."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from click import Command, Group
from click.testing import CliRunner

from admin_core.access import ensure_roles
from admin_core.access.team import add_member
from admin_core.cli import admin
from admin_core.database import Database, open_database
from admin_core.jobs.core_jobs import BY_SLUG
from admin_core.jobs.enqueue import enqueue
from schema import load_models
from schema.audit import ActorKind, AuditEntry
from schema.jobs import Job
from tests.databases import clone, drop, unique_name

MEMBER = "ada@example.com"


@pytest.fixture(scope="module")
def database(server_url: str) -> Iterator[Database]:
    load_models()
    name = unique_name("commands")
    found = open_database(clone(server_url, name))
    with found.transaction() as session:
        viewer = ensure_roles(session)["Viewer"]
        add_member(session, name="Ada", email=MEMBER, roles=[viewer])
    yield found
    found.engine.dispose()
    drop(server_url, name)


def made(database: Database) -> UUID:
    with database.transaction() as session:
        return enqueue(session, BY_SLUG["core.expire-files"])


COMMANDS: dict[tuple[str, ...], tuple[list[str], str] | str] = {
    ("db", "init"): "makes the database, then does what upgrade does",
    ("db", "upgrade"): ([], "database.upgraded"),
    ("db", "roles"): ([], "database.roles-granted"),
    ("db", "current"): "reads",
    ("seed",): "fills a demo with invented people, and nothing else",
    ("demo", "sign-in"): "of the demo alone; the link's use is signing in",
    ("demo", "prepare"): "what upgrade and seed do",
    ("demo", "environment"): "reads",
    ("staff", "invite"): (["--owner", "nomsa@example.com"], "staff.invited"),
    ("staff", "reset-factor"): (["MEMBER"], "staff.factor-reset"),
    ("staff", "unlock"): (["MEMBER"], "staff.unlocked"),
    ("access", "allow-list", "show"): "reads",
    ("access", "allow-list", "off"): ([], "networks.switched-off"),
    ("keys", "rotate"): ([], "keys.rotated"),
    ("reflect",): "reads another database",
    ("worker",): "a process: what its jobs do has entries",
    ("relay",): "a process: hands jobs over",
    ("scheduler",): "a process: makes jobs that are due",
    ("alerts", "list"): "reads",
    ("alerts", "evaluate"): "what the minute's job does; incidents and messages are rows of their own",
    ("alerts", "test-channel"): "in its own tests: it takes a channel",
    ("jobs", "list"): "reads",
    ("jobs", "show"): "reads",
    ("jobs", "retry"): (["JOB"], "jobs.retried"),
    ("jobs", "cancel"): (["JOB"], "jobs.cancelled"),
    ("jobs", "pause"): (["JOB"], "jobs.paused"),
    ("jobs", "resume"): (["JOB"], "jobs.resumed"),
    ("jobs", "run"): (["core.expire-files"], "jobs.asked"),
    ("jobs", "queues"): (["--pause", "high"], "queues.paused"),
    ("rollups", "list"): "reads",
    ("rollups", "refresh"): ([], "rollups.refreshed"),
    ("rollups", "rebuild"): ([], "rollups.rebuilt"),
    ("rollups", "verify"): ([], "rollups.verified"),
    ("source", "check"): "reads another database; what is personal is masked",
    ("source", "columns"): "reads declarations",
    ("source", "load"): "hands a file to a job, whose loading has its entry",
    ("check",): "reads",
    ("plugin", "new"): "writes files of a programmer",
    ("plugin", "check"): "writes to throw-away databases",
    ("audit", "init"): "publishes a key, which the log itself keeps",
    ("audit", "seal"): "seals: the log's own work",
    ("audit", "anchor"): "copies a checkpoint; audit_anchors tells where",
    ("audit", "verify"): "reads",
    ("audit", "prove"): "reads",
    ("audit", "export"): "tested with the reports",
    ("audit", "begin-anew"): "tested with the log's commands",
    ("audit", "rotate-key"): "tested with the log's commands",
    ("audit", "prune"): "tested with the log's commands",
}
"""Command → arguments and the entry it leaves, or why it leaves none here."""


def commands(group: Group, *path: str) -> Iterator[tuple[str, ...]]:
    """Yield the path of every command that does something."""
    for name, command in group.commands.items():
        if isinstance(command, Group):
            yield from commands(command, *path, name)
        elif isinstance(command, Command):
            yield (*path, name)


def test_every_command_is_known() -> None:
    found = set(commands(admin))
    assert found - COMMANDS.keys() == set(), "write the entry it leaves, or say why it needs none"
    assert COMMANDS.keys() - found == set(), "these are gone"


STATES: dict[str, dict[str, Any]] = {
    "retry": {"state": "failed", "finished_at": sa.func.now()},
    "resume": {"paused": True},
}


@pytest.mark.parametrize("path", [path for path, known in COMMANDS.items() if not isinstance(known, str)], ids=" ".join)
def test_what_a_command_does_stands_in_the_log(database: Database, path: tuple[str, ...]) -> None:
    (arguments, action), began = COMMANDS[path], datetime.now(UTC)
    job = made(database)
    values = STATES.get(path[-1], {})
    if values:
        with database.transaction() as session:
            session.execute(sa.update(Job).where(Job.id == job).values(values))
    settings = {
        "DATABASE_URL": database.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""),
        "REDIS_URL": "redis://localhost:1/0",
        "ADMIN_SECRET_KEY": "k" * 40,
        "ADMIN_ENV": "test",
    }
    words = [{"JOB": str(job), "MEMBER": MEMBER}.get(word, word) for word in arguments]
    done = CliRunner().invoke(admin, [*path, *words], env=settings, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with database.sessions() as session:
        found = sa.select(AuditEntry).where(AuditEntry.occurred_at >= began, AuditEntry.action == action)
        entry = session.scalars(found).one()
    assert (entry.actor_kind, entry.actor_key) == (ActorKind.SYSTEM, "command-line")
