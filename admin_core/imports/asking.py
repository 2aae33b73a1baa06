"""One import from the upload to its end: what each step needs, checks and writes. The pages commit."""

import hashlib
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.changes.acting import describe
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.forms.building import may_import
from admin_core.generator.forms.elsewhere import refuse_many
from admin_core.generator.spec import ModelSpec
from admin_core.imports.actions import require_checked, require_not_begun, rows_to_write
from admin_core.imports.decoding import Unreadable
from admin_core.imports.keeping import Box, Findings, file_of, findings_of, keep_file, keep_findings
from admin_core.imports.mapping import Reading
from admin_core.imports.running import gone_through, is_short, note_end, title_of, tried_out
from admin_core.imports.section import MB, alone_rows, most_bytes
from admin_core.imports.tables import Shape, first, records, shape_of, too_wide
from admin_core.machine import Machine
from admin_core.policy import Refused
from admin_core.theme.formats import in_sentence, number
from schema.changes import ChangeKind
from schema.imports import DataImport, ImportState

FIRST_ROWS, SHOWN = 3, 60
"""Rows and characters of them that the mapping page shows."""


def require_import(ctx: Context, spec: ModelSpec) -> None:
    """Raise Refused or BadRequest unless the person may import such records."""
    refuse_many(spec)
    if spec.writes != "forms":
        raise BadRequest(f"{spec.plural} are not written by files.", spec.options.written_by)
    if not may_import(ctx.person, spec):
        sentence = (
            f"You may not import {in_sentence(spec.plural)}. It takes the rights to import, and to add or edit them."
        )
        raise Refused(sentence, f"data:{spec.key}:import")


def own_import(ctx: Context, import_id: UUID, *, lock: bool = False) -> DataImport:
    """Return an import of the person's own; NotFound for those of others, as for none."""
    query = select(DataImport).where(DataImport.id == import_id, DataImport.member_id == ctx.person.own_id)
    found = ctx.session.scalar(query.with_for_update(of=DataImport) if lock else query)
    if found is None or found.model_key not in ctx.registry:
        raise NotFound("There is no such import.", "It may be somebody else's.")
    require_import(ctx, ctx.registry.spec(found.model_key))
    return found


# --- Upload


def uploaded(parts: Machine, ctx: Context, spec: ModelSpec, data: bytes) -> DataImport:
    """Keep an uploaded file; Unreadable says what is wrong with it."""
    most = most_bytes(ctx.session, parts.cipher)
    if not data:
        raise Unreadable("Choose a file: CSV, Excel workbook (.xlsx) or JSON lines.")
    if len(data) > most:
        raise Unreadable(f"The file has more than {most // MB} MB. Split it, or ask an Owner to allow larger ones.")
    shape = shape_of(data)
    if wide := too_wide(data, len(shape.headings)):
        raise Unreadable(f"Row {wide} has more cells than there are headings. Look for a separator too many.")
    box = Box.new()
    imported = DataImport(
        id=uuid7(),
        model_key=spec.key,
        source=shape.source,
        said=shape.said,
        size_bytes=len(data),
        file_sha256=hashlib.sha256(data).hexdigest(),
        member_id=ctx.person.id,
        file_key=box.sealed_key(parts.cipher),
    )
    keep_findings(imported, box, Findings(shape.headings, beginning(data, shape)))
    keep_file(parts, ctx.session, imported, box, data)
    ctx.session.add(imported)
    ctx.session.flush()
    return imported


def beginning(data: bytes, shape: Shape) -> tuple[tuple[str, ...], ...]:
    """Return the first rows as text, for whoever maps the columns."""
    rows = first(records(data, len(shape.headings)), FIRST_ROWS)
    return tuple(tuple("" if cell is None else str(cell)[:SHOWN] for cell in cells) for _, cells in rows)


def remembered(ctx: Context, imported: DataImport, headings: tuple[str, ...]) -> dict[str, str]:
    """Return which field each heading filled the last time this person read in a file with the same headings."""
    query = select(DataImport).where(
        DataImport.member_id == imported.member_id,
        DataImport.model_key == imported.model_key,
        DataImport.reading.is_not(None),
        DataImport.id != imported.id,
    )
    for earlier in ctx.session.scalars(query.order_by(DataImport.created_at.desc()).limit(5)):
        try:
            known = findings_of(ctx.cipher, earlier).headings
        except NotFound:
            continue
        if known == headings and earlier.reading:
            return dict(zip(known, Reading.from_json(earlier.reading).columns, strict=True))
    return {}


# --- Try, and carry out


def check(parts: Machine, ctx: Context, imported: DataImport, reading: Reading) -> bool:
    """Try the import out as it is to be read; False when that is a job's work, which the caller asks for."""
    require_not_begun(imported)
    data = file_of(parts, ctx.session, imported)
    imported.reading = reading.as_json()
    imported.new_rows = imported.changed_rows = imported.unchanged_rows = imported.refused_rows = None
    ctx.session.flush()
    if not is_short(data, len(reading.columns)):
        imported.state = ImportState.CHECKING
        return False
    note_end(parts, ctx.session, imported, tried_out(parts, ctx, imported, data), ImportState.CHECKED)
    return True


def why_two(parts: Machine, session: Session, imported: DataImport) -> str:
    """Return why a second person has to approve the import; empty when it needs none."""
    limit, rows = alone_rows(session, parts.cipher), rows_to_write(imported)
    if limit is None or rows <= limit:
        return ""
    return f"It writes {number(rows)} rows; one person alone may import {number(limit)}."


def carry_out(parts: Machine, ctx: Context, imported: DataImport) -> bool:
    """Carry the import out; False when that is a job's work, which the caller asks for."""
    require_checked(imported)
    data = file_of(parts, ctx.session, imported)
    width = len(Reading.from_json(imported.reading or {}).columns)
    if not is_short(data, width):
        imported.state = ImportState.RUNNING
        return False
    words = {"title": title_of(ctx.registry.spec(imported.model_key)), "action": f"{imported.model_key}.imported"}
    describe(id=imported.id, kind=ChangeKind.IMPORT, **words)
    note_end(parts, ctx.session, imported, gone_through(ctx, imported, data), ImportState.DONE)
    return True
