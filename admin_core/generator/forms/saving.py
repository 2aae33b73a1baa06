"""Writes drafts: only what changed, in a savepoint, so that a refusal becomes a sentence and nothing typed is lost.

The caller commits. Relationships are never assigned, so nothing is linked or unlinked behind anybody's back.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError

from admin_core.generator.context import Context
from admin_core.generator.forms.drafts import Draft
from admin_core.generator.forms.refusals import Refusal, refusal_of
from admin_core.generator.spec import ModelSpec


def write(ctx: Context, draft: Draft, given: Mapping[str, Any] | None = None) -> Any:
    """Return the written record; what the database refuses is put into the draft, and None returned."""
    if draft.mode == "edit" and not draft.changes:
        return draft.stored.record if draft.stored else None
    try:
        with ctx.session.begin_nested():
            record = draft.stored.record if draft.stored else draft.spec.model()
            set_by_page = {} if draft.stored else {**draft.given, **(given or {})}
            for key, value in {**set_by_page, **draft.changes}.items():
                setattr(record, key, as_stored(draft.spec, key, value))
            ctx.session.add(record)
            ctx.session.flush()
    except DBAPIError as error:
        note(draft, refusal_of(error, draft.spec), error)
        return None
    return record


def as_stored(spec: ModelSpec, key: str, value: Any) -> Any:
    """Return a value for the attribute: a JSON column would take None for the JSON word null."""
    return sa.null() if value is None and spec.columns[key].kind == "json" else value


def note(draft: Draft, refusal: Refusal | None, error: DBAPIError) -> None:
    """Put a refusal beside the fields it names; raise again what no other value would mend."""
    if refusal is None and isinstance(error, DataError):
        refusal = Refusal((), "The database can't read one of these values.")
    if refusal is None:
        raise error
    keys = [key for key in refusal.keys if key in draft.slots]
    for key in [key for key in keys if key in draft.changes] or keys:
        draft.wrong(key, refusal.sentence)
    if not keys:
        draft.general.append(refusal.sentence)
