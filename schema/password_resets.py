"""Password resets that the team asked for: who, for whom, and what the sign-in service made of it."""

import enum
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, FreeText, Identified, Moment
from schema.customers import AboutPerson, StaffRef
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.customers import Customer, Person


class PasswordResetKind(enum.StrEnum):
    """How far a reset goes."""

    EMAIL = "email"
    RESET = "reset"


class PasswordResetState(enum.StrEnum):
    """What became of a reset."""

    REQUESTED = "requested"
    SENT = "sent"
    FAILED = "failed"


class PasswordReset(Identified, Base):
    """A password reset that somebody of the team asked for. No password and no link is ever kept."""

    __tablename__ = "password_resets"
    __table_args__ = (
        CheckConstraint("(state = 'requested') = (finished_at IS NULL)", name="finished_when_over"),
        Index("ix_password_resets_customer", "customer_id", "requested_at", "id"),
        Index("ix_password_resets_requested_at", "requested_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Customers",
        icon="lock",
        label="Password reset",
        plural="Password resets",
        default_sort="-requested_at",
        writes="actions",
        written_by="Send password-reset e-mail and Reset password, on a customer's or a person's page.",
        subject="customer",
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.people.id", ondelete="SET NULL"), index=True, comment="Whose password, if not the account's."
    )
    about_person: Mapped[AboutPerson]
    kind: Mapped[PasswordResetKind] = mapped_column(
        comment="email: only the message. reset: the old password stops working, and every session ends.",
        info=ui(badge={"email": "info", "reset": "warning"}),
    )
    state: Mapped[PasswordResetState] = mapped_column(
        server_default="requested", info=ui(badge={"requested": "info", "sent": "success", "failed": "danger"})
    )
    reason: Mapped[FreeText | None] = mapped_column(comment="Why, for the team.")
    problem: Mapped[str | None] = mapped_column(
        Text, comment="What the sign-in service said against it, in our words.", info=ui(pii="none")
    )
    requested_at: Mapped[Moment]
    requested_by_id: Mapped[StaffRef | None]
    password_changed_at: Mapped[Moment | None] = mapped_column(
        comment="When the old password stopped working; also where the e-mail failed afterwards."
    )
    finished_at: Mapped[Moment | None] = mapped_column(comment="When it was sent, or given up.")

    customer: Mapped["Customer"] = relationship()
    person: Mapped["Person | None"] = relationship()
