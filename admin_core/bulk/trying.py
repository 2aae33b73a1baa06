"""What a deed over a selection would do: all of it in a dry run, or a sample with counts by query where it is large."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from admin_core.approvals.trying import require_role_limit, title_of
from admin_core.bulk.acting import Act
from admin_core.bulk.counting import outline_by_query, why_left_by_query
from admin_core.bulk.deeds import Deed, Handled
from admin_core.bulk.selections import Row, rows_behind, sample_of
from admin_core.changes.plan import Outline, Plan, Target
from admin_core.changes.rehearsal import Failed, Measured, Noting, measured, rehearse, settle
from admin_core.generator.context import Context
from admin_core.generator.plan_view import PlanView, known_tables, view_of
from admin_core.machine import Machine
from admin_core.policy import PolicySession
from admin_core.theme.formats import number
from schema.views import Selection

WHOLE, WHOLE_ACTIONS = 2_000, 200
"""Rows up to which everything is tried; a page waits for it."""
SAMPLE = 100
UNKNOWN = "How much money so many rows move isn't known beforehand, and your roles may limit it."


@dataclass(frozen=True)
class Trial:
    """What came of a try."""

    plan: Plan
    measured: Measured
    handled: tuple[Handled, ...]
    is_whole: bool
    left: Counter[str]
    """Why rows are left as they are, and how many each."""


@dataclass(frozen=True)
class TrialView:
    """A try as this person may see it."""

    plan: PlanView
    left: tuple[tuple[str, str], ...]
    """Why, and how many."""
    done: str
    """How many rows it is done to."""
    tried: str
    """How many rows were tried."""
    sample: tuple[tuple[str, str], ...] = ()
    """Why rows of the sample are left as they are, and how many, where only a sample was tried."""
    is_whole: bool = True


def is_small(deed: Deed, selection: Selection) -> bool:
    """Return whether all of a selection can be tried while a page waits."""
    return selection.total <= (WHOLE_ACTIONS if isinstance(deed, Act) else WHOLE)


def try_out(parts: Machine, ctx: Context, deed: Deed, selection: Selection) -> Trial:
    """Return what the deed would do; Failed when it can't be tried."""

    def inside(session: PolicySession) -> Trial:
        return tried(parts, replace(ctx, session=session), deed, selection)

    return rehearse(parts.database.engine, ctx.person, inside)


def tried(parts: Machine, ctx: Context, deed: Deed, selection: Selection) -> Trial:
    """Do it in the session of ``ctx``, to all rows or a sample, and measure it; the caller keeps or undoes it."""
    whole = is_small(deed, selection)
    left = Counter[str]() if whole else why_left_by_query(ctx, deed, selection)
    by_query = None if whole else outline_by_query(ctx, deed, selection)
    asked = Noting(Act.effects(deed, ctx)) if isinstance(deed, Act) else None
    rows = every_row(ctx, selection) if whole else sample_of(ctx, selection, SAMPLE)
    handled = handle_all(ctx, replace(deed, asked=asked) if isinstance(deed, Act) else deed, rows)
    found = measured(ctx.session, known_tables(parts.registry), asked.asked if asked else ())
    require_amount(ctx, deed, found.outline, whole=whole)
    left = Counter(each.why for each in handled if each.why) if whole else left
    outline = by_query or found.outline
    target = Target(selection.digest or "", str(selection.total))
    parameters = {**deed.parameters, "left": dict(sorted(left.items()))}
    return Trial(Plan(deed.action, (target,), outline, parameters), found, tuple(handled), whole, left)


def require_amount(ctx: Context, deed: Deed, outline: Outline, *, whole: bool) -> None:
    """Raise Failed when more money moves than a role of the person allows at once, or nobody can know."""
    if not isinstance(deed, Act):
        return
    require_role_limit(ctx.person, deed.offered.action, outline)
    if deed.offered.action.role_limit and not whole:
        raise Failed(f"{UNKNOWN} Select up to {number(WHOLE_ACTIONS)} rows.")


def every_row(ctx: Context, selection: Selection) -> list[Row]:
    """Return all rows of a small selection."""
    return rows_behind(ctx, selection.id, 0, selection.total)


def handle_all(ctx: Context, deed: Deed, rows: Sequence[Row]) -> list[Handled]:
    """Do a deed to rows, batch by batch, each seeing what the ones before it did."""
    settle(ctx.session)  # what would only be checked at the commit is a reason to leave a row
    handled: list[Handled] = []
    for start in range(0, len(rows), deed.batch):
        handled += deed.handle(ctx, rows[start : start + deed.batch])
    return handled


def shown(parts: Machine, ctx: Context, trial: Trial, selection: Selection) -> TrialView:
    """Return a try as this person may see it."""
    rows = trial.measured.rows
    plan = view_of(ctx, trial.plan.outline, partial(title_of, parts), rows)
    done = selection.total - trial.left.total()
    left = tuple((why, number(count)) for why, count in trial.left.most_common())
    return TrialView(plan, left, number(done), number(len(trial.handled)), refused_among(trial), trial.is_whole)


def refused_among(trial: Trial) -> tuple[tuple[str, str], ...]:
    """Return why rows of a sample are left as they are, and how many of it; empty where everything was tried."""
    if trial.is_whole:
        return ()
    reasons = Counter(each.why for each in trial.handled if each.why)
    return tuple((why, number(count)) for why, count in reasons.most_common())
