"""Child rows edited inside their parent's form: declared, bounded, each with its own version and its own errors."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest
from admin_core.generator.forms.deleting import delete_row
from admin_core.generator.forms.drafts import Draft, Start, Stored, load_rows, open_draft, read_typed
from admin_core.generator.forms.fields import Formdata
from admin_core.generator.forms.judging import judge
from admin_core.generator.forms.saving import write
from admin_core.generator.spec import ModelSpec, RelationSpec
from admin_core.policy import may

MOST = 50
"""Stored rows in one form; with more, the form links to their list."""
MOST_NEW = 100


@dataclass
class InlineDraft:
    """One relation's rows in the form."""

    relation: RelationSpec
    spec: ModelSpec
    rows: list[Draft] = field(default_factory=list)
    removed: list[Draft] = field(default_factory=list)
    blank: Draft | None = None
    """Pattern of a new row; None when the person may not add."""
    too_many: bool = False
    editable: bool = True
    removable: bool = True


def open_inlines(ctx: Context, spec: ModelSpec, parent: Stored | None, formdata: Formdata | None) -> list[InlineDraft]:
    """Return the inlines this person may see, with the stored rows and what was typed."""
    found = []
    for name in spec.options.inlines:
        relation = spec.children.get(name)
        if relation is None or relation.through is not None or relation.model not in ctx.registry:
            continue
        child = ctx.registry.spec(relation.model)
        if may(ctx.person, "read", child):
            found.append(open_inline(ctx, relation, child, parent, formdata))
    return found


def open_inline(
    ctx: Context, relation: RelationSpec, child: ModelSpec, parent: Stored | None, formdata: Formdata | None
) -> InlineDraft:
    """Return one relation's rows."""
    forms = child.writes == "forms"
    inline = InlineDraft(relation, child, editable=forms and may(ctx.person, "edit", child))
    inline.removable = forms and may(ctx.person, "delete", child)
    given = given_by(relation, parent)
    stored = children_of(ctx, relation, child, parent, lock=formdata is not None)
    inline.too_many = len(stored) > MOST
    creates = forms and may(ctx.person, "create", child)
    inline.blank = (
        open_draft(ctx, child, None, None, start=Start(prefix_of(relation, "new"), given)) if creates else None
    )
    if inline.too_many:
        stored = []
    for number, row in enumerate(stored):
        place_stored(ctx, inline, row, number, formdata)
    if formdata is not None and creates:
        place_new(ctx, inline, given, formdata)
    return inline


def place_stored(ctx: Context, inline: InlineDraft, row: Stored, number: int, formdata: Formdata | None) -> None:
    """Put a stored row into the form under the number it was shown with, if any."""
    shown = {row_id: n for n, row_id in stored_numbers(inline.relation, formdata)} if formdata is not None else {}
    unused = max(numbers_in(inline.relation, formdata), default=-1) + 1 if formdata is not None else 0
    prefix = prefix_of(inline.relation, shown.get(row.id, unused + number))
    sent = formdata if formdata is not None and row.id in shown and inline.editable else None
    start = Start(prefix, {key: getattr(row.record, key) for key in inline.relation.columns})
    draft = open_draft(ctx, inline.spec, row, sent, start=start)
    dropped = formdata is not None and bool(formdata.get(f"{prefix}drop"))
    (inline.removed if dropped and inline.removable else inline.rows).append(draft)


def place_new(ctx: Context, inline: InlineDraft, given: Mapping[str, Any], formdata: Formdata) -> None:
    """Put the new rows that were sent into the form; rows left blank are forgotten when the form is saved."""
    stored = {number for number, _ in stored_numbers(inline.relation, formdata)}
    fresh = [n for n in numbers_in(inline.relation, formdata) if n not in stored]
    if len(fresh) > MOST_NEW:
        raise BadRequest(f"One form takes at most {MOST_NEW} new rows.", "Save some of them, then add the others.")
    for number in fresh:
        prefix = prefix_of(inline.relation, number)
        if not formdata.get(f"{prefix}drop"):
            inline.rows.append(open_draft(ctx, inline.spec, None, formdata, start=Start(prefix, given)))


def add_row(ctx: Context, inline: InlineDraft, parent: Stored | None, formdata: Formdata) -> None:
    """Append a blank row, for people without JavaScript."""
    if inline.blank is None:
        return
    number = max([*numbers_in(inline.relation, formdata), len(inline.rows) - 1]) + 1
    start = Start(prefix_of(inline.relation, number), given_by(inline.relation, parent))
    inline.rows.append(open_draft(ctx, inline.spec, None, None, start=start))


def read_inline(ctx: Context, inline: InlineDraft, formdata: Formdata) -> None:
    """Read and judge what was typed into the rows; blank new ones go."""
    inline.rows = [row for row in inline.rows if row.stored is not None or not is_blank(row)]
    for row in inline.rows:
        if row.stored is None or (inline.editable and any(item.submitted for item in row.fields.values())):
            read_typed(row, formdata)
            judge(ctx, row)


def write_inline(ctx: Context, inline: InlineDraft, parent: Any) -> bool:
    """Write one relation's rows; False when the database refused one."""
    given = {mine: getattr(parent, theirs) for mine, theirs in pairs_of(inline.relation)}
    for row in inline.removed:
        if row.stored and (refusal := delete_row(ctx, inline.spec, row.stored)):
            row.general.append(refusal)
            inline.rows.append(row)
            return False
    return all(write(ctx, row, {} if row.stored else given) is not None for row in inline.rows)


def is_blank(row: Draft) -> bool:
    """Return whether nobody typed anything into a new row."""
    return all(
        item.text in {row.slots[key].initial, ""}
        or (row.slots[key].editor.widget == "checkbox" and item.text == "false")
        for key, item in row.fields.items()
    )


def children_of(
    ctx: Context, relation: RelationSpec, child: ModelSpec, parent: Stored | None, *, lock: bool
) -> list[Stored]:
    """Return the parent's rows, one more than a form shows at most."""
    if parent is None:
        return []
    criteria = [getattr(child.model, mine) == getattr(parent.record, theirs) for mine, theirs in pairs_of(relation)]
    return load_rows(ctx, child, criteria, lock=lock, bound=MOST + 1)


def given_by(relation: RelationSpec, parent: Stored | None) -> dict[str, Any]:
    """Return what the parent sets in a new row; unknown (None) until a new parent is written."""
    return {mine: getattr(parent.record, theirs) if parent else None for mine, theirs in pairs_of(relation)}


def pairs_of(relation: RelationSpec) -> list[tuple[str, str]]:
    """Return the child's columns with the parent's that they point to."""
    return list(zip(relation.columns, relation.remote, strict=True))


def prefix_of(relation: RelationSpec, number: int | str) -> str:
    """Return what stands before the names of one row's fields."""
    return f"i-{relation.key}-{number}-"


def numbers_in(relation: RelationSpec, formdata: Formdata) -> list[int]:
    """Return the numbers of the rows that were sent, in order."""
    form = re.compile(rf"i-{re.escape(relation.key)}-(\d{{1,6}})-", re.ASCII)
    return sorted({int(found[1]) for name in formdata if (found := form.match(name))})


def stored_numbers(relation: RelationSpec, formdata: Formdata) -> Iterator[tuple[int, str]]:
    """Yield number and record id of the sent rows that were stored before."""
    for number in numbers_in(relation, formdata):
        if row_id := formdata.get(f"{prefix_of(relation, number)}id"):
            yield number, row_id


def gone_rows(inline: InlineDraft, formdata: Formdata) -> bool:
    """Return whether a row that was sent is stored no longer."""
    there = {row.stored.id for row in [*inline.rows, *inline.removed] if row.stored}
    sent = {row_id for _, row_id in stored_numbers(inline.relation, formdata)}
    return bool(sent - there) and not inline.too_many
