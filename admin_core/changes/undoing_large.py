"""Takes a change of many rows back as a job: each row that still stands as the change left it, the others are told of.

The last rows come first, in batches. What needs another row of the change waits for the next pass.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, exists, func, insert, select, text
from sqlalchemy.orm import Session

from admin_core.access.members import active_person
from admin_core.audit.entries import Entry
from admin_core.changes import undo
from admin_core.changes.acting import Acting, acting, tell
from admin_core.changes.personal import texts_of
from admin_core.changes.rights import tables, why_person_may_not
from admin_core.changes.undo import Step
from admin_core.generator.context import Context
from admin_core.jobs.errors import JobFailed
from admin_core.jobs.run import Chunk, JobRun, Json
from admin_core.theme.formats import number
from schema.audit import ActorKind, AuditCategory
from schema.changes import ChangeKind, ChangeRow, ChangeSet, RowOperation
from schema.jobs import Job, JobOutcome, OutcomeKind

JOB = "core.undo-change"
BATCH = 200
KEPT_BACK = "Another record forbids it."
GROUPS = """
    SELECT table_name, operation, coalesce(array_agg(DISTINCT key) FILTER (WHERE key IS NOT NULL), '{}') AS columns,
           count(DISTINCT id) AS rows
    FROM admin.change_rows r LEFT JOIN LATERAL (
      SELECT jsonb_object_keys(coalesce(r.before, '{}') || coalesce(r.after, '{}')) AS key
      UNION ALL SELECT unnest(r.personal_columns)) k ON true
    WHERE change_set_id = :change GROUP BY 1, 2"""


def kinds_of(session: Session, change_id: UUID) -> tuple[list[Step], int]:
    """Return what undoing a change does, one step for each kind of row, and how many rows there are."""
    found = session.connection().execute(text(GROUPS), {"change": change_id}).all()
    steps = [Step(0, row.table_name, RowOperation(row.operation), "", tuple(row.columns)) for row in found]
    return steps, sum(row.rows for row in found)


def why_not(ctx: Context, change: ChangeSet, kinds: Sequence[Step]) -> str:
    """Return why this person can't undo a large change, empty when they can."""
    if not change.undoable:
        return undo.why_not(change, list(kinds))
    return why_person_may_not(ctx, kinds)


def undo_change(run: JobRun) -> str:
    """The rows of a change are as they were before it, but for those that somebody changed since."""
    change_id = UUID(str(run.args["change"]))
    with run.transaction() as session:
        job, change = session.get_one(Job, run.id), session.get(ChangeSet, change_id)
    if change is None:
        raise JobFailed("The change is not known any more.")
    with acting(change_of(run, job, change)):
        passes(run, change)
        run.chunks(partial(keep_back, run, change), name="rest")
    found = run.step("finish", partial(finish, run, change, job.actor_id))
    return f"Put {number(found['done'])} of {number(found['total'])} rows back."


def change_of(run: JobRun, job: Job, change: ChangeSet) -> Acting:
    """Return the one change that all batches belong to, in the name of who asked."""
    return Acting(
        id=undo_id(run.id),
        kind=ChangeKind.UNDO,
        actor_kind=ActorKind.MEMBER,
        actor_id=job.actor_id,
        title="Undid a change",
        undoes_id=change.id,
        job_id=run.id,
    )


def undo_id(job_id: UUID) -> UUID:
    """Return the key of the change that a job makes: the same for each of its tries."""
    return uuid5(job_id, JOB)


def passes(run: JobRun, change: ChangeSet) -> None:
    """Go over the rows until a pass puts none back."""
    place, before = 0, -1
    while True:
        run.chunks(partial(work, run, change), name=f"pass-{place}")
        left = run.step(f"left-{place}", lambda session: {"rows": session.scalar(count_of(open_rows(run, change)))})
        if left["rows"] in {0, before}:
            return
        place, before = place + 1, left["rows"]


def open_rows(run: JobRun, change: ChangeSet) -> ColumnElement[bool]:
    """Return which rows of the change nothing is known of yet."""
    known = exists().where(JobOutcome.job_id == run.id, JobOutcome.position == ChangeRow.id)
    return (ChangeRow.change_set_id == change.id) & ~known


def count_of(criterion: ColumnElement[bool]) -> Any:
    """Return the query that counts rows."""
    return select(func.count(ChangeRow.id)).where(criterion)


def work(run: JobRun, change: ChangeSet, session: Session, at: Json) -> Chunk:
    """Put the next rows back, as far as that is possible now."""
    rows = next_rows(run, change, session, at.get("before"))
    ctx = context(run, session)
    texts = texts_of(session, run.machine.audit.subjects, rows)
    known = tables(run.machine.registry)
    plan = undo.steps(session, change, rows[::-1], known, texts, lock=True)
    if why := why_person_may_not(ctx, plan):
        raise JobFailed(why)
    good = [step for step in plan if not step.problem]
    tell(session)
    done = [step for batch in undo.batches(good) for step in put_back(session, batch, known, texts)]
    ended = [(step, OutcomeKind.DONE, "") for step in done]
    ended += [(step, OutcomeKind.REFUSED, step.problem) for step in plan if step.problem]
    note(run, session, ended)
    total = int(at.get("total") or session.scalar(count_of(ChangeRow.change_set_id == change.id)) or 0)
    count = int(at.get("done", 0)) + len(ended)
    place = {"before": rows[-1].id if rows else 0, "done": count, "total": total}
    return Chunk(at=place, done=count, total=total, is_last=len(rows) < BATCH)


def next_rows(run: JobRun, change: ChangeSet, session: Session, before: Any) -> list[ChangeRow]:
    """Return the next rows, the last one first; ``steps`` takes them the other way round."""
    older = (ChangeRow.id < before,) if before is not None else ()
    wanted = select(ChangeRow).where(open_rows(run, change), *older).order_by(ChangeRow.id.desc()).limit(BATCH)
    return list(session.scalars(wanted))


def put_back(session: Session, batch: list[Step], known: Any, texts: Any) -> list[Step]:
    """Put the rows of a batch back together, or one by one; return those that could be."""
    if undo.refusal(session, batch, known, texts) is None:
        return batch
    return [step for step in batch if undo.refusal(session, [step], known, texts) is None]


def note(run: JobRun, session: Session, ended: Sequence[tuple[Step, OutcomeKind, str]]) -> None:
    """Keep what became of each row."""
    values = [
        {
            "job_id": run.id,
            "position": step.row_id,
            "kind": kind,
            "model_key": step.table,
            "record_key": step.record[:200],
            "message": why or None,
        }
        for step, kind, why in ended
    ]
    if values:
        session.execute(insert(JobOutcome), values)


def keep_back(run: JobRun, change: ChangeSet, session: Session, at: Json) -> Chunk:
    """Tell of the rows that no pass could put back."""
    rows = next_rows(run, change, session, None)
    note(run, session, [(undo.step_of(row, ""), OutcomeKind.REFUSED, KEPT_BACK) for row in rows])
    done = int(at.get("done", 0)) + len(rows)
    return Chunk(at={"done": done}, done=done, is_last=len(rows) < BATCH)


def context(run: JobRun, session: Session) -> Context:
    """Return the surroundings of who asked; JobFailed when they have left."""
    job = session.get_one(Job, run.id)
    person = active_person(session, job.actor_id)
    if person is None:
        raise JobFailed("Whoever asked for it does not work here any more.")
    return Context(session, person, run.machine.registry, run.machine.cipher, datetime.now(UTC))


def finish(run: JobRun, change: ChangeSet, member_id: UUID | None, session: Session) -> Json:
    """Write the entry about all rows."""
    ended = select(JobOutcome.kind, func.count()).where(JobOutcome.job_id == run.id).group_by(JobOutcome.kind)
    counts = dict(session.execute(ended).all())
    done = counts.get(OutcomeKind.DONE, 0)
    made = session.get(ChangeSet, undo_id(run.id))
    run.machine.audit.record(
        session,
        Entry(
            category=AuditCategory.WRITE,
            action="change_sets.undone",
            actor_kind=ActorKind.MEMBER,
            actor_id=member_id,
            object_type="change_sets",
            object_key=str(change.id),
            row_count=done,
            change_set_id=made.id if made else None,
        ),
    )
    return {"done": done, "total": sum(counts.values())}
