"""Prompt experiments, the regression cases a prompt must pass, and exports of training data."""

import enum
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.ai import AiDecision, Recommendation
from schema.artifacts import Artifact
from schema.base import (
    Base,
    CreatedAt,
    CvJson,
    Identified,
    Json,
    Moment,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
)
from schema.jobs import Job
from schema.prompts import Prompt, PromptVersion
from schema.staff import StaffMember
from schema.tags import AdminOptions, ui


class ExperimentState(enum.StrEnum):
    """Where an experiment is."""

    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    PROMOTED = "promoted"
    INVALID = "invalid"


class ExperimentUnit(enum.StrEnum):
    """What is assigned to an arm; never a candidate, or one vacancy would be judged by two prompts."""

    VACANCY = "vacancy"
    CUSTOMER = "customer"


class Experiment(Identified, Timestamped, Base):
    """A comparison of prompt versions on real work."""

    __tablename__ = "experiments"
    __table_args__ = (
        CheckConstraint("traffic_share > 0 AND traffic_share <= 1", name="share"),
        CheckConstraint("state NOT IN ('stopped', 'promoted', 'invalid') OR ended_at IS NOT NULL", name="ended"),
        Index("uq_experiments_running", "prompt_id", unique=True, postgresql_where=text("state = 'running'")),
        Index(None, "prompt_id"),
        Index(None, "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "created_by_id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="flask",
        title=("title",),
        listed=("title", "prompt_id", "state", "unit", "started_at", "ended_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="Start, stop and promote with the actions on the experiment.",
    )

    key: Mapped[Slug] = mapped_column(unique=True, comment="Decides, with the unit, which arm is drawn.")
    title: Mapped[Title]
    hypothesis: Mapped[Prose | None]
    prompt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prompts.id", ondelete="RESTRICT"))
    unit: Mapped[ExperimentUnit] = mapped_column(server_default=text("'vacancy'"))
    state: Mapped[ExperimentState] = mapped_column(
        server_default=text("'draft'"),
        info=ui(
            badge={
                "draft": "muted",
                "running": "info",
                "stopped": "warning",
                "promoted": "success",
                "invalid": "danger",
            }
        ),
    )
    traffic_share: Mapped[Decimal] = mapped_column(Numeric(5, 4), server_default=text("1"), info=ui(widget="percent"))
    metric: Mapped[Slug] = mapped_column(server_default=text("'blind_agreement'"))
    guardrails: Mapped[Json] = mapped_column(
        server_default=text("'{}'::jsonb"), comment="Limits on cost, latency, parse failures, impact ratio."
    )
    minimum_effect: Mapped[Decimal | None] = mapped_column(Numeric(8, 6))
    tau_squared: Mapped[Decimal] = mapped_column(
        Numeric(12, 8), server_default=text("0.0025"), comment="Prior of the test that may be looked at daily."
    )
    planned_per_arm: Mapped[int | None]
    started_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    conclusion: Mapped[Prose | None]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))

    prompt: Mapped[Prompt] = relationship()
    created_by: Mapped[StaffMember | None] = relationship()
    arms: Mapped[list["ExperimentArm"]] = relationship(back_populates="experiment", passive_deletes=True)
    exposures: Mapped[list["Exposure"]] = relationship(back_populates="experiment", passive_deletes=True)
    looks: Mapped[list["ExperimentLook"]] = relationship(back_populates="experiment", passive_deletes=True)


class ExperimentArm(Identified, Base):
    """One of the prompt versions that are compared."""

    __tablename__ = "experiment_arms"
    __table_args__ = (
        UniqueConstraint("experiment_id", "name"),
        UniqueConstraint("experiment_id", "position"),
        CheckConstraint("weight > 0", name="weight"),
        Index("uq_experiment_arms_control", "experiment_id", unique=True, postgresql_where=text("is_control")),
        Index(None, "version_id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="arrows-split",
        label="Arm",
        title=("name",),
        listed=("experiment_id", "name", "version_id", "weight", "is_control", "is_winner"),
        default_sort="experiment_id",
        writes="actions",
        written_by="The experiment's page.",
    )

    experiment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.experiments.id", ondelete="CASCADE"))
    name: Mapped[Slug]
    position: Mapped[int]
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prompt_versions.id", ondelete="RESTRICT"))
    weight: Mapped[int] = mapped_column(server_default=text("1"))
    is_control: Mapped[bool] = mapped_column(server_default=text("false"))
    is_winner: Mapped[bool] = mapped_column(server_default=text("false"))

    experiment: Mapped[Experiment] = relationship(back_populates="arms")
    version: Mapped[PromptVersion] = relationship()
    exposures: Mapped[list["Exposure"]] = relationship(back_populates="arm", passive_deletes=True)


class Exposure(Identified, Base):
    """The first time a unit was given its arm."""

    __tablename__ = "exposures"
    __table_args__ = (
        UniqueConstraint("experiment_id", "unit_key"),
        Index(None, "arm_id", "first_at"),
        Index(None, "first_at", "id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="user-shield",
        listed=("first_at", "experiment_id", "arm_id", "unit_key"),
        default_sort="-first_at",
        writes="append",
        written_by="The app asking for a prompt.",
        capture="batch",
        hidden=True,
    )

    experiment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.experiments.id", ondelete="CASCADE"))
    arm_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.experiment_arms.id", ondelete="CASCADE"))
    unit_key: Mapped[Reference] = mapped_column(comment="Id of the vacancy or customer.")
    bucket: Mapped[Decimal] = mapped_column(Numeric(20, 18))
    first_at: Mapped[CreatedAt]

    experiment: Mapped[Experiment] = relationship(back_populates="exposures")
    arm: Mapped[ExperimentArm] = relationship(back_populates="exposures")


class ExperimentLook(Identified, Base):
    """The state of an experiment on one day: counts, effect, and whether the split is still fair."""

    __tablename__ = "experiment_looks"
    __table_args__ = (UniqueConstraint("experiment_id", "looked_at"), Index(None, "looked_at", "id"))
    __admin__ = AdminOptions(
        group="AI quality",
        icon="chart-dots",
        listed=("looked_at", "experiment_id", "p_always_valid", "p_sample_ratio", "significant"),
        default_sort="-looked_at",
        writes="append",
        written_by="The nightly job.",
        capture="batch",
    )

    experiment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.experiments.id", ondelete="CASCADE"))
    looked_at: Mapped[CreatedAt]
    arms: Mapped[Json] = mapped_column(comment="Cases and successes of each arm.")
    effect: Mapped[Decimal | None] = mapped_column(Numeric(12, 8))
    half_width: Mapped[Decimal | None] = mapped_column(Numeric(12, 8))
    p_always_valid: Mapped[Decimal | None] = mapped_column(Numeric(12, 10))
    p_sample_ratio: Mapped[Decimal | None] = mapped_column(Numeric(12, 10))
    significant: Mapped[bool] = mapped_column(server_default=text("false"))
    guardrails: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))

    experiment: Mapped[Experiment] = relationship(back_populates="looks")


class RegressionCase(Identified, Timestamped, Base):
    """A case with a known answer that a prompt must pass before it goes live."""

    __tablename__ = "regression_cases"
    __table_args__ = (UniqueConstraint("prompt_id", "name"), Index(None, "created_at", "id"))
    __admin__ = AdminOptions(
        group="AI quality",
        icon="test-pipe",
        title=("name",),
        listed=("prompt_id", "name", "expected", "enabled", "updated_at"),
        default_sort="-created_at",
    )

    prompt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prompts.id", ondelete="CASCADE"))
    name: Mapped[Slug]
    inputs: Mapped[CvJson] = mapped_column(comment="Values of the variables; an invented or anonymised CV.")
    expected: Mapped[Recommendation | None]
    rules: Mapped[Json] = mapped_column(
        server_default=text("'{}'::jsonb"), comment="What else must hold: score range, evidence grounded …"
    )
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))

    prompt: Mapped[Prompt] = relationship()


class RegressionRun(Identified, Base):
    """A prompt version tried on its regression cases."""

    __tablename__ = "regression_runs"
    __table_args__ = (
        Index(None, "version_id", "started_at"),
        Index(None, "started_at", "id"),
        Index(None, "job_id"),
        CheckConstraint("passed >= 0 AND failed >= 0", name="counted"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="player-play",
        listed=("started_at", "version_id", "passed", "failed", "finished_at"),
        default_sort="-started_at",
        writes="append",
        written_by="The action Try on the regression cases.",
        capture="batch",
    )

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prompt_versions.id", ondelete="CASCADE"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    passed: Mapped[int] = mapped_column(server_default=text("0"))
    failed: Mapped[int] = mapped_column(server_default=text("0"))
    results: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=ui(pii="cv", widget="json"))
    started_at: Mapped[CreatedAt]
    finished_at: Mapped[Moment | None]

    version: Mapped[PromptVersion] = relationship()
    job: Mapped[Job | None] = relationship()


class TrainingExport(Identified, Base):
    """A file of training examples: from which cases, what was left out and why."""

    __tablename__ = "training_exports"
    __table_args__ = (
        CheckConstraint("row_count >= 0 AND refused_count >= 0", name="counted"),
        Index(None, "created_at", "id"),
        Index(None, "created_by_id"),
        Index(None, "artifact_id"),
        Index(None, "job_id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="school",
        title=("title",),
        listed=("created_at", "title", "shape", "row_count", "refused_count", "created_by_id"),
        default_sort="-created_at",
        writes="actions",
        written_by="The action Export training data.",
    )

    title: Mapped[Title]
    shape: Mapped[Slug] = mapped_column(server_default=text("'chat'"), comment="chat or preference.")
    filters: Mapped[Json]
    seed: Mapped[Reference] = mapped_column(comment="Same seed, same split.")
    row_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    refused_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    counts: Mapped[Json] = mapped_column(comment="By split and recommendation, and refusals by reason.")
    sha256: Mapped[Reference | None]
    artifact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.artifacts.id", ondelete="SET NULL"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.jobs.id", ondelete="SET NULL"))
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]

    artifact: Mapped[Artifact | None] = relationship()
    job: Mapped[Job | None] = relationship()
    created_by: Mapped[StaffMember | None] = relationship()
    rows: Mapped[list["TrainingExportRow"]] = relationship(back_populates="export", passive_deletes=True)


class TrainingExportRow(Base):
    """A decision that went into a training file: who is in it can be answered later."""

    __tablename__ = "training_export_rows"
    __table_args__ = (Index(None, "decision_id"),)
    __admin__ = AdminOptions(
        group="AI quality",
        icon="row-insert-top",
        label="Training example",
        listed=("export_id", "position", "decision_id", "split"),
        default_sort="export_id",
        writes="none",
        written_by="The action Export training data.",
        capture="batch",
        hidden=True,
    )

    export_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.training_exports.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.ai_decisions.id", ondelete="SET NULL"))
    split: Mapped[Slug] = mapped_column(comment="train, valid or test.")

    export: Mapped[TrainingExport] = relationship(back_populates="rows")
    decision: Mapped[AiDecision | None] = relationship()
