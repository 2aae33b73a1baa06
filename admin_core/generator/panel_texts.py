"""A panel of texts: each record stands in full, with its facts above it, and what can be done to it below."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import load_only

from admin_core.contributions import Panel
from admin_core.generator import urls
from admin_core.generator.action_buttons import Button, buttons
from admin_core.generator.belonging import shown_columns
from admin_core.generator.cells import cell
from admin_core.generator.context import Context
from admin_core.generator.history import COLLEAGUE, sees_colleagues
from admin_core.generator.ids import record_id
from admin_core.generator.labels import record_label
from admin_core.generator.related import cell_of
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import sees
from admin_core.theme.cells import badge
from admin_core.theme.differences import difference
from schema.staff import StaffMember

STAFF = "staff_members"
Names = Mapping[UUID, str]


@dataclass(frozen=True)
class TextRow:
    """One record as a text."""

    url: str
    label: str
    facts: tuple[tuple[str, Markup], ...]
    """What each is called and what it is; a switch that is on has no name beside its badge."""
    body: Markup
    """Empty where there is no text."""
    actions: tuple[Button, ...]


def texts(ctx: Context, panel: Panel, records: Sequence[Any]) -> tuple[TextRow, ...]:
    """Return the records as texts, at most as many as the panel shows; the next one is only compared with."""
    assert panel.belonging is not None  # a panel of texts has one
    other, columns = ctx.registry.spec(panel.belonging.rows), shown_columns(ctx, panel.belonging)
    names = colleagues(ctx, columns, records)
    before = [*records[1:], None] if panel.compared else [None] * len(records)
    pairs = list(zip(records, before, strict=True))[: panel.most]
    return tuple(
        TextRow(
            url=urls.record_url(other.key, record_id(other, record)),
            label=record_label(ctx, other, record),
            facts=tuple(facts(ctx, other, columns, record, (panel.text, names))),
            body=body(ctx, other, record, older, panel.text),
            actions=buttons(ctx, other, record),
        )
        for record, older in pairs
    )


def body(ctx: Context, other: ModelSpec, record: Any, older: Any, text: str) -> Markup:
    """Return the text in full, or what it changed in the older one; masked for who may not see it."""
    column, value = other.columns[text], getattr(record, text)
    if value is None or sees(ctx.person, column) == "never":
        return Markup()
    if older is not None and sees(ctx.person, column) == "clear":
        return difference(getattr(older, text) or "", value)
    return cell(ctx, other, column, record, full=True)


def facts(
    ctx: Context, other: ModelSpec, columns: Iterable[ColumnSpec], record: Any, given: tuple[str, Names]
) -> Iterable[tuple[str, Markup]]:
    """Yield what is known of a record beside its text."""
    text, names = given
    for column in columns:
        value = getattr(record, column.key)
        if column.key == text or value is None or value is False:
            continue
        if value is True:
            yield "", badge(column.label, "info")
        elif is_member(column):
            yield column.label, Markup("{}").format(names.get(value, COLLEAGUE))
        else:
            yield column.label, cell_of(ctx, other, column, record)


def colleagues(ctx: Context, columns: Iterable[ColumnSpec], records: Iterable[Any]) -> Names:
    """Return the names of the members the records refer to, for those who may see who did what; one statement."""
    keys = [column.key for column in columns if is_member(column)]
    ids = {value for record in records for key in keys if (value := getattr(record, key)) is not None}
    if not ids or not sees_colleagues(ctx.person):
        return {}
    named = sa.select(StaffMember).where(StaffMember.id.in_(sorted(ids)))
    members = ctx.session.scalars(named.options(load_only(StaffMember.id, StaffMember.name)))
    return {member.id: member.name for member in members}


def is_member(column: ColumnSpec) -> bool:
    """Return whether a column names somebody of the team."""
    return column.reference is not None and column.reference.model == STAFF
