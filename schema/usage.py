"""What customers do: events, sessions, counts by day, churn risk and funnels.

Days are those of Johannesburg. Month bitmaps and figures for dashboards live in ``rollups``.
"""

import enum
import uuid
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    Count,
    CreatedAt,
    Identified,
    Json,
    Moment,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
    UpdatedAt,
)
from schema.customers import ProductLine
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.customers import Customer, Person


class EventSource(enum.StrEnum):
    """Which way an event came in."""

    API = "api"
    DATABASE = "database"
    SERVER = "server"
    IMPORT = "import"


class UsageEvent(Identified, Base):
    """Something a customer did in the product."""

    __tablename__ = "usage_events"
    __table_args__ = (
        UniqueConstraint("source", "event_key"),
        Index("ix_usage_events_occurred_at", "occurred_at", "id"),
        Index("ix_usage_events_name", "name", "occurred_at", "id"),
        Index("ix_usage_events_customer", "customer_id", "occurred_at", "id"),
        Index("ix_usage_events_customer_name", "customer_id", "name", "occurred_at"),
        Index("ix_usage_events_person", "person_id", "occurred_at", "id"),
        Index("ix_usage_events_received_at", "received_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Usage",
        icon="activity",
        title=("name",),
        listed=("occurred_at", "name", "customer_id", "person_id", "source"),
        default_sort="-occurred_at",
        writes="append",
        written_by="The customer app sends them.",
        capture="batch",
        subject="customer",
        retention=Retention(after="occurred_at", days=400, basis="Thirteen months compare a month with last year's."),
    )

    source: Mapped[EventSource] = mapped_column(server_default="api")
    event_key: Mapped[Reference] = mapped_column(comment="The sender's id: the same event twice counts once.")
    name: Mapped[Slug] = mapped_column(comment="What happened, e.g. cv_screened.")
    customer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.customers.id", ondelete="CASCADE"), comment="Empty: a visitor nobody knows."
    )
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="SET NULL"))
    anonymous_key: Mapped[str | None] = mapped_column(
        String(200), index=True, comment="A visitor's random key before signing up.", info=ui(pii="ip", listed=False)
    )
    properties: Mapped[Json | None] = mapped_column(comment="Numbers and words about it; personal data is refused.")
    occurred_at: Mapped[Moment] = mapped_column(comment="By the sender's clock, corrected.")
    received_at: Mapped[CreatedAt] = mapped_column(comment="By ours.")

    customer: Mapped["Customer | None"] = relationship()
    person: Mapped["Person | None"] = relationship()


class UsageSession(Identified, Base):
    """A stretch of work by one person without a gap of more than thirty minutes."""

    __tablename__ = "usage_sessions"
    __table_args__ = (
        UniqueConstraint("person_id", "started_at"),
        CheckConstraint("ended_at >= started_at", name="ends_after_start"),
        CheckConstraint("events_count > 0", name="has_events"),
        Index("ix_usage_sessions_started_at", "started_at", "id"),
        Index("ix_usage_sessions_customer", "customer_id", "started_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Usage",
        icon="clock-play",
        default_sort="-started_at",
        writes="none",
        written_by="Computed from events.",
        capture="batch",
        subject="customer",
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.people.id", ondelete="CASCADE"))
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment] = mapped_column(comment="Time of the last event: a single event lasts 0 s.")
    events_count: Mapped[int] = mapped_column(server_default="1")

    customer: Mapped["Customer"] = relationship()
    person: Mapped["Person"] = relationship()


class UsageDay(Identified, Base):
    """How often a customer did one thing on one day."""

    __tablename__ = "usage_days"
    __table_args__ = (
        UniqueConstraint("customer_id", "day", "name"),
        CheckConstraint("count > 0", name="count_positive"),
        CheckConstraint("people_count >= 0", name="people_not_negative"),
        Index("ix_usage_days_name", "name", "day"),
        Index("ix_usage_days_day", "day", "id"),
    )
    __admin__ = AdminOptions(
        group="Usage",
        icon="calendar-stats",
        label="Usage by day",
        plural="Usage by day",
        default_sort="-day",
        writes="none",
        written_by="Rolled up from events.",
        capture="batch",
        subject="customer",
        hidden=True,
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(comment="Day in Johannesburg.")
    name: Mapped[Slug]
    product_line: Mapped[ProductLine]
    count: Mapped[Count]
    people_count: Mapped[int] = mapped_column(server_default="0", comment="Different people who did it.")
    updated_at: Mapped[UpdatedAt]

    customer: Mapped["Customer"] = relationship()


class ChurnScore(Identified, Base):
    """How likely a customer is to leave, with the parts that say why; kept by day to be checked later."""

    __tablename__ = "churn_scores"
    __table_args__ = (
        UniqueConstraint("customer_id", "day"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_in_range"),
        Index("ix_churn_scores_day", "day", "score", "id"),
    )
    __admin__ = AdminOptions(
        group="Usage",
        icon="heartbeat",
        label="Churn risk",
        plural="Churn risks",
        listed=("customer_id", "day", "score", "days_inactive"),
        default_sort="-day",
        writes="none",
        written_by="Computed each night.",
        capture="batch",
        subject="customer",
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"))
    day: Mapped[date]
    score: Mapped[Decimal] = mapped_column(Numeric(9, 6), comment="0 stays, 100 leaves.")
    parts: Mapped[Json] = mapped_column(comment="Points by part: inactivity, decline, features, billing.")
    days_inactive: Mapped[int]
    policy_version: Mapped[Slug] = mapped_column(comment="The formula it was computed by.")

    customer: Mapped["Customer"] = relationship()


class Funnel(Identified, Timestamped, Base):
    """Steps customers should take, in order, within a time."""

    __tablename__ = "funnels"
    __table_args__ = (CheckConstraint("window_hours > 0", name="window_positive"),)
    __admin__ = AdminOptions(group="Usage", icon="filter", title=("name",), inlines=("steps",))

    key: Mapped[Slug] = mapped_column(unique=True, info=ui(once=True))
    name: Mapped[Title]
    description: Mapped[Prose | None]
    product_line: Mapped[ProductLine | None] = mapped_column(comment="Empty: all product lines.")
    window_hours: Mapped[int] = mapped_column(
        server_default="168", comment="All steps within this time from the first.", info=ui(unit="h")
    )
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))

    steps: Mapped[list["FunnelStep"]] = relationship(
        back_populates="funnel", passive_deletes=True, order_by="FunnelStep.position"
    )


class FunnelStep(Identified, Timestamped, Base):
    """One step of a funnel."""

    __tablename__ = "funnel_steps"
    __table_args__ = (
        UniqueConstraint("funnel_id", "position"),
        CheckConstraint("position > 0", name="position_positive"),
    )
    __admin__ = AdminOptions(group="Usage", icon="stairs", title=("label",), hidden=True)

    funnel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.funnels.id", ondelete="CASCADE"))
    position: Mapped[int]
    label: Mapped[Title]
    event_name: Mapped[Slug] = mapped_column(comment="The usage event that completes the step.")
    conditions: Mapped[Json | None] = mapped_column(comment="Properties the event must have.")

    funnel: Mapped["Funnel"] = relationship(back_populates="steps")
