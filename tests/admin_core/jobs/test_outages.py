"""Redis and PostgreSQL stop, forget and restart under load; our processes recover without being restarted."""

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

from admin_core import migrate
from admin_core.supervisor import children
from admin_core.supervisor.children import Program
from admin_core.supervisor.servers import start_postgres, start_redis
from tests.admin_core.jobs.drill import check, open_jobs
from tests.admin_core.jobs.fleet import TWO_EACH, Fleet, kill
from tests.admin_core.jobs.world import World, until
from tests.databases import normal


@dataclass
class Server:
    """A server that can be killed and started again at the same address."""

    program: Program
    process: subprocess.Popen[bytes]

    def restart(self, number: signal.Signals) -> None:
        kill(self.process.pid, number)
        self.process.wait()
        self.process = children.start(self.program)
        children.wait_until_ready(self.program, self.process)


@pytest.fixture
def redis() -> Iterator[tuple[str, Server]]:
    running = start_redis()
    server = Server(running.program, running.process)
    yield running.url, server
    children.stop(server.program, server.process)
    running.stop()


@pytest.fixture
def postgres() -> Iterator[tuple[str, Server]]:
    running = start_postgres(fast_unsafe=True)
    server = Server(running.program, running.process)
    yield normal(running.superuser_url), server
    children.stop(server.program, server.process)
    running.stop()


@pytest.fixture
def world(postgres: tuple[str, Server], redis: tuple[str, Server]) -> Iterator[World]:
    migrate.upgrade(postgres[0])
    world = World.open(postgres[0], redis[0])
    yield world
    world.close()


def test_outages_under_load_are_survived_without_a_restart_of_ours(
    world: World, postgres: tuple[str, Server], redis: tuple[str, Server], tmp_path: Path
) -> None:
    with (tmp_path / "fleet.log").open("a") as log:
        fleet = Fleet(world.settings, log)
        try:
            fleet.start(TWO_EACH)
            until(lambda: world.value("SELECT count(*) FROM admin.worker_beats") == 6)
            go_through_outages(world, postgres[1], redis[1])
            until(lambda: open_jobs(world) == 0, timeout_s=60)
            assert fleet.restart_the_dead() == 0
        finally:
            codes = fleet.stop()
            print((tmp_path / "fleet.log").read_text()[-4000:])
    assert codes == [0] * 6
    check(world)


def go_through_outages(world: World, postgres: Server, redis: Server) -> None:
    load(world)
    world.redis.flushall()
    load(world)
    kill(redis.process.pid, signal.SIGSTOP)
    load(world)
    Event().wait(3)  # the outage itself has to last
    kill(redis.process.pid, signal.SIGCONT)
    load(world)
    redis.restart(signal.SIGKILL)
    load(world)
    until(lambda: world.value("SELECT count(*) FROM admin.jobs WHERE state = 'running'") > 0)
    postgres.restart(signal.SIGQUIT)  # immediate: every connection breaks, the log is replayed
    world.database.engine.dispose()  # this test's own connections too: what is watched are the other processes
    load(world)


def load(world: World) -> None:
    for _ in range(3):
        world.enqueue("test.work-through", size=6, pause_ms=40)
