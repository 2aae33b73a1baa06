"""What support knows: the internal FAQ, known issues with their solutions, and ready answers."""

import enum
import uuid
from typing import TYPE_CHECKING, Annotated, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, Identified, Moment, Reference, Slug, Timestamped, Title, Url
from schema.customers import ProductLine, StaffRef
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.support import Ticket

Markdown = Annotated[str, mapped_column(Text, info=ui(pii="none", widget="markdown"))]
"""Formatted text by the team that holds no personal data."""


class InternalFaq(Identified, Timestamped, Base):
    """A question the team asks itself, with its answer."""

    __tablename__ = "internal_faqs"
    __table_args__ = (
        CheckConstraint("used_count >= 0", name="used_not_negative"),
        Index("ix_internal_faqs_category", "category", "position"),
        Index("ix_internal_faqs_created_at", "created_at", "id"),
        Index(
            "ix_internal_faqs_question_trgm",
            "question",
            postgresql_using="gin",
            postgresql_ops={"question": "gin_trgm_ops"},
        ),
    )
    __admin__ = AdminOptions(
        group="Support",
        icon="help-circle",
        label="Internal FAQ",
        plural="Internal FAQ",
        title=("question",),
        listed=("question", "category", "used_count", "updated_at"),
    )

    question: Mapped[Title]
    answer: Mapped[Markdown] = mapped_column(comment="Markdown.")
    category: Mapped[Slug]
    position: Mapped[int] = mapped_column(server_default="0", comment="Order within the category.")
    used_count: Mapped[int] = mapped_column(server_default="0", info=ui(editable=False))
    owner_id: Mapped[StaffRef | None] = mapped_column(comment="Who keeps it true.")
    reviewed_at: Mapped[Moment | None] = mapped_column(comment="When somebody last checked it.")


class IssueState(enum.StrEnum):
    """Whether a known issue is still with us."""

    OPEN = "open"
    WORKAROUND = "workaround"
    FIXED = "fixed"
    BY_DESIGN = "by_design"


class KnownIssue(Identified, Timestamped, Base):
    """A problem customers meet again and again, and what helps."""

    __tablename__ = "known_issues"
    __table_args__ = (
        CheckConstraint("state <> 'fixed' OR fixed_at IS NOT NULL", name="fixed_when_known"),
        Index("ix_known_issues_state", "state", "created_at", "id"),
        Index("ix_known_issues_created_at", "created_at", "id"),
        Index(
            "ix_known_issues_title_trgm",
            "title",
            postgresql_using="gin",
            postgresql_ops={"title": "gin_trgm_ops"},
        ),
        Index(
            "ix_known_issues_symptoms_trgm",
            "symptoms",
            postgresql_using="gin",
            postgresql_ops={"symptoms": "gin_trgm_ops"},
        ),
    )
    __admin__ = AdminOptions(
        group="Support",
        icon="bug",
        title=("title",),
        listed=("title", "state", "category", "product_line", "updated_at"),
        default_sort="-created_at",
    )

    title: Mapped[Title]
    symptoms: Mapped[Markdown] = mapped_column(comment="In customers' words: tickets are matched with it.")
    solution: Mapped[Markdown] = mapped_column(comment="What to do, and what to write to the customer.")
    state: Mapped[IssueState] = mapped_column(
        server_default="open",
        info=ui(badge={"open": "danger", "workaround": "warning", "fixed": "success", "by_design": "muted"}),
    )
    category: Mapped[Slug | None] = mapped_column(index=True)
    product_line: Mapped[ProductLine | None] = mapped_column(comment="Empty: all product lines.")
    keywords: Mapped[list[Any]] = mapped_column(
        JSONB, server_default=text("'[]'::jsonb"), info=ui(pii="none", widget="tags")
    )
    tracker_url: Mapped[Url | None] = mapped_column(comment="Where the developers work on it.")
    error_group: Mapped[Reference | None] = mapped_column(
        index=True, comment="Fingerprint of the error group it shows up as."
    )
    fixed_at: Mapped[Moment | None]
    owner_id: Mapped[StaffRef | None]

    tickets: Mapped[list["TicketIssue"]] = relationship(back_populates="issue", passive_deletes=True)


class TicketIssue(Identified, Base):
    """A ticket that turned out to be a known issue."""

    __tablename__ = "ticket_issues"
    __table_args__ = (UniqueConstraint("ticket_id", "issue_id"),)
    __admin__ = AdminOptions(
        group="Support",
        icon="link",
        writes="actions",
        written_by="Link a known issue on the ticket.",
        subject="ticket.customer",
        hidden=True,
    )

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.tickets.id", ondelete="CASCADE"))
    issue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.known_issues.id", ondelete="CASCADE"), index=True)
    linked_by_id: Mapped[StaffRef | None]
    linked_at: Mapped[CreatedAt]

    ticket: Mapped["Ticket"] = relationship(back_populates="issues")
    issue: Mapped["KnownIssue"] = relationship(back_populates="tickets")


class ReadyAnswer(Identified, Timestamped, Base):
    """A text to start a reply from; its variables are filled in when it is inserted."""

    __tablename__ = "ready_answers"
    __table_args__ = (
        Index("ix_ready_answers_name", "name", "id"),
        Index("ix_ready_answers_created_at", "created_at", "id"),
    )
    __admin__ = AdminOptions(group="Support", icon="message-dots", title=("name",), default_sort="name")

    key: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[Title]
    body: Mapped[Markdown] = mapped_column(comment="Markdown with {{ variables }}.")
    category: Mapped[Slug | None] = mapped_column(index=True)
    used_count: Mapped[int] = mapped_column(server_default="0", info=ui(editable=False))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
