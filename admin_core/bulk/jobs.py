"""Carries a deed over a large selection out: batch by batch, each with its checkpoint; and forgets old selections.

Each batch asks anew what the person may do. Whatever happens to the process, each row is handled once, and what became
of it is kept.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from admin_core.access.members import active_person
from admin_core.approvals.many import DELETE, EDIT
from admin_core.audit.entries import Entry
from admin_core.audit.witnessing import category_of, changed_fields
from admin_core.bulk.deeds import Handled
from admin_core.bulk.running import deed_of, digest_of, opened, packed, sentence_of
from admin_core.bulk.selections import rows_behind
from admin_core.changes.acting import Acting, acting
from admin_core.changes.rehearsal import inside, settle
from admin_core.generator.context import Context
from admin_core.generator.errors import ScreenError
from admin_core.jobs.errors import JobFailed
from admin_core.jobs.housekeeping import deletion
from admin_core.jobs.run import Chunk, JobRun, Json
from admin_core.policy import Refused
from schema.audit import ActorKind
from schema.bulk import BulkRun, BulkState
from schema.changes import Approval, ChangeKind, ChangeSet
from schema.jobs import JobOutcome, OutcomeKind
from schema.views import Selection

REASONS = 50
"""Different reasons that are kept in sum; the file of the job has them all."""
SELECTIONS = 5
"""Deleted by one transaction: each may hold a hundred thousand keys."""


def carry_out(run: JobRun) -> str:
    """Every row of the selection is handled once, and it is known what became of each."""
    with run.transaction() as session:
        bulk = session.get(BulkRun, UUID(str(run.args["run"])))
    if bulk is None:
        raise JobFailed("What was asked for is not known any more.")
    with acting(change_of(run, bulk)):
        run.chunks(partial(work, run, bulk))
    run.step("finish", partial(finish, run, bulk))  # no part of the change: undoing it undoes rows of the list alone
    return sentence_of(run.machine.registry.spec(bulk.model_key), bulk)


def change_of(run: JobRun, bulk: BulkRun) -> Acting:
    """Return the one change that all batches belong to, in the name of who asked."""
    return Acting(
        id=bulk.change_set_id,
        kind=ChangeKind.BULK,
        actor_kind=ActorKind.MEMBER,
        actor_id=bulk.owner_id,
        title=bulk.title,
        action=bulk.action,
        job_id=run.id,
        undoable=bulk.action in {EDIT, DELETE},
    )


def work(run: JobRun, bulk: BulkRun, session: Session, at: Json) -> Chunk:
    """Handle the next rows and note what became of each."""
    after = int(at.get("position", 0))
    if bulk.selection_id is None:
        raise JobFailed("The selection is gone: it waited too long. Select again.")
    with inside(session.connection(), person_of(session, bulk.owner_id)) as inner:
        ctx = Context(inner, inner.person, run.machine.registry, run.machine.cipher, datetime.now(UTC), actions(run))
        handled, is_last = handle(run, ctx, bulk, bulk.selection_id, after)
        inner.commit()  # ends a savepoint
    note_outcomes(session, run, bulk, handled)
    position = handled[-1].row.position if handled else after
    return Chunk(at={"position": position}, done=position, total=bulk.total, is_last=is_last)


def handle(run: JobRun, ctx: Context, bulk: BulkRun, selection: UUID, after: int) -> tuple[list[Handled], bool]:
    """Do it to the next rows; JobFailed when the person may not any more."""
    typed = opened(run.machine.cipher, bulk.typed)
    if typed is None:
        raise JobFailed("What was typed can't be read any more. Do it again from the list.")
    try:
        deed = deed_of(run.machine, ctx, ctx.registry.spec(bulk.model_key), bulk.action, typed)
        deed.require(ctx)
    except (Refused, ScreenError) as refusal:
        raise JobFailed(str(refusal)) from refusal
    rows = rows_behind(ctx, selection, after, deed.batch)
    settle(ctx.session)  # what would only be checked at the commit is a reason to leave a row
    return (deed.handle(ctx, rows) if rows else []), len(rows) < deed.batch


def actions(run: JobRun) -> Any:
    """Return the actions of plugins that are switched on."""
    return run.machine.actions.without(run.machine.plugins.switches.off())


def person_of(session: Session, member_id: UUID) -> Any:
    """Return who asked, with today's rights; JobFailed when they have left."""
    person = active_person(session, member_id)
    if person is None:
        raise JobFailed("Whoever asked for it does not work here any more.")
    return person


def note_outcomes(session: Session, run: JobRun, bulk: BulkRun, handled: Sequence[Handled]) -> None:
    """Keep what became of each row."""
    values = [
        {
            "job_id": run.id,
            "position": each.row.position,
            "kind": each.kind,
            "model_key": bulk.model_key,
            "record_key": each.row.record,
            "message": each.why or None,
        }
        for each in handled
    ]
    if values:
        session.execute(insert(JobOutcome), values)


def finish(run: JobRun, bulk: BulkRun, session: Session) -> Json:
    """Sum up, and write the one entry about all rows; what was typed is not needed any more."""
    mine = JobOutcome.job_id == run.id
    counts = select(JobOutcome.kind, func.count()).where(mine).group_by(JobOutcome.kind)
    bulk.counts = {kind.value: count for kind, count in session.execute(counts)}
    bulk.reasons = dict(session.execute(reasons(run)).all())
    done = select(JobOutcome.record_key).where(mine, JobOutcome.kind == OutcomeKind.DONE).order_by(JobOutcome.position)
    bulk.handled = packed(session.scalars(done))
    values = {"counts": bulk.counts, "reasons": bulk.reasons, "handled": bulk.handled}
    ended = {**values, "typed": None, "state": BulkState.DONE, "finished_at": datetime.now(UTC)}
    session.execute(update(BulkRun).where(BulkRun.id == bulk.id).values(ended))
    if session.get(ChangeSet, bulk.change_set_id) is not None:
        session.execute(update(Approval).where(Approval.job_id == run.id).values(change_set_id=bulk.change_set_id))
    run.machine.audit.record(session, entry_of(session, bulk))
    return bulk.counts


def reasons(run: JobRun) -> Any:
    """Return the query for why rows were left, the most frequent first."""
    count = func.count()
    found = select(JobOutcome.message, count).where(JobOutcome.job_id == run.id, JobOutcome.message.is_not(None))
    return found.group_by(JobOutcome.message).order_by(count.desc(), JobOutcome.message).limit(REASONS)


def entry_of(session: Session, bulk: BulkRun) -> Entry:
    """Return the entry of the audit log: how many rows, and the hash of the list of their keys."""
    assert bulk.handled is not None  # it was just packed
    return Entry(
        category=category_of(bulk.model_key),
        action=deed_in_log(bulk.model_key, bulk.action),
        actor_kind=ActorKind.MEMBER,
        actor_id=bulk.owner_id,
        object_type=bulk.model_key,
        object_key=digest_of(bulk.handled),
        field_names=changed_fields(session, bulk.change_set_id, bulk.model_key),
        row_count=bulk.counts.get(OutcomeKind.DONE.value, 0),
        change_set_id=bulk.change_set_id,
    )


def deed_in_log(model_key: str, action: str) -> str:
    """Return what the audit log calls it."""
    return {EDIT: f"{model_key}.bulk-edited", DELETE: f"{model_key}.bulk-deleted"}.get(action, action)


def forget_selections(run: JobRun) -> str:
    """Selections are gone a week after their time; what was done with them stays as long as the history."""
    selections = run.chunks(deletion(Selection, SELECTIONS), name="selections")
    runs = run.chunks(deletion(BulkRun), name="runs")
    return f"Deleted {selections} selections and {runs} reports."
