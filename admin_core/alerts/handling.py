"""What people do with an incident: acknowledge, assign, silence, note, close. Nobody here commits.

Each takes the lock under which the rule is evaluated: what somebody says at the same moment is neither lost nor told
around.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.alerts.telling import News, is_silenced, tell
from admin_core.contributions import ActionRefused
from admin_core.policy import Person
from schema.alerts import AlertIncident, AlertRule, AlertSilence, IncidentState, NotificationKind
from schema.staff import StaffMember

SPANS: Mapping[str, tuple[str, timedelta]] = {
    "1h": ("1 hour", timedelta(hours=1)),
    "4h": ("4 hours", timedelta(hours=4)),
    "1d": ("1 day", timedelta(days=1)),
    "1w": ("1 week", timedelta(weeks=1)),
}
LONGEST_NOTE, LONGEST_REASON = 4_000, 200
OVER = ActionRefused("It is over already.", "Nothing was changed.")


@dataclass(frozen=True)
class Hand:
    """Who does something, when, and with which words."""

    person: Person
    now: datetime
    public_url: str
    typed: Mapping[str, str]


def hold(session: Session, incident_id: UUID) -> AlertIncident | None:
    """Return an incident, held with its rule against evaluations; None when this person may not see it."""
    found = session.scalar(select(AlertIncident.rule_id).where(AlertIncident.id == incident_id))
    if found is None:
        return None
    session.scalars(select(AlertRule).where(AlertRule.id == found).with_for_update()).one()
    wanted = select(AlertIncident).where(AlertIncident.id == incident_id).with_for_update()
    return session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()


def acknowledge(_session: Session, incident: AlertIncident, hand: Hand) -> str:
    """Say that somebody looks: nobody is told again."""
    if incident.state is IncidentState.RESOLVED:
        raise OVER
    if incident.acknowledged_at is not None:
        raise ActionRefused("Somebody has acknowledged it already.")
    incident.acknowledged_at, incident.acknowledged_by_id = hand.now, hand.person.id
    if incident.assigned_to_id is None:
        incident.assigned_to_id, incident.assigned_at = hand.person.id, hand.now
    return "Acknowledged: nobody is told again while it holds."


def assign(session: Session, incident: AlertIncident, hand: Hand) -> str:
    """Say who looks after it; nobody, when nobody is named."""
    text = hand.typed.get("member", "")
    if not text:
        incident.assigned_to_id = incident.assigned_at = None
        return "Nobody looks after it now."
    member = session.scalar(select(StaffMember).where(StaffMember.id == uuid_of(text), StaffMember.active))
    if member is None:
        raise ActionRefused("There is no such member.", "Choose one from the list.")
    incident.assigned_to_id, incident.assigned_at = member.id, hand.now
    return f"{member.name} looks after it."


def silence(session: Session, incident: AlertIncident, hand: Hand) -> str:
    """Tell nobody of its rule for a while."""
    return silence_rule(session, incident.rule_id, hand)


def silence_rule(session: Session, rule_id: UUID, hand: Hand) -> str:
    """Tell nobody of a rule for a while."""
    words, span = SPANS.get(hand.typed.get("span", ""), ("", timedelta()))
    reason = one_line(hand.typed.get("reason", ""))
    if not words:
        raise ActionRefused("Choose for how long.")
    if not reason:
        raise ActionRefused("Say why nobody is to be told.", "Whoever wonders later reads it here.")
    if len(reason) > LONGEST_REASON:
        raise ActionRefused(f"The reason is longer than {LONGEST_REASON} characters.", "Say it in fewer words.")
    row = AlertSilence(
        rule_id=rule_id, reason=reason, starts_at=hand.now, ends_at=hand.now + span, created_by_id=hand.person.id
    )
    session.add(row)
    return f"Nobody is told of it for {words}. It is still recorded."


def note(_session: Session, incident: AlertIncident, hand: Hand) -> str:
    """Write down what was found out."""
    text = hand.typed.get("note", "").replace("\x00", "").strip()
    if len(text) > LONGEST_NOTE:
        raise ActionRefused(f"The note is longer than {LONGEST_NOTE} characters.", "Keep what the next one needs.")
    incident.note = text or None
    return "The note is saved."


def close(session: Session, incident: AlertIncident, hand: Hand) -> str:
    """End it by hand. Where it still holds, it begins anew only after it was over once."""
    if incident.state is IncidentState.RESOLVED:
        raise OVER
    incident.state, incident.resolved_at = IncidentState.RESOLVED, hand.now
    incident.resolved_by_id = hand.person.id
    session.flush()
    silenced = is_silenced(session, incident.rule_id, hand.now)
    rule = session.get_one(AlertRule, incident.rule_id)
    tell(session, rule, incident, News(NotificationKind.RESOLVED, hand.now, hand.public_url, silenced=silenced))
    return "Closed. If it still holds, it begins anew only after it was over once."


Deed = Callable[[Session, AlertIncident, Hand], str]
DEEDS: Mapping[str, tuple[Deed, str]] = {
    "acknowledge": (acknowledge, "acknowledged"),
    "assign": (assign, "assigned"),
    "close": (close, "closed"),
    "note": (note, "noted"),
    "silence": (silence, "silenced"),
}
"""By the last part of the address: what is done, and what the audit log calls it."""


def one_line(text: str) -> str:
    """Return typed words on one line."""
    return " ".join(text.replace("\x00", "").split())


def uuid_of(text: str) -> UUID | None:
    """Return a typed id, None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
