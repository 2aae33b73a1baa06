"""What saving a form, or deleting a record, would do: shown above the form, with nothing typed lost."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from admin_core.changes.rehearsal import Failed, Measured, measured, rehearse
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest
from admin_core.generator.forms.deleting import Deleted, DeletePage, delete_page
from admin_core.generator.forms.fields import Formdata
from admin_core.generator.forms.pages import Saved, form_page, typed_page
from admin_core.generator.forms.views import FormPage
from admin_core.generator.plan_view import PlanView, known_tables, view_of
from admin_core.generator.spec import ModelSpec
from admin_core.machine import Machine
from admin_core.policy import PolicySession

STEP = "preview"
"""What the button that only shows sends."""


@dataclass(frozen=True)
class Preview:
    """A form's page again, with what it would do."""

    page: FormPage | DeletePage
    plan: PlanView | None = None
    """None: it would be refused; the page, or the problem, says why."""
    problem: str = ""


def form_preview(parts: Machine, ctx: Context, spec: ModelSpec, record: str | None, formdata: Formdata) -> Preview:
    """Return the form as it was typed, with what saving it would do."""
    refuse_elsewhere(spec)

    def save(inner: Context) -> FormPage | Measured:
        page = form_page(inner, spec, record, formdata)
        return measured(inner.session, known_tables(parts.registry)) if isinstance(page, Saved) else page

    return tried(parts, ctx, save, lambda: typed_page(ctx, spec, record, formdata))


def delete_preview(parts: Machine, ctx: Context, spec: ModelSpec, record: str, formdata: Formdata) -> Preview:
    """Return the page that asks before a deletion, with what it would do."""
    refuse_elsewhere(spec)

    def delete(inner: Context) -> DeletePage | Measured:
        page = delete_page(inner, spec, record, formdata)
        return measured(inner.session, known_tables(parts.registry)) if isinstance(page, Deleted) else page

    def asking() -> DeletePage:
        page = delete_page(ctx, spec, record)
        assert isinstance(page, DeletePage)  # nothing was sent
        return page

    return tried(parts, ctx, delete, asking)


def refuse_elsewhere(spec: ModelSpec) -> None:
    """Raise BadRequest for a table of another database: what happens there on a write, nothing here sees."""
    if spec.writes == "elsewhere":
        raise BadRequest("Nothing can be tried out in the other database.", "Save, or go back.")


def tried(
    parts: Machine,
    ctx: Context,
    deed: Callable[[Context], FormPage | DeletePage | Measured],
    again: Callable[[], FormPage | DeletePage],
) -> Preview:
    """Do it in a dry run; return the page it came to, or the page again with what was done."""

    def inside(session: PolicySession) -> FormPage | DeletePage | Measured:
        return deed(replace(ctx, session=session))

    try:
        found = rehearse(parts.database.engine, ctx.person, inside)
    except Failed as failure:
        return Preview(again(), problem=failure.sentence)
    if not isinstance(found, Measured):
        return Preview(found)
    return Preview(again(), view_of(ctx, found.outline, lambda asked: asked.name, found.rows))
