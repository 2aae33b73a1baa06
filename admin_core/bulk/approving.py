"""Deeds over selections that need a second person: when they do, how they are asked for, and how they begin."""

from dataclasses import replace

from sqlalchemy import select

from admin_core import settings_store
from admin_core.approvals import asking
from admin_core.approvals.asking import Decider
from admin_core.approvals.many import OF_CORE
from admin_core.approvals.trying import matches
from admin_core.bulk import section
from admin_core.bulk.acting import Act
from admin_core.bulk.deeds import Deed
from admin_core.bulk.editing import Edit
from admin_core.bulk.running import asked_of_job, deed_of, opened, sealed
from admin_core.bulk.selections import selection_of
from admin_core.bulk.trying import Trial, tried, try_out
from admin_core.changes.plan import Limits, why_so_many, why_two_people
from admin_core.changes.rehearsal import rehearse
from admin_core.contributions import ActionRefused
from admin_core.generator.action_registry import Offered
from admin_core.generator.context import Context
from admin_core.machine import Machine
from admin_core.policy import PolicySession
from admin_core.theme.formats import in_sentence, number
from schema.changes import Approval, ApprovalState
from schema.views import Selection

GONE = ActionRefused("The selection is gone, or what was typed can't be read any more.", "Select again, and ask anew.")
NOBODY_NEEDED = ActionRefused("No second person is needed for this.", "You can do it yourself.")
DRIFTED = ActionRefused("What would happen is no longer what was shown.")
MONEY_UNKNOWN = "These are too many to try beforehand, so nobody knows yet how much money it moves."


def why_two(parts: Machine, ctx: Context, deed: Deed, selection: Selection, trial: Trial) -> str:
    """Return why a second person has to approve; empty when one may do it."""
    rows = max(trial.plan.outline.rows, selection.total)
    found = settings_store.read(ctx.session, parts.cipher, section.SECTION)
    if isinstance(deed, Edit):
        return why_so_many(section.limits_of(found, section.EDIT).rows, rows)
    many = why_so_many(section.limits_of(found, section.DELETE).rows, rows)
    if not isinstance(deed, Act):
        return many
    action = deed.offered.action
    limits = asking.limits_for(parts, ctx.session, deed.offered)
    if limits.cents is not None and not trial.is_whole:
        return MONEY_UNKNOWN
    own = why_two_people(action.approval, Limits(cents=limits.cents), trial.plan.outline)
    own = own or why_so_many(limits.rows, rows)
    return own or (many if action.dangerous else "")


def offered_of(deed: Deed) -> Offered:
    """Return a deed as what is approved."""
    return deed.offered if isinstance(deed, Act) else OF_CORE[deed.action]


def open_request(ctx: Context, deed: Deed, selection: Selection) -> str:
    """Return the key of an undecided request for this selection; empty when there is none."""
    wanted = select(Approval.id).where(
        Approval.state == ApprovalState.REQUESTED,
        Approval.selection_id == selection.id,
        Approval.action == deed.action,
        Approval.expires_at > ctx.now,
    )
    return str(ctx.session.scalar(wanted.limit(1)) or "")


def ask(  # noqa: PLR0917 (what a request consists of)
    parts: Machine, ctx: Context, deed: Deed, selection: Selection, trial: Trial, reason: str
) -> Approval:
    """Write the request for exactly this, bound to the selection's hash; the selection stays as long as it stands.

    ActionRefused where nobody has to approve, or the same waits already.
    """
    if not why_two(parts, ctx, deed, selection, trial):
        raise NOBODY_NEEDED
    ctx.session.refresh(selection, with_for_update=True)  # two who ask at once: the second finds the first request
    if open_request(ctx, deed, selection):
        raise asking.ASKED_ALREADY
    approval = Approval(
        title=f"{deed.title}: {number(selection.total)}"[:200],
        action=deed.action,
        model_key=deed.spec.key,
        selection_id=selection.id,
        typed=sealed(parts.cipher, deed, asking.PURPOSE),
    )
    by = Decider(ctx.person, ctx.now, reason)
    asking.put(parts, ctx.session, approval, trial.plan, by, offered_of(deed))
    selection.expires_at = max(selection.expires_at, approval.expires_at)
    ctx.session.flush()
    return approval


def wanted(parts: Machine, ctx: Context, approval: Approval) -> tuple[Deed, Selection]:
    """Return what a request asks for, in the surroundings of who asked; ActionRefused when it is gone."""
    typed = opened(parts.cipher, approval.typed, asking.PURPOSE)
    if typed is None or approval.selection_id is None:
        raise GONE
    selection = selection_of(ctx, approval.selection_id)
    deed = deed_of(parts, ctx, ctx.registry.spec(selection.model_key), approval.action, typed)
    deed.require(ctx)
    return deed, selection


def tried_for(parts: Machine, ctx: Context, approval: Approval) -> Trial:
    """Return what a request would do now, tried in the name of ``ctx.person``, who asked."""

    def inside(session: PolicySession) -> Trial:  # a selection is seen by its owner alone
        own = replace(ctx, session=session)
        return tried(parts, own, *wanted(parts, own, approval))

    return rehearse(parts.database.engine, ctx.person, inside)


def begin(parts: Machine, ctx: Context, approval: Approval) -> str:
    """Ask for the job that does it, when it would do what was shown; ActionRefused otherwise."""
    deed, selection = wanted(parts, ctx, approval)
    trial = try_out(parts, ctx, deed, selection)
    if not matches(parts, trial.plan, approval.plan_hash):
        raise DRIFTED
    approval.job_id = asked_of_job(parts, ctx, deed, selection).job_id
    return f"A job does it now to {number(selection.total)} {in_sentence(deed.spec.plural)}."


def answers(ctx: Context, approval: Approval, offered: Offered | None) -> tuple[tuple[str, str], ...]:
    """Return what was typed, for who decides."""
    typed = opened(ctx.cipher, approval.typed, asking.PURPOSE) or {}
    key = approval.model_key or ""
    columns = ctx.registry.spec(key).columns if key in ctx.registry else {}
    told = [(columns[name].label, text or "(cleared)") for name, text in typed.get("values", {}).items()
            if name in columns]  # fmt: skip
    form = typed.get("form", {})
    asked = offered.action.questions if offered else ()
    return (*told, *((q.label, form[f"q-{q.name}"]) for q in asked if form.get(f"q-{q.name}")))
