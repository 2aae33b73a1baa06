"""Kills processes at random while jobs come in, then counts effects. The tests do it briefly, the proof at length."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from uuid import UUID

from tests.admin_core.jobs.fleet import Fleet
from tests.admin_core.jobs.world import World, until


@dataclass
class Report:
    """What happened in a drill."""

    killed: Counter[str] = field(default_factory=Counter)
    jobs: int = 0
    redeliveries: int = 0
    drained_s: float = 0.0


def drill(
    world: World, fleet: Fleet, *, kills: int, seed: int, say: Callable[[str], None] = lambda _line: None
) -> Report:
    """Kill ``kills`` processes at random moments while jobs come in; return when no job is open."""
    chance, clock, report = random.Random(seed), Event(), Report()
    jobs: list[UUID] = []
    while sum(report.killed.values()) < kills:
        if open_jobs(world) < 8:
            jobs.append(world.enqueue("test.work-through", size=chance.randint(3, 12), pause_ms=chance.randint(5, 80)))
            jobs.append(world.enqueue("test.one-row"))
        clock.wait(chance.uniform(0.05, 0.9))
        report.killed[fleet.kill_one(chance)] += 1
        fleet.restart_the_dead()
        if sum(report.killed.values()) % 20 == 0:
            say(f"{sum(report.killed.values())} kills, {len(jobs)} jobs, {open_jobs(world)} open")
    until(lambda: fleet.restart_the_dead() == 0 and open_jobs(world) == 0, timeout_s=60)
    report.jobs = len(jobs)
    report.redeliveries = world.value("SELECT count(*) FILTER (WHERE fence > 1) FROM admin.jobs")
    return report


def open_jobs(world: World) -> int:
    return int(world.value("SELECT count(*) FROM admin.jobs WHERE state NOT IN ('done', 'failed', 'quarantined')"))


def check(world: World) -> None:
    """Every job done, every effect once, every slot of the schedule run once."""
    states = dict(world.rows("SELECT state, count(*) FROM admin.jobs GROUP BY 1"))
    assert set(states) == {"done"}, states
    world.check_effects()
    rows = world.value("SELECT count(*) FROM public.ledger WHERE item = 'row'")
    assert rows == world.value("SELECT count(*) FROM admin.jobs WHERE name <> 'test.work-through'")
    slots = world.value("SELECT count(*) FROM admin.job_slots")
    assert slots == world.value("SELECT count(*) FROM admin.jobs WHERE name = 'test.every-minute'")
    keys = world.value("SELECT count(*) FROM public.provider")
    assert keys == world.value("SELECT count(*) FROM admin.jobs WHERE name = 'test.work-through'")
