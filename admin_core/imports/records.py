"""Judges rows of a file and writes them, a batch at a time: few statements for many rows. The caller commits, or not.

What forms refuse is refused here in the same words; what only the database can tell is asked by writing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from admin_core.generator.context import Context
from admin_core.generator.forms.building import plan_of
from admin_core.generator.forms.constraints import Unique
from admin_core.generator.forms.drafts import Draft, Stored, load_rows
from admin_core.generator.forms.editor import Wrong
from admin_core.generator.forms.fields import Slot
from admin_core.generator.forms.judging import judge_checks
from admin_core.generator.forms.kinds import column_of
from admin_core.generator.forms.saving import as_stored, write
from admin_core.generator.ids import key_type
from admin_core.imports.cells import Written, is_change, is_empty, is_kept, reader_of, value_in
from admin_core.imports.mapping import NONE, Fields, Reading, fields_of
from admin_core.imports.references import Referred
from admin_core.imports.tables import Row, Source
from admin_core.theme.formats import in_sentence

Verdict = Literal["new", "changed", "unchanged", "refused"]
VERDICTS: tuple[Verdict, ...] = ("new", "changed", "unchanged", "refused")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell, or with a row."""

    label: str
    """Of the field; empty: the row as a whole."""
    sentence: str

    def __str__(self) -> str:
        return f"{self.label}: {self.sentence}" if self.label else self.sentence


@dataclass
class Judged:
    """One row of the file on its way."""

    number: int
    cells: Sequence[Any]
    draft: Draft | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """What becomes of the row."""
        if self.problems or self.draft is None:
            return "refused"
        if self.draft.mode == "create":
            return "new"
        return "changed" if self.draft.changes else "unchanged"

    def refuse(self, label: str, sentence: str) -> None:
        """Note what is wrong; the same is said once."""
        if (problem := Problem(label, sentence)) not in self.problems:
            self.problems.append(problem)


@dataclass(frozen=True)
class Work:
    """One run over a file: how it is read, and what earlier rows of it have shown."""

    fields: Fields
    reading: Reading
    source: Source
    readers: Mapping[str, Any]
    referred: Referred
    seen: dict[tuple[Any, ...], int] = field(default_factory=dict)
    """Row that named a record, by what finds it."""
    claimed: dict[tuple[str, Any], int] = field(default_factory=dict)
    """New row that takes values only one record may have."""

    @classmethod
    def of(cls, ctx: Context, reading: Reading, source: Source, key: str) -> "Work":
        """Return the work of a person on a file."""
        fields = fields_of(ctx.person, ctx.registry.spec(key), ctx.registry)
        readers = {
            name: reader_of(slot.column, column_of(fields.spec, name).type, slot.editor)
            for name, slot in fields.slots.items()
        }
        return cls(fields, reading, source, readers, Referred())

    @property
    def unique(self) -> Unique | None:
        """What finds a stored record; None when every row is a new one."""
        return self.fields.uniques[self.reading.identity] if self.reading.identity != NONE else None


def carry(ctx: Context, work: Work, rows: Sequence[Row]) -> list[Judged]:
    """Judge the rows of a batch and write those that can be written; each says what became of it."""
    judged = [Judged(number, cells) for number, cells in rows]
    values = [read_all(work, one) for one in judged]
    work.referred.resolve(ctx, work.fields.slots, values, judged)
    stored = found_records(ctx, work, values)
    for one, known in zip(judged, values, strict=True):
        if not one.problems:
            judge(ctx, work, one, known, stored)
    write_all(ctx, [one for one in judged if one.verdict in {"new", "changed"}])
    return judged


# --- Cells


Values = dict[str, Any]
"""By column key: a value, or ``EMPTY``; what is kept as it is stored is missing."""
EMPTY = object()


def read_all(work: Work, one: Judged) -> Values:
    """Return what the row's cells say; what can't be read is noted."""
    found: Values = {}
    for key, place in work.reading.places.items():
        slot, cell = work.fields.slots[key], one.cells[place]
        if is_kept(cell):
            continue
        if is_empty(slot.column, cell):
            found[key] = EMPTY
        elif slot.reference is not None:
            found[key] = cell  # the key, or the name of the record: looked up for the whole batch
        else:
            read_cell(work, one, slot, found)
    return found


def read_cell(work: Work, one: Judged, slot: Slot, found: Values) -> None:
    """Read one cell into the values; a cell that is what an export wrote needs no reading where it is compared."""
    cell = one.cells[work.reading.places[slot.key]]
    try:
        found[slot.key] = value_in(slot, work.readers[slot.key], cell, work.source)
    except Wrong as wrong:
        found[slot.key] = wrong  # no mistake if it is what is stored


# --- Which record


def found_records(ctx: Context, work: Work, values: Sequence[Values]) -> dict[tuple[Any, ...], Stored]:
    """Return the stored records that rows name, locked, in one statement."""
    unique = work.unique
    if unique is None:
        return {}
    named = {key for each in values if (key := identity_of(unique, each))}
    if not named:
        return {}
    columns = [getattr(ctx.registry.spec(work.fields.spec.key).model, key) for key in unique.keys]
    types = [key_type(column) for column in columns]
    bounds = [sa.tuple_(*(sa.literal(v, t) for v, t in zip(key, types, strict=True))) for key in named]
    where: sa.ColumnElement[bool] = sa.tuple_(*unique.parts).in_(bounds)
    if len(columns) == 1:
        where = unique.parts[0] == sa.any_(sa.literal([key[0] for key in named], sa.ARRAY(types[0])))
    rows = load_rows(ctx, work.fields.spec, [where], lock=True, bound=len(named))
    return {stored_identity(unique, row): row for row in rows}


def identity_of(unique: Unique, values: Values) -> tuple[Any, ...] | None:
    """Return what finds the record of a row; None when a part of it is missing or can't be read."""
    parts = [values.get(key, EMPTY) for key in unique.keys]
    if any(part is EMPTY or part is None or isinstance(part, Wrong) for part in parts):
        return None
    return tuple(spelled(part, function) for part, function in zip(parts, unique.functions, strict=True))


def stored_identity(unique: Unique, row: Stored) -> tuple[Any, ...]:
    """Return what finds a stored record."""
    pairs = zip(unique.keys, unique.functions, strict=True)
    return tuple(spelled(row.values[key], function) for key, function in pairs)


def spelled(value: Any, function: str) -> Any:
    """Return a value as its index spells it."""
    return getattr(value, function)() if function else value


# --- One row


def judge(ctx: Context, work: Work, one: Judged, values: Values, stored: Mapping[tuple[Any, ...], Stored]) -> None:
    """Make the row's draft and note what stands against it."""
    unique = work.unique
    key = identity_of(unique, values) if unique else None
    record = stored.get(key) if key else None
    if unique and not may_go_on(work, one, unique, values, key=key, found=record is not None):
        return
    if record is not None:
        one.draft = edit_draft(ctx, work, one, values, record)
    else:
        one.draft = new_draft(ctx, work, one, values)
        claim(work, one)
    judge_checks(one.draft)
    for column, sentences in one.draft.errors.items():
        for sentence in sentences:
            one.refuse(work.fields.spec.columns[column].label, sentence)
    for sentence in one.draft.general:
        one.refuse("", sentence)


def may_go_on(
    work: Work, one: Judged, unique: Unique, values: Values, *, key: tuple[Any, ...] | None, found: bool
) -> bool:
    """Return whether the row names what its mode asks for, and no other row names the same."""
    labels = " and ".join(work.fields.spec.columns[name].label for name in unique.keys)
    what = in_sentence(work.fields.spec.label)
    wrong = [name for name in unique.keys if isinstance(values.get(name), Wrong)]
    if wrong:
        one.refuse(work.fields.spec.columns[wrong[0]].label, values[wrong[0]].sentence)
    elif key is not None and work.seen.setdefault(key, one.number) != one.number:
        one.refuse(labels, f"Row {work.seen[key]} of the file is about the same {what}.")
    elif found and work.reading.mode == "create":
        one.refuse(labels, f"There is such a {what} already, and only new ones are to be created.")
    elif not found and work.reading.mode == "update":
        one.refuse(labels, f"There is no such {what}, or you may not see it.")
    elif not found and key is not None and any(name not in work.fields.create for name in unique.keys):
        one.refuse(labels, f"There is no such {what}, or you may not see it. Leave {labels} empty to create one.")
    return not one.problems


def edit_draft(ctx: Context, work: Work, one: Judged, values: Values, record: Stored) -> Draft:
    """Return the draft of a stored record with what the row changes."""
    spec = work.fields.spec
    draft = Draft(spec, "edit", plan_of(spec, "edit", ctx.registry), work.fields.edit, {}, stored=record)
    for key, value in values.items():
        before = record.values.get(key)
        if is_same(work, one, key, before, value):
            continue
        if key not in work.fields.edit:
            one.refuse(spec.columns[key].label, "It can't be changed once the record exists.")
        elif isinstance(value, Wrong):
            draft.wrong(key, value.sentence)
        elif value is EMPTY:
            clear(draft, work.fields.edit[key])
        else:
            draft.changes[key] = value
    return draft


def is_same(work: Work, one: Judged, key: str, before: Any, value: Any) -> bool:
    """Return whether a cell leaves a field as it is."""
    slot = work.fields.slots[key]
    if value is EMPTY:
        return work.reading.empty == "leave" or before in (None, "", [])
    cell = one.cells[work.reading.places[key]]
    if before is not None and slot.reference is None and Written.of(slot.column, before).is_in(cell, work.source):
        return True
    return not isinstance(value, Wrong) and not is_change(slot, before, value)


def clear(draft: Draft, slot: Slot) -> None:
    """Empty a field, or say that it can't be empty."""
    if slot.column.nullable:
        draft.changes[slot.key] = None
    elif slot.editor.empty is not None:
        draft.changes[slot.key] = slot.editor.empty
    else:
        draft.wrong(slot.key, "Fill this in.")


def new_draft(ctx: Context, work: Work, one: Judged, values: Values) -> Draft:
    """Return the draft of a new record; what a new one does not take is left out, as a form leaves it out."""
    spec, slots = work.fields.spec, work.fields.create
    draft = Draft(spec, "create", plan_of(spec, "create", ctx.registry), slots, {})
    for key, slot in slots.items():
        value = values.get(key, EMPTY)
        if isinstance(value, Wrong):
            draft.wrong(key, value.sentence)
        elif value is not EMPTY:
            draft.changes[key] = value
        elif slot.required:
            draft.wrong(key, "Fill this in.")
        elif not slot.column.has_default and not slot.column.nullable:
            draft.changes[key] = False if slot.column.kind == "boolean" else slot.editor.empty
    if not slots:
        one.refuse("", f"You may not add {in_sentence(spec.plural)}.")
    return draft


def claim(work: Work, one: Judged) -> None:
    """Note which values that only one record may have a new row takes; refuse what an earlier row took."""
    assert one.draft is not None
    changes = one.draft.changes
    for unique in one.draft.plan.rules.uniques:
        parts = [changes.get(key) for key in unique.keys]
        if unique.where is not None or any(part is None for part in parts):
            continue
        place = (unique.name, repr([spelled(p, f) for p, f in zip(parts, unique.functions, strict=True)]))
        if work.claimed.setdefault(place, one.number) != one.number:
            labels = " and ".join(work.fields.spec.columns[key].label for key in unique.keys)
            one.refuse(labels, f"Row {work.claimed[place]} of the file has the same.")


# --- Writing


def write_all(ctx: Context, batch: Sequence[Judged]) -> None:
    """Write a batch at once; where the database refuses one row, each alone, so that it says which."""
    if not batch:
        return
    try:
        with ctx.session.begin_nested():
            for one in batch:
                put(ctx, one)
            ctx.session.flush()
    except DBAPIError:
        ctx.session.expire_all()
        for one in batch:
            write_alone(ctx, one)


def put(ctx: Context, one: Judged) -> None:
    """Set the values of one record."""
    draft = one.draft
    assert draft is not None
    record = draft.stored.record if draft.stored else draft.spec.model()
    for key, value in draft.changes.items():
        setattr(record, key, as_stored(draft.spec, key, value))
    ctx.session.add(record)


def write_alone(ctx: Context, one: Judged) -> None:
    """Write one record, or note in words what the database says."""
    draft = one.draft
    assert draft is not None
    if write(ctx, draft) is None:
        for key, sentences in draft.errors.items():
            for sentence in sentences:
                one.refuse(draft.spec.columns[key].label, sentence)
        for sentence in draft.general:
            one.refuse("", sentence)


def counts_of(judged: Iterable[Judged]) -> dict[Verdict, int]:
    """Return how many rows came to what."""
    found: dict[Verdict, int] = dict.fromkeys(VERDICTS, 0)
    for one in judged:
        found[one.verdict] += 1
    return found
