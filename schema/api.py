"""Machines that talk to us and we to them: API keys, repeated requests, webhooks out and in."""

import enum
import uuid
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
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
    IpAddress,
    Moment,
    PersonalJson,
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


class DeliveryState(enum.StrEnum):
    """Whether the receiver has it."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    ABANDONED = "abandoned"


class IncomingState(enum.StrEnum):
    """What became of a received webhook."""

    RECEIVED = "received"
    PROCESSED = "processed"
    IGNORED = "ignored"
    FAILED = "failed"
    REFUSED = "refused"


class ApiKey(Identified, Timestamped, Base):
    """A key with which the customer app or another program calls the API; only its hash is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint("rate_per_minute > 0", name="rate_positive"),
        Index(None, "created_at", "id"),
        Index(None, "created_by_id"),
        Index(None, "replaces_id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="key",
        label="API key",
        title=("name",),
        listed=("name", "prefix", "scopes", "last_used_at", "expires_at", "revoked_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="Made on the page API; rotated and revoked with the actions on this page.",
    )

    name: Mapped[Title] = mapped_column(comment="Which program uses it.")
    prefix: Mapped[Slug] = mapped_column(unique=True, comment="Readable beginning, found again in logs.")
    key_hash: Mapped[str] = mapped_column(String(128), unique=True, deferred=True, info=ui(pii="secret"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), info=ui(pii="none", widget="tags"))
    allowed_networks: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text), info=ui(pii="none", widget="tags"), comment="Empty: from anywhere."
    )
    rate_per_minute: Mapped[int] = mapped_column(server_default=text("600"))
    browser: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Public: used by a browser, may only send what browsers send."
    )
    allowed_origins: Mapped[list[str] | None] = mapped_column(ARRAY(Text), info=ui(pii="none", widget="tags"))
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), info=ui(hands_over=True)
    )
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.api_keys.id", ondelete="SET NULL"), comment="The key it was rotated from."
    )
    last_used_at: Mapped[Moment | None]
    last_used_ip: Mapped[IpAddress | None]
    expires_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]

    created_by: Mapped[StaffMember | None] = relationship()
    replaces: Mapped["ApiKey | None"] = relationship(remote_side="ApiKey.id")


class IdempotencyKey(Identified, Base):
    """A request that may be repeated: the second time gets the stored answer."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        UniqueConstraint("scope", "key"),
        Index(None, "expires_at"),
        Index(None, "created_at", "id"),
        Index(None, "api_key_id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="copy",
        label="Repeated request",
        listed=("created_at", "scope", "status_code", "expires_at"),
        default_sort="-created_at",
        writes="none",
        written_by="The API and forms with a submit token.",
        capture="batch",
        hidden=True,
        retention=Retention("expires_at", 0, "Only needed while a repeat may come."),
    )

    scope: Mapped[Reference] = mapped_column(comment="API key and route, or member and form.")
    key: Mapped[Reference]
    api_key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.api_keys.id", ondelete="CASCADE"))
    request_digest: Mapped[str] = mapped_column(
        String(64), info=ui(pii="none"), comment="Another request under the same key is refused."
    )
    status_code: Mapped[int | None] = mapped_column(Integer, comment="Empty: still being worked on.")
    answer: Mapped[bytes | None] = mapped_column(LargeBinary, info=ui(pii="secret"), comment="Encrypted.")
    location: Mapped[Reference | None]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment]

    api_key: Mapped[ApiKey | None] = relationship()


class WebhookEndpoint(Identified, Timestamped, Base):
    """An address of another system that is told about events."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (Index(None, "created_at", "id"), Index(None, "created_by_id"))
    __admin__ = AdminOptions(
        group="System",
        icon="webhook",
        title=("name",),
        listed=("name", "url", "events", "enabled", "failures", "last_success_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="The webhooks page; its secret is made by us and shown once.",
    )

    name: Mapped[Title]
    url: Mapped[Url]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text), info=ui(pii="none", widget="tags"))
    secret: Mapped[bytes] = mapped_column(LargeBinary, info=ui(pii="secret"), comment="Signing secret, encrypted.")
    old_secret: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui(pii="secret"), comment="Signs as well until the receiver has the new one."
    )
    old_secret_until: Mapped[Moment | None]
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    failures: Mapped[int] = mapped_column(server_default=text("0"), comment="In a row.")
    disabled_reason: Mapped[Prose | None]
    last_success_at: Mapped[Moment | None]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))

    created_by: Mapped[StaffMember | None] = relationship()
    deliveries: Mapped[list["WebhookDelivery"]] = relationship(back_populates="endpoint", passive_deletes=True)


class WebhookDelivery(Identified, Base):
    """An event sent, or to be sent, to one address."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_key"),
        Index(None, "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index("ix_webhook_deliveries_due", "next_at", postgresql_where=text("state = 'waiting'")),
        Index(None, "job_id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="send",
        listed=("created_at", "endpoint_id", "event_type", "state", "attempts", "response_code"),
        default_sort="-created_at",
        writes="none",
        written_by="Jobs; a delivery is repeated with the action on its page.",
        capture="batch",
        retention=Retention("created_at", 30, "Long enough to repeat a delivery."),
    )

    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.webhook_endpoints.id", ondelete="CASCADE"))
    event_key: Mapped[Reference] = mapped_column(comment="Same for each repeat: the receiver can tell.")
    event_type: Mapped[Slug]
    payload: Mapped[PersonalJson]
    state: Mapped[DeliveryState] = mapped_column(
        server_default=text("'waiting'"),
        info=ui(badge={"waiting": "info", "delivered": "success", "failed": "warning", "abandoned": "danger"}),
    )
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    next_at: Mapped[Moment | None]
    response_code: Mapped[int | None]
    response_ms: Mapped[int | None] = mapped_column(info=ui(unit="ms"))
    response_text: Mapped[FreeText | None] = mapped_column(comment="The beginning of the answer.")
    error: Mapped[Prose | None]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    delivered_at: Mapped[Moment | None]

    endpoint: Mapped[WebhookEndpoint] = relationship(back_populates="deliveries")
    job: Mapped[Job | None] = relationship()


class IncomingWebhook(Identified, Base):
    """A message from an outside service, kept as it came before anything is done with it."""

    __tablename__ = "incoming_webhooks"
    __table_args__ = (
        UniqueConstraint("source", "external_key"),
        Index(None, "received_at", "id"),
        Index(None, "source", "received_at", "id"),
        Index(None, "state", "received_at", "id"),
        Index(None, "job_id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="inbox",
        listed=("received_at", "source", "event_type", "state", "signature_ok", "attempts"),
        default_sort="-received_at",
        writes="none",
        written_by="The webhook addresses; processing is repeated with the action on its page.",
        capture="batch",
        retention=Retention("received_at", 180, "Settles disputes about what a service told us."),
    )

    source: Mapped[Slug]
    external_key: Mapped[Reference] = mapped_column(comment="The sender's id of the message: processed once.")
    event_type: Mapped[Slug | None]
    signature_ok: Mapped[bool]
    payload: Mapped[PersonalJson]
    headers: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="none", widget="json"), comment="Without credentials."
    )
    ip: Mapped[IpAddress | None]
    state: Mapped[IncomingState] = mapped_column(
        server_default=text("'received'"),
        info=ui(
            badge={
                "received": "info",
                "processed": "success",
                "ignored": "muted",
                "failed": "danger",
                "refused": "warning",
            }
        ),
    )
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[Prose | None]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    received_at: Mapped[CreatedAt]
    processed_at: Mapped[Moment | None]

    job: Mapped[Job | None] = relationship()
