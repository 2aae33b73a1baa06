"""What customers read: the public FAQ, help articles, e-mail templates, and maintenance windows.

Articles and templates keep immutable versions; what is sent to whom lives in ``messaging``.
"""

import enum
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, CreatedAt, Identified, Json, Moment, Prose, Slug, Timestamped, Title
from schema.customers import ProductLine, StaffRef
from schema.knowledge import Markdown
from schema.mail import MailClass
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.staff import StaffMember


class PublishState(enum.StrEnum):
    """Whether customers see it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


PUBLISH_BADGES = {"draft": "info", "published": "success", "archived": "muted"}


class FaqEntry(Identified, Timestamped, Base):
    """A question customers ask, answered on the public site."""

    __tablename__ = "faq_entries"
    __table_args__ = (
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_when_known"),
        Index("ix_faq_entries_category", "category", "position"),
        Index("ix_faq_entries_created_at", "created_at", "id"),
        Index(
            "ix_faq_entries_question_trgm",
            "question",
            postgresql_using="gin",
            postgresql_ops={"question": "gin_trgm_ops"},
        ),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="help",
        label="FAQ entry",
        plural="FAQ",
        title=("question",),
        listed=("question", "category", "product_line", "state", "position"),
    )

    question: Mapped[Title]
    answer: Mapped[Markdown] = mapped_column(comment="Markdown.")
    category: Mapped[Slug]
    product_line: Mapped[ProductLine | None] = mapped_column(comment="Empty: all product lines.")
    locale: Mapped[str] = mapped_column(String(10), server_default="en-ZA", info=ui(pii="none"))
    position: Mapped[int] = mapped_column(server_default="0", comment="Order within the category.")
    state: Mapped[PublishState] = mapped_column(server_default="draft", info=ui(badge=PUBLISH_BADGES))
    published_at: Mapped[Moment | None]


class HelpArticle(Identified, Timestamped, Base):
    """An article of the help centre."""

    __tablename__ = "help_articles"
    __table_args__ = (
        UniqueConstraint("slug", "locale"),
        CheckConstraint("state <> 'published' OR published_version IS NOT NULL", name="published_has_version"),
        CheckConstraint("helpful_count >= 0 AND unhelpful_count >= 0", name="votes_not_negative"),
        Index("ix_help_articles_state", "state", "updated_at", "id"),
        Index("ix_help_articles_updated_at", "updated_at", "id"),
        Index("ix_help_articles_category", "category", "position"),
        Index(
            "ix_help_articles_title_trgm",
            "title",
            postgresql_using="gin",
            postgresql_ops={"title": "gin_trgm_ops"},
        ),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="book",
        title=("title",),
        listed=("title", "category", "state", "published_version", "updated_at"),
        default_sort="-updated_at",
        writes="actions",
        written_by="Edit, Publish and Archive on the article's page: each saved text is a version.",
    )

    slug: Mapped[Slug] = mapped_column(comment="Last part of its address.", info=ui(once=True))
    title: Mapped[Title]
    category: Mapped[Slug]
    product_line: Mapped[ProductLine | None] = mapped_column(comment="Empty: all product lines.")
    locale: Mapped[str] = mapped_column(String(10), server_default="en-ZA", info=ui(pii="none"))
    position: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[PublishState] = mapped_column(server_default="draft", info=ui(badge=PUBLISH_BADGES))
    published_version: Mapped[int | None] = mapped_column(comment="The version customers see.")
    published_at: Mapped[Moment | None]
    helpful_count: Mapped[int] = mapped_column(server_default="0")
    unhelpful_count: Mapped[int] = mapped_column(server_default="0")

    versions: Mapped[list["HelpArticleVersion"]] = relationship(
        back_populates="article", passive_deletes=True, order_by="HelpArticleVersion.number"
    )


class HelpArticleVersion(Identified, Base):
    """One saved text of an article; never changed."""

    __tablename__ = "help_article_versions"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        Index(
            "ix_help_article_versions_body_trgm",
            "body",
            postgresql_using="gin",
            postgresql_ops={"body": "gin_trgm_ops"},
        ),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="history",
        label="Article version",
        writes="append",
        written_by="Edit on the article's page.",
        hidden=True,
    )

    article_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.help_articles.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[Title]
    body: Mapped[Markdown] = mapped_column(comment="Markdown.")
    change_note: Mapped[Prose | None] = mapped_column(comment="What changed, for the team.")
    author_id: Mapped[StaffRef | None]
    created_at: Mapped[CreatedAt]

    article: Mapped["HelpArticle"] = relationship(back_populates="versions")
    author: Mapped["StaffMember | None"] = relationship()


class EmailTemplate(Identified, Timestamped, Base):
    """A text the product sends by e-mail."""

    __tablename__ = "email_templates"
    __table_args__ = (
        UniqueConstraint("key", "locale"),
        Index("ix_email_templates_updated_at", "updated_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="template",
        title=("name",),
        listed=("name", "key", "mail_class", "live_version", "updated_at"),
        default_sort="key",
        writes="actions",
        written_by="Edit, Preview, Test send and Make live on the template's page: each saved text is a version.",
    )

    key: Mapped[Slug] = mapped_column(comment="The name the code sends it by.", info=ui(once=True))
    name: Mapped[Title]
    description: Mapped[Prose | None] = mapped_column(comment="When it is sent.")
    mail_class: Mapped[MailClass] = mapped_column(
        server_default="transactional", comment="Marketing asks for consent at the moment of sending."
    )
    locale: Mapped[str] = mapped_column(String(10), server_default="en-ZA", info=ui(pii="none"))
    live_version: Mapped[int | None] = mapped_column(comment="The version that is sent; empty: none yet.")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), comment="False: not sent at all.")

    versions: Mapped[list["EmailTemplateVersion"]] = relationship(
        back_populates="template", passive_deletes=True, order_by="EmailTemplateVersion.number"
    )


class EmailTemplateVersion(Identified, Base):
    """One saved text of an e-mail template; never changed."""

    __tablename__ = "email_template_versions"
    __table_args__ = (
        UniqueConstraint("template_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="history",
        label="Template version",
        writes="append",
        written_by="Edit on the template's page.",
        hidden=True,
    )

    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.email_templates.id", ondelete="CASCADE"))
    number: Mapped[int]
    subject: Mapped[Title] = mapped_column(comment="With {{ variables }}.")
    preheader: Mapped[Title | None] = mapped_column(comment="The line mail programs show after the subject.")
    body: Mapped[Markdown] = mapped_column(comment="Markdown with {{ variables }}.")
    body_text: Mapped[str | None] = mapped_column(
        Text, comment="Plain text; made from the body when empty.", info=ui(pii="none", widget="textarea")
    )
    variables: Mapped[list[Any]] = mapped_column(
        JSONB,
        server_default=text("'[]'::jsonb"),
        comment="Each variable: name, meaning, sample; others are refused.",
        info=ui(pii="none", widget="json"),
    )
    change_note: Mapped[Prose | None]
    author_id: Mapped[StaffRef | None]
    created_at: Mapped[CreatedAt]

    template: Mapped["EmailTemplate"] = relationship(back_populates="versions")
    author: Mapped["StaffMember | None"] = relationship()


class MaintenanceMode(enum.StrEnum):
    """What customers can still do."""

    READ_ONLY = "read_only"
    CLOSED = "closed"


class MaintenanceWindow(Identified, Timestamped, Base):
    """A time in which the customer app is closed or read-only."""

    __tablename__ = "maintenance_windows"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("banner_from <= starts_at", name="banner_before_start"),
        CheckConstraint("ended_at >= starts_at", name="ended_after_start"),
        Index("ix_maintenance_windows_starts_at", "starts_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Content",
        icon="barrier-block",
        title=("title",),
        listed=("title", "mode", "starts_at", "ends_at", "ended_at", "cancelled_at"),
        default_sort="-starts_at",
        writes="actions",
        written_by="Start maintenance now, Plan maintenance, End and Cancel.",
    )

    title: Mapped[Title]
    message: Mapped[Prose] = mapped_column(comment="What customers read meanwhile.")
    mode: Mapped[MaintenanceMode] = mapped_column(server_default="read_only")
    product_line: Mapped[ProductLine | None] = mapped_column(comment="Empty: all product lines.")
    banner_from: Mapped[Moment | None] = mapped_column(comment="Announced in the app from then on.")
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment | None] = mapped_column(comment="Planned end; empty: until ended by hand.")
    ended_at: Mapped[Moment | None] = mapped_column(comment="When somebody ended it.")
    cancelled_at: Mapped[Moment | None]
    reason: Mapped[Prose | None] = mapped_column(comment="For the team.")
    details: Mapped[Json | None] = mapped_column(comment="Paths that stay open.")
    started_by_id: Mapped[StaffRef | None]
    ended_by_id: Mapped[StaffRef | None]
