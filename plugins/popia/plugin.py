"""POPIA: what people ask about their data, and by when the law wants an answer."""

from sqlalchemy.orm import Session

from admin_core.contributions import (
    Contact,
    Dashboard,
    Figure,
    Manifest,
    Permission,
    RowRule,
    TimelineEntries,
    Waiting,
)
from admin_core.hookspecs import hookimpl
from plugins.popia import queries, rules, views

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
        Permission(rules.PROCESS, "see and use records whose processing is restricted (POPIA section 14(6))"),
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
def timeline_entries() -> list[TimelineEntries]:
    return [
        TimelineEntries(
            slug="requests",
            label="Privacy request",
            model="customers",
            permission="popia:requests:read",
            belonging=rules.REQUESTS,
            icon="shield-lock",
        ),
    ]


@hookimpl
def register_row_rules() -> list[RowRule]:
    return queries.restriction_rules()


@hookimpl
def register_figures() -> list[Figure]:
    return list(views.FIGURES)


@hookimpl
def register_dashboards() -> list[Dashboard]:
    return list(views.DASHBOARDS)


@hookimpl
def may_contact(session: Session, contact: Contact) -> list[str]:
    return queries.reasons_against(session, contact)
