"""Explains a number: what it means, what it is made of, how fresh it is, and whether the rows say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from admin_core.contributions import Figure, Picture, Value
from admin_core.dashboards import figures, wording
from admin_core.generator.context import Context
from admin_core.generator.counting import TimedOut, time_box
from admin_core.generator.urls import list_url
from admin_core.period_choice import Choice
from admin_core.policy import may
from admin_core.rollups.reading import from_rows
from schema.rollups import RollupDirtyDay, RollupState, Verification, VerificationOutcome

CHECK_MS = 5_000
"""How long the rows themselves may be asked."""


@dataclass(frozen=True)
class Source:
    """A kind of record that a number is computed from."""

    label: str
    url: str
    """Empty: the person may not read it."""


@dataclass(frozen=True)
class Kept:
    """How a rollup that a number reads stands."""

    name: str
    refreshed_at: datetime | None
    """None: it is not kept yet."""
    marked_days: int
    error: str
    checked_at: datetime | None
    agrees: bool | None


@dataclass(frozen=True)
class Meaning:
    """What a number means, in words."""

    title: str
    definition: str
    formula: str
    version: int
    sources: tuple[Source, ...]
    kept: tuple[Kept, ...]


def meaning_of(ctx: Context, about: Figure | Picture) -> Meaning:
    """Return what a figure or a picture means and what it is made of."""
    return Meaning(
        about.title,
        about.definition,
        about.formula,
        about.version,
        tuple(sources(ctx, about.sources)),
        tuple(kept(ctx.session, about.rollups)),
    )


def sources(ctx: Context, keys: Iterable[str]) -> Iterable[Source]:
    """Yield the kinds of records by their names."""
    for key in keys:
        if key in ctx.registry:
            spec = ctx.registry.spec(key)
            yield Source(spec.plural, list_url(key) if may(ctx.person, "read", spec) else "")


def kept(session: Session, names: Sequence[str]) -> list[Kept]:
    """Return how rollups stand and what their last self-check found; three statements for all."""
    if not names:
        return []
    states = {state.name: state for state in session.scalars(select(RollupState).where(RollupState.name.in_(names)))}
    marks = select(RollupDirtyDay.name, func.count(RollupDirtyDay.day.distinct())).where(RollupDirtyDay.name.in_(names))
    marked = {row[0]: row[1] for row in session.execute(marks.group_by(RollupDirtyDay.name))}
    newest = (
        select(Verification)
        .where(Verification.name.in_(names))
        .ext(distinct_on(Verification.name))
        .order_by(Verification.name, Verification.checked_at.desc())
    )
    checks = {check.name: check for check in session.scalars(newest)}
    return [of_rollup(name, states.get(name), marked.get(name, 0), checks.get(name)) for name in names]


def of_rollup(name: str, state: RollupState | None, marked: int, check: Verification | None) -> Kept:
    """Return how one rollup stands."""
    return Kept(
        name,
        state.refreshed_at if state else None,
        marked,
        (state.error if state else None) or "",
        check.checked_at if check else None,
        check.outcome is VerificationOutcome.AGREES if check else None,
    )


@dataclass(frozen=True)
class Checked:
    """What asking the rows themselves found."""

    outcome: Literal["equal", "differs", "slow", "rows"]
    shown: str
    of_rows: str = ""


def check(ctx: Context, figure: Figure, choice: Choice) -> Checked:
    """Ask for a number once as it is shown and once from the rows alone."""
    if not figure.rollups:
        value = figures.value(ctx.session, ctx.person, figure, choice.period)
        return Checked("rows", worded(figure, value))
    shown = figures.value(ctx.session, ctx.person, figure, choice.period)
    try:
        with from_rows(), time_box(ctx.session, CHECK_MS):
            found = figures.value(ctx.session, ctx.person, figure, choice.period)
    except TimedOut:
        return Checked("slow", worded(figure, shown))
    same = (shown.amount, shown.n, shown.currency) == (found.amount, found.n, found.currency)
    return Checked("equal" if same else "differs", worded(figure, shown), worded(figure, found))


def worded(figure: Figure, value: Value) -> str:
    """Return a value in words."""
    return wording.amount_in_words(figure.unit, value.amount, value.currency)
