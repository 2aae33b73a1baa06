"""What the alerts page shows: what fires, how every rule stands, what is over. Reads only; four statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, load_only

from admin_core.policy import Person
from admin_core.theme.formats import plain_number
from admin_core.theme.frame import Tone
from admin_core.theme.tiles import Decision
from schema.alerts import AlertIncident, AlertRule, AlertSilence, IncidentState, RuleState, Severity
from schema.staff import StaffMember

URL = "/admin/alerts"
READ = "page:alerts:read"
HANDLE, EDIT = "core:alerts:handle", "core:alerts:edit"
MOST, LATELY = 200, 10
COUNTED = 99
"""At most, for the number in the top bar."""
RANK = {
    RuleState.FIRING: 0, RuleState.PENDING: 1, RuleState.ERROR: 2, RuleState.NO_DATA: 3, RuleState.SETTLED: 4,
    RuleState.UNKNOWN: 5, RuleState.OK: 6,
}  # fmt: skip
WORDS: Mapping[RuleState, str] = {
    RuleState.FIRING: "firing", RuleState.PENDING: "waits", RuleState.ERROR: "error", RuleState.NO_DATA: "no data",
    RuleState.SETTLED: "closed by hand", RuleState.UNKNOWN: "not looked at yet", RuleState.OK: "fine",
}  # fmt: skip
TONES: Mapping[RuleState, Tone] = {
    RuleState.FIRING: "danger", RuleState.PENDING: "warning", RuleState.ERROR: "danger", RuleState.NO_DATA: "neutral",
    RuleState.SETTLED: "info", RuleState.UNKNOWN: "neutral", RuleState.OK: "success",
}  # fmt: skip
SEVERITIES: Mapping[Severity, Tone] = {
    Severity.CRITICAL: "danger", Severity.WARNING: "warning", Severity.INFO: "info",
}  # fmt: skip
INCIDENT_TONES: Mapping[IncidentState, Tone] = {
    IncidentState.FIRING: "danger", IncidentState.RECOVERING: "info", IncidentState.RESOLVED: "success",
}  # fmt: skip


@dataclass(frozen=True)
class IncidentLine:
    """An incident as lists show it."""

    incident: AlertIncident
    rule: str
    acknowledged_by: str
    assigned_to: str
    silenced: bool = False

    @property
    def url(self) -> str:
        """Where it is looked after."""
        return f"{URL}/incident/{self.incident.id}"


@dataclass(frozen=True)
class RuleLine:
    """A rule as the page shows it."""

    rule: AlertRule
    silenced: bool

    @property
    def url(self) -> str:
        """Where it is tuned."""
        return f"{URL}/rule/{self.rule.id}"

    @property
    def word(self) -> str:
        """How it stands."""
        return WORDS[self.rule.state] if self.rule.enabled else "off"

    @property
    def tone(self) -> Tone:
        """The badge's colour."""
        return TONES[self.rule.state] if self.rule.enabled else "neutral"

    @property
    def spark(self) -> tuple[float, ...]:
        """The last values."""
        return spark_of(self.rule)

    @property
    def summary(self) -> str:
        """What it said last, or why it could not."""
        return self.rule.error or str((self.rule.memory or {}).get("summary", ""))


@dataclass(frozen=True)
class AlertsPage:
    """Everything the page shows."""

    firing: tuple[IncidentLine, ...]
    rules: tuple[RuleLine, ...]
    over: tuple[IncidentLine, ...]
    silences: tuple[AlertSilence, ...]
    """Those that concern every rule."""

    @property
    def unacknowledged(self) -> int:
        """How many fire that nobody has acknowledged: what home counts."""
        waiting = (line.incident for line in self.firing if line.incident.acknowledged_at is None)
        return sum(incident.state is IncidentState.FIRING for incident in waiting)


def alerts_page(session: Session, now: datetime) -> AlertsPage:
    """Return the page of this session's person."""
    silences = silences_at(session, now)
    quiet = {silence.rule_id for silence in silences}
    everything = tuple(silence for silence in silences if silence.rule_id is None)
    firing = incident_lines(session, AlertIncident.state != IncidentState.RESOLVED, MOST, quiet)
    over = incident_lines(session, AlertIncident.state == IncidentState.RESOLVED, LATELY, quiet)
    return AlertsPage(firing, rule_lines(session, quiet), over, everything)


def incident_lines(
    session: Session, where: ColumnElement[bool], most: int, quiet: Iterable[UUID | None]
) -> tuple[IncidentLine, ...]:
    """Return incidents, the newest first."""
    silenced = set(quiet)
    statement = incidents_with_names().where(where).order_by(AlertIncident.opened_at.desc(), AlertIncident.id.desc())
    return tuple(
        IncidentLine(incident, rule, by, to, silenced=bool(silenced & {None, incident.rule_id}))
        for incident, rule, by, to in session.execute(statement.limit(most))
    )


def incidents_with_names() -> Select[Any]:
    """Return the SELECT of incidents with the names of their rule and of the people they name."""
    by, to = name_of(AlertIncident.acknowledged_by_id), name_of(AlertIncident.assigned_to_id)
    names: tuple[Any, ...] = (AlertRule.title, by, to)
    return select(AlertIncident, *names).join(AlertRule, AlertRule.id == AlertIncident.rule_id)


def name_of(column: Any) -> ColumnElement[str]:
    """Return the name of the member a column refers to; empty when it refers to nobody."""
    found = select(StaffMember.name).where(StaffMember.id == column).scalar_subquery()
    return func.coalesce(found, "")


def rule_lines(session: Session, quiet: Iterable[UUID | None]) -> tuple[RuleLine, ...]:
    """Return the rules, those that need somebody first."""
    silenced = set(quiet)
    rules = session.scalars(select(AlertRule).order_by(AlertRule.title, AlertRule.id).limit(MOST)).all()
    lines = [RuleLine(rule, silenced=bool(silenced & {None, rule.id})) for rule in rules]
    return tuple(sorted(lines, key=lambda line: (not line.rule.enabled, RANK[line.rule.state])))


def silences_at(session: Session, now: datetime) -> Sequence[AlertSilence]:
    """Return the silences that hold at a moment."""
    holds = (AlertSilence.starts_at <= now) & (AlertSilence.ends_at > now)
    return session.scalars(select(AlertSilence).where(holds).order_by(AlertSilence.ends_at).limit(MOST)).all()


def silences_of(session: Session, rule_id: UUID, now: datetime) -> Sequence[AlertSilence]:
    """Return the silences that hold for a rule at a moment."""
    holds = (AlertSilence.starts_at <= now) & (AlertSilence.ends_at > now)
    concerns = or_(AlertSilence.rule_id.is_(None), AlertSilence.rule_id == rule_id)
    return session.scalars(select(AlertSilence).where(holds, concerns).order_by(AlertSilence.ends_at).limit(MOST)).all()


def spark_of(rule: AlertRule) -> tuple[float, ...]:
    """Return the last values of a rule, for a small drawing."""
    values = (rule.memory or {}).get("values", [])
    numbers = tuple(float(value) for value in values if isinstance(value, int | float))
    return numbers if len(numbers) > 1 else ()


def condition(rule: AlertRule) -> str:
    """Return in words when a rule fires."""
    said = "decides by itself"
    if rule.threshold is not None and rule.comparison:
        said = f"{rule.comparison} {plain_number(rule.threshold.normalize())}"
    least = f", of at least {rule.minimum_count} cases" if rule.minimum_count else ""
    held = f", for {rule.for_s // 60} min" if rule.for_s >= 60 else ""  # noqa: PLR2004 (seconds of a minute)
    return f"{said}{least}{held}"


# --- Bell and home


def count_firing(session: Session) -> int:
    """Return how many incidents fire that nobody closed, as far as the bell counts."""
    found = select(AlertIncident.id).where(AlertIncident.state == IncidentState.FIRING).limit(COUNTED + 1)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def bell_words(count: int) -> str:
    """Return the number beside the bell; nothing when nothing fires."""
    return "" if not count else str(count) if count <= COUNTED else f"{COUNTED}+"


def home_line(session: Session, person: Person) -> list[Decision]:
    """Return home's line about what fires and nobody has acknowledged; none when nothing does."""
    if not person.has(READ):
        return []
    wanted = select(AlertIncident).where(
        AlertIncident.state == IncidentState.FIRING, AlertIncident.acknowledged_at.is_(None)
    )
    columns = load_only(AlertIncident.title, AlertIncident.severity)
    found = session.scalars(wanted.options(columns).order_by(AlertIncident.opened_at.desc()).limit(COUNTED)).all()
    if not found:
        return []
    worst = any(each.severity is Severity.CRITICAL for each in found)
    note = f"{'; '.join(each.title for each in found[:3])}. Look, and acknowledge."
    return [Decision("Alerts firing", len(found), URL, "bell", "danger" if worst else "warning", note)]


def incident_of(session: Session, incident_id: UUID) -> AlertIncident | None:
    """Return an incident with its rule and the people it names; None when this person may not see it."""
    wanted = select(AlertIncident).where(AlertIncident.id == incident_id)
    people = (AlertIncident.acknowledged_by, AlertIncident.assigned_to, AlertIncident.resolved_by)
    named = [joinedload(each).load_only(StaffMember.name) for each in people]
    return session.scalars(wanted.options(joinedload(AlertIncident.rule), *named)).unique().one_or_none()


def members(session: Session) -> Sequence[tuple[UUID, str]]:
    """Return who may look after an alert: members with access, by name."""
    wanted = select(StaffMember.id, StaffMember.name).where(StaffMember.active)
    return [(key, name) for key, name in session.execute(wanted.order_by(StaffMember.name, StaffMember.id).limit(MOST))]
