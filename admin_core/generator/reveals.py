"""Which masked values of a record a person sees in clear just now. How they come to: ``revealing``."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from admin_core.generator.context import Context
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import may_reveal
from schema.access_log import Reveal

LASTS = timedelta(minutes=10)
LONGEST_KEY = 200


def revealed(ctx: Context, spec: ModelSpec, columns: Iterable[ColumnSpec], record: str) -> Mapping[str, datetime]:
    """Return until when the person sees which masked columns of a record; asks only where they may reveal any."""
    able = {column.key for column in columns if may_reveal(ctx.person, column)}
    if not able or ctx.person.seeing is not None:  # what somebody revealed is for their own eyes
        return {}
    mine = (Reveal.member_id == ctx.person.id, Reveal.until > ctx.now)
    here = (Reveal.model_key == spec.key, Reveal.record_key == short_key(record))
    found = ctx.session.execute(sa.select(Reveal.column_key, Reveal.until).where(*mine, *here))
    return {column: until for column, until in found if column in able}


def short_key(record: str) -> str:
    """Return a record's id as it is kept: a long one as its hash."""
    return record if len(record) <= LONGEST_KEY else hashlib.sha256(record.encode()).hexdigest()


def masks_again(until: datetime | None, url: str) -> dict[str, str]:
    """Return the header that loads a page anew when a revealed value on it is to be masked again.

    It names the page: to its own address with a fragment, where a reveal leads, a browser only scrolls.
    """
    if until is None:
        return {}
    seconds = max(1, int((until - datetime.now(UTC)).total_seconds()) + 1)
    return {"Refresh": f"{seconds}; url={url}"}
