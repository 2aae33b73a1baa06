"""16 writers, each a change and its audit entry: without an entry, with one, and with one while a sealer seals.

    python -m benchmarks.audit [--seconds 5] [--rounds 3]

Rounds are interleaved, each begins with another kind; before each run everything is sealed and vacuumed. What counts
are the ratios of medians, in one run on one machine.
"""

import argparse
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from admin_core.audit.custody import signer_at
from admin_core.audit.entries import Entry
from admin_core.audit.recording import AuditLog
from admin_core.audit.sealer import Sealer
from admin_core.database import open_database
from admin_core.migrate import upgrade
from admin_core.settings import Settings
from admin_core.supervisor.servers import start_postgres
from schema import load_models
from schema.audit import ActorKind, AuditCategory

WRITERS = 16
KINDS = ("change only", "change and entry", "change and entry, sealed every 0.5 s")
SECRET = "k" * 40


def main() -> None:
    asked = arguments()
    postgres, directory = start_postgres(fast_unsafe=False), Path(tempfile.mkdtemp())
    try:
        url = "postgresql+psycopg://" + postgres.superuser_url.split("://", 1)[1]
        prepare(url)
        rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for number in range(asked.rounds):
            for kind in (*KINDS[number % len(KINDS) :], *KINDS[: number % len(KINDS)]):
                settle(url, directory)
                rates[kind].append(measured(url, directory, kind, asked.seconds))
        report(rates, asked)
    finally:
        postgres.stop()
        shutil.rmtree(directory, ignore_errors=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def prepare(url: str) -> None:
    upgrade(url)
    database = open_database(url)
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE public.accounts (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)"))
        connection.execute(text("INSERT INTO public.accounts SELECT generate_series(0, 1999)"))
    database.engine.dispose()


def settle(url: str, directory: Path) -> None:
    """Seal what the runs before have left, and tidy up: no run works for another."""
    database = open_database(url, pool_size=1)
    Sealer(database, signer_at(database, directory / "audit.key")).seal_all()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ("VACUUM (ANALYZE)", "CHECKPOINT"):
            connection.execute(text(statement))
    database.engine.dispose()


def measured(url: str, directory: Path, kind: str, seconds: float) -> float:
    """Return transactions per second."""
    counts: Any = multiprocessing.Array("q", WRITERS)
    until = time.monotonic() + 3 + seconds
    others = [started(write, url, kind, counts, place, until, seconds) for place in range(WRITERS)]
    if "sealed" in kind:
        others.append(started(seal, url, directory, until))
    for process in others:
        process.join()
    return sum(counts) / seconds


def started(work: Callable[..., None], *arguments_: Any) -> multiprocessing.Process:
    process = multiprocessing.Process(target=work, args=arguments_)
    process.start()
    return process


def write(url: str, kind: str, counts: Any, place: int, until: float, seconds: float) -> None:  # noqa: PLR0917
    """Change accounts until it is time; the first moments, in which processes start, do not count."""
    load_models()
    database = open_database(url, pool_size=1)
    log = AuditLog.of(Settings(database_url=url, redis_url="redis://localhost:1/0", secret_key=SECRET, env="test"))
    number, counted_from = place, until - seconds
    while (now := time.monotonic()) < until:
        number = (number * 48_271 + 11) % 2_000
        with database.transaction() as session:
            session.execute(text("UPDATE public.accounts SET n = n + 1 WHERE id = :id"), {"id": number})
            if kind != KINDS[0]:
                log.record(session, entry(number))
        counts[place] += now >= counted_from
    database.engine.dispose()
    os._exit(0)


def entry(number: int) -> Entry:
    return Entry(
        category=AuditCategory.WRITE, action="accounts.edited", actor_kind=ActorKind.SYSTEM, actor_key="benchmark",
        object_type="accounts", object_key=str(number), field_names=("n",), request_id=f"r-{number}", ip="192.0.2.1",
    )  # fmt: skip


def seal(url: str, directory: Path, until: float) -> None:
    load_models()
    database = open_database(url, pool_size=1)
    sealer = Sealer(database, signer_at(database, directory / "audit.key"))
    while time.monotonic() < until:
        if sealer.seal() < sealer.batch:
            time.sleep(0.5)
    database.engine.dispose()
    os._exit(0)


def report(rates: dict[str, list[float]], asked: argparse.Namespace) -> None:
    medians = {kind: statistics.median(found) for kind, found in rates.items()}
    print(f"{WRITERS} writers, {asked.rounds} interleaved rounds of {asked.seconds:g} s, {os.cpu_count()} cores.")
    for kind, found in rates.items():
        spread = f"{min(found):.0f}-{max(found):.0f}"
        print(f"  {kind}: {medians[kind]:.0f} transactions/s (median; {spread})")
    print(f"With sealing against without: {medians[KINDS[1]] / medians[KINDS[2]]:.2f} x the time per transaction.")
    print(f"With entry and sealing against the bare change: {medians[KINDS[0]] / medians[KINDS[2]]:.2f} x.")


if __name__ == "__main__":
    main()
