"""What becomes of our rows when theirs are gone, which only a reading of all rows can tell.

When far more are gone than usual, their table was emptied or hides its rows from us: then nothing is touched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from admin_core.sources import keeping
from admin_core.sources.keeping import AS_IT_IS
from admin_core.sources.taking import Taking
from admin_core.sources.values import value_of
from admin_core.sources.writing import write
from schema.sources import SourceLink, SourceRun

GONE = "gone"
"""Digest of a row that is gone over there and was changed here for that; when it comes back, it has another."""
STAYS = "It is gone over there and stays here."


class TooManyGone(Exception):
    """More rows are gone than the mapping says can be; nothing was touched."""


@dataclass(frozen=True)
class Leaving:
    """A row of ours whose row over there is gone."""

    key: str
    target: UUID
    deed: str
    values: Mapping[str, Any] = field(default_factory=dict)


def require_few(session: Session, taking: Taking) -> None:
    """Raise TooManyGone unless as many are still there as the mapping says."""
    known = (SourceLink.mapping_id == taking.id) & (SourceLink.digest != GONE)
    count = func.count()
    total, gone = session.execute(select(count, count.filter(is_gone(taking))).where(known)).one()
    most = taking.feed.most_gone_percent
    if gone * 100 > total * most:
        raise TooManyGone(
            f"{gone} of {total} rows are gone over there, more than {most} %, so ours were left as they are."
            " If that is right, raise most_gone_percent."
        )


def is_gone(taking: Taking) -> ColumnElement[bool]:
    """Return whether a link's row was not met by this reading."""
    began = select(SourceRun.started_at).where(SourceRun.id == taking.run_id).scalar_subquery()
    return (SourceLink.read_at < began) & (SourceLink.digest != GONE)


def leave(session: Session, taking: Taking, after: str, size: int) -> tuple[str, int]:
    """Do what the mapping says to the next rows that are gone; return the last key, empty at the end, and how many."""
    mine = (SourceLink.mapping_id == taking.id, SourceLink.source_key > after, is_gone(taking))
    links = session.scalars(select(SourceLink).where(*mine).order_by(SourceLink.source_key).limit(size)).all()
    if not links:
        return "", 0
    shared = shared_targets(session, taking, [link.target_id for link in links])
    rows = [leaving(taking, link.source_key, link.target_id) for link in links if link.target_id not in shared]
    done, refused = write(session, taking.spec, rows)
    keeping.refuse(
        session, taking.id, taking.run_id, [replace(each, reason=f"{STAYS} {each.reason}") for each in refused]
    )
    forget(session, taking, {row.key for row in done} | {link.source_key for link in links if link.target_id in shared})
    return links[-1].source_key, len(done)


def leaving(taking: Taking, key: str, target: UUID) -> Leaving:
    """Return what is done to a row."""
    wanted = taking.feed.gone
    if not isinstance(wanted, Mapping):
        return Leaving(key, target, "delete")
    columns = taking.spec.columns
    values = {ours: value_of(columns[ours], AS_IT_IS, value, taking.feed.zone) for ours, value in wanted.items()}
    return Leaving(key, target, "update", values)


def shared_targets(session: Session, taking: Taking, targets: Sequence[UUID]) -> set[UUID]:
    """Return the rows of ours that another row of theirs stands behind, too: another generation's, usually."""
    own, other = SourceLink, aliased(SourceLink)
    wanted = select(other.target_id).where(other.target_id.in_(targets), other.digest != GONE)
    unmet = select(own.id).where(own.mapping_id == taking.id, is_gone(taking))
    return set(session.scalars(wanted.where(other.id.not_in(unmet))))


def forget(session: Session, taking: Taking, keys: set[str]) -> None:
    """Forget the links of rows that were deleted; of those that were changed remember that they are gone."""
    mine = (SourceLink.mapping_id == taking.id, SourceLink.source_key.in_(sorted(keys)))
    if taking.feed.gone == "delete":
        keeping.execute(session, delete(SourceLink).where(*mine))
    else:
        keeping.execute(session, update(SourceLink).where(*mine).values(digest=GONE))
