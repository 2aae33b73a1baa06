"""What a form's page shows, as plain values for the template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from admin_core.generator import labels, urls
from admin_core.generator.context import Context
from admin_core.generator.forms.drafts import Draft
from admin_core.generator.forms.exact import editor_in
from admin_core.generator.forms.fields import Slot, name_of
from admin_core.generator.forms.inlines import MOST, InlineDraft, prefix_of
from admin_core.generator.forms.lookups import named
from admin_core.generator.ids import as_text
from admin_core.generator.reads import is_read
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import MASK, may, sees
from admin_core.theme.formats import in_sentence

Names = Mapping[tuple[str, str], Mapping[str, str]]
"""(model, column) → label by value, for every reference in the form."""
WIDE = {"textarea", "markdown", "code", "json", "lines"}


@dataclass(frozen=True)
class FieldView:
    """One field."""

    key: str
    id: str
    """Also its name."""
    label: str
    widget: str
    value: str
    required: bool
    help: str
    unit: str
    errors: tuple[str, ...]
    attributes: Mapping[str, str]
    choices: tuple[tuple[str, str], ...] = ()
    link: tuple[str, str] | None = None
    """Address and name of the record that is in the way."""
    lookup_url: str = ""
    lookup_column: str = ""
    """What the picker is asked for, where that is not the primary key."""
    theirs: str | None = None
    """In a conflict: what is there now."""
    theirs_text: str = ""
    wide: bool = False
    prefix: str = ""
    """What stands before the names of this row's fields."""


@dataclass(frozen=True)
class Group:
    """Fields under one heading; the first group has none."""

    title: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True)
class RowView:
    """One inline row."""

    prefix: str
    id: str
    """Record id; empty for a new row."""
    version: str
    label: str
    url: str
    fields: tuple[FieldView, ...]
    general: tuple[str, ...]
    editable: bool
    removable: bool


@dataclass(frozen=True)
class InlineView:
    """One relation's rows."""

    key: str
    title: str
    one: str
    rows: tuple[RowView, ...]
    blank: RowView | None
    """Pattern for rows added by script: ``__n__`` stands for their number."""
    more_url: str
    """Set when there are too many rows for a form: where they are."""
    most: int = MOST


@dataclass(frozen=True)
class FormPage:
    """Everything on the page."""

    spec: ModelSpec
    mode: str
    title: str
    record_id: str
    version: str
    groups: tuple[Group, ...]
    fixed: tuple[tuple[str, str], ...]
    """Label and text of what is shown but not editable here."""
    inlines: tuple[InlineView, ...]
    errors: tuple[tuple[str, str, str], ...]
    """(field id, label, sentence) for the summary."""
    general: tuple[str, ...]
    conflict: bool
    action: str
    back: str
    breadcrumb: tuple[tuple[str, str], ...] = field(default=())


def page_of(ctx: Context, draft: Draft, inlines: list[InlineDraft]) -> FormPage:
    """Return the page for a draft and its inlines."""
    spec, stored = draft.spec, draft.stored
    rows = [row for inline in inlines for row in [*inline.rows, *([inline.blank] if inline.blank else [])]]
    names = reference_names(ctx, [draft, *rows])
    name = labels.record_label(ctx, spec, stored.record) if stored else ""
    for each in (draft, *rows):
        note_stored(ctx, each)
    fields = fields_of(ctx, draft, names)
    views = tuple(inline_view(ctx, inline, names, draft) for inline in inlines)
    summary = [(f.id, f.label, sentence) for f in fields for sentence in f.errors]
    summary += [(f.id, f"{v.title}: {f.label}", s) for v in views for r in v.rows for f in r.fields for s in f.errors]
    general = [*draft.general, *(f"{v.title}: {sentence}" for v in views for r in v.rows for sentence in r.general)]
    crumbs = [(spec.plural, urls.list_url(spec.key))]
    crumbs += [(name, urls.record_url(spec.key, stored.id))] if stored else []
    return FormPage(
        spec=spec,
        mode=draft.mode,
        title=f"Edit {name}" if stored else f"New {in_sentence(spec.label)}",
        record_id=stored.id if stored else "",
        version=draft.token(ctx),
        groups=grouped(spec, fields),
        fixed=tuple(fixed_values(ctx, draft)),
        inlines=views,
        errors=tuple(summary),
        general=tuple(general),
        conflict=bool(draft.conflicts) or any(row.conflicts for row in rows),
        action=urls.edit_url(spec.key, stored.id) if stored else urls.new_url(spec.key),
        back=urls.record_url(spec.key, stored.id) if stored else urls.list_url(spec.key),
        breadcrumb=tuple(crumbs),
    )


def note_stored(ctx: Context, draft: Draft) -> None:
    """Note which personal values of a stored row the form shows."""
    if draft.stored is None:
        return
    columns, values = draft.spec.columns, draft.stored.values
    fields = [key for key, value in values.items() if value is not None and is_read(ctx.person, columns[key])]
    ctx.reads.note_record(draft.spec, draft.stored.record, fields)


def grouped(spec: ModelSpec, fields: Iterable[FieldView]) -> tuple[Group, ...]:
    """Return the fields by heading, in declared order; those without one come first."""
    found: dict[str, list[FieldView]] = {"": []}
    for each in fields:
        found.setdefault(spec.columns[each.key].group, []).append(each)
    return tuple(Group(title, tuple(members)) for title, members in found.items() if members)


def fields_of(ctx: Context, draft: Draft, names: Names) -> tuple[FieldView, ...]:
    """Return a draft's fields."""
    return tuple(field_view(ctx, draft, slot, names) for slot in draft.slots.values())


def field_view(ctx: Context, draft: Draft, slot: Slot, names: Names) -> FieldView:
    """Return one field: its control, its value as typed, and all that is said about it."""
    item, key = draft.fields[slot.key], slot.key
    widget, choices, lookup_url = control_of(ctx, draft, slot, item.text, names)
    text = "" if slot.write_only else item.text
    theirs = draft.conflicts.get(key)
    known = names.get((slot.reference.model, slot.reference.column), {}) if slot.reference else dict(choices)
    errors = list(draft.errors.get(key, ()))
    if theirs is not None:
        errors.append("Somebody else changed this too. Choose which value to keep.")
    return FieldView(
        key=key,
        id=f"{draft.prefix}{name_of(key)}",
        label=slot.column.label,
        widget="textarea" if widget == "text" and "\n" in text else widget,
        value=text,
        required=slot.required,
        help=help_of(slot),
        unit=unit_of(draft, slot.column),
        errors=tuple(errors),
        attributes=attributes_of(slot),
        choices=choices,
        link=draft.links.get(key),
        lookup_url=lookup_url,
        lookup_column=lookup_column(ctx, slot) if lookup_url else "",
        theirs=theirs,
        theirs_text=known.get(theirs, theirs) or "(empty)" if theirs is not None else "",
        wide=widget in WIDE or (widget == "text" and "\n" in text),
        prefix=draft.prefix,
    )


def control_of(
    ctx: Context, draft: Draft, slot: Slot, text: str, names: Names
) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """Return the widget, its choices, and where it looks records up."""
    reference = slot.reference
    if reference is None:
        choices = slot.editor.choices
        odd = text and choices and slot.editor.widget == "select" and text not in dict(choices)
        return slot.editor.widget, (*choices, (text, text)) if odd else choices, ""
    if not may(ctx.person, "read", ctx.registry.spec(reference.model)):
        return "text", (), ""
    offered = draft.options.get(slot.key)
    known = names.get((reference.model, reference.column), {})
    current = [(text, known.get(text, text))] if text else []
    return "lookup", tuple(offered or current), urls.lookup_url(reference.model)


def lookup_column(ctx: Context, slot: Slot) -> str:
    """Return the referenced column; empty for a primary key, which pickers are asked for anyway."""
    assert slot.reference is not None
    key = ctx.registry.spec(slot.reference.model).primary_key
    return "" if key == (slot.reference.column,) else slot.reference.column


def attributes_of(slot: Slot) -> Mapping[str, str]:
    """Return the HTML attributes; ``min`` and ``max`` only where the control knows them, else as data for scripts.

    That an empty text is stored as "no value" stands in the title: under every optional field it would be noise.
    """
    column = slot.column
    is_text = column.kind in {"text", "longtext"} and slot.reference is None and not slot.write_only
    words = {"title": "Empty is stored as “no value”."} if is_text and column.nullable else {}
    typed = slot.editor.attributes.get("type") in {"date", "time", "datetime-local"}
    return words | {
        name if typed or name not in {"min", "max"} else f"data-{name}": text
        for name, text in slot.editor.attributes.items()
    }


def help_of(slot: Slot) -> str:
    """Return the help under a field: the column's own, and how to type it."""
    return " ".join(part for part in (slot.column.help, slot.editor.hint) if part)


def unit_of(draft: Draft, column: ColumnSpec) -> str:
    """Return what stands after a number; for money the currency beside it."""
    if not column.unit.startswith("currency:"):
        return column.unit
    beside = column.unit.partition(":")[2]
    item = draft.fields.get(beside)
    stored = draft.stored.values.get(beside) if draft.stored else None
    return str((item.text if item else stored) or "ZAR")


def fixed_values(ctx: Context, draft: Draft) -> Iterable[tuple[str, str]]:
    """Yield what the form shows but does not edit."""
    if draft.stored is None:
        return
    for key in draft.plan.fixed:
        column = draft.spec.columns[key]
        editor = editor_in(draft.spec, column)
        value = draft.stored.values.get(key)
        if editor is None:
            yield column.label, "Not editable here."
        elif sees(ctx.person, column) != "clear":
            yield column.label, MASK
        elif value is not None:
            yield column.label, fixed_text(ctx, column, value, editor.show(value))


def fixed_text(ctx: Context, column: ColumnSpec, value: object, text: str) -> str:
    """Return a value that is only shown: a reference by its name, a stored word by its label."""
    reference = column.reference
    if reference and reference.model in ctx.registry and may(ctx.person, "read", ctx.registry.spec(reference.model)):
        found = named(ctx, ctx.registry.spec(reference.model), reference.column, [as_text(value)])
        return found.get(as_text(value), text)
    return dict(column.choices).get(as_text(value), text)


def inline_view(ctx: Context, inline: InlineDraft, names: Names, parent: Draft) -> InlineView:
    """Return one relation's rows for the template."""
    rows = tuple(row_view(ctx, inline, row, names) for row in inline.rows)
    blank = (
        row_view(ctx, inline, inline.blank, names, prefix=prefix_of(inline.relation, "__n__")) if inline.blank else None
    )
    more_url = ""
    if inline.too_many and parent.stored:
        pairs = zip(inline.relation.columns, inline.relation.remote, strict=True)
        filters = {f"f.{mine}.eq": as_text(getattr(parent.stored.record, theirs)) for mine, theirs in pairs}
        more_url = urls.list_url(inline.spec.key, filters)
    return InlineView(inline.relation.key, inline.relation.label, inline.spec.label, rows, blank, more_url)


def row_view(ctx: Context, inline: InlineDraft, row: Draft, names: Names, prefix: str = "") -> RowView:
    """Return one inline row."""
    stored = row.stored
    label = labels.record_label(ctx, row.spec, stored.record) if stored else ""
    url = urls.record_url(row.spec.key, stored.id) if stored else ""
    if prefix:
        row.prefix = prefix
    return RowView(
        prefix=row.prefix,
        id=stored.id if stored else "",
        version=row.token(ctx),
        label=label,
        url=url,
        fields=fields_of(ctx, row, names),
        general=tuple(row.general),
        editable=stored is None or inline.editable,
        removable=stored is None or inline.removable,
    )


def reference_names(ctx: Context, drafts: Iterable[Draft]) -> Names:
    """Return the labels of all records that references in the form point to: one statement per model."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for draft in drafts:
        for key, slot in draft.slots.items():
            texts = {draft.fields[key].text, draft.conflicts.get(key, "")} - {""}
            if slot.reference and texts:
                wanted.setdefault((slot.reference.model, slot.reference.column), set()).update(texts)
    return {
        (model, column): named(ctx, ctx.registry.spec(model), column, texts)
        for (model, column), texts in wanted.items()
        if may(ctx.person, "read", ctx.registry.spec(model))
    }
