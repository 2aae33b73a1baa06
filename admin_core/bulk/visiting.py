"""One visit to a page that does something to many rows: try it, do it as it was shown, or ask a second person."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from werkzeug.datastructures import MultiDict

from admin_core.approvals import asking
from admin_core.approvals.queue import URL
from admin_core.approvals.trying import Seen, matches, seal, title_of, unseal
from admin_core.bulk.acting import Act
from admin_core.bulk.approving import ask, open_request, why_two
from admin_core.bulk.deeds import Deed
from admin_core.bulk.editing import Edit, typed_draft
from admin_core.bulk.running import AT_ONCE, asked_of_job, done_at_once
from admin_core.bulk.trying import Trial, shown, tried, try_out
from admin_core.bulk.view import BulkPage, bulk_page, nothing_chosen
from admin_core.changes import rehearsal
from admin_core.contributions import ActionRefused
from admin_core.generator.actions import answered
from admin_core.generator.context import Context
from admin_core.generator.plan_view import view_of
from admin_core.machine import Machine
from schema.bulk import BulkRun
from schema.views import Selection

REASON = "reason"
LOOK_FIRST = ActionRefused("Look at what will happen first.", "It is shown below.")
OTHERWISE = ActionRefused("Something changed since it was shown.", "Look at what would happen now, below.")
NEEDS_TWO = ActionRefused("A second person has to approve it.", "Say why below, and ask.")
CHOOSE = ActionRefused("No field is to be changed.", "Choose “Set to” or “Clear” beside one.")
EMPTY = ActionRefused("No row is selected.", "Go back to the list and tick some.")


@dataclass(frozen=True)
class Came:
    """What a visit came to: a page again, or something to commit."""

    page: BulkPage | None = None
    run: BulkRun | None = None
    request_url: str = ""


@dataclass(frozen=True)
class Visiting:
    """One visit."""

    parts: Machine
    ctx: Context
    deed: Deed
    selection: Selection
    form: MultiDict[str, str]

    def page(self, **words: Any) -> BulkPage:
        """Return the page with what was typed."""
        return bulk_page(self.ctx, self.selection, self.deed, self.form, **words)

    def opened(self, once: str) -> BulkPage:
        """Return the page that asks; where there is nothing to type it shows the plan at once."""
        page = self.page(once=once)
        return page if isinstance(self.deed, Edit) or page.questions else self.previewed(once)

    def wrong(self, once: str) -> BulkPage | None:
        """Return the page with what is wrong with what was typed; None when nothing is."""
        if not self.selection.total:
            return self.page(once=once, problem=EMPTY)
        if nothing_chosen(self.deed):
            return self.page(once=once, problem=CHOOSE)
        if isinstance(self.deed, Edit):
            typed = typed_draft(self.ctx, self.deed.spec, self.deed.values, self.form)
            return None if typed.ok else self.page(once=once)
        return self.wrong_answers(once, self.deed.form) if isinstance(self.deed, Act) else None

    def wrong_answers(self, once: str, form: Mapping[str, str]) -> BulkPage | None:
        """Return the page with what is wrong with the answers."""
        page = self.page(once=once)
        labels = {question.name: question.label for question in page.questions}
        errors = answered(page.questions, form)[1]
        told = tuple((f"q-{name}", labels[name], sentence) for name, sentence in errors.items())
        return replace(page, errors=told) if told else None

    def previewed(self, once: str, problem: ActionRefused | None = None, seen: Seen | None = None) -> BulkPage:
        """Return the page with what would happen, and with what was shown before where that differs."""
        if wrong := self.wrong(once):
            return wrong
        try:
            trial = try_out(self.parts, self.ctx, self.deed, self.selection)
        except rehearsal.Failed as failure:
            return self.page(once=once, problem=ActionRefused(failure.sentence))
        titles = partial(title_of, self.parts)
        before = view_of(self.ctx, seen.outline, titles) if seen else None
        return self.page(once=once, problem=problem, before=before, **self.words_of(trial))

    def words_of(self, trial: Trial) -> dict[str, Any]:
        """Return what the page says of a try."""
        two = why_two(self.parts, self.ctx, self.deed, self.selection, trial)
        known = open_request(self.ctx, self.deed, self.selection) if two else ""
        return {
            "trial": shown(self.parts, self.ctx, trial, self.selection),
            "seen": seal(self.parts, trial.plan),
            "two_people": two,
            "open_request": f"{URL}/{known}" if known else "",
        }

    @property
    def seen(self) -> Seen | None:
        """The plan that the page showed."""
        return unseal(self.parts.cipher, self.form.get("seen", ""))

    def done(self, once: str) -> Came:
        """Do it, or ask for the job that does it, when it is what was shown."""
        seen = self.seen
        if seen is None:
            return Came(self.previewed(once, LOOK_FIRST))
        try:
            with rehearsal.explained():
                trial = self.ran()
        except rehearsal.Failed as failure:
            return Came(self.taken_back(once, ActionRefused(failure.sentence)))
        if problem := self.why_not(trial, seen):
            return Came(self.taken_back(once, problem, seen if problem is OTHERWISE else None))
        return Came(run=self.begun(trial))

    @property
    def is_small(self) -> bool:
        """Whether it is done within the request."""
        return self.selection.total <= AT_ONCE

    def ran(self) -> Trial:
        """Do it in the request's own session where that is all; else only try it."""
        return (tried if self.is_small else try_out)(self.parts, self.ctx, self.deed, self.selection)

    def why_not(self, trial: Trial, seen: Seen) -> ActionRefused | None:
        """Return why it is not done although it can be; None when it is."""
        if not matches(self.parts, trial.plan, seen.fingerprint):
            return OTHERWISE
        return NEEDS_TWO if why_two(self.parts, self.ctx, self.deed, self.selection, trial) else None

    def begun(self, trial: Trial) -> BulkRun:
        """Keep what was done, or ask for the job."""
        if self.is_small:
            return done_at_once(self.ctx, self.deed, self.selection, trial.handled)
        return asked_of_job(self.parts, self.ctx, self.deed, self.selection)

    def taken_back(self, once: str, problem: ActionRefused, seen: Seen | None = None) -> BulkPage:
        """Return the page after nothing was done."""
        self.ctx.session.rollback()
        return self.previewed(once, problem, seen)

    def asked(self, once: str) -> Came:
        """Ask a second person for exactly what was shown."""
        seen = self.seen
        try:
            reason = asking.reason_in(self.form.get(REASON, ""))
            trial = try_out(self.parts, self.ctx, self.deed, self.selection)
        except ActionRefused as problem:
            page = self.previewed(once)
            return Came(replace(page, errors=(*page.errors, (REASON, "Why it should be done", problem.sentence))))
        except rehearsal.Failed as failure:
            return Came(self.page(once=once, problem=ActionRefused(failure.sentence)))
        if seen is None or not matches(self.parts, trial.plan, seen.fingerprint):
            return Came(self.previewed(once, OTHERWISE if seen else LOOK_FIRST, seen))
        try:
            approval = ask(self.parts, self.ctx, self.deed, self.selection, trial, reason)
        except ActionRefused as problem:
            return Came(self.taken_back(once, problem))
        return Came(request_url=f"{URL}/{approval.id}")
