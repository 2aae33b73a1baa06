"""How fast rows of a company's own database become ours, beside a plain INSERT … SELECT of the same rows.

    python -m benchmarks.sources [--rows 100000]

The job does more than the INSERT: it compares, links, keeps the history and can be killed anywhere. Then one row in a
hundred changes over there, and the next reading takes those. Both databases lie on one private server.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.perform import Runner
from admin_core.jobs.timing import Timing
from admin_core.machine import Machine
from admin_core.migrate import upgrade
from admin_core.settings import Settings
from admin_core.supervisor.servers import RunningPostgres, start_postgres

THEIRS = """
CREATE TABLE users (id bigint PRIMARY KEY, full_name text, mail text, kind text, state text, joined timestamptz,
                    updated_at timestamptz NOT NULL);
INSERT INTO users SELECT n, 'Person ' || n, 'p' || n || '@example.test', 'person', (ARRAY['trial','Active'])[1 + n % 2],
                         '2026-01-01', timestamptz '2026-01-01' + n * interval '1 second'
FROM generate_series(1, {rows}) n;
CREATE INDEX ON users (updated_at, id);
ANALYZE users;
"""
CHANGE = "UPDATE users SET state = 'gone', updated_at = now() - interval '1 second' WHERE id % 100 = 0"
MAPPING = """
[[mapping]]
name = "users"
from = "public.users"
to = "customers"
watermark = "t.updated_at"
[mapping.columns]
product_line = { value = "b2c" }
person_name = "t.full_name"
email = "lower(t.mail)"
status = { sql = "t.state", values = { trial = "trial", active = "active", gone = "closed" } }
signup_at = "t.joined"
"""
PLAIN = """
INSERT INTO admin.customers (id, product_line, person_name, email, status, signup_at)
SELECT gen_random_uuid(), 'b2c', full_name, lower(mail), lower(state), joined FROM public.copied"""
WHO = """SELECT set_config('admin.change', jsonb_build_object('id', gen_random_uuid(), 'kind', 'command',
                           'actor_kind', 'system', 'actor_key', 'benchmark')::text, false)"""
COPIED = (
    "CREATE TABLE public.copied AS SELECT n AS id, 'Person ' || n AS full_name, 'q' || n || '@example.test' AS mail,"
    " 'trial' AS state, now() AS joined FROM generate_series(1, {rows}) n"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    server = start_postgres(fast_unsafe=False)
    try:
        measure(server, rows)
    finally:
        server.stop()


def measure(server: RunningPostgres, rows: int) -> None:
    """Print the rates."""
    ours = "postgresql+psycopg://" + server.superuser_url.split("://", 1)[1]
    theirs = ours.rsplit("/", 1)[0] + "/theirs"
    if "?" in ours:
        theirs = ours.replace(ours.split("?")[0].rsplit("/", 1)[1] + "?", "theirs?", 1)
    run(ours, "CREATE DATABASE theirs")
    run(theirs, THEIRS.format(rows=rows))
    upgrade(ours)
    machine = assembled(ours, theirs)
    say("first reading", rows, lambda: feed(machine))
    say("reading in which nothing changed", 0, lambda: feed(machine))
    run(theirs, CHANGE)
    say("reading after 1 % changed", rows // 100, lambda: feed(machine))
    say("comparison of all rows", rows, lambda: feed(machine, "core.compare-sources"))
    run(ours, COPIED.format(rows=rows))
    say("plain INSERT … SELECT, history included", rows, lambda: run(ours, PLAIN, WHO))


def assembled(ours: str, theirs: str) -> Machine:
    path = Path(tempfile.mkdtemp()) / "source.toml"
    path.write_text(MAPPING, "utf-8")
    os.environ.setdefault("TZ", "UTC")
    return Machine.assemble(
        Settings(
            database_url=ours, redis_url="redis://localhost:1/0", secret_key="k" * 40, env="test",
            source_file=str(path), source_url=theirs,
        )
    )  # fmt: skip


def feed(machine: Machine, slug: str = "core.sync-sources") -> None:
    """Do what a worker does."""
    with machine.database.transaction() as session:
        job_id: UUID = enqueue(session, machine.jobs[slug], {})
    Runner(machine, "benchmark", Timing()).perform(job_id)
    with machine.database.transaction() as session:
        state, error = session.execute(text("SELECT state, error FROM admin.jobs WHERE id = :id"), {"id": job_id}).one()
    if state != "done":
        raise SystemExit(f"The job ended {state}: {error}")


def run(url: str, *statements: str) -> None:
    """Run statements, the last given first, in one transaction of the owner."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in reversed(statements):
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def say(what: str, rows: int, work: Callable[[], None]) -> None:
    """Print how long something took."""
    started = time.perf_counter()
    work()
    took = time.perf_counter() - started
    print(f"{what}: {took:.2f} s" + (f", {rows / took:,.0f} rows/s" if rows else ""), flush=True)


if __name__ == "__main__":
    main()
