"""Tries an import out, or carries it out, within a request: for files of a few rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.artifacts.making import NewFile, Placed, write_row
from admin_core.artifacts.places import place_for_new
from admin_core.artifacts.storage import new_key
from admin_core.changes.rehearsal import rehearse
from admin_core.generator.context import Context
from admin_core.generator.spec import ModelSpec
from admin_core.imports.keeping import Box, findings_of, keep_findings
from admin_core.imports.mapping import Reading
from admin_core.imports.records import Work, carry
from admin_core.imports.tables import Source, first, records
from admin_core.imports.trying import Tally, batches, refused_file, refused_format
from admin_core.machine import Machine
from admin_core.policy import PolicySession
from admin_core.theme.formats import in_sentence
from schema.imports import DataImport, ImportState

AT_ONCE = 200
"""Rows that a request works through; more are a job."""


def is_short(data: bytes, width: int) -> bool:
    """Return whether a file has so few rows that a page can wait for it."""
    return len(first(records(data, width), AT_ONCE + 1)) <= AT_ONCE


def title_of(spec: ModelSpec) -> str:
    """Return what the change of an import is called."""
    return f"Imported {in_sentence(spec.plural)}"


def reading_of(imported: DataImport) -> Reading:
    """Return how the file is read in."""
    assert imported.reading is not None  # chosen before anything is tried
    return Reading.from_json(imported.reading)


def work_on(ctx: Context, imported: DataImport) -> Work:
    """Return the work of a person on an import."""
    source: Source = imported.source  # type: ignore[assignment]  # written by us alone
    return Work.of(ctx, reading_of(imported), source, imported.model_key)


def tried_out(parts: Machine, ctx: Context, imported: DataImport, data: bytes) -> Tally:
    """Return what would become of all rows; Failed when it can't be tried now. Nothing is written."""

    def deed(session: PolicySession) -> Tally:
        return gone_through(replace(ctx, session=session), imported, data)

    return rehearse(parts.database.engine, ctx.person, deed)


def gone_through(ctx: Context, imported: DataImport, data: bytes) -> Tally:
    """Write all rows that can be written, in the session of ``ctx``; return what became of each."""
    work, tally = work_on(ctx, imported), Tally()
    for batch in batches(records(data, len(work.reading.columns))):
        tally.add(carry(ctx, work, batch))
    return tally


def note_counts(imported: DataImport, counts: dict[str, int]) -> None:
    """Write how many rows came to what."""
    imported.new_rows, imported.changed_rows = counts["new"], counts["changed"]
    imported.unchanged_rows, imported.refused_rows = counts["unchanged"], counts["refused"]


def note_end(parts: Machine, session: Session, imported: DataImport, tally: Tally, state: ImportState) -> None:
    """Write what was found, and the file of refused rows."""
    found = findings_of(parts.cipher, imported)
    keep_findings(imported, Box.of(parts.cipher, imported), tally.findings(found))
    note_counts(imported, {**tally.counts})
    imported.state, imported.error = state, None
    imported.finished_at = datetime.now(UTC) if state is ImportState.DONE else None
    imported.refused_id = kept_refusals(parts, session, imported, found.headings, tally) if tally.refused else None


def about_refusals(imported: DataImport) -> NewFile:
    """Return what the file of refused rows is called."""
    source: Source = imported.source  # type: ignore[assignment]  # written by us alone
    form = refused_format(source)
    name = f"{imported.model_key}-refused.{form.ending}"
    return NewFile(name=name, kind="refused", media_type=form.media_type, owner_id=imported.member_id)


def kept_refusals(
    parts: Machine, session: Session, imported: DataImport, headings: Sequence[str], tally: Tally
) -> UUID:
    """Keep the refused rows as a file for whoever uploaded them; return its id."""
    source: Source = imported.source  # type: ignore[assignment]  # written by us alone
    about, storage, location = about_refusals(imported), place_for_new(parts.settings), new_key()
    stored = storage.put(location, [refused_file(source, headings, tally.refused)])
    return write_row(session, None, about, Placed(storage.name, location, stored))
