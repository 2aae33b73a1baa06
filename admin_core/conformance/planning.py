"""Whether dangerous actions can be shown before they are done: tried twice, they come to the same plan."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select

from admin_core.approvals.trying import Trial, Wish, mark, try_out
from admin_core.changes.acting import by_somebody
from admin_core.changes.rehearsal import Failed
from admin_core.conformance.stage import OWNER, Stage
from admin_core.generator.action_buttons import applies
from admin_core.generator.action_registry import Offered
from admin_core.generator.context import Context
from admin_core.generator.ids import record_id
from admin_core.policy import PolicySession

TRIES, LOOKED_AT = 2, 50


def plans_hold(stage: Stage) -> Iterator[str]:
    """Yield dangerous actions that fail when they are tried, or come to another plan each time."""
    parts = stage.machine
    with by_somebody(), PolicySession(parts.database.engine, person=OWNER) as session:
        ctx = Context(session, OWNER, parts.registry, parts.cipher, datetime.now(UTC), parts.actions)
        for offered in parts.actions.offered:
            action = offered.action
            if offered.plugin != stage.plugin or not action.dangerous or action.page:
                continue
            if action.questions:
                stage.notes.append(f"The plan of the action {action.slug} was not tried: it asks questions.")
            else:
                yield from plan_of(stage, ctx, offered)


def plan_of(stage: Stage, ctx: Context, offered: Offered) -> Iterator[str]:
    """Yield what is wrong with the plan of an action."""
    parts, slug = stage.machine, offered.action.slug
    if (record := some_record_for(ctx, offered)) is None:
        stage.notes.append(f"The plan of the action {slug} was not tried: it applies to no record at hand.")
        return
    wish = Wish(parts.registry.spec(offered.action.model), offered, (record,))
    try:
        found = [try_out(parts, ctx, wish) for _ in range(TRIES)]
    except Failed as failure:
        yield f"The plan of the action {slug} cannot be shown: {failure.sentence}"
        return
    plans = [trial.plan for trial in found if isinstance(trial, Trial)]
    if len({mark(parts, plan) for plan in plans}) > 1:
        yield f"The action {slug} comes to another plan each time: it decides by chance, or by a clock of its own."


def some_record_for(ctx: Context, offered: Offered) -> str | None:
    """Return a record that the action applies to; None when there is none among the first ones."""
    spec = ctx.registry.spec(offered.action.model)
    records = ctx.session.scalars(select(spec.model).limit(LOOKED_AT)).unique()
    return next((record_id(spec, record) for record in records if applies(offered.action, record)), None)
