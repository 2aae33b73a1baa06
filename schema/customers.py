"""Customers of the three product lines, their people, and what the team does on their accounts.

Money lives in ``billing``, credits in ``credits``, tickets in ``support``, what they did in ``usage``.
"""

import enum
import uuid
from typing import TYPE_CHECKING, Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import (
    Base,
    BusinessName,
    Cents,
    Count,
    Currency,
    Email,
    Identified,
    Json,
    Moment,
    PersonName,
    Phone,
    Reference,
    Slug,
    Timestamped,
)
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.accounts import CustomerMerge, CustomerNote, Impersonation, SignIn, Suspension
    from schema.billing import Payment, Refund
    from schema.catalog import Plan
    from schema.credits import CreditEntry
    from schema.invoicing import CreditNote, Invoice
    from schema.promotions import Redemption
    from schema.staff import StaffMember
    from schema.subscriptions import Subscription
    from schema.support import Ticket

StaffRef = Annotated[uuid.UUID, mapped_column(ForeignKey("admin.staff_members.id", ondelete="SET NULL"), index=True)]
"""A member of the team who did something: the trace outlives the account."""
CustomerRef = Annotated[uuid.UUID, mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"), index=True)]
"""The customer behind money or evidence: the row may be anonymised, never removed."""
CustomerPart = Annotated[uuid.UUID, mapped_column(ForeignKey("admin.customers.id", ondelete="CASCADE"), index=True)]
"""The customer this row is a part of."""


class ProductLine(enum.StrEnum):
    """Which of the three products a customer uses."""

    B2B = "b2b"
    B2C = "b2c"
    RECRUITER = "recruiter"


class CustomerStatus(enum.StrEnum):
    """Where a customer stands as a whole; the customer app obeys it."""

    TRIAL = "trial"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"
    CLOSED = "closed"


CUSTOMER_BADGES = {
    "trial": "info",
    "active": "success",
    "past_due": "warning",
    "paused": "muted",
    "cancelled": "muted",
    "suspended": "danger",
    "closed": "muted",
}


class Channel(enum.StrEnum):
    """How somebody first came to us, read from UTM words, referrer and click ids."""

    DIRECT = "direct"
    REFERRAL = "referral"
    ORGANIC_SEARCH = "organic_search"
    PAID_SEARCH = "paid_search"
    ORGANIC_SOCIAL = "organic_social"
    PAID_SOCIAL = "paid_social"
    EMAIL = "email"
    AFFILIATE = "affiliate"
    CAMPAIGN = "campaign"
    UNKNOWN = "unknown"


class Customer(Identified, Timestamped, Base):
    """A company, a recruitment agency or a job seeker who uses HireInbox."""

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("coalesce(company_name, person_name) IS NOT NULL", name="named"),
        CheckConstraint("assessments_used >= 0", name="assessments_not_negative"),
        CheckConstraint("mrr_cents >= 0", name="mrr_not_negative"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        Index("ix_customers_line_signup", "product_line", "signup_at", "id"),
        Index("ix_customers_line_active", "product_line", "last_active_at", "id"),
        Index("ix_customers_line_status", "product_line", "status", "signup_at", "id"),
        Index("ix_customers_status_signup", "status", "signup_at", "id"),
        Index("ix_customers_signup_at", "signup_at", "id"),
        Index("ix_customers_last_active_at", "last_active_at", "id"),
        Index("ix_customers_company_name", "company_name", "id"),
        Index("ix_customers_person_name", "person_name", "id"),
        Index("ix_customers_email", "email", "id"),
        Index("ix_customers_mrr_cents", "mrr_cents", "id"),
        Index("ix_customers_assessments_used", "assessments_used", "id"),
        Index("ix_customers_phone", "phone"),
        Index("ix_customers_restricted", "id", postgresql_where=text("restricted_at IS NOT NULL")),
        Index(
            "ix_customers_company_name_trgm",
            "company_name",
            postgresql_using="gin",
            postgresql_ops={"company_name": "gin_trgm_ops"},
        ),
        Index(
            "ix_customers_person_name_trgm",
            "person_name",
            postgresql_using="gin",
            postgresql_ops={"person_name": "gin_trgm_ops"},
        ),
        Index(
            "ix_customers_email_trgm",
            "email",
            postgresql_using="gin",
            postgresql_ops={"email": "gin_trgm_ops"},
        ),
        Index(
            "ix_customers_phone_trgm",
            "phone",
            postgresql_using="gin",
            postgresql_ops={"phone": "gin_trgm_ops"},
        ),
    )
    __admin__ = AdminOptions(
        group="Customers",
        icon="building",
        jump="c",
        title=("company_name", "person_name"),
        listed=("company_name", "person_name", "email", "product_line", "plan_id", "status", "signup_at"),
        default_sort="-signup_at",
        subject="self",
    )

    product_line: Mapped[ProductLine] = mapped_column(
        comment="Employer (b2b), job seeker (b2c) or recruitment agency (recruiter).", info=ui(once=True)
    )
    company_name: Mapped[BusinessName | None] = mapped_column(comment="The employer or agency; empty for a job seeker.")
    person_name: Mapped[PersonName | None] = mapped_column(comment="The job seeker, or whom to ask for at a company.")
    email: Mapped[Email] = mapped_column(comment="Main address; not unique: people use several products.")
    phone: Mapped[Phone | None]
    status: Mapped[CustomerStatus] = mapped_column(
        comment="Changed by actions and billing; suspended stops sign-in.",
        info=ui(badge=CUSTOMER_BADGES, editable=False),
    )
    plan_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.plans.id", ondelete="SET NULL"),
        index=True,
        comment="Plan of the leading subscription, kept here for lists.",
        info=ui(editable=False),
    )
    mrr_cents: Mapped[Cents] = mapped_column(
        server_default="0",
        comment="Monthly recurring revenue excluding VAT, kept here for lists.",
        info=ui(label="MRR", editable=False),
    )
    currency: Mapped[Currency] = mapped_column(comment="Currency the customer is billed in.")
    assessments_used: Mapped[Count] = mapped_column(
        server_default="0", comment="Assessment credits consumed so far.", info=ui(editable=False)
    )
    signup_at: Mapped[Moment] = mapped_column(comment="When the account was opened.", info=ui(once=True))
    activated_at: Mapped[Moment | None] = mapped_column(
        comment="When the first CV was screened.", info=ui(editable=False)
    )
    last_active_at: Mapped[Moment | None] = mapped_column(
        comment="Latest value event or sign-in of any person of the customer.",
        info=ui(editable=False, moving=True),
    )
    trial_ends_at: Mapped[Moment | None] = mapped_column(
        index=True, comment="End of the running trial, extended by an action.", info=ui(editable=False)
    )
    # --- Where they came from: the first touch never changes
    signup_channel: Mapped[Channel] = mapped_column(
        server_default="unknown", index=True, info=ui(group="Source", once=True)
    )
    utm_source: Mapped[Slug | None] = mapped_column(index=True, info=ui(group="Source", once=True))
    utm_medium: Mapped[Slug | None] = mapped_column(info=ui(group="Source", once=True))
    utm_campaign: Mapped[Reference | None] = mapped_column(index=True, info=ui(group="Source", once=True))
    utm_term: Mapped[Reference | None] = mapped_column(info=ui(group="Source", once=True))
    utm_content: Mapped[Reference | None] = mapped_column(info=ui(group="Source", once=True))
    referrer_host: Mapped[Reference | None] = mapped_column(info=ui(group="Source", once=True))
    landing_path: Mapped[Reference | None] = mapped_column(
        comment="First page seen, without its query.", info=ui(group="Source", once=True)
    )
    last_touch: Mapped[Json | None] = mapped_column(
        comment="Channel and UTM words of the latest visit.", info=ui(group="Source", editable=False)
    )
    # --- What a tax invoice must say
    legal_name: Mapped[BusinessName | None] = mapped_column(
        comment="Registered name for tax invoices.", info=ui(group="Invoicing")
    )
    vat_number: Mapped[str | None] = mapped_column(
        String(20), comment="VAT registration number of the customer.", info=ui(pii="business", group="Invoicing")
    )
    registration_number: Mapped[str | None] = mapped_column(
        String(40), comment="Company registration number.", info=ui(pii="business", group="Invoicing")
    )
    billing_email: Mapped[Email | None] = mapped_column(
        comment="Where invoices and payment links go; the main address when empty.", info=ui(group="Invoicing")
    )
    address_line1: Mapped[str | None] = mapped_column(
        String(200), info=ui(pii="contact", label="Address", group="Invoicing")
    )
    address_line2: Mapped[str | None] = mapped_column(String(200), info=ui(pii="contact", group="Invoicing"))
    city: Mapped[str | None] = mapped_column(String(100), info=ui(pii="contact", group="Invoicing"))
    region: Mapped[str | None] = mapped_column(
        String(100), comment="Province.", info=ui(pii="contact", label="Province", group="Invoicing")
    )
    postal_code: Mapped[str | None] = mapped_column(String(20), info=ui(pii="contact", group="Invoicing"))
    country: Mapped[str] = mapped_column(
        String(2), server_default="ZA", comment="ISO country code.", info=ui(pii="none", group="Invoicing")
    )
    payment_terms_days: Mapped[int] = mapped_column(
        server_default="7", comment="Days between an invoice's date and its due date.", info=ui(group="Invoicing")
    )
    # --- Links and machinery
    industry: Mapped[Slug | None] = mapped_column(index=True)
    locale: Mapped[str] = mapped_column(String(10), server_default="en-ZA", info=ui(pii="none"))
    account_manager_id: Mapped[StaffRef | None] = mapped_column(
        info=ui(hands_over=True), comment="Who in the team looks after them."
    )
    is_internal: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="A test or house account: left out of every figure."
    )
    external_id: Mapped[Reference | None] = mapped_column(
        unique=True, comment="Key in the customer app.", info=ui(once=True)
    )
    auth_user_id: Mapped[Reference | None] = mapped_column(
        index=True, comment="Key in the customer app's sign-in service.", info=ui(once=True)
    )
    accounting_reference: Mapped[Reference | None] = mapped_column(comment="Contact key in the accounting package.")
    restricted_at: Mapped[Moment | None] = mapped_column(
        comment="Since when processing is restricted at the person's request.", info=ui(editable=False)
    )
    closed_at: Mapped[Moment | None] = mapped_column(comment="When the account was closed.", info=ui(editable=False))
    erased_at: Mapped[Moment | None] = mapped_column(
        comment="When the personal data was anonymised.", info=ui(editable=False)
    )
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.customers.id", ondelete="SET NULL"),
        index=True,
        comment="The record that replaced this duplicate.",
        info=ui(editable=False),
    )

    account_manager: Mapped["StaffMember | None"] = relationship()
    plan: Mapped["Plan | None"] = relationship(back_populates="customers")
    people: Mapped[list["Person"]] = relationship(back_populates="customer", passive_deletes=True)
    sign_ins: Mapped[list["SignIn"]] = relationship(back_populates="customer", passive_deletes=True)
    notes: Mapped[list["CustomerNote"]] = relationship(back_populates="customer", passive_deletes=True)
    suspensions: Mapped[list["Suspension"]] = relationship(back_populates="customer", passive_deletes=True)
    impersonations: Mapped[list["Impersonation"]] = relationship(back_populates="customer", passive_deletes=True)
    merges: Mapped[list["CustomerMerge"]] = relationship(
        foreign_keys="CustomerMerge.kept_id", back_populates="kept", passive_deletes=True
    )
    merged_as: Mapped[list["CustomerMerge"]] = relationship(
        foreign_keys="CustomerMerge.merged_id", back_populates="merged", passive_deletes=True
    )
    subscriptions: Mapped[list["Subscription"]] = relationship(back_populates="customer", passive_deletes=True)
    payments: Mapped[list["Payment"]] = relationship(back_populates="customer", passive_deletes=True)
    refunds: Mapped[list["Refund"]] = relationship(back_populates="customer", passive_deletes=True)
    credit_notes: Mapped[list["CreditNote"]] = relationship(back_populates="customer", passive_deletes=True)
    redemptions: Mapped[list["Redemption"]] = relationship(
        back_populates="customer", foreign_keys="Redemption.customer_id", passive_deletes=True
    )
    invoices: Mapped[list["Invoice"]] = relationship(back_populates="customer", passive_deletes=True)
    credit_entries: Mapped[list["CreditEntry"]] = relationship(back_populates="customer", passive_deletes=True)
    tickets: Mapped[list["Ticket"]] = relationship(back_populates="customer", passive_deletes=True)


Index("ix_customers_email_lower", func.lower(Customer.email))


def names_person(context: DefaultExecutionContext) -> bool:
    """Return whether the row that is inserted names one of a customer's people."""
    values: dict[str, object] = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return values.get("person_id") is not None


AboutPerson = Annotated[
    bool,
    mapped_column(
        default=names_person,
        server_default=text("false"),
        comment="It was about one person of the customer: when they are removed, it is about nobody.",
        info=ui(listed=False),
    ),
]


class PersonRole(enum.StrEnum):
    """What a person may do in their company's account in the customer app."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    BILLING = "billing"


class Person(Identified, Timestamped, Base):
    """Somebody who signs in for a customer, or whom we write to there."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("customer_id", "email"),
        Index("ix_people_created_at", "created_at", "id"),
        Index("ix_people_name", "name", "id"),
        Index("ix_people_last_seen_at", "last_seen_at", "id"),
        Index(
            "uq_people_primary",
            "customer_id",
            unique=True,
            postgresql_where=text("is_primary"),
        ),
        Index("ix_people_phone", "phone"),
        Index(
            "ix_people_name_trgm",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        ),
        Index(
            "ix_people_email_trgm",
            "email",
            postgresql_using="gin",
            postgresql_ops={"email": "gin_trgm_ops"},
        ),
    )
    __admin__ = AdminOptions(
        group="Customers",
        icon="users",
        plural="People",
        title=("name",),
        listed=("name", "email", "customer_id", "role", "last_seen_at"),
        default_sort="-created_at",
        subject="customer",
    )

    customer_id: Mapped[CustomerPart] = mapped_column(comment="The account this person belongs to.")
    name: Mapped[PersonName]
    email: Mapped[Email]
    phone: Mapped[Phone | None]
    role: Mapped[PersonRole] = mapped_column(
        server_default="member", comment="Rights inside the customer's own account."
    )
    job_title: Mapped[str | None] = mapped_column(String(120), info=ui(pii="identity"))
    is_primary: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="The one we call first; at most one per customer."
    )
    gets_invoices: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Receives invoices and payment links too."
    )
    locale: Mapped[str] = mapped_column(String(10), server_default="en-ZA", info=ui(pii="none"))
    # Written once: whoever could change them could aim a password reset or a visit at anybody's account.
    external_id: Mapped[Reference | None] = mapped_column(
        unique=True, comment="Key in the customer app.", info=ui(once=True)
    )
    auth_user_id: Mapped[Reference | None] = mapped_column(
        index=True, comment="Key in the customer app's sign-in service.", info=ui(once=True)
    )
    last_seen_at: Mapped[Moment | None] = mapped_column(
        comment="Latest event or sign-in.", info=ui(editable=False, moving=True)
    )
    deactivated_at: Mapped[Moment | None] = mapped_column(comment="Since when this person may not sign in.")

    customer: Mapped["Customer"] = relationship(back_populates="people")
    sign_ins: Mapped[list["SignIn"]] = relationship(back_populates="person", passive_deletes=True)
    impersonations: Mapped[list["Impersonation"]] = relationship(back_populates="person", passive_deletes=True)


Index("ix_people_email_lower", func.lower(Person.email))
