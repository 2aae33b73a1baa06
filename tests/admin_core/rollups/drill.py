"""`admin rollups` over a table that others write to, killed on its way. Compares what is kept with the rows.

The tests do it small, the proof at length.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from uuid_utils.compat import uuid7

from admin_core.commands import rollups as commands
from admin_core.database import Database
from admin_core.machine import Machine
from admin_core.rollups import marking
from admin_core.settings import Settings
from schema.customers import Customer
from tests.admin_core.jobs.world import killed
from tests.databases import as_app
from tests.schema.core_rows import CoreMaker

CUSTOMERS = 50
FILL_EVENTS = """
    INSERT INTO admin.usage_events (id, event_key, name, customer_id, occurred_at)
    SELECT gen_random_uuid(), 'e' || n, CASE n % 3 WHEN 0 THEN 'opened' ELSE 'cv_screened' END, c.id,
           now() - (random() * :days) * interval '1 day'
    FROM generate_series(1, :count) n
    JOIN (SELECT id, row_number() OVER () - 1 AS place FROM admin.customers) c ON c.place = n % :customers"""
DAY = "(occurred_at AT TIME ZONE 'Africa/Johannesburg')::date"
OF_ROWS = f"""
    SELECT {DAY}, 'health.acts' AS name, count(*) FROM admin.usage_events GROUP BY 1
    UNION ALL
    SELECT {DAY}, 'analytics.got-value', count(DISTINCT customer_id) FROM admin.usage_events
    WHERE name = 'cv_screened' AND customer_id IS NOT NULL GROUP BY 1"""
KEPT = """
    SELECT day, name, amount::bigint FROM admin.rollup_values WHERE name IN ('health.acts', 'analytics.got-value')"""
MARKED = "SELECT count(*) FROM admin.rollup_dirty_days"


@dataclass
class RollupWorld:
    """A database whose usage events are summed up by day, and the commands over it."""

    url: str
    machine: Machine
    owner: sa.Engine
    """Writes past us, as the customers' own application does."""

    @classmethod
    def open(cls, url: str) -> "RollupWorld":
        words = {"redis_url": "redis://localhost:1/0", "secret_key": "k" * 40, "env": "test"}
        machine = Machine.assemble(Settings(database_url=as_app(url), **words))
        owner = sa.create_engine(url, poolclass=NullPool)
        with owner.begin() as connection:
            marking.install(connection, machine.rollups)
        return cls(url, machine, owner)

    @property
    def database(self) -> Database:
        return self.machine.database

    def close(self) -> None:
        self.database.engine.dispose()

    def fill(self, events: int, days: int) -> None:
        """Add customers, and events spread over the last days."""
        with self.database.transaction() as session:
            rows = CoreMaker(session)
            for number in range(CUSTOMERS):
                rows.add(Customer, email=f"c{number}@example.com")
        with self.owner.begin() as connection:
            connection.execute(sa.text(FILL_EVENTS), {"count": events, "days": days, "customers": CUSTOMERS})
        with self.owner.begin() as connection:
            connection.execute(sa.text("ANALYZE admin.usage_events"))

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.owner.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(sql), values)]

    def refresh(self, *, anew: bool = False) -> None:
        list(commands.refreshed(self.machine.settings, None, anew=anew))

    def killed(self, after_s: float, *, anew: bool = False) -> bool:
        """Let the command begin and kill it after so long; return whether it died of that, half-way."""
        return killed(self, lambda: self.refresh(anew=anew), after_s)

    @property
    def marked(self) -> int:
        """How many marks of changed days wait."""
        return int(self.rows(MARKED)[0][0])


@contextmanager
def writing(world: RollupWorld, seed: int, pause_s: float = 0.01) -> Iterator[list[str]]:
    """Add, move, rename and delete events while the block runs; yield what was done so far."""
    done: list[str] = []
    enough = threading.Event()

    def write() -> None:
        chance = random.Random(seed)
        ids = [row[0] for row in world.rows("SELECT id FROM admin.usage_events")]
        engine = sa.create_engine(world.url, pool_size=1)
        while not enough.wait(pause_s):
            deed = chance.choice(list(DEEDS))
            values = {"id": chance.choice(ids), "days": chance.randrange(60), "key": str(uuid7())}
            with engine.begin() as connection:
                connection.execute(sa.text(DEEDS[deed]), values)
            done.append(deed)
        engine.dispose()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield done
    finally:
        enough.set()
        thread.join()


DEEDS = {
    "add": """
        INSERT INTO admin.usage_events (id, event_key, name, customer_id, occurred_at)
        SELECT gen_random_uuid(), :key, name, customer_id, occurred_at - :days * interval '1 day'
        FROM admin.usage_events WHERE id = :id""",
    "move": "UPDATE admin.usage_events SET occurred_at = occurred_at - :days * interval '1 day' WHERE id = :id",
    "rename": "UPDATE admin.usage_events SET name = 'opened' WHERE id = :id",
    "delete": "DELETE FROM admin.usage_events WHERE id = :id",
}


def check_kept_equals_rows(world: RollupWorld) -> list[str]:
    """What is kept is what the rows say, by SQL of our own and by `admin rollups verify`; return what that said."""
    assert world.marked == 0
    assert sorted(world.rows(OF_ROWS)) == sorted(world.rows(KEPT))
    said = list(commands.verified(world.machine.settings, None))
    assert 1 not in said, said
    return [str(line) for line in said]
