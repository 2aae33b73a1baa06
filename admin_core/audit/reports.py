"""Reports of the log as files: asked for on a page, made by a job, downloaded by who asked and who may."""

import io
import tempfile
from collections.abc import Iterator
from typing import IO

from sqlalchemy.orm import Session

from admin_core.artifacts.making import NewFile
from admin_core.audit.entries import Entry
from admin_core.audit.filters import Filter, read_filter
from admin_core.audit.pdf import pdf_of
from admin_core.audit.proving import Wanted, export_jsonl, snapshot, write_csv
from admin_core.audit.summary import summarised
from admin_core.database import Database
from admin_core.jobs.arguments import Argument
from admin_core.jobs.run import JobRun, Json
from schema.audit import ActorKind, AuditCategory

JOB = "core.audit-report"
PERMISSION = "core:audit:report"
MEDIA = {"pdf": "application/pdf", "csv": "text/csv", "jsonl": "application/x-ndjson"}
LABELS = {
    "pdf": "PDF: a summary to sign off",
    "csv": "CSV: for a spreadsheet",
    "jsonl": "JSONL: each entry with its proof",
}
PIECE = 65_536


def arguments(form: str, wanted: Filter, *, clear: bool) -> dict[str, Argument]:
    """Return what the job is told; ``clear``: whoever asks sees reasons and addresses."""
    return {"form": form, "clear": clear, **wanted.words()}


def make_report(run: JobRun) -> str:
    """The report is a file, and the log tells that it was taken along."""
    form, clear = str(run.args["form"]), bool(run.args["clear"])
    given = {name: value for name, value in run.args.items() if name not in {"form", "clear"}}
    wanted = Wanted(more=read_filter({name: str(value) for name, value in given.items()}).wanted)
    counted: list[int] = []

    def make() -> Iterator[bytes]:
        with tempfile.TemporaryFile("w+b") as file:
            counted.append(write_report(run.database, form, wanted, file, (run.settings.product_name, clear)))
            file.seek(0)
            while piece := file.read(PIECE):
                yield piece

    period = "-".join(given[name] for name in ("since", "until") if name in given) or "all"
    about = NewFile(name=f"audit-{period}.{form}", kind="report", media_type=MEDIA[form], permission=PERMISSION)
    file_id = run.artifact("report", about, make)

    def note(session: Session) -> Json:
        entry = exported(counted[0] if counted else 0, "jobs", str(run.id))
        run.machine.audit.record(session, entry)
        return {"entries": entry.row_count, "file": str(file_id)}

    return f"{run.step('note', note)['entries']} entries."


def write_report(database: Database, form: str, wanted: Wanted, file: IO[bytes], how: tuple[str, bool]) -> int:
    """Write the report and return its entries. ``how``: the product's name, and whether reasons are shown."""
    product, clear = how
    if form == "pdf":
        with snapshot(database) as connection:
            summary = summarised(connection, wanted)
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
        action="audit.exported",
        actor_kind=ActorKind.SYSTEM,
        actor_key=JOB if object_key else "command-line",
        object_type=object_type,
        object_key=object_key,
        row_count=rows,
    )
