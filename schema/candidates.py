"""People who apply: the vacancies of customers, the candidates, their CVs, and what became of them."""

import enum
import uuid
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    CreatedAt,
    CvText,
    Email,
    FreeText,
    Identified,
    Moment,
    PersonName,
    Phone,
    Prose,
    Reference,
    Slug,
    Timestamped,
    Title,
)
from schema.customers import Customer
from schema.tags import AdminOptions, Retention, ui

if TYPE_CHECKING:
    from schema.ai import AiDecision
    from schema.health_checks import ImapMailbox

FROM_APP = "The customer app, through the source mapping or the API."


class VacancyStatus(enum.StrEnum):
    """Whether a vacancy takes candidates."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    FILLED = "filled"
    CLOSED = "closed"


class CandidateStatus(enum.StrEnum):
    """Where a candidate stands with the employer."""

    NEW = "new"
    SHORTLIST = "shortlist"
    TALENT_POOL = "talent_pool"
    REJECT = "reject"
    REVIEW_REQUESTED = "review_requested"
    INTERVIEWED = "interviewed"
    HIRED = "hired"
    WITHDRAWN = "withdrawn"


class CvOrigin(enum.StrEnum):
    """How a CV came to us."""

    UPLOAD = "upload"
    MAILBOX = "mailbox"
    API = "api"
    IMPORT = "import"


class ParseState(enum.StrEnum):
    """Whether the text of a CV could be read."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    EMPTY = "empty"


class OutcomeKind(enum.StrEnum):
    """What became of a candidate in the end."""

    INTERVIEWED = "interviewed"
    OFFERED = "offered"
    HIRED = "hired"
    REJECTED = "rejected"
    WITHDREW = "withdrew"
    LEFT_EARLY = "left_early"


class JobRole(Identified, Timestamped, Base):
    """A vacancy of a customer that CVs are screened for."""

    __tablename__ = "job_roles"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("minimum_years IS NULL OR minimum_years >= 0", name="years"),
        Index(None, "created_at", "id"),
        Index(None, "customer_id", "created_at", "id"),
        Index(None, "status", "created_at", "id"),
        Index("ix_job_roles_title_trgm", "title", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="briefcase",
        label="Vacancy",
        plural="Vacancies",
        title=("title",),
        listed=("title", "customer_id", "status", "location", "created_at"),
        default_sort="-created_at",
        writes="append",
        written_by=FROM_APP,
        capture="batch",
        subject="customer",
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    source: Mapped[Slug] = mapped_column(server_default=text("'app'"))
    external_id: Mapped[Reference] = mapped_column(comment="The id in the customer app.")
    title: Mapped[Title]
    description: Mapped[Prose | None]
    location: Mapped[Title | None]
    family: Mapped[Slug | None] = mapped_column(comment="Kind of work, for comparing alike with alike.")
    work_mode: Mapped[Slug | None] = mapped_column(comment="onsite, hybrid or remote.")
    minimum_years: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    requirements: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb"), info=ui(pii="none", widget="json"), comment="Hard and soft ones."
    )
    status: Mapped[VacancyStatus] = mapped_column(
        server_default=text("'open'"),
        info=ui(badge={"draft": "muted", "open": "success", "paused": "warning", "filled": "info", "closed": "muted"}),
    )
    closed_at: Mapped[Moment | None]

    customer: Mapped[Customer] = relationship()
    candidates: Mapped[list["Candidate"]] = relationship(back_populates="job_role", passive_deletes=True)
    decisions: Mapped[list["AiDecision"]] = relationship(back_populates="job_role", passive_deletes=True)


class Candidate(Identified, Timestamped, Base):
    """A person whose CV a customer had screened for a vacancy."""

    __tablename__ = "candidates"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index(None, "created_at", "id"),
        Index(None, "customer_id", "created_at", "id"),
        Index(None, "job_role_id", "created_at", "id"),
        Index(None, "status", "created_at", "id"),
        Index(None, "last_screened_at", "id"),
        Index(None, "phone"),
        Index("ix_candidates_email_lower", func.lower(text("email"))),
        Index("ix_candidates_name_trgm", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index("ix_candidates_email_trgm", "email", postgresql_using="gin", postgresql_ops={"email": "gin_trgm_ops"}),
        Index("ix_candidates_restricted", "id", postgresql_where=text("restricted_at IS NOT NULL")),
        Index("ix_candidates_retention", "retain_until", postgresql_where=text("erased_at IS NULL")),
        CheckConstraint("years_experience IS NULL OR years_experience BETWEEN 0 AND 80", name="years"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="user-search",
        jump="n",
        title=("name",),
        listed=("name", "customer_id", "job_role_id", "status", "last_screened_at", "created_at"),
        default_sort="-created_at",
        writes="actions",
        written_by=FROM_APP + " Privacy actions restrict and erase.",
        capture="batch",
        retention=Retention("last_screened_at", 365, "Long enough to ask about a decision (POPIA section 14(3))."),
        subject="self",
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("admin.customers.id", ondelete="RESTRICT"),
        comment="The employer or agency that is responsible for the data.",
    )
    job_role_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.job_roles.id", ondelete="SET NULL"))
    source: Mapped[Slug] = mapped_column(server_default=text("'app'"))
    external_id: Mapped[Reference]
    name: Mapped[PersonName | None]
    email: Mapped[Email | None]
    phone: Mapped[Phone | None]
    location: Mapped[str | None] = mapped_column(String(200), info=ui(pii="contact"))
    date_of_birth: Mapped[date | None] = mapped_column(info=ui(pii="identity"))
    is_minor: Mapped[bool] = mapped_column(
        server_default=text("false"), info=ui(pii="identity"), comment="Under 18: held until a guardian consents."
    )
    current_title: Mapped[str | None] = mapped_column(String(200), info=ui(pii="cv"))
    current_company: Mapped[str | None] = mapped_column(String(200), info=ui(pii="cv"))
    years_experience: Mapped[Decimal | None] = mapped_column(Numeric(4, 1), info=ui(pii="cv"))
    education_level: Mapped[str | None] = mapped_column(String(80), info=ui(pii="cv"))
    status: Mapped[CandidateStatus] = mapped_column(
        server_default=text("'new'"),
        info=ui(
            pii="cv",
            badge={
                "new": "muted",
                "shortlist": "success",
                "talent_pool": "info",
                "reject": "danger",
                "review_requested": "warning",
                "interviewed": "info",
                "hired": "success",
                "withdrawn": "muted",
            },
        ),
    )
    training_consent: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="The CV may be used to train, with personal data removed."
    )
    last_screened_at: Mapped[Moment | None]
    retain_until: Mapped[Moment | None] = mapped_column(comment="Erased after this moment unless held.")
    restricted_at: Mapped[Moment | None] = mapped_column(comment="Only stored, not used (POPIA section 14(6)).")
    restricted_reason: Mapped[FreeText | None]
    contested_note: Mapped[FreeText | None] = mapped_column(
        comment="The person's own statement: shown wherever the data is shown (POPIA section 24)."
    )
    erased_at: Mapped[Moment | None]

    customer: Mapped[Customer] = relationship()
    job_role: Mapped[JobRole | None] = relationship(back_populates="candidates")
    cv_documents: Mapped[list["CvDocument"]] = relationship(back_populates="candidate", passive_deletes=True)
    decisions: Mapped[list["AiDecision"]] = relationship(back_populates="candidate", passive_deletes=True)
    outcomes: Mapped[list["CandidateOutcome"]] = relationship(back_populates="candidate", passive_deletes=True)
    demographics: Mapped["CandidateDemographics | None"] = relationship(
        back_populates="candidate", passive_deletes=True
    )


class CvDocument(Identified, Base):
    """A CV as it was received, and the text read from it."""

    __tablename__ = "cv_documents"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("size_bytes >= 0 AND page_count >= 0", name="size"),
        Index(None, "received_at", "id"),
        Index(None, "candidate_id", "received_at"),
        Index(None, "customer_id", "received_at", "id"),
        Index(None, "parse_state", "received_at", "id"),
        Index(None, "mailbox_id", "received_at"),
        Index(None, "sha256"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="file-cv",
        label="CV",
        title=("file_name",),
        listed=("received_at", "file_name", "candidate_id", "origin", "parse_state", "size_bytes"),
        default_sort="-received_at",
        writes="append",
        written_by=FROM_APP,
        capture="batch",
        subject="candidate",
        retention=Retention("received_at", 365, "As long as the candidate's decisions may be questioned."),
    )

    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.candidates.id", ondelete="CASCADE"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    mailbox_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.imap_mailboxes.id", ondelete="SET NULL"))
    source: Mapped[Slug] = mapped_column(server_default=text("'app'"))
    external_id: Mapped[Reference]
    origin: Mapped[CvOrigin]
    file_name: Mapped[str | None] = mapped_column(String(300), info=ui(pii="identity"))
    media_type: Mapped[Slug | None]
    size_bytes: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), info=ui(unit="bytes"))
    sha256: Mapped[Reference | None]
    storage_location: Mapped[Reference | None] = mapped_column(comment="Key of the file in the storage.")
    page_count: Mapped[int] = mapped_column(server_default=text("0"))
    language: Mapped[Slug | None]
    parse_state: Mapped[ParseState] = mapped_column(
        server_default=text("'waiting'"),
        info=ui(badge={"waiting": "info", "done": "success", "failed": "danger", "empty": "warning"}),
    )
    parse_error: Mapped[Prose | None]
    cv_text: Mapped[CvText | None] = mapped_column(info=ui(listed=False))
    redacted: Mapped[Prose | None] = mapped_column(
        comment="Which kinds of special data were taken out before a model saw it."
    )
    received_at: Mapped[CreatedAt]
    deleted_at: Mapped[Moment | None] = mapped_column(comment="The file is gone from the storage.")

    candidate: Mapped[Candidate | None] = relationship(back_populates="cv_documents")
    customer: Mapped[Customer] = relationship()
    mailbox: Mapped["ImapMailbox | None"] = relationship()


class CandidateOutcome(Identified, Base):
    """What became of a candidate, as the customer reported it: the test of a decision in the real world."""

    __tablename__ = "candidate_outcomes"
    __table_args__ = (
        UniqueConstraint("candidate_id", "kind"),
        Index(None, "occurred_at", "id"),
        Index(None, "decision_id"),
        Index(None, "kind", "occurred_at", "id"),
    )
    __admin__ = AdminOptions(
        group="AI quality",
        icon="flag-check",
        title=("id",),
        label="Outcome",
        listed=("occurred_at", "candidate_id", "kind", "decision_id"),
        default_sort="-occurred_at",
        writes="append",
        written_by=FROM_APP,
        capture="batch",
        subject="candidate",
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.candidates.id", ondelete="CASCADE"))
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.ai_decisions.id", ondelete="SET NULL"))
    kind: Mapped[OutcomeKind] = mapped_column(info=ui(pii="cv"))
    occurred_at: Mapped[CreatedAt]
    reported_by: Mapped[Slug | None]

    candidate: Mapped[Candidate] = relationship(back_populates="outcomes")
    decision: Mapped["AiDecision | None"] = relationship()


class CandidateDemographics(Identified, Base):
    """What a candidate volunteered about themselves for equity monitoring; never guessed, never used to decide."""

    __tablename__ = "candidate_demographics"
    __table_args__ = (Index(None, "declared_at", "id"),)
    __admin__ = AdminOptions(
        group="AI quality",
        icon="users-group",
        title=("id",),
        label="Volunteered demographics",
        plural="Volunteered demographics",
        listed=("candidate_id", "declared_at", "basis"),
        default_sort="-declared_at",
        writes="append",
        written_by=FROM_APP,
        capture="batch",
        subject="candidate",
        retention=Retention("declared_at", 365, "Only for monitoring, in groups of at least ten."),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.candidates.id", ondelete="CASCADE"), unique=True)
    gender: Mapped[str | None] = mapped_column(String(40), info=ui(pii="special"))
    population_group: Mapped[str | None] = mapped_column(String(40), info=ui(pii="special"))
    disability: Mapped[str | None] = mapped_column(String(40), info=ui(pii="special"))
    age_band: Mapped[str | None] = mapped_column(String(20), info=ui(pii="special"))
    nationality: Mapped[str | None] = mapped_column(String(60), info=ui(pii="special"))
    basis: Mapped[Slug] = mapped_column(comment="Under which consent text it was given.")
    declared_at: Mapped[CreatedAt]

    candidate: Mapped[Candidate] = relationship(back_populates="demographics")
