"""The full-size proof of bulk changes: 100 000 rows moved out of the filter they were selected by, 50 kills, writers.

It runs on its own PostgreSQL.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from admin_core import migrate
from admin_core.bulk.editing import BATCH, Edit
from admin_core.supervisor.servers import start_postgres
from tests.admin_core.bulk.world import PATIENT, BulkWorld, Found, Writers, check_each_once
from tests.databases import make_roles, normal

ROWS, KILLS = 100_000, 50


def main(rows: int = ROWS, kills: int = KILLS) -> None:
    """Move all rows to and fro until enough workers were killed; a row lost or done twice raises."""
    seed, began = random.SystemRandom().randrange(2**32), time.monotonic()
    chance, died, moves = random.Random(seed), 0, []
    with server() as world:
        world.fill("c-0", rows)
        while died < kills or not moves:
            killed, found = move(world, f"c-{len(moves)}", f"c-{len(moves) + 1}", kills - died, chance)
            died, moves = died + killed, [*moves, found]
        report(moves, died, seed, time.monotonic() - began)


@contextmanager
def server() -> Iterator[BulkWorld]:
    """Yield a world on its own PostgreSQL."""
    postgres = start_postgres(fast_unsafe=True)
    try:
        make_roles(postgres.superuser_url)
        url = normal(postgres.superuser_url)
        migrate.upgrade(url)
        world = BulkWorld.open(url)
        yield world
        world.close()
    finally:
        postgres.stop()


def move(world: BulkWorld, old: str, new: str, kills: int, chance: random.Random) -> tuple[int, Found]:
    """Set another category in all rows of one, by a job whose workers are killed; return how many died, and the end."""
    selection = world.select(old)
    run = world.ask(Edit(world.spec(), {"category": new}, take_changed=True), selection)
    died = 0
    with Writers(world, old, chance.randrange(2**32)).writing() as writers:
        while died < kills and world.state_of(run.job_id) in {"waiting", "running"}:
            died += world.killed(run.job_id, chance.uniform(0.1, 0.5))
            print(f"{died} kills", flush=True) if died % 10 == 0 else None
        world.finish(run.job_id)
    found = check_each_once(world, run, selection)
    stayed = {row.id for row in world.rows("SELECT id::text FROM admin.faq_entries WHERE category = :c", c=old)}
    assert stayed <= writers.added, "a selected row was left behind"
    return died, found


def report(moves: list[Found], died: int, seed: int, took_s: float) -> None:
    """Print what was found."""
    print(f"Rows that were selected by a filter and moved out of it, {len(moves)} times; seed {seed}, {took_s:.0f} s")
    for found in moves:
        print(f"{len(found.selected)} selected: {len(found.done)} moved once, {len(found.left)} gone and reported.")
    print(f"{died} times the worker was killed (kill -9) in the middle; another went on where it stopped.")
    print(f"Batches of {BATCH} rows, leases of {PATIENT.lease_s:.0f} s; two writers changed, deleted and added rows.")
    print("Each selected row has one outcome and at most one change; no row that came later was touched.")
