"""Prompts: immutable versions, movable labels with their history, and what the models behind them cost."""

import enum
import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    Cost,
    CreatedAt,
    Currency,
    Identified,
    Json,
    Moment,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
    Url,
)
from schema.staff import StaffMember
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.ai import AiDecision


class PromptKind(enum.StrEnum):
    """Shape of a prompt."""

    CHAT = "chat"
    TEXT = "text"


class Prompt(Identified, Timestamped, Base):
    """A place in the product where a model is asked something."""

    __tablename__ = "prompts"
    __table_args__ = (Index(None, "created_at", "id"), Index(None, "owner_id"))
    __admin__ = AdminOptions(
        group="AI quality",
        icon="message-bolt",
        title=("title",),
        listed=("name", "title", "kind", "owner_id", "updated_at"),
        default_sort="name",
    )

    name: Mapped[Slug] = mapped_column(unique=True, info=ui(once=True), comment="What the app asks for.")
    title: Mapped[Title]
    description: Mapped[Prose | None]
    kind: Mapped[PromptKind] = mapped_column(server_default=text("'chat'"))
    tags: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), info=ui(pii="none", widget="tags")
    )
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    archived_at: Mapped[Moment | None]

    owner: Mapped[StaffMember | None] = relationship()
    versions: Mapped[list["PromptVersion"]] = relationship(back_populates="prompt", passive_deletes=True)
    labels: Mapped[list["PromptLabel"]] = relationship(back_populates="prompt", passive_deletes=True)


class PromptVersion(Identified, Base):
    """A prompt exactly as it was at one time; never changed."""

    __tablename__ = "prompt_versions"
    __table_args__ = (
        UniqueConstraint("prompt_id", "number"),
        UniqueConstraint("prompt_id", "content_hash"),
        CheckConstraint("number >= 1", name="number"),
        Index(None, "created_at", "id"),
        Index(None, "based_on_id"),
        Index(None, "created_by_id"),
        Index(None, "approved_by_id"),
        Index(None, "model"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="versions",
        title=("prompt_id", "number"),
        listed=("prompt_id", "number", "model", "summary", "created_by_id", "created_at"),
        default_sort="-created_at",
        writes="append",
        written_by="Saving a prompt makes a new version.",
    )

    prompt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prompts.id", ondelete="RESTRICT"))
    number: Mapped[int]
    messages: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, info=ui(pii="none", widget="json"), comment="Role and content of each message."
    )
    provider: Mapped[Slug | None]
    model: Mapped[Reference | None]
    parameters: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="none", widget="json")
    )
    output_schema: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=ui(pii="none", widget="json"))
    variables: Mapped[list[str]] = mapped_column(
        ARRAY(Text),
        server_default=text("'{}'::text[]"),
        info=ui(pii="none", widget="tags"),
        comment="Names the app must fill in.",
    )
    content_hash: Mapped[str] = mapped_column(String(64), info=ui(pii="none"))
    summary: Mapped[Title | None] = mapped_column(comment="What changed, and why.")
    findings: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, info=ui(pii="none", widget="json"), comment="What the check found: contradictions, missing keys …"
    )
    based_on_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.prompt_versions.id", ondelete="RESTRICT"))
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), comment="Needed before production may point to it."
    )
    approved_at: Mapped[Moment | None]
    created_at: Mapped[CreatedAt]

    prompt: Mapped[Prompt] = relationship(back_populates="versions")
    based_on: Mapped["PromptVersion | None"] = relationship(remote_side="PromptVersion.id")
    created_by: Mapped[StaffMember | None] = relationship(foreign_keys="PromptVersion.created_by_id")
    approved_by: Mapped[StaffMember | None] = relationship(foreign_keys="PromptVersion.approved_by_id")
    decisions: Mapped[list["AiDecision"]] = relationship(back_populates="prompt_version", passive_deletes=True)


class PromptLabel(Identified, Base):
    """A name that points to a version; moving it is a release, moving it back a rollback."""

    __tablename__ = "prompt_labels"
    __table_args__ = (
        UniqueConstraint("prompt_id", "name"),
        Index(None, "version_id"),
        Index(None, "previous_version_id"),
        Index(None, "moved_by_id"),
        Index(None, "moved_at", "id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="tag",
        title=("name",),
        listed=("prompt_id", "name", "version_id", "previous_version_id", "moved_at", "moved_by_id"),
        default_sort="-moved_at",
        writes="actions",
        written_by="The actions Move label and Roll back.",
    )

    prompt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prompts.id", ondelete="CASCADE"))
    name: Mapped[Slug]
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prompt_versions.id", ondelete="RESTRICT"))
    previous_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.prompt_versions.id", ondelete="RESTRICT")
    )
    protected: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Only an approved version, and only with the right to release."
    )
    moved_at: Mapped[CreatedAt]
    moved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))

    prompt: Mapped[Prompt] = relationship(back_populates="labels")
    version: Mapped[PromptVersion] = relationship(foreign_keys="PromptLabel.version_id")
    previous_version: Mapped[PromptVersion | None] = relationship(foreign_keys="PromptLabel.previous_version_id")
    moved_by: Mapped[StaffMember | None] = relationship()
    moves: Mapped[list["PromptLabelMove"]] = relationship(back_populates="label", passive_deletes=True)


class PromptLabelMove(Identified, Base):
    """One move of a label: from which version to which, by whom and why."""

    __tablename__ = "prompt_label_moves"
    __table_args__ = (
        Index(None, "label_id", "moved_at"),
        Index(None, "moved_at", "id"),
        Index(None, "from_version_id"),
        Index(None, "to_version_id"),
        Index(None, "moved_by_id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="arrows-move",
        listed=("moved_at", "label_id", "from_version_id", "to_version_id", "moved_by_id", "reason"),
        default_sort="-moved_at",
        writes="append",
        written_by="The actions Move label and Roll back.",
    )

    label_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prompt_labels.id", ondelete="RESTRICT"))
    from_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.prompt_versions.id", ondelete="RESTRICT")
    )
    to_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.prompt_versions.id", ondelete="RESTRICT"))
    rollback: Mapped[bool] = mapped_column(server_default=text("false"))
    reason: Mapped[Prose | None]
    moved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    moved_at: Mapped[CreatedAt]

    label: Mapped[PromptLabel] = relationship(back_populates="moves")
    from_version: Mapped[PromptVersion | None] = relationship(foreign_keys="PromptLabelMove.from_version_id")
    to_version: Mapped[PromptVersion] = relationship(foreign_keys="PromptLabelMove.to_version_id")
    moved_by: Mapped[StaffMember | None] = relationship()


class ModelPrice(Identified, Timestamped, Base):
    """What a provider charges for a model from a day on."""

    __tablename__ = "model_prices"
    __table_args__ = (
        UniqueConstraint("provider", "model", "valid_from"),
        CheckConstraint(
            "input_per_million >= 0 AND output_per_million >= 0 AND cached_per_million >= 0", name="prices"
        ),
        Index(None, "valid_from", "id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="coin",
        title=("model",),
        listed=("provider", "model", "valid_from", "input_per_million", "output_per_million", "currency"),
        default_sort="-valid_from",
    )

    provider: Mapped[Slug]
    model: Mapped[Reference]
    valid_from: Mapped[date]
    input_per_million: Mapped[Cost] = mapped_column(comment="For a million tokens in.")
    cached_per_million: Mapped[Cost | None] = mapped_column(comment="For a million cached tokens in.")
    output_per_million: Mapped[Cost] = mapped_column(comment="For a million tokens out.")
    currency: Mapped[Currency] = mapped_column(server_default=text("'USD'"))
    source: Mapped[Title | None] = mapped_column(comment="Where the price was read.")


class ModelRetirement(Identified, Timestamped, Base):
    """A model that its provider will switch off."""

    __tablename__ = "model_retirements"
    __table_args__ = (UniqueConstraint("provider", "model"), Index(None, "shuts_down_on", "id"))
    __admin__ = AdminOptions(
        group="AI quality",
        icon="calendar-off",
        title=("model",),
        listed=("provider", "model", "shuts_down_on", "replacement", "announced_on"),
        default_sort="shuts_down_on",
    )

    provider: Mapped[Slug]
    model: Mapped[Reference]
    announced_on: Mapped[date | None]
    shuts_down_on: Mapped[date]
    replacement: Mapped[Reference | None]
    source_url: Mapped[Url | None]
    plan: Mapped[Prose | None] = mapped_column(comment="What we do about it.")
    detail: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), info=ui(editable=False))
