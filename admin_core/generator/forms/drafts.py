"""One row being written: what is stored, what was typed, what of it changed, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import lazyload, load_only

from admin_core.generator.context import Context
from admin_core.generator.forms.building import Mode, Plan, plan_of, slots_for
from admin_core.generator.forms.editor import Wrong
from admin_core.generator.forms.elsewhere import writer_of
from admin_core.generator.forms.fields import Formdata, Slot, ValueField, bound_fields
from admin_core.generator.forms.versions import Seen, digest, seen, stamp_of, version
from admin_core.generator.ids import record_id
from admin_core.generator.labels import has_key
from admin_core.generator.spec import ModelSpec
from admin_core.policy import limit, sees


@dataclass(frozen=True)
class Stored:
    """A row as it stands in the database."""

    record: Any
    id: str
    stamp: str
    values: Mapping[str, Any]
    """By column key; columns the person doesn't see in clear are missing."""


@dataclass
class Draft:
    """A row on its way from a form into the database."""

    spec: ModelSpec
    mode: Mode
    plan: Plan
    slots: Mapping[str, Slot]
    fields: Mapping[str, ValueField]
    prefix: str = ""
    stored: Stored | None = None
    seen: Seen = field(default_factory=Seen)
    given: Mapping[str, Any] = field(default_factory=dict)
    """Values set by the page itself: the parent of an inline row."""
    changes: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Address and label of the record that is in the way, by column key."""
    general: list[str] = field(default_factory=list)
    conflicts: dict[str, str] = field(default_factory=dict)
    """What is there now, by the key of a column that two people changed."""
    merged: list[str] = field(default_factory=list)
    """Labels of columns that somebody else changed and this person did not."""
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Records offered for a reference, by column key."""

    @property
    def ok(self) -> bool:
        """True while nothing stands against writing."""
        return not (self.errors or self.general or self.conflicts)

    def wrong(self, key: str, sentence: str) -> None:
        """Put a sentence beside a field, or on top when the form has no such field."""
        if key not in self.slots:
            self.general.append(sentence)
        elif sentence not in self.errors.setdefault(key, []):
            self.errors[key].append(sentence)

    def original(self, key: str) -> str:
        """Return the text the field has when nobody typed."""
        slot = self.slots[key]
        return slot.text_of(self.stored.values.get(key)) if self.stored else slot.initial

    def row(self) -> dict[str, Any]:
        """Return the values the row would have, as far as they are known before it is written."""
        values = dict(self.stored.values) if self.stored else unset_values(self)
        return values | dict(self.given) | self.changes

    def token(self, ctx: Context) -> str:
        """Return the version token of what the form shows now; empty for a new row."""
        if self.stored is None:
            return ""
        texts = {key: self.original(key) for key in self.slots}
        return version(ctx.cipher, self.spec, self.stored.id, self.stored.stamp, texts)


@dataclass(frozen=True)
class Start:
    """Where a draft stands in the page, and what it starts from."""

    prefix: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    initial: Mapping[str, str] = field(default_factory=dict)


def unset_values(draft: Draft) -> dict[str, Any]:
    """Return what a new row has where nobody types: NULL, or the constant default."""
    columns = draft.spec.columns.values()
    values = {c.key: None for c in columns if c.nullable and not c.has_default and not c.generated}
    constants = {key: slot.editor.read(slot.initial) for key, slot in draft.slots.items() if slot.initial}
    return values | constants


def open_draft(
    ctx: Context,
    spec: ModelSpec,
    stored: Stored | None,
    formdata: Formdata | None,
    start: "Start | None" = None,
) -> Draft:
    """Return the draft of a stored row, or of a new one, with what was typed."""
    mode: Mode = "edit" if stored else "create"
    plan = plan_of(spec, mode, ctx.registry)
    start = start or Start()
    slots = {key: slot for key, slot in slots_for(ctx.person, plan, mode).items() if key not in start.given}
    texts = {key: slot.text_of(stored.values.get(key)) if stored else slot.initial for key, slot in slots.items()}
    texts.update({key: text for key, text in start.initial.items() if key in slots})
    fields = bound_fields(slots.values(), start.prefix, formdata, texts)
    saw = Seen()
    if stored and formdata is not None:
        saw = seen(ctx.cipher, spec, stored.id, formdata.get(f"{start.prefix}version", ""))
    return Draft(spec, mode, plan, slots, fields, start.prefix, stored, saw, start.given)


def read_typed(draft: Draft, formdata: Formdata) -> None:
    """Fill ``changes``, ``conflicts`` and ``errors`` from what was typed."""
    for key, slot in draft.slots.items():
        item = draft.fields[key]
        if not item.submitted:
            if draft.mode == "create" and slot.required:
                draft.wrong(key, "Fill this in.")
            continue
        if is_changed(draft, slot, item, formdata):
            read_value(draft, slot, item.text)
        elif draft.mode == "create" and slot.required and not item.text:
            draft.wrong(key, "Fill this in.")


def is_changed(draft: Draft, slot: Slot, item: ValueField, formdata: Formdata) -> bool:
    """Return whether this person changed the field; sees to what somebody else changed meanwhile."""
    key, original = slot.key, draft.original(slot.key)
    if slot.write_only:
        return item.text != ""
    if item.text == original or slot.canonical(item.text) == original:
        return draft.mode == "create" and bool(item.text) and not slot.column.has_default
    if draft.stored is None:
        return True
    was = draft.seen.digests.get(key)
    if formdata.get(f"{draft.prefix}choose-{key}") == "theirs" or was in {
        digest(item.text),
        digest(slot.canonical(item.text)),
    }:
        draft.merged.append(slot.column.label)
        item.text = original
        return False
    if draft.seen.stamp != draft.stored.stamp and was != digest(original):
        draft.conflicts[key] = original
    return True


def read_value(draft: Draft, slot: Slot, text: str) -> None:
    """Put the value of a changed field among the changes, or say what is wrong with it."""
    empty = not text.strip() if slot.column.kind not in {"text", "longtext"} else text == ""
    try:
        if not empty:
            value = slot.editor.read(text)
            draft.changes[slot.key] = sa.JSON.NULL if value is None else value
        elif draft.mode == "create" and slot.column.has_default and not (slot.initial and slot.column.nullable):
            return  # the default is the database's to fill in
        elif slot.column.nullable:
            draft.changes[slot.key] = None
        elif slot.editor.empty is not None:
            draft.changes[slot.key] = slot.editor.empty
        else:
            draft.wrong(slot.key, "Fill this in.")
    except Wrong as wrong:
        draft.wrong(slot.key, wrong.sentence)


def load_row(ctx: Context, spec: ModelSpec, key: tuple[Any, ...], mode: Mode = "edit", *, lock: bool) -> Stored | None:
    """Return one row with the columns its form needs, or None when there is none for this person."""
    rows = load_rows(ctx, spec, [has_key(spec, [key])], lock=lock, bound=1, mode=mode)
    return rows[0] if rows else None


def load_rows(
    ctx: Context, spec: ModelSpec, criteria: list[Any], *, lock: bool, bound: int, mode: Mode = "edit"
) -> list[Stored]:
    """Return rows with the columns their forms need, in the order of their keys; locked until the transaction ends."""
    keys = needed_columns(ctx, spec, plan_of(spec, mode, ctx.registry))
    model = spec.model
    statement = (
        sa.select(model, stamp_of(spec))
        .options(load_only(*(getattr(model, key) for key in keys)), lazyload("*"))
        .where(*criteria)
        .order_by(*(getattr(model, key) for key in spec.primary_key))
        .limit(bound)
        .execution_options(populate_existing=True)
    )
    if lock and writer_of(spec) is None:  # elsewhere the version alone decides: nothing is locked while we think
        statement = statement.with_for_update(of=model, key_share=True)
    found = ctx.session.execute(limit(statement, ctx.person, spec)).all()
    return [
        Stored(record, record_id(spec, record), stamp, {key: getattr(record, key) for key in keys})
        for record, stamp in found
    ]


def needed_columns(ctx: Context, spec: ModelSpec, plan: Plan) -> tuple[str, ...]:
    """Return the columns in the form, in its checks and in the record's name, as far as the person sees them."""
    wanted = {*spec.primary_key, *plan.slots, *plan.fixed, *spec.title}
    for rule in plan.rules.checks.values():
        wanted |= rule.keys
    for unique in plan.rules.uniques:
        wanted |= {*unique.keys, *(unique.applies.keys if unique.applies else ())}
    return tuple(
        key
        for key, column in spec.columns.items()
        if key in wanted
        and column.pii != "secret"
        and (key in plan.slots or column.kind not in {"bytes", "other"})
        and (key in spec.primary_key or sees(ctx.person, column) == "clear")
    )
