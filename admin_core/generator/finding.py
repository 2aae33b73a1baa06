"""Runs a list's question: what matches the filters and words, how many about, and one page of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from admin_core.generator.capabilities import Capabilities
from admin_core.generator.context import Context
from admin_core.generator.counting import CAP, Count, TimedOut, capped_count, time_box
from admin_core.generator.criteria import Criterion, criterion
from admin_core.generator.labels import has_key
from admin_core.generator.list_state import ListState
from admin_core.generator.search import Stage, stages, targets
from admin_core.generator.spec import ModelSpec
from admin_core.policy import limit

SMALL_CAP = 10_000
SEARCH_MS = 400
NEAREST = 50
INDEXES_ONLY = ("enable_seqscan = off", "enable_indexscan = off")
"""The planner can't know how rare a text is; reading the index of trigrams is never a mistake, the table may be."""


@dataclass(frozen=True)
class Found:
    """What a list shows rows of."""

    where: tuple[Criterion, ...]
    count: Count | None = None
    """Known already from searching."""
    similar: bool = False
    """Nothing matched the words themselves; these resemble them."""


def find(ctx: Context, spec: ModelSpec, able: Capabilities, state: ListState) -> Found:
    """Return the restriction of the list. Few hits become their keys, so that the page needs no second search."""
    filters = criterion(spec, able, state.conditions, ctx.now)
    where = () if filters is None else (filters,)
    if not state.words:
        return Found(where)
    for stage in stages(targets(spec, able, ctx.person), state.words):
        try:
            keys = hits(ctx, spec, able, where, stage)
        except TimedOut:
            if stage.manner == "similar":
                break
            return Found((*where, stage.where))
        if keys:
            return of_hits(spec, where, stage, keys)
    return Found((sa.false(),), Count(0, "exact"))


def hits(
    ctx: Context, spec: ModelSpec, able: Capabilities, where: Iterable[Criterion], stage: Stage
) -> list[tuple[Any, ...]]:
    """Return the keys one attempt finds, one more than are counted at most."""
    columns = [getattr(spec.model, key) for key in spec.primary_key]
    statement = sa.select(*columns).where(*where, stage.where)
    most = CAP + 1 if stage.order is None else NEAREST
    statement = (statement if stage.order is None else statement.order_by(stage.order)).limit(most)
    limited = limit(statement, ctx.person, spec)
    if stage.manner == "exact":  # equality with one value: the planner knows how rare it is, and the list's time holds
        return [tuple(row) for row in ctx.session.execute(limited)]
    with time_box(ctx.session, SEARCH_MS, *(() if able.small else INDEXES_ONLY), table=spec.table):
        return [tuple(row) for row in ctx.session.execute(limited)]


def of_hits(spec: ModelSpec, where: tuple[Criterion, ...], stage: Stage, keys: list[tuple[Any, ...]]) -> Found:
    """Return the restriction to the hits; beyond what is counted the condition itself, which then is frequent."""
    if len(keys) > CAP:
        return Found((*where, stage.where), Count(CAP, "more"))
    return Found((has_key(spec, keys),), Count(len(keys), "exact"), similar=stage.manner == "similar")


def count(ctx: Context, spec: ModelSpec, able: Capabilities, found: Found) -> Count:
    """Return how many rows there are, as far as it is worth knowing."""
    if found.count is not None:
        return found.count
    if not found.where and not able.small:
        return Count(able.rows, "about")
    columns = [getattr(spec.model, key) for key in spec.primary_key]
    statement = limit(sa.select(*columns).where(*found.where), ctx.person, spec)
    if able.small:  # nothing to fear: the list's own time holds
        return capped_count(ctx.session, statement, cap=SMALL_CAP, ms=None, table=spec.table)
    return capped_count(ctx.session, statement, table=spec.table)
