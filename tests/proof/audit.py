"""The full-size proof of the audit log: 1 000 manipulations, 100 clean runs, kills of the sealer under writers, and a
verification of 1 000 000 entries in constant memory."""

import os
import random
import resource
import shutil
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import text

from admin_core import migrate
from admin_core.audit import erase_subject
from admin_core.supervisor.servers import start_postgres
from tests.admin_core.audit.ledger import Ledger, empty, sample
from tests.admin_core.audit.manipulations import drill
from tests.databases import normal

MANIPULATIONS, CLEAN_RUNS = 1_000, 100
KILLS = 60
MANY = 1_000_000


def main() -> None:
    with log_in_own_server() as ledger:
        manipulated(ledger)
    with log_in_own_server() as ledger:
        killed(ledger)
        large(ledger)


@contextmanager
def log_in_own_server() -> Iterator[Ledger]:
    """Yield an empty log on its own PostgreSQL."""
    postgres, directory = start_postgres(fast_unsafe=True), Path(tempfile.mkdtemp())
    try:
        url = normal(postgres.superuser_url)
        migrate.upgrade(url)
        empty(url)
        ledger = Ledger.open(url, directory)
        yield ledger
        ledger.close()
    finally:
        postgres.stop()
        shutil.rmtree(directory, ignore_errors=True)


def manipulated(ledger: Ledger) -> None:
    """Random manipulations, each verified against an anchor and named; clean runs between them."""
    seed = random.SystemRandom().randrange(2**32)
    ledger.sealed(600, batch=37)
    with ledger.database.transaction() as session:
        erase_subject(session, ledger.log, "customer", "c-2")
    ledger.act_otherwise(10)
    ledger.sealer.seal()
    ledger.anchor()
    ledger.act(6)
    drilled = drill(ledger, times=MANIPULATIONS, seed=seed, clean_runs=CLEAN_RUNS)
    assert all(drilled.victims.values()), drilled.victims
    made = sum(drilled.made.values())
    print(f"Seed {seed}: {made} manipulations, all found, the right entry or place named in each.")
    for name, count in drilled.made.items():
        print(f"  {name.replace('_', ' ')}: {count}")
    print(f"Entries of {len(drilled.victims)} kinds were among them, the rarest {min(drilled.victims.values())} times:")
    print(f"  {', '.join(drilled.victims)}")
    print(f"{CLEAN_RUNS} clean runs between them, a lawful erasure among the entries: no false alarm.")


def killed(ledger: Ledger) -> None:
    """Kill sealers at random moments while others write: every entry gets exactly one place."""
    chance = random.Random(20261126)
    written = 0
    for _ in range(KILLS):
        ledger.database.engine.dispose()
        pid = os.fork()
        if pid == 0:
            seal_for_ever(ledger)
        written += len(ledger.act(chance.randrange(1, 400)))
        time.sleep(chance.uniform(0, 0.25))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        written += len(ledger.act(chance.randrange(1, 50)))
    ledger.sealer.seal_all()
    report = ledger.verify()
    assert (report.verdict, report.entries) == ("clean", written), report.lines()
    print(f"{KILLS} sealers killed at work: {written} entries written, {report.entries} sealed once each. Clean.")


def seal_for_ever(ledger: Ledger) -> None:
    """Be a sealer in a child process."""
    try:
        own = Ledger.open(ledger.url, ledger.directory, batch=100)
        while True:
            own.sealer.seal()
    finally:
        os._exit(1)


def large(ledger: Ledger) -> None:
    """Write, seal and verify a million entries."""
    before = ledger.value("SELECT count(*) FROM admin.audit_entries")
    began = time.monotonic()
    copy_entries(ledger, MANY - before)
    wrote = time.monotonic()
    batches = []
    while True:
        at = time.monotonic()
        if not ledger.sealer.seal():
            break
        batches.append(time.monotonic() - at)
    sealed = time.monotonic()
    print(f"Written {MANY} entries by COPY in {wrote - began:.0f} s.")
    tenth = max(1, len(batches) // 10)
    early, late = statistics.median(batches[:tenth]), statistics.median(batches[-tenth:])
    print(f"Sealed in {sealed - wrote:.0f} s: 5 000 took {early:.2f} s at the start, {late:.2f} s at the end.")
    with ledger.database.engine.begin() as connection:
        connection.execute(text("ANALYZE admin.audit_entries, admin.audit_leaves"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    at = time.monotonic()
    report = ledger.verify()
    assert (report.verdict, report.entries) == ("clean", MANY), report.lines()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    print(f"Verified {MANY} entries in {time.monotonic() - at:.1f} s; peak memory grew by {grown:.0f} MB.")


def copy_entries(ledger: Ledger, count: int) -> None:
    """Write entries as the product does, but by COPY."""
    with psycopg.connect(ledger.url.replace("+psycopg", "")) as connection, ledger.database.sessions() as session:
        names = list(ledger.log.row(session, plain(0)))
        cursor = connection.cursor()
        with cursor.copy(f"COPY admin.audit_entries ({', '.join(names)}) FROM STDIN") as copy:
            for number in range(count):
                row = ledger.log.row(session, plain(number))
                copy.write_row([row[name] for name in names])
        cursor.execute(
            "INSERT INTO admin.audit_pending SELECT id FROM admin.audit_entries e"
            " WHERE NOT EXISTS (SELECT FROM admin.audit_leaves l WHERE l.entry_id = e.id)"
        )


def plain(number: int):  # noqa: ANN201 an Entry
    """Return an entry with an address and a reason, without encrypted values."""
    return sample(number * 6 + 1)
