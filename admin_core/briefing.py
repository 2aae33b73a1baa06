"""What home says: what waits for a decision, and the numbers. Each line and each tile is asked for on its own.

One that fails, or takes too long, costs itself only; what a person may not see is not even counted.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from admin_core.contributions import Filters, HomeTile, Tile, Waiting
from admin_core.generator.capabilities import capabilities_of
from admin_core.generator.context import Context
from admin_core.generator.counting import Count, TimedOut, time_box
from admin_core.generator.criteria import criterion
from admin_core.generator.filters import check_served, read_conditions
from admin_core.generator.finding import Found, count
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import list_url
from admin_core.plugin_manager import Plugin
from admin_core.policy import Person, may
from admin_core.theme.tiles import Decision
from admin_core.traces import trace_of

log = logging.getLogger(__name__)
PART_MS = 1_000
"""How long one line or one tile may take."""
URGENCY = ("danger", "warning")
"""Tones that come first, in this order."""


def failed_jobs(_now: datetime) -> Filters:
    """Return the filters for jobs that ended badly in the last week."""
    return (("f.state.eq", "failed"), ("f.state.eq", "quarantined"), ("f.created_at.within", "last_7_days"))


OF_CORE = (
    Waiting(
        label="Jobs failed in the last 7 days",
        model="jobs",
        filters=failed_jobs,
        permission="data:jobs:read",
        icon="settings",
        note="Each says why; one that failed can be run again.",
    ),
)


def decisions(ctx: Context, offered: Iterable[Waiting]) -> list[Decision]:
    """Return what waits, the most urgent first; nothing of a kind makes no line."""
    asked = [decision_of(ctx, waiting) for waiting in (*offered, *OF_CORE) if may_see(ctx, waiting)]
    return by_urgency(decision for decision in asked if decision is not None)


def by_urgency(found: Iterable[Decision]) -> list[Decision]:
    """Return decisions with the most urgent first, otherwise in their order."""
    rank = {tone: place for place, tone in enumerate(URGENCY)}
    return sorted(found, key=lambda decision: rank.get(decision.tone, len(rank)))


def may_see(ctx: Context, waiting: Waiting) -> bool:
    """Return whether the person may know of it, and may read the rows."""
    known = waiting.model in ctx.registry and ctx.person.has(waiting.permission)
    return known and may(ctx.person, "read", ctx.registry.spec(waiting.model))


def decision_of(ctx: Context, waiting: Waiting) -> Decision | None:
    """Return the line, or None when nothing waits."""
    filters = waiting.filters(ctx.now)
    url = list_url(waiting.model, filters)
    try:
        with time_box(ctx.session, PART_MS):
            found = rows_matching(ctx, ctx.registry.spec(waiting.model), filters)
    except Exception as error:  # noqa: BLE001 (a part of home may raise anything)
        log.error("home: %s could not be counted\n%s", waiting.label, trace_of(error))  # noqa: TRY400 (no message)
        return Decision(waiting.label, "?", url, waiting.icon, "danger", "They could not be counted: look at the list.")
    number: int | str = found.number if found.kind == "exact" else found.text
    return Decision(waiting.label, number, url, waiting.icon, waiting.tone, waiting.note) if number else None


def rows_matching(ctx: Context, spec: ModelSpec, filters: Filters) -> Count:
    """Return how many rows the list behind an address shows, counted as the list itself counts."""
    conditions = read_conditions(spec, ctx.person, filters)
    able = capabilities_of(ctx.session, spec)
    check_served(spec, able, conditions)
    where = criterion(spec, able, conditions, ctx.now)
    return count(ctx, spec, able, Found(() if where is None else (where,)))


def tiles(ctx: Context, offered: Iterable[HomeTile]) -> list[Tile]:
    """Return the numbers this person may see."""
    return [tile_of(ctx, tile) for tile in offered if ctx.person.has(tile.permission)]


def tile_of(ctx: Context, tile: HomeTile) -> Tile:
    """Return one number; why there is none when it could not be loaded."""
    try:
        with time_box(ctx.session, PART_MS):
            found = tile.load(ctx.session, ctx.now)
    except TimedOut:
        return Tile(tile.label, "no answer", "", note=f"It took longer than {PART_MS // 1000} s.")
    except Exception as error:  # noqa: BLE001 (a part of home may raise anything)
        log.error("home: the tile %s could not be loaded\n%s", tile.label, trace_of(error))  # noqa: TRY400 (no message)
        return Tile(tile.label, "no answer", "", note="It could not be worked out; the log says why.")
    return found if opens(ctx, tile) else replace(found, url="")


def opens(ctx: Context, tile: HomeTile) -> bool:
    """Return whether the person may follow the tile's link."""
    return tile.model in ctx.registry and may(ctx.person, "read", ctx.registry.spec(tile.model))


def broken_plugins(person: Person, plugins: Iterable[Plugin], switched_off: Iterable[str]) -> list[Decision]:
    """Return one line for plugins that do not run although they should; empty for who does not run this backend."""
    off = set(switched_off)
    broken = [plugin for plugin in plugins if not plugin.is_running and plugin.name not in off]
    if not broken or not person.has("data:plugin_states:read", "data:@System:read"):
        return []
    note = " ".join(f"{plugin.name}: {plugin.error}." for plugin in broken)
    return [Decision("Plugins that could not be started", len(broken), "", "puzzle", "danger", note)]
