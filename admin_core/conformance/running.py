"""Checks of a plugin's jobs: run twice they leave the same rows, over few rows and over none; and what runs them."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, text

from admin_core.conformance.stage import Stage
from admin_core.jobs.arguments import Argument
from admin_core.jobs.declared import Job
from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.perform import Runner
from admin_core.jobs.slots import latest_slot
from admin_core.machine import Machine
from admin_core.settings import is_loopback
from schema.jobs import Job as JobRow
from schema.jobs import JobState

MACHINERY = frozenset({
    "change_sets", "change_rows", "audit_entries", "audit_pending",
    "jobs", "job_attempts", "job_steps", "job_outcomes", "job_schedules", "job_slots", "job_queues", "worker_beats",
})  # fmt: skip
"""Tables in which every run leaves rows, whatever the job does."""
TABLES = """
    SELECT format('%I.%I', schemaname, tablename), tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


Digest = tuple[int, Decimal]
"""How many rows, and the sum of their hashes."""


class CallsOutside(OSError):
    """Somebody tried to call the outside during an examination."""


@dataclass(frozen=True)
class Ran:
    """How one run of a job ended."""

    state: JobState
    summary: str
    """What the job said it did."""
    error: str
    called: tuple[str, ...] = ()
    """Hosts outside that it tried to reach."""


def run_once(machine: Machine, job: Job, args: Mapping[str, Argument]) -> Ran:
    """Run a job as a worker does, in this process; loopback is the only network it finds."""
    with machine.database.transaction() as session:
        job_id = enqueue(session, job, args)
    with nobody_outside() as called:
        Runner(machine, "conformance").perform(job_id)
    with machine.database.sessions() as session:
        row = session.get_one(JobRow, job_id)
        return Ran(row.state, str((row.result or {}).get("summary", "")), row.error or "", tuple(called))


def run_twice(machine: Machine, job: Job, args: Mapping[str, Argument]) -> tuple[Ran, list[str]]:
    """Run a job twice with the same arguments; return how the first run ended, and the tables the second changed."""
    first = run_once(machine, job, args)
    before = digests(machine.database.engine)
    second = run_once(machine, job, args)
    after = digests(machine.database.engine)
    changed = [table for table in after if differs(table, before.get(table), after[table], job.measures)]
    return (first if second.state == first.state else second), changed


def differs(table: str, before: Digest | None, after: Digest, measures: tuple[str, ...]) -> bool:
    """Return whether a table changed that may not: one that takes measurements may hold newer ones, not more."""
    if before is not None and table.rpartition(".")[2] in measures:
        return before[0] != after[0]
    return before != after


def digests(engine: Engine) -> dict[str, Digest]:
    """Return for every table but those of the job machinery what changes when any of its rows does."""
    with engine.connect() as connection:
        tables = [name for name, bare in connection.execute(text(TABLES)) if bare not in MACHINERY]
        found = {table: connection.execute(text(digest_of(table))).one() for table in tables}
    return {table: (row[0], row[1]) for table, row in found.items()}


def digest_of(table: str) -> str:
    """Return the statement that counts a table's rows and adds up their hashes; the order of rows is of no matter."""
    return f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {table} AS t"


def jobs_run(stage: Stage) -> Iterator[str]:
    """Yield scheduled jobs that fail, or that change rows when they are run a second time."""
    jobs: tuple[Job, ...] = stage.items("register_jobs")
    for job in (job for job in jobs if not job.cron):
        stage.notes.append(f"The job {job.slug} was not run: it needs arguments. Run it in a test with run_job.")
    scheduled = [job for job in jobs if job.cron]
    if not scheduled:
        return
    places = {"an empty database": stage.databases.empty, "invented records": stage.databases.filled}
    for words, url in places.items():
        machine = stage.build(url).extensions["admin_core"]
        yield from (found for job in scheduled for found in of_job(stage, machine, job, words))


def of_job(stage: Stage, machine: Machine, job: Job, words: str) -> Iterator[str]:
    """Yield what is wrong about one scheduled job."""
    slot = latest_slot(job.cron, datetime.now(UTC))
    ran, changed = run_twice(machine, job, {"slot": slot})
    if ran.called:
        stage.notes.append(f"The job {job.slug} calls {ran.called[0]}: run it in a test, with a server of your own.")
    elif ran.state is not JobState.DONE:
        yield f"The job {job.slug} ended {ran.state} over {words}: {ran.error}"
    elif changed:
        yield f"The job {job.slug}, run a second time over {words}, changed rows in: {', '.join(changed)}."


@contextmanager
def nobody_outside() -> Iterator[list[str]]:
    """Refuse connections that leave this machine, and yield where to; PostgreSQL is reached by a library of its own."""
    connect = socket.socket.connect
    refused: list[str] = []

    def connect_here(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not is_loopback(str(address[0])):
            refused.append(str(address[0]))
            raise CallsOutside("Nobody outside is called during an examination.")
        connect(self, address)

    with patch.object(socket.socket, "connect", connect_here):
        yield refused
