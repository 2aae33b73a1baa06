"""Measures P12 to P14: exports as a worker makes them, beside COPY and stock Flask-Admin.

    python -m benchmarks.exports [--rows 1000000] [--rounds 3] [--directory /tmp/admin-bench-exports]

Every export runs in a forked process of its own, as jobs do: its time and the memory it added are its own.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from uuid_utils.compat import uuid7

from admin_core.access import sign_in_link
from admin_core.access.members import person_of
from admin_core.app import EXTENSION, create_app
from admin_core.exports.jobs import JOB
from admin_core.exports.rows import export_of
from admin_core.generator.context import Context
from admin_core.generator.list_state import ListState, store_whole
from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.perform import Runner
from admin_core.machine import Machine, person_session
from admin_core.settings import Settings
from admin_core.supervisor.servers import start_postgres
from benchmarks import data
from benchmarks.client import csrf_of
from benchmarks.database import address, alchemy, is_complete, make, tune
from schema.jobs import Job
from schema.reports import DataExport
from schema.staff import Role, StaffMember

LIST_ROUNDS = 40
COLUMNS = {
    "payments": ("id", "customer_id", "status", "amount_cents", "fee_cents", "gateway", "gateway_reference", "method",
                 "paid_at", "created_at"),
    "customers": ("id", "product_line", "company_name", "person_name", "email", "phone", "status", "mrr_cents",
                  "signup_at", "last_active_at"),
}  # fmt: skip
"""Ten columns each."""
MASKED = ["*:read", "data:*:export", "!pii:*"]
NAMELESS = [*MASKED, "!data:customers:*"]
"""Payments without the names of customers: no column needs a join, nobody is put on record."""


def main() -> None:
    """Fill the database, measure, and print what the goals say."""
    asked = arguments()
    with_server(asked.directory, asked.rows, lambda url, superuser: show(told(url, superuser, asked)))


def show(lines: Iterator[str]) -> None:
    for line in lines:
        print(line, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3, help="of everything but stock, which is asked once")
    parser.add_argument("--directory", type=Path, default=Path("/tmp/admin-bench-exports"))
    return parser.parse_args()


def with_server(directory: Path, rows: int, work: Callable[[str, str], None]) -> None:
    """Run the work over a database of so many customers and payments, made when it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    tune(directory)
    server = start_postgres(directory, fast_unsafe=True)
    try:
        name = f"exports_{rows}"
        if not is_complete(server, name):
            make(server, name, data.Size(rows, rows // 10, rows))
        work(alchemy(address(server.url, name)), address(server.superuser_url, name))
    finally:
        server.stop()


def told(url: str, superuser: str, asked: argparse.Namespace) -> Iterator[str]:
    """Yield the report."""
    settings = Settings(
        database_url=url, redis_url="redis://127.0.0.1:1/0", secret_key="k" * 48, env="test",
        public_url="http://localhost", artifacts_dir=tempfile.mkdtemp(prefix="admin-bench-files-"),
    )  # fmt: skip
    app = create_app(settings)
    machine: Machine = app.extensions[EXTENSION]
    people = {
        name: member(machine, name, patterns) for name, patterns in (("o", ["*"]), ("m", MASKED), ("n", NAMELESS))
    }
    questions: dict[str, Callable[[], Any]] = {
        "copy of payments": lambda: copied(superuser, "payments"),
        "copy of customers": lambda: copied(superuser, "customers"),
        "payments, unmasked": lambda: exported(machine, people["n"], "payments", "csv"),
        "payments with names of customers, masked": lambda: exported(machine, people["m"], "payments", "csv"),
        "customers, masked": lambda: exported(machine, people["m"], "customers", "csv"),
        "customers in clear, everybody on record": lambda: exported(machine, people["o"], "customers", "csv"),
        "customers as a workbook": lambda: exported(machine, people["m"], "customers", "xlsx"),
    }
    figures = {name: [] for name in questions}
    for _ in range(asked.rounds):
        for name, ask in questions.items():
            figures[name].append(apart(ask))
    figures["stock, customers"] = [apart(lambda: by_stock(url, asked.rows))]
    yield f"\n{asked.rows} rows, {os.cpu_count()} cores, medians of {asked.rounds}\n"
    for name, found in figures.items():
        yield f"{name:45} {middle(found, 'seconds'):8.2f} s {middle(found, 'grown'):8.0f} MB more"
    copy, other = middle(figures["copy of payments"], "seconds"), middle(figures["copy of customers"], "seconds")
    masked = middle(figures["customers, masked"], "seconds")
    yield from (
        "",
        verdict("P12 payments, unmasked / COPY", middle(figures["payments, unmasked"], "seconds") / copy, 1.5),
        verdict("P12 customers, masked / COPY", masked / other, 5),
        verdict("P12 stock / ours", middle(figures["stock, customers"], "seconds") / masked, 10, at_least=True),
        verdict("P13 memory, MB more", middle(figures["customers, masked"], "grown"), 60),
        verdict("P13 memory after five, MB more", apart(lambda: five(machine, people["m"]))["grown"], 60),
    )
    yield from list_meanwhile(app, machine, people["m"])


def verdict(what: str, value: float, limit: float, *, at_least: bool = False) -> str:
    """Return one comparison in a line."""
    met = value >= limit if at_least else value <= limit
    return f"{'met   ' if met else 'MISSED'} {what}: {value:.2f} ({'at least' if at_least else 'at most'} {limit})"


def middle(found: list[dict[str, float]], name: str) -> float:
    return statistics.median(one[name] for one in found)


def apart(work: Callable[[], Any]) -> dict[str, float]:
    """Do the work in a forked process; return its seconds and the megabytes by which its peak outgrew its start."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        start, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        work()
        took = time.perf_counter() - began
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 1024
        os.write(writing, json.dumps({"seconds": took, "grown": grown}).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        words = pipe.read()
    os.waitpid(child, 0)
    return json.loads(words)


def member(machine: Machine, name: str, patterns: list[str]) -> Any:
    """Return a person with these permissions, made once."""
    with machine.database.transaction() as session:
        role = Role(name=f"bench {name} {uuid7()}", permissions=patterns)
        found = StaffMember(name="Bench", email=f"{uuid7()}@example.com", fs_uniquifier=str(uuid7()), roles=[role])
        session.add(found)
        session.flush()
        return person_of(found)


def exported(machine: Machine, person: Any, key: str, name: str) -> None:
    """Ask for an export and be the worker that makes it."""
    machine.database.engine.dispose(close=False)  # the connections are the parent's
    with person_session(machine, person) as session:
        ctx = Context(session, person, machine.registry, machine.cipher, datetime.now(UTC))
        found = export_of(ctx, machine.registry.spec(key), ListState(columns=COLUMNS[key]))
        columns = [column.key for column in found.asked.columns]
        words = {"model_key": key, "columns": columns, "file_format": name, "member_id": person.id}
        state = store_whole(ctx, found.spec, found.asked.state)
        session.commit()
    with machine.database.transaction() as session:
        export = DataExport(id=uuid7(), **words)
        session.add(export)
        session.flush()
        job = enqueue(session, machine.jobs[JOB], {"export": export.id, "state": state})
    Runner(machine, "bench").perform(job)
    with machine.database.sessions() as session:
        done = session.get_one(Job, job)
        if done.state.value != "done":
            raise RuntimeError(f"The export ended as {done.state}: {done.error}")


def five(machine: Machine, person: Any) -> None:
    for _ in range(5):
        exported(machine, person, "customers", "csv")


def copied(superuser: str, table: str) -> None:
    """Copy the same columns out as they are stored."""
    statement = f"COPY (SELECT {', '.join(COLUMNS[table])} FROM admin.{table}) TO STDOUT (FORMAT csv, HEADER)"
    with psycopg.connect(superuser) as connection, connection.cursor().copy(statement) as blocks:
        for _ in blocks:
            pass


def by_stock(url: str, rows: int) -> None:
    """Let stock Flask-Admin export its list."""
    os.environ["BENCH_DATABASE"] = url
    from benchmarks import stock

    stock.CustomerView.can_export = True  # seven columns: those of its list
    answer = stock.app.test_client().get("/admin/customers/export/csv/")
    lines = sum(piece.count(b"\n" if isinstance(piece, bytes) else "\n") for piece in answer.response)
    if answer.status_code != 200 or lines <= rows:
        raise RuntimeError(f"Stock answered {answer.status_code} with {lines} lines.")


def list_meanwhile(app: Flask, machine: Machine, person: Any) -> Iterator[str]:
    """Yield how long the list takes while an export runs, beside how long it takes otherwise."""
    client = signed_in(app, machine)
    listed(client)
    alone = listed(client)
    if not (child := os.fork()):
        while True:
            exported(machine, person, "customers", "csv")
    beside = listed(client)
    os.kill(child, 9)
    os.waitpid(child, 0)
    yield f"list: {p95(alone):.0f} ms at the 95th percentile alone, {p95(beside):.0f} ms beside an export"
    yield verdict("P14 list beside an export / alone, p95", p95(beside) / p95(alone), 1.5)


def signed_in(app: Flask, machine: Machine) -> FlaskClient:
    """Return the browser of an owner."""
    with machine.database.transaction() as session:
        link = sign_in_link(session, "Owner")
    client = app.test_client()
    client.post(link, data={"csrf_token": csrf_of(client.get(link).data)})
    return client


def listed(client: FlaskClient) -> list[float]:
    """Return the milliseconds of each request of the list."""
    taken = []
    for _ in range(LIST_ROUNDS):
        began = time.perf_counter()
        answer = client.get("/admin/data/customers/")
        taken.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise RuntimeError(f"The list answered {answer.status_code}.")
    return taken


def p95(taken: list[float]) -> float:
    return sorted(taken)[round(0.95 * (len(taken) - 1))]


if __name__ == "__main__":
    main()
