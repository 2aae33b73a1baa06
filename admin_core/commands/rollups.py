"""`admin rollups …`: how the numbers kept by day stand; refresh, rebuild and verify them."""

from collections.abc import Iterator, Sequence
from datetime import date

import click
from sqlalchemy import func, select

from admin_core.audit.entries import command_entry
from admin_core.commands.jobs import working
from admin_core.machine import Machine
from admin_core.rollups.refreshing import NOT_MARKED, begin, mark_all, marked_days, refresh_days
from admin_core.rollups.sources import Kept, Rollups
from admin_core.rollups.verifying import all_days, verify, write_down
from admin_core.settings import Settings
from admin_core.theme import formats
from schema.rollups import RollupDirtyDay, RollupState


def listed(settings: Settings) -> str:
    """Return how each rollup stands, one a line."""
    with working(settings) as (machine, session):
        states = {state.name: state for state in session.scalars(select(RollupState))}
        marked = select(RollupDirtyDay.name, func.count(RollupDirtyDay.day.distinct())).group_by(RollupDirtyDay.name)
        waiting = {row[0]: row[1] for row in session.execute(marked)}
        lines = [
            line_of(rollup, states.get(rollup.name), waiting.get(rollup.name, 0))
            for rollup in sorted(machine.rollups, key=lambda each: each.name)
        ]
    return "\n".join(lines) or "No plugin keeps numbers by day."


def line_of(rollup: Kept, state: RollupState | None, waiting: int) -> str:
    """Return one rollup as a line."""
    if state is None or state.refreshed_at is None or state.version != rollup.version:
        return f"{rollup.name}  not kept yet  {state.error if state and state.error else rollup.title}"
    return f"{rollup.name}  refreshed {formats.absolute(state.refreshed_at)}  {waiting} days marked  {rollup.title}"


def refreshed(settings: Settings, name: str | None, *, anew: bool = False) -> Iterator[str]:
    """Compute what is marked, or everything anew; yield a sentence for each rollup. Interrupted, it goes on later."""
    with working(settings) as (machine, session):
        those = chosen(machine.rollups, name)
        for rollup in those if anew else ():
            begin(session, machine.rollups, rollup)
            mark_all(session, rollup)
        deed = "rebuilt" if anew else "refreshed"
        machine.audit.record(session, command_entry(f"rollups.{deed}", "rollups", name))
    machine = Machine.assemble(settings, pool_size=1, application="admin-rollups")
    try:
        yield from (refresh_all(machine, rollup) for rollup in those)
    finally:
        machine.database.engine.dispose()


def refresh_all(machine: Machine, rollup: Kept) -> str:
    """Compute every marked day of a rollup, a month a transaction."""
    after, done = date.min, 0
    while True:
        with machine.database.transaction() as session:
            if begin(session, machine.rollups, rollup) is None:
                return f"{rollup.name}: {NOT_MARKED}"
            days = marked_days(session, rollup, after)
            if not days:
                return f"{rollup.name}: {done} days computed anew"
            refresh_days(session, rollup, days)
            after, done = days[-1], done + len(days)


def verified(settings: Settings, name: str | None) -> Iterator[str | int]:
    """Compare all that is kept with the rows; yield a sentence for each rollup, and 1 at the end when any differs."""
    differs = False
    with working(settings) as (machine, session):
        for rollup in chosen(machine.rollups, name):
            found = verify(session, rollup, all_days(session, rollup))
            write_down(session, [found])
            differs = differs or bool(found.days)
            yield found.sentence
        machine.audit.record(session, command_entry("rollups.verified", "rollups", name))
    if differs:
        yield 1


def chosen(rollups: Rollups, name: str | None) -> Sequence[Kept]:
    """Return the rollup of a name, or all."""
    try:
        return [rollups.named(name)] if name else sorted(rollups, key=lambda each: each.name)
    except LookupError as error:
        raise click.ClickException(str(error)) from None
