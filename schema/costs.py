"""What our providers cost: by UTC day as they bill, in their own currency, with the rate of the day beside it."""

import enum
import uuid
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    Cost,
    Count,
    CreatedAt,
    Currency,
    Identified,
    Json,
    Moment,
    Prose,
    Reference,
    Slug,
    Timestamped,
)
from schema.customers import ProductLine, StaffRef
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.staff import StaffMember


class CostCategory(enum.StrEnum):
    """What the money is spent on."""

    AI = "ai"
    HOSTING = "hosting"
    DATABASE = "database"
    STORAGE = "storage"
    ERROR_TRACKING = "error_tracking"
    PAYMENT_FEES = "payment_fees"
    EMAIL = "email"
    OTHER = "other"


class CostSource(enum.StrEnum):
    """How a figure got here."""

    API = "api"
    CSV = "csv"
    TYPED = "typed"
    COMPUTED = "computed"


class ImportState(enum.StrEnum):
    """How an import went."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class CostImport(Identified, Base):
    """One fetch of a provider's costs, or one file."""

    __tablename__ = "cost_imports"
    __table_args__ = (
        CheckConstraint("until_day > from_day", name="ends_after_start"),
        CheckConstraint("state = 'running' OR finished_at IS NOT NULL", name="finished_when_over"),
        Index("ix_cost_imports_started_at", "started_at", "id"),
        Index("ix_cost_imports_provider", "provider", "started_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="file-import",
        default_sort="-started_at",
        writes="none",
        written_by="The cost jobs, and Import costs.",
    )

    provider: Mapped[Slug] = mapped_column(comment="openai, supabase, vercel, sentry, yoco …")
    source: Mapped[CostSource]
    from_day: Mapped[date] = mapped_column(comment="First UTC day.")
    until_day: Mapped[date] = mapped_column(comment="First UTC day not included.")
    state: Mapped[ImportState] = mapped_column(
        server_default="running", info=ui(badge={"running": "info", "done": "success", "failed": "danger"})
    )
    pages_count: Mapped[int] = mapped_column(server_default="0")
    rows_count: Mapped[Count] = mapped_column(server_default="0")
    total_amount: Mapped[Cost | None]
    currency: Mapped[Currency | None]
    file_sha256: Mapped[str | None] = mapped_column(
        String(64), unique=True, comment="The same file is not read twice.", info=ui(pii="none")
    )
    error: Mapped[Prose | None]
    started_by_id: Mapped[StaffRef | None] = mapped_column(comment="Empty when a job did it.")
    started_at: Mapped[Moment]
    finished_at: Mapped[Moment | None]

    started_by: Mapped["StaffMember | None"] = relationship()
    costs: Mapped[list["ProviderCost"]] = relationship(back_populates="cost_import", passive_deletes=True)


class ProviderCost(Identified, Timestamped, Base):
    """What one thing cost at a provider on one UTC day."""

    __tablename__ = "provider_costs"
    __table_args__ = (
        UniqueConstraint(
            "provider",
            "day",
            "project",
            "model",
            "line_item",
            "account_key",
            "currency",
            name="uq_provider_costs_line",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        Index("ix_provider_costs_day", "day", "id"),
        Index("ix_provider_costs_category", "category", "day"),
        Index("ix_provider_costs_model", "model", "day"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="receipt",
        listed=("day", "provider", "category", "project", "model", "line_item", "amount"),
        default_sort="-day",
        retention=Retention(
            after="created_at", days=7 * 366, basis="Companies Act 71 of 2008: accounting records, seven years."
        ),
    )

    provider: Mapped[Slug] = mapped_column(comment="openai, supabase, vercel, sentry, yoco …")
    category: Mapped[CostCategory]
    day: Mapped[date] = mapped_column(comment="UTC day, as the provider bills.")
    project: Mapped[Reference | None] = mapped_column(comment="The provider's project.")
    model: Mapped[Reference | None] = mapped_column(comment="AI model, where the cost has one.")
    line_item: Mapped[Reference | None] = mapped_column(comment="The provider's word for what was billed.")
    account_key: Mapped[Reference | None] = mapped_column(comment="Name of the key or account billed; never the key.")
    product_line: Mapped[ProductLine | None] = mapped_column(comment="Where a cost serves one product alone.")
    amount: Mapped[Cost] = mapped_column(comment="As billed, in the provider's currency.")
    currency: Mapped[Currency]
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(24, 6))
    unit: Mapped[Slug | None] = mapped_column(comment="What the quantity counts: tokens, GB, requests.")
    source: Mapped[CostSource] = mapped_column(server_default="typed")
    import_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.cost_imports.id", ondelete="SET NULL"), index=True, info=ui(editable=False)
    )
    note: Mapped[Prose | None]

    cost_import: Mapped["CostImport | None"] = relationship(back_populates="costs")


class ProviderUsage(Identified, Timestamped, Base):
    """How much of something a provider counted on one UTC day."""

    __tablename__ = "provider_usage"
    __table_args__ = (
        UniqueConstraint(
            "provider",
            "day",
            "metric",
            "project",
            "model",
            name="uq_provider_usage_line",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("included_quantity >= 0", name="included_not_negative"),
        Index("ix_provider_usage_day", "day", "id"),
        Index("ix_provider_usage_metric", "metric", "day"),
    )
    __admin__ = AdminOptions(
        group="Finance", icon="gauge", label="Provider usage", plural="Provider usage", default_sort="-day"
    )

    provider: Mapped[Slug]
    day: Mapped[date] = mapped_column(comment="UTC day.")
    metric: Mapped[Slug] = mapped_column(comment="input_tokens, cached_tokens, egress, build_minutes …")
    project: Mapped[Reference | None]
    model: Mapped[Reference | None]
    quantity: Mapped[Decimal] = mapped_column(Numeric(24, 6))
    unit: Mapped[Slug]
    included_quantity: Mapped[Decimal | None] = mapped_column(
        Numeric(24, 6), comment="Covered by the provider's plan, per month."
    )
    source: Mapped[CostSource] = mapped_column(server_default="typed")


class FxRate(Identified, Timestamped, Base):
    """What a unit of one currency was worth in another on a day; a day without one takes the last before it."""

    __tablename__ = "fx_rates"
    __table_args__ = (
        UniqueConstraint("base", "quote", "day"),
        CheckConstraint("rate > 0", name="rate_positive"),
        CheckConstraint("base <> quote", name="two_currencies"),
        Index("ix_fx_rates_day", "day", "id"),
    )
    __admin__ = AdminOptions(group="Finance", icon="currency-dollar", label="Exchange rate", default_sort="-day")

    day: Mapped[date]
    base: Mapped[str] = mapped_column(String(3), comment="1 unit of this …", info=ui(pii="none"))
    quote: Mapped[str] = mapped_column(
        String(3), server_default="ZAR", comment="… costs so much of this.", info=ui(pii="none")
    )
    rate: Mapped[Decimal] = mapped_column(Numeric(20, 10))
    source: Mapped[Reference] = mapped_column(comment="Where the rate was read.")
    raw: Mapped[Json | None] = mapped_column(comment="The answer it was read from.", info=ui(listed=False))
    fetched_at: Mapped[CreatedAt]
