"""Numbers prepared ahead for dashboards, what was reported, and whether the books still agree."""

import enum
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, Identified, Json, Moment, Prose, Reference, Slug, Timestamped
from schema.jobs import Job
from schema.tags import AdminOptions, Retention, ui

REFRESH = "The job that refreshes rollups."


class VerificationOutcome(enum.StrEnum):
    """What a self-check found."""

    AGREES = "agrees"
    DIFFERS = "differs"
    FAILED = "failed"


class RollupState(Identified, Timestamped, Base):
    """A rollup: how far it is refreshed, and by which definition."""

    __tablename__ = "rollup_states"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)
    __admin__ = AdminOptions(
        group="Reports",
        icon="sum",
        label="Rollup",
        title=("name",),
        listed=("name", "version", "refreshed_at", "closed_until", "rows_written", "duration_ms"),
        default_sort="name",
        writes="none",
        written_by=REFRESH,
        capture="batch",
    )

    name: Mapped[Slug] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(server_default=text("1"), comment="Grows when the definition changes.")
    closed_until: Mapped[date | None] = mapped_column(comment="Days before this one are complete.")
    watermark: Mapped[Reference | None] = mapped_column(comment="Newest change that has been taken in.")
    refreshed_at: Mapped[Moment | None]
    rows_written: Mapped[int | None] = mapped_column(BigInteger)
    duration_ms: Mapped[int | None] = mapped_column(info=ui(unit="ms"))
    error: Mapped[Prose | None]


class RollupDirtyDay(Base):
    """A mark that a day of a rollup has to be computed again because rows came or changed; only ever added."""

    __tablename__ = "rollup_dirty_days"
    __table_args__ = (Index(None, "name", "day"), Index(None, "marked_at"))
    __admin__ = AdminOptions(
        group="Reports",
        icon="calendar-repeat",
        label="Day to recompute",
        plural="Days to recompute",
        default_sort="marked_at",
        writes="none",
        written_by="Writes on the rows behind a rollup.",
        capture="batch",
        hidden=True,
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[Slug]
    day: Mapped[date]
    marked_at: Mapped[CreatedAt]


class RollupValue(Base):
    """One prepared number: a measure of a day, for one combination of dimensions."""

    __tablename__ = "rollup_values"
    __table_args__ = (Index(None, "day", "name"),)
    __admin__ = AdminOptions(
        group="Reports",
        icon="table-row",
        label="Daily figure",
        listed=("day", "name", "measure", "dimension_key", "amount", "cases"),
        default_sort="-day",
        writes="none",
        written_by=REFRESH,
        capture="batch",
        hidden=True,
    )

    name: Mapped[Slug] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, comment="A day of Johannesburg, unless the rollup says UTC.")
    measure: Mapped[Slug] = mapped_column(primary_key=True)
    dimension_key: Mapped[Reference] = mapped_column(primary_key=True, comment="The dimensions as one short text.")
    dimensions: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="none", widget="json")
    )
    amount: Mapped[Decimal] = mapped_column(Numeric(30, 10))
    cases: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), comment="How many rows it rests on.")
    version: Mapped[int] = mapped_column(server_default=text("1"))


class ActivityMonth(Base):
    """The days of a month on which somebody was active, as bits: day one is the lowest."""

    __tablename__ = "activity_months"
    __table_args__ = (
        CheckConstraint("bits >= 0", name="bits"),
        Index(None, "month", "subject_kind", "activity"),
    )
    __admin__ = AdminOptions(
        group="Usage",
        icon="calendar-stats",
        label="Active days",
        plural="Active days",
        default_sort="-month",
        writes="none",
        written_by=REFRESH,
        capture="batch",
        hidden=True,
    )

    subject_kind: Mapped[Slug] = mapped_column(primary_key=True, comment="person or customer.")
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    activity: Mapped[Slug] = mapped_column(primary_key=True, comment="The rollup that says what counts.")
    month: Mapped[date] = mapped_column(primary_key=True)
    bits: Mapped[int] = mapped_column(BigInteger)


class FigureSnapshot(Identified, Base):
    """A figure as it was reported, with the definition that held then."""

    __tablename__ = "figure_snapshots"
    __table_args__ = (
        UniqueConstraint(
            "figure", "period_start", "period_end", "dimension_key", "reported_at", name="uq_figure_snapshots_report"
        ),
        Index(None, "reported_at", "id"),
        CheckConstraint("period_end > period_start", name="period"),
    )
    __admin__ = AdminOptions(
        group="Reports",
        icon="camera",
        label="Reported figure",
        listed=("reported_at", "figure", "period_start", "period_end", "amount", "definition_version"),
        default_sort="-reported_at",
        writes="append",
        written_by="Reports and the monthly close.",
        capture="batch",
    )

    figure: Mapped[Slug]
    definition_version: Mapped[int] = mapped_column(server_default=text("1"))
    period_start: Mapped[Moment]
    period_end: Mapped[Moment]
    dimension_key: Mapped[Reference] = mapped_column(server_default=text("''"))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(30, 10), comment="Empty: not defined for the period.")
    cases: Mapped[int | None] = mapped_column(BigInteger)
    unit: Mapped[Slug | None]
    detail: Mapped[Json]
    reported_at: Mapped[CreatedAt]


class Verification(Identified, Base):
    """A self-check of the numbers: rollups against rows, ledgers against balances."""

    __tablename__ = "verifications"
    __table_args__ = (
        Index(None, "checked_at", "id"),
        Index(None, "name", "checked_at", "id"),
        Index(None, "job_id"),
    )
    __admin__ = AdminOptions(
        group="Reports",
        icon="scale",
        label="Self-check",
        title=("name",),
        listed=("checked_at", "name", "outcome", "rows_compared", "differences"),
        default_sort="-checked_at",
        writes="append",
        written_by="The verify job and command.",
        capture="batch",
        retention=Retention("checked_at", 730, "Shows that the figures agreed."),
    )

    name: Mapped[Slug]
    outcome: Mapped[VerificationOutcome] = mapped_column(
        info=ui(badge={"agrees": "success", "differs": "danger", "failed": "warning"})
    )
    rows_compared: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    differences: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    detail: Mapped[Json]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    checked_at: Mapped[CreatedAt]

    job: Mapped[Job | None] = relationship()
