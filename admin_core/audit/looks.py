"""A look at many rows that no request shows: an export that a job makes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.audit.reads import whose
from admin_core.audit.recording import Look
from admin_core.generator.ids import as_text
from admin_core.generator.people import people_of
from admin_core.generator.spec import ModelSpec
from admin_core.generator.subjects import way_of
from admin_core.machine import Machine
from schema.access_log import AccessKind


def look_at_rows(  # noqa: PLR0917 (the parts of one look)
    parts: Machine, session: Session, spec: ModelSpec, member_id: UUID, fields: Sequence[str], keys: Sequence[Any]
) -> None:
    """Write down that a member takes these rows out; nothing when no personal field of them is in clear."""
    if not fields or not keys:
        return
    way = way_of(spec)
    found = people_of(session, spec, list(keys)).values() if way else ()
    about = whose(parts.audit, way.kind, [as_text(each) for each in found if each is not None]) if way else {}
    look = Look(
        kind=AccessKind.EXPORT,
        model_key=spec.key,
        member_id=member_id,
        field_names=tuple(fields),
        row_count=len(keys),
        **about,
    )
    parts.audit.record_look(session, look)
