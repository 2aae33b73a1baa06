"""Runs an action on some records and measures what it did: in a dry run, and in the run that counts. No commit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy.exc import DBAPIError

from admin_core.changes import acting
from admin_core.changes.plan import (
    Asked,
    Outline,
    Plan,
    fingerprint,
    is_same,
    outline_as_json,
    outline_from_json,
    why_so_much,
)
from admin_core.changes.rehearsal import Failed, Measured, Noting, contained, measured, rehearse
from admin_core.ciphers import Cipher, Unreadable, derived
from admin_core.contributions import Action
from admin_core.effects import JobEffects
from admin_core.generator.action_registry import Offered
from admin_core.generator.actions import Acted, ActionPage, act
from admin_core.generator.context import Context
from admin_core.generator.errors import BadRequest, NotFound
from admin_core.generator.plan_view import PlanView, known_tables, view_of
from admin_core.generator.spec import ModelSpec
from admin_core.jobs.enqueue import Origin
from admin_core.machine import Machine
from admin_core.mail.addresses import MailRefused
from admin_core.policy import Person, PolicySession, Refused, up_to
from admin_core.settings import Settings
from admin_core.theme.formats import number

PURPOSE = "plan"
ANSWERS = (Failed, Refused, NotFound, BadRequest, DBAPIError)
"""What is told by others; anything else is a plugin's mistake."""


@dataclass(frozen=True)
class Wish:
    """An action, the records it is wanted on, and what was typed."""

    spec: ModelSpec
    offered: Offered
    records: tuple[str, ...]
    form: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Trial:
    """What the action did."""

    plan: Plan
    measured: Measured
    done: tuple[Acted, ...]

    @property
    def record(self) -> str:
        """The id of the first record, in its one spelling."""
        return self.done[0].target.key

    @property
    def sentence(self) -> str:
        """What it says."""
        return self.done[0].sentence if len(self.done) == 1 else f"Done for {number(len(self.done))} records."


@dataclass(frozen=True)
class Seen:
    """A plan that was shown: its fingerprint, and its numbers to show beside another."""

    fingerprint: str
    outline: Outline


def try_out(parts: Machine, ctx: Context, wish: Wish) -> Trial | ActionPage:
    """Return what the action would do, or the page that says why it does nothing; Failed when it can't be tried."""

    def deed(session: PolicySession) -> Trial | ActionPage:
        return run(parts, replace(ctx, session=session), wish)

    return rehearse(parts.database.engine, ctx.person, deed)


def run(parts: Machine, ctx: Context, wish: Wish) -> Trial | ActionPage:
    """Run the action in the session of ``ctx`` and measure it; the caller keeps it or takes it back."""
    who = acting.current.get()
    origin = Origin(actor_id=ctx.person.id, request_id=who.request_id if who else None)
    effects = Noting(JobEffects(ctx.session, parts, origin))
    done: list[Acted] = []
    for record in wish.records:
        page = guarded(ctx, wish, record, effects)
        if isinstance(page, ActionPage):
            return page
        done.append(page)
    found = measured(ctx.session, known_tables(parts.registry), effects.asked)
    require_role_limit(ctx.person, wish.offered.action, found.outline)
    parameters = done[0].answers if done else {}
    targets = tuple(each.target for each in done)
    return Trial(Plan(wish.offered.name, targets, found.outline, parameters), found, tuple(done))


def require_role_limit(person: Person, action: Action, outline: Outline) -> None:
    """Raise Failed when more money moves than a role of the person allows for this action at once."""
    if not action.role_limit:
        return
    most = up_to(person, action.permission, action.role_limit)
    if sentence := why_so_much(most, outline.sums, "your roles allow"):
        raise Failed(f"{sentence} Ask somebody whose role allows more.")


def guarded(ctx: Context, wish: Wish, record: str, effects: Noting) -> Acted | ActionPage:
    """Run the action on one record; a plugin's mistake becomes Failed."""
    try:
        return act(ctx, wish.spec, record, wish.offered, form=wish.form, effects=effects)
    except ANSWERS:
        raise
    except Exception as error:  # a plugin may raise anything
        raise contained(error, wish.offered.name) from error


def keys_of(settings: Settings) -> tuple[bytes, ...]:
    """Return the keys of fingerprints, the present one first: after a rotation what was shown before still counts."""
    return tuple(derived(key, PURPOSE) for key in (settings.secret_key, *settings.old_secret_keys))


def mark(parts: Machine, plan: Plan) -> str:
    """Return the fingerprint of a plan."""
    return fingerprint(plan, keys_of(parts.settings)[0])


def matches(parts: Machine, plan: Plan, known: str) -> bool:
    """Return whether a plan is the one of a fingerprint."""
    return is_same(plan, known, keys_of(parts.settings))


def seal(parts: Machine, plan: Plan) -> str:
    """Return what a page carries of the plan it shows."""
    words = {"mark": mark(parts, plan), "outline": outline_as_json(plan.outline)}
    return parts.cipher.seal(PURPOSE, json.dumps(words, separators=(",", ":")))


def unseal(cipher: Cipher, text: str) -> Seen | None:
    """Return the plan a page showed; None when it showed none of ours."""
    try:
        words = json.loads(cipher.open(PURPOSE, text))
    except (Unreadable, ValueError):
        return None
    return Seen(words["mark"], outline_from_json(words["outline"]))


def title_of(parts: Machine, asked: Asked) -> str:
    """Return what an effect is called."""
    if asked.kind == "job":
        return parts.jobs[asked.name].label if asked.name in parts.jobs else asked.name
    if asked.kind == "mail":
        try:
            return parts.mailroom.templates[asked.name].title
        except MailRefused:
            return asked.name
    return asked.name


def shown(parts: Machine, ctx: Context, trial: Trial) -> PlanView:
    """Return a plan as this person may see it."""
    words = partial(title_of, parts)
    return view_of(ctx, trial.plan.outline, words, trial.measured.rows, trial.sentence)
