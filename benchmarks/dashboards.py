"""Figures from rollups beside the same asked of the rows, and one day refreshed beside all computed (P15-P17).

    python -m benchmarks.dashboards [--customers 5000] [--rounds 5]

Two databases, the second with a tenth of the rows. Rounds are interleaved; what counts are ratios of medians in a run.
The full size is ``--customers 1000000`` (ten payments and ten events each, about 15 GB of disk).
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine, make_url, text

from admin_core.commands.rollups import refresh_all
from admin_core.contributions import Rollup
from admin_core.dashboards.tiles import compared_with, line_of
from admin_core.machine import Machine
from admin_core.migrate import upgrade
from admin_core.period_choice import named
from admin_core.rollups import marking
from admin_core.rollups.reading import from_rows
from admin_core.rollups.refreshing import begin, mark_all, refresh_days, sums
from admin_core.rollups.verifying import all_days, verify
from admin_core.settings import Settings
from admin_core.supervisor.servers import start_postgres
from benchmarks.data import Size, fill

FIGURES = ("finance.received", "health.error-rate", "analytics.coming-customers")
KEPT = ("finance.receipts", "finance.refunded", "health.errors", "health.acts", "analytics.came")
EVENTS = """
    INSERT INTO admin.usage_events (id, event_key, name, customer_id, occurred_at)
    SELECT gen_random_uuid(), p.id::text, 'cv_uploaded', p.customer_id, p.created_at FROM admin.payments p
"""
Times = dict[str, list[float]]


def main() -> None:
    """Make both databases, measure, print."""
    asked = arguments()
    server = start_postgres(fast_unsafe=True)
    try:
        whole = machine_over(server.superuser_url, "whole", asked.customers)
        tenth = machine_over(server.superuser_url, "tenth", max(asked.customers // 10, 100))
        report(measured(whole, tenth, asked.rounds), whole)
    finally:
        server.stop()


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def machine_over(server: str, name: str, customers: int) -> Machine:
    """Return the parts over a new database with its rows and its rollups."""
    with create_engine(as_ours(server), isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = as_ours(server, name)
    upgrade(url)
    machine = Machine.assemble(
        Settings(database_url=url, redis_url="redis://localhost:1/0", secret_key="k" * 40, env="test", public_url="http://localhost")
    )  # fmt: skip
    fill(url.replace("+psycopg", "", 1), Size(customers, customers * 6 // 5, customers * 10))
    with machine.database.engine.begin() as connection:
        connection.execute(text(EVENTS))
        marking.install(connection, machine.rollups)
    for kept in KEPT:
        refresh_all(machine, machine.rollups.named(kept))
    with machine.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return machine


def as_ours(server: str, database: str | None = None) -> str:
    """Return the address with our driver."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    return (url.set(database=database) if database else url).render_as_string(hide_password=False)


def measured(whole: Machine, tenth: Machine, rounds: int) -> Times:
    """Return seconds by what was done, one per round."""
    work: dict[str, Callable[[], object]] = {}
    for name in FIGURES:
        work[f"{name}, kept"] = lambda name=name: figure(whole, name)  # type: ignore[misc]  # bound now
        work[f"{name}, kept, a tenth"] = lambda name=name: figure(tenth, name)  # type: ignore[misc]
        work[f"{name}, from the rows"] = lambda name=name: by_rows(whole, name)  # type: ignore[misc]
    work["refresh of one day"] = lambda: one_day(whole)
    work["all anew"] = lambda: anew(whole)
    work["CREATE TABLE AS"] = lambda: create_table_as(whole)
    found: Times = {name: [] for name in work}
    for _ in range(rounds):
        for name, act in work.items():
            began = time.perf_counter()
            act()
            found[name].append(time.perf_counter() - began)
    return found


def figure(machine: Machine, name: str) -> None:
    """Ask for a tile: this month, what it compares with, thirty days."""
    known, choice = machine.figures.named(name), named("this_month", datetime.now(UTC))
    before = compared_with(known, choice)
    with machine.database.sessions() as session:
        known.values(session, [choice.period, *([before] if before else []), *line_of(known, choice.period)])


def by_rows(machine: Machine, name: str) -> None:
    """Ask for the same of the rows alone."""
    with from_rows():
        figure(machine, name)


def receipts(machine: Machine) -> Rollup:
    """Return the rollup that is computed."""
    found = machine.rollups.named("finance.receipts")
    assert isinstance(found, Rollup)
    return found


def one_day(machine: Machine) -> None:
    """Compute today."""
    with machine.database.transaction() as session:
        begin(session, machine.rollups, receipts(machine))
        refresh_days(session, receipts(machine), [datetime.now(UTC).date()])


def anew(machine: Machine) -> None:
    """Compute every day."""
    with machine.database.transaction() as session:
        begin(session, machine.rollups, receipts(machine))
        mark_all(session, receipts(machine))
    refresh_all(machine, receipts(machine))


def create_table_as(machine: Machine) -> None:
    """Compute every day as one statement into a table of its own."""
    with machine.database.sessions() as session:
        stretches = all_days(session, receipts(machine))
        whole = stretches[0].__class__(stretches[0].start, stretches[-1].end + timedelta(days=1))
        query = sums(receipts(machine), [whole]).compile(session.connection(), compile_kwargs={"literal_binds": True})
        session.execute(text("CREATE TEMPORARY TABLE found AS " + str(query).replace(":", "\\:")))


def report(found: Times, machine: Machine) -> None:
    """Print medians and the ratios that the goals name, and whether what is kept equals the rows."""
    middle = {name: statistics.median(times) for name, times in found.items()}
    for name, seconds in middle.items():
        print(f"{seconds * 1000:10.1f} ms  {name}")
    for name in FIGURES:
        print(f"{ratio(middle, f'{name}, kept', f'{name}, kept, a tenth')} at ten times the rows, {name} (goal 1,3)")
        print(f"{ratio(middle, f'{name}, kept', f'{name}, from the rows')} of the rows, {name}")
    print(f"{ratio(middle, 'refresh of one day', 'all anew')} one day of all (goal 0,02)")
    print(f"{ratio(middle, 'all anew', 'CREATE TABLE AS')} all of CREATE TABLE AS (goal 1,5)")
    with machine.database.sessions() as session:
        for kept in KEPT:
            rollup = machine.rollups.named(kept)
            print(verify(session, rollup, all_days(session, rollup)).sentence)


def ratio(middle: dict[str, float], first: str, second: str) -> str:
    """Return how many times the second the first takes."""
    return f"{middle[first] / middle[second]:8.3f} x"


if __name__ == "__main__":
    main()
