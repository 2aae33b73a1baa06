"""What home says waits for a decision. Each line is asked for on its own.

One that fails, or takes too long, costs itself only; what a person may not see is not even counted.
"""

from collections.abc import Iterable
from datetime import datetime

from admin_core.circuits import Circuits
from admin_core.contained import PartFailed, attempt
from admin_core.contributions import Filters, Waiting
from admin_core.generator.capabilities import capabilities_of
from admin_core.generator.context import Context
from admin_core.generator.counting import Count, time_box
from admin_core.generator.criteria import criterion
from admin_core.generator.filters import check_served, read_conditions
from admin_core.generator.finding import Found, count
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import list_url
from admin_core.plugin_manager import Plugin
from admin_core.policy import Person, may
from admin_core.theme.tiles import Decision

PART_MS = 1_000
"""How long one line may take."""
PLUGINS_URL = "/admin/system/plugins"
URGENCY = ("danger", "warning")
"""Tones that come first, in this order."""


def failed_jobs(_now: datetime) -> Filters:
    """Return the filters for jobs that ended badly in the last week."""
    return (("f.state.eq", "failed"), ("f.state.eq", "quarantined"), ("f.created_at.within", "last_7_days"))


def ended_endpoints(_now: datetime) -> Filters:
    """Return the filters for webhook endpoints that were switched off because nothing arrived."""
    return (("f.enabled.eq", "false"), ("f.disabled_reason.filled", "1"))


OF_CORE = (
    Waiting(
        label="Jobs failed in the last 7 days",
        model="jobs",
        filters=failed_jobs,
        permission="data:jobs:read",
        icon="settings",
        note="Each says why; one that failed can be run again.",
    ),
    Waiting(
        label="Webhook endpoints switched off by themselves",
        model="webhook_endpoints",
        filters=ended_endpoints,
        permission="page:system:read",
        icon="webhook",
        note="Nothing is sent to them; each says why. Switch them on on the webhooks page.",
    ),
)


def decisions(ctx: Context, offered: Iterable[Waiting], circuits: Circuits | None = None) -> list[Decision]:
    """Return what waits, the most urgent first; nothing of a kind makes no line."""
    circuits = circuits or Circuits()
    asked = [decision_of(ctx, waiting, circuits) for waiting in (*offered, *OF_CORE) if may_see(ctx, waiting)]
    return by_urgency(decision for decision in asked if decision is not None)


def by_urgency(found: Iterable[Decision]) -> list[Decision]:
    """Return decisions with the most urgent first, otherwise in their order."""
    rank = {tone: place for place, tone in enumerate(URGENCY)}
    return sorted(found, key=lambda decision: rank.get(decision.tone, len(rank)))


def may_see(ctx: Context, waiting: Waiting) -> bool:
    """Return whether the person may know of it, and may read the rows."""
    known = waiting.model in ctx.registry and ctx.person.has(waiting.permission)
    return known and may(ctx.person, "read", ctx.registry.spec(waiting.model))


def decision_of(ctx: Context, waiting: Waiting, circuits: Circuits) -> Decision | None:
    """Return the line, or None when nothing waits."""
    url = list_url(waiting.model)
    try:
        with attempt(circuits, owner_of(waiting), f"line {waiting.label}", PART_MS):
            filters = waiting.filters(ctx.now)
            url = list_url(waiting.model, filters)
            with time_box(ctx.session, PART_MS):
                found = rows_matching(ctx, ctx.registry.spec(waiting.model), filters)
    except PartFailed:
        return Decision(waiting.label, "?", url, waiting.icon, "danger", "They could not be counted: look at the list.")
    number: int | str = found.number if found.kind == "exact" else found.text
    return Decision(waiting.label, number, url, waiting.icon, waiting.tone, waiting.note) if number else None


def is_uncountable(ctx: Context, waiting: Waiting) -> bool:
    """Return whether a line cannot be counted."""
    found = decision_of(ctx, waiting, Circuits())
    return found is not None and found.count == "?"


def rows_matching(ctx: Context, spec: ModelSpec, filters: Filters) -> Count:
    """Return how many rows the list behind an address shows, counted as the list itself counts."""
    conditions = read_conditions(spec, ctx.person, filters)
    able = capabilities_of(ctx.session, spec)
    check_served(spec, able, conditions)
    where = criterion(spec, able, conditions, ctx.now)
    return count(ctx, spec, able, Found(() if where is None else (where,)))


def owner_of(part: Waiting) -> str:
    """Return the plugin whose part of home this is: its permission says so."""
    return part.permission.partition(":")[0]


def broken_plugins(person: Person, plugins: Iterable[Plugin], switched_off: Iterable[str]) -> list[Decision]:
    """Return one line for plugins that do not run although they should; empty for who does not run this backend."""
    off = set(switched_off)
    broken = [plugin for plugin in plugins if not plugin.is_running and plugin.name not in off]
    if not broken or not person.has("data:plugin_states:read", "data:@System:read"):
        return []
    note = " ".join(f"{plugin.name}: {plugin.error}." for plugin in broken)
    url = PLUGINS_URL if person.has("page:system:read") else ""
    return [Decision("Plugins that could not be started", len(broken), url, "puzzle", "danger", note)]
