"""A database, a Redis and the workload in this process: plays relay and workers without starting any."""

import os
import shutil
import signal
import tempfile
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from redis import Redis
from sqlalchemy import text

from admin_core.database import Database
from admin_core.jobs import relay, transport
from admin_core.jobs.declared import Job, JobRegistry
from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.perform import Runner
from admin_core.jobs.reconcile import reconcile
from admin_core.jobs.timing import Timing
from admin_core.machine import Machine
from admin_core.settings import Settings
from tests.admin_core.jobs.workload import REGISTRY, prepare

QUICK = Timing(lease_s=0.3, hand_again_s=0, backoff_s=0.02, recover_s=0.2, report_s=5)


EMPTIED = (
    "admin.access_entries",
    "admin.artifacts",
    "admin.jobs",  # attempts, steps and outcomes go with it
    "admin.job_slots",
    "admin.job_schedules",
    "admin.job_queues",
    "admin.worker_beats",
    "admin.view_states",
    "admin.idempotency_keys",
    "admin.staff_members",
    "public.ledger",
    "public.provider",
    "public.provider_calls",
)


def settings_for(database_url: str, redis_url: str) -> Settings:
    return Settings(
        database_url=database_url, redis_url=redis_url, secret_key="k" * 32, env="test",
        artifacts_dir=tempfile.mkdtemp(prefix="admin-files-"),
    )  # fmt: skip


def machine_for(settings: Settings) -> Machine:
    """Return the parts of a process that knows the workload's jobs."""
    return replace(Machine.assemble(settings), jobs=REGISTRY)


def until(condition: Callable[[], Any], *, timeout_s: float = 20, every_s: float = 0.03) -> Any:
    """Return the condition's value as soon as it is true."""
    clock = threading.Event()
    for _ in range(int(timeout_s / every_s)):
        if value := condition():
            return value
        clock.wait(every_s)
    raise AssertionError(f"Not true within {timeout_s} s.")


@dataclass
class World:
    """Everything the job machinery touches."""

    machine: Machine
    redis: Redis
    timing: Timing = QUICK

    @classmethod
    def open(cls, database_url: str, redis_url: str) -> "World":
        machine = machine_for(settings_for(database_url, redis_url))
        prepare(machine.database.engine)
        return cls(machine, transport.connect(machine.settings))

    @property
    def settings(self) -> Settings:
        return self.machine.settings

    @property
    def database(self) -> Database:
        return self.machine.database

    @property
    def registry(self) -> JobRegistry:
        return self.machine.jobs

    def close(self) -> None:
        self.redis.close()
        shutil.rmtree(self.settings.artifacts_dir, ignore_errors=True)
        self.database.engine.dispose()

    def empty(self) -> None:
        self.redis.flushall()
        shutil.rmtree(self.settings.artifacts_dir, ignore_errors=True)
        with self.database.transaction() as session:
            for table in EMPTIED:
                session.execute(text(f"DELETE FROM {table}"))

    def runner(self, name: str = "worker-1") -> Runner:
        return Runner(self.machine, name, self.timing)

    def enqueue(self, slug: str, **args: Any) -> UUID:
        with self.database.transaction() as session:
            return enqueue(session, self.registry[slug], args)

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.database.transaction() as session:
            return list(session.execute(text(sql), values))

    def value(self, sql: str, **values: Any) -> Any:
        found = self.rows(sql, **values)
        return found[0][0] if found else None

    def job(self, job_id: UUID) -> Any:
        return self.rows("SELECT * FROM admin.jobs WHERE id = :id", id=job_id)[0]

    def state(self, job_id: UUID) -> str:
        return str(self.job(job_id).state)

    def hand_over(self) -> int:
        return relay.hand_over(self.database, self.settings, self.redis, self.timing)

    def reconcile(self) -> int:
        return reconcile(self.database, self.timing, self.machine.audit)

    def deliveries(self) -> list[UUID]:
        """Take everything out of the queues, as workers would."""
        found: list[UUID] = []
        for queue in transport.queues(self.settings, self.redis).values():
            found += [UUID(str(delivery.args[0])) for delivery in queue.get_jobs()]
            queue.empty()
        return found

    def settle(self, timeout_s: float = 20) -> None:
        """Be relay and worker until no job is open. Every delivery comes twice."""

        def is_settled() -> bool:
            self.reconcile()
            self.hand_over()
            for job_id in self.deliveries():
                self.runner().perform(job_id)
                self.runner("worker-2").perform(job_id)
            return self.value("SELECT count(*) FROM admin.jobs WHERE state IN ('waiting', 'running')") == 0

        until(is_settled, timeout_s=timeout_s)

    def check_effects(self) -> None:
        """Each effect exactly once, outside calls under one key per step, attempts all ended."""
        assert self.rows("SELECT job, item, count(*) FROM public.ledger GROUP BY 1, 2 HAVING count(*) > 1") == []
        lost = self.rows(
            "SELECT id, name FROM admin.jobs j WHERE state = 'done' AND name = 'test.work-through' AND NOT"
            " ((SELECT count(*) FROM public.ledger WHERE job = j.id) = coalesce((args->>'size')::int, 3) + 1"
            "  AND EXISTS (SELECT 1 FROM public.provider WHERE key = concat(j.id, chr(58), 'charge'))"
            "  AND (SELECT s.result->>'reference' FROM admin.job_steps s WHERE s.job_id = j.id AND s.key = 'charge')"
            "    = (SELECT answer FROM public.provider WHERE key = concat(j.id, chr(58), 'charge')))"
        )
        assert lost == []
        assert self.value("SELECT count(*) FROM admin.job_attempts WHERE ended_at IS NULL") == 0


def with_jobs(world: World, *jobs: Job) -> World:
    """Return the world with some more jobs."""
    return replace(world, machine=replace(world.machine, jobs=JobRegistry.of([*world.registry, *jobs])))


def without_jobs(world: World) -> World:
    """Return the world of a process that knows no job."""
    return replace(world, machine=replace(world.machine, jobs=JobRegistry()))


class HasDatabase(Protocol):
    """A world of any kind: what it is connected to must not be shared with a child."""

    @property
    def database(self) -> Database: ...


def in_child(world: HasDatabase, work: Callable[[], Any], **environ: str) -> int:
    """Run the work in a forked process, like RQ's horse, and return the signal that ended it (0: none)."""
    _, status = os.waitpid(fork(world, work, **environ), 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the child raised"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def fork(world: HasDatabase, work: Callable[[], Any], **environ: str) -> int:
    """Run the work in a forked process and return its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.environ.update(environ)
        world.database.engine.dispose(close=False)
        work()
        code = 0
    except BaseException:  # noqa: BLE001 nothing may reach pytest's own stack in this copy of it
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def killed(world: HasDatabase, work: Callable[[], Any], after_s: float) -> bool:
    """Run the work in a forked process and kill that after so long; return whether it died of it."""
    pid = fork(world, work)
    threading.Event().wait(after_s)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child raised"
    return os.WIFSIGNALED(status)


KILLED = signal.SIGKILL
