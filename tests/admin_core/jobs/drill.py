"""Kills processes at random while jobs come in, then counts effects. The tests do it briefly, the proof at length."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from uuid import UUID

from admin_core.jobs import control
from tests.admin_core.jobs.clicks import Clicks
from tests.admin_core.jobs.fleet import Fleet
from tests.admin_core.jobs.world import World, until


@dataclass
class Report:
    """What happened in a drill."""

    killed: Counter[str] = field(default_factory=Counter)
    jobs: int = 0
    redeliveries: int = 0
    quarantined: int = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How hard a drill is."""

    kills: int
    seed: int
    at_once: int = 8
    """New jobs come in while fewer are open."""
    drain_s: float = 60
    clicks: Clicks | None = None


@contextmanager
def clicking(world: World, plan: Plan) -> Iterator[None]:
    """Let somebody click beside the block, so that the web dies while it answers."""
    enough = Event()

    def click(clicks: Clicks) -> None:
        while not enough.wait(0.3):
            if open_jobs(world) < plan.at_once:
                clicks.click()

    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(click, plan.clicks) if plan.clicks else None
        try:
            yield
        finally:
            enough.set()
        if going:
            going.result()


def drill(world: World, fleet: Fleet, plan: Plan, say: Callable[[str], None] = lambda _line: None) -> Report:
    """Kill processes at random moments while jobs come in; return when no job is open."""
    report = Report()
    with clicking(world, plan):
        kill_at_random(world, fleet, plan, report, say)
        fleet.restart_the_dead()  # an open click is answered by the last web
    for _ in range(2):  # what was quarantined meanwhile goes on
        until(lambda: fleet.restart_the_dead() == 0 and open_jobs(world) == 0, timeout_s=plan.drain_s)
        report.quarantined += release(world)
    until(lambda: open_jobs(world) == 0, timeout_s=plan.drain_s)
    report.redeliveries = world.value("SELECT count(*) FILTER (WHERE fence > 1) FROM admin.jobs")
    return report


def kill_at_random(world: World, fleet: Fleet, plan: Plan, report: Report, say: Callable[[str], None]) -> None:
    """Kill as often as planned."""
    kills, chance, clock = plan.kills, random.Random(plan.seed), Event()
    jobs: list[UUID] = []
    while sum(report.killed.values()) < kills:
        if open_jobs(world) < plan.at_once:
            jobs.append(world.enqueue("test.work-through", size=chance.randint(3, 12), pause_ms=chance.randint(5, 80)))
            jobs.append(world.enqueue("test.one-row"))
        clock.wait(chance.uniform(0.05, 0.9))
        report.killed[fleet.kill_one(chance)] += 1
        fleet.restart_the_dead()
        report.quarantined += release(world)
        if sum(report.killed.values()) % 20 == 0:
            say(f"{sum(report.killed.values())} kills, {len(jobs)} jobs, {open_jobs(world)} open")
    report.jobs = len(jobs)


def release(world: World) -> int:
    """Retry what was quarantined, as somebody would who reads the reason: here each crash was ours, not the job's."""
    held = world.rows("SELECT id FROM admin.jobs WHERE state = 'quarantined'")
    with world.database.transaction() as session:
        return sum(control.retry(session, row.id) for row in held)


def open_jobs(world: World) -> int:
    return int(world.value("SELECT count(*) FROM admin.jobs WHERE state NOT IN ('done', 'failed', 'quarantined')"))


def check(world: World, clicks: int = 0) -> None:
    """Every job done, every effect once, every slot of the schedule run once, every click of somebody one job."""
    states = dict(world.rows("SELECT state, count(*) FROM admin.jobs GROUP BY 1"))
    assert set(states) == {"done"}, states
    world.check_effects()
    rows = world.value("SELECT count(*) FROM public.ledger WHERE item = 'row'")
    assert rows == world.value("SELECT count(*) FROM admin.jobs WHERE name <> 'test.work-through'")
    slots = world.value("SELECT count(*) FROM admin.job_slots")
    assert slots + clicks == world.value("SELECT count(*) FROM admin.jobs WHERE name = 'test.every-minute'")
    keys = world.value("SELECT count(*) FROM public.provider")
    assert keys == world.value("SELECT count(*) FROM admin.jobs WHERE name = 'test.work-through'")
