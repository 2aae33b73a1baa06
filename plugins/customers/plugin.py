"""Customers: who they are, in which product line, and how to find them."""

from sqlalchemy.orm import Session

from admin_core.contributions import Contact, Manifest, Segment
from admin_core.hookspecs import hookimpl
from plugins.customers import queries

MANIFEST = Manifest(
    name="customers",
    title="Customers",
    description="Employers, job seekers and agencies: one list per product line.",
    icon="users",
    order=10,
)


@hookimpl
def register_segments() -> list[Segment]:
    return [
        Segment(
            model="customers",
            name="Employers",
            columns=("company_name", "email", "signup_at", "plan_id", "status"),
            filters=(("f.product_line.eq", "b2b"),),
        ),
        Segment(
            model="customers",
            name="Job seekers",
            columns=("person_name", "email", "signup_at", "assessments_used"),
            filters=(("f.product_line.eq", "b2c"),),
        ),
        Segment(
            model="customers",
            name="Agencies",
            columns=("company_name", "email", "plan_id", "status"),
            filters=(("f.product_line.eq", "recruiter"),),
        ),
    ]


@hookimpl
def may_contact(session: Session, contact: Contact) -> list[str]:
    return queries.reasons_against(session, contact)
