"""Kills what the supervisor keeps, then the supervisor itself, at random moments: all comes back, nothing is left, no
committed row is lost. The kept world is that of the tests (real PostgreSQL and Redis, three sleepers)."""

import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from admin_core.supervisor.places import kept_secret, temporary_directory
from tests.admin_core.supervisor.waiting import eventually, processes_naming, programs_naming

ROOT = Path(__file__).parents[2]
WORLD = ROOT / "tests/admin_core/supervisor/kept_world.py"
NAMES = ("bin/postgres", "redis-server", "--name=web", "--name=worker", "--name=relay")
KILLS_OF_KEPT = 180
KILLS_OF_SUPERVISOR = 40
PROMISED_GONE_S = 2.0
PROMISED_BACK_S = 15.0
"""The longest pause is 5 s; the rest is recovery of PostgreSQL on a busy machine."""


def main() -> None:
    chance = random.Random(20261123)
    state = temporary_directory()
    try:
        kill_the_kept(state, chance)
        kill_the_supervisor(state, chance)
    finally:
        for pid in processes_naming(str(state)):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(state, ignore_errors=True)


def kill_the_kept(state: Path, chance: random.Random) -> None:
    """Each time two or three different programs at once, as a machine short of memory would."""
    world = start(state)
    wait_ready(world)
    took: dict[str, list[float]] = defaultdict(list)
    while sum(map(len, took.values())) < KILLS_OF_KEPT:
        time.sleep(chance.uniform(0, 1.5))
        before = {name: programs_naming(str(state), name) for name in chance.sample(NAMES, chance.choice((2, 3)))}
        killed_at = time.monotonic()
        for victims in before.values():
            os.kill(victims[0], signal.SIGKILL)
        for name, victims in before.items():
            if not eventually(partial(has_new, state, name, victims), PROMISED_BACK_S):
                raise AssertionError(f"{name} did not come back within {PROMISED_BACK_S} s")
            took[name].append(time.monotonic() - killed_at)
        insert_a_row(state, sum(map(len, took.values())))
    world.terminate()
    assert world.wait(timeout=5) == 0
    assert not processes_naming(str(state))
    print(f"{sum(map(len, took.values()))} kills of kept programs, every one came back:")
    for name in NAMES:
        print(f"  {name:<14} {len(took[name]):>3} kills, back after {statistics.median(took[name]):.2f} s (median),"
              f" {max(took[name]):.2f} s (longest, restart pauses included)")  # fmt: skip


def kill_the_supervisor(state: Path, chance: random.Random) -> None:
    """Half of them while it still starts its servers."""
    gone: list[float] = []
    started: list[float] = []
    for turn in range(KILLS_OF_SUPERVISOR):
        world = start(state)
        if turn % 2:
            time.sleep(chance.uniform(0, 0.6))
        else:
            began = time.monotonic()
            wait_ready(world)
            started.append(time.monotonic() - began)
            insert_a_row(state, 10_000 + turn)
        world.kill()
        killed_at = time.monotonic()
        if not eventually(lambda: not processes_naming(str(state)), PROMISED_GONE_S):
            raise AssertionError(f"still there: {processes_naming(str(state))}")
        gone.append(time.monotonic() - killed_at)
        world.wait()
    world = start(state)
    wait_ready(world)
    expected = KILLS_OF_SUPERVISOR // 2
    found = count_rows(state, 10_000)
    assert found == expected, f"{expected} rows were committed, {found} are there"
    world.terminate()
    assert world.wait(timeout=5) == 0
    print(f"{KILLS_OF_SUPERVISOR} kills of the supervisor, {KILLS_OF_SUPERVISOR // 2} of them during its start:")
    print(f"  nothing left after {statistics.median(gone):.2f} s (median), {max(gone):.2f} s (longest)")
    print(f"  ready again after {statistics.median(started):.2f} s (median), {max(started):.2f} s (longest)")
    print(f"  {found} of {expected} committed rows are there; at the end nothing is left")


def start(state: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WORLD), str(state)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def wait_ready(world: subprocess.Popen[str]) -> None:
    assert world.stdout
    line = world.stdout.readline()
    assert line == "ready\n", line


def has_new(state: Path, name: str, before: list[int]) -> bool:
    return bool(set(programs_naming(str(state), name)) - set(before))


def insert_a_row(state: Path, number: int) -> None:
    """Commit a row, waiting while PostgreSQL is on its way back."""
    deadline = time.monotonic() + PROMISED_BACK_S
    while True:
        try:
            with connection(state) as database:
                database.execute("create table if not exists survivors (number int)")
                database.execute("insert into survivors values (%s)", [number])
        except (psycopg.OperationalError, IndexError):  # it refuses, or does not run yet
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def count_rows(state: Path, least: int) -> int:
    with connection(state) as database:
        row = database.execute("select count(*) from survivors where number >= %s", [least]).fetchone()
        return int(row[0]) if row else 0


def connection(state: Path) -> psycopg.Connection[tuple[Any, ...]]:
    command = Path(f"/proc/{programs_naming(str(state), 'bin/postgres')[0]}/cmdline").read_text()
    sockets = command.partition("unix_socket_directories=")[2].partition("\0")[0]
    return psycopg.connect(host=sockets, user="admin_owner", dbname="admin", password=kept_secret(state, "admin_owner"))
