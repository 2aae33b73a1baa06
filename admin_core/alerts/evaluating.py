"""The job that evaluates every rule each minute, one rule per transaction: reads, decides, writes down, tells.

A rule is locked while it is evaluated, so that two evaluations at one time are one after the other; the second finds
nothing to do. What a person does to an incident takes the same lock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_core.alerts import states
from admin_core.alerts.declaring import declare
from admin_core.alerts.judging import Judged
from admin_core.alerts.settling import settle_mails
from admin_core.alerts.states import Around, Effect, Memory, Times
from admin_core.alerts.telling import QUIET, News, is_silenced, tell
from admin_core.alerts.watching import finding_of
from admin_core.jobs.failpoints import failpoint
from admin_core.jobs.run import Chunk, JobRun, Json
from admin_core.machine import Machine
from schema.alerts import AlertIncident, AlertRule, IncidentState, NotificationKind

KEPT_VALUES = 60
"""So many of the last values are kept, for the small drawing beside a rule."""
TOLD: dict[Effect, NotificationKind] = {
    "fire": NotificationKind.FIRING,
    "repeat": NotificationKind.REPEATED,
    "escalate": NotificationKind.ESCALATED,
    "resolve": NotificationKind.RESOLVED,
}


def evaluate_alerts(run: JobRun) -> str:
    """Every rule was evaluated, and whoever is to be told will be."""
    run.step("declare", lambda session: {"changed": declare(session, run.machine.alerts)})
    done = run.chunks(lambda session, at: evaluate_next(run.machine, session, at))
    run.step("mails", lambda session: {"settled": settle_mails(session)})
    return f"{done} rules."


def evaluate_next(parts: Machine, session: Session, at: Json) -> Chunk:
    """Evaluate the rule behind the last one, in the order of their names."""
    done = int(at.get("done", 0))
    rule = next_rule(session, str(at.get("after", "")))
    if rule is None:
        return Chunk(done=done, is_last=True)
    evaluate(parts, session, rule, datetime.now(UTC))
    return Chunk(at={"after": rule.name, "done": done + 1}, done=done + 1)


def next_rule(session: Session, after: str) -> AlertRule | None:
    """Return the next enabled rule, locked; one that somebody else evaluates at this moment is left to them."""
    wanted = select(AlertRule).where(AlertRule.enabled, AlertRule.name > after).order_by(AlertRule.name).limit(1)
    return session.scalar(wanted.with_for_update(skip_locked=True, of=AlertRule))


@dataclass(frozen=True)
class Evaluated:
    """A rule after its evaluation."""

    judged: Judged
    memory: Memory
    effects: tuple[Effect, ...]


def evaluate(parts: Machine, session: Session, rule: AlertRule, now: datetime) -> Evaluated:
    """Evaluate one locked rule and write down what follows. The caller commits."""
    judged = finding_of(parts, session, rule, now)
    incident = open_incident(session, rule)
    silenced = is_silenced(session, rule.id, now)
    around = Around(incident is not None, bool(incident and incident.acknowledged_at), silenced)
    before = Memory.read((rule.memory or {}).get("state"))
    memory, effects = states.step(before, judged.finding, times_of(rule), around, now)
    keep(session, rule, judged, memory, now)
    failpoint("alert.decided")
    for effect in effects:
        incident = carried_out(session, (rule, incident), effect, judged, now)
        if effect in TOLD:
            number = memory.times if effect == "repeat" else 1
            news = News(TOLD[effect], now, parts.settings.public_url, number, silenced)
            tell(session, rule, incident, news)
    if incident is not None and not effects and judged.finding == "holds":
        incident.value, incident.message = judged.value, judged.summary or incident.message
    failpoint("alert.written")
    return Evaluated(judged, memory, effects)


def open_incident(session: Session, rule: AlertRule) -> AlertIncident | None:
    """Return the open incident of a rule, None when there is none."""
    wanted = select(AlertIncident).where(
        AlertIncident.rule_id == rule.id, AlertIncident.state != IncidentState.RESOLVED
    )
    return session.scalar(wanted)


def times_of(rule: AlertRule) -> Times:
    """Return a rule's times."""
    escalate = None if rule.escalate_after_s is None else timedelta(seconds=rule.escalate_after_s)
    hold, keep_, repeat = (timedelta(seconds=each) for each in (rule.for_s, rule.keep_firing_s, rule.repeat_s))
    return Times(hold, keep_, repeat, escalate)


def keep(session: Session, rule: AlertRule, judged: Judged, memory: Memory, now: datetime) -> None:
    """Write down how a rule stands. No form has seen another version of the rule for it."""
    values: dict[str, Any] = {
        "state": states.shown(memory, judged.finding),
        "last_value": judged.value,
        "evaluated_at": now,
        "error": judged.error or None,
        "memory": remembered(rule, judged, memory),
        "updated_at": AlertRule.updated_at,
    }
    statement = update(AlertRule).where(AlertRule.id == rule.id).values(values)
    session.execute(statement, execution_options=QUIET)


def remembered(rule: AlertRule, judged: Judged, memory: Memory) -> dict[str, Any]:
    """Return what is carried to the next evaluation, and what the page shows beside the rule."""
    values = [*(rule.memory or {}).get("values", []), *([float(judged.value)] if judged.value is not None else [])]
    shown = {"n": judged.n, "summary": judged.summary, "url": judged.url}
    return {"state": memory.stored(), "values": values[-KEPT_VALUES:], **{k: v for k, v in shown.items() if v}}


def carried_out(
    session: Session, place: tuple[AlertRule, AlertIncident | None], effect: Effect, judged: Judged, now: datetime
) -> AlertIncident:
    """Bring a rule's incident to where the effect says it is, and return it."""
    rule, incident = place
    if effect == "fire" or incident is None:
        return begun(session, rule, judged, now)
    if effect == "recover":
        incident.state, incident.recovering_at = IncidentState.RECOVERING, now
    elif effect == "refire":
        incident.state, incident.recovering_at = IncidentState.FIRING, None
        incident.value = judged.value
    elif effect == "resolve":
        incident.state, incident.resolved_at = IncidentState.RESOLVED, now
        incident.message = judged.summary or incident.message
    session.flush()
    return incident


def begun(session: Session, rule: AlertRule, judged: Judged, now: datetime) -> AlertIncident:
    """Return a new incident."""
    since = Memory.read((rule.memory or {}).get("state")).since
    value: Decimal | None = judged.value
    incident = AlertIncident(
        rule_id=rule.id, title=rule.title, severity=rule.severity, state=IncidentState.FIRING, value=value,
        message=judged.summary or None, opened_at=min(since or now, now), fired_at=now, assigned_to_id=rule.owner_id,
        label_key="", labels={},
    )  # fmt: skip
    session.add(incident)
    session.flush()
    return incident
