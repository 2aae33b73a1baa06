"""What was said to many: announcements, notifications in the app, e-mail campaigns, and who had enough.

Single messages and the list of addresses never to write to live in ``mail``.
"""

import enum
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    Count,
    CreatedAt,
    Email,
    FreeText,
    Identified,
    IpAddress,
    Json,
    Moment,
    Slug,
    Timestamped,
    Title,
    Url,
)
from schema.customers import StaffRef
from schema.knowledge import Markdown
from schema.mail import MailClass
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.content import EmailTemplateVersion
    from schema.customers import Customer, Person
    from schema.mail import MailMessage


class Severity(enum.StrEnum):
    """How loud an announcement is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Announcement(Identified, Timestamped, Base):
    """A message shown in the app to everybody, or to a segment."""

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_announcements_starts_at", "starts_at", "id"),
        Index("ix_announcements_ends_at", "ends_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="speakerphone",
        title=("title",),
        listed=("title", "severity", "starts_at", "ends_at", "is_published"),
        default_sort="-starts_at",
    )

    title: Mapped[Title]
    body: Mapped[Markdown] = mapped_column(comment="Markdown.")
    severity: Mapped[Severity] = mapped_column(
        server_default="info", info=ui(badge={"info": "info", "warning": "warning", "critical": "danger"})
    )
    audience: Mapped[Json | None] = mapped_column(comment="Filter of customers; empty: everybody.")
    link_url: Mapped[Url | None]
    link_label: Mapped[Title | None]
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment | None] = mapped_column(comment="Empty: until taken back.")
    is_dismissible: Mapped[bool] = mapped_column(server_default=text("true"))
    is_published: Mapped[bool] = mapped_column(server_default=text("false"))
    created_by_id: Mapped[StaffRef | None]

    receipts: Mapped[list["AnnouncementReceipt"]] = relationship(back_populates="announcement", passive_deletes=True)


class AnnouncementReceipt(Identified, Base):
    """That a customer, or one of their people, saw an announcement."""

    __tablename__ = "announcement_receipts"
    __table_args__ = (
        UniqueConstraint("announcement_id", "customer_id", "person_id", postgresql_nulls_not_distinct=True),
        Index("ix_announcement_receipts_customer", "customer_id", "seen_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="eye-check",
        writes="none",
        written_by="The customer app reports them.",
        capture="batch",
        subject="customer",
        hidden=True,
        retention=Retention(after="seen_at", days=365, basis="Counts are enough after a year."),
    )

    announcement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.announcements.id", ondelete="CASCADE"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="CASCADE"), index=True)
    seen_at: Mapped[Moment]
    clicked_at: Mapped[Moment | None]
    dismissed_at: Mapped[Moment | None]

    announcement: Mapped["Announcement"] = relationship(back_populates="receipts")
    customer: Mapped["Customer"] = relationship()


class InAppNotification(Identified, Base):
    """A message in the inbox of one customer's app, with when it was seen."""

    __tablename__ = "in_app_notifications"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="expires_later"),
        Index("ix_in_app_notifications_customer", "customer_id", "created_at", "id"),
        Index("ix_in_app_notifications_created_at", "created_at", "id"),
        Index("ix_in_app_notifications_kind", "kind", "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="bell",
        title=("title",),
        listed=("customer_id", "title", "kind", "created_at", "seen_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="Notify on a customer or a selection, and billing; the app reports what was seen.",
        subject="customer",
        retention=Retention(after="created_at", days=365, basis="Of no use once read."),
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.people.id", ondelete="CASCADE"), index=True, comment="Empty: all people of the customer."
    )
    kind: Mapped[Slug] = mapped_column(comment="billing, product, security …")
    title: Mapped[FreeText]
    body: Mapped[FreeText | None]
    link_url: Mapped[Url | None]
    dedup_key: Mapped[Slug | None] = mapped_column(unique=True, comment="Asked for twice, shown once.")
    sent_by_id: Mapped[StaffRef | None] = mapped_column(comment="Empty when the product did it.")
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment | None]
    seen_at: Mapped[Moment | None]
    clicked_at: Mapped[Moment | None]
    dismissed_at: Mapped[Moment | None]

    customer: Mapped["Customer"] = relationship()
    person: Mapped["Person | None"] = relationship()


class CampaignState(enum.StrEnum):
    """How far an e-mail campaign has come."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


class EmailCampaign(Identified, Timestamped, Base):
    """An e-mail to a segment of customers."""

    __tablename__ = "email_campaigns"
    __table_args__ = (
        CheckConstraint("per_minute > 0", name="pace_positive"),
        CheckConstraint("recipients_count >= 0", name="recipients_not_negative"),
        CheckConstraint("state <> 'scheduled' OR scheduled_at IS NOT NULL", name="scheduled_has_time"),
        CheckConstraint(
            "state NOT IN ('scheduled', 'sending', 'sent') OR template_version_id IS NOT NULL", name="has_text"
        ),
        Index("ix_email_campaigns_created_at", "created_at", "id"),
        Index("ix_email_campaigns_state", "state", "scheduled_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="mail-share",
        title=("name",),
        listed=("name", "state", "mail_class", "recipients_count", "scheduled_at", "finished_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="New campaign, Test send, Schedule, Pause and Cancel.",
    )

    name: Mapped[Title]
    template_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.email_template_versions.id", ondelete="RESTRICT"), index=True
    )
    mail_class: Mapped[MailClass] = mapped_column(server_default="marketing")
    audience: Mapped[Json] = mapped_column(comment="Filter of customers it goes to.")
    state: Mapped[CampaignState] = mapped_column(
        server_default="draft",
        info=ui(
            badge={
                "draft": "muted",
                "scheduled": "info",
                "sending": "warning",
                "paused": "warning",
                "sent": "success",
                "cancelled": "muted",
            }
        ),
    )
    scheduled_at: Mapped[Moment | None]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    per_minute: Mapped[int] = mapped_column(server_default="60", comment="Not more messages a minute than this.")
    recipients_count: Mapped[Count] = mapped_column(
        server_default="0", comment="Fixed when sending starts; test sends do not count."
    )
    selection_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.selections.id", ondelete="SET NULL"), index=True, comment="The frozen list of recipients."
    )
    created_by_id: Mapped[StaffRef | None]

    template_version: Mapped["EmailTemplateVersion | None"] = relationship()
    deliveries: Mapped[list["CampaignDelivery"]] = relationship(back_populates="campaign", passive_deletes=True)


class CampaignDeliveryState(enum.StrEnum):
    """What became of a campaign's message to one recipient."""

    PENDING = "pending"
    QUEUED = "queued"
    WITHHELD = "withheld"
    FAILED = "failed"


class CampaignDelivery(Identified, Base):
    """A campaign's message to one recipient, or the reason there was none."""

    __tablename__ = "campaign_deliveries"
    __table_args__ = (
        UniqueConstraint("campaign_id", "customer_id", "person_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("state <> 'withheld' OR withheld_reason IS NOT NULL", name="withheld_says_why"),
        Index("ix_campaign_deliveries_state", "campaign_id", "state", "id"),
        Index("ix_campaign_deliveries_customer", "customer_id", "created_at", "id"),
        Index("ix_campaign_deliveries_created_at", "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="mail-forward",
        default_sort="-created_at",
        writes="none",
        written_by="The campaign job.",
        capture="batch",
        subject="customer",
        hidden=True,
        retention=Retention(after="created_at", days=730, basis="Shows that a refusal was respected."),
    )

    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.email_campaigns.id", ondelete="RESTRICT"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="SET NULL"), index=True)
    mail_message_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.mail_messages.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[CampaignDeliveryState] = mapped_column(server_default="pending")
    withheld_reason: Mapped[Slug | None] = mapped_column(comment="Suppressed, no consent, suspended …")
    created_at: Mapped[CreatedAt]
    processed_at: Mapped[Moment | None]

    campaign: Mapped["EmailCampaign"] = relationship(back_populates="deliveries")
    customer: Mapped["Customer"] = relationship()
    mail_message: Mapped["MailMessage | None"] = relationship()


class UnsubscribeWay(enum.StrEnum):
    """How somebody said no."""

    ONE_CLICK = "one_click"
    PAGE = "page"
    REPLY = "reply"
    STAFF = "staff"


class Unsubscribe(Identified, Base):
    """That somebody did not want further messages: evidence beside the suppression it made."""

    __tablename__ = "unsubscribes"
    __table_args__ = (
        Index("ix_unsubscribes_created_at", "created_at", "id"),
        Index("ix_unsubscribes_customer", "customer_id", "created_at", "id"),
        Index("ix_unsubscribes_email", "email", "id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="mail-x",
        listed=("email", "customer_id", "way", "campaign_id", "created_at"),
        default_sort="-created_at",
        writes="append",
        written_by="The unsubscribe link, and Unsubscribe on a person.",
        subject="customer",
    )

    email: Mapped[Email]
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.customers.id", ondelete="SET NULL"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="SET NULL"), index=True)
    campaign_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.email_campaigns.id", ondelete="SET NULL"), index=True
    )
    mail_message_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.mail_messages.id", ondelete="SET NULL"), index=True
    )
    suppression_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.suppressions.id", ondelete="SET NULL"), index=True, comment="The refusal it made."
    )
    way: Mapped[UnsubscribeWay]
    reason: Mapped[FreeText | None]
    ip: Mapped[IpAddress | None]
    created_at: Mapped[CreatedAt]

    customer: Mapped["Customer | None"] = relationship()
    campaign: Mapped["EmailCampaign | None"] = relationship()
