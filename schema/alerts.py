"""Alerts: rules and how they stand, incidents, silences, and who was told by which channel."""

import enum
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    CreatedAt,
    FreeText,
    Identified,
    Json,
    Moment,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
    Url,
)
from schema.jobs import Job
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui
from schema.views import SavedView

SEVERITY_COLOURS = {"info": "info", "warning": "warning", "critical": "danger"}


class Severity(enum.StrEnum):
    """How much it matters."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class RuleState(enum.StrEnum):
    """What the last evaluation said."""

    UNKNOWN = "unknown"
    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    SETTLED = "settled"
    NO_DATA = "no_data"
    ERROR = "error"


class IncidentState(enum.StrEnum):
    """Where an incident is."""

    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


class ChannelKind(enum.StrEnum):
    """How people are told."""

    EMAIL = "email"
    SLACK = "slack"
    WEBHOOK = "webhook"


class NotificationKind(enum.StrEnum):
    """What is told."""

    FIRING = "firing"
    REPEATED = "repeated"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    TEST = "test"


class NotificationState(enum.StrEnum):
    """Whether it was told."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SILENCED = "silenced"


alert_rule_channels = Table(
    "alert_rule_channels",
    Base.metadata,
    Column("rule_id", ForeignKey("admin.alert_rules.id", ondelete="CASCADE"), primary_key=True),
    Column("channel_id", ForeignKey("admin.alert_channels.id", ondelete="CASCADE"), primary_key=True, index=True),
    comment="Which channels a rule tells.",
)


class AlertRule(Identified, Timestamped, Base):
    """A condition that is watched; declared by core or a plugin, tuned by the team."""

    __tablename__ = "alert_rules"
    __table_args__ = (
        CheckConstraint("for_s >= 0 AND keep_firing_s >= 0 AND repeat_s >= 0", name="times"),
        Index(None, "owner_id"),
        Index(None, "state", "name"),
        Index(None, "view_id"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="bell-cog",
        title=("title",),
        listed=("title", "state", "severity", "enabled", "last_value", "evaluated_at"),
        default_sort="name",
        writes="actions",
        written_by="The alerts page; what a plugin declares is tuned there.",
    )

    name: Mapped[Slug] = mapped_column(unique=True, info=ui(once=True))
    title: Mapped[Title]
    severity: Mapped[Severity] = mapped_column(server_default=text("'warning'"), info=ui(badge=SEVERITY_COLOURS))
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    declared: Mapped[bool] = mapped_column(
        server_default=text("true"), info=ui(editable=False), comment="Comes from core or a plugin."
    )
    figure: Mapped[Slug | None] = mapped_column(comment="The figure that is watched.")
    view_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.saved_views.id", ondelete="SET NULL"),
        comment="The saved view whose rows are counted, as the rule's owner sees it.",
    )
    seen_with: Mapped[list[str]] = mapped_column(
        ARRAY(Text),
        server_default=text("'{}'::text[]"),
        info=ui(pii="none", editable=False, listed=False),
        comment="Names of the permission that shows it; empty: everybody who may open the alerts.",
    )
    comparison: Mapped[Slug | None] = mapped_column(comment="above or below; empty: the rule decides by itself.")
    threshold: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    minimum_count: Mapped[int | None] = mapped_column(comment="Below this number of cases it says nothing.")
    parameters: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="none", widget="json")
    )
    for_s: Mapped[int] = mapped_column(
        server_default=text("0"), info=ui(unit="s"), comment="How long it must hold before anyone is told."
    )
    keep_firing_s: Mapped[int] = mapped_column(
        server_default=text("300"), info=ui(unit="s"), comment="How long it must be over before it counts as ended."
    )
    repeat_s: Mapped[int] = mapped_column(server_default=text("14400"), info=ui(unit="s"))
    escalate_after_s: Mapped[int | None] = mapped_column(
        info=ui(unit="s"), comment="Told again to everyone when nobody has acknowledged it."
    )
    runbook_url: Mapped[Url | None] = mapped_column(comment="What to do about it.")
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    state: Mapped[RuleState] = mapped_column(
        server_default=text("'unknown'"),
        info=ui(
            editable=False,
            moving=True,
            badge={
                "unknown": "muted",
                "ok": "success",
                "pending": "warning",
                "firing": "danger",
                "settled": "info",
                "no_data": "muted",
                "error": "danger",
            },
        ),
    )
    last_value: Mapped[Decimal | None] = mapped_column(Numeric(20, 6), info=ui(editable=False, moving=True))
    evaluated_at: Mapped[Moment | None] = mapped_column(info=ui(editable=False, moving=True))
    error: Mapped[Prose | None] = mapped_column(
        info=ui(editable=False, moving=True), comment="Why it could not be evaluated."
    )
    memory: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB,
        info=ui(pii="none", editable=False, listed=False, moving=True),
        comment="What is carried from one evaluation to the next, and the last values.",
    )

    owner: Mapped[StaffMember | None] = relationship()
    view: Mapped[SavedView | None] = relationship()
    channels: Mapped[list["AlertChannel"]] = relationship(
        secondary=alert_rule_channels, back_populates="rules", passive_deletes=True
    )
    incidents: Mapped[list["AlertIncident"]] = relationship(back_populates="rule", passive_deletes=True)


class AlertIncident(Identified, Base):
    """One time that a condition held, from its start to its end."""

    __tablename__ = "alert_incidents"
    __table_args__ = (
        CheckConstraint("state <> 'resolved' OR resolved_at IS NOT NULL", name="resolved_has_time"),
        Index(
            "uq_alert_incidents_open",
            "rule_id",
            "label_key",
            unique=True,
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index(None, "rule_id", "opened_at"),
        Index(None, "state", "opened_at", "id"),
        Index(None, "opened_at", "id"),
        Index(None, "acknowledged_by_id"),
        Index(None, "assigned_to_id"),
        Index(None, "resolved_by_id"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="alert-triangle",
        label="Alert incident",
        title=("title",),
        listed=("opened_at", "title", "severity", "state", "value", "acknowledged_by_id", "resolved_at"),
        default_sort="-opened_at",
        writes="none",
        written_by="The alert job; people acknowledge, assign and close it on the alerts page.",
        capture="batch",
    )

    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.alert_rules.id", ondelete="CASCADE"))
    title: Mapped[Title]
    severity: Mapped[Severity] = mapped_column(info=ui(badge=SEVERITY_COLOURS))
    label_key: Mapped[Reference] = mapped_column(
        server_default=text("''"), comment="What exactly: a mailbox, a route, a segment. One open alert for each."
    )
    labels: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="none", widget="json")
    )
    state: Mapped[IncidentState] = mapped_column(
        info=ui(badge={"firing": "danger", "recovering": "info", "resolved": "success"})
    )
    value: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    message: Mapped[Prose | None]
    opened_at: Mapped[CreatedAt]
    fired_at: Mapped[Moment | None]
    recovering_at: Mapped[Moment | None]
    resolved_at: Mapped[Moment | None]
    acknowledged_at: Mapped[Moment | None]
    acknowledged_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL")
    )
    assigned_to_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), comment="Who looks after it."
    )
    assigned_at: Mapped[Moment | None]
    resolved_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), comment="Empty: it ended by itself."
    )
    note: Mapped[FreeText | None]

    rule: Mapped[AlertRule] = relationship(back_populates="incidents")
    acknowledged_by: Mapped[StaffMember | None] = relationship(foreign_keys="AlertIncident.acknowledged_by_id")
    assigned_to: Mapped[StaffMember | None] = relationship(foreign_keys="AlertIncident.assigned_to_id")
    resolved_by: Mapped[StaffMember | None] = relationship(foreign_keys="AlertIncident.resolved_by_id")
    notifications: Mapped[list["AlertNotification"]] = relationship(back_populates="incident", passive_deletes=True)


class AlertSilence(Identified, Timestamped, Base):
    """A time in which alerts are recorded but nobody is told."""

    __tablename__ = "alert_silences"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_later"),
        Index(None, "ends_at", "id"),
        Index(None, "rule_id", "ends_at"),
        Index(None, "created_by_id"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="bell-off",
        title=("reason",),
        listed=("rule_id", "label_key", "reason", "starts_at", "ends_at", "created_by_id"),
        default_sort="-ends_at",
        writes="actions",
        written_by="The alerts page.",
    )

    rule_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.alert_rules.id", ondelete="CASCADE"), comment="Empty: every rule."
    )
    label_key: Mapped[Reference | None] = mapped_column(comment="Empty: everything the rule watches.")
    reason: Mapped[Title]
    starts_at: Mapped[CreatedAt]
    ends_at: Mapped[Moment]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), info=ui(editable=False)
    )

    rule: Mapped[AlertRule | None] = relationship()
    created_by: Mapped[StaffMember | None] = relationship()


class AlertChannel(Identified, Timestamped, Base):
    """A way to tell people: an address, a chat channel, a webhook."""

    __tablename__ = "alert_channels"
    __admin__ = AdminOptions(
        group="Health",
        icon="speakerphone",
        title=("name",),
        listed=("name", "kind", "minimum_severity", "enabled", "last_sent_at", "last_error"),
        default_sort="name",
        writes="actions",
        written_by="The alert channels page: the address is encrypted and never shown again.",
    )

    name: Mapped[Title] = mapped_column(unique=True)
    kind: Mapped[ChannelKind]
    target: Mapped[bytes] = mapped_column(
        LargeBinary, info=ui(pii="secret"), comment="Addresses, or a webhook's URL and signing secret, encrypted."
    )
    target_hint: Mapped[Reference | None] = mapped_column(comment="Enough to recognise it.")
    minimum_severity: Mapped[Severity] = mapped_column(
        server_default=text("'warning'"), info=ui(badge=SEVERITY_COLOURS)
    )
    is_default: Mapped[bool] = mapped_column(server_default=text("false"), comment="For rules that name no channel.")
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    last_sent_at: Mapped[Moment | None] = mapped_column(info=ui(moving=True))
    last_error: Mapped[Prose | None] = mapped_column(info=ui(moving=True))

    rules: Mapped[list[AlertRule]] = relationship(
        secondary=alert_rule_channels, back_populates="channels", passive_deletes=True
    )


class AlertNotification(Identified, Base):
    """A message about an alert to one channel."""

    __tablename__ = "alert_notifications"
    __table_args__ = (
        UniqueConstraint("incident_id", "channel_id", "kind", "number"),
        Index(None, "channel_id", "created_at"),
        Index(None, "created_at", "id"),
        Index(None, "job_id"),
    )
    __admin__ = AdminOptions(
        group="Health",
        icon="bell-ringing",
        listed=("created_at", "incident_id", "channel_id", "kind", "state", "attempts"),
        default_sort="-created_at",
        writes="none",
        written_by="The alert job.",
        capture="batch",
        retention=Retention("created_at", 365, "Shows that people were told, and when."),
    )

    incident_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.alert_incidents.id", ondelete="CASCADE"), comment="Empty: a test of the channel."
    )
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.alert_channels.id", ondelete="CASCADE"))
    kind: Mapped[NotificationKind]
    number: Mapped[int] = mapped_column(server_default=text("1"), comment="Counts repeats.")
    state: Mapped[NotificationState] = mapped_column(
        server_default=text("'queued'"),
        info=ui(badge={"queued": "info", "sent": "success", "failed": "danger", "silenced": "muted"}),
    )
    payload: Mapped[Json]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[Prose | None]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[Moment | None]

    incident: Mapped[AlertIncident | None] = relationship(back_populates="notifications")
    channel: Mapped[AlertChannel] = relationship()
    job: Mapped[Job | None] = relationship()
