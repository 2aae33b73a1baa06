"""Real processes, killed and stopped at random moments: no effect is lost, none happens twice, none is stuck."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.admin_core.jobs.drill import Plan, check, drill, open_jobs
from tests.admin_core.jobs.fleet import ONE_EACH, TWO_EACH, Fleet, children, kill
from tests.admin_core.jobs.world import World, until

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def fleet(world: World, tmp_path: Path) -> Iterator[Fleet]:
    with (tmp_path / "fleet.log").open("a") as log:
        fleet = Fleet(world.settings, log)
        yield fleet
        fleet.stop()
    print((tmp_path / "fleet.log").read_text()[-4000:])


def is_ready(world: World, count: int) -> Callable[[], bool]:
    return lambda: world.value("SELECT count(*) FROM admin.worker_beats") >= count


def test_ten_kills_at_random_moments(world: World, fleet: Fleet) -> None:
    fleet.start(TWO_EACH)
    until(is_ready(world, 6))
    report = drill(world, fleet, Plan(kills=10, seed=int.from_bytes(os.urandom(4))))
    print(report)
    assert report.quarantined == 0, "the drill would forgive it"
    check(world)
    until(is_ready(world, 6 + fleet.deaths))
    assert fleet.stop() == [0] * 6


def test_an_orphaned_job_process_cannot_write_after_its_lease(world: World, fleet: Fleet) -> None:
    fleet.start(ONE_EACH)
    until(is_ready(world, 3))
    job_id = world.enqueue("test.work-through", size=40, pause_ms=50)
    until(lambda: world.job(job_id).progress_done > 3)
    zombie = fleet.horses()[0]
    kill(zombie, signal.SIGSTOP)
    fleet.start_one("worker-2")  # the first one is still waiting for its stopped job process
    until(lambda: world.job(job_id).fence == 2 and world.job(job_id).progress_done > 10)
    kill(zombie, signal.SIGCONT)
    until(lambda: world.state(job_id) == "done")
    until(lambda: zombie not in fleet.horses())
    check(world)


def test_a_job_process_dies_with_its_worker(world: World, fleet: Fleet) -> None:
    fleet.start(ONE_EACH)
    world.enqueue("test.work-through", size=200, pause_ms=50)
    horse = until(fleet.horses)[0]
    kill(fleet.members["worker-1"].pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{horse}/stat").exists() or " Z " in Path(f"/proc/{horse}/stat").read_text())


def test_a_try_that_takes_too_long_is_stopped_and_says_so(world: World, fleet: Fleet) -> None:
    fleet.start(ONE_EACH)
    job_id = world.enqueue("test.take-too-long")
    until(lambda: world.state(job_id) == "failed")
    assert world.job(job_id).error.startswith("The try took longer than allowed and was stopped at ")
    assert world.value("SELECT count(*) FROM admin.job_steps") == 0


def test_sigterm_hands_a_long_job_to_the_next_worker_between_two_chunks(world: World, fleet: Fleet) -> None:
    fleet.start(ONE_EACH)
    job_id = world.enqueue("test.work-through", size=30, pause_ms=100)
    until(lambda: world.job(job_id).progress_done > 1)
    worker = fleet.members["worker-1"]
    kill(worker.pid, signal.SIGTERM)
    until(lambda: worker.poll() is not None)
    assert worker.poll() == 0
    row = world.job(job_id)
    assert (row.state, row.attempts, row.crashes) == ("waiting", 0, 0)
    fleet.restart_the_dead()
    until(lambda: world.state(job_id) == "done")
    assert world.job(job_id).fence == 2
    check(world)


def test_processes_tell_that_they_live_and_that_they_ended(world: World, fleet: Fleet) -> None:
    fleet.start(ONE_EACH)
    until(is_ready(world, 3))
    assert children(os.getpid())
    assert fleet.stop() == [0, 0, 0]
    rows = world.rows("SELECT kind FROM admin.worker_beats WHERE stopped_at IS NOT NULL ORDER BY kind")
    assert [row.kind for row in rows] == ["relay", "scheduler", "worker"]
    assert open_jobs(world) == 0
