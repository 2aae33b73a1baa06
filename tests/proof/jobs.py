"""The full-size crash proof of jobs: at least 200 random kills, the production recovery time, latency and throughput.

It runs on its own PostgreSQL and Redis.
"""

import random
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TextIO

from admin_core import migrate
from admin_core.jobs.timing import Timing
from admin_core.supervisor.servers import start_postgres, start_redis
from tests.admin_core.jobs.clicks import Clicks
from tests.admin_core.jobs.drill import Plan, check, drill, open_jobs
from tests.admin_core.jobs.fleet import ONE_EACH, TWO_EACH, Fleet, kill
from tests.admin_core.jobs.world import World, until
from tests.databases import normal

KILLS = 200
PRODUCTION = Timing()
SMALL_JOBS = 500


def main(kills: int = KILLS) -> None:
    """Run every part and print what was found; an effect lost or repeated raises."""
    with servers() as world:
        for part in (partial(random_kills, kills=kills), recovery, speed):
            print("\n".join(part(world)), flush=True)


@contextmanager
def servers() -> Iterator[World]:
    """Yield a world on its own PostgreSQL and Redis."""
    postgres, redis = start_postgres(fast_unsafe=True), start_redis()
    try:
        url = normal(postgres.superuser_url)
        migrate.upgrade(url)
        world = World.open(url, redis.url)
        yield world
        world.close()
    finally:
        redis.stop()
        postgres.stop()


@contextmanager
def running(world: World, kinds: Sequence[str], timing: Timing) -> Iterator[Fleet]:
    """Yield a fleet at work in an empty world."""
    world.empty()
    with tempfile.TemporaryFile("w+") as log:
        fleet = Fleet(world.settings, log, timing=timing)
        fleet.start(kinds)
        reporting = len([kind for kind in kinds if kind != "web"])
        try:
            until(lambda: world.value("SELECT count(*) FROM admin.worker_beats") >= reporting, timeout_s=60)
            yield fleet
        except BaseException:
            show(log)
            raise
        finally:
            fleet.stop()


def show(log: TextIO) -> None:
    """Print the end of what the processes said."""
    log.seek(0)
    print(log.read()[-8000:], file=sys.stderr)


def random_kills(world: World, *, kills: int) -> list[str]:
    """Kill at random moments, at the settings of production, and count effects."""
    seed = random.SystemRandom().randrange(2**32)
    started = time.monotonic()
    served = replace(world, machine=replace(world.machine, settings=replace(world.settings, public_url=free_address())))
    with running(served, (*TWO_EACH, "web"), PRODUCTION) as fleet:
        clicks = Clicks.signed_in(served, served.settings.public_url)
        plan = Plan(kills=kills, seed=seed, at_once=40, drain_s=300, clicks=clicks)
        report = drill(served, fleet, plan, say=partial(print, flush=True))
        check(served, clicks.jobs)
    effects = world.value("SELECT count(*) FROM public.ledger") + world.value("SELECT count(*) FROM public.provider")
    repeated = world.value("SELECT count(*) FROM public.provider_calls") - world.value(
        "SELECT count(*) FROM public.provider"
    )
    parts = ", ".join(f"{count} {kind}" for kind, count in sorted(report.killed.items()))
    return [
        "Random kills at production settings",
        f"{sum(report.killed.values())} times kill -9 in {time.monotonic() - started:.0f} s ({parts}; seed {seed}).",
        "Two relays, two workers, two schedulers and a web ran; each killed process was replaced at once.",
        f"Leases lasted {PRODUCTION.lease_s:.0f} s; {PRODUCTION.crashes} crashes without progress meant quarantine.",
        f"{report.jobs} jobs came from a program and {clicks.jobs} from clicks in the web; with those of the schedule",
        f"they had {effects} effects: each done once, none lost, none stuck.",
        f"{report.redeliveries} were taken over at least once, {report.quarantined} were quarantined and then retried.",
        f"{clicks.repeated} clicks got no answer and were sent again: one job each.",
        f"Calls to the outside that were repeated after a crash, each with its first idempotency key: {repeated}.",
        "",
    ]


def free_address() -> str:
    """Return an address on this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://localhost:{probe.getsockname()[1]}"


def recovery(world: World) -> list[str]:
    """Kill a worker with its job process at the production settings and wait for the job to go on."""
    waits = []
    with running(world, ONE_EACH, Timing()) as fleet:
        for _ in range(2):
            job_id = world.enqueue("test.work-through", size=60, pause_ms=50)
            until(lambda job_id=job_id: world.job(job_id).progress_done > 3, timeout_s=60)
            kill(fleet.members["worker-1"].pid, signal.SIGKILL)
            killed, at = time.monotonic(), world.job(job_id).progress_done
            until(lambda: fleet.restart_the_dead() == 1)
            until(lambda job_id=job_id, at=at: world.job(job_id).progress_done > at + 1, timeout_s=90)
            waits.append(time.monotonic() - killed)
            until(lambda job_id=job_id: world.state(job_id) == "done", timeout_s=60)
        check(world)
    assert max(waits) < 60
    return [
        "Recovery at production settings",
        f"Worker and job process killed in the middle of a job, lease {Timing().lease_s:.0f} s: the job went on after",
        f"{' and '.join(f'{wait:.1f} s' for wait in waits)} (limit 60 s).",
        "",
    ]


def speed(world: World) -> list[str]:
    """Measure an idle system's latency and the throughput of small jobs."""
    with running(world, TWO_EACH, Timing()):
        latencies = [latency(world) for _ in range(10)]
        started = time.monotonic()
        for _ in range(SMALL_JOBS):
            world.enqueue("test.one-row")
        until(lambda: open_jobs(world) == 0, timeout_s=120)
        each_ms = (time.monotonic() - started) / SMALL_JOBS * 1000
        check(world)
    return [
        "Speed",
        f"From commit to done with nothing else to do: median {statistics.median(latencies):.2f} s, longest",
        f"{max(latencies):.2f} s. {SMALL_JOBS} small jobs with two workers: {each_ms:.0f} ms each.",
        "",
    ]


def latency(world: World) -> float:
    """Return the seconds from a job's commit to its end, by the database's clock."""
    job_id = world.enqueue("test.one-row")
    until(lambda: world.state(job_id) == "done")
    return float(
        world.value("SELECT extract(epoch FROM finished_at - created_at) FROM admin.jobs WHERE id = :id", id=job_id)
    )
