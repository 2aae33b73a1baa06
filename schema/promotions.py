"""Promotion codes, what they take off, who used them, and the campaigns they belong to."""

import enum
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, Cents, Count, Currency, FreeText, Identified, Moment, Prose, Slug, Timestamped, Title
from schema.customers import ProductLine, StaffRef
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.catalog import Plan
    from schema.customers import Customer
    from schema.subscriptions import Subscription


class DiscountCampaign(Identified, Timestamped, Base):
    """A time-limited offer with its own promotion codes and budget."""

    __tablename__ = "discount_campaigns"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("budget_cents > 0", name="budget_positive"),
        CheckConstraint("given_away_cents >= 0", name="given_not_negative"),
        Index("ix_discount_campaigns_starts_at", "starts_at", "id"),
        Index("ix_discount_campaigns_name", "name", "id"),
    )
    __admin__ = AdminOptions(
        group="Catalog",
        icon="discount",
        title=("name",),
        default_sort="-starts_at",
        instead="Switch Is active off instead: its codes then hold no more.",
    )

    key: Mapped[Slug] = mapped_column(unique=True, info=ui(once=True))
    name: Mapped[Title]
    description: Mapped[Prose | None]
    product_line: Mapped[ProductLine | None] = mapped_column(comment="Empty: all product lines.")
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment | None]
    budget_cents: Mapped[Cents | None] = mapped_column(comment="Codes stop when this much was given away.")
    given_away_cents: Mapped[Cents] = mapped_column(
        server_default="0", comment="Discounts of its codes so far, counted under a lock.", info=ui(editable=False)
    )
    currency: Mapped[Currency]
    utm_campaign: Mapped[Slug | None] = mapped_column(index=True, comment="Signups with this word count to it.")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))

    codes: Mapped[list["PromotionCode"]] = relationship(back_populates="campaign", passive_deletes=True)


class DiscountKind(enum.StrEnum):
    """What a code gives."""

    PERCENT = "percent"
    AMOUNT = "amount"
    CREDITS = "credits"
    TRIAL_DAYS = "trial_days"


class DiscountDuration(enum.StrEnum):
    """For how many charges."""

    ONCE = "once"
    REPEATING = "repeating"
    FOREVER = "forever"


class PromotionCode(Identified, Timestamped, Base):
    """A word that customers type in for a discount."""

    __tablename__ = "promotion_codes"
    __table_args__ = (
        CheckConstraint("(kind = 'percent') = (percent IS NOT NULL)", name="percent_given"),
        CheckConstraint("(kind = 'amount') = (amount_cents IS NOT NULL)", name="amount_given"),
        CheckConstraint("(kind = 'credits') = (credits IS NOT NULL)", name="credits_given"),
        CheckConstraint("(kind = 'trial_days') = (trial_days IS NOT NULL)", name="trial_days_given"),
        CheckConstraint("percent > 0 AND percent <= 100", name="percent_possible"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("credits > 0", name="credits_positive"),
        CheckConstraint("trial_days > 0", name="trial_days_positive"),
        CheckConstraint("(duration = 'repeating') = (duration_months IS NOT NULL)", name="months_given"),
        CheckConstraint("duration_months > 0", name="months_positive"),
        CheckConstraint("max_redemptions > 0", name="limit_positive"),
        CheckConstraint(r"code !~ '\s'", name="code_without_spaces"),
        CheckConstraint("redemptions_count >= 0", name="count_not_negative"),
        CheckConstraint("max_redemptions IS NULL OR redemptions_count <= max_redemptions", name="within_limit"),
        CheckConstraint("max_per_customer > 0", name="per_customer_positive"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_promotion_codes_created_at", "created_at", "id"),
        Index("ix_promotion_codes_code", "code", "id"),
    )
    __admin__ = AdminOptions(
        group="Catalog",
        icon="ticket",
        title=("code",),
        instead="Switch it off instead: nobody can use it any more, and what it gave stays.",
        listed=("code", "kind", "percent", "amount_cents", "redemptions_count", "ends_at", "is_active"),
        default_sort="-created_at",
    )

    code: Mapped[str] = mapped_column(
        String(40), comment="Without spaces; upper and lower case are the same.", info=ui(pii="none", once=True)
    )
    campaign_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.discount_campaigns.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[DiscountKind] = mapped_column(server_default="percent")
    percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2), comment="Taken off, in per cent.")
    amount_cents: Mapped[Cents | None] = mapped_column(comment="Taken off, excluding VAT.")
    credits: Mapped[Count | None] = mapped_column(comment="Free credits.")
    trial_days: Mapped[int | None] = mapped_column(comment="Days added to the trial.")
    currency: Mapped[Currency]
    duration: Mapped[DiscountDuration] = mapped_column(server_default="once")
    duration_months: Mapped[int | None] = mapped_column(comment="For duration repeating.")
    starts_at: Mapped[Moment | None] = mapped_column(comment="Empty: at once.")
    ends_at: Mapped[Moment | None] = mapped_column(index=True, comment="Empty: open end.")
    max_redemptions: Mapped[int | None] = mapped_column(comment="Empty: any number.")
    max_per_customer: Mapped[int] = mapped_column(server_default="1")
    redemptions_count: Mapped[int] = mapped_column(
        server_default="0", comment="Counted under a lock.", info=ui(editable=False)
    )
    minimum_amount_cents: Mapped[Cents | None] = mapped_column(comment="Only for charges of at least this.")
    first_purchase_only: Mapped[bool] = mapped_column(server_default=text("false"))
    product_line: Mapped[ProductLine | None] = mapped_column(comment="Empty: all product lines.")
    customer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.customers.id", ondelete="CASCADE"), index=True, comment="Only for this customer."
    )
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), comment="Codes are switched off, not deleted.")
    created_by_id: Mapped[StaffRef | None]

    campaign: Mapped["DiscountCampaign | None"] = relationship(back_populates="codes")
    plans: Mapped[list["PromotionCodePlan"]] = relationship(back_populates="code", passive_deletes=True)
    redemptions: Mapped[list["Redemption"]] = relationship(back_populates="code", passive_deletes=True)


Index("uq_promotion_codes_code_lower", func.lower(PromotionCode.code), unique=True)


class PromotionCodePlan(Identified, Base):
    """A plan a promotion code is good for; none listed means all."""

    __tablename__ = "promotion_code_plans"
    __table_args__ = (UniqueConstraint("code_id", "plan_id"),)
    __admin__ = AdminOptions(group="Catalog", icon="link", hidden=True)

    code_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.promotion_codes.id", ondelete="CASCADE"))
    # Not CASCADE: a code whose last plan went would hold for all of them.
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.plans.id", ondelete="RESTRICT"), index=True)

    code: Mapped["PromotionCode"] = relationship(back_populates="plans")
    plan: Mapped["Plan"] = relationship()


class Redemption(Identified, Base):
    """One use of a promotion code."""

    __tablename__ = "redemptions"
    __table_args__ = (
        # The number is at most the code's max_per_customer: with 1, one use per customer, whatever races.
        Index(
            "uq_redemptions_use",
            "code_id",
            "customer_id",
            "number",
            unique=True,
            postgresql_where=text("reversed_at IS NULL"),
        ),
        CheckConstraint("reversed_at >= redeemed_at", name="reversed_after"),
        Index("ix_redemptions_code", "code_id", "redeemed_at", "id"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("discount_cents >= 0", name="discount_not_negative"),
        Index("ix_redemptions_customer", "customer_id", "redeemed_at", "id"),
        Index("ix_redemptions_redeemed_at", "redeemed_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Catalog",
        icon="ticket-off",
        title=("id",),
        default_sort="-redeemed_at",
        writes="actions",
        listed=("code_id", "customer_id", "redeemed_at", "discount_cents", "reversed_at"),
        written_by="The customer app redeems codes; Reverse on its page takes a redemption back.",
        subject="customer",
    )

    code_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.promotion_codes.id", ondelete="RESTRICT"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column(server_default="1", comment="Which use by this customer.")
    redeemed_at: Mapped[Moment]
    discount_cents: Mapped[Cents] = mapped_column(server_default="0", comment="Given away so far.")
    currency: Mapped[Currency]
    idempotency_key: Mapped[Slug | None] = mapped_column(unique=True)
    reversed_at: Mapped[Moment | None] = mapped_column(comment="Taken back: from then on it counts for nothing.")
    reversed_by_id: Mapped[StaffRef | None]
    reversal_reason: Mapped[FreeText | None]

    code: Mapped["PromotionCode"] = relationship(back_populates="redemptions")
    customer: Mapped["Customer"] = relationship(back_populates="redemptions")
    subscriptions: Mapped[list["Subscription"]] = relationship(back_populates="redemption", passive_deletes=True)
