"""A record's page: its fields in groups, what it belongs to, and lists of what belongs to it, loaded when looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import joinedload, load_only

from admin_core.generator import urls
from admin_core.generator.action_buttons import Button, buttons
from admin_core.generator.cells import cell
from admin_core.generator.context import Context
from admin_core.generator.errors import NotFound
from admin_core.generator.ids import as_text, decode_key, encode_key, key_criteria, record_id
from admin_core.generator.labels import labels_across, named_fields, record_label, short_id
from admin_core.generator.reads import read_of
from admin_core.generator.record_parts import PanelTab, RecordParts, panel_tabs
from admin_core.generator.reveals import revealed
from admin_core.generator.spec import ColumnSpec, ModelSpec, RelationSpec
from admin_core.generator.subjects import way_of
from admin_core.policy import limit, may, may_reveal, readable_columns, sees, why_not
from admin_core.theme.cells import badge
from admin_core.theme.formats import in_sentence

OVERVIEW = "Overview"
RECORD = "Record"
LOG = "access_entries"
MACHINERY = frozenset({"created_at", "updated_at"})

NO_PARTS = RecordParts()
Names = Mapping[tuple[str, str], str]
"""(model, id) → label of records that a reference without a relationship leads to."""


@dataclass(frozen=True)
class Field:
    """One value with its name and help."""

    label: str
    value: Markup
    help: str = ""
    wide: bool = False
    reveal_url: str = ""
    """Where a masked value is asked for; empty where it can't be."""
    hide_url: str = ""
    """Where a revealed value is masked again."""
    until: datetime | None = None
    """When a revealed value is masked again by itself."""
    key: str = ""


@dataclass(frozen=True)
class Around:
    """What the fields of a record need beside the record."""

    names: Names
    revealed: Mapping[str, datetime]


@dataclass(frozen=True)
class RelatedTab:
    """A list of other records that belong to this one."""

    key: str
    label: str
    url: str
    """The fragment with the first rows."""
    list_url: str
    """The whole list, filtered to this record; empty where no column of the other model leads here."""
    model: str


@dataclass(frozen=True)
class DetailPage:
    """Everything the template shows."""

    spec: ModelSpec
    id: str
    title: str
    badges: Markup
    groups: tuple[tuple[str, tuple[Field, ...]], ...]
    related: tuple[RelatedTab, ...]
    """Without what a panel lists already."""
    list_url: str
    facts: tuple[Field, ...] = ()
    """What plugins put at the top."""
    panels: tuple[PanelTab, ...] = ()
    timeline_url: str = ""
    """What happened to it; empty where no plugin knows of anything."""
    edit_url: str = ""
    delete_url: str = ""
    actions: tuple[Button, ...] = ()
    history_url: str = ""
    """Who changed it; empty where changes are not recorded row by row."""
    written_by: str = ""
    """Why there is no form: who changes such records."""
    looked_url: str = ""
    """Who looked at it; empty where nobody's data is in it, or the person may not know."""
    until: datetime | None = None
    """When the first revealed value is masked again."""


def detail_page(ctx: Context, spec: ModelSpec, text: str, parts: RecordParts = NO_PARTS) -> DetailPage:
    """Return a record's page, or raise NotFound when the id names nothing this person may see."""
    record = load(ctx, spec, text)
    columns = readable_columns(ctx.person, spec)
    found = record_id(spec, record)
    editable = spec.has_form
    around = Around(bare_names(ctx, columns, record), revealed(ctx, spec, columns, found))
    fields = [*read_of(ctx.person, columns, record), *around.revealed, *names_in(ctx, columns, record)]
    ctx.reads.note_record(spec, record, fields)
    panels = tuple(panel_tabs(ctx, spec, record, parts))
    listed = {panel.rows for panel in panels}
    return DetailPage(
        spec=spec,
        id=found,
        title=record_label(ctx, spec, record),
        badges=badges(ctx, columns, record),
        groups=tuple(groups(ctx, spec, columns, record, around)),
        related=tuple(tab for tab in related_tabs(ctx, spec, record) if tab.model not in listed),
        list_url=urls.list_url(spec.key),
        facts=tuple(facts(ctx, spec, columns, record, (around, parts))),
        panels=panels,
        timeline_url=urls.timeline_url(spec.key, found) if parts.kinds_on(spec.key, ctx.person) else "",
        edit_url=urls.edit_url(spec.key, found) if editable and may(ctx.person, "edit", spec) else "",
        delete_url=urls.delete_url(spec.key, found) if editable and may(ctx.person, "delete", spec) else "",
        history_url=urls.history_url(spec.key, found) if spec.options.capture == "row" else "",
        actions=buttons(ctx, spec, record),
        written_by=why_no_form(ctx, spec),
        looked_url=looked_at(ctx, spec, record),
        until=min(around.revealed.values(), default=None),
    )


def facts(
    ctx: Context, spec: ModelSpec, columns: Iterable[ColumnSpec], record: Any, given: tuple[Around, RecordParts]
) -> Iterable[Field]:
    """Return the fields that plugins put at the top, in their order."""
    around, parts = given
    known = {column.key: column for column in columns}
    for name in parts.header_columns(spec.key):
        if name in known:
            yield field_of(ctx, spec, known[name], record, around)


def looked_at(ctx: Context, spec: ModelSpec, record: Any) -> str:
    """Return where it stands who looked: at the person that the record is, or at the record itself."""
    if not may(ctx.person, "read", ctx.registry.spec(LOG)) or (way := way_of(spec)) is None:
        return ""
    found = record_id(spec, record)
    return urls.looked_url({"kind": way.kind, "key": found} if not way.steps else {"model": spec.key, "record": found})


def load(ctx: Context, spec: ModelSpec, text: str) -> Any:
    """Return the record with this id, secrets left out, with the records its references name."""
    values = decode_key(spec, text)
    if values is None:
        raise NotFound(f"No {in_sentence(spec.label)} has this id.", "It is not in the form such ids have.")
    shown = [getattr(spec.model, column.key) for column in spec.columns.values() if column.pii != "secret"]
    statement = (
        sa.select(spec.model).where(*key_criteria(spec, values)).options(load_only(*shown), *parents_of(ctx, spec))
    )
    record = ctx.session.scalars(limit(statement, ctx.person, spec)).unique().one_or_none()
    if record is None:
        raise NotFound(f"No {in_sentence(spec.label)} has this id.", "It was deleted, or your role doesn't see it.")
    return record


def parents_of(ctx: Context, spec: ModelSpec) -> list[Any]:
    """Return the loading of the records our references name: their naming columns only, in the same statement."""
    options = []
    for relation in followed(spec):
        other = ctx.registry.spec(relation.model)
        if not may(ctx.person, "read", other):
            continue  # such records are not named
        wanted = [getattr(other.model, key) for key in (*other.primary_key, *other.title)]
        options.append(joinedload(getattr(spec.model, relation.key)).load_only(*wanted))
    return options


def followed(spec: ModelSpec) -> Iterable[RelationSpec]:
    """Return the to-one relations that a single column of ours follows."""
    keys = [c.reference.relation for c in spec.columns.values() if c.reference and c.reference.relation]
    return [spec.parents[key] for key in keys if key in spec.parents]


def groups(
    ctx: Context, spec: ModelSpec, columns: Sequence[ColumnSpec], record: Any, around: Around
) -> Iterable[tuple[str, tuple[Field, ...]]]:
    """Return the fields by heading: the model's own groups in declared order, keys and times last."""
    by_heading: dict[str, list[Field]] = {}
    for column in columns:
        by_heading.setdefault(heading_of(column), []).append(field_of(ctx, spec, column, record, around))
    last = by_heading.pop(RECORD, [])
    yield from ((heading, tuple(fields)) for heading, fields in by_heading.items())
    if last:
        yield RECORD, tuple(last)


def names_in(ctx: Context, columns: Iterable[ColumnSpec], record: Any) -> list[str]:
    """Return the personal fields of other records that this one's references show by name."""
    known = [c for c in columns if c.reference and c.reference.relation and getattr(record, c.key) is not None]
    return [name for column in known for name in named_fields(ctx, column)]


def heading_of(column: ColumnSpec) -> str:
    """Return the heading a column stands under."""
    if column.group:
        return column.group
    return RECORD if column.is_key or column.key in MACHINERY else OVERVIEW


def field_of(ctx: Context, spec: ModelSpec, column: ColumnSpec, record: Any, around: Around) -> Field:
    """Return one field; a reference is a link named after the record it points to."""
    filled, until = getattr(record, column.key) is not None, around.revealed.get(column.key)
    wide = column.kind in {"longtext", "json"} and filled
    place = spec.key, record_id(spec, record), column.key
    return Field(
        column.label,
        value_of(ctx, spec, column, record, around),
        column.help,
        wide,
        reveal_url=urls.reveal_url(*place) if filled and until is None and may_reveal(ctx.person, column) else "",
        hide_url=urls.hide_url(*place) if filled and until is not None else "",
        until=until,
        key=column.key,
    )


def value_of(ctx: Context, spec: ModelSpec, column: ColumnSpec, record: Any, around: Around) -> Markup:
    """Return a value as markup, masked where the person may not see it."""
    value = getattr(record, column.key)
    if column.reference and value is not None and sees(ctx.person, column) == "clear":
        return reference_link(ctx, column, record, value, around.names)
    return cell(ctx, spec, column, record, full=True, revealed=column.key in around.revealed)


def bare_names(ctx: Context, columns: Iterable[ColumnSpec], record: Any) -> Names:
    """Return what the records are called that references without a relationship lead to: one statement."""
    ids: dict[str, set[str]] = {}
    for column in columns:
        reference, value = column.reference, getattr(record, column.key)
        if not reference or reference.relation or value is None or reference.model not in ctx.registry:
            continue
        if ctx.registry.spec(reference.model).primary_key == (reference.column,):
            ids.setdefault(reference.model, set()).add(encode_key((value,)))
    return labels_across(ctx, ids)


def reference_link(
    ctx: Context, column: ColumnSpec, record: Any, value: Any, names: Names = MappingProxyType({})
) -> Markup:
    """Return a link to the referenced record; where the person may not read such records, no name, only the id."""
    reference = column.reference
    assert reference is not None
    if reference.model not in ctx.registry:
        return Markup("{}").format(value)
    other = ctx.registry.spec(reference.model)
    reads = may(ctx.person, "read", other)
    target = getattr(record, reference.relation) if reference.relation and reads else None
    found = encode_key((value,))
    name = names.get((other.key, found), f"{other.label} {short_id(found)}")
    if target is not None:
        name = record_label(ctx, other, target)
    if not reads or other.primary_key != (reference.column,):
        return Markup("{}").format(name)
    return Markup('<a href="{}">{}</a>').format(urls.record_url(other.key, found), name)


def badges(ctx: Context, columns: Sequence[ColumnSpec], record: Any) -> Markup:
    """Return the status badges that stand beside the title."""
    marked = [c for c in columns if c.badge and sees(ctx.person, c) == "clear" and getattr(record, c.key) is not None]
    return Markup(" ").join(badge_of(column, as_text(getattr(record, column.key))) for column in marked)


def badge_of(column: ColumnSpec, stored: str) -> Markup:
    """Return the badge of one stored value."""
    return badge(dict(column.choices).get(stored, stored), column.badge.get(stored, "neutral"))


def related_tabs(ctx: Context, spec: ModelSpec, record: Any) -> Iterable[RelatedTab]:
    """Return the lists of what belongs to this record, those the person may read."""
    found = record_id(spec, record)
    for relation in spec.children.values():
        if may(ctx.person, "read", ctx.registry.outline(relation.model)):
            whole = filtered_list(relation, record)
            url = urls.related_url(spec.key, found, relation.key)
            yield RelatedTab(relation.key, relation.label, url, whole, relation.model)


def filtered_list(relation: RelationSpec, record: Any) -> str:
    """Return the other model's list, filtered to this record; empty for many-to-many and composite references."""
    if relation.through is not None or len(relation.columns) != 1:
        return ""
    value = getattr(record, relation.remote[0])
    return urls.list_url(relation.model, {f"f.{relation.columns[0]}.eq": str(value)})


def why_no_form(ctx: Context, spec: ModelSpec) -> str:
    """Return who changes such records when no form does, or why this person can't; empty when they can."""
    if not spec.has_form:
        return spec.options.written_by
    return why_not(ctx.person, "edit", spec)
