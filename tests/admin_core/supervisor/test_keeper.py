"""The keeper: what ends comes back, what is stopped is gone, and nothing outlives it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from admin_core.supervisor.children import Program
from admin_core.supervisor.keeper import PAUSES_S, Keeper
from admin_core.supervisor.places import temporary_directory
from tests.admin_core.supervisor.waiting import eventually, processes_naming, programs_naming

WORLD = Path(__file__).with_name("kept_world.py")
ROOT = Path(__file__).parents[3]
FOREVER = (sys.executable, "-c", "import time\nwhile True: time.sleep(60)")


@pytest.fixture
def state() -> Iterator[Path]:
    path = temporary_directory()
    yield path
    assert eventually(lambda: not processes_naming(str(path)))
    shutil.rmtree(path)


@pytest.fixture
def world(state: Path) -> Iterator[subprocess.Popen[str]]:
    """A keeper in a process of its own, everything under it started."""
    with subprocess.Popen(
        [sys.executable, str(WORLD), str(state)], stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    kept = Keeper(lambda _: None)
    yield kept
    kept.stop()


def test_what_is_killed_comes_back(world: subprocess.Popen[str], state: Path) -> None:
    names = ["--name=web", "bin/postgres", "redis-server"]
    before = {name: programs_naming(str(state), name) for name in names}
    assert all(before.values())
    for name in names:
        os.kill(before[name][0], signal.SIGKILL)
    for name in names:
        assert eventually(partial(has_new, state, name, before[name]))


def has_new(state: Path, name: str, before: list[int]) -> bool:
    """Whether a process of this name runs that did not run before."""
    return bool(set(programs_naming(str(state), name)) - set(before))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_within_five_seconds(
    world: subprocess.Popen[str], state: Path, number: signal.Signals
) -> None:
    asked_at = time.monotonic()
    world.send_signal(number)
    assert world.wait(timeout=5) == 0
    assert not processes_naming(str(state))
    assert time.monotonic() - asked_at < 5


def test_nothing_outlives_a_killed_keeper_not_even_what_ignores_sigterm(
    world: subprocess.Popen[str], state: Path
) -> None:
    assert len(processes_naming(str(state))) >= 5
    world.kill()
    assert eventually(lambda: not processes_naming(str(state)), timeout_s=2)


def test_a_program_that_ends_at_once_is_tried_again_with_growing_pauses(keeper: Keeper) -> None:
    keeper.add(Program("broken", (sys.executable, "-c", "raise SystemExit(3)")))
    kept = keeper.kept[0]
    pauses: list[float] = []
    while len(pauses) < 3:
        assert eventually(lambda: kept.process is not None and kept.process.poll() is not None)
        keeper.look()
        pauses.append(round(kept.restart_at - time.monotonic(), 1))
        kept.restart_at = 0.0
        keeper.look()
    assert pauses == [PAUSES_S[1], PAUSES_S[2], PAUSES_S[3]]


def test_a_program_that_cannot_be_started_again_does_not_end_the_keeper(keeper: Keeper, tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    keeper.add(Program("vanishing", (str(tool),)))
    keeper.add(Program("steady", FOREVER))
    vanishing, steady = keeper.kept
    tool.unlink()
    assert eventually(lambda: keeper.look() or vanishing.failures >= 2)
    assert steady.process
    assert steady.process.poll() is None
