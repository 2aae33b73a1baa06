"""The audit log: what was done, by whom; sealed in batches so that a later change shows.

``body`` is the text that was hashed and holds ids and field names only; values stand beside it, bound by a
commitment, so that erasing them never touches what is sealed. Other columns are copies for lists and filters.
"""

import enum
import uuid

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, FreeText, Identified, IpAddress, Moment, Prose, Reference, Slug
from schema.staff import StaffMember
from schema.tags import AdminOptions, Retention, ui

SEALER = "The sealer process."
BY_MACHINE = "actor_key IS NOT NULL"


class AuditCategory(enum.StrEnum):
    """What kind of happening an entry tells of."""

    READ = "read"
    WRITE = "write"
    AUTH = "auth"
    EXPORT = "export"
    PRIVACY = "privacy"
    IMPERSONATE = "impersonate"
    CONFIG = "config"
    BILLING = "billing"
    JOB = "job"


class ActorKind(enum.StrEnum):
    """Who or what acted."""

    MEMBER = "member"
    SYSTEM = "system"
    API_KEY = "api_key"
    SCHEDULE = "schedule"
    PUBLIC = "public"


class AuditOutcome(enum.StrEnum):
    """How it ended."""

    OK = "ok"
    REFUSED = "refused"
    FAILED = "failed"


class AnchorState(enum.StrEnum):
    """Whether the copy outside is known to have arrived."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class AuditEntry(Identified, Base):
    """One thing that somebody did, tried or saw."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("row_count >= 0", name="rows_counted"),
        CheckConstraint("(sealed_values IS NULL) OR (values_commitment IS NOT NULL)", name="values_committed"),
        Index(None, "occurred_at", "id"),
        Index(None, "actor_id", "occurred_at", "id"),
        Index(None, "action", "occurred_at", "id"),
        Index(None, "category", "occurred_at", "id"),
        Index(None, "object_type", "object_key", "occurred_at", "id"),
        Index(None, "subject_kind", "subject_key", "occurred_at", "id"),
        Index(None, "outcome", "occurred_at", "id"),
        Index("ix_audit_entries_actor_key", "actor_key", "occurred_at", "id", postgresql_where=text(BY_MACHINE)),
        Index("ix_audit_entries_ip", "ip", "occurred_at", "id", postgresql_where=text("ip IS NOT NULL")),
        Index(None, "change_set_id"),
        Index(None, "request_id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="clipboard-check",
        plural="Audit log",
        title=("action",),
        listed=("occurred_at", "actor_id", "action", "object_type", "object_key", "outcome", "ip"),
        default_sort="-occurred_at",
        writes="none",
        written_by="Every action, in the same transaction; nobody may change or delete an entry.",
        capture="batch",
        retention=Retention("occurred_at", 1826, "Evidence of administration; bodies are pruned, hashes stay."),
    )

    occurred_at: Mapped[CreatedAt]
    actor_kind: Mapped[ActorKind]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.staff_members.id", ondelete="RESTRICT"), comment="The member; empty for machines."
    )
    actor_key: Mapped[Reference | None] = mapped_column(comment="Job, API key or schedule that acted.")
    category: Mapped[AuditCategory]
    action: Mapped[Slug]
    object_type: Mapped[Slug | None] = mapped_column(comment="Model or page.")
    object_key: Mapped[Reference | None]
    subject_kind: Mapped[Slug | None] = mapped_column(comment="Whose data it was about: customer, candidate …")
    subject_key: Mapped[Reference | None]
    field_names: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), info=ui(pii="none"), comment="Fields changed or shown."
    )
    row_count: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    outcome: Mapped[AuditOutcome] = mapped_column(
        server_default=text("'ok'"), info=ui(badge={"ok": "success", "refused": "warning", "failed": "danger"})
    )
    reason: Mapped[FreeText | None] = mapped_column(comment="Why, as the person typed it.")
    ip: Mapped[IpAddress | None]
    ticket_id: Mapped[uuid.UUID | None] = mapped_column(comment="The ticket that justified it.")
    session_id: Mapped[uuid.UUID | None] = mapped_column(info=ui(listed=False))
    impersonation_id: Mapped[uuid.UUID | None] = mapped_column(comment="Acted while impersonating a customer.")
    change_set_id: Mapped[uuid.UUID | None] = mapped_column(comment="The rows that changed.")
    request_id: Mapped[Reference | None]
    schema_version: Mapped[int] = mapped_column(server_default=text("1"))
    body: Mapped[Prose] = mapped_column(info=ui(listed=False), comment="The canonical text that was hashed.")
    sealed_values: Mapped[bytes | None] = mapped_column(
        LargeBinary,
        deferred=True,
        info=ui(pii="secret"),
        comment="Values before and after, encrypted for the person they are about.",
    )
    values_salt: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, info=ui(pii="secret"))
    values_commitment: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui(pii="none", listed=False), comment="Hash of salt and values; part of the body."
    )
    mac: Mapped[bytes] = mapped_column(LargeBinary, info=ui(pii="none", listed=False))
    mac_key_id: Mapped[Slug]

    actor: Mapped[StaffMember | None] = relationship()
    leaf: Mapped["AuditLeaf | None"] = relationship(
        primaryjoin="AuditEntry.id == foreign(AuditLeaf.entry_id)",
        back_populates="entry",
        passive_deletes="all",
        uselist=False,
    )


class AuditPending(Base):
    """An entry that waits to be sealed."""

    __tablename__ = "audit_pending"
    __admin__ = AdminOptions(
        group="System",
        icon="hourglass",
        label="Unsealed entry",
        plural="Unsealed entries",
        default_sort="entry_id",
        writes="none",
        written_by=SEALER,
        capture="batch",
        hidden=True,
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.audit_entries.id", ondelete="RESTRICT"), primary_key=True
    )

    entry: Mapped[AuditEntry] = relationship()


class AuditCheckpoint(Base):
    """A signed statement of how the log looked when a batch was sealed."""

    __tablename__ = "audit_checkpoints"
    __table_args__ = (
        CheckConstraint("size >= 0 AND number >= 1", name="counted"),
        Index(None, "sealed_at"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="rubber-stamp",
        label="Checkpoint",
        listed=("log", "number", "size", "sealed_at", "key_id"),
        default_sort="-sealed_at",
        writes="none",
        written_by=SEALER,
        capture="batch",
    )

    log: Mapped[Slug] = mapped_column(primary_key=True, comment="Epoch of the log; a restore begins a new one.")
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger, comment="Entries sealed up to here.")
    root: Mapped[bytes] = mapped_column(LargeBinary, info=ui(pii="none"))
    previous_root: Mapped[bytes | None] = mapped_column(LargeBinary, info=ui(pii="none"))
    sealed_at: Mapped[CreatedAt]
    key_id: Mapped[Slug]
    signature: Mapped[bytes] = mapped_column(LargeBinary, info=ui(pii="none"))

    anchors: Mapped[list["AuditAnchor"]] = relationship(back_populates="checkpoint", passive_deletes=True)


class AuditLeaf(Base):
    """The hash of a sealed entry at its place in the log."""

    __tablename__ = "audit_leaves"
    __table_args__ = (UniqueConstraint("entry_id"), Index(None, "log", "checkpoint_number"))
    __admin__ = AdminOptions(
        group="System",
        icon="leaf",
        default_sort="log",
        writes="none",
        written_by=SEALER,
        capture="batch",
        hidden=True,
    )

    log: Mapped[Slug] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[uuid.UUID] = mapped_column(comment="No foreign key: the hash outlives a pruned entry.")
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary, info=ui(pii="none"))
    checkpoint_number: Mapped[int] = mapped_column(BigInteger, comment="The batch that sealed it.")

    entry: Mapped[AuditEntry | None] = relationship(
        primaryjoin="AuditEntry.id == foreign(AuditLeaf.entry_id)", back_populates="leaf"
    )


class AuditTile(Base):
    """Hashes kept to prove an entry quickly; can be made anew from the leaves."""

    __tablename__ = "audit_tiles"
    __admin__ = AdminOptions(
        group="System",
        icon="layout-grid",
        default_sort="log",
        writes="none",
        written_by=SEALER,
        capture="batch",
        hidden=True,
    )

    log: Mapped[Slug] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary, info=ui(pii="none"))


class AuditAnchor(Identified, Base):
    """A checkpoint that was copied to a place this database's administrator cannot rewrite."""

    __tablename__ = "audit_anchors"
    __table_args__ = (
        ForeignKeyConstraint(
            ["log", "checkpoint_number"],
            ["admin.audit_checkpoints.log", "admin.audit_checkpoints.number"],
            ondelete="RESTRICT",
        ),
        UniqueConstraint("log", "checkpoint_number", "sink"),
        Index(None, "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="anchor",
        title=("sink",),
        listed=("created_at", "log", "checkpoint_number", "sink", "state", "attempts"),
        default_sort="-created_at",
        writes="none",
        written_by=SEALER,
        capture="batch",
    )

    log: Mapped[Slug]
    checkpoint_number: Mapped[int] = mapped_column(BigInteger)
    sink: Mapped[Slug] = mapped_column(comment="Where the copy went: file, mail, bucket …")
    state: Mapped[AnchorState] = mapped_column(
        server_default=text("'pending'"), info=ui(badge={"pending": "warning", "done": "success", "failed": "danger"})
    )
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    receipt: Mapped[Prose | None]
    created_at: Mapped[CreatedAt]
    done_at: Mapped[Moment | None]

    checkpoint: Mapped[AuditCheckpoint] = relationship(back_populates="anchors")


class AuditPrune(Identified, Base):
    """A range of entries whose bodies were removed at the end of their retention; their hashes stay."""

    __tablename__ = "audit_prunes"
    __table_args__ = (
        CheckConstraint("from_position <= to_position", name="range"),
        Index(None, "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="System",
        icon="scissors",
        default_sort="-created_at",
        writes="append",
        written_by="The retention job.",
        capture="batch",
    )

    log: Mapped[Slug]
    from_position: Mapped[int] = mapped_column(BigInteger)
    to_position: Mapped[int] = mapped_column(BigInteger)
    checkpoint_number: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[Prose]
    signature: Mapped[bytes] = mapped_column(LargeBinary, info=ui(pii="none"))
    created_at: Mapped[CreatedAt]


class AuditKey(Identified, Base):
    """A public key with which checkpoints and certificates are checked."""

    __tablename__ = "audit_keys"
    __admin__ = AdminOptions(
        group="System",
        icon="key",
        title=("key_id",),
        listed=("key_id", "algorithm", "valid_from", "valid_until"),
        default_sort="key_id",
        writes="append",
        written_by="Key rotation on the command line.",
        capture="batch",
    )

    key_id: Mapped[Slug] = mapped_column(unique=True)
    algorithm: Mapped[Slug]
    public_key: Mapped[Prose]
    valid_from: Mapped[CreatedAt]
    valid_until: Mapped[Moment | None]
