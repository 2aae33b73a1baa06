"""Reports of the log as files: asked for on a page, made by a job, downloaded by who asked and who may."""

import io
import tempfile
from collections.abc import Collection, Iterator, Mapping
from typing import IO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.access.members import active_person
from admin_core.artifacts.making import NewFile
from admin_core.audit.entries import Entry
from admin_core.audit.filters import READERS, Filter, read_filter
from admin_core.audit.pdf import pdf_of
from admin_core.audit.proving import PERSONAL, Wanted, export_jsonl, snapshot, write_csv
from admin_core.audit.summary import summarised
from admin_core.audit.tables import ENTRIES
from admin_core.database import Database
from admin_core.generator.history import sees_colleagues
from admin_core.generator.registry import Registry
from admin_core.jobs.arguments import Argument
from admin_core.jobs.errors import JobFailed
from admin_core.jobs.run import JobRun, Json
from admin_core.policy import Person, sees
from admin_core.theme.formats import number
from schema.audit import ActorKind, AuditCategory
from schema.jobs import Job

JOB = "core.audit-report"
PERMISSION = "core:audit:report"
MEDIA = {"pdf": "application/pdf", "csv": "text/csv", "jsonl": "application/x-ndjson"}
LABELS = {
    "pdf": "PDF: a summary to sign off",
    "csv": "CSV: for a spreadsheet",
    "jsonl": "JSONL: each entry with its proof",
}
NAMES = "names"
"""Those of members, in a summary."""
SHOWN: Mapping[str, frozenset[str]] = {"pdf": frozenset({NAMES}), "csv": frozenset(PERSONAL), "jsonl": frozenset()}
"""What of people each form holds, for who may see it in clear."""
EXPORTED = "audit.exported"
PIECE = 65_536


def arguments(form: str, wanted: Filter) -> dict[str, Argument]:
    """Return what the job is told. Not what may be shown: the job asks for the rights of whoever asked."""
    return {"form": form, **wanted.words()}


def make_report(run: JobRun) -> str:
    """The report is a file, and the log tells that it was taken along."""
    form, wanted = str(run.args["form"]), wanted_in(run.args)
    with run.transaction() as session:
        clear = sight(run.machine.registry, asking(session, run.id)) & SHOWN[form]

    def make() -> Iterator[bytes]:
        with tempfile.TemporaryFile("w+b") as file:
            count = write_report(run.database, form, wanted, file, (run.settings.product_name, clear))
            with run.transaction() as session:  # before the first byte is stored
                run.machine.audit.record(session, exported(count, "jobs", str(run.id)))
            file.seek(0)
            while piece := file.read(PIECE):
                yield piece

    run.artifact("report", about_file(form, wanted.more, clear), make)
    with run.transaction() as session:
        return f"{number(taken(session, run.id))} entries."


def wanted_in(args: Json) -> Wanted:
    """Return which entries the job is about; JobFailed rather than more than was asked for."""
    read = read_filter({name: str(value) for name, value in args.items() if name in READERS})
    if read.errors:
        raise JobFailed(f"What was asked for can't be read: {', '.join(sorted(read.errors))}.")
    return Wanted(more=read.wanted)


def asking(session: Session, job: UUID) -> Person | None:
    """Return who asked for a job, with today's rights; None: nobody of the team. JobFailed when they may not."""
    actor = session.scalar(select(Job.actor_id).where(Job.id == job))
    if actor is None:
        return None
    person = active_person(session, actor)
    if person is None or not person.has(PERMISSION):
        raise JobFailed("Whoever asked for it may not take reports of the audit log along any more.")
    return person


def sight(registry: Registry, person: Person | None) -> frozenset[str]:
    """Return what of a report a person may see in clear; nothing for the command line."""
    if person is None:
        return frozenset()
    columns = registry.spec("audit_entries").columns
    seen = {name for name in PERSONAL if sees(person, columns[name]) == "clear"}
    return frozenset(seen | {NAMES}) if sees_colleagues(person) else frozenset(seen)


def about_file(form: str, wanted: Filter, clear: Collection[str]) -> NewFile:
    """Return what the file is: only who asked for it may fetch one that holds something in clear."""
    period = "-".join(str(day) for day in (wanted.since, wanted.until) if day) or "all"
    permission = "" if clear else PERMISSION
    return NewFile(name=f"audit-{period}.{form}", kind="report", media_type=MEDIA[form], permission=permission)


def taken(session: Session, job: UUID) -> int:
    """Return how many entries a job took along, as the log tells it."""
    mine = (ENTRIES.c.object_type == "jobs", ENTRIES.c.object_key == str(job), ENTRIES.c.action == EXPORTED)
    newest = select(ENTRIES.c.row_count).where(*mine).order_by(ENTRIES.c.occurred_at.desc()).limit(1)
    return session.connection().scalar(newest) or 0


def write_report(
    database: Database, form: str, wanted: Wanted, file: IO[bytes], how: tuple[str, Collection[str]]
) -> int:
    """Write the report and return its entries. ``how``: the product's name, and what is shown in clear."""
    product, clear = how
    if form == "pdf":
        with snapshot(database) as connection:
            summary = summarised(connection, wanted, names=NAMES in clear)
        file.write(pdf_of(summary, product))
        return summary.entries
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    try:
        if form == "csv":
            return write_csv(database, wanted, text, clear=clear)
        return export_jsonl(database, wanted, text)
    finally:
        text.detach()


def exported(rows: int, object_type: str, object_key: str | None) -> Entry:
    """Return the entry that tells of entries taken along."""
    return Entry(
        category=AuditCategory.EXPORT,
        action=EXPORTED,
        actor_kind=ActorKind.SYSTEM,
        actor_key=JOB if object_key else "command-line",
        object_type=object_type,
        object_key=object_key,
        row_count=rows,
    )
