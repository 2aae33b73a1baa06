"""What happens on a customer's account: sign-ins, notes, suspensions, impersonations and merges."""

import enum
import uuid
from typing import TYPE_CHECKING, Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    Count,
    CreatedAt,
    Device,
    FreeText,
    Identified,
    IpAddress,
    Json,
    Moment,
    Reference,
    Secret,
    Timestamped,
)
from schema.customers import AboutPerson, CustomerPart, CustomerRef, CustomerStatus, StaffRef
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.customers import Customer, Person
    from schema.staff import StaffMember

NoteText = Annotated[str, mapped_column(Text, info=ui(pii="identity", widget="markdown"))]
"""Markdown by the team about people: anything may stand in it."""


class SignInMethod(enum.StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # noqa: S105  the word, not one
    MAGIC_LINK = "magic_link"
    GOOGLE = "google"
    LINKEDIN = "linkedin"
    MICROSOFT = "microsoft"
    OTHER = "other"


class SignIn(Identified, Base):
    """One sign-in to the customer app, successful or not."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        Index("ix_sign_ins_customer", "customer_id", "occurred_at", "id"),
        Index("ix_sign_ins_person", "person_id", "occurred_at", "id"),
        Index("ix_sign_ins_occurred_at", "occurred_at", "id"),
        Index("ix_sign_ins_ip", "ip"),
    )
    __admin__ = AdminOptions(
        group="Customers",
        icon="login",
        label="Sign-in",
        plural="Sign-ins",
        default_sort="-occurred_at",
        writes="none",
        written_by="The customer app reports them.",
        capture="batch",
        subject="customer",
        retention=Retention(after="occurred_at", days=365, basis="Security of the account: one year suffices."),
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.people.id", ondelete="CASCADE"))
    occurred_at: Mapped[Moment]
    succeeded: Mapped[bool] = mapped_column(server_default=text("true"))
    method: Mapped[SignInMethod] = mapped_column(server_default="password")
    ip: Mapped[IpAddress | None]
    country: Mapped[str | None] = mapped_column(
        String(2), comment="ISO country the address belongs to.", info=ui(pii="none")
    )
    device: Mapped[Device | None] = mapped_column(comment="Browser and system in words.")
    user_agent: Mapped[Device | None] = mapped_column(comment="As the browser sent it.", info=ui(listed=False))
    external_id: Mapped[Reference | None] = mapped_column(
        unique=True, comment="Key in the customer app: the same report twice counts once."
    )

    customer: Mapped["Customer"] = relationship(back_populates="sign_ins")
    person: Mapped["Person | None"] = relationship(back_populates="sign_ins")


class CustomerNote(Identified, Timestamped, Base):
    """An internal note of the team about a customer."""

    __tablename__ = "customer_notes"
    __table_args__ = (
        Index("ix_customer_notes_customer", "customer_id", "is_pinned", "created_at", "id"),
        Index("ix_customer_notes_customer_created", "customer_id", "created_at", "id"),
        Index("ix_customer_notes_created_at", "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Customers",
        icon="note",
        label="Note",
        plural="Notes",
        default_sort="-created_at",
        writes="actions",
        written_by="Notes are written, edited and pinned on the customer's page, so that each version is kept.",
        subject="customer",
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"))
    author_id: Mapped[StaffRef | None]
    body: Mapped[NoteText] = mapped_column(comment="Markdown.")
    is_pinned: Mapped[bool] = mapped_column(server_default=text("false"), comment="Stands above the others.")
    edited_at: Mapped[Moment | None] = mapped_column(comment="When the text last changed.")
    removed_at: Mapped[Moment | None] = mapped_column(comment="Hidden since; versions stay.")
    removed_by_id: Mapped[StaffRef | None]
    removal_reason: Mapped[FreeText | None]

    author: Mapped["StaffMember | None"] = relationship(foreign_keys="CustomerNote.author_id")
    customer: Mapped["Customer"] = relationship(back_populates="notes")
    revisions: Mapped[list["CustomerNoteRevision"]] = relationship(
        back_populates="note", passive_deletes=True, order_by="CustomerNoteRevision.number"
    )


class CustomerNoteRevision(Identified, Base):
    """One version of a note, as it was saved."""

    __tablename__ = "customer_note_revisions"
    __table_args__ = (
        UniqueConstraint("note_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )
    __admin__ = AdminOptions(
        group="Customers",
        icon="history",
        label="Note version",
        plural="Note versions",
        writes="append",
        written_by="Each saved edit of a note adds one.",
        subject="note.customer",
        hidden=True,
    )

    note_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customer_notes.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(comment="1 is the first text.")
    body: Mapped[NoteText] = mapped_column(comment="The text of this version.")
    editor_id: Mapped[StaffRef | None]
    created_at: Mapped[CreatedAt]

    note: Mapped["CustomerNote"] = relationship(back_populates="revisions")


class SuspensionCategory(enum.StrEnum):
    """Why an account was suspended."""

    NON_PAYMENT = "non_payment"
    ABUSE = "abuse"
    FRAUD = "fraud"
    SECURITY = "security"
    CUSTOMER_REQUEST = "customer_request"
    OTHER = "other"


class Suspension(Identified, Timestamped, Base):
    """A time during which a customer could not use the product."""

    __tablename__ = "suspensions"
    __table_args__ = (
        CheckConstraint("ended_at >= started_at", name="ends_after_start"),
        CheckConstraint("lifts_at > started_at", name="lifts_after_start"),
        Index("ix_suspensions_lifts_at", "lifts_at", postgresql_where=text("ended_at IS NULL")),
        Index("uq_suspensions_open", "customer_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_suspensions_customer", "customer_id", "started_at", "id"),
        Index("ix_suspensions_started_at", "started_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Customers",
        icon="ban",
        default_sort="-started_at",
        writes="actions",
        written_by="Suspend and Unsuspend on the customer's page.",
        subject="customer",
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    category: Mapped[SuspensionCategory]
    reason: Mapped[FreeText] = mapped_column(comment="For the team.")
    message: Mapped[FreeText | None] = mapped_column(comment="What the customer is shown.")
    previous_status: Mapped[CustomerStatus] = mapped_column(comment="Restored when the suspension ends.")
    started_at: Mapped[Moment]
    started_by_id: Mapped[StaffRef | None]
    lifts_at: Mapped[Moment | None] = mapped_column(comment="When it ends by itself; empty: somebody ends it.")
    ended_at: Mapped[Moment | None] = mapped_column(comment="Empty while suspended.")
    ended_by_id: Mapped[StaffRef | None]
    end_reason: Mapped[FreeText | None]

    customer: Mapped["Customer"] = relationship(back_populates="suspensions")


class ImpersonationMode(enum.StrEnum):
    """What the team member may do while looking through the customer's eyes."""

    READ_ONLY = "read_only"
    FULL = "full"


class Impersonation(Identified, Base):
    """A time during which a team member used the customer app as a customer."""

    __tablename__ = "impersonations"
    __table_args__ = (
        CheckConstraint("token_expires_at > issued_at", name="token_expires_later"),
        CheckConstraint("redeemed_at >= issued_at", name="redeemed_after_issue"),
        CheckConstraint("ended_at >= issued_at", name="ended_after_issue"),
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint("(token_hash IS NULL) = (token_expires_at IS NULL)", name="token_whole"),
        CheckConstraint("pages_seen >= 0 AND records_seen >= 0 AND changes_made >= 0", name="counts_not_negative"),
        CheckConstraint("reviewed_by_id <> staff_id", name="reviewed_by_another"),
        CheckConstraint("reviewed_at IS NULL OR ended_at IS NOT NULL", name="reviewed_when_over"),
        # One at a time: whoever looks through two pairs of eyes cannot tell which account they are in.
        Index(
            "uq_impersonations_open",
            "staff_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND token_hash IS NOT NULL"),
        ),
        Index("ix_impersonations_customer", "customer_id", "issued_at", "id"),
        Index("ix_impersonations_staff", "staff_id", "issued_at", "id"),
        Index("ix_impersonations_issued_at", "issued_at", "id"),
        Index("ix_impersonations_redeemed_at", "redeemed_at", "id"),
        Index(
            "ix_impersonations_to_review",
            "ended_at",
            "id",
            postgresql_where=text("redeemed_at IS NOT NULL AND reviewed_at IS NULL"),
        ),
    )
    __admin__ = AdminOptions(
        group="Customers",
        icon="eye",
        default_sort="-issued_at",
        writes="actions",
        written_by="Sign in as this customer, on the customer's page; ended here at any time.",
        subject="customer",
    )

    # Evidence of who looked: neither side may vanish from under it.
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.staff_members.id", ondelete="RESTRICT"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.people.id", ondelete="SET NULL"), index=True, comment="Whose eyes, if not the account's."
    )
    about_person: Mapped[AboutPerson]
    ticket_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.tickets.id", ondelete="SET NULL"), index=True, comment="The ticket it served."
    )
    mode: Mapped[ImpersonationMode] = mapped_column(server_default="read_only")
    reason: Mapped[FreeText]
    issued_at: Mapped[Moment] = mapped_column(comment="When it was asked for or, with a second person, approved.")
    token_hash: Mapped[Secret | None] = mapped_column(
        unique=True, comment="SHA-256 of the one-time token: it opens once. Empty until it is opened."
    )
    token_expires_at: Mapped[Moment | None] = mapped_column(comment="A minute after it was opened.")
    session_expires_at: Mapped[Moment | None] = mapped_column(
        comment="When the customer app ends the session by itself."
    )
    redeemed_at: Mapped[Moment | None] = mapped_column(comment="When the customer app took the token.")
    redeemed_ip: Mapped[IpAddress | None]
    pages_seen: Mapped[Count] = mapped_column(server_default="0", comment="As the customer app counted them.")
    records_seen: Mapped[Count] = mapped_column(server_default="0", comment="As the customer app counted them.")
    changes_made: Mapped[Count] = mapped_column(server_default="0", comment="As the customer app counted them.")
    customer_agreed: Mapped[bool | None] = mapped_column(
        comment="Whether the customer had agreed to the visit, as whoever asked for it said. Empty: it was not asked."
    )
    ended_at: Mapped[Moment | None]
    ended_by_id: Mapped[StaffRef | None] = mapped_column(comment="Empty when it ran out by itself.")
    reviewed_at: Mapped[Moment | None] = mapped_column(comment="When somebody else looked it over.")
    reviewed_by_id: Mapped[StaffRef | None] = mapped_column(comment="Never whoever visited.")
    review_note: Mapped[FreeText | None]

    staff: Mapped["StaffMember"] = relationship(foreign_keys=staff_id)
    customer: Mapped["Customer"] = relationship(back_populates="impersonations")
    person: Mapped["Person | None"] = relationship(back_populates="impersonations")


class CustomerMerge(Identified, Base):
    """Two records of one customer that became one, with what moved."""

    __tablename__ = "customer_merges"
    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", name="two_records"),
        CheckConstraint("rows_moved >= 0 AND rows_to_move >= 0", name="counts_not_negative"),
        Index("ix_customer_merges_kept", "kept_id", "created_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Customers",
        icon="git-merge",
        label="Merge",
        plural="Merges",
        default_sort="-created_at",
        writes="actions",
        written_by="Merge on the customer's page.",
        subject="kept",
        hidden=True,
    )

    kept_id: Mapped[CustomerRef] = mapped_column(comment="The record that remains.")
    merged_id: Mapped[CustomerRef] = mapped_column(comment="The duplicate.")
    merged_by_id: Mapped[StaffRef | None]
    reason: Mapped[FreeText]
    moved: Mapped[Json] = mapped_column(comment="Keys moved, by table, so that it can be undone.")
    rows_to_move: Mapped[Count] = mapped_column(
        server_default="0", comment="By a job, as counted when it was asked for; 0: everything moved at once."
    )
    rows_moved: Mapped[Count] = mapped_column(server_default="0", comment="By the job, so far.")
    finished_at: Mapped[Moment | None] = mapped_column(
        comment="When the last row stood where it belongs. Empty: a job is moving rows, or moving them back."
    )
    job_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.jobs.id", ondelete="SET NULL"), index=True, comment="The job that moves rows."
    )
    undone_at: Mapped[Moment | None]
    created_at: Mapped[CreatedAt] = mapped_column(index=True)

    kept: Mapped["Customer"] = relationship(foreign_keys=kept_id, back_populates="merges")
    merged: Mapped["Customer"] = relationship(foreign_keys=merged_id, back_populates="merged_as")


class CustomerMergeRow(Base):
    """One row that a job moved from a duplicate to the record that stays, so that it can move back."""

    __tablename__ = "customer_merge_rows"
    __admin__ = AdminOptions(
        group="Customers",
        icon="list-numbers",
        default_sort="merge_id",
        writes="none",
        written_by="The job that moves the rows of a large duplicate.",
        capture="batch",
        hidden=True,
    )

    merge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.customer_merges.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[str] = mapped_column(String(80), primary_key=True, info=ui(pii="none"), comment="Its table.")
    row_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class ToldApart(Identified, Base):
    """Two records that look alike and are different customers: nobody is asked about the pair again."""

    __tablename__ = "told_apart"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="one_order"),
    )
    __admin__ = AdminOptions(
        group="Customers",
        icon="arrows-exchange",
        label="No duplicate",
        plural="No duplicates",
        default_sort="-created_at",
        writes="actions",
        written_by="The page that compares two customers.",
        subject="first",
        hidden=True,
    )

    first_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.customers.id", ondelete="CASCADE"), comment="The smaller key of the two."
    )
    second_id: Mapped[CustomerPart] = mapped_column(comment="The other.")
    noted_by_id: Mapped[StaffRef | None]
    created_at: Mapped[CreatedAt] = mapped_column(index=True)

    first: Mapped["Customer"] = relationship(foreign_keys=first_id)
    second: Mapped["Customer"] = relationship(foreign_keys=second_id)
