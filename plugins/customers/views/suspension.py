"""What the customers' pages offer about suspensions."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from admin_core.contributions import (
    Action,
    Alert,
    Job,
    Panel,
    Permission,
    Question,
    Reading,
    Segment,
    TimelineEntries,
    WebhookEvent,
)
from admin_core.generator.urls import list_url
from plugins.customers.actions.suspension import suspend, unsuspend
from plugins.customers.queries.suspension import overdue
from plugins.customers.rules import suspension as rules

READ, SUSPEND = "customers:suspensions:read", "customers:suspensions:change"
GRACE = timedelta(minutes=30)
PERMISSIONS = (
    Permission(READ, "see when and why a customer was suspended"),
    Permission(SUSPEND, "suspend customers, and let them in again"),
)
ACTIONS = (
    Action(
        slug="suspend",
        label="Suspend",
        model="customers",
        permission=SUSPEND,
        run=suspend,
        explain="Nobody of this customer can use the product until the suspension ends. The customer app is told at"
        " once and shows your message. Subscription and invoices are not touched.",
        refuses=rules.why_not_suspended,
        questions=(
            Question(name="category", label="Why", kind="choice", choices=rules.CATEGORIES),
            Question(name="reason", label="In words, for the team", kind="textarea", longest=2_000),
            Question(
                name="message",
                label="Shown to the customer",
                kind="textarea",
                required=False,
                longest=500,
                help="What the customer app says when they sign in. Empty: its usual words.",
            ),
            Question(
                name="until",
                label="Last day",
                kind="date",
                required=False,
                help="The suspension ends by itself at the end of this day. Empty: somebody ends it.",
            ),
        ),
        many=True,
        icon="ban",
        dangerous=True,
    ),
    Action(
        slug="unsuspend",
        label="Unsuspend",
        model="customers",
        permission=SUSPEND,
        run=unsuspend,
        explain="The status from before the suspension holds again. The customer app is told at once.",
        refuses=rules.why_not_unsuspended,
        questions=(Question(name="reason", label="Why", kind="textarea", longest=2_000),),
        many=True,
        icon="circle-check",
    ),
)
PANELS = (
    Panel(
        slug="suspensions",
        title="Suspensions",
        model="customers",
        permission=READ,
        belonging=rules.SUSPENSIONS,
        text="reason",
        statements=3,
        order=8,
    ),
)
KINDS = (
    TimelineEntries(
        slug="suspensions",
        label="Suspension",
        model="customers",
        permission=READ,
        belonging=rules.IN_TIMELINE,
        icon="ban",
    ),
)
SEGMENTS = (
    Segment(
        model="customers",
        name="Suspended",
        columns=("company_name", "person_name", "email", "product_line", "plan_id", "status"),
        filters=(("f.status.eq", "suspended"),),
    ),
)
EVENTS = (
    WebhookEvent(
        rules.SUSPENDED,
        "A customer was suspended: the customer app lets nobody of theirs in, and shows the message.",
        {
            "customer": "01981c3e-0000-7000-8000-000000000001",
            "external_id": "org_example",
            "category": "non_payment",
            "message": "Your account is on hold. Please write to us.",
            "until": "2026-03-31T22:00:00+00:00",
        },
    ),
    WebhookEvent(
        rules.UNSUSPENDED,
        "A suspension ended, by hand or by itself.",
        {
            "customer": "01981c3e-0000-7000-8000-000000000001",
            "external_id": "org_example",
            "status": "active",
        },
    ),
)
JOBS = (
    Job(
        slug="customers.lift-suspensions",
        run="plugins.customers.jobs.suspension.lift_suspensions",
        title="End suspensions whose end has come",
        cron="*/5 * * * *",
        unique=True,
        routine=True,
    ),
)


def not_lifted(session: Session, now: datetime) -> Reading:
    """Return how many suspensions should have ended half an hour ago."""
    count = overdue(session, now - GRACE)
    said = (
        f"{count} suspensions should have ended by themselves: is a worker running?" if count else "All ended in time."
    )
    return Reading(value=count, summary=said, url=list_url("suspensions", {"f.ended_at.empty": "1"}))


ALERTS = (
    Alert(
        name="customers.suspensions-overdue",
        title="Suspensions do not end",
        permission=READ,
        watch=not_lifted,
        threshold=0,
        severity="warning",
    ),
)
