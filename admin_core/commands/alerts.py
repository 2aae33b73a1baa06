"""`admin alerts …`: see how the rules stand, evaluate them now, send a channel a test."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.alerts import overview
from admin_core.alerts.channel_pages import test_payload
from admin_core.alerts.declaring import declare
from admin_core.alerts.evaluating import evaluate, next_rule
from admin_core.alerts.telling import News, put
from admin_core.audit.entries import command_entry
from admin_core.commands.jobs import working
from admin_core.machine import Machine
from admin_core.settings import Settings
from admin_core.theme import formats
from schema.alerts import AlertChannel, NotificationKind


def listed(settings: Settings) -> str:
    """Return every rule with how it stands, one a line, those that need somebody first."""
    with working(settings) as (_, session):
        lines = [line_of(line) for line in overview.rule_lines(session, ())]
    return "\n".join(lines) or "No rules yet: they are made when the alerts are evaluated first."


def line_of(line: overview.RuleLine) -> str:
    """Return one rule as a line."""
    rule = line.rule
    value = "" if rule.last_value is None else f"  {formats.plain_number(rule.last_value.normalize())}"
    seen = formats.absolute(rule.evaluated_at) if rule.evaluated_at else "never"
    said = f"  {line.summary}" if line.summary else ""
    return f"{line.word:<17} {rule.severity.value:<8} {rule.name}{value}  ({seen}){said}"


def evaluated(settings: Settings) -> str:
    """Evaluate every enabled rule now, as the minute's job does; return what was found."""
    with working(settings) as (machine, session):
        declare(session, machine.alerts)
    machine = Machine.assemble(settings, pool_size=1, application="admin-alerts")
    try:
        found = list(evaluated_one_by_one(machine))
    finally:
        machine.database.engine.dispose()
    return "\n".join(found) or "No rule is enabled."


def evaluated_one_by_one(machine: Machine) -> Iterator[str]:
    """Evaluate rule after rule, each in its own transaction; yield a line about each."""
    after: str | None = ""
    while after is not None:
        with machine.database.transaction() as session:
            after, line = evaluated_next(machine, session, after)
        if line:
            yield line


def evaluated_next(machine: Machine, session: Session, after: str) -> tuple[str | None, str]:
    """Evaluate the rule behind the last one; return its name, None behind the last, and a line about it."""
    rule = next_rule(session, after)
    if rule is None:
        return None, ""
    done = evaluate(machine, session, rule, datetime.now(UTC))
    effects = f"  {', '.join(done.effects)}" if done.effects else ""
    return (
        rule.name,
        f"{done.judged.finding:<8} {rule.name}{effects}  {done.judged.error or done.judged.summary}".rstrip(),
    )


def tested(settings: Settings, name: str) -> str:
    """Ask for a test message to a channel."""
    with working(settings) as (machine, session):
        wanted = select(AlertChannel.id, AlertChannel.enabled).where(func.lower(AlertChannel.name) == name.lower())
        found = session.execute(wanted).one_or_none()
        if found is None:
            known = ", ".join(session.scalars(select(AlertChannel.name).order_by(AlertChannel.name))) or "none"
            raise click.ClickException(f"There is no channel {name!r}. Channels: {known}.")
        if not found.enabled:
            raise click.ClickException(f"{name} is off. Switch it on first.")
        now, url = datetime.now(UTC), machine.settings.public_url
        put(session, (found.id, None), test_payload(found.id, url, now), News(NotificationKind.TEST, now, url))
        machine.audit.record(session, command_entry("alert_channels.tested", "alert_channels", str(found.id)))
    return "A test is on its way, as soon as a worker runs. The page Alert channels says whether it arrived."
