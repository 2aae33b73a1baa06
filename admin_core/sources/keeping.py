"""The rows beside the data: which row of theirs became which of ours, and which were refused and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, String, any_, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.sources.mapping import Drawn
from schema.sources import SourceLink, SourceReject

AS_IT_IS = Drawn()
"""A value that is ours already."""


@dataclass(frozen=True)
class Refusal:
    """A row of theirs that is not taken."""

    key: str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """Those that are at fault."""
    digest: str | None = None
    """Of their row, as it is now."""


def link(session: Session, mapping_id: UUID, taken: Sequence[tuple[str, UUID, str]]) -> None:
    """Remember which row of ours each became, and how it was."""
    if not taken:
        return
    rows = [
        {"id": uuid7(), "mapping_id": mapping_id, "source_key": key, "target_id": target, "digest": digest}
        for key, target, digest in taken
    ]
    new = insert(SourceLink).values(rows)
    changed = {"target_id": new.excluded.target_id, "digest": new.excluded.digest, "read_at": func.now()}
    session.execute(new.on_conflict_do_update(index_elements=["mapping_id", "source_key"], set_=changed))


def seen(session: Session, mapping_id: UUID, keys: Sequence[str]) -> None:
    """Remember that rows are still there."""
    if keys:
        mine = (SourceLink.mapping_id == mapping_id, among(SourceLink.source_key, keys))
        execute(session, update(SourceLink).where(*mine).values(read_at=func.now()))


def resolve(session: Session, mapping_id: UUID, keys: Sequence[str]) -> None:
    """Remember that rows which were refused are not any more."""
    if keys:
        mine = (SourceReject.mapping_id == mapping_id, among(SourceReject.source_key, keys))
        is_open = SourceReject.resolved_at.is_(None)
        execute(session, update(SourceReject).where(*mine, is_open).values(resolved_at=func.now()))


def without_aside(session: Session, mapping_id: UUID, refusals: Sequence[Refusal]) -> list[Refusal]:
    """Return the refusals that somebody has to look at: not those set aside whose row is still the same."""
    keys = [each.key for each in refusals if each.digest]
    if not keys:
        return list(refusals)
    aside = (SourceReject.aside_reason.is_not(None), SourceReject.mapping_id == mapping_id)
    wanted = select(SourceReject.source_key, SourceReject.row_digest).where(*aside, SourceReject.source_key.in_(keys))
    known = {(key, digest) for key, digest in session.execute(wanted)}
    return [each for each in refusals if (each.key, each.digest) not in known]


def refuse(session: Session, mapping_id: UUID, run_id: UUID, refusals: Sequence[Refusal]) -> None:
    """Keep refused rows with the reason; one that was refused before has the newest, and is counted."""
    if not refusals:
        return
    rows = [
        {
            "id": uuid7(),
            "mapping_id": mapping_id,
            "run_id": run_id,
            "source_key": each.key,
            "reason": each.reason,
            "payload": dict(each.values),
            "row_digest": each.digest,
        }
        for each in refusals
    ]
    new = insert(SourceReject).values(rows)
    changed = {
        "run_id": new.excluded.run_id,
        "reason": new.excluded.reason,
        "payload": new.excluded.payload,
        "row_digest": new.excluded.row_digest,
        "times": SourceReject.times + 1,
    }
    session.execute(
        new.on_conflict_do_update(
            index_elements=["mapping_id", "source_key"],
            index_where=SourceReject.resolved_at.is_(None),
            set_=changed,
        )
    )


def among(column: Any, keys: Iterable[str]) -> ColumnElement[bool]:
    """Return whether a key is one of these. They travel as one array: 500 parameters take longer than the statement."""
    found: ColumnElement[bool] = column == any_(literal(list(keys), ARRAY(String)))
    return found


def execute(session: Session, statement: Any) -> None:
    """Run an UPDATE whose rows are not among the session's objects."""
    session.execute(statement, execution_options={"synchronize_session": False})
