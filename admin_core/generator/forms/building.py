"""Which columns stand in a form, and how: read once per model and mode, then cut per person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from admin_core.generator.forms.constraints import TableRules, rules_of
from admin_core.generator.forms.editor import Editor, Wrong
from admin_core.generator.forms.exact import editor_in
from admin_core.generator.forms.fields import Slot
from admin_core.generator.forms.kinds import column_of
from admin_core.generator.forms.operands import words_of
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import Person, may, sees

Mode = Literal["create", "edit"]
CAST = re.compile(r"::[\w\s\"().\[\]]+\Z")


@dataclass(frozen=True)
class Plan:
    """A form before anybody asks for it."""

    slots: Mapping[str, Slot]
    fixed: tuple[str, ...]
    """Columns shown but not editable here: keys, what may be set once, kinds without an editor."""
    rules: TableRules


CACHE: dict[tuple[type[Any], Mode], tuple[ModelSpec, Registry, Plan]] = {}


def plan_of(spec: ModelSpec, mode: Mode, registry: Registry) -> Plan:
    """Return the form's plan; made when first asked for."""
    known = CACHE.get((spec.model, mode))
    if known is None or known[0] is not spec or known[1] is not registry:
        known = CACHE[spec.model, mode] = (spec, registry, read_plan(spec, mode, registry))
    return known[2]


def may_import(person: Person, spec: ModelSpec) -> bool:
    """Return whether a person may read files of these records in: forms write them, and the person may fill some."""
    able = may(person, "create", spec) or may(person, "edit", spec)
    return spec.writes == "forms" and able and may(person, "read", spec) and may(person, "import", spec)


def slots_for(person: Person, plan: Plan, mode: Mode) -> dict[str, Slot]:
    """Return the fields this person gets: what they don't see in clear is neither shown nor overwritten.

    A new record has nothing to hide yet: what the database demands of it can be typed by whoever may create it.
    """
    return {
        key: slot
        for key, slot in plan.slots.items()
        if slot.write_only or sees(person, slot.column) == "clear" or (mode == "create" and slot.required)
    }


def read_plan(spec: ModelSpec, mode: Mode, registry: Registry) -> Plan:
    """Return the plan of a model's form."""
    rules = rules_of(spec)
    slots: dict[str, Slot] = {}
    fixed: list[str] = []
    for key, column in spec.columns.items():
        if not stands_in(spec, column, mode):
            if mode == "edit" and (column.is_key or column.once) and column.pii != "secret":
                fixed.append(key)
            continue
        slot = slot_of(spec, column, mode, registry, rules)
        if slot is not None:
            slots[key] = slot
        elif mode == "edit":
            fixed.append(key)
    return Plan(slots, tuple(fixed), rules)


def stands_in(spec: ModelSpec, column: ColumnSpec, mode: Mode) -> bool:
    """Return whether a column is asked for: in a new form also what must be given and nobody else gives."""
    if column.generated:
        return False
    if mode == "edit":
        return column.editable and not column.once and not column.is_key
    if column.is_key and (column.has_default or spec.table.autoincrement_column is column_of(spec, column.key)):
        return False
    return column.editable or (not column.nullable and not column.has_default)


def slot_of(spec: ModelSpec, column: ColumnSpec, mode: Mode, registry: Registry, rules: TableRules) -> Slot | None:
    """Return a column's field, or None when it has no editor."""
    database_column = column_of(spec, column.key)
    editor = editor_in(spec, column)
    if editor is None:
        return None
    editor = limited(editor, column, rules)
    reference = column.reference if column.reference and column.reference.model in registry else None
    if reference:
        editor = replace(editor, widget="lookup", attributes={}, hint="")
    if column.pii == "secret":
        editor = replace(editor, widget="password", hint="Leave empty to keep what is stored.")
    initial = initial_of(database_column, editor) if mode == "create" and column.pii != "secret" else ""
    must = not column.nullable and editor.empty is None and editor.widget != "checkbox"
    required = must and not (mode == "create" and column.has_default) and column.pii != "secret"
    if column.pii == "secret" and mode == "create":
        required = must and not column.has_default
    return Slot(column, editor, required, initial, reference)


def limited(editor: Editor, column: ColumnSpec, rules: TableRules) -> Editor:
    """Return the editor with what the table's CHECKs add: bounds, a pattern, a list to choose from."""
    if (listed := rules.choices.get(column.key)) and column.kind in {"text", "longtext", "integer", "enum"}:
        allowed = [(value, words_of(value, column)) for value in listed]
        if not editor.choices:
            editor = replace(editor, widget="select", choices=tuple((v, label.capitalize()) for v, label in allowed))
    return replace(editor, attributes={**editor.attributes, **tightest(editor, rules.limits.get(column.key, {}))})


def tightest(editor: Editor, limits: Mapping[str, str]) -> Mapping[str, str]:
    """Return the limits that are narrower than the column's type."""
    own = editor.attributes.get("maxlength")
    return {name: min(text, own, key=int) if name == "maxlength" and own else text for name, text in limits.items()}


def initial_of(column: sa.Column[Any], editor: Editor) -> str:
    """Return a constant default as the form shows it; empty for one that the database computes."""
    default = column.default
    if default is not None and getattr(default, "is_scalar", False):
        return editor.show(default.arg)  # type: ignore[attr-defined]  # a ScalarElementColumnDefault
    text = constant_of(column.server_default)
    if text is None:
        return ""
    if editor.choices:
        return text if text in dict(editor.choices) else ""
    return shown_default(column, editor, text)


def shown_default(column: sa.Column[Any], editor: Editor, text: str) -> str:
    """Return a stored literal as the editor shows it."""
    if isinstance(column.type, sa.ARRAY):
        return ""
    if isinstance(column.type, sa.Integer):
        return editor.show(int(text)) if re.fullmatch(r"-?\d+", text) else ""
    try:
        return editor.show(editor.read(text)) if text else ""
    except Wrong:
        return ""


def constant_of(default: Any) -> str | None:
    """Return the literal behind a server default, None when it is an expression."""
    if not isinstance(default, sa.DefaultClause):
        return None
    if isinstance(default.arg, str):
        return default.arg
    if not isinstance(default.arg, sa.TextClause):
        return None
    text = CAST.sub("", default.arg.text.strip().strip("()"))
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text.lower() if re.fullmatch(r"(?i)true|false|-?\d+(\.\d+)?", text) else None
