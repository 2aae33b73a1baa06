"""An incident's page: how it stands, what happened in which order, who was told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.alerts import overview
from admin_core.alerts.words import HEADS
from admin_core.audit.reads import note_shown
from admin_core.generator.spec import ModelSpec
from admin_core.policy import Person, masked
from admin_core.theme.frame import Tone
from schema.alerts import (
    AlertChannel,
    AlertIncident,
    AlertNotification,
    AlertSilence,
    NotificationKind,
    NotificationState,
)

MOST = 200
INCIDENTS = AlertIncident.__tablename__
STATES: dict[NotificationState, tuple[str, Tone]] = {
    NotificationState.QUEUED: ("is on its way", "info"),
    NotificationState.SENT: ("was sent", "success"),
    NotificationState.FAILED: ("could not be sent", "danger"),
    NotificationState.SILENCED: ("was kept back: silenced", "neutral"),
}


@dataclass(frozen=True)
class Event:
    """Something that happened, as the timeline shows it."""

    at: datetime
    title: str
    text: str = ""
    who: str = ""
    icon: str = "point"
    tone: Tone = "neutral"
    url: str = ""


@dataclass(frozen=True)
class IncidentPage:
    """Everything the page shows."""

    incident: AlertIncident
    timeline: tuple[Event, ...]
    """The newest first."""
    silences: tuple[AlertSilence, ...]
    rows_url: str
    """Where the rows behind the value are; empty: nowhere."""
    note: object
    """What was noted; masked for who may not see it."""
    note_is_clear: bool


def incident_page(
    session: Session, person: Person, spec: ModelSpec, incident: AlertIncident, now: datetime
) -> IncidentPage:
    """Return the page of an incident."""
    silences = tuple(overview.silences_of(session, incident.rule_id, now))
    events = [*steps(incident), *told(session, incident.id)]
    shown = masked(person, spec.columns["note"], incident.note)
    if incident.note:
        note_shown(INCIDENTS, ("note",), [incident.id])
    url = str((incident.rule.memory or {}).get("url", ""))
    return IncidentPage(
        incident,
        tuple(sorted(events, key=lambda event: event.at, reverse=True)),
        silences,
        url,
        shown,
        note_is_clear=shown == incident.note,
    )


def steps(incident: AlertIncident) -> Iterator[Event]:
    """Yield what happened to the incident itself."""
    yield Event(incident.opened_at, "It began to hold", icon="point", tone="warning")
    if incident.fired_at:
        yield Event(incident.fired_at, "It fires", icon="bell", tone="danger")
    if incident.acknowledged_at:
        who = name_of(incident.acknowledged_by)
        yield Event(incident.acknowledged_at, "Acknowledged", who=who, icon="user-check", tone="info")
    if incident.assigned_at:
        yield Event(incident.assigned_at, f"{name_of(incident.assigned_to)} looks after it", icon="user")
    if incident.recovering_at:
        yield Event(incident.recovering_at, "It does not hold any more", icon="point", tone="info")
    if incident.resolved_at:
        by_hand = incident.resolved_by_id is not None
        who = name_of(incident.resolved_by) if by_hand else ""
        title = "Closed by hand" if by_hand else "Over"
        yield Event(incident.resolved_at, title, who=who, icon="circle-check", tone="success")


def name_of(member: object) -> str:
    """Return a member's name; who has left is somebody."""
    return str(getattr(member, "name", "")) or "Somebody"


def told(session: Session, incident_id: UUID) -> Iterable[Event]:
    """Yield who was told what, and whether it arrived."""
    wanted = (
        select(AlertNotification, AlertChannel.name)
        .join(AlertChannel, AlertChannel.id == AlertNotification.channel_id)
        .where(AlertNotification.incident_id == incident_id)
        .order_by(AlertNotification.created_at.desc())
        .limit(MOST)
    )
    return [message(found, channel) for found, channel in session.execute(wanted)]


def message(found: AlertNotification, channel: str) -> Event:
    """Return a message as the timeline tells it."""
    words, tone = STATES[found.state]
    said = HEADS[NotificationKind(found.kind)]
    tries = f" after {found.attempts} tries" if found.attempts > 1 else ""
    return Event(found.created_at, f"“{said}” to {channel} {words}{tries}", found.error or "", icon="send", tone=tone)


def latest_messages(session: Session, most: int = 20) -> Sequence[tuple[AlertNotification, str]]:
    """Return the newest messages of all channels, with the channel's name."""
    wanted = (
        select(AlertNotification, AlertChannel.name)
        .join(AlertChannel, AlertChannel.id == AlertNotification.channel_id)
        .order_by(AlertNotification.created_at.desc(), AlertNotification.id.desc())
        .limit(most)
    )
    return [(found, name) for found, name in session.execute(wanted)]
