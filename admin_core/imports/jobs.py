"""Long imports: tried out, or carried out, by a worker with the rights of whoever asked, as they are when it runs.

What is carried out is done batch by batch, each with its checkpoint: a worker that dies leaves no row twice or half.
All batches belong to one change, whose id is the import's own.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_core.access.members import active_person
from admin_core.audit.entries import Entry
from admin_core.changes import rehearsal
from admin_core.changes.acting import Acting, acting
from admin_core.generator.context import Context
from admin_core.generator.errors import ScreenError
from admin_core.generator.forms.building import may_import
from admin_core.imports.decoding import Unreadable
from admin_core.imports.keeping import file_of, findings_of
from admin_core.imports.records import VERDICTS, Judged, Work, carry
from admin_core.imports.running import about_refusals, note_counts, note_end, reading_of, title_of, work_on
from admin_core.imports.tables import Row, records
from admin_core.imports.trying import BATCH, Tally, batches, reasons, refused_file, without_values
from admin_core.jobs.errors import JobFailed, LostLease, Stopped
from admin_core.jobs.run import Chunk, JobRun, Json
from admin_core.machine import Machine
from admin_core.policy import Person, PolicySession, Refused
from schema.audit import ActorKind, AuditCategory
from schema.changes import ChangeKind
from schema.imports import DataImport, ImportState
from schema.jobs import JobOutcome, OutcomeKind

CHECK, CARRY_OUT = "core.check-import", "core.carry-out-import"


def check_import(run: JobRun) -> str:
    """It is known what an import would do; nothing is written."""
    return guarded(run, checked, ImportState.UPLOADED)


def carry_out_import(run: JobRun) -> str:
    """The rows of a file are written, each once, and the refused ones are a file."""
    return guarded(run, carried_out, ImportState.FAILED)


def guarded(run: JobRun, work: Callable[[JobRun, DataImport], str], stopped: ImportState) -> str:
    """Do the work; what ends it for good is written down with where that leaves the import, for whoever waits."""
    imported = found(run)
    try:
        return work(run, imported)
    except (LostLease, Stopped):  # it goes on elsewhere, or later
        raise
    except (ScreenError, Refused, Unreadable) as error:
        fail(run, imported, stopped, error.sentence)
        raise JobFailed(error.sentence) from error
    except JobFailed as error:
        fail(run, imported, stopped, str(error))
        raise
    except Exception:
        fail(run, imported, stopped, "It stopped by a fault of ours. Look at the job.")  # until a further try succeeds
        raise


def found(run: JobRun) -> DataImport:
    """Return the import."""
    with run.transaction() as session:
        imported = session.get(DataImport, UUID(str(run.args["import"])))
    if imported is None:
        raise JobFailed("What was asked for is not known any more.")
    return imported


def fail(run: JobRun, imported: DataImport, state: ImportState, sentence: str) -> None:
    """Write that an import did not come to its end."""
    words = {"state": state, "error": sentence, "finished_at": datetime.now(UTC)}
    with run.transaction() as session:
        session.execute(update(DataImport).where(DataImport.id == imported.id).values(words))


def prepared(run: JobRun, imported: DataImport) -> tuple[Person, bytes]:
    """Return who asked, with today's rights, and the file; JobFailed when they may not any more."""
    with run.transaction() as session:
        person = active_person(session, imported.member_id)
        data = file_of(run.machine, session, imported)
    if person is None or not may_import(person, run.machine.registry.spec(imported.model_key)):
        raise JobFailed("Whoever asked for it may not import such records any more.")
    return person, data


def context(parts: Machine, session: PolicySession, person: Person) -> Context:
    """Return what the records are judged in."""
    return Context(session, person, parts.registry, parts.cipher, datetime.now(UTC), parts.actions)


# --- Trying out


def checked(run: JobRun, imported: DataImport) -> str:
    """Try all rows, batch by batch, and keep what was found."""
    person, data = prepared(run, imported)
    width, tally = len(reading_of(imported).columns), Tally()
    total = sum(1 for _ in records(data, width))
    work: Work | None = None
    for batch in batches(records(data, width)):
        run.pause_point()

        try:
            work, judged = rehearsal.rehearse(run.database.engine, person, trial(run, imported, person, work, batch))
        except rehearsal.Failed as failure:
            raise JobFailed(failure.sentence) from failure
        tally.add(judged)
        note_progress(run, sum(tally.counts.values()), total)

    def note(session: Session) -> Json:
        kept = session.get_one(DataImport, imported.id)
        note_end(run.machine, session, kept, tally, ImportState.CHECKED)
        return {**tally.counts}

    return told(run.step("note", note))


def trial(
    run: JobRun, imported: DataImport, person: Person, work: Work | None, rows: list[Row]
) -> Callable[[PolicySession], tuple[Work, list[Judged]]]:
    """Return the dry run of a batch; it knows what the batches before it have shown."""

    def deed(session: PolicySession) -> tuple[Work, list[Judged]]:
        ctx = context(run.machine, session, person)
        known = work or work_on(ctx, imported)
        return known, carry(ctx, known, rows)

    return deed


def note_progress(run: JobRun, done: int, total: int) -> None:
    """Let the page show how far it is."""
    with run.begun() as session:
        run.keep(session, run.progress(Chunk(done=done, total=total)))


def told(counts: Json) -> str:
    """Return what became of the rows, in a sentence."""
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS) + "."


# --- Carrying out


def carried_out(run: JobRun, imported: DataImport) -> str:
    """Write all rows, batch by batch."""
    person, data = prepared(run, imported)
    rows = Rows(data, len(reading_of(imported).columns))
    total = sum(count for count in (imported.new_rows, imported.changed_rows, imported.unchanged_rows) if count)
    total += imported.refused_rows or 0
    work: Work | None = None

    def batch_done(session: Session, at: Json) -> Chunk:
        nonlocal work
        some = rows.behind(int(at.get("row", 0)))
        with acting(answering(run, imported)), rehearsal.inside(session.connection(), person) as inner:
            ctx = context(run.machine, inner, person)
            work = work or work_on(ctx, imported)
            judged = carry(ctx, work, some)
            inner.commit()  # ends a savepoint
        counts = counted(at, judged)
        put_on_record(run, session, imported, person, judged)
        row = some[-1][0] if some else int(at.get("row", 0))
        done = sum(counts.values())
        return Chunk(at={"row": row, **counts}, done=done, total=max(total, done), is_last=len(some) < BATCH)

    run.chunks(batch_done)
    counts: dict[str, int] = {verdict: int(run.checkpoint["chunks"]["at"].get(verdict, 0)) for verdict in VERDICTS}
    end(run, imported, data, counts)
    return told(counts)


class Rows:
    """The rows of a file, in batches: a worker that goes on where another one died skips what is done."""

    def __init__(self, data: bytes, width: int) -> None:
        self.data, self.width = data, width
        self.at, self.left = 0, records(data, width)

    def behind(self, row: int) -> list[Row]:
        """Return the next batch behind a row."""
        if row < self.at:  # a batch was rolled back
            self.at, self.left = 0, records(self.data, self.width)
        batch: list[Row] = []
        for number, cells in self.left:
            self.at = number
            if number > row:
                batch.append((number, cells))
            if len(batch) == BATCH:
                break
        return batch


def answering(run: JobRun, imported: DataImport) -> Acting:
    """Return who answers for what is written: whoever asked; all batches are one change."""
    return Acting(
        id=imported.id,
        kind=ChangeKind.IMPORT,
        actor_kind=ActorKind.MEMBER,
        actor_id=imported.member_id,
        title=title_of(run.machine.registry.spec(imported.model_key)),
        action=f"{imported.model_key}.imported",
        job_id=run.id,
    )


def counted(at: Json, judged: list[Judged]) -> dict[str, int]:
    """Return how many rows came to what, this batch and those before it."""
    counts: dict[str, int] = {verdict: int(at.get(verdict, 0)) for verdict in VERDICTS}
    for one in judged:
        counts[one.verdict] += 1
    return counts


def put_on_record(run: JobRun, session: Session, imported: DataImport, person: Person, judged: list[Judged]) -> None:
    """Write into the transaction of a batch what it did: each refused row, and one entry of the audit log."""
    for one in judged:
        if one.verdict == "refused":
            message = without_values(reasons(one))
            run.outcome(session, one.number, OutcomeKind.REFUSED, message=message)
    written = sum(1 for one in judged if one.verdict in {"new", "changed"})
    if written:
        session.flush()
        run.machine.audit.record(session, entry_of(imported, person.id, written))


def entry_of(imported: DataImport, member_id: UUID, written: int) -> Entry:
    """Return the entry about records that were written; the file is named by its hash, the records by the change."""
    return Entry(
        category=AuditCategory.WRITE,
        action=f"{imported.model_key}.imported",
        actor_kind=ActorKind.MEMBER,
        actor_id=member_id,
        object_type=imported.model_key,
        object_key=f"file:{imported.file_sha256}",
        row_count=written,
        change_set_id=imported.id,
    )


def end(run: JobRun, imported: DataImport, data: bytes, counts: Mapping[str, int]) -> None:
    """Write the end, and the refused rows as a file."""
    headings = findings_of(run.machine.cipher, imported).headings
    refused = None
    if counts["refused"]:
        about = about_refusals(imported)

        def make() -> Iterator[bytes]:
            width = len(headings)
            with run.transaction() as session:
                outcomes = select(JobOutcome.position, JobOutcome.message).where(JobOutcome.job_id == run.id)
                why = {row.position: row.message for row in session.execute(outcomes)}
            cells = ((row, why[number] or "") for number, row in records(data, width) if number in why)
            yield refused_file(imported.source, headings, cells)  # type: ignore[arg-type]  # written by us alone

        refused = run.artifact("refused", about, make)

    def note(session: Session) -> Json:
        kept = session.get_one(DataImport, imported.id)
        note_counts(kept, {**counts})
        kept.state, kept.error, kept.finished_at = ImportState.DONE, None, datetime.now(UTC)
        kept.refused_id = refused
        return {}

    run.step("end", note)
