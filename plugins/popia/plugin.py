"""POPIA: what people ask about their data, and by when the law wants an answer."""

from sqlalchemy.orm import Session

from admin_core.contributions import Contact, Manifest, Permission, Waiting
from admin_core.hookspecs import hookimpl
from plugins.popia import queries, rules

MANIFEST = Manifest(
    name="popia",
    title="Privacy",
    description="Requests for access, deletion and correction, and their legal due dates.",
    icon="shield-lock",
    order=60,
)


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission("popia:requests:read", "see privacy requests and their due dates"),
    ]


@hookimpl
def register_waiting() -> list[Waiting]:
    return [
        Waiting(
            label="Privacy requests past their legal due date",
            model="subject_requests",
            filters=rules.overdue,
            permission="popia:requests:read",
            icon="shield-lock",
            tone="danger",
        ),
        Waiting(
            label="Privacy requests due within 7 days",
            model="subject_requests",
            filters=rules.due_soon,
            permission="popia:requests:read",
            icon="shield-lock",
        ),
    ]


@hookimpl
def may_contact(session: Session, contact: Contact) -> list[str]:
    return queries.reasons_against(session, contact)
