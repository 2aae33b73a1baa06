"""What happens around the sign-in of the team: devices, attempts, one-use links, invitations, allowed networks."""

import enum
import uuid

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import CIDR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    CreatedAt,
    Device,
    Email,
    Identified,
    IpAddress,
    ModelKey,
    Moment,
    PersonName,
    Reference,
    Timestamped,
    Title,
)
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui


class AttemptOutcome(enum.StrEnum):
    """How a sign-in attempt ended."""

    OK = "ok"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a word, not a password
    UNKNOWN_EMAIL = "unknown_email"
    WRONG_CODE = "wrong_code"
    REPLAYED_CODE = "replayed_code"
    LOCKED = "locked"
    RATE_LIMITED = "rate_limited"
    DISABLED = "disabled"
    NETWORK_REFUSED = "network_refused"
    LINK_REFUSED = "link_refused"


class SignInMethod(enum.StrEnum):
    """What the person proved their identity with."""

    PASSWORD = "password"  # noqa: S105 - a word, not a password
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
    LINK = "link"


class LinkPurpose(enum.StrEnum):
    """What a one-use link opens."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a word, not a password
    SECOND_FACTOR_RESET = "second_factor_reset"


class StaffDevice(Identified, Base):
    """A browser from which a member has signed in before: strangers cannot lock it out."""

    __tablename__ = "staff_devices"
    __table_args__ = (Index(None, "member_id", "last_seen_at"), Index(None, "last_seen_at", "id"))
    __admin__ = AdminOptions(
        group="System",
        icon="device-laptop",
        label="Known device",
        default_sort="-last_seen_at",
        writes="none",
        written_by="A completed sign-in.",
        capture="batch",
        subject="member",
        retention=Retention("last_seen_at", 365, "A device not seen for a year is strange again."),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(128), unique=True, info=ui(pii="secret"))
    device: Mapped[Device | None]
    ip: Mapped[IpAddress | None] = mapped_column(comment="Address of the last sign-in from this device.")
    first_seen_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]

    member: Mapped[StaffMember] = relationship(back_populates="devices")


class SignInAttempt(Identified, Base):
    """One try to sign in, successful or not; the limits count these rows."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index(None, "occurred_at", "id"),
        Index(None, "email_key", "occurred_at"),
        Index(None, "ip", "occurred_at"),
        Index(None, "member_id", "occurred_at"),
        Index(None, "outcome", "occurred_at", "id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="login",
        label="Sign-in attempt",
        listed=("occurred_at", "email", "outcome", "method", "ip", "device"),
        default_sort="-occurred_at",
        writes="append",
        written_by="The sign-in pages.",
        capture="batch",
        subject="member",
        retention=Retention("occurred_at", 365, "Evidence of attacks on accounts."),
    )

    occurred_at: Mapped[CreatedAt]
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"))
    email: Mapped[Email | None] = mapped_column(comment="As typed.")
    email_key: Mapped[str] = mapped_column(
        String(64), info=ui(pii="none", listed=False), comment="Keyed hash of the address; what the limit counts by."
    )
    ip: Mapped[IpAddress | None]
    device: Mapped[Device | None]
    device_known: Mapped[bool] = mapped_column(server_default=text("false"))
    method: Mapped[SignInMethod]
    outcome: Mapped[AttemptOutcome] = mapped_column(
        info=ui(
            badge={
                "ok": "success",
                "wrong_password": "warning",
                "unknown_email": "warning",
                "wrong_code": "warning",
                "replayed_code": "danger",
                "locked": "danger",
                "rate_limited": "danger",
                "disabled": "muted",
                "network_refused": "danger",
                "link_refused": "warning",
            }
        )
    )
    request_id: Mapped[Reference | None]

    member: Mapped[StaffMember | None] = relationship(back_populates="sign_in_attempts")


class SignInLink(Identified, Base):
    """A link that signs in or resets once; only its hash is kept."""

    __tablename__ = "sign_in_links"
    __table_args__ = (Index(None, "created_at", "id"), Index(None, "member_id", "created_at"))
    __admin__ = AdminOptions(
        group="System",
        icon="link",
        label="One-use link",
        listed=("member_id", "purpose", "expires_at", "used_at"),
        default_sort="-created_at",
        writes="none",
        written_by="Invitations, resets and the command line.",
        capture="batch",
        subject="member",
        retention=Retention("expires_at", 30, "Answers questions about a link that did not work."),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="CASCADE"))
    purpose: Mapped[LinkPurpose]
    token_hash: Mapped[str] = mapped_column(String(128), unique=True, info=ui(pii="secret"))
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    used_ip: Mapped[IpAddress | None]

    member: Mapped[StaffMember] = relationship(foreign_keys="SignInLink.member_id")
    created_by: Mapped[StaffMember | None] = relationship(foreign_keys="SignInLink.created_by_id")


class Invitation(Identified, Base):
    """An invitation for a new member, open until it is accepted, withdrawn or expired."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(
            "uq_invitations_open_email",
            func.lower(text("email")),
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="mail-plus",
        title=("email",),
        listed=("email", "role_names", "created_at", "expires_at", "accepted_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="The action Invite on the team's page.",
        subject="member",
    )

    email: Mapped[Email]
    name: Mapped[PersonName | None]
    role_names: Mapped[list[str]] = mapped_column(
        ARRAY(Text), info=ui(pii="none", widget="tags"), comment="Roles given on acceptance."
    )
    token_hash: Mapped[str] = mapped_column(String(128), unique=True, info=ui(pii="secret"))
    invited_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), index=True
    )
    member_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), index=True, comment="Who accepted it."
    )
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment]
    accepted_at: Mapped[Moment | None]
    withdrawn_at: Mapped[Moment | None]

    invited_by: Mapped[StaffMember | None] = relationship(foreign_keys="Invitation.invited_by_id")
    member: Mapped[StaffMember | None] = relationship(foreign_keys="Invitation.member_id")


class IpAllowEntry(Identified, Timestamped, Base):
    """A network from which the team may reach this backend; an empty list allows every network."""

    __tablename__ = "ip_allow_entries"
    __table_args__ = (Index(None, "created_at", "id"),)
    __admin__ = AdminOptions(
        group="System",
        icon="shield-check",
        label="Allowed network",
        title=("label",),
        listed=("network", "label", "enabled", "expires_at", "created_at"),
        default_sort="-created_at",
        writes="actions",
        written_by="The page Allowed networks, which lets nobody lock themselves out.",
        hidden=True,
    )

    network: Mapped[str] = mapped_column(
        CIDR, unique=True, info=ui(pii="none"), comment="One address or a range, e.g. 196.25.0.0/16 or 2001:db8::/32."
    )
    label: Mapped[Title] = mapped_column(comment="Whose network it is.")
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    expires_at: Mapped[Moment | None] = mapped_column(comment="Not allowed from then on; empty: no end.")
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), index=True, info=ui(editable=False)
    )

    created_by: Mapped[StaffMember | None] = relationship()


class RecentView(Identified, Base):
    """What a member opened lately: the first suggestions of the command palette."""

    __tablename__ = "recent_views"
    __table_args__ = (
        UniqueConstraint("member_id", "model_key", "record_key"),
        CheckConstraint("model_key <> ''", name="model_named"),
        Index(None, "member_id", "seen_at"),
        Index(None, "seen_at", "id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="history",
        default_sort="-seen_at",
        writes="none",
        written_by="Opening a page.",
        capture="batch",
        hidden=True,
        subject="member",
        retention=Retention("seen_at", 60, "A convenience for the member alone."),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="CASCADE"))
    model_key: Mapped[ModelKey] = mapped_column(comment="Model or page.")
    record_key: Mapped[Reference] = mapped_column(
        server_default=text("''"), comment="Key of the record; empty for a page. Its name is looked up when shown."
    )
    seen_at: Mapped[CreatedAt]
    times: Mapped[int] = mapped_column(server_default=text("1"))

    member: Mapped[StaffMember] = relationship()
