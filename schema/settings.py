"""What the team sets on the settings page, and how plugins and integrations stand."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, Identified, Moment, Prose, Slug, Timestamped
from schema.staff import StaffMember
from schema.tags import AdminOptions, ui


class Setting(Identified, Timestamped, Base):
    """A value of the settings page; secrets are kept encrypted and never shown again."""

    __tablename__ = "settings"
    __table_args__ = (
        UniqueConstraint("section", "name"),
        CheckConstraint("value IS NULL OR secret IS NULL", name="value_or_secret"),
        Index(None, "updated_by_id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="settings",
        title=("name",),
        listed=("section", "name", "updated_at", "updated_by_id"),
        default_sort="section",
        writes="actions",
        written_by="The settings page.",
    )

    section: Mapped[Slug] = mapped_column(comment="Core or the plugin that registered it.")
    name: Mapped[Slug]
    value: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), info=ui(pii="none", widget="json"), comment="The value under the key v."
    )
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, info=ui(pii="secret"))
    secret_key_id: Mapped[Slug | None] = mapped_column(comment="Key under which the secret is encrypted.")
    secret_hint: Mapped[Slug | None] = mapped_column(comment="Last characters, to tell two keys apart.")
    updated_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))

    updated_by: Mapped[StaffMember | None] = relationship()


class IntegrationState(Identified, Timestamped, Base):
    """An outside service: whether it is set up, and how its last test went."""

    __tablename__ = "integration_states"
    __admin__ = AdminOptions(
        group="System",
        icon="plug-connected",
        label="Integration",
        title=("name",),
        listed=("name", "configured", "last_test_ok", "last_tested_at"),
        default_sort="name",
        writes="none",
        written_by="The settings page and the Test buttons.",
        capture="batch",
    )

    name: Mapped[Slug] = mapped_column(unique=True)
    configured: Mapped[bool] = mapped_column(server_default=text("false"))
    last_tested_at: Mapped[Moment | None]
    last_test_ok: Mapped[bool | None]
    last_test_message: Mapped[Prose | None]
    last_used_at: Mapped[Moment | None]


class PluginState(Identified, Timestamped, Base):
    """A plugin as it was last found: version, enabled or not, failures."""

    __tablename__ = "plugin_states"
    __admin__ = AdminOptions(
        group="System",
        icon="puzzle",
        label="Plugin",
        title=("name",),
        listed=("name", "version", "enabled", "failures", "last_seen_at"),
        default_sort="name",
        writes="actions",
        written_by="Start-up; people enable and disable plugins on their page.",
        hidden=True,  # the Plugins page shows them, with what each adds
    )

    name: Mapped[Slug] = mapped_column(unique=True)
    version: Mapped[Slug | None]
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    disabled_reason: Mapped[Prose | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"), comment="Errors since it last worked.")
    last_error: Mapped[Prose | None]
    last_error_at: Mapped[Moment | None]
    first_seen_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
