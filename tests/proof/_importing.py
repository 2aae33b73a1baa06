"""A file of questions that workers read in while they are killed: what was asked for, and what came of it."""

import random
from dataclasses import dataclass
from uuid import UUID

from admin_core.imports import asking
from admin_core.imports.jobs import CARRY_OUT, CHECK
from admin_core.imports.mapping import Reading
from admin_core.jobs.enqueue import Origin, enqueue
from tests.admin_core.bulk.world import BulkWorld

COLUMNS = ("question", "answer", "category", "state", "locale")
BAD = 100
"""Each hundredth row is refused."""
KEPT = "SELECT question, count(*) AS times FROM admin.faq_entries WHERE category = :mark GROUP BY 1"
CHANGED = (
    "SELECT count(*) AS rows, count(DISTINCT record_key) AS records FROM admin.change_rows WHERE change_set_id = :id"
)
AUDITED = "SELECT sum(row_count) AS rows FROM admin.audit_entries WHERE change_set_id = :id"
REFUSED = "SELECT count(*) AS rows FROM admin.job_outcomes WHERE job_id = :job AND kind = 'refused'"


@dataclass(frozen=True)
class File:
    """A file with so many rows, told apart from others by a mark."""

    mark: str
    rows: int

    @property
    def good(self) -> set[str]:
        return {f"{self.mark} {number}" for number in range(1, self.rows + 1) if number % BAD}

    @property
    def data(self) -> bytes:
        body = (
            f"{self.mark} {number},So.,{self.mark},{'draft' if number % BAD else 'nonsense'},en-ZA"
            for number in range(1, self.rows + 1)
        )
        return "\n".join([",".join(COLUMNS), *body]).encode()


def read_in(world: BulkWorld, file: File, kills: int, chance: random.Random) -> int:
    """Read the file in by workers that are killed: one while it tries the file out, the others while it writes it.

    Return how many died.
    """
    import_id, trying = checking(world, file)
    died = world.killed(trying, chance.uniform(0.3, 1))
    world.finish(trying)
    writing = carrying_out(world, import_id)
    died += world.kill_often(writing, kills - died, chance)
    world.finish(writing)
    check_each_once(world, file, import_id, writing)
    return died


def checking(world: BulkWorld, file: File) -> tuple[UUID, UUID]:
    """Return the import and the job that tries it out."""
    with world.visit() as ctx:
        made = asking.uploaded(world.machine, ctx, world.spec(), file.data)
        assert not asking.check(world.machine, ctx, made, Reading(COLUMNS, mode="create")), "a job's work"
        made.job_id = enqueue(ctx.session, world.machine.jobs[CHECK], {"import": made.id}, origin=by(world))
        return made.id, made.job_id


def carrying_out(world: BulkWorld, import_id: UUID) -> UUID:
    """Return the job that carries the import out."""
    with world.visit() as ctx:
        imported = asking.own_import(ctx, import_id, lock=True)
        assert not asking.carry_out(world.machine, ctx, imported), "a job's work"
        job = world.machine.jobs[CARRY_OUT]
        imported.job_id = enqueue(ctx.session, job, {"import": import_id}, origin=by(world))
        return imported.job_id


def by(world: BulkWorld) -> Origin:
    return Origin(actor_id=world.person.id)


def check_each_once(world: BulkWorld, file: File, import_id: UUID, job_id: UUID) -> None:
    """Every good row is stored once, by this import alone; every other one is refused once."""
    assert world.state_of(job_id) == "done"
    stored = world.rows(KEPT, mark=file.mark)
    assert {row.question for row in stored} == file.good
    assert {row.times for row in stored} == {1}
    (changed,), (audited,) = world.rows(CHANGED, id=import_id), world.rows(AUDITED, id=import_id)
    assert changed.rows == changed.records == audited.rows == len(file.good)
    assert world.rows(REFUSED, job=job_id)[0].rows == file.rows // BAD
