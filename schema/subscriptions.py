"""Subscriptions, every change to them, and the movements of recurring revenue that follow."""

import enum
import uuid
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
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
    Reference,
    Slug,
    Timestamped,
)
from schema.catalog import Interval
from schema.customers import ProductLine, StaffRef
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.catalog import Plan, Price
    from schema.customers import Customer
    from schema.invoicing import Invoice
    from schema.promotions import Redemption
    from schema.staff import StaffMember


class SubscriptionStatus(enum.StrEnum):
    """Where a subscription stands."""

    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    TRIAL_LAPSED = "trial_lapsed"


SUBSCRIPTION_BADGES = {
    "trialing": "info",
    "active": "success",
    "past_due": "warning",
    "paused": "muted",
    "cancelled": "danger",
    "trial_lapsed": "muted",
}


class CancelReason(enum.StrEnum):
    """Why a customer left, in their words or ours."""

    TOO_EXPENSIVE = "too_expensive"
    MISSING_FEATURE = "missing_feature"
    NOT_USED = "not_used"
    QUALITY = "quality"
    COMPETITOR = "competitor"
    HIRING_ENDED = "hiring_ended"
    NON_PAYMENT = "non_payment"
    OTHER = "other"


class Subscription(Identified, Timestamped, Base):
    """A customer's running agreement about a plan."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("pending_quantity > 0", name="pending_quantity_positive"),
        CheckConstraint("pending_at IS NULL OR pending_price_id IS NOT NULL", name="date_of_pending_price"),
        CheckConstraint("period_charge_cents >= 0", name="period_charge_not_negative"),
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        CheckConstraint("mrr_cents >= 0 AND mrr_cents <= list_mrr_cents", name="mrr_within_list"),
        CheckConstraint("discount_percent BETWEEN 0 AND 100", name="discount_percent_possible"),
        CheckConstraint("discount_amount_cents >= 0", name="discount_not_negative"),
        CheckConstraint("current_period_end > current_period_start", name="period_ends_after_start"),
        CheckConstraint("trial_ends_at > trial_started_at", name="trial_ends_after_start"),
        CheckConstraint("ended_at >= started_at", name="ends_after_start"),
        CheckConstraint("status <> 'trialing' OR trial_ends_at IS NOT NULL", name="trial_has_end"),
        CheckConstraint("(status IN ('cancelled', 'trial_lapsed')) = (ended_at IS NOT NULL)", name="ended_when_over"),
        CheckConstraint("status <> 'paused' OR paused_at IS NOT NULL", name="paused_since"),
        CheckConstraint("status <> 'past_due' OR past_due_since IS NOT NULL", name="past_due_since_known"),
        CheckConstraint(
            "(status = 'active' AND NOT is_complimentary) OR status = 'past_due' OR mrr_cents = 0",
            name="mrr_only_while_paying",
        ),
        Index("ix_subscriptions_customer", "customer_id", "started_at", "id"),
        Index("ix_subscriptions_status", "status", "started_at", "id"),
        Index("ix_subscriptions_plan", "plan_id", "status", "id"),
        Index("ix_subscriptions_started_at", "started_at", "id"),
        Index("ix_subscriptions_ended_at", "ended_at", "id"),
        Index("ix_subscriptions_period_end", "status", "current_period_end", "id"),
        Index("ix_subscriptions_trial_ends", "status", "trial_ends_at", "id"),
        Index("ix_subscriptions_grace_ends", "status", "grace_ends_at", "id"),
        Index("ix_subscriptions_mrr", "mrr_cents", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="repeat",
        title=("id",),
        jump="s",
        listed=("customer_id", "plan_id", "status", "mrr_cents", "started_at", "current_period_end"),
        default_sort="-started_at",
        writes="actions",
        written_by="Change plan, pause, cancel, extend trial and the other actions on this page.",
        subject="customer",
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.plans.id", ondelete="RESTRICT"))
    price_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.prices.id", ondelete="RESTRICT"), index=True, comment="The price agreed on."
    )
    status: Mapped[SubscriptionStatus] = mapped_column(info=ui(badge=SUBSCRIPTION_BADGES))
    quantity: Mapped[int] = mapped_column(server_default="1", comment="Seats or units of the price.")
    interval: Mapped[Interval] = mapped_column(comment="How often it is charged.")
    amount_cents: Mapped[Cents] = mapped_column(
        comment="Charged per interval for all units before discount, as the price says with or without VAT."
    )
    currency: Mapped[Currency]
    list_mrr_cents: Mapped[Cents] = mapped_column(
        comment="Per month excluding VAT, before discount.", info=ui(label="List MRR", listed=False)
    )
    mrr_cents: Mapped[Cents] = mapped_column(
        comment="Per month excluding VAT, after discount; 0 while it does not count.", info=ui(label="MRR")
    )
    is_complimentary: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Given for free: never part of recurring revenue."
    )
    started_at: Mapped[Moment] = mapped_column(comment="Start of the subscription, its trial included.")
    trial_started_at: Mapped[Moment | None] = mapped_column(info=ui(group="Trial"))
    trial_ends_at: Mapped[Moment | None] = mapped_column(info=ui(group="Trial"))
    trial_converted_at: Mapped[Moment | None] = mapped_column(
        index=True, comment="When the trial became a paid subscription.", info=ui(group="Trial")
    )
    current_period_start: Mapped[Moment | None] = mapped_column(info=ui(group="Period"))
    current_period_end: Mapped[Moment | None] = mapped_column(
        comment="Renewed, or ended, at this moment.", info=ui(group="Period")
    )
    pending_price_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.prices.id", ondelete="RESTRICT"),
        index=True,
        comment="Takes over at the end of the period, or on its date.",
        info=ui(group="Period"),
    )
    pending_at: Mapped[Moment | None] = mapped_column(
        index=True,
        comment="When the waiting price takes over; empty: at the end of the period.",
        info=ui(label="Pending price from", group="Period"),
    )
    pending_quantity: Mapped[int | None] = mapped_column(
        comment="Seats or units from the end of the period on.", info=ui(group="Period")
    )
    period_charge_cents: Mapped[Cents | None] = mapped_column(
        comment="What the running period costs excluding VAT, after the discount it was charged with: unused days are"
        " credited from it. Empty: not known, and what is agreed on now counts.",
        info=ui(label="Charged for the period", group="Period"),
    )
    cancel_at_period_end: Mapped[bool] = mapped_column(server_default=text("false"), info=ui(group="End"))
    cancel_requested_at: Mapped[Moment | None] = mapped_column(
        comment="When the customer asked to leave.", info=ui(group="End")
    )
    cancel_reason: Mapped[CancelReason | None] = mapped_column(info=ui(group="End"))
    cancel_comment: Mapped[FreeText | None] = mapped_column(info=ui(group="End"))
    ended_at: Mapped[Moment | None] = mapped_column(
        comment="From this moment it no longer counts.", info=ui(group="End")
    )
    past_due_since: Mapped[Moment | None] = mapped_column(info=ui(group="Late payment"))
    grace_ends_at: Mapped[Moment | None] = mapped_column(
        comment="Unpaid until then, it ends.", info=ui(group="Late payment")
    )
    paused_at: Mapped[Moment | None] = mapped_column(info=ui(group="Pause"))
    resumes_at: Mapped[Moment | None] = mapped_column(comment="Empty: until resumed.", info=ui(group="Pause"))
    discount_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2), info=ui(group="Discount"))
    discount_amount_cents: Mapped[Cents | None] = mapped_column(
        comment="Taken off each charge, excluding VAT.", info=ui(group="Discount")
    )
    discount_ends_at: Mapped[Moment | None] = mapped_column(
        index=True, comment="Full price from then on; empty: for ever.", info=ui(group="Discount")
    )
    redemption_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.redemptions.id", ondelete="SET NULL"),
        index=True,
        comment="The promotion code behind the discount.",
        info=ui(group="Discount"),
    )
    gateway_token: Mapped[str | None] = mapped_column(
        comment="Saved payment method at a gateway that can charge again.", info=ui(pii="secret")
    )
    external_id: Mapped[Reference | None] = mapped_column(unique=True, comment="Key in the customer app.")

    customer: Mapped["Customer"] = relationship(back_populates="subscriptions")
    plan: Mapped["Plan"] = relationship(back_populates="subscriptions")
    price: Mapped["Price"] = relationship(foreign_keys=price_id, back_populates="subscriptions")
    pending_price: Mapped["Price | None"] = relationship(foreign_keys=pending_price_id)
    redemption: Mapped["Redemption | None"] = relationship(back_populates="subscriptions")
    events: Mapped[list["SubscriptionEvent"]] = relationship(back_populates="subscription", passive_deletes=True)
    movements: Mapped[list["MrrMovement"]] = relationship(back_populates="subscription", passive_deletes=True)
    invoices: Mapped[list["Invoice"]] = relationship(back_populates="subscription", passive_deletes=True)


class SubscriptionEventKind(enum.StrEnum):
    """What happened to a subscription."""

    STARTED = "started"
    TRIAL_STARTED = "trial_started"
    TRIAL_EXTENDED = "trial_extended"
    TRIAL_CONVERTED = "trial_converted"
    TRIAL_LAPSED = "trial_lapsed"
    RENEWED = "renewed"
    UPGRADED = "upgraded"
    DOWNGRADED = "downgraded"
    CHANGE_SCHEDULED = "change_scheduled"
    CHANGE_WITHDRAWN = "change_withdrawn"
    QUANTITY_CHANGED = "quantity_changed"
    PRICE_MIGRATED = "price_migrated"
    DISCOUNT_ADDED = "discount_added"
    DISCOUNT_ENDED = "discount_ended"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_RECOVERED = "payment_recovered"
    GRACE_ENDED = "grace_ended"
    PAUSED = "paused"
    RESUMED = "resumed"
    CANCEL_REQUESTED = "cancel_requested"
    CANCEL_WITHDRAWN = "cancel_withdrawn"
    CANCELLED = "cancelled"
    REACTIVATED = "reactivated"


class ActorKind(enum.StrEnum):
    """Who made something happen."""

    STAFF = "staff"
    CUSTOMER = "customer"
    SYSTEM = "system"
    GATEWAY = "gateway"


class SubscriptionEvent(Identified, Base):
    """One change of a subscription, with its amounts and who made it."""

    __tablename__ = "subscription_events"
    __table_args__ = (
        CheckConstraint("mrr_before_cents >= 0 AND mrr_after_cents >= 0", name="mrr_not_negative"),
        CheckConstraint("staff_id IS NULL OR actor = 'staff'", name="staff_is_actor"),
        Index("ix_subscription_events_subscription", "subscription_id", "occurred_at", "id"),
        Index("ix_subscription_events_customer", "customer_id", "occurred_at", "id"),
        Index("ix_subscription_events_kind", "kind", "occurred_at", "id"),
        Index("ix_subscription_events_occurred_at", "occurred_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="timeline-event",
        title=("id",),
        default_sort="-occurred_at",
        writes="append",
        written_by="Each action on a subscription, and billing itself, adds one.",
        subject="customer",
    )

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.subscriptions.id", ondelete="RESTRICT"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    kind: Mapped[SubscriptionEventKind]
    occurred_at: Mapped[Moment] = mapped_column(comment="When it took effect.")
    recorded_at: Mapped[CreatedAt] = mapped_column(comment="When we learnt of it.")
    from_plan_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.plans.id", ondelete="RESTRICT"), index=True
    )
    to_plan_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.plans.id", ondelete="RESTRICT"), index=True)
    from_price_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.prices.id", ondelete="RESTRICT"), index=True
    )
    to_price_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.prices.id", ondelete="RESTRICT"), index=True
    )
    mrr_before_cents: Mapped[Cents] = mapped_column(server_default="0", info=ui(label="MRR before"))
    mrr_after_cents: Mapped[Cents] = mapped_column(server_default="0", info=ui(label="MRR after"))
    list_mrr_after_cents: Mapped[Cents | None] = mapped_column(
        comment="MRR after the change, before discount.", info=ui(label="List MRR after", listed=False)
    )
    proration_cents: Mapped[Cents | None] = mapped_column(
        comment="Charged (+) or credited (-) for the rest of the period, excluding VAT."
    )
    currency: Mapped[Currency]
    period_end: Mapped[Moment | None] = mapped_column(comment="End of the period or trial after the change.")
    actor: Mapped[ActorKind] = mapped_column(server_default="system", comment="Who made it happen.")
    staff_id: Mapped[StaffRef | None] = mapped_column(comment="The team member, when it was one.")
    reason: Mapped[FreeText | None]
    details: Mapped[Json | None] = mapped_column(comment="What else changed: quantity, discount, dates.")
    source_key: Mapped[Reference | None] = mapped_column(
        unique=True, comment="Key of the message that caused it: twice delivered, once recorded."
    )

    subscription: Mapped["Subscription"] = relationship(back_populates="events")
    customer: Mapped["Customer"] = relationship()
    staff: Mapped["StaffMember | None"] = relationship()
    from_plan: Mapped["Plan | None"] = relationship(foreign_keys=from_plan_id)
    to_plan: Mapped["Plan | None"] = relationship(foreign_keys=to_plan_id)


class MovementKind(enum.StrEnum):
    """How recurring revenue moved; transfers balance a customer's move between plans."""

    NEW = "new"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    REACTIVATION = "reactivation"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"


class MovementReason(enum.StrEnum):
    """Why recurring revenue moved."""

    VOLUNTARY = "voluntary"
    INVOLUNTARY = "involuntary"
    PAUSED = "paused"
    RESUMED = "resumed"
    PLAN_CHANGE = "plan_change"
    QUANTITY = "quantity"
    DISCOUNT = "discount"
    PRICE_MIGRATION = "price_migration"
    TRIAL_CONVERTED = "trial_converted"
    STARTED = "started"


class MrrMovement(Identified, Base):
    """One movement of a customer's monthly recurring revenue under one definition of it."""

    __tablename__ = "mrr_movements"
    __table_args__ = (
        UniqueConstraint(
            "policy_version", "customer_id", "occurred_at", "kind", "plan_id", name="uq_mrr_movements_movement"
        ),
        CheckConstraint("amount_cents <> 0", name="amount_moves"),
        CheckConstraint(
            "(amount_cents > 0) = (kind IN ('new', 'expansion', 'reactivation', 'transfer_in'))",
            name="sign_follows_kind",
        ),
        CheckConstraint("extract(day FROM month) = 1", name="month_is_first_day"),
        Index("ix_mrr_movements_month", "policy_version", "month", "kind"),
        Index("ix_mrr_movements_customer", "customer_id", "occurred_at", "id"),
        Index("ix_mrr_movements_plan", "plan_id", "month"),
        Index("ix_mrr_movements_subscription_id", "subscription_id"),
        Index("ix_mrr_movements_occurred_at", "occurred_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="trending-up",
        label="MRR movement",
        plural="MRR movements",
        default_sort="-occurred_at",
        writes="append",
        written_by="Computed from subscription events; a changed definition makes a new version.",
        capture="batch",
        subject="customer",
    )

    policy_version: Mapped[Slug] = mapped_column(comment="The definition of MRR it was computed by.")
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.subscriptions.id", ondelete="RESTRICT"))
    subscription_event_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.subscription_events.id", ondelete="RESTRICT"), index=True
    )
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.plans.id", ondelete="RESTRICT"))
    product_line: Mapped[ProductLine]
    occurred_at: Mapped[Moment]
    month: Mapped[date] = mapped_column(comment="First day of the month in Johannesburg.")
    kind: Mapped[MovementKind]
    reason: Mapped[MovementReason]
    amount_cents: Mapped[Cents] = mapped_column(comment="Signed: churn and contraction are negative.")
    currency: Mapped[Currency]
    computed_at: Mapped[CreatedAt]

    subscription: Mapped["Subscription | None"] = relationship(back_populates="movements")
    customer: Mapped["Customer"] = relationship()
    plan: Mapped["Plan"] = relationship()
