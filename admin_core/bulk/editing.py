"""The same values in chosen fields of many rows: typed once, judged row by row as a form does, written together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from admin_core.approvals.many import EDIT
from admin_core.bulk.deeds import Handled, keys_of, refused_by_database, why_left
from admin_core.bulk.selections import Row
from admin_core.generator.context import Context
from admin_core.generator.forms.building import plan_of, slots_for
from admin_core.generator.forms.drafts import Draft, Stored, load_rows, read_typed, read_value
from admin_core.generator.forms.elsewhere import refuse_many
from admin_core.generator.forms.fields import Formdata, Slot, bound_fields, name_of
from admin_core.generator.forms.judging import judge_checks, judge_reference, judge_unique
from admin_core.generator.forms.pages import allow, take_searches
from admin_core.generator.forms.saving import as_stored
from admin_core.generator.forms.versions import Seen
from admin_core.generator.labels import has_key
from admin_core.generator.spec import ModelSpec
from admin_core.policy import Refused
from admin_core.theme.formats import in_sentence
from schema.jobs import OutcomeKind

SAME = "It had these values already."
BATCH = 250


@dataclass(frozen=True)
class Edit:
    """An edit of many rows."""

    spec: ModelSpec
    values: Mapping[str, str]
    """Typed text by column; empty clears."""
    take_changed: bool = False
    action: ClassVar[str] = EDIT
    batch: ClassVar[int] = BATCH
    undoable: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """What it does."""
        return f"Edit {in_sentence(self.spec.plural)}"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What was typed."""
        return {"values": dict(self.values), "take": self.take_changed}

    def require(self, ctx: Context) -> None:
        """Raise unless this person may edit these fields of such rows in a form."""
        allow(ctx, self.spec, "edit")
        refuse_many(self.spec)
        if lost := self.values.keys() - offered(ctx, self.spec).keys():
            labels = ", ".join(self.spec.columns[key].label for key in sorted(lost) if key in self.spec.columns)
            raise Refused(f"You may not edit this at once: {labels or 'a field that is gone'}.", "pii:*:read")

    def handle(self, ctx: Context, rows: Sequence[Row]) -> list[Handled]:
        """Write the values into these rows, as far as each row's own form would."""
        typed = typed_draft(ctx, self.spec, self.values)
        if not typed.ok:
            return [Handled(row, OutcomeKind.REFUSED, said(typed)) for row in rows]
        criteria = [has_key(self.spec, keys_of(self.spec, rows))]
        found = {each.id: each for each in load_rows(ctx, self.spec, criteria, lock=True, bound=len(rows))}
        judged = [self.judged(ctx, typed, row, found.get(row.record)) for row in rows]
        return written(ctx, self.spec, typed.changes, judged)

    def judged(self, ctx: Context, typed: Draft, row: Row, stored: Stored | None) -> Handled:
        """Return what would become of one row."""
        if why := why_left(self, row, stored.stamp if stored else None):
            return Handled(row, OutcomeKind.REFUSED, why)
        assert stored is not None  # why_left says so
        draft = Draft(self.spec, "edit", typed.plan, typed.slots, typed.fields, stored=stored, seen=Seen(stored.stamp))
        read_typed(draft, MultiDict())
        if not draft.changes:
            return Handled(row, OutcomeKind.SKIPPED, SAME)
        judge_checks(draft)
        for unique in draft.plan.rules.uniques if draft.ok else ():
            judge_unique(ctx, draft, unique)
        return Handled(row, OutcomeKind.DONE) if draft.ok else Handled(row, OutcomeKind.REFUSED, said(draft))


def offered(ctx: Context, spec: ModelSpec) -> dict[str, Slot]:
    """Return the fields that may be set for many rows: those of the form, without secrets and what is unique."""
    plan = plan_of(spec, "edit", ctx.registry)
    alone = {unique.keys[0] for unique in plan.rules.uniques if len(unique.keys) == 1}
    slots = slots_for(ctx.person, plan, "edit").items()
    return {key: slot for key, slot in slots if not slot.write_only and key not in alone}


def typed_draft(ctx: Context, spec: ModelSpec, values: Mapping[str, str], formdata: Formdata | None = None) -> Draft:
    """Return what was typed, read and judged as far as no row is needed for it."""
    plan, known = plan_of(spec, "edit", ctx.registry), offered(ctx, spec)
    slots = {key: known[key] for key in values if key in known}
    sent = MultiDict([(name_of(key), values[key]) for key in slots])
    draft = Draft(spec, "edit", plan, slots, bound_fields(slots.values(), "", sent, {}))
    take_searches(ctx, draft, formdata or MultiDict())
    for key, slot in slots.items():
        read_value(draft, slot, draft.fields[key].text)
        if key in draft.changes and slot.reference:
            judge_reference(ctx, draft, slot)
    return draft


def said(draft: Draft) -> str:
    """Return what is wrong, in one line."""
    beside = [f"{draft.slots[key].column.label}: {text}" for key, texts in draft.errors.items() for text in texts]
    return " ".join([*beside, *draft.general])


def written(ctx: Context, spec: ModelSpec, changes: Mapping[str, Any], judged: list[Handled]) -> list[Handled]:
    """Write the rows that nothing stands against: together, or one by one where the database refuses one of them."""
    good = [each.row for each in judged if each.kind is OutcomeKind.DONE]
    if not good or not refused_by_database(ctx, spec, update_of(spec, changes, good)):
        return judged
    return [one_written(ctx, spec, changes, each) if each.kind is OutcomeKind.DONE else each for each in judged]


def one_written(ctx: Context, spec: ModelSpec, changes: Mapping[str, Any], each: Handled) -> Handled:
    """Write one row, or say why the database refuses it."""
    why = refused_by_database(ctx, spec, update_of(spec, changes, [each.row]))
    return Handled(each.row, OutcomeKind.REFUSED, why) if why else each


def update_of(spec: ModelSpec, changes: Mapping[str, Any], rows: Sequence[Row]) -> sa.Update:
    """Return the statement that writes the values into rows."""
    values = {getattr(spec.model, key): as_stored(spec, key, value) for key, value in changes.items()}
    return sa.update(spec.model).where(has_key(spec, keys_of(spec, rows))).values(values)
