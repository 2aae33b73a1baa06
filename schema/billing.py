"""Money in and out: payments, the attempts before them, refunds, and what the gateways told us.

Subscriptions live in ``subscriptions``, invoices and credit notes in ``invoicing``, credits in ``credits``.
"""

import enum
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    Cents,
    Currency,
    Email,
    FreeText,
    Identified,
    Moment,
    Prose,
    Reference,
    Timestamped,
    Url,
)
from schema.customers import StaffRef
from schema.invoicing import TAX_RETENTION
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.customers import Customer
    from schema.invoicing import CreditNote, Invoice
    from schema.staff import StaffMember


class Gateway(enum.StrEnum):
    """Who carries the money."""

    YOCO = "yoco"
    PAYFAST = "payfast"
    EFT = "eft"
    OTHER = "other"


class GatewayMode(enum.StrEnum):
    """Real money or play money."""

    LIVE = "live"
    TEST = "test"


class PaymentStatus(enum.StrEnum):
    """Where a payment stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


PAYMENT_BADGES = {
    "pending": "info",
    "succeeded": "success",
    "failed": "danger",
    "partly_refunded": "warning",
    "refunded": "muted",
    "disputed": "danger",
}


class Payment(Identified, Timestamped, Base):
    """Money received from a customer, or that failed to come, as the gateway reported it."""

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("gateway", "gateway_reference"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("fee_cents >= 0", name="fee_not_negative"),
        CheckConstraint("refunded_cents BETWEEN 0 AND amount_cents", name="refunded_within_amount"),
        CheckConstraint(
            "(status IN ('succeeded', 'partly_refunded', 'refunded', 'disputed')) = (paid_at IS NOT NULL)",
            name="paid_when_received",
        ),
        CheckConstraint("status <> 'failed' OR failed_at IS NOT NULL", name="failed_when_known"),
        CheckConstraint("paid_at IS NOT NULL OR refunded_cents = 0", name="refund_needs_payment"),
        Index("ix_payments_customer", "customer_id", "created_at", "id"),
        Index("ix_payments_status_created", "status", "created_at", "id"),
        Index("ix_payments_created_at", "created_at", "id"),
        Index("ix_payments_paid_at", "paid_at", "id"),
        Index("ix_payments_amount_cents", "amount_cents", "id"),
        Index("ix_payments_gateway_reference", "gateway_reference"),
        Index("ix_payments_checkout_reference", "checkout_reference"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="cash",
        jump="p",
        title=("gateway_reference",),
        listed=("customer_id", "amount_cents", "status", "gateway", "gateway_reference", "paid_at", "created_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="The gateways report payments; Refund and Send new payment link stand on this page.",
        subject="customer",
        retention=TAX_RETENTION,
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    invoice_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.invoices.id", ondelete="RESTRICT"), index=True, comment="Empty: not yet matched."
    )
    status: Mapped[PaymentStatus] = mapped_column(info=ui(badge=PAYMENT_BADGES))
    amount_cents: Mapped[Cents] = mapped_column(comment="Including VAT: what the customer paid.")
    currency: Mapped[Currency]
    fee_cents: Mapped[Cents | None] = mapped_column(comment="What the gateway kept; empty: not known.")
    fee_is_estimate: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Worked out from the agreed percentage, not reported."
    )
    refunded_cents: Mapped[Cents] = mapped_column(
        server_default="0", comment="Given back or on its way back: never more than was paid."
    )
    gateway: Mapped[Gateway] = mapped_column(server_default="yoco")
    gateway_reference: Mapped[Reference | None] = mapped_column(comment="The gateway's payment id.")
    checkout_reference: Mapped[Reference | None] = mapped_column(comment="The gateway's checkout id: refunds go by it.")
    mode: Mapped[GatewayMode] = mapped_column(server_default="live")
    method: Mapped[str | None] = mapped_column(String(40), comment="Card, EFT and the like.", info=ui(pii="none"))
    card: Mapped[str | None] = mapped_column(
        String(40), comment="Scheme and last digits, as the gateway masks them.", info=ui(pii="bank")
    )
    payer_email: Mapped[Email | None] = mapped_column(info=ui(label="Paid by"))
    paid_at: Mapped[Moment | None]
    failed_at: Mapped[Moment | None]
    failure_code: Mapped[Reference | None] = mapped_column(index=True)
    failure_reason: Mapped[Prose | None] = mapped_column(comment="As the gateway put it.")
    external_id: Mapped[Reference | None] = mapped_column(unique=True, comment="Key in the customer app.")

    customer: Mapped["Customer"] = relationship(back_populates="payments")
    invoice: Mapped["Invoice | None"] = relationship(back_populates="payments")
    attempts: Mapped[list["PaymentAttempt"]] = relationship(back_populates="payment", passive_deletes=True)
    refunds: Mapped[list["Refund"]] = relationship(back_populates="payment", passive_deletes=True)


class AttemptKind(enum.StrEnum):
    """How we tried to get an invoice paid."""

    LINK = "link"
    CHARGE = "charge"


class AttemptStatus(enum.StrEnum):
    """Where an attempt stands."""

    PREPARED = "prepared"
    SENT = "sent"
    OPENED = "opened"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class PaymentAttempt(Identified, Timestamped, Base):
    """One try to get an invoice paid: a payment link or a charge."""

    __tablename__ = "payment_attempts"
    __table_args__ = (
        UniqueConstraint("invoice_id", "number"),
        UniqueConstraint("gateway", "checkout_reference"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        Index("ix_payment_attempts_created_at", "created_at", "id"),
        Index("ix_payment_attempts_status", "status", "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="link",
        default_sort="-created_at",
        writes="actions",
        written_by="Send new payment link on an invoice or payment, and the dunning job.",
        subject="invoice.customer",
    )

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.invoices.id", ondelete="RESTRICT"))
    payment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.payments.id", ondelete="RESTRICT"), index=True, comment="What came of it."
    )
    number: Mapped[int] = mapped_column(comment="1 is the first try for the invoice.")
    kind: Mapped[AttemptKind] = mapped_column(server_default="link")
    gateway: Mapped[Gateway] = mapped_column(server_default="yoco")
    status: Mapped[AttemptStatus] = mapped_column(
        server_default="prepared",
        info=ui(badge={"sent": "info", "succeeded": "success", "failed": "danger", "superseded": "muted"}),
    )
    amount_cents: Mapped[Cents]
    currency: Mapped[Currency]
    idempotency_key: Mapped[Reference] = mapped_column(unique=True, comment="Sent to the gateway.")
    checkout_reference: Mapped[Reference | None] = mapped_column(comment="The gateway's checkout id.")
    payment_url: Mapped[Url | None] = mapped_column(comment="Where the customer pays.", info=ui(listed=False))
    sent_at: Mapped[Moment | None]
    opened_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    failure_reason: Mapped[Prose | None]
    created_by_id: Mapped[StaffRef | None] = mapped_column(comment="Empty when a job made it.")

    invoice: Mapped["Invoice"] = relationship(back_populates="attempts")
    payment: Mapped["Payment | None"] = relationship(back_populates="attempts")


class RefundStatus(enum.StrEnum):
    """Where a refund stands; booked only when the gateway confirms."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STUCK = "stuck"
    REJECTED = "rejected"


class RefundReason(enum.StrEnum):
    """Why money was given back."""

    CUSTOMER_REQUEST = "customer_request"
    BILLING_ERROR = "billing_error"
    DUPLICATE = "duplicate"
    CANCELLATION = "cancellation"
    SERVICE_FAILURE = "service_failure"
    GOODWILL = "goodwill"
    FRAUD = "fraud"


class Refund(Identified, Timestamped, Base):
    """Money given back for a payment."""

    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("gateway_reference"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("vat_cents BETWEEN 0 AND amount_cents", name="vat_within_amount"),
        CheckConstraint("approved_by_id <> requested_by_id", name="two_people"),
        CheckConstraint("status <> 'succeeded' OR completed_at IS NOT NULL", name="completed_when_done"),
        CheckConstraint("status <> 'submitted' OR submitted_at IS NOT NULL", name="submitted_when_sent"),
        Index("ix_refunds_customer", "customer_id", "created_at", "id"),
        Index("ix_refunds_status", "status", "created_at", "id"),
        Index("ix_refunds_created_at", "created_at", "id"),
        Index("ix_refunds_completed_at", "completed_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="cash-off",
        title=("id",),
        listed=("customer_id", "amount_cents", "status", "reason", "created_at", "completed_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="Refund on a payment; a job hands it to the gateway.",
        subject="customer",
        retention=TAX_RETENTION,
    )

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.payments.id", ondelete="RESTRICT"), index=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    credit_note_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.credit_notes.id", ondelete="RESTRICT"),
        index=True,
        comment="The tax document that goes with it.",
    )
    status: Mapped[RefundStatus] = mapped_column(
        server_default="requested",
        info=ui(
            badge={
                "requested": "info",
                "approved": "info",
                "submitted": "warning",
                "succeeded": "success",
                "failed": "danger",
                "stuck": "danger",
                "rejected": "muted",
            }
        ),
    )
    amount_cents: Mapped[Cents] = mapped_column(comment="Including VAT.")
    vat_cents: Mapped[Cents] = mapped_column(server_default="0", comment="VAT within the amount.")
    currency: Mapped[Currency]
    reason: Mapped[RefundReason]
    explanation: Mapped[FreeText | None]
    idempotency_key: Mapped[Reference] = mapped_column(
        unique=True, comment="The same for every try: the gateway pays it once."
    )
    gateway_reference: Mapped[Reference | None] = mapped_column(comment="The gateway's refund id.")
    requested_by_id: Mapped[StaffRef | None]
    approved_by_id: Mapped[StaffRef | None] = mapped_column(comment="The second person, where one is needed.")
    approved_at: Mapped[Moment | None]
    submitted_at: Mapped[Moment | None] = mapped_column(comment="When the gateway accepted it.")
    completed_at: Mapped[Moment | None] = mapped_column(comment="When the gateway confirmed it.")
    failure_reason: Mapped[Prose | None]

    payment: Mapped["Payment"] = relationship(back_populates="refunds")
    customer: Mapped["Customer"] = relationship(back_populates="refunds")
    credit_note: Mapped["CreditNote | None"] = relationship()
    requested_by: Mapped["StaffMember | None"] = relationship(foreign_keys="Refund.requested_by_id")
    approved_by: Mapped["StaffMember | None"] = relationship(foreign_keys="Refund.approved_by_id")
