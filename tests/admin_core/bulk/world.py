"""Somebody who edits a whole selection by a job, while others write to the same rows and workers die. Counts what came.

The tests do it small, the proof at length.
"""

import random
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from uuid_utils.compat import uuid7
from werkzeug.datastructures import MultiDict

from admin_core.bulk.deeds import Deed
from admin_core.bulk.running import asked_of_job
from admin_core.bulk.selections import freeze_matching
from admin_core.changes.acting import Acting, acting
from admin_core.database import Database
from admin_core.generator.context import Context
from admin_core.generator.list_state import ListState, Remembered, read_state
from admin_core.generator.spec import ModelSpec
from admin_core.jobs.perform import Runner
from admin_core.jobs.reconcile import reconcile
from admin_core.jobs.timing import Timing
from admin_core.machine import Machine, person_session
from admin_core.policy import Person
from admin_core.settings import Settings
from schema.audit import ActorKind
from schema.bulk import BulkRun
from schema.changes import ChangeKind
from schema.jobs import Job
from schema.staff import Role, StaffMember
from schema.views import Selection
from tests.admin_core.jobs.world import killed, until
from tests.databases import as_app

PATIENT = Timing(backoff_s=0.02, recover_s=0.2, report_s=5, crashes=10_000)
LAPSE = "UPDATE admin.jobs SET lease_until = clock_timestamp() WHERE id = :job AND state = 'running'"
FILL = """
    INSERT INTO admin.faq_entries (id, question, answer, category, position)
    SELECT gen_random_uuid(), 'How ' || n || '?', 'So.', :category, 0 FROM generate_series(1, :count) n"""
OUTCOMES = """
    SELECT o.position, o.kind, o.record_key, k.record_key AS selected FROM admin.job_outcomes o
    FULL JOIN admin.selection_keys k ON k.position = o.position AND k.selection_id = :selection
    WHERE (o.job_id = :job OR o.job_id IS NULL) AND (k.selection_id = :selection OR k.selection_id IS NULL)"""
CHANGED = """
    SELECT record_key->>'id' AS id, count(*) AS times FROM admin.change_rows
    WHERE change_set_id = :change GROUP BY 1"""


@dataclass
class BulkWorld:
    """A database with a machine over it, in the role of web and workers."""

    url: str
    machine: Machine
    owner: sa.Engine
    """Writes past us, as the customers' own application does."""
    person: Person

    @classmethod
    def open(cls, url: str) -> "BulkWorld":
        settings = Settings(
            database_url=as_app(url), redis_url="redis://localhost:1/0", secret_key="k" * 40, env="test",
            artifacts_dir=tempfile.mkdtemp(prefix="admin-files-"),
        )  # fmt: skip
        machine = Machine.assemble(settings)
        with machine.database.transaction() as session:
            role = Role(name=f"Everything {uuid7()}", permissions=["*"])
            member = StaffMember(name="Ada", email=f"{uuid7()}@team.example", fs_uniquifier=str(uuid7()), roles=[role])
            session.add(member)
            session.flush()
            person = Person(member.id, "Ada", (role.name,), frozenset({"*"}))
        return cls(url, machine, sa.create_engine(url, poolclass=NullPool), person)

    @property
    def database(self) -> Database:
        return self.machine.database

    def close(self) -> None:
        shutil.rmtree(self.machine.settings.artifacts_dir, ignore_errors=True)
        self.database.engine.dispose()

    def spec(self, key: str = "faq_entries") -> ModelSpec:
        return self.machine.registry.spec(key)

    def fill(self, category: str, count: int) -> None:
        with self.owner.begin() as connection:
            connection.execute(sa.text(FILL), {"category": category, "count": count})
            connection.execute(sa.text("ANALYZE admin.faq_entries"))

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.owner.connect() as connection:
            return list(connection.execute(sa.text(sql), values))

    @contextmanager
    def visit(self, person: Person | None = None) -> Iterator[Context]:
        """Yield the surroundings of a request that commits."""
        who = person or self.person
        deed = Acting(kind=ChangeKind.BULK, actor_kind=ActorKind.MEMBER, actor_id=who.id)
        with acting(deed), person_session(self.machine, who) as session:
            yield Context(session, who, self.machine.registry, self.machine.cipher, datetime.now(UTC))
            session.commit()

    def state(self, ctx: Context, spec: ModelSpec, *pairs: tuple[str, str]) -> ListState:
        return read_state(ctx, spec, MultiDict(pairs), Remembered())

    def select(self, category: str, most: int = 1_000_000) -> Selection:
        """Freeze all entries of a category."""
        with self.visit() as ctx:
            state = self.state(ctx, self.spec(), ("f.category.eq", category))
            return freeze_matching(ctx, self.spec(), state, most)

    def ask(self, deed: Deed, selection: Selection) -> BulkRun:
        """Ask for the job."""
        with self.visit() as ctx:
            return asked_of_job(self.machine, ctx, deed, ctx.session.get_one(Selection, selection.id))

    def state_of(self, job_id: UUID | None) -> str:
        with self.database.sessions() as session:
            return session.get_one(Job, job_id).state.value

    def perform(self, job_id: UUID | None) -> None:
        assert job_id is not None
        Runner(self.machine, "worker", PATIENT).perform(job_id)

    def finish(self, job_id: UUID | None) -> None:
        """Be the worker until the job is over."""

        def is_over() -> bool:
            reconcile(self.database, PATIENT, self.machine.audit)
            self.perform(job_id)
            return self.state_of(job_id) not in {"waiting", "running"}

        until(is_over, timeout_s=300)

    def killed(self, job_id: UUID | None, after_s: float) -> bool:
        """Let a worker begin and kill it after so long; return whether it died of that.

        Its lease is ended at once: the drills of jobs wait for that, and a short one would make a busy machine fail.
        """
        died = killed(self, lambda: self.perform(job_id), after_s)
        self.end_lease(job_id)
        until(lambda: reconcile(self.database, PATIENT, self.machine.audit) or self.state_of(job_id) != "running")
        return died

    def end_lease(self, job_id: UUID | None) -> None:
        """Do as if the lease of a dead worker had lapsed."""
        with self.owner.begin() as connection:
            connection.execute(sa.text(LAPSE), {"job": job_id})

    def kill_often(self, job_id: UUID, kills: int, chance: random.Random) -> int:
        """Kill a job's workers at random moments, later ones as long as nothing goes on; return how many died."""
        died, longest_s, before = 0, 1.0, ""
        while died < kills and self.state_of(job_id) in {"waiting", "running"}:
            died += self.killed(job_id, chance.uniform(0.1, longest_s))
            at = str(self.rows("SELECT checkpoint FROM admin.jobs WHERE id = :job", job=job_id)[0].checkpoint)
            longest_s, before = (1.0 if at != before else longest_s * 1.5), at
        return died


@dataclass
class Writers:
    """Others who change, delete and add rows of the same filter meanwhile, each in short transactions."""

    world: BulkWorld
    category: str
    seed: int
    threads: int = 2
    pause_s: float = 0.005
    changed: int = 0
    deleted: int = 0
    added: set[str] = field(default_factory=set)
    enough: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def writing(self) -> Iterator["Writers"]:
        """Let them write while the block runs."""
        running = [threading.Thread(target=self.write, args=(number,)) for number in range(self.threads)]
        for thread in running:
            thread.start()
        try:
            yield self
        finally:
            self.enough.set()
            for thread in running:
                thread.join()

    def write(self, number: int) -> None:
        chance = random.Random(f"{self.seed}-{number}")
        ids = [row.id for row in self.world.rows("SELECT id FROM admin.faq_entries")]
        engine = sa.create_engine(self.world.url, pool_size=1)
        while not self.enough.wait(self.pause_s):
            with engine.begin() as connection:
                self.one(connection, chance.random(), chance.choice(ids))
        engine.dispose()

    def one(self, connection: sa.Connection, dice: float, target: UUID) -> None:
        """Change a row mostly; delete one, or add one that the filter would find, now and then."""
        if dice < 0.8:
            words = "UPDATE admin.faq_entries SET answer = answer || '.' WHERE id = :id"
            self.changed += connection.execute(sa.text(words), {"id": target}).rowcount
        elif dice < 0.9:
            words = "DELETE FROM admin.faq_entries WHERE id = :id"
            self.deleted += connection.execute(sa.text(words), {"id": target}).rowcount
        else:
            new = str(uuid7())
            words = """INSERT INTO admin.faq_entries (id, question, answer, category, position)
                       VALUES (:id, 'Late?', 'So.', :category, 0)"""
            connection.execute(sa.text(words), {"id": new, "category": self.category})
            self.added.add(new)


@dataclass(frozen=True)
class Found:
    """What came of a run, row by row."""

    done: frozenset[str]
    left: frozenset[str]
    selected: frozenset[str]


def check_each_once(world: BulkWorld, run: BulkRun, selection: Selection) -> Found:
    """Every selected row has one outcome; those done were changed once, by this change alone, and no other row was."""
    outcomes = world.rows(OUTCOMES, job=run.job_id, selection=selection.id)
    assert sorted(row.position for row in outcomes) == list(range(1, selection.total + 1))
    assert all(row.record_key == row.selected for row in outcomes)
    done = frozenset(row.record_key for row in outcomes if row.kind == "done")
    left = frozenset(row.record_key for row in outcomes if row.kind != "done")
    changed = world.rows(CHANGED, change=run.change_set_id)
    assert {row.times for row in changed} <= {1}
    assert {row.id for row in changed} == done
    selected = frozenset(row.selected for row in outcomes)
    assert (len(selected), done | left, done & left) == (selection.total, selected, frozenset())
    return Found(done, left, selected)
