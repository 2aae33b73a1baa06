"""Feature flags served to the customer app: rules by plan, overrides, percentage roll-out."""

import enum
import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, FreeText, Identified, Moment, Prose, Slug, Timestamped, Title
from schema.customers import ProductLine, StaffRef
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.catalog import Plan
    from schema.customers import Customer
    from schema.staff import StaffMember


class FlagKind(enum.StrEnum):
    """What a flag is for; a release flag is expected to go."""

    RELEASE = "release"
    OPERATIONS = "operations"
    EXPERIMENT = "experiment"
    ENTITLEMENT = "entitlement"


class FlagType(enum.StrEnum):
    """What a flag answers with."""

    BOOLEAN = "boolean"
    STRING = "string"
    NUMBER = "number"
    JSON = "json"


JSON_BY_TYPE = "jsonb_typeof({column}) = CASE value_type WHEN 'json' THEN jsonb_typeof({column}) ELSE value_type END"
"""A flag never answers with another type than it promised: the app's client would fall back to its default."""


class FeatureFlag(Identified, Timestamped, Base):
    """A switch of the customer app that we hold."""

    __tablename__ = "feature_flags"
    __table_args__ = (
        CheckConstraint("rollout_percent BETWEEN 0 AND 100", name="rollout_possible"),
        CheckConstraint(JSON_BY_TYPE.format(column="on_value"), name="on_value_typed"),
        CheckConstraint(JSON_BY_TYPE.format(column="off_value"), name="off_value_typed"),
        Index("ix_feature_flags_created_at", "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Catalog",
        icon="flag",
        title=("key",),
        listed=("key", "name", "kind", "is_enabled", "rollout_percent", "owner_id", "expires_on"),
        default_sort="key",
        inlines=("rules",),
    )

    key: Mapped[Slug] = mapped_column(unique=True, comment="The name the app asks by.", info=ui(once=True))
    name: Mapped[Title]
    description: Mapped[Prose | None]
    kind: Mapped[FlagKind] = mapped_column(server_default="release")
    value_type: Mapped[FlagType] = mapped_column(server_default="boolean", info=ui(once=True))
    is_enabled: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="False: everybody gets the off value, overrides included."
    )
    on_value: Mapped[Any] = mapped_column(
        JSONB, server_default=text("'true'::jsonb"), info=ui(pii="none", widget="json")
    )
    off_value: Mapped[Any] = mapped_column(
        JSONB, server_default=text("'false'::jsonb"), info=ui(pii="none", widget="json")
    )
    rollout_percent: Mapped[int] = mapped_column(
        server_default="0",
        comment="Share of the customers that no rule names who get the on value.",
        info=ui(unit="%"),
    )
    salt: Mapped[Slug | None] = mapped_column(
        comment="Changes who falls into the share; empty: the key.", info=ui(listed=False)
    )
    keeps_members: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="Who once had it keeps it when the share shrinks."
    )
    is_public: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="True: browsers may ask for it, not just servers."
    )
    owner_id: Mapped[StaffRef | None] = mapped_column(comment="Who decides about it.")
    expires_on: Mapped[date | None] = mapped_column(index=True, comment="To be removed from the code by then.")
    last_evaluated_at: Mapped[Moment | None] = mapped_column(info=ui(editable=False, moving=True))
    archived_at: Mapped[Moment | None] = mapped_column(comment="Asked for still, it answers off.")

    owner: Mapped["StaffMember | None"] = relationship()
    rules: Mapped[list["FlagRule"]] = relationship(
        back_populates="flag", passive_deletes=True, order_by="FlagRule.position"
    )
    overrides: Mapped[list["FlagOverride"]] = relationship(back_populates="flag", passive_deletes=True)
    members: Mapped[list["FlagMember"]] = relationship(back_populates="flag", passive_deletes=True)


class FlagRule(Identified, Timestamped, Base):
    """Who gets a flag, by plan and product line; the first that fits decides."""

    __tablename__ = "flag_rules"
    __table_args__ = (
        UniqueConstraint("flag_id", "position"),
        CheckConstraint("rollout_percent BETWEEN 0 AND 100", name="rollout_possible"),
        CheckConstraint("plan_id IS NOT NULL OR product_line IS NOT NULL", name="says_who"),
    )
    __admin__ = AdminOptions(group="Catalog", icon="adjustments", hidden=True)

    flag_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.feature_flags.id", ondelete="CASCADE"))
    position: Mapped[int]
    plan_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.plans.id", ondelete="CASCADE"), index=True)
    product_line: Mapped[ProductLine | None]
    rollout_percent: Mapped[int] = mapped_column(
        server_default="100", comment="Share of those customers.", info=ui(unit="%")
    )
    value: Mapped[Any | None] = mapped_column(
        JSONB(none_as_null=True), comment="Empty: the flag's on value.", info=ui(pii="none", widget="json")
    )

    flag: Mapped["FeatureFlag"] = relationship(back_populates="rules")
    plan: Mapped["Plan | None"] = relationship()


class FlagOverride(Identified, Timestamped, Base):
    """A customer who gets a flag, or does not, whatever the rules say."""

    __tablename__ = "flag_overrides"
    __table_args__ = (
        UniqueConstraint("flag_id", "customer_id"),
        Index("ix_flag_overrides_created_at", "created_at", "id"),
    )
    __admin__ = AdminOptions(group="Catalog", icon="flag-plus", subject="customer", default_sort="-created_at")

    flag_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.feature_flags.id", ondelete="CASCADE"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"), index=True)
    value: Mapped[Any] = mapped_column(JSONB, info=ui(pii="none", widget="json"))
    reason: Mapped[FreeText]
    expires_at: Mapped[Moment | None] = mapped_column(index=True, comment="Empty: until removed.")
    set_by_id: Mapped[StaffRef | None]

    flag: Mapped["FeatureFlag"] = relationship(back_populates="overrides")
    customer: Mapped["Customer"] = relationship()


class FlagMember(Identified, Base):
    """A customer who fell into a flag's share and stays in."""

    __tablename__ = "flag_members"
    __table_args__ = (UniqueConstraint("flag_id", "customer_id"),)
    __admin__ = AdminOptions(
        group="Catalog",
        icon="flag-check",
        writes="none",
        written_by="Evaluation adds them.",
        capture="batch",
        subject="customer",
        hidden=True,
    )

    flag_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.feature_flags.id", ondelete="CASCADE"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"), index=True)
    joined_at: Mapped[CreatedAt]

    flag: Mapped["FeatureFlag"] = relationship(back_populates="members")
    customer: Mapped["Customer"] = relationship()
