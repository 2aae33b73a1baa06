"""The form of one record: opened, read back, saved. What its page shows is made in ``views``. The caller commits."""

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from admin_core.generator import labels
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.forms.drafts import Draft, Start, Stored, load_row, open_draft, read_typed
from admin_core.generator.forms.fields import Formdata, name_of
from admin_core.generator.forms.inlines import InlineDraft, add_row, gone_rows, open_inlines, read_inline, write_inline
from admin_core.generator.forms.judging import judge
from admin_core.generator.forms.lookups import lookup
from admin_core.generator.forms.saving import write
from admin_core.generator.forms.views import FormPage, page_of
from admin_core.generator.ids import decode_key, record_id
from admin_core.generator.spec import ModelSpec
from admin_core.policy import Verb, may, require
from admin_core.theme.formats import in_sentence

LONGEST_TEXT = 60
ADD = "add"
"""Names the relation that gets another row; nothing is saved then."""


@dataclass(frozen=True)
class Saved:
    """The record is written, once the caller commits."""

    record_id: str
    label: str
    created: bool
    then: str
    """``open``: show the record; ``stay``: the form again; ``add``: an empty form."""
    merged: tuple[str, ...] = ()
    """Labels of fields that somebody else changed meanwhile, and whose newer value was kept."""


def form_page(
    ctx: Context,
    spec: ModelSpec,
    key_text: str | None = None,
    formdata: Formdata | None = None,
    args: Formdata | None = None,
) -> FormPage | Saved:
    """Return the form of a record (a new one without ``key_text``), or what came of saving what it sent.

    ``args`` are values a new form starts from, by column key.
    """
    allow(ctx, spec, "create" if key_text is None else "edit")
    stored = None if key_text is None else stored_record(ctx, spec, key_text, lock=formdata is not None)
    initial = {} if stored or args is None else {key: args[key] for key in spec.columns if key in args}
    draft = open_draft(ctx, spec, stored, formdata, start=Start(initial=initial))
    inlines = open_inlines(ctx, spec, stored, formdata)
    if formdata is None:
        return page_of(ctx, draft, inlines)
    if ADD in formdata:
        for inline in inlines:
            if inline.relation.key == formdata[ADD]:
                add_row(ctx, inline, stored, formdata)
        return page_of(ctx, draft, inlines)
    read_all(ctx, draft, inlines, formdata)
    if not all_ok(draft, inlines):
        return page_of(ctx, draft, inlines)
    return save(ctx, draft, inlines, formdata.get("then", "open")) or page_of(ctx, draft, inlines)


def typed_page(ctx: Context, spec: ModelSpec, key_text: str | None, formdata: Formdata) -> FormPage:
    """Return the form as it was typed, with nothing judged or written."""
    page = form_page(ctx, spec, key_text, MultiDict([*formdata.items(multi=True), (ADD, "")]))
    assert isinstance(page, FormPage)  # asked for another row of nothing, it saves nothing
    return page


def allow(ctx: Context, spec: ModelSpec, verb: Verb) -> None:
    """Raise Refused or BadRequest unless this person may write rows of this model in a form."""
    require(ctx.person, verb, spec)
    if not spec.has_form:
        raise BadRequest(f"{spec.plural} are not written in a form.", spec.options.written_by)


def stored_record(ctx: Context, spec: ModelSpec, key_text: str, *, lock: bool) -> Stored:
    """Return the stored record, or raise NotFound: hidden and missing ones look the same."""
    key = decode_key(spec, key_text)
    stored = load_row(ctx, spec, key, lock=lock) if key else None
    if stored is None:
        raise NotFound(
            f"There is no such {in_sentence(spec.label)}.", "It may have been deleted, or you may not see it."
        )
    return stored


def read_all(ctx: Context, draft: Draft, inlines: list[InlineDraft], formdata: Formdata) -> None:
    """Read and judge everything that was typed."""
    for each in [draft, *(row for inline in inlines for row in inline.rows)]:
        take_searches(ctx, each, formdata)
    read_typed(draft, formdata)
    judge(ctx, draft)
    for inline in inlines:
        if gone_rows(inline, formdata):
            draft.general.append(f"{inline.relation.label}: a row was deleted by somebody else meanwhile. Look again.")
        read_inline(ctx, inline, formdata)


def take_searches(ctx: Context, draft: Draft, formdata: Formdata) -> None:
    """Answer the search boxes beside references, for people without JavaScript: an id is taken, words give a choice."""
    for key, slot in draft.slots.items():
        words = formdata.get(f"{draft.prefix}{name_of(key)}~search", "").strip()
        if not words or slot.reference is None:
            continue
        target = ctx.registry.spec(slot.reference.model)
        found = lookup(ctx, target, words, column=slot.reference.column) if may(ctx.person, "read", target) else []
        item = draft.fields[key]
        if any(option.value == words for option in found):
            item.text, item.submitted = words, True
            continue
        draft.options[key] = [(option.value, option.text) for option in found]
        if found:
            item.text, item.submitted = found[0].value, True
        shown = words[:LONGEST_TEXT]
        draft.wrong(key, f"Choose one of those found for “{shown}”." if found else f"Nothing was found for “{shown}”.")


def all_ok(draft: Draft, inlines: list[InlineDraft]) -> bool:
    """Return whether nothing stands against writing."""
    return draft.ok and all(row.ok for inline in inlines for row in inline.rows)


def save(ctx: Context, draft: Draft, inlines: list[InlineDraft], then: str) -> Saved | None:
    """Write the record and its inline rows, all or nothing; None when the database refused (the drafts say why)."""
    record = write_all(ctx, draft, inlines) if inlines else write(ctx, draft)
    if record is None:
        return None
    label = labels.record_label(ctx, draft.spec, record)
    next_page = then if then in {"open", "stay", "add"} else "open"
    return Saved(record_id(draft.spec, record), label, draft.stored is None, next_page, tuple(draft.merged))


def write_all(ctx: Context, draft: Draft, inlines: list[InlineDraft]) -> Any:
    """Return the written record, or None with nothing written at all: one refused row takes the others back."""
    savepoint = ctx.session.begin_nested()
    try:
        record = write(ctx, draft)
        done = record is not None and all(write_inline(ctx, inline, record) for inline in inlines)
    except BaseException:
        savepoint.rollback()
        raise
    if not done:
        savepoint.rollback()
        return None
    savepoint.commit()
    return record
