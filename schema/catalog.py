"""What we sell: plans, what they contain, their dated prices, and packs of credits.

Promotion codes live in ``promotions``, feature flags in ``flags``.
"""

import enum
import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, Cents, Count, Currency, Identified, Moment, Prose, Slug, Timestamped, Title
from schema.customers import ProductLine, StaffRef
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.customers import Customer
    from schema.subscriptions import Subscription


class Interval(enum.StrEnum):
    """How often a price is charged."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Plan(Identified, Timestamped, Base):
    """A plan customers subscribe to."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint("trial_days >= 0", name="trial_not_negative"),
        CheckConstraint("included_credits >= 0", name="credits_not_negative"),
        Index("ix_plans_line_rank", "product_line", "rank"),
        Index("ix_plans_rank", "rank", "id"),
        Index("ix_plans_created_at", "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Catalog",
        icon="package",
        title=("name",),
        listed=("name", "key", "product_line", "trial_days", "is_sold"),
        default_sort="rank",
        inlines=("plan_features",),
        instead="Switch Is sold off instead: nobody new gets it, and present subscribers keep it.",
    )

    key: Mapped[Slug] = mapped_column(unique=True, comment="The name the customer app knows it by.", info=ui(once=True))
    name: Mapped[Title]
    product_line: Mapped[ProductLine] = mapped_column(comment="Who may subscribe to it.")
    description: Mapped[Prose | None] = mapped_column(comment="What the price page says.")
    rank: Mapped[int] = mapped_column(
        server_default="0", comment="A move to a higher rank is an upgrade, to a lower a downgrade."
    )
    trial_days: Mapped[int] = mapped_column(server_default="0", comment="0: no trial.")
    included_credits: Mapped[Count] = mapped_column(
        server_default="0", comment="Credits granted at the start of each period."
    )
    seats: Mapped[int | None] = mapped_column(comment="People allowed to sign in; empty: any number.")
    is_sold: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="False: existing subscribers keep it, nobody new gets it."
    )
    is_complimentary: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="A free plan: never part of recurring revenue."
    )

    prices: Mapped[list["Price"]] = relationship(back_populates="plan", passive_deletes=True)
    plan_features: Mapped[list["PlanFeature"]] = relationship(back_populates="plan", passive_deletes=True)
    customers: Mapped[list["Customer"]] = relationship(back_populates="plan", passive_deletes=True)
    subscriptions: Mapped[list["Subscription"]] = relationship(back_populates="plan", passive_deletes=True)


class FeatureKind(enum.StrEnum):
    """Whether a feature is had or counted."""

    SWITCH = "switch"
    LIMIT = "limit"


class Feature(Identified, Timestamped, Base):
    """Something the product can do, sold in plans and watched for use."""

    __tablename__ = "features"
    __table_args__ = (Index("ix_features_name", "name", "id"),)
    __admin__ = AdminOptions(group="Catalog", icon="puzzle", title=("name",), default_sort="name")

    key: Mapped[Slug] = mapped_column(unique=True, comment="The name the customer app knows it by.", info=ui(once=True))
    name: Mapped[Title]
    description: Mapped[Prose | None]
    kind: Mapped[FeatureKind] = mapped_column(server_default="switch")
    unit: Mapped[Slug | None] = mapped_column(comment="What a limit counts, e.g. CVs.")
    event_name: Mapped[Slug | None] = mapped_column(index=True, comment="The usage event that means somebody used it.")
    is_value: Mapped[bool] = mapped_column(server_default=text("false"), comment="Use of it makes a customer active.")
    product_line: Mapped[ProductLine | None] = mapped_column(comment="Empty: all product lines.")
    released_on: Mapped[date | None] = mapped_column(comment="Adoption is measured from this day.")

    plan_features: Mapped[list["PlanFeature"]] = relationship(back_populates="feature", passive_deletes=True)


class LimitPeriod(enum.StrEnum):
    """The time a limit counts in."""

    MONTH = "month"
    BILLING_PERIOD = "billing_period"
    AT_ONCE = "at_once"


class PlanFeature(Identified, Timestamped, Base):
    """What a plan contains, and how much of it."""

    __tablename__ = "plan_features"
    __table_args__ = (
        UniqueConstraint("plan_id", "feature_id"),
        CheckConstraint("limit_value >= 0", name="limit_not_negative"),
    )
    __admin__ = AdminOptions(group="Catalog", icon="list-check", hidden=True)

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.plans.id", ondelete="CASCADE"))
    feature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.features.id", ondelete="CASCADE"), index=True)
    is_included: Mapped[bool] = mapped_column(server_default=text("true"))
    limit_value: Mapped[Count | None] = mapped_column(comment="Empty: unlimited.")
    limit_period: Mapped[LimitPeriod] = mapped_column(server_default="month")

    plan: Mapped["Plan"] = relationship(back_populates="plan_features")
    feature: Mapped["Feature"] = relationship(back_populates="plan_features")


class Price(Identified, Timestamped, Base):
    """A dated price of a plan: never changed once used, replaced by a newer one."""

    __tablename__ = "prices"
    __table_args__ = (
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        CheckConstraint("valid_until > valid_from", name="ends_after_start"),
        CheckConstraint("replaces_id <> id", name="not_replacing_itself"),
        Index(
            "uq_prices_default",
            "plan_id",
            "interval",
            "currency",
            unique=True,
            postgresql_where=text("is_default AND valid_until IS NULL"),
        ),
        Index("ix_prices_plan", "plan_id", "valid_from", "id"),
        Index("ix_prices_valid_from", "valid_from", "id"),
    )
    __admin__ = AdminOptions(
        group="Catalog",
        icon="tag",
        title=("nickname",),
        listed=("plan_id", "nickname", "amount_cents", "interval", "includes_vat", "valid_from", "valid_until"),
        default_sort="-valid_from",
        writes="actions",
        written_by="New price on the plan's page, New version on the price's own: present subscribers keep theirs.",
    )

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.plans.id", ondelete="RESTRICT"))
    nickname: Mapped[Title] = mapped_column(comment="For the team, e.g. Growth monthly 2026.")
    amount_cents: Mapped[Cents] = mapped_column(comment="What is charged per interval and seat.")
    currency: Mapped[Currency]
    interval: Mapped[Interval]
    includes_vat: Mapped[bool] = mapped_column(comment="True: the amount contains VAT.")
    is_default: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="Offered to new subscribers; one per plan, interval and currency."
    )
    valid_from: Mapped[Moment] = mapped_column(comment="Sold from then on.")
    valid_until: Mapped[Moment | None] = mapped_column(comment="Sold until then; empty: still sold.")
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.prices.id", ondelete="SET NULL"), index=True, comment="The price before it."
    )
    external_id: Mapped[Slug | None] = mapped_column(unique=True, comment="Key in the customer app.")
    created_by_id: Mapped[StaffRef | None]

    plan: Mapped["Plan"] = relationship(back_populates="prices")
    subscriptions: Mapped[list["Subscription"]] = relationship(
        back_populates="price", foreign_keys="Subscription.price_id", passive_deletes=True
    )
    migrations_from: Mapped[list["PriceMigration"]] = relationship(
        back_populates="from_price", foreign_keys="PriceMigration.from_price_id", passive_deletes=True
    )
    migrations_to: Mapped[list["PriceMigration"]] = relationship(
        back_populates="to_price", foreign_keys="PriceMigration.to_price_id", passive_deletes=True
    )


class MigrationMode(enum.StrEnum):
    """What a new price means for present subscribers."""

    GRANDFATHER = "grandfather"
    AT_RENEWAL = "at_renewal"
    ON_DATE = "on_date"


class MigrationState(enum.StrEnum):
    """How far a price migration has come."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class PriceMigration(Identified, Timestamped, Base):
    """The decision what happens to subscribers of an old price."""

    __tablename__ = "price_migrations"
    __table_args__ = (
        CheckConstraint("from_price_id <> to_price_id", name="two_prices"),
        CheckConstraint("mode <> 'on_date' OR effective_at IS NOT NULL", name="dated"),
        CheckConstraint("subscriptions_moved >= 0", name="moved_not_negative"),
        Index("ix_price_migrations_created_at", "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Catalog",
        icon="arrows-exchange",
        title=("id",),
        default_sort="-created_at",
        writes="actions",
        written_by="New price on the plan's page.",
    )

    from_price_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prices.id", ondelete="RESTRICT"), index=True)
    to_price_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prices.id", ondelete="RESTRICT"), index=True)
    mode: Mapped[MigrationMode]
    state: Mapped[MigrationState] = mapped_column(
        server_default="planned",
        info=ui(badge={"planned": "info", "running": "warning", "done": "success", "cancelled": "muted"}),
    )
    effective_at: Mapped[Moment | None] = mapped_column(comment="When present subscribers move.")
    announced_at: Mapped[Moment | None] = mapped_column(comment="When they were told.")
    subscriptions_moved: Mapped[int] = mapped_column(server_default="0")
    mrr_difference_cents: Mapped[Cents | None] = mapped_column(comment="Expected change of recurring revenue.")
    currency: Mapped[Currency]
    decided_by_id: Mapped[StaffRef | None]

    from_price: Mapped["Price"] = relationship(foreign_keys=from_price_id, back_populates="migrations_from")
    to_price: Mapped["Price"] = relationship(foreign_keys=to_price_id, back_populates="migrations_to")


class CreditPack(Identified, Timestamped, Base):
    """Credits sold once, outside any subscription."""

    __tablename__ = "credit_packs"
    __table_args__ = (
        CheckConstraint("credits > 0", name="credits_positive"),
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        CheckConstraint("expires_after_days > 0", name="expiry_positive"),
        Index("ix_credit_packs_name", "name", "id"),
    )
    __admin__ = AdminOptions(group="Catalog", icon="coins", title=("name",), default_sort="name")

    key: Mapped[Slug] = mapped_column(unique=True, info=ui(once=True))
    name: Mapped[Title]
    product_line: Mapped[ProductLine]
    credits: Mapped[Count]
    amount_cents: Mapped[Cents]
    currency: Mapped[Currency]
    includes_vat: Mapped[bool] = mapped_column(server_default=text("true"))
    expires_after_days: Mapped[int | None] = mapped_column(comment="Empty: the credits never expire.")
    is_sold: Mapped[bool] = mapped_column(server_default=text("true"))
