"""Asks before a record goes, says what goes with it, and deletes it when nothing forbids it. The caller commits."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from admin_core.generator import labels, urls
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.forms.drafts import Stored, load_row
from admin_core.generator.forms.elsewhere import Deed, Outdated, Writer, writer_of
from admin_core.generator.forms.fields import Formdata
from admin_core.generator.forms.radius import Effect, effects_of
from admin_core.generator.forms.refusals import refusal_of
from admin_core.generator.forms.versions import seen, stamp_of, version
from admin_core.generator.ids import decode_key
from admin_core.generator.labels import has_key
from admin_core.generator.spec import ModelSpec
from admin_core.policy import require
from admin_core.theme.formats import in_sentence
from schema.changes import RowOperation

REFUSED = "The database refuses to delete it: other records still point here, or a rule forbids it."


@dataclass(frozen=True)
class DeletePage:
    """What stands on the page that asks."""

    spec: ModelSpec
    record_id: str
    label: str
    effects: tuple[Effect, ...]
    version: str
    problem: str = ""
    """Why the last attempt did nothing."""

    @property
    def blocks(self) -> tuple[Effect, ...]:
        """What forbids the deletion."""
        return tuple(effect for effect in self.effects if effect.rule == "block")

    @property
    def deletes(self) -> tuple[Effect, ...]:
        """What would go too."""
        return tuple(effect for effect in self.effects if effect.rule == "delete")

    @property
    def clears(self) -> tuple[Effect, ...]:
        """What would stay, without its link."""
        return tuple(effect for effect in self.effects if effect.rule == "clear")

    @property
    def touched(self) -> str:
        """How many rows would be deleted, for the button: ``13`` or ``1 000+``."""
        total = 1 + sum(effect.count for effect in self.deletes)
        more = any(effect.capped for effect in self.deletes)
        return f"{total:,}".replace(",", "\u00a0") + ("+" if more else "")

    @property
    def action(self) -> str:
        """Where the button posts to."""
        return urls.delete_url(self.spec.key, self.record_id)

    @property
    def list_url(self) -> str:
        """The list it stands in."""
        return urls.list_url(self.spec.key)

    @property
    def back(self) -> str:
        """Where "Cancel" leads."""
        return urls.record_url(self.spec.key, self.record_id)


@dataclass(frozen=True)
class Deleted:
    """The record is gone, once the caller commits."""

    label: str


def delete_page(
    ctx: Context, spec: ModelSpec, record_id: str, formdata: Formdata | None = None
) -> DeletePage | Deleted:
    """Return the page that asks; with what it sent, delete the record if it is still the one that was shown."""
    require(ctx.person, "delete", spec)
    if not spec.has_form:
        raise BadRequest(f"{spec.plural} are not deleted here.", spec.options.written_by)
    key = decode_key(spec, record_id)
    stored = load_row(ctx, spec, key, lock=formdata is not None) if key else None
    if stored is None:
        raise NotFound(
            f"There is no such {in_sentence(spec.label)}.", "It may have been deleted, or you may not see it."
        )
    label = labels.record_label(ctx, spec, stored.record)
    ctx.reads.note_record(spec, stored.record, labels.title_fields(ctx.person, spec))
    page = page_for(ctx, spec, stored, label)
    if formdata is None:
        return page
    if seen(ctx.cipher, spec, stored.id, formdata.get("version", "")).stamp != stored.stamp:
        return page_for(ctx, spec, stored, label, "It was changed after you opened this page. Look again.")
    if page.blocks:
        return page_for(ctx, spec, stored, label, "It can't be deleted while other records depend on it.")
    if problem := delete_row(ctx, spec, stored):
        return page_for(ctx, spec, stored, label, problem)
    return Deleted(label)


def page_for(ctx: Context, spec: ModelSpec, stored: Stored, label: str, problem: str = "") -> DeletePage:
    """Return the page about a stored record."""
    writer = writer_of(spec)
    effects = tuple(writer.effects(spec, stored.record) if writer else effects_of(ctx, spec, stored.record))
    return DeletePage(spec, stored.id, label, effects, version(ctx.cipher, spec, stored.id, stored.stamp, {}), problem)


def delete_row(ctx: Context, spec: ModelSpec, stored: Stored) -> str:
    """Delete one row by its key and version; return why that was not possible, or nothing.

    A DELETE of ours, not the session's: that would first set the links of children to NULL, one row at a time.
    """
    key = decode_key(spec, stored.id)
    assert key is not None  # the id was made from the row
    if writer := writer_of(spec):
        return delete_elsewhere(ctx, spec, stored, writer)
    statement = sa.delete(spec.model).where(has_key(spec, [key]), stamp_of(spec) == stored.stamp)
    try:
        with ctx.session.begin_nested():
            result = ctx.session.execute(statement.execution_options(synchronize_session=False))
    except DBAPIError as error:
        refusal = refusal_of(error, spec)
        if refusal is None:
            raise
        return REFUSED
    if result.rowcount != 1:  # type: ignore[attr-defined]  # a DELETE's result has it
        return "It was changed or deleted by somebody else meanwhile."
    ctx.session.expunge(stored.record)
    return ""


def delete_elsewhere(ctx: Context, spec: ModelSpec, stored: Stored, writer: Writer) -> str:
    """Delete a row of another database; return why that was not possible, or nothing."""
    key = [getattr(stored.record, name) for name in spec.primary_key]
    try:
        writer.carry_out(Deed(spec, RowOperation.DELETE, ctx.person.id, key, stored.stamp, before=stored.values))
    except Outdated as outdated:
        return outdated.sentence
    except DBAPIError as error:
        if refusal_of(error, spec) is None:
            raise
        return REFUSED
    ctx.session.expunge(stored.record)
    return ""
