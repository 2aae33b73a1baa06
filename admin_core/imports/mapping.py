"""Which column of a file fills which field, what finds a stored record, and what the rest means. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from admin_core.generator.forms.building import Plan, plan_of, slots_for
from admin_core.generator.forms.constraints import Unique
from admin_core.generator.forms.fields import Slot
from admin_core.generator.forms.kinds import column_of, editor_of
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import Person, may, sees
from admin_core.theme.formats import in_sentence

Mode = Literal["both", "create", "update"]
Empty = Literal["leave", "clear"]
MODES: dict[Mode, str] = {
    "both": "Change records that are found, create the others",
    "update": "Change records that are found, refuse the others",
    "create": "Create records, refuse those that exist",
}
EMPTY: dict[Empty, str] = {"leave": "keep what is stored", "clear": "empty the field"}
NONE = ""
"""Identifies nothing: every row is a new record."""
WRONG = "What is wrong"
"""Heading of the column that a file of refused rows has more."""
NAME = re.compile(r"(?P<of>.+): name")


@dataclass(frozen=True)
class Fields:
    """What a person may fill of a model, by column key."""

    spec: ModelSpec
    edit: Mapping[str, Slot]
    create: Mapping[str, Slot]
    keys: Mapping[str, Slot]
    """Columns that may find a stored record."""
    uniques: Mapping[str, Unique]
    """What finds a stored record, by name: the primary key first."""

    @property
    def slots(self) -> dict[str, Slot]:
        """Every field, in declared order."""
        found = {**self.keys, **self.create, **self.edit}
        return {key: found[key] for key in self.spec.columns if key in found}


@dataclass(frozen=True)
class Reading:
    """How a file is read in."""

    columns: tuple[str, ...]
    """Column key by place in the file; empty: ignored."""
    mode: Mode = "both"
    empty: Empty = "leave"
    identity: str = NONE
    """Name of what finds a record."""

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {**asdict(self), "columns": list(self.columns)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Reading":
        """Return what was kept."""
        return cls(**{**kept, "columns": tuple(kept["columns"])})

    @property
    def places(self) -> dict[str, int]:
        """Place in the file by column key."""
        return {key: place for place, key in enumerate(self.columns) if key}


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one column of a file."""

    heading: str
    key: str = ""
    why: str = ""
    """Why it is ignored."""


@dataclass
class Chosen:
    """What a form said, and what is wrong with it."""

    mapping: Reading
    problems: dict[str, str] = field(default_factory=dict)
    """Sentence by name of the form's field."""


def fields_of(person: Person, spec: ModelSpec, registry: Registry) -> Fields:
    """Return what this person may fill; secrets never come from a file."""
    edit, create = plan_of(spec, "edit", registry), plan_of(spec, "create", registry)
    uniques = {unique.name: unique for unique in edit.rules.uniques if finds(person, spec, unique)}
    first = sorted(uniques.values(), key=lambda unique: unique.keys != spec.primary_key)
    keys = dict.fromkeys(key for unique in first for key in unique.keys)
    return Fields(
        spec,
        given(person, edit, "edit") if may(person, "edit", spec) else {},
        given(person, create, "create") if may(person, "create", spec) else {},
        {key: slot for key in keys if (slot := key_slot(spec, edit, create, key)) is not None},
        {unique.name: unique for unique in first},
    )


def given(person: Person, plan: Plan, mode: Literal["create", "edit"]) -> dict[str, Slot]:
    """Return the fields of a form that a file may fill."""
    return {key: slot for key, slot in slots_for(person, plan, mode).items() if not slot.write_only}


def finds(person: Person, spec: ModelSpec, unique: Unique) -> bool:
    """Return whether this combination of values finds one record for this person."""
    columns = [spec.columns[key] for key in unique.keys]
    return unique.where is None and all(sees(person, c) == "clear" and c.pii != "secret" for c in columns)


def key_slot(spec: ModelSpec, edit: Plan, create: Plan, key: str) -> Slot | None:
    """Return the field of a column that finds records, also where no form shows it."""
    if (known := edit.slots.get(key) or create.slots.get(key)) is not None:
        return known
    editor = editor_of(spec.columns[key], column_of(spec, key).type)
    return Slot(spec.columns[key], editor, required=False) if editor else None


# --- Proposals


def proposals(fields: Fields, headings: Sequence[str], remembered: Mapping[str, str]) -> list[Proposal]:
    """Return what each column of a file probably is: what it was last time, else what is called the same."""
    slots, taken = fields.slots, set[str]()
    made = []
    for heading in headings:
        key = remembered.get(heading, "") if heading in remembered else named(slots, heading)
        if key in taken or key not in slots:
            key = ""
        taken.add(key)
        made.append(Proposal(heading, key))
    return [one if one.key else explained(fields, one, made) for one in (beside(slots, each, made) for each in made)]


def named(slots: Mapping[str, Slot], heading: str) -> str:
    """Return the field that a heading names by its label, its name in the database, or its key."""
    said = bare(heading)
    for word in ("label", "name", "key"):
        found = [key for key, slot in slots.items() if bare(getattr(slot.column, word)) == said]
        if len(found) == 1:
            return found[0]
    return ""


def bare(text: str) -> str:
    """Return a name without what people write differently."""
    return re.sub(r"[\s_-]+", " ", text.removeprefix("'")).strip().casefold()


def beside(slots: Mapping[str, Slot], one: Proposal, others: Iterable[Proposal]) -> Proposal:
    """Return the proposal for the name of a referenced record: it finds the record where the key is not in the file."""
    found = NAME.fullmatch(one.heading)
    if one.key or found is None:
        return one
    key = named(slots, found["of"])
    free = bool(key) and slots[key].reference is not None and all(other.key != key for other in others)
    return Proposal(one.heading, key if free else "")


def explained(fields: Fields, one: Proposal, others: Iterable[Proposal]) -> Proposal:
    """Return a proposal to ignore a column, with the reason."""
    if not one.heading:
        return Proposal(one.heading, why="It has no heading.")
    if one.heading == WRONG:
        return Proposal(one.heading, why="It says what was wrong last time.")
    if (found := NAME.fullmatch(one.heading)) and any(other.heading == found["of"] for other in others):
        return Proposal(one.heading, why=f"The column “{found['of']}” says which record it is.")
    column = column_called(fields.spec, one.heading)
    if column is None:
        return Proposal(one.heading, why="No field is called so.")
    return Proposal(one.heading, why="It is filled by the system, or you may not change it.")


def column_called(spec: ModelSpec, heading: str) -> ColumnSpec | None:
    """Return the column of a heading, whether it may be filled or not."""
    said = bare(heading)
    return next((c for c in spec.columns.values() if said in {bare(c.label), bare(c.name)}), None)


def identity_for(fields: Fields, columns: Iterable[str]) -> str:
    """Return what finds the records of a file: the first combination whose columns it has."""
    there = set(columns)
    return next((name for name, unique in fields.uniques.items() if set(unique.keys) <= there), NONE)


# --- What a form said


def chosen(fields: Fields, headings: Sequence[str], form: Mapping[str, str]) -> Chosen:
    """Return what was chosen on the mapping page, with what is wrong with it."""
    keys = tuple(form.get(f"column-{place}", "") for place in range(len(headings)))
    mode, empty = form.get("mode", ""), form.get("empty", "")
    found = Chosen(
        Reading(
            tuple(key if key in fields.slots else "" for key in keys),
            mode if mode in get_args(Mode) else "both",  # type: ignore[arg-type]  # one of them
            empty if empty in get_args(Empty) else "leave",  # type: ignore[arg-type]  # one of them
            form.get("identity", NONE),
        )
    )
    check_columns(fields, headings, found)
    check_identity(fields, found)
    if not found.problems:
        check_rights(fields, found)
    return found


def check_columns(fields: Fields, headings: Sequence[str], found: Chosen) -> None:
    """Say where two columns fill one field, and that none does."""
    if not any(found.mapping.columns):
        found.problems["column-0"] = "Choose a field for at least one column."
    first: dict[str, str] = {}
    for place, key in enumerate(found.mapping.columns):
        if key and key in first:
            label = fields.slots[key].column.label
            found.problems[f"column-{place}"] = f"“{first[key]}” fills {label} already."
        first.setdefault(key, headings[place])


def check_identity(fields: Fields, found: Chosen) -> None:
    """Say what is missing to find records."""
    name, there = found.mapping.identity, set(found.mapping.columns)
    if name == NONE:
        if found.mapping.mode != "create":
            found.problems["identity"] = "Choose what finds a stored record, or create records only."
        return
    unique = fields.uniques.get(name)
    if unique is None:
        found.problems["identity"] = "Choose one of those offered."
    elif missing := [fields.spec.columns[key].label for key in unique.keys if key not in there]:
        found.problems["identity"] = f"No column of the file fills {' and '.join(missing)}."


def check_rights(fields: Fields, found: Chosen) -> None:
    """Say what this person may not do, and what every new record would lack."""
    mode, there = found.mapping.mode, set(found.mapping.columns)
    if mode != "create" and not fields.edit:
        found.problems["mode"] = f"You may not edit {in_sentence(fields.spec.plural)}: create records only."
    elif mode != "update" and not fields.create:
        found.problems["mode"] = f"You may not add {in_sentence(fields.spec.plural)}: change records only."
    elif mode == "create":
        lacking = [slot.column.label for key, slot in fields.create.items() if slot.required and key not in there]
        if lacking:
            found.problems["mode"] = f"A new record needs {', '.join(lacking)}: no column of the file fills it."
