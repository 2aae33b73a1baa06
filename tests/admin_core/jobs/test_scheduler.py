"""Each slot becomes one job: with two schedulers, across minutes, after a restart, under a clock that jumps."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from admin_core.jobs import scheduler
from admin_core.jobs.declared import JobRegistry
from admin_core.jobs.enqueue import Origin
from admin_core.jobs_screen.switches import Asked, run_schedule
from tests.admin_core.jobs.workload import REGISTRY
from tests.admin_core.jobs.world import World

EVERY_MINUTE = REGISTRY["test.every-minute"]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def start(world: World) -> datetime:
    """Return the minute in which the schedules were declared."""
    scheduler.declare(world.database, world.registry)
    now: datetime = world.value("SELECT date_trunc('minute', created_at) FROM admin.job_schedules")
    return now


def tick(world: World, now: datetime) -> int:
    return scheduler.schedule(world.database, world.registry, now)


def slots(world: World, start: datetime) -> Sequence[int]:
    rows = world.rows("SELECT slot FROM admin.job_slots ORDER BY slot")
    return [int((row.slot - start) / MINUTE) for row in rows]


def test_a_new_schedule_does_not_run_for_the_time_before_it_was_declared(world: World, start: datetime) -> None:
    assert tick(world, start + timedelta(seconds=59)) == 0
    assert tick(world, start + MINUTE) == 1


def test_two_schedulers_run_each_slot_once_across_minutes(world: World, start: datetime) -> None:
    instants = [start + timedelta(seconds=10 * step) for step in range(1, 31)]
    barrier = threading.Barrier(2)

    def schedule_all() -> None:
        for now in instants:
            barrier.wait(timeout=20)
            tick(world, now)

    threads = [threading.Thread(target=schedule_all) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert slots(world, start) == [1, 2, 3, 4, 5]
    assert world.value("SELECT count(*) FROM admin.jobs") == 5
    world.settle()
    assert world.value("SELECT count(*) FROM public.ledger") == 5


def test_after_a_pause_the_latest_slot_runs_once(world: World, start: datetime) -> None:
    tick(world, start + MINUTE)
    tick(world, start + 60 * MINUTE)
    scheduler.declare(world.database, world.registry)  # a restart
    tick(world, start + 60 * MINUTE)
    assert slots(world, start) == [1, 60]


def test_after_a_pause_every_slot_runs_once_where_that_is_the_policy(world: World, start: datetime) -> None:
    catching_up = JobRegistry.of([replace(EVERY_MINUTE, catch_up="all")])
    world = replace(world, machine=replace(world.machine, jobs=catching_up))
    assert tick(world, start + MINUTE) == 1
    assert tick(world, start + 5 * MINUTE) == 4
    assert slots(world, start) == [1, 2, 3, 4, 5]


def test_a_clock_set_back_repeats_nothing_and_one_set_ahead_for_a_while_stops_nothing(
    world: World, start: datetime
) -> None:
    tick(world, start + 10 * MINUTE)
    assert tick(world, start + 3 * MINUTE) == 1, "a slot that never ran: the catch-up had left it out"
    assert tick(world, start + 3 * MINUTE) == 0
    tick(world, start + 5_000 * MINUTE)
    for minute in (11, 12):
        assert tick(world, start + minute * MINUTE) == 1
    assert slots(world, start) == [3, 10, 11, 12, 5_000]


def test_a_schedule_that_was_switched_off_stays_off_and_one_whose_plugin_is_gone_rests(
    world: World, start: datetime
) -> None:
    world.rows("UPDATE admin.job_schedules SET enabled = false RETURNING id")
    scheduler.declare(world.database, world.registry)
    assert tick(world, start + MINUTE) == 0
    scheduler.declare(world.database, JobRegistry())
    world.rows("UPDATE admin.job_schedules SET enabled = true RETURNING id")
    assert tick(world, start + 2 * MINUTE) == 0
    scheduler.declare(world.database, world.registry)
    assert tick(world, start + 3 * MINUTE) == 1


def test_a_unique_job_that_is_not_finished_serves_the_next_slots_too(world: World, start: datetime) -> None:
    alone = JobRegistry.of([replace(EVERY_MINUTE, unique=True)])
    world = replace(world, machine=replace(world.machine, jobs=alone))
    assert [tick(world, start + minute * MINUTE) for minute in (1, 2, 2, 3)] == [1, 1, 0, 1]
    (job,) = world.rows("SELECT id, state FROM admin.jobs")
    assert slots(world, start) == [1, 2, 3]
    assert world.rows("SELECT DISTINCT job_id FROM admin.job_slots") == [(job.id,)]
    schedule = world.rows("SELECT * FROM admin.job_schedules WHERE job_name = 'test.every-minute'")[0]
    assert (schedule.last_slot, schedule.last_job_id) == (start + 3 * MINUTE, job.id)
    world.settle()
    assert world.state(job.id) == "done"
    assert (tick(world, start + 3 * MINUTE), tick(world, start + 4 * MINUTE)) == (0, 1)
    assert world.value("SELECT count(*) FROM admin.jobs") == 2


def test_run_now_starts_no_second_unique_job_beside_the_one_of_the_clock(world: World, start: datetime) -> None:
    alone = JobRegistry.of([replace(EVERY_MINUTE, unique=True)])
    scheduler.schedule(world.database, alone, start + MINUTE)
    with world.database.transaction() as session:
        said = run_schedule(session, alone, EVERY_MINUTE.slug, Asked(Origin(), start + 2 * MINUTE))
    assert said == "Every minute starts as soon as a worker is free, unless one is not finished yet: that one counts."
    assert world.value("SELECT count(*) FROM admin.jobs") == 1


def test_the_schedule_tells_its_last_and_next_run(world: World, start: datetime) -> None:
    tick(world, start + MINUTE)
    row = world.rows("SELECT * FROM admin.job_schedules")[0]
    assert (row.last_slot, row.next_at) == (start + MINUTE, start + 2 * MINUTE)
    assert world.job(row.last_job_id).args == {"slot": row.last_slot.astimezone(scheduler.ZONE).isoformat()}
