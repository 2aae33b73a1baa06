"""The credit ledger: only ever added to; a balance is the sum of its entries."""

import enum
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, Count, CreatedAt, FreeText, Identified, Moment, Reference
from schema.customers import StaffRef
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.billing import Payment
    from schema.catalog import CreditPack
    from schema.customers import Customer
    from schema.staff import StaffMember


class CreditKind(enum.StrEnum):
    """Why credits came or went."""

    PURCHASE = "purchase"
    PLAN_GRANT = "plan_grant"
    FREE_GRANT = "free_grant"
    PROMOTION = "promotion"
    CONSUMPTION = "consumption"
    EXPIRY = "expiry"
    REFUND = "refund"
    REVERSAL = "reversal"
    MERGE = "merge"


class CreditUnit(enum.StrEnum):
    """What a credit buys."""

    ASSESSMENT = "assessment"
    CV_SCREENING = "cv_screening"
    VIDEO_INTERVIEW = "video_interview"


class CreditEntry(Identified, Base):
    """Credits that came to a customer or went from them."""

    __tablename__ = "credit_entries"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_moves"),
        CheckConstraint(
            "(kind IN ('purchase', 'plan_grant', 'free_grant', 'promotion') AND amount > 0)"
            " OR (kind IN ('consumption', 'expiry', 'refund') AND amount < 0)"
            " OR kind IN ('reversal', 'merge')",
            name="sign_follows_kind",
        ),
        CheckConstraint("expires_at IS NULL OR amount > 0", name="only_grants_expire"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal_names_entry"),
        Index("ix_credit_entries_customer", "customer_id", "occurred_at", "id"),
        Index("ix_credit_entries_occurred_at", "occurred_at", "id"),
        Index("ix_credit_entries_kind", "kind", "occurred_at", "id"),
        Index("ix_credit_entries_expires_at", "expires_at", "id"),
        Index(
            "ix_credit_entries_to_settle",
            "expires_at",
            "id",
            postgresql_where=text("expires_at IS NOT NULL AND settled_at IS NULL"),
        ),
        # An expiry and a reversal happen once to an entry.
        Index("uq_credit_entries_reverses", "reverses_id", unique=True),
        Index("ix_credit_entries_grant", "grant_id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="coins",
        label="Credit entry",
        plural="Credit ledger",
        listed=("customer_id", "kind", "amount", "unit", "expires_at", "occurred_at"),
        default_sort="-occurred_at",
        writes="append",
        written_by="Purchases, plans and the product itself; Add free credits stands on the customer's page.",
        subject="customer",
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    kind: Mapped[CreditKind]
    unit: Mapped[CreditUnit] = mapped_column(server_default="assessment")
    amount: Mapped[Count] = mapped_column(comment="Positive: came; negative: went.")
    expires_at: Mapped[Moment | None] = mapped_column(comment="What is left of a grant lapses then.")
    settled_at: Mapped[Moment | None] = mapped_column(
        info=ui(listed=False), comment="When a lapsed grant had nothing left: it is not looked at again."
    )
    occurred_at: Mapped[Moment]
    grant_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.credit_entries.id", ondelete="RESTRICT"),
        comment="The grant that a consumption or an expiry takes from.",
    )
    reverses_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.credit_entries.id", ondelete="RESTRICT"), comment="The entry this one undoes."
    )
    payment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.payments.id", ondelete="RESTRICT"), index=True
    )
    credit_pack_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.credit_packs.id", ondelete="RESTRICT"), index=True
    )
    redemption_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.redemptions.id", ondelete="RESTRICT"), index=True
    )
    staff_id: Mapped[StaffRef | None]
    reason: Mapped[FreeText | None]
    source_key: Mapped[Reference | None] = mapped_column(
        unique=True, comment="Key of the message that caused it: twice delivered, once recorded."
    )
    created_at: Mapped[CreatedAt]

    customer: Mapped["Customer"] = relationship(back_populates="credit_entries")
    payment: Mapped["Payment | None"] = relationship()
    credit_pack: Mapped["CreditPack | None"] = relationship()
    staff: Mapped["StaffMember | None"] = relationship()
