"""Writes drafts: only what changed, in a savepoint, so that a refusal becomes a sentence and nothing typed is lost.

The caller commits. Relationships are never assigned, so nothing is linked or unlinked behind anybody's back.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError

from admin_core.generator.context import Context
from admin_core.generator.errors import NotFound
from admin_core.generator.forms.drafts import Draft, load_row
from admin_core.generator.forms.elsewhere import Deed, Outdated, Writer, writer_of
from admin_core.generator.forms.refusals import Refusal, refusal_of
from admin_core.generator.spec import ModelSpec
from schema.changes import RowOperation


def write(ctx: Context, draft: Draft, given: Mapping[str, Any] | None = None) -> Any:
    """Return the written record; what the database refuses is put into the draft, and None returned."""
    if draft.mode == "edit" and not draft.changes:
        return draft.stored.record if draft.stored else None
    if writer := writer_of(draft.spec):
        return write_elsewhere(ctx, draft, writer)
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


def write_elsewhere(ctx: Context, draft: Draft, writer: Writer) -> Any:
    """Return the row as another database has it now; it is written when this returns, whatever becomes of ours."""
    try:
        key = writer.carry_out(deed_of(ctx, draft))
    except Outdated as outdated:
        draft.general.append(outdated.sentence)
        return None
    except DBAPIError as error:
        note(draft, refusal_of(error, draft.spec), error)
        return None
    written = load_row(ctx, draft.spec, key, lock=False)
    if written is None:
        raise NotFound("It was written, but the other database does not show it.", "A rule there may hide or move it.")
    return written.record


def deed_of(ctx: Context, draft: Draft) -> Deed:
    """Return what is asked of another database."""
    stored, spec = draft.stored, draft.spec
    if stored is None:
        return Deed(spec, RowOperation.INSERT, ctx.person.id, after={**draft.given, **draft.changes})
    key = [getattr(stored.record, name) for name in spec.primary_key]
    before = {name: stored.values.get(name) for name in draft.changes}
    return Deed(spec, RowOperation.UPDATE, ctx.person.id, key, stored.stamp, before, draft.changes)


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
