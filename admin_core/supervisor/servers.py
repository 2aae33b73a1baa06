"""Our own PostgreSQL and Redis as child processes, on unix sockets; never the machine's running ones.

Data survive in the given directory; without a directory they are thrown away at `stop()` (tests).
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from admin_core.changes.database_roles import ROLES, SEALER_ROLE, make_role
from admin_core.changes.triggers import APP_ROLE
from admin_core.supervisor import children
from admin_core.supervisor.binaries import Origin, PostgresBinaries, find_postgres, find_redis, wanted_origin
from admin_core.supervisor.children import Program
from admin_core.supervisor.places import (
    Account,
    ServersRefusedError,
    kept_secret,
    owned_directory,
    owned_file,
    server_account,
    temporary_directory,
)

_OWNER = "admin_owner"
_PID_FILE_STATUS_LINE = 8
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
_SETTINGS = ("listen_addresses=", "port=5432", "unix_socket_permissions=0700", "timezone=UTC", "jit=off")
_UNSAFE_SETTINGS = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
    "autovacuum=off", "max_connections=200", "lock_timeout=30s",
)  # fmt: skip


@dataclass(frozen=True)
class RunningPostgres:
    """A started PostgreSQL: `url` is the database as its owner, the others as roles that own nothing."""

    url: str
    app_url: str
    sealer_url: str
    superuser_url: str
    version: int
    has_trgm: bool
    program: Program
    process: subprocess.Popen[bytes]
    temporary: tuple[Path, ...]

    def stop(self) -> None:
        """End the server (open transactions are rolled back) and remove what was temporary."""
        children.stop(self.program, self.process)
        _remove(self.temporary)


@dataclass(frozen=True)
class RunningRedis:
    """A started Redis."""

    url: str
    program: Program
    process: subprocess.Popen[bytes]
    temporary: tuple[Path, ...]

    def stop(self) -> None:
        """End the server and remove what was temporary."""
        children.stop(self.program, self.process)
        _remove(self.temporary)


def start_postgres(
    directory: Path | None = None, *, fast_unsafe: bool = False, dbname: str = "admin", origin: Origin | None = None
) -> RunningPostgres:
    """Start PostgreSQL over `directory` (made when empty) with a database `dbname`; ready when it returns.

    `fast_unsafe` gives up durability for speed. Call from the main thread: the server dies with the calling thread.
    """
    account = server_account()
    with _places(directory) as (state, sockets, temporary):
        binaries = _binaries_for(state, account, origin or wanted_origin(os.environ))
        data = _initialised(state, binaries, account, fast_unsafe=fast_unsafe)
        owned_directory(sockets / "pg", account)
        program = _postgres_program(state, data, sockets / "pg", binaries, account, fast_unsafe=fast_unsafe)
        process = children.start(program)
        children.wait_until_ready(program, process)
        host = f"?host={sockets / 'pg'}&port=5432"
        superuser = f"postgresql://postgres:{kept_secret(state, 'postgres')}@"
        passwords = {role: kept_secret(state, role) for role in (_OWNER, *ROLES)}
        has_trgm = _provide_database(f"{superuser}/postgres{host}", dbname, passwords)
        return RunningPostgres(
            url=f"postgresql://{_OWNER}:{passwords[_OWNER]}@/{dbname}{host}",
            app_url=f"postgresql://{APP_ROLE}:{passwords[APP_ROLE]}@/{dbname}{host}",
            sealer_url=f"postgresql://{SEALER_ROLE}:{passwords[SEALER_ROLE]}@/{dbname}{host}",
            superuser_url=f"{superuser}/{dbname}{host}",
            version=binaries.major,
            has_trgm=has_trgm,
            program=program,
            process=process,
            temporary=temporary,
        )


def start_redis(directory: Path | None = None, *, origin: Origin | None = None) -> RunningRedis:
    """Start Redis over `directory`, every write appended to its file; ready when it returns."""
    account = server_account()
    with _places(directory) as (state, sockets, temporary):
        binary = find_redis(account, state, origin or wanted_origin(os.environ))
        address = owned_directory(sockets / "redis", account) / "redis.sock"
        password = kept_secret(state, "redis")
        program = _redis_program(state, address, binary, password, account)
        process = children.start(program)
        children.wait_until_ready(program, process)
        return RunningRedis(f"unix://:{password}@{address}?db=0", program, process, temporary)


@contextmanager
def _places(directory: Path | None) -> Iterator[tuple[Path, Path, tuple[Path, ...]]]:
    """State and socket directory, and which of them `stop()` removes; removed at once when the start fails."""
    sockets = temporary_directory()
    try:
        yield directory or sockets, sockets, (sockets,)
    except BaseException:
        _remove((sockets,))
        raise


def _remove(paths: tuple[Path, ...]) -> None:
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)


def _binaries_for(state: Path, account: Account, origin: Origin) -> PostgresBinaries:
    version = state / "postgres" / "PG_VERSION"
    if not version.exists():
        return find_postgres(account, state, origin)
    major = int(version.read_text(encoding="ascii"))
    try:
        return find_postgres(account, state, origin, major)
    except ServersRefusedError as refusal:
        raise ServersRefusedError(f"The data in {state} were made by PostgreSQL {major}. {refusal}") from None


def _initialised(state: Path, binaries: PostgresBinaries, account: Account, *, fast_unsafe: bool) -> Path:
    """The data directory; made under another name and renamed, so that a half-made one never counts."""
    data = state / "postgres"
    if data.exists():
        return data
    unfinished = state / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    owned_directory(unfinished, account)
    password = owned_file(state / "postgres.new.password", kept_secret(state, "postgres"), account)
    command = [
        str(binaries.directory / "initdb"), "--pgdata", str(unfinished), "--username=postgres", f"--pwfile={password}",
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", *(["--no-sync"] if fast_unsafe else []),
    ]  # fmt: skip
    initdb = Program("initdb", tuple(command), log=state / "postgres.log", account=account, environment=_ENVIRONMENT)
    try:
        if children.start(initdb).wait():
            raise ServersRefusedError(f"initdb failed; {state / 'postgres.log'} says why.")
    finally:
        password.unlink()
    unfinished.rename(data)
    return data


def _postgres_program(
    state: Path, data: Path, sockets: Path, binaries: PostgresBinaries, account: Account, *, fast_unsafe: bool
) -> Program:
    settings = (*_SETTINGS, f"unix_socket_directories={sockets}", *(_UNSAFE_SETTINGS if fast_unsafe else ()))
    flags = [part for setting in settings for part in ("-c", setting)]
    return Program(
        "postgres",
        (str(binaries.directory / "postgres"), "-D", str(data), *flags),
        log=state / "postgres.log",
        stop_s=2.0,
        serves_others=True,
        stop_signal=signal.SIGINT,  # fast shutdown; SIGTERM would wait for the last client
        account=account,
        environment=_ENVIRONMENT,
        before=lambda: _clear_stale_pid(data),
        is_ready=lambda pid: _postgres_is_ready(data, pid),
    )


def _postgres_is_ready(data: Path, pid: int) -> bool:
    lines = _pid_file_lines(data)
    complete = len(lines) >= _PID_FILE_STATUS_LINE
    return complete and lines[0] == str(pid) and lines[_PID_FILE_STATUS_LINE - 1].strip() == "ready"


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _clear_stale_pid(data: Path) -> None:
    """Wait for a predecessor that is still ending; drop a pid file whose number now belongs to something else.

    PostgreSQL drops it by itself unless the pid is a living process of the same user (containers reuse low pids).
    """
    lines = _pid_file_lines(data)
    if not lines:
        return
    if not children.wait_for_end(int(lines[0]), str(data), timeout_s=10):
        raise ServersRefusedError(f"Another PostgreSQL (process {lines[0]}) uses {data}. Stop it first.")
    (data / "postmaster.pid").unlink(missing_ok=True)


def _provide_database(server_url: str, dbname: str, passwords: Mapping[str, str]) -> bool:
    """Make the roles and the database when they are missing; say whether pg_trgm can be had."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [_OWNER]).fetchone():
            statement = "create role {} login createrole createdb password {}"
            connection.execute(sql.SQL(statement).format(sql.Identifier(_OWNER), sql.Literal(passwords[_OWNER])))
        for role in ROLES:
            make_role(connection, role, passwords[role])
        if not connection.execute("select 1 from pg_database where datname = %s", [dbname]).fetchone():
            names = sql.Identifier(dbname), sql.Identifier(_OWNER)
            connection.execute(sql.SQL("create database {} owner {}").format(*names))
        trgm = connection.execute("select 1 from pg_available_extensions where name = 'pg_trgm'").fetchone()
        return trgm is not None


def _redis_program(state: Path, address: Path, binary: Path, password: str, account: Account) -> Program:
    data = owned_directory(state / "redis", account)
    configuration = {
        "port": "0", "unixsocket": f'"{address}"', "unixsocketperm": "700", "requirepass": password,
        "dir": f'"{data}"', "appendonly": "yes", "save": '""', "daemonize": "no",
    }  # fmt: skip
    text = "".join(f"{name} {value}\n" for name, value in configuration.items())
    return Program(
        "redis",
        (str(binary), str(data / "redis.conf")),
        log=state / "redis.log",
        stop_s=2.0,
        serves_others=True,
        account=account,
        environment=_ENVIRONMENT,
        before=lambda: _before_redis(data, text, account),
        is_ready=lambda _: _redis_is_ready(address, password),
    )


def _before_redis(data: Path, text: str, account: Account) -> None:
    owned_file(data / "redis.conf", text, account)


def _redis_is_ready(address: Path, password: str) -> bool:
    """Whether it answers PING; it refuses while it still loads its file."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(address))
            connection.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
            return b"+PONG" in connection.makefile("rb").read()
        except (FileNotFoundError, ConnectionError):
            return False
