"""A company's own, messy database beside ours, and a worker in this process that feeds ours from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from admin_core.database import Database
from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.perform import Runner
from admin_core.jobs.reconcile import reconcile
from admin_core.jobs.timing import Timing
from admin_core.machine import Machine
from admin_core.settings import Settings
from tests.admin_core.jobs.world import until
from tests.databases import as_app

HERE = Path(__file__).parent
TIMING = Timing(lease_s=2.0, backoff_s=0.02, recover_s=0.2, report_s=5, crashes=10_000)
PLANS = "INSERT INTO admin.plans (id, key, name, product_line) VALUES (gen_random_uuid(), 'growth', 'Growth', 'b2c')"


@dataclass
class SourceWorld:
    """Both databases."""

    machine: Machine
    ours: sa.Engine
    """As their owner: looks at everything."""
    theirs: sa.Engine

    @classmethod
    def open(
        cls,
        url: str,
        source_url: str,
        file: Path = HERE / "source.toml",
        rows: Path = HERE / "messy.sql",
        plans: str = PLANS,
    ) -> "SourceWorld":
        settings = Settings(
            database_url=as_app(url), redis_url="redis://localhost:1/0", secret_key="k" * 40, env="test",
            source_file=str(file), source_url=source_url,
        )  # fmt: skip
        ours, theirs = (sa.create_engine(each, poolclass=NullPool) for each in (url, source_url))
        world = cls(Machine.assemble(settings), ours, theirs)
        world.run_in(theirs, rows.read_text("utf-8"))
        world.run_in(ours, plans)
        return world

    @property
    def database(self) -> Database:
        return self.machine.database

    def close(self) -> None:
        self.database.engine.dispose()

    def use(self, folder: Path, *changes: tuple[str, str]) -> None:
        """Let another file be in force: the first place of each text in it is changed."""
        text = Path(self.machine.settings.source_file).read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = folder / "source.toml"
        path.write_text(text, "utf-8")
        self.machine = replace(self.machine, settings=replace(self.machine.settings, source_file=str(path)))

    def run_in(self, engine: sa.Engine, sql: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(sql, execution_options={"no_parameters": True})

    def over_there(self, sql: str) -> None:
        self.run_in(self.theirs, sql)

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.ours.connect() as connection:
            return list(connection.execute(sa.text(sql), values))

    def value(self, sql: str, **values: Any) -> Any:
        return self.rows(sql, **values)[0][0]

    def ask(self, slug: str = "core.sync-sources") -> UUID:
        with self.database.transaction() as session:
            return enqueue(session, self.machine.jobs[slug], {})

    def perform(self, job_id: UUID) -> None:
        Runner(self.machine, "worker-1", TIMING).perform(job_id)

    def state(self, job_id: UUID) -> str:
        return str(self.value("SELECT state FROM admin.jobs WHERE id = :id", id=job_id))

    def finish(self, job_id: UUID) -> None:
        def is_over() -> bool:
            reconcile(self.database, TIMING, self.machine.audit)
            self.perform(job_id)
            return self.state(job_id) not in {"waiting", "running"}

        until(is_over, timeout_s=120)

    def sync(self, slug: str = "core.sync-sources") -> Mapping[str, Any]:
        """Feed everything once; return the counts of the newest reading of each mapping, by its name."""
        job_id = self.ask(slug)
        self.finish(job_id)
        assert self.state(job_id) == "done", self.rows("SELECT error FROM admin.jobs WHERE id = :id", id=job_id)
        words = "SELECT m.name, r.* FROM admin.source_runs r JOIN admin.source_mappings m ON m.id = r.mapping_id"
        return {row.name: row for row in self.rows(f"{words} WHERE r.job_id = :id", id=job_id)}

    def reasons(self, mapping: str) -> dict[str, str]:
        """Return why rows are refused, by their key."""
        words = """SELECT source_key, reason FROM admin.source_rejects r JOIN admin.source_mappings m
                   ON m.id = r.mapping_id WHERE m.name = :name AND resolved_at IS NULL"""
        return {row.source_key: row.reason for row in self.rows(words, name=mapping)}
