"""An action on a record, from the page that asks to the deed: try it, do it as it was shown, or ask a second person.

Dangerous actions do nothing without the plan that was shown, and nothing but that plan.
"""

from dataclasses import dataclass, replace

from admin_core.approvals import asking
from admin_core.approvals.queue import URL
from admin_core.approvals.trying import Seen, Trial, Wish, matches, run, seal, shown, title_of, try_out, unseal
from admin_core.changes import rehearsal
from admin_core.contributions import ActionRefused
from admin_core.generator.actions import ActionPage, ask
from admin_core.generator.context import Context
from admin_core.generator.plan_view import PlanView, view_of
from admin_core.machine import Machine

LOOK_FIRST = ActionRefused("Look at what will happen first.", "It is shown below.")
OTHERWISE = ActionRefused("Something changed since it was shown.", "Look at what would happen now, below.")
NEEDS_TWO = ActionRefused("A second person has to approve it.", "Say why below, and ask.")
ASKED = "Asked: it is done when a second person approves it."
REASON = "reason"


@dataclass(frozen=True)
class Answered:
    """What a form came to: a page again, or something to commit."""

    page: ActionPage | None = None
    did: str = ""
    """The sentence of what was done."""
    request_url: str = ""
    """The request for approval that was made."""
    record: str = ""
    """The record's id in its one spelling."""


@dataclass(frozen=True)
class Actioning:
    """One visit to the page of an action on a record."""

    parts: Machine
    ctx: Context
    wish: Wish

    @property
    def record(self) -> str:
        """The record's id."""
        return self.wish.records[0]

    @property
    def dangerous(self) -> bool:
        """Whether the plan has to be seen first."""
        return self.wish.offered.action.dangerous

    def opened(self, once: str) -> ActionPage:
        """Return the page that asks; of a dangerous action without questions it shows the plan at once."""
        page = self.page(once)
        if page.refusal or not self.dangerous or page.action.questions:
            return page
        return self.previewed(once)

    def previewed(self, once: str, problem: ActionRefused | None = None, before: PlanView | None = None) -> ActionPage:
        """Return the page with what would happen, and with what was shown before where that differs."""
        try:
            trial = try_out(self.parts, self.ctx, self.wish)
        except rehearsal.Failed as failure:
            return self.page(once, problem=ActionRefused(failure.sentence))
        if isinstance(trial, ActionPage):
            return replace(trial, once=once)
        return self.page(once, problem=problem, shown_before=before, **self.plan_words(trial))

    def plan_words(self, trial: Trial) -> dict[str, object]:
        """Return what the page says of a plan."""
        two = asking.why_two(self.parts, self.ctx.session, self.wish.offered, trial.plan.outline)
        known = asking.open_request(self.ctx.session, self.wish, trial.record, self.ctx.now) if two else None
        return {
            "plan": shown(self.parts, self.ctx, trial),
            "seen": seal(self.parts, trial.plan),
            "two_people": two,
            "open_request": f"{URL}/{known}" if known else "",
        }

    def page(self, once: str, **words: object) -> ActionPage:
        """Return the page about the record as it is now."""
        base = ask(self.ctx, self.wish.spec, self.record, self.wish.offered, once)
        return replace(base, typed={**base.typed, **self.wish.form}, **words)  # type: ignore[arg-type]  # the fields of the page

    def done(self, once: str) -> Answered:
        """Do it, when it is what was shown."""
        seen = unseal(self.parts.cipher, self.wish.form.get("seen", ""))
        if self.dangerous and seen is None:
            return Answered(self.previewed(once, LOOK_FIRST))
        trial = self.ran(once)
        if isinstance(trial, ActionPage):
            return Answered(trial)
        if seen is not None and not matches(self.parts, trial.plan, seen.fingerprint):
            self.ctx.session.rollback()
            return Answered(self.previewed(once, OTHERWISE, self.view(seen)))
        if asking.why_two(self.parts, self.ctx.session, self.wish.offered, trial.plan.outline):
            self.ctx.session.rollback()
            return Answered(self.previewed(once, NEEDS_TWO))
        return Answered(did=trial.sentence, record=trial.record)

    def ran(self, once: str) -> Trial | ActionPage:
        """Run it in the request's own session; the page that says why not when it failed."""
        try:
            with rehearsal.explained():
                return run(self.parts, self.ctx, self.wish)
        except rehearsal.Failed as failure:
            self.ctx.session.rollback()
            return self.page(once, problem=ActionRefused(failure.sentence))

    def asked(self, once: str) -> Answered:
        """Ask a second person for exactly what was shown."""
        seen = unseal(self.parts.cipher, self.wish.form.get("seen", ""))
        try:
            reason = asking.reason_in(self.wish.form.get(REASON, ""))
        except ActionRefused as problem:
            return Answered(self.with_error(once, problem.sentence))
        try:
            trial = try_out(self.parts, self.ctx, self.wish)
        except rehearsal.Failed as failure:
            return Answered(self.page(once, problem=ActionRefused(failure.sentence)))
        if isinstance(trial, ActionPage):
            return Answered(replace(trial, once=once))
        if seen is None or not matches(self.parts, trial.plan, seen.fingerprint):
            before = self.view(seen) if seen else None
            return Answered(self.previewed(once, OTHERWISE if seen else LOOK_FIRST, before))
        return self.written(once, trial, reason)

    def written(self, once: str, trial: Trial, reason: str) -> Answered:
        """Write the request, or show the plan again with why there is nothing to ask."""
        try:
            approval = asking.ask_once(self.parts, self.ctx, self.wish, trial, reason)
        except ActionRefused as problem:
            self.ctx.session.rollback()
            return Answered(self.previewed(once, problem))
        return Answered(did=ASKED, request_url=f"{URL}/{approval.id}", record=trial.record)

    def with_error(self, once: str, sentence: str) -> ActionPage:
        """Return the page with the plan again, and what is wrong with the reason."""
        page = self.previewed(once)
        return replace(page, errors={**page.errors, REASON: sentence})

    def view(self, seen: Seen) -> PlanView:
        """Return the numbers of a plan that was shown."""
        return view_of(self.ctx, seen.outline, lambda asked: title_of(self.parts, asked))
