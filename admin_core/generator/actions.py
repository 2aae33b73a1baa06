"""Actions on a record: which are offered, the page that asks, and the run. The caller commits."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from admin_core.changes.plan import Target
from admin_core.contributions import Action, ActionRefused, Effects, Question
from admin_core.generator import urls
from admin_core.generator.action_buttons import refusal_of
from admin_core.generator.action_registry import Offered
from admin_core.generator.context import Context
from admin_core.generator.detail import load
from admin_core.generator.errors import NotFound
from admin_core.generator.forms.versions import stamp_of
from admin_core.generator.ids import decode_key, key_criteria, record_id
from admin_core.generator.labels import record_label, title_fields
from admin_core.generator.plan_view import PlanView
from admin_core.generator.reads import read_of
from admin_core.generator.spec import ModelSpec
from admin_core.generator.subjects import subject_of
from admin_core.policy import limit, require_permission, sees
from admin_core.theme.formats import in_sentence

YES = "yes"


@dataclass(frozen=True)
class ActionPage:
    """The page that asks before an action runs."""

    spec: ModelSpec
    offered: Offered
    record_id: str
    label: str
    explanation: str
    refusal: str = ""
    """Why it does not apply now; then there is no button."""
    problem: ActionRefused | None = None
    """Why the last attempt did nothing."""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    once: str = ""
    """Carried by the form: a second click of the same form does nothing."""
    plan: PlanView | None = None
    """What will happen, when it was tried out."""
    shown_before: PlanView | None = None
    """What was shown earlier, where that is no longer what would happen."""
    seen: str = ""
    """Carried by the form: the plan that was shown, sealed. Without it a dangerous action does nothing."""
    version: str = ""
    """Carried by the form of an action that changes what stood there: the version it was made from."""
    two_people: str = ""
    """Why a second person has to approve; empty when one may do it."""
    open_request: str = ""
    """Address of a request for the same that is not decided yet."""
    questions: tuple[Question, ...] = ()
    """What is asked, with the choices of this record."""

    @property
    def action(self) -> Action:
        """What is offered."""
        return self.offered.action

    @property
    def back(self) -> str:
        """Where "Cancel" leads."""
        return urls.record_url(self.spec.key, self.record_id)

    @property
    def url(self) -> str:
        """Where the button posts to."""
        return urls.action_url(self.spec.key, self.record_id, self.offered.name)


@dataclass(frozen=True)
class Acted:
    """It was done, once the caller commits."""

    sentence: str
    record_id: str
    target: Target
    answers: Mapping[str, Any] = field(default_factory=dict, repr=False)


def offered_action(ctx: Context, spec: ModelSpec, name: str) -> Offered:
    """Return the action, or raise: NotFound when there is none, Refused when this person may not."""
    offered = ctx.actions.find(spec.key, name)
    if offered is None:
        raise NotFound(f"There is no such action on {spec.plural.lower()}.", "Its plugin may be switched off.")
    require_permission(ctx.person, offered.action.permission, in_sentence(offered.action.label))
    return offered


def ask(ctx: Context, spec: ModelSpec, text: str, offered: Offered, once: str) -> ActionPage:
    """Return the page that says what will happen."""
    return page_for(ctx, spec, offered, load(ctx, spec, text), once=once)


def act(
    ctx: Context, spec: ModelSpec, text: str, offered: Offered, *, form: Mapping[str, str], effects: Effects
) -> Acted | ActionPage:
    """Run the action on the locked record; return what was done, or the page with the reason why nothing was."""
    record, stamp = locked(ctx, spec, text)
    action = offered.action
    answers, errors = answered(questions_for(ctx, action, record), form)
    words: dict[str, Any] = {"typed": dict(form), "once": form.get("once", "")}
    # Before anything else: the page that comes back carries the new version, so it has to say that there is one.
    meanwhile = MEANWHILE if columns_of(action) and form.get("version", stamp) != stamp else None
    if meanwhile or errors or refusal_of(action, record) or why_unreadable(ctx, spec, action):
        return page_for(ctx, spec, offered, record, problem=meanwhile, errors=errors, **words)
    whose = subject_of(spec, record)
    given = {
        "session": ctx.session, "record": record, "person": ctx.person, "answers": answers,
        "effects": effects.about(*whose) if whose else effects,
        "now": ctx.now,
    }  # fmt: skip
    wanted = inspect.signature(action.run).parameters
    try:
        with ctx.session.begin_nested():
            sentence = action.run(**{name: value for name, value in given.items() if name in wanted})
    except ActionRefused as refusal:
        return page_for(ctx, spec, offered, locked(ctx, spec, text)[0], problem=refusal, **words)
    found = record_id(spec, record)
    return Acted(sentence, found, Target(found, stamp), answers)


def locked(ctx: Context, spec: ModelSpec, text: str) -> tuple[Any, str]:
    """Return the record, locked against others until the end of the transaction, and the version it is in."""
    load(ctx, spec, text)  # says what is wrong with the id, and whether the person may read such records
    key = decode_key(spec, text)
    assert key is not None  # it was just read
    statement = sa.select(spec.model, stamp_of(spec)).where(*key_criteria(spec, key)).with_for_update(of=spec.model)
    found = ctx.session.execute(
        limit(statement, ctx.person, spec), execution_options={"populate_existing": True}
    ).unique().one()  # fmt: skip
    return found[0], found[1]


def page_for(ctx: Context, spec: ModelSpec, offered: Offered, record: Any, **words: Any) -> ActionPage:
    """Return the page about a record."""
    explain = offered.action.explain
    words = {"typed": beginnings(offered.action, record), **words}
    ctx.reads.note_record(spec, record, title_fields(ctx.person, spec))
    if columns_of(offered.action) and not why_unreadable(ctx, spec, offered.action):
        known = prefilled(ctx, spec, offered.action, record)
        words = {**words, "typed": {**known, **words["typed"]}, "version": version_of(ctx, spec, record)}
    return ActionPage(
        spec=spec,
        offered=offered,
        record_id=record_id(spec, record),
        label=record_label(ctx, spec, record),
        explanation=explain if isinstance(explain, str) else explain(record),
        refusal=refusal_of(offered.action, record) or why_unreadable(ctx, spec, offered.action),
        questions=questions_for(ctx, offered.action, record),
        **words,
    )


MEANWHILE = ActionRefused(
    "Somebody changed it since you opened this page.",
    "What you typed is kept below. Look at the record in another tab; press again to put yours in its place.",
)


def columns_of(action: Action) -> dict[str, str]:
    """Return the columns that an action's questions show beforehand, by the question's name."""
    return {question.name: question.column for question in action.questions if question.column}


def why_unreadable(ctx: Context, spec: ModelSpec, action: Action) -> str:
    """Return why somebody can't change a text: they would put theirs in place of one they can't see."""
    hidden = [
        spec.columns[name] for name in columns_of(action).values() if sees(ctx.person, spec.columns[name]) != "clear"
    ]
    return f"Your role doesn't see {in_sentence(hidden[0].label)}, so you can't change it." if hidden else ""


def prefilled(ctx: Context, spec: ModelSpec, action: Action, record: Any) -> dict[str, str]:
    """Return what stands in the fields when the page is opened, and note that it was read."""
    shown = columns_of(action)
    columns = [spec.columns[name] for name in shown.values()]
    ctx.reads.note_record(spec, record, read_of(ctx.person, columns, record))
    return {f"q-{name}": str(getattr(record, column) or "") for name, column in shown.items()}


def beginnings(action: Action, record: Any) -> dict[str, str]:
    """Return what else stands in the fields when the page is opened."""
    given = {question.name: question.begins for question in action.questions if question.begins}
    return {f"q-{name}": begins if isinstance(begins, str) else begins(record) for name, begins in given.items()}


def version_of(ctx: Context, spec: ModelSpec, record: Any) -> str:
    """Return the version a record is in."""
    key = tuple(getattr(record, name) for name in spec.primary_key)
    statement = sa.select(stamp_of(spec)).where(*key_criteria(spec, key))
    return str(ctx.session.scalars(limit(statement, ctx.person, spec)).one())


def questions_for(ctx: Context, action: Action, record: Any) -> tuple[Question, ...]:
    """Return what is asked about a record; its options are read now, so that a stale one is no answer any more."""
    return tuple(
        replace(question, choices=tuple(question.options(ctx.session, record, ctx.now))) if question.options
        else question
        for question in action.questions
    )  # fmt: skip


def answered(questions: tuple[Question, ...], form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the answers by question, and a sentence for each that is missing or malformed."""
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for question in questions:
        try:
            answers[question.name] = answer_to(question, form.get(f"q-{question.name}", ""))
        except ValueError as problem:
            errors[question.name] = str(problem)
    return answers, errors


def answer_to(question: Question, text: str) -> Any:
    """Return one answer in its type, or raise ValueError with the sentence that stands beside the field."""
    text = text.strip().replace("\x00", "")
    if question.kind == "switch":
        return text == YES
    if not text:
        if question.required:
            raise ValueError("Fill this in.")
        return None
    if question.kind == "number":
        return number_in(question, text)
    if question.kind == "date":
        return date_in(text)
    if question.kind == "choice" and text not in dict(question.choices):
        raise ValueError("Choose one of the list.")
    if len(text) > question.longest:
        raise ValueError(f"Use at most {question.longest} characters; these are {len(text)}.")
    return text


def date_in(text: str) -> str:
    """Return a day in its one spelling."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("Write a day as 2026-03-31.") from None


def number_in(question: Question, text: str) -> int:
    """Return a whole number within the question's bounds."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):  # noqa: PLR2004 (fits any integer column)
        raise ValueError("Write a whole number.")
    number = int(text)
    if question.least is not None and number < question.least:
        raise ValueError(f"Use {question.least} or more.")
    if question.most is not None and number > question.most:
        raise ValueError(f"Use {question.most} or less.")
    return number
