"""One change with all its rows, and the button that takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import literal
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_core.audit.reads import note_shown
from admin_core.audit.web import note_change
from admin_core.changes import history, undo, undoing_large
from admin_core.changes.acting import describe
from admin_core.changes.personal import Texts, texts_of
from admin_core.changes.rights import spec_of, tables, why_person_may_not
from admin_core.database import limit_statements
from admin_core.effects import JobEffects
from admin_core.generator.context import Context
from admin_core.generator.errors import NotFound
from admin_core.generator.forms.refusals import refusal_of
from admin_core.generator.history import FieldChange, field_changes, past_fields, people, reason_of
from admin_core.generator.ids import decode_key, encode_key
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import change_url, record_url
from admin_core.generator.view import context
from admin_core.jobs.enqueue import Origin
from admin_core.jobs_screen.lines import YOUR_JOBS
from admin_core.machine import machine
from admin_core.policy import Refused, is_or_was_visible, may
from admin_core.surfaces import POLICY, admin, declare
from admin_core.theme.feedback import flash_done
from schema.access_log import AccessKind
from schema.changes import ChangeKind, ChangeRow, ChangeSet
from schema.staff import StaffMember

blueprint = Blueprint("changes", __name__)
SHOWN = 50
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
    large = len(every) > undo.MOST
    kinds, total = undoing_large.kinds_of(ctx.session, found.id) if large else (plan, len(plan))
    problem = why_not(ctx, found, kinds, large=large)
    if found.reason:
        note_shown("change_sets", ("reason",), [found.id])
    words = {
        "change": found,
        "rows": [shown(ctx, row) for row in rows],
        "plan": kinds,
        "problem": problem,
        "total": total,
        "large": large,
    }
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
    if len(rows) > undo.MOST:
        return take_back_later(ctx, found)
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


def take_back_later(ctx: Context, found: ChangeSet) -> ResponseReturnValue:
    """Ask for the job that undoes a change of many rows."""
    kinds, _ = undoing_large.kinds_of(ctx.session, found.id)
    if undoing_large.why_not(ctx, found, kinds):
        ctx.session.rollback()
        return redirect(change_url(found.id), SEE_OTHER)  # the page says why
    origin = Origin(actor_id=ctx.person.id, request_id=g.request_id, title="Undo a change")
    JobEffects(ctx.session, machine(), origin).enqueue(undoing_large.JOB, {"change": found.id})
    note_change("change_sets.undo-asked", "change_sets", str(found.id), change_set_id=None)
    ctx.session.commit()
    flash_done("It is being undone. How far it is stands here.")
    return redirect(YOUR_JOBS, SEE_OTHER)


def why_not(ctx: Context, found: ChangeSet, kinds: list[undo.Step], *, large: bool) -> str:
    """Return why this person can't undo a change, empty when they can."""
    if large:
        return undoing_large.why_not(ctx, found, kinds)
    return undo.why_not(found, kinds) or why_person_may_not(ctx, kinds)


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


def readable(ctx: Context, row: ChangeRow) -> bool:
    """Return whether the person may see this row, or might before it was deleted."""
    spec = spec_of(ctx.registry, row.table_name)
    if spec is None or not may(ctx.person, "read", spec):
        return False
    return is_or_was_visible(ctx.session, ctx.person, spec.model, key_of(spec, row), literal(row.record_key, JSONB))


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
