"""What the pages of selections show: plain values, everything decided. Knows no Flask."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from admin_core.approvals.many import OF_CORE
from admin_core.bulk.acting import Act
from admin_core.bulk.counting import radius
from admin_core.bulk.deeds import Deed
from admin_core.bulk.deleting import Delete
from admin_core.bulk.editing import Edit, offered, typed_draft
from admin_core.bulk.running import sentence_of
from admin_core.bulk.selections import sample_of
from admin_core.bulk.trying import TrialView
from admin_core.contributions import ActionRefused, Question
from admin_core.generator import urls
from admin_core.generator.bulk_choices import bulk_choices
from admin_core.generator.context import Context
from admin_core.generator.forms.building import plan_of
from admin_core.generator.forms.drafts import Draft
from admin_core.generator.forms.fields import bound_fields, name_of
from admin_core.generator.forms.radius import Effect
from admin_core.generator.forms.views import FieldView, fields_of, reference_names
from admin_core.generator.labels import labels_for
from admin_core.generator.list_model import BulkChoice
from admin_core.generator.plan_view import PlanView
from admin_core.generator.spec import ModelSpec
from admin_core.theme.formats import in_sentence, number
from schema.bulk import BulkRun
from schema.jobs import OutcomeKind
from schema.views import Selection

BASE = "/admin/selections"
NAMED = 10
"""Rows of a selection that its page names."""
LEAVE, SET, CLEAR = "", "set", "clear"


@dataclass(frozen=True)
class BulkField:
    """A field that may be set for many rows."""

    view: FieldView
    choice: str
    """What is to be done with it: nothing, ``set`` or ``clear``."""
    clears: bool
    """Whether it may be emptied."""

    @property
    def name(self) -> str:
        """How the form names the choice."""
        return choice_name(self.view.key)


@dataclass(frozen=True)
class SelectionPage:
    """A selection, and what may be done with it."""

    spec: ModelSpec
    selection: Selection
    choices: tuple[BulkChoice, ...]
    named: tuple[tuple[str, str], ...]
    """Address and name of some of its rows."""
    title: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"{BASE}/{self.selection.id}"

    @property
    def list_url(self) -> str:
        """Where it was made."""
        return urls.list_url(self.spec.key)


@dataclass(frozen=True)
class BulkPage:
    """The page that asks before something is done to many rows."""

    spec: ModelSpec
    selection: Selection
    deed: Deed
    title: str
    once: str = ""
    fields: tuple[BulkField, ...] = ()
    errors: tuple[tuple[str, str, str], ...] = ()
    """Field, label and sentence, for the summary."""
    effects: tuple[Effect, ...] = ()
    """What a deletion does to other records."""
    typed: Mapping[str, str] = field(default_factory=dict)
    problem: ActionRefused | None = None
    trial: TrialView | None = None
    before: PlanView | None = None
    """What was shown earlier, where that is no longer what would happen."""
    seen: str = ""
    two_people: str = ""
    open_request: str = ""

    @property
    def url(self) -> str:
        """Where the form posts to."""
        return f"{BASE}/{self.selection.id}/{part_of(self.deed)}"

    @property
    def back(self) -> str:
        """Where "Cancel" leads."""
        return f"{BASE}/{self.selection.id}"

    @property
    def questions(self) -> tuple[Question, ...]:
        """What an action asks."""
        return self.deed.offered.action.questions if isinstance(self.deed, Act) else ()

    @property
    def explanation(self) -> str:
        """What an action does, where it says so for all records alike."""
        explain = self.deed.offered.action.explain if isinstance(self.deed, Act) else ""
        return explain if isinstance(explain, str) else ""

    @property
    def dangerous(self) -> bool:
        """Whether the button is red, and a fresh proof of identity is asked for."""
        return is_dangerous(self.deed)

    @property
    def button(self) -> str:
        """Verb, number and object, for the button."""
        count = self.trial.done if self.trial else number(self.selection.total)
        rows = f"{count} {in_sentence(self.spec.label if count == '1' else self.spec.plural)}"
        if isinstance(self.deed, Act):
            return f"{self.deed.offered.action.label}: {rows}"
        return f"{'Delete' if isinstance(self.deed, Delete) else 'Edit'} {rows}"


@dataclass(frozen=True)
class RunPage:
    """What came of it."""

    spec: ModelSpec
    run: BulkRun
    sentence: str
    reasons: tuple[tuple[str, str], ...]
    change_url: str
    """The change with all its rows; empty when none was changed."""
    undo: bool
    job_url: str


def part_of(deed: Deed) -> str:
    """Return a deed's part of the address."""
    return f"action/{deed.action}" if isinstance(deed, Act) else "delete" if isinstance(deed, Delete) else "edit"


def is_dangerous(deed: Deed) -> bool:
    """Return whether a deed asks for a fresh proof of identity."""
    return isinstance(deed, Delete) or (isinstance(deed, Act) and deed.offered.action.dangerous)


def choice_name(key: str) -> str:
    """Return how the form names what is to be done with a field."""
    return f"do-{key}"


def heading(spec: ModelSpec, selection: Selection) -> str:
    """Return a selection in words."""
    return f"{number(selection.total)} {in_sentence(spec.label if selection.total == 1 else spec.plural)}"


def selection_page(ctx: Context, spec: ModelSpec, selection: Selection) -> SelectionPage:
    """Return the page of a selection."""
    rows = [row.record for row in sample_of(ctx, selection, NAMED)]
    labels = labels_for(ctx, spec, rows)
    named = tuple((urls.record_url(spec.key, record), labels[record]) for record in rows if record in labels)
    return SelectionPage(spec, selection, bulk_choices(ctx, spec), named, f"Selected: {heading(spec, selection)}")


def bulk_page(ctx: Context, selection: Selection, deed: Deed, form: MultiDict[str, str], **words: Any) -> BulkPage:
    """Return the page about a deed with what was typed."""
    page = BulkPage(
        spec=deed.spec,
        selection=selection,
        deed=deed,
        title=deed.title,
        typed=form.to_dict(),
        effects=tuple(radius(ctx, deed.spec, selection)) if isinstance(deed, Delete) else (),
        **words,
    )
    if not isinstance(deed, Edit):
        return page
    fields = bulk_fields(ctx, deed, form)
    told = [(each.view.id, each.view.label, text) for each in fields for text in each.view.errors]
    return replace(page, fields=fields, errors=(*page.errors, *told))


def values_in(ctx: Context, spec: ModelSpec, form: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that are to be set, with what was typed; empty text for those to be cleared."""
    values = {}
    for key in offered(ctx, spec):
        choice = form.get(choice_name(key), LEAVE)
        if choice in {SET, CLEAR}:
            values[key] = last(form, name_of(key)) if choice == SET else ""
    return values


def last(form: Mapping[str, str], name: str) -> str:
    """Return the last value of a name: a check box follows a hidden "false"."""
    values = form.getlist(name) if isinstance(form, MultiDict) else [form.get(name, "")]
    return values[-1] if values else ""


def bulk_fields(ctx: Context, deed: Edit, form: MultiDict[str, str]) -> tuple[BulkField, ...]:
    """Return every field that may be set, with what was typed and what is wrong with it."""
    slots = offered(ctx, deed.spec)
    typed = typed_draft(ctx, deed.spec, deed.values, form)
    plan = plan_of(deed.spec, "edit", ctx.registry)
    draft = Draft(deed.spec, "edit", plan, slots, bound_fields(slots.values(), "", form, {}))
    for key, item in typed.fields.items():
        draft.fields[key].text = item.text
    draft.errors, draft.options = typed.errors, typed.options
    views = fields_of(ctx, draft, reference_names(ctx, [draft]))
    return tuple(
        BulkField(replace(view, required=False), form.get(choice_name(view.key), LEAVE), is_clearable(slots[view.key]))
        for view in views
    )


def is_clearable(slot: Any) -> bool:
    """Return whether a field may be emptied."""
    return bool(slot.column.nullable or slot.editor.empty is not None) and slot.editor.widget != "checkbox"


def nothing_chosen(deed: Deed) -> bool:
    """Return whether an edit would set nothing."""
    return isinstance(deed, Edit) and not deed.values


def run_page(spec: ModelSpec, run: BulkRun, *, has_change: bool, job_url: str) -> RunPage:
    """Return the page of what came of it."""
    reasons = tuple((why, number(count)) for why, count in sorted(run.reasons.items(), key=lambda each: -each[1]))
    done = bool(run.counts.get(OutcomeKind.DONE.value))
    url = urls.change_url(run.change_set_id) if has_change else ""
    sentence = sentence_of(spec, run) if run.finished_at else ""
    return RunPage(spec, run, sentence, reasons, url, done and run.action in OF_CORE, job_url)
