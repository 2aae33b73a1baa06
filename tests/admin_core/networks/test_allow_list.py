"""The list of a process: asked every few seconds, kept while the database is away, closed before it was ever read."""

import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from admin_core.addresses import line_of
from admin_core.audit.refusals import Noted
from admin_core.database import open_database
from admin_core.networks.allow_list import EVERY_S, AllowList, Entries, list_in
from admin_core.networks.commands import off, shown
from admin_core.networks.rules import Allowed
from admin_core.settings import Settings
from schema.audit import AuditEntry
from schema.sign_in import IpAllowEntry

NOW = datetime(2026, 11, 26, tzinfo=UTC)
HERE = Allowed(uuid4(), ipaddress.ip_network("196.25.0.0/16"), "Office")


@dataclass
class World:
    """A database that answers, or does not, and a clock."""

    answers: Entries | None = (HERE,)
    time: float = 0.0
    asked: int = 0
    list: AllowList = field(init=False)

    def __post_init__(self) -> None:
        self.list = AllowList(self.read, clock=lambda: self.time)

    def read(self) -> Entries:
        self.asked += 1
        if self.answers is None:
            raise OperationalError("", {}, Exception())
        return self.answers


def test_the_database_is_asked_every_few_seconds_and_after_a_change_at_once() -> None:
    world = World()
    assert EVERY_S <= 5
    for moment, asked in ((0.0, 1), (EVERY_S - 0.1, 1), (EVERY_S, 2), (EVERY_S + 1, 2)):
        world.time = moment
        assert not world.list.allows("10.0.0.1", NOW)
        assert world.asked == asked
    world.answers = ()
    world.list.expire()
    assert world.list.allows("10.0.0.1", NOW)


def test_while_the_database_is_away_the_list_is_as_it_was() -> None:
    world = World()
    assert world.list.allows("196.25.1.7", NOW)
    world.answers, world.time = None, 100.0
    assert not world.list.allows("10.0.0.1", NOW)
    assert world.list.allows("196.25.1.7", NOW)


def test_a_list_that_was_never_read_lets_nobody_in() -> None:
    world = World(answers=None)
    with pytest.raises(OperationalError):
        world.list.allows("196.25.1.7", NOW)


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("41.0.0.9", "41.0.0.9/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:41.0.0.9", "41.0.0.9/32"),
        ("", "None"),
    ],
)
def test_a_refusal_is_noted_once_a_minute_for_a_line(address: str, line: str) -> None:
    assert str(line_of(address)) == line
    moments = iter([0.0, 59.9, 60.0])
    noted = Noted(clock=lambda: next(moments))
    assert [noted.is_due(line) for _ in range(3)] == [True, False, True]


def test_the_command_line_opens_the_list_and_puts_that_on_record(fresh_database: str) -> None:
    settings = Settings(database_url=fresh_database, redis_url="redis://x", secret_key="k" * 40, env="test")
    database = open_database(fresh_database, pool_size=1)
    with database.transaction() as session:
        session.add(IpAllowEntry(network="10.0.0.0/8", label="Office"))
        session.add(IpAllowEntry(network="2001:db8::/32", label="Old", enabled=False))
    assert not list_in(database).allows("41.0.0.9", NOW)
    assert "The list is on." in shown(settings)
    said = off(settings)
    assert "10.0.0.0/8 disabled" in said
    assert "2001:db8" not in said
    assert list_in(database).allows("41.0.0.9", NOW)
    assert "The list is off" in shown(settings)
    assert "was off already" in off(settings)
    with database.sessions() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.occurred_at)).all()
        assert [(e.action, e.actor_key, e.row_count) for e in entries] == [
            ("networks.switched-off", "command-line", 1), ("networks.switched-off", "command-line", 0),
        ]  # fmt: skip
    database.engine.dispose()
