"""Writes down who is to be told what: one row per channel and message, one job each, in the caller's transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.jobs.core_jobs import BY_SLUG
from admin_core.jobs.enqueue import SCHEDULE, Origin, enqueue
from schema.alerts import (
    AlertChannel,
    AlertIncident,
    AlertNotification,
    AlertRule,
    AlertSilence,
    NotificationKind,
    NotificationState,
    Severity,
    alert_rule_channels,
)

SEND = BY_SLUG["core.send-alert"]
RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}
QUIET = {"synchronize_session": False}


@dataclass(frozen=True)
class News:
    """What is told about an incident."""

    kind: NotificationKind
    at: datetime
    public_url: str
    number: int = 1
    silenced: bool = False


def tell(session: Session, rule: AlertRule, incident: AlertIncident, news: News) -> int:
    """Write the messages that nobody has yet, and their jobs; return how many are new."""
    payload = payload_of(rule, incident, news)
    made = [put(session, (channel, incident.id), payload, news) for channel in told_by(session, rule, incident, news)]
    return sum(found is not None for found in made)


def payload_of(rule: AlertRule, incident: AlertIncident, news: News) -> dict[str, Any]:
    """Return the message, as every channel of its time tells it."""
    return {
        "kind": news.kind.value,
        "thread": f"alert-{incident.id}",
        "rule": rule.name,
        "title": incident.title,
        "severity": incident.severity.value,
        "summary": incident.message or "",
        "url": f"{news.public_url.rstrip('/')}/admin/alerts/incident/{incident.id}",
        "runbook": rule.runbook_url or "",
        "at": news.at.isoformat(timespec="seconds"),
    }


def told_by(session: Session, rule: AlertRule, incident: AlertIncident, news: News) -> list[UUID]:
    """Return the channels: all for an escalation, of an end those that heard of the beginning, else the rule's."""
    enabled = select(AlertChannel.id, AlertChannel.minimum_severity).where(AlertChannel.enabled)
    if news.kind is NotificationKind.ESCALATED:
        return [row.id for row in session.execute(enabled)]
    if news.kind is NotificationKind.RESOLVED:
        heard = select(AlertNotification.channel_id).where(
            AlertNotification.incident_id == incident.id, AlertNotification.state != NotificationState.SILENCED
        )
        return [row.id for row in session.execute(enabled.where(AlertChannel.id.in_(heard)))]
    return loud_enough(session.execute(enabled.where(of_rule(session, rule))).all(), incident.severity)


def of_rule(session: Session, rule: AlertRule) -> Any:
    """Return the condition of a rule's own channels; of those for everybody when it names none."""
    own = select(alert_rule_channels.c.channel_id).where(alert_rule_channels.c.rule_id == rule.id)
    names = list(session.connection().scalars(own))
    return AlertChannel.id.in_(names) if names else AlertChannel.is_default


def loud_enough(channels: Iterable[Any], severity: Severity) -> list[UUID]:
    """Return the channels that want to hear of this severity."""
    return [row.id for row in channels if RANK[row.minimum_severity] <= RANK[severity]]


def put(
    session: Session, place: tuple[UUID, UUID | None], payload: dict[str, Any], news: News, origin: Origin = SCHEDULE
) -> UUID | None:
    """Write one message (to which channel, about which incident) and its job; return its id, None when it exists."""
    channel, incident = place
    state = NotificationState.SILENCED if news.silenced else NotificationState.QUEUED
    row = {
        "incident_id": incident, "channel_id": channel, "kind": news.kind, "number": news.number, "state": state,
        "payload": payload,
    }  # fmt: skip
    statement = insert(AlertNotification).values(row).on_conflict_do_nothing().returning(AlertNotification.id)
    made: UUID | None = session.scalar(statement)
    if made is not None and not news.silenced:
        ask(session, made, origin=origin)
    return made


def ask(session: Session, notification: UUID, run_at: datetime | None = None, origin: Origin = SCHEDULE) -> None:
    """Ask for a try of this message; whatever job it had before no longer counts."""
    job = enqueue(session, SEND, {"notification": notification}, run_at=run_at, origin=origin)
    statement = update(AlertNotification).where(AlertNotification.id == notification).values(job_id=job)
    session.execute(statement, execution_options=QUIET)


def is_silenced(session: Session, rule_id: UUID, now: datetime) -> bool:
    """Return whether nobody is to be told of a rule now."""
    concerns = or_(AlertSilence.rule_id.is_(None), AlertSilence.rule_id == rule_id)
    holds = (AlertSilence.starts_at <= now) & (AlertSilence.ends_at > now)
    return session.scalar(select(AlertSilence.id).where(concerns, holds).limit(1)) is not None
