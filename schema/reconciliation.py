"""What the payment gateways told us, and where their books and ours differ."""

import enum
import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    Cents,
    Count,
    CreatedAt,
    Currency,
    FreeText,
    Identified,
    Moment,
    PersonalJson,
    Prose,
    Reference,
    Slug,
    Timestamped,
)
from schema.billing import Gateway, GatewayMode
from schema.customers import StaffRef
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.billing import Payment, Refund


class GatewayEventState(enum.StrEnum):
    """What became of a message from a gateway."""

    RECEIVED = "received"
    APPLIED = "applied"
    IGNORED = "ignored"
    FAILED = "failed"


class GatewayEvent(Identified, Base):
    """A signed message a payment gateway sent us, kept once however often it came."""

    __tablename__ = "gateway_events"
    __table_args__ = (
        UniqueConstraint("gateway", "event_key"),
        CheckConstraint("deliveries > 0", name="delivered"),
        CheckConstraint("state <> 'applied' OR processed_at IS NOT NULL", name="processed_when_applied"),
        Index("ix_gateway_events_received_at", "received_at", "id"),
        Index("ix_gateway_events_state", "state", "received_at", "id"),
        Index("ix_gateway_events_checkout", "checkout_reference"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="webhook",
        title=("event_key",),
        default_sort="-received_at",
        writes="none",
        written_by="The gateways' webhooks; Process again stands on this page.",
        retention=Retention(after="received_at", days=730, basis="Evidence for disputes with the gateway."),
    )

    gateway: Mapped[Gateway]
    event_key: Mapped[Reference] = mapped_column(comment="The webhook id: the same message twice counts once.")
    kind: Mapped[Slug] = mapped_column(index=True, comment="The gateway's word, e.g. payment.succeeded.")
    mode: Mapped[GatewayMode] = mapped_column(server_default="live")
    checkout_reference: Mapped[Reference | None]
    payment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.payments.id", ondelete="SET NULL"), index=True
    )
    refund_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.refunds.id", ondelete="SET NULL"), index=True)
    payload: Mapped[PersonalJson] = mapped_column(comment="As received, after the signature was checked.")
    body_sha256: Mapped[str] = mapped_column(String(64), comment="Fingerprint of the raw message.", info=ui(pii="none"))
    deliveries: Mapped[int] = mapped_column(server_default="1", comment="How often it arrived.")
    state: Mapped[GatewayEventState] = mapped_column(
        server_default="received",
        info=ui(badge={"received": "info", "applied": "success", "ignored": "muted", "failed": "danger"}),
    )
    sent_at: Mapped[Moment | None] = mapped_column(comment="As the gateway says.")
    received_at: Mapped[Moment]
    processed_at: Mapped[Moment | None]
    error: Mapped[Prose | None]

    payment: Mapped["Payment | None"] = relationship()
    refund: Mapped["Refund | None"] = relationship()


class ReconciliationRun(Identified, Base):
    """One comparison of a gateway's books with ours."""

    __tablename__ = "reconciliation_runs"
    __table_args__ = (
        CheckConstraint("period_end > period_start", name="period_ends_after_start"),
        Index("ix_reconciliation_runs_created_at", "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="scale",
        title=("id",),
        default_sort="-created_at",
        writes="none",
        written_by="The reconciliation job.",
    )

    gateway: Mapped[Gateway]
    period_start: Mapped[Moment]
    period_end: Mapped[Moment]
    finished_at: Mapped[Moment | None]
    theirs_count: Mapped[Count | None]
    ours_count: Mapped[Count | None]
    theirs_cents: Mapped[Cents | None]
    ours_cents: Mapped[Cents | None]
    currency: Mapped[Currency]
    created_at: Mapped[CreatedAt]

    findings: Mapped[list["ReconciliationFinding"]] = relationship(back_populates="run", passive_deletes=True)


class FindingKind(enum.StrEnum):
    """How the two books differ."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT_DIFFERS = "amount_differs"
    STATUS_DIFFERS = "status_differs"
    REFUND_STUCK = "refund_stuck"
    UNKNOWN_CHECKOUT = "unknown_checkout"
    PAID_TWICE = "paid_twice"
    TEST_IN_LIVE = "test_in_live"
    FEE_DIFFERS = "fee_differs"


class FindingState(enum.StrEnum):
    """Whether somebody has dealt with it."""

    OPEN = "open"
    RESOLVED = "resolved"
    ACCEPTED = "accepted"


class ReconciliationFinding(Identified, Timestamped, Base):
    """A difference between a gateway's books and ours."""

    __tablename__ = "reconciliation_findings"
    __table_args__ = (
        UniqueConstraint("gateway", "kind", "reference"),
        CheckConstraint("(state = 'open') = (resolved_at IS NULL)", name="resolved_when_closed"),
        Index("ix_reconciliation_findings_state", "state", "found_at", "id"),
        Index("ix_reconciliation_findings_found_at", "found_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="alert-triangle",
        title=("reference",),
        default_sort="-found_at",
        writes="actions",
        written_by="The reconciliation job finds them; Resolve and Accept stand on this page.",
    )

    run_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.reconciliation_runs.id", ondelete="SET NULL"),
        index=True,
        comment="The comparison that last saw it.",
    )
    gateway: Mapped[Gateway]
    kind: Mapped[FindingKind]
    reference: Mapped[Reference] = mapped_column(comment="The gateway's id, or ours where it has none.")
    payment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.payments.id", ondelete="RESTRICT"), index=True
    )
    refund_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.refunds.id", ondelete="RESTRICT"), index=True)
    theirs_cents: Mapped[Cents | None]
    ours_cents: Mapped[Cents | None]
    currency: Mapped[Currency]
    happened_on: Mapped[date | None] = mapped_column(comment="Day of the payment in question.")
    found_at: Mapped[Moment]
    state: Mapped[FindingState] = mapped_column(
        server_default="open", info=ui(badge={"open": "danger", "resolved": "success", "accepted": "muted"})
    )
    resolved_at: Mapped[Moment | None]
    resolved_by_id: Mapped[StaffRef | None]
    resolution: Mapped[FreeText | None]

    run: Mapped["ReconciliationRun | None"] = relationship(back_populates="findings")
    payment: Mapped["Payment | None"] = relationship()
    refund: Mapped["Refund | None"] = relationship()
