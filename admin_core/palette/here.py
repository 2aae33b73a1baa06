"""What can be done with the record whose page is open: the actions its page offers, edit, delete, history."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from admin_core.generator import urls
from admin_core.generator.action_buttons import buttons
from admin_core.generator.context import Context
from admin_core.generator.ids import decode_key, key_criteria
from admin_core.generator.spec import ModelSpec
from admin_core.palette.entries import Entry
from admin_core.palette.recent import Place
from admin_core.policy import limit, may


def here(ctx: Context, place: Place, words: str) -> Iterator[Entry]:
    """Yield what the person may do with the record now and what is called so; one statement, and none for nobody."""
    spec = ctx.registry.spec(place.model)
    for entry in (*of_actions(ctx, spec, place), *of_forms(ctx, spec, place)):
        if words.lower() in entry.label.lower():
            yield entry


def of_actions(ctx: Context, spec: ModelSpec, place: Place) -> Iterator[Entry]:
    """Yield the actions that apply to the record. Nothing of it is shown, so nobody reads it."""
    offered = [o for o in ctx.actions.by_model.get(spec.key, ()) if ctx.person.has(o.action.permission)]
    values = decode_key(spec, place.record) if offered else None
    if values is None:
        return
    shown = [getattr(spec.model, column.key) for column in spec.columns.values() if column.pii != "secret"]
    statement = sa.select(spec.model).where(*key_criteria(spec, values)).options(load_only(*shown))
    record = ctx.session.scalars(limit(statement, ctx.person, spec)).unique().one_or_none()
    for button in buttons(ctx, spec, record) if record is not None else ():
        yield Entry(button.label, button.url, "asks first" if button.dangerous else "", button.icon)


def of_forms(ctx: Context, spec: ModelSpec, place: Place) -> Iterator[Entry]:
    """Yield the generated forms of the record, and its history."""
    if spec.writes == "forms" and may(ctx.person, "edit", spec):
        yield Entry(f"Edit this {spec.label.lower()}", urls.edit_url(spec.key, place.record), "e", "pencil")
    if spec.writes == "forms" and may(ctx.person, "delete", spec):
        yield Entry(f"Delete this {spec.label.lower()}", urls.delete_url(spec.key, place.record), "asks first", "trash")
    if spec.options.capture == "row":
        yield Entry("Its history", urls.history_url(spec.key, place.record), "", "history")
