"""One change with all its rows, and the button that takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_core.access import current_person
from admin_core.audit.reads import note_shown, page_reads
from admin_core.audit.web import note_change
from admin_core.changes import history, undo
from admin_core.changes.acting import describe
from admin_core.changes.personal import Texts, texts_of
from admin_core.database import limit_statements
from admin_core.generator.context import Context
from admin_core.generator.errors import NotFound
from admin_core.generator.forms.refusals import refusal_of
from admin_core.generator.history import FieldChange, field_changes, past_fields, people, reason_of
from admin_core.generator.ids import decode_key, encode_key
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import change_url, record_url
from admin_core.machine import machine, request_session
from admin_core.policy import Person, Refused, Verb, may, require, sees, visible
from admin_core.surfaces import POLICY, admin, declare
from admin_core.theme.feedback import flash_done
from schema.access_log import AccessKind
from schema.changes import ChangeKind, ChangeRow, ChangeSet, RowOperation
from schema.staff import StaffMember

blueprint = Blueprint("changes", __name__)
SHOWN = 50
UNDOES: dict[RowOperation, Verb] = {
    RowOperation.INSERT: "delete",
    RowOperation.UPDATE: "edit",
    RowOperation.DELETE: "create",
}
SEE_OTHER = 303


@dataclass(frozen=True)
class ShownRow:
    """A changed row as the page shows it."""

    label: str
    deed: str
    url: str
    fields: tuple[FieldChange, ...]


def install(app: Flask) -> None:
    """Mount the pages of changes."""
    app.register_blueprint(blueprint)
    declare(app, {"changes.*": admin(POLICY)})


@blueprint.get("/admin/changes/<uuid:change_id>")
def change(change_id: UUID) -> ResponseReturnValue:
    """Show a change, and what undoing it would do."""
    ctx = context()
    limit_statements(ctx.session)
    found = find(ctx.session, change_id)
    every, texts = rows_of(ctx, found)
    rows = [row for row in every[:SHOWN] if readable(ctx, row)]
    if not rows:
        raise Refused("You may not see this change: it touched records your role does not see.", "data:*:read")
    plan = undo.steps(ctx.session, found, every, tables(ctx.registry), texts)
    problem = undo.why_not(found, plan) or why_person_may_not(ctx, plan)
    if found.reason:
        note_shown("change_sets", ("reason",), [found.id])
    words = {"change": found, "rows": [shown(ctx, row) for row in rows], "plan": plan, "problem": problem}
    return render_template(
        "admin/changes/change.html", **words, who=who(ctx, found), back=request.path, reason=reason_of(ctx, found)
    )


@blueprint.post("/admin/changes/<uuid:change_id>/undo")
def take_back(change_id: UUID) -> ResponseReturnValue:
    """Undo a change, all of it or nothing."""
    ctx = context()
    limit_statements(ctx.session)
    found = find(ctx.session, change_id)
    describe(kind=ChangeKind.UNDO, title="Undid a change", undoes_id=found.id)
    rows, texts = rows_of(ctx, found)
    plan = undo.steps(ctx.session, found, rows, tables(ctx.registry), texts, lock=True)
    if undo.why_not(found, plan) or why_person_may_not(ctx, plan):
        ctx.session.rollback()
        return redirect(change_url(change_id), SEE_OTHER)  # the page says why
    try:
        count = undo.undo(ctx.session, plan, tables(ctx.registry), texts)
    except DBAPIError as error:
        ctx.session.rollback()
        if (refusal := refusal_of(error, ctx.registry.spec(plan[0].table))) is None:
            raise
        flash(f"Nothing was undone. {refusal.sentence}", "danger")
        return redirect(change_url(change_id), SEE_OTHER)
    note_change("change_sets.undone", "change_sets", str(change_id))
    ctx.session.commit()
    flash_done(f"Undone: {count} {'row' if count == 1 else 'rows'} put back.")
    return redirect(change_url(change_id), SEE_OTHER)


def rows_of(ctx: Context, found: ChangeSet) -> tuple[Sequence[ChangeRow], Texts]:
    """Return the rows of a change, opened, and their personal values; one more than can be taken back if there are."""
    rows = history.of_change(ctx.session, found.id, most=undo.MOST + 1)
    return rows, texts_of(ctx.session, ctx.subject_keys, rows)


def find(session: Session, change_id: UUID) -> ChangeSet:
    """Return the change, or raise NotFound."""
    found = session.get(ChangeSet, change_id)
    if found is None:
        raise NotFound("There is no such change.", "Nothing may have been written by that request.")
    return found


def who(ctx: Context, found: ChangeSet) -> str:
    """Return who made a change, and who approved it."""
    member = ctx.session.get(StaffMember, found.actor_id) if found.actor_id else None
    names = member.name if member else None, history.approver_of(ctx.session, found.id)
    return people(ctx.person, names, found)


def why_person_may_not(ctx: Context, plan: list[undo.Step]) -> str:
    """Return why this person can't undo it, empty when they can: they need the right to each single step."""
    for step in plan:
        spec = spec_of(ctx.registry, step.table)
        if spec is None or spec.writes != "forms":
            return "Rows of this kind are not changed by hand, so they are not put back by hand either."
        try:
            require(ctx.person, UNDOES[step.operation], spec)
        except Refused as refused:
            return refused.sentence
        if hidden := unseen(ctx.person, spec, step):
            return f"It changed what your roles do not see in clear: {', '.join(hidden)}."
    return ""


def unseen(person: Person, spec: ModelSpec, step: undo.Step) -> list[str]:
    """Return the columns that a step would set back, and that the person could not set in a form either."""
    changed = [column for column in spec.columns.values() if column.name in step.columns]
    is_edit = step.operation is RowOperation.UPDATE
    return [column.label for column in changed if is_edit and sees(person, column) != "clear"]


def readable(ctx: Context, row: ChangeRow) -> bool:
    """Return whether the person may see rows of this table."""
    spec = spec_of(ctx.registry, row.table_name)
    if spec is None or not may(ctx.person, "read", spec):
        return False
    return visible(ctx.session, ctx.person, spec.model, {key_of(spec, row)})


def shown(ctx: Context, row: ChangeRow) -> ShownRow:
    """Return a row as the page shows it."""
    spec = spec_of(ctx.registry, row.table_name)
    assert spec is not None  # only readable rows are shown
    found = encode_key(key_of(spec, row))
    parsed = decode_key(spec, found)
    ctx.reads.note(spec, AccessKind.LIST, past_fields(ctx.person, spec, row), [parsed] if parsed else [])
    return ShownRow(spec.label, str(row.operation), record_url(spec.key, found), tuple(field_changes(ctx, spec, row)))


def key_of(spec: ModelSpec, row: ChangeRow) -> tuple[Any, ...]:
    """Return the primary key of the changed record."""
    return tuple(row.record_key[spec.columns[key].name] for key in spec.primary_key)


def spec_of(registry: Registry, table: str) -> ModelSpec | None:
    """Return the model of a table of ours."""
    return registry.spec(table) if table in registry else None


def tables(registry: Registry) -> dict[str, Table]:
    """Return our tables by name."""
    return {key: registry.spec(key).table for key in registry}


def context() -> Context:
    """Return this request's surroundings."""
    person: Person | None = current_person()
    assert person is not None  # the gate asks
    parts = machine()
    now = datetime.now(UTC)
    return Context(request_session(person), person, parts.registry, parts.cipher, now, parts.actions, page_reads())
