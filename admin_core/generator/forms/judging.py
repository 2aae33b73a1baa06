"""What the database would refuse, asked beforehand: CHECKs in Python, UNIQUE and FOREIGN KEY by a query each."""

from typing import Any

import sqlalchemy as sa

from admin_core.generator import labels, urls
from admin_core.generator.context import Context
from admin_core.generator.forms.constraints import Unique, taken_sentence
from admin_core.generator.forms.drafts import Draft
from admin_core.generator.forms.fields import Slot
from admin_core.generator.ids import encode_key
from admin_core.generator.spec import ModelSpec
from admin_core.policy import limit, may, may_probe
from admin_core.theme.formats import in_sentence


def judge(ctx: Context, draft: Draft) -> None:
    """Put beside the fields what stands against the values; fields that could not be read are not judged again."""
    if not draft.changes and draft.mode == "edit":
        return
    for key in [key for key in draft.changes if draft.slots[key].reference]:
        judge_reference(ctx, draft, draft.slots[key])
    judge_checks(draft)
    if draft.errors:
        return
    for unique in draft.plan.rules.uniques:
        judge_unique(ctx, draft, unique)


def judge_checks(draft: Draft) -> None:
    """Evaluate the CHECKs whose columns are all known, as far as this change could break them."""
    row = draft.row()
    for rule in draft.plan.rules.checks.values():
        touched = rule.keys & draft.changes.keys()
        known = rule.keys <= row.keys() and not rule.keys & draft.errors.keys()
        if not known or (draft.mode == "edit" and not touched) or rule.holds(row) is not False:
            continue
        for key in sorted(touched or rule.keys, key=list(draft.spec.columns).index):
            draft.wrong(key, f"{rule.sentence}.")


def judge_unique(ctx: Context, draft: Draft, unique: Unique) -> None:
    """Ask whether another row has these values already, and link to it."""
    row = draft.row()
    if not (set(unique.keys) & draft.changes.keys()) or not set(unique.keys) <= row.keys():
        return
    if unique.where is not None and (unique.applies is None or unique.applies.holds(row) is not True):
        return
    values = [row[key] for key in unique.keys]
    differs = None in values and not unique.nulls_equal
    if differs or not may(ctx.person, "read", draft.spec):
        return
    other = holder_of(ctx, draft, unique, values)
    if other is None:
        return
    found = labels.labels_for(ctx, draft.spec, [other])
    for key in [key for key in unique.keys if key in draft.changes]:
        draft.wrong(key, taken_sentence(draft.spec, unique.keys))
        if other in found and all(may_probe(ctx.person, draft.spec.columns[name]) for name in unique.keys):
            draft.links[key] = (urls.record_url(draft.spec.key, other), found[other])


def holder_of(ctx: Context, draft: Draft, unique: Unique, values: list[Any]) -> str | None:
    """Return the id of another row with these values that the person may see."""
    spec = draft.spec
    keys = [getattr(spec.model, key) for key in spec.primary_key]
    same = [
        part.is_(None) if value is None else part == (getattr(sa.func, function)(value) if function else value)
        for part, function, value in zip(unique.parts, unique.functions, values, strict=True)
    ]
    statement = sa.select(*keys).where(*same).limit(2)
    if unique.where is not None:
        statement = statement.where(unique.where)
    ids = [encode_key(tuple(row)) for row in ctx.session.execute(limit(statement, ctx.person, spec))]
    return next((other for other in ids if draft.stored is None or other != draft.stored.id), None)


def judge_reference(ctx: Context, draft: Draft, slot: Slot) -> None:
    """Refuse a link to a record that is not there for this person: nobody links to what they can't see."""
    value = draft.changes[slot.key]
    reference = slot.reference
    if value is None or reference is None:
        return
    target = ctx.registry.spec(reference.model)
    if not may(ctx.person, "read", target) or not exists(ctx, target, reference.column, value):
        draft.wrong(slot.key, f"There is no such {in_sentence(target.label)}, or you may not see it.")


def exists(ctx: Context, target: ModelSpec, key: str, value: Any) -> bool:
    """Return whether the person sees a record with this value."""
    column = getattr(target.model, key)
    statement = limit(sa.select(column).where(column == value).limit(1), ctx.person, target)
    return ctx.session.execute(statement).first() is not None
