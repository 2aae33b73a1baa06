"""Tax documents: invoices, credit notes, and the counters that number them without gaps.

An issued document is never changed: particulars are copied into it, and a credit note corrects it.
"""

import enum
import uuid
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    Cents,
    CreatedAt,
    Currency,
    FreeText,
    Identified,
    Json,
    Moment,
    PersonalJson,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
)
from schema.customers import StaffRef
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.billing import Payment, PaymentAttempt
    from schema.customers import Customer
    from schema.dunning import DunningStep
    from schema.subscriptions import Subscription

VatRate = Annotated[Decimal, mapped_column(Numeric(5, 4), info=ui(widget="percent"))]
"""A share: 0.1500 is 15 %."""
TAX_RETENTION = Retention(
    after="created_at",
    days=7 * 366,
    basis="Companies Act 71 of 2008 keeps accounting records seven years; tax law keeps them five.",
)


class NumberSequence(Timestamped, Base):
    """A counter that numbers documents without gaps: its row is locked while a document is issued."""

    __tablename__ = "number_sequences"
    __table_args__ = (
        CheckConstraint("next_number > 0", name="next_number_positive"),
        CheckConstraint("digits BETWEEN 1 AND 12", name="digits_possible"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="list-numbers",
        title=("key",),
        default_sort="key",
        writes="actions",
        written_by="Issuing an invoice or a credit note counts it up.",
        hidden=True,
    )

    key: Mapped[Slug] = mapped_column(primary_key=True, comment="invoice or credit_note.")
    prefix: Mapped[str] = mapped_column(String(20), server_default="", info=ui(pii="none"))
    digits: Mapped[int] = mapped_column(server_default="6", comment="Filled up with zeros to this length.")
    next_number: Mapped[int] = mapped_column(server_default="1")


class VatPeriod(Identified, Timestamped, Base):
    """A VAT rate and our own standing as a vendor, from a day on."""

    __tablename__ = "vat_periods"
    __table_args__ = (
        CheckConstraint("rate >= 0 AND rate < 1", name="rate_is_share"),
        CheckConstraint("valid_until > valid_from", name="ends_after_start"),
        CheckConstraint("NOT is_vendor OR vat_number IS NOT NULL", name="vendor_has_number"),
    )
    __admin__ = AdminOptions(
        group="Finance", icon="percentage", label="VAT period", plural="VAT periods", default_sort="-valid_from"
    )

    valid_from: Mapped[date] = mapped_column(unique=True, comment="First day it applies.")
    valid_until: Mapped[date | None] = mapped_column(comment="First day it applies no more; empty: still.")
    rate: Mapped[VatRate]
    is_vendor: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="Only a registered vendor may charge VAT or write 'tax invoice'."
    )
    vat_number: Mapped[Slug | None] = mapped_column(comment="Our own VAT registration number.")


class InvoiceStatus(enum.StrEnum):
    """Where an invoice stands."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    CREDITED = "credited"
    UNCOLLECTIBLE = "uncollectible"


class InvoiceKind(enum.StrEnum):
    """What an invoice is for."""

    SUBSCRIPTION = "subscription"
    CREDITS = "credits"
    MANUAL = "manual"


class Invoice(Identified, Timestamped, Base):
    """A bill to a customer; a tax invoice once it has its number."""

    __tablename__ = "invoices"
    __table_args__ = (
        CheckConstraint("total_cents = net_cents + vat_cents", name="total_adds_up"),
        CheckConstraint("net_cents >= 0 AND vat_cents >= 0", name="amounts_not_negative"),
        CheckConstraint("discount_cents >= 0", name="discount_not_negative"),
        CheckConstraint("paid_cents >= 0", name="paid_not_negative"),
        CheckConstraint("credited_cents BETWEEN 0 AND total_cents", name="credited_within_total"),
        CheckConstraint("(status = 'draft') = (number IS NULL)", name="numbered_when_issued"),
        CheckConstraint("(number IS NULL) = (issued_at IS NULL)", name="issued_when_numbered"),
        CheckConstraint("status = 'draft' OR issued_on IS NOT NULL", name="dated_when_issued"),
        CheckConstraint("due_on >= issued_on", name="due_after_issue"),
        CheckConstraint("status <> 'paid' OR paid_at IS NOT NULL", name="paid_when_known"),
        CheckConstraint("period_end > period_start", name="period_ends_after_start"),
        CheckConstraint("vat_cents = 0 OR is_tax_invoice", name="vat_only_by_vendor"),
        UniqueConstraint("subscription_id", "period_start", "kind"),
        Index("ix_invoices_customer", "customer_id", "created_at", "id"),
        Index("ix_invoices_status_due", "status", "due_on", "id"),
        Index("ix_invoices_issued_on", "issued_on", "id"),
        Index("ix_invoices_created_at", "created_at", "id"),
        Index("ix_invoices_total_cents", "total_cents", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="file-invoice",
        jump="i",
        title=("number",),
        listed=("number", "customer_id", "status", "total_cents", "issued_on", "due_on"),
        default_sort="-created_at",
        writes="actions",
        written_by="New invoice, Issue, Credit and Write off; billing issues those of subscriptions.",
        subject="customer",
        retention=TAX_RETENTION,
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.subscriptions.id", ondelete="RESTRICT"))
    number: Mapped[Reference | None] = mapped_column(unique=True, comment="Given without gaps at issue.")
    kind: Mapped[InvoiceKind] = mapped_column(server_default="subscription")
    status: Mapped[InvoiceStatus] = mapped_column(
        server_default="draft",
        info=ui(
            badge={
                "draft": "muted",
                "open": "info",
                "paid": "success",
                "credited": "muted",
                "uncollectible": "danger",
            }
        ),
    )
    is_tax_invoice: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="We were a VAT vendor on the day of issue."
    )
    issued_on: Mapped[date | None] = mapped_column(comment="Date of the document, Johannesburg.")
    issued_at: Mapped[Moment | None] = mapped_column(comment="When it got its number.")
    due_on: Mapped[date | None]
    period_start: Mapped[Moment | None] = mapped_column(comment="Start of the service billed.")
    period_end: Mapped[Moment | None] = mapped_column(comment="End of the service billed.")
    currency: Mapped[Currency]
    discount_cents: Mapped[Cents] = mapped_column(server_default="0", comment="Already taken off the net amount.")
    net_cents: Mapped[Cents] = mapped_column(comment="After discount, excluding VAT.")
    vat_cents: Mapped[Cents]
    total_cents: Mapped[Cents] = mapped_column(comment="Including VAT: what is owed.")
    vat_rate: Mapped[VatRate]
    paid_cents: Mapped[Cents] = mapped_column(server_default="0", comment="Received, before refunds.")
    credited_cents: Mapped[Cents] = mapped_column(server_default="0", comment="Sum of its credit notes, including VAT.")
    paid_at: Mapped[Moment | None]
    written_off_at: Mapped[Moment | None]
    supplier: Mapped[Json | None] = mapped_column(comment="Our own particulars on the day of issue.")
    recipient: Mapped[PersonalJson | None] = mapped_column(comment="The customer's on the day of issue.")
    purchase_order: Mapped[Reference | None] = mapped_column(comment="The customer's own reference.")
    memo: Mapped[FreeText | None] = mapped_column(comment="Printed on the document.")
    pdf_path: Mapped[Reference | None] = mapped_column(comment="Where the document as sent is kept.")
    pdf_sha256: Mapped[str | None] = mapped_column(
        String(64), comment="Fingerprint of the document as sent.", info=ui(pii="none")
    )
    sent_at: Mapped[Moment | None]
    created_by_id: Mapped[StaffRef | None] = mapped_column(comment="Empty when billing made it.")
    external_id: Mapped[Reference | None] = mapped_column(unique=True, comment="Key in the customer app.")

    customer: Mapped["Customer"] = relationship(back_populates="invoices")
    subscription: Mapped["Subscription | None"] = relationship(back_populates="invoices")
    lines: Mapped[list["InvoiceLine"]] = relationship(
        back_populates="invoice", passive_deletes=True, order_by="InvoiceLine.position"
    )
    credit_notes: Mapped[list["CreditNote"]] = relationship(back_populates="invoice", passive_deletes=True)
    payments: Mapped[list["Payment"]] = relationship(back_populates="invoice", passive_deletes=True)
    attempts: Mapped[list["PaymentAttempt"]] = relationship(back_populates="invoice", passive_deletes=True)
    dunning_steps: Mapped[list["DunningStep"]] = relationship(back_populates="invoice", passive_deletes=True)


class InvoiceLine(Identified, Base):
    """One thing billed on an invoice."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("position > 0", name="position_positive"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("total_cents = net_cents + vat_cents", name="total_adds_up"),
        CheckConstraint("vat_rate >= 0 AND vat_rate < 1", name="rate_is_share"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="list-details",
        writes="actions",
        written_by="The invoice's actions.",
        subject="invoice.customer",
        hidden=True,
    )

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.invoices.id", ondelete="RESTRICT"))
    position: Mapped[int]
    description: Mapped[Title] = mapped_column(comment="What was sold; never a person's name.")
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 4), server_default="1")
    unit_amount_cents: Mapped[Cents] = mapped_column(comment="Per unit, before discount, excluding VAT.")
    discount_cents: Mapped[Cents] = mapped_column(server_default="0")
    net_cents: Mapped[Cents] = mapped_column(comment="Negative for the credit part of a proration.")
    vat_cents: Mapped[Cents]
    total_cents: Mapped[Cents]
    currency: Mapped[Currency]
    vat_rate: Mapped[VatRate]
    plan_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.plans.id", ondelete="RESTRICT"), index=True)
    price_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.prices.id", ondelete="RESTRICT"), index=True)
    period_start: Mapped[Moment | None] = mapped_column(comment="Revenue is recognised over this time.")
    period_end: Mapped[Moment | None]
    is_proration: Mapped[bool] = mapped_column(server_default=text("false"))
    account_code: Mapped[Slug | None] = mapped_column(comment="Account in the accounting package.")

    invoice: Mapped["Invoice"] = relationship(back_populates="lines")


class CreditReason(enum.StrEnum):
    """Why an invoice was reduced."""

    REFUND = "refund"
    CANCELLATION = "cancellation"
    BILLING_ERROR = "billing_error"
    GOODWILL = "goodwill"
    DUPLICATE = "duplicate"
    WRITE_OFF = "write_off"


class CreditNote(Identified, Base):
    """A document that takes back an invoice, wholly or in part."""

    __tablename__ = "credit_notes"
    __table_args__ = (
        CheckConstraint("total_cents = net_cents + vat_cents", name="total_adds_up"),
        CheckConstraint("net_cents >= 0 AND vat_cents >= 0", name="amounts_not_negative"),
        CheckConstraint("total_cents > 0", name="total_positive"),
        Index("ix_credit_notes_customer", "customer_id", "issued_at", "id"),
        Index("ix_credit_notes_issued_on", "issued_on", "id"),
        Index("ix_credit_notes_created_at", "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="file-minus",
        title=("number",),
        listed=("number", "invoice_id", "customer_id", "total_cents", "reason", "issued_on"),
        default_sort="-created_at",
        writes="actions",
        written_by="Refund and Credit on a payment or an invoice.",
        subject="customer",
        retention=TAX_RETENTION,
    )

    number: Mapped[Reference] = mapped_column(unique=True, comment="Given without gaps.")
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.invoices.id", ondelete="RESTRICT"), index=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    reason: Mapped[CreditReason]
    explanation: Mapped[Prose] = mapped_column(comment="Printed on the document; never a person's name.")
    issued_on: Mapped[date] = mapped_column(comment="Date of the document, Johannesburg.")
    issued_at: Mapped[Moment]
    currency: Mapped[Currency]
    net_cents: Mapped[Cents]
    vat_cents: Mapped[Cents]
    total_cents: Mapped[Cents]
    vat_rate: Mapped[VatRate]
    supplier: Mapped[Json] = mapped_column(comment="Our own particulars on the day of issue.")
    recipient: Mapped[PersonalJson] = mapped_column(comment="The customer's on the day of issue.")
    pdf_path: Mapped[Reference | None]
    pdf_sha256: Mapped[str | None] = mapped_column(String(64), info=ui(pii="none"))
    sent_at: Mapped[Moment | None]
    issued_by_id: Mapped[StaffRef | None]
    created_at: Mapped[CreatedAt]

    invoice: Mapped["Invoice"] = relationship(back_populates="credit_notes")
    customer: Mapped["Customer"] = relationship(back_populates="credit_notes")
