"""The team: who may sign in, in which roles, with which second factors, from where.

Column names of members, roles and passkeys are the ones Flask-Security reads; nothing of it is imported here.
"""

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    CreatedAt,
    Device,
    Email,
    Identified,
    IpAddress,
    Moment,
    PersonName,
    Secret,
    Slug,
    Title,
    UpdatedAt,
)
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.customers import Customer
    from schema.sign_in import SignInAttempt, StaffDevice

staff_roles = Table(
    "staff_roles",
    Base.metadata,
    Column("member_id", ForeignKey("admin.staff_members.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("admin.roles.id", ondelete="RESTRICT"), primary_key=True, index=True),
    comment="Which member has which role.",
)


class StaffMember(Identified, Base):
    """A person of the team who may sign in to this backend."""

    __tablename__ = "staff_members"
    __table_args__ = (
        Index("uq_staff_members_email_lower", func.lower(text("email")), unique=True),
        Index(None, "name", "id"),
        Index(None, "create_datetime", "id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="users",
        label="Team member",
        plural="Team",
        title=("name",),
        listed=("name", "email", "active", "current_login_at", "disabled_at"),
        default_sort="name",
        writes="actions",
        written_by="Invite, disable, change roles and reset the second factor with the actions on this page.",
        subject="self",
    )

    # What proves who somebody is stays in the database unless it is asked for: members are joined everywhere, to name
    # them. The sign-in has a mapping of its own.
    name: Mapped[PersonName]
    email: Mapped[Email] = mapped_column(comment="Signs in with this address; upper and lower case are the same.")
    password: Mapped[Secret | None] = mapped_column(
        deferred=True, comment="Argon2 hash; empty until the invitation is accepted."
    )
    active: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="False: cannot sign in, and every session has ended."
    )
    fs_uniquifier: Mapped[str] = mapped_column(
        String(64),
        unique=True,
        deferred=True,
        info=ui(pii="secret"),
        comment="Changed to end every session and token of the member at once.",
    )
    confirmed_at: Mapped[Moment | None]
    current_login_at: Mapped[Moment | None] = mapped_column(info=ui(label="Last sign-in"))
    last_login_at: Mapped[Moment | None] = mapped_column(info=ui(label="Sign-in before"))
    current_login_ip: Mapped[IpAddress | None] = mapped_column(info=ui(label="Last sign-in from"))
    last_login_ip: Mapped[IpAddress | None] = mapped_column(info=ui(label="Sign-in before from"))
    login_count: Mapped[int | None] = mapped_column(server_default=text("0"), info=ui(label="Sign-ins"))
    tf_primary_method: Mapped[str | None] = mapped_column(
        String(64), info=ui(pii="none", label="Second factor"), comment="The second factor asked for first."
    )
    tf_totp_secret: Mapped[Secret | None] = mapped_column(
        deferred=True, comment="Seed of the authenticator app, encrypted."
    )
    totp_last_counter: Mapped[int | None] = mapped_column(
        BigInteger,
        deferred=True,
        info=ui(pii="secret"),
        comment="Time step of the newest accepted code: an older or equal one is a replay.",
    )
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text), deferred=True, info=ui(pii="secret"), comment="Hashes of the unused recovery codes."
    )
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(
        String(64), unique=True, deferred=True, info=ui(pii="secret")
    )
    preferences: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default=text("'{}'::jsonb"),
        info=ui(pii="none", widget="json"),
        comment="Density, theme, columns per list, shortcuts on or off.",
    )
    notify_alerts: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Receives alerts that name no channel of their own."
    )
    invited_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), index=True
    )
    disabled_at: Mapped[Moment | None]
    disabled_reason: Mapped[Title | None]
    create_datetime: Mapped[CreatedAt] = mapped_column(sort_order=90, info=ui(label="Created at"))
    update_datetime: Mapped[UpdatedAt] = mapped_column(sort_order=91, info=ui(label="Updated at"))

    roles: Mapped[list["Role"]] = relationship(secondary=staff_roles, back_populates="members", passive_deletes=True)
    webauthn: Mapped[list["WebAuthnCredential"]] = relationship(back_populates="user", passive_deletes=True)
    sessions: Mapped[list["StaffSession"]] = relationship(
        back_populates="member", foreign_keys="StaffSession.member_id", passive_deletes=True
    )
    devices: Mapped[list["StaffDevice"]] = relationship(back_populates="member", passive_deletes=True)
    sign_in_attempts: Mapped[list["SignInAttempt"]] = relationship(back_populates="member", passive_deletes=True)
    invited_by: Mapped["StaffMember | None"] = relationship(remote_side="StaffMember.id")
    own_accounts: Mapped[list["StaffOwnAccount"]] = relationship(back_populates="member", passive_deletes=True)


class Role(Identified, Base):
    """A named set of permissions that members are given."""

    __tablename__ = "roles"
    __admin__ = AdminOptions(
        group="System",
        icon="shield-check",
        title=("name",),
        listed=("name", "description", "shipped", "update_datetime"),
        default_sort="name",
        writes="actions",
        written_by="The shipped roles come with the product; until the roles page exists nobody changes them by hand.",
    )

    name: Mapped[str] = mapped_column(String(80), unique=True, info=ui(pii="none"))
    description: Mapped[str | None] = mapped_column(String(255), info=ui(pii="none"))
    permissions: Mapped[list[str]] = mapped_column(
        ARRAY(Text),
        server_default=text("'{}'::text[]"),
        info=ui(pii="none", widget="tags"),
        comment="Permission names such as plugin:noun:verb; a star stands for everything behind it.",
    )
    refund_limit_cents: Mapped[int | None] = mapped_column(
        BigInteger, comment="Largest amount in cents that this role may give back at once; empty: no limit."
    )
    shipped: Mapped[bool] = mapped_column(
        server_default=text("false"), info=ui(editable=False), comment="Came with the product; cannot be deleted."
    )
    update_datetime: Mapped[UpdatedAt] = mapped_column(sort_order=91, info=ui(label="Updated at"))

    members: Mapped[list[StaffMember]] = relationship(
        secondary=staff_roles, back_populates="roles", passive_deletes=True
    )


class WebAuthnCredential(Identified, Base):
    """A passkey or security key of a member."""

    __tablename__ = "webauthn_credentials"
    __table_args__ = (UniqueConstraint("user_id", "name"), Index(None, "create_datetime", "id"))
    __admin__ = AdminOptions(
        group="System",
        icon="fingerprint",
        label="Passkey",
        title=("name",),
        listed=("name", "user_id", "usage", "lastuse_datetime"),
        default_sort="-create_datetime",
        writes="actions",
        written_by="Members add and remove their own passkeys; an Owner can reset another member's.",
        subject="user",
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64), info=ui(pii="none"), comment="Chosen by the member.")
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True, info=ui(pii="secret"))
    public_key: Mapped[bytes] = mapped_column(LargeBinary, info=ui(pii="secret"))
    sign_count: Mapped[int | None] = mapped_column(server_default=text("0"))
    transports: Mapped[list[str] | None] = mapped_column(ARRAY(Text), info=ui(pii="none"))
    backup_state: Mapped[bool] = mapped_column(comment="Kept in a password manager or cloud account.")
    device_type: Mapped[str] = mapped_column(String(64), info=ui(pii="none"))
    extensions: Mapped[str | None] = mapped_column(String(255), info=ui(pii="none"))
    usage: Mapped[str] = mapped_column(
        String(64), info=ui(pii="none"), comment="Serves as first or as secondary factor."
    )
    create_datetime: Mapped[CreatedAt] = mapped_column(sort_order=90, info=ui(label="Created at"))
    lastuse_datetime: Mapped[Moment] = mapped_column(info=ui(label="Last used"))

    user: Mapped[StaffMember] = relationship(back_populates="webauthn")


class StaffSession(Identified, Base):
    """A signed-in browser of a member; ending the row ends the session at the next request."""

    __tablename__ = "staff_sessions"
    __table_args__ = (
        Index(None, "member_id", "last_seen_at"),
        Index(None, "created_at", "id"),
        Index(None, "expires_at"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="device-desktop",
        label="Session",
        listed=("member_id", "ip", "device", "last_seen_at", "expires_at", "ended_at"),
        default_sort="-created_at",
        writes="none",
        written_by="Signing in and out; a session is ended with the action on the member's page.",
        capture="batch",
        subject="member",
        retention=Retention("expires_at", 90, "Long enough to answer who was signed in from where."),
    )

    member_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="CASCADE"), comment="Empty before the sign-in is complete."
    )
    token_hash: Mapped[str] = mapped_column(String(128), unique=True, info=ui(pii="secret"))
    content: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui(pii="secret"), comment="Encrypted content of the session."
    )
    ip: Mapped[IpAddress | None]
    device: Mapped[Device | None]
    method: Mapped[Slug | None] = mapped_column(comment="How the member proved who they are.")
    second_factor_at: Mapped[Moment | None]
    fresh_at: Mapped[Moment | None] = mapped_column(comment="Last proof of identity; dangerous actions ask again.")
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment] = mapped_column(comment="Absolute end, whatever the activity.")
    ended_at: Mapped[Moment | None]
    end_reason: Mapped[Slug | None] = mapped_column(comment="Signed out, idle, revoked, password or role changed.")
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="SET NULL"), index=True
    )

    member: Mapped[StaffMember | None] = relationship(back_populates="sessions", foreign_keys="StaffSession.member_id")
    ended_by: Mapped[StaffMember | None] = relationship(foreign_keys="StaffSession.ended_by_id")


class StaffOwnAccount(Identified, Base):
    """A customer account that belongs to a member: nobody changes or impersonates their own."""

    __tablename__ = "staff_own_accounts"
    __table_args__ = (UniqueConstraint("member_id", "customer_id"), Index(None, "created_at", "id"))
    __admin__ = AdminOptions(
        group="System",
        icon="user-shield",
        label="Own account",
        listed=("member_id", "customer_id", "created_at"),
        default_sort="-created_at",
        subject="member",
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="CASCADE"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]

    member: Mapped[StaffMember] = relationship(back_populates="own_accounts")
    customer: Mapped["Customer"] = relationship()
