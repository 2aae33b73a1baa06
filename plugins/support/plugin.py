"""Support: what customers asked us, who answers, and by when."""

from admin_core.contributions import (
    Action,
    Dashboard,
    Figure,
    MailTemplate,
    Manifest,
    Panel,
    Permission,
    TimelineEntries,
    Waiting,
)
from admin_core.hookspecs import hookimpl
from plugins.support import actions, rules, views

MANIFEST = Manifest(
    name="support",
    title="Support",
    description="Tickets: what waits for an answer, for how long, and for whom.",
    icon="message-2",
    order=50,
)


@hookimpl
def register_waiting() -> list[Waiting]:
    return [
        Waiting(
            label="Tickets past their target, or within four hours of it",
            model="tickets",
            filters=rules.near_target,
            permission="support:tickets:read",
            icon="clock",
            tone="danger",
            note="First answer or solution.",
        ),
        Waiting(
            label="Tickets that nobody has taken",
            model="tickets",
            filters=rules.unassigned,
            permission="support:tickets:read",
            icon="ticket",
        ),
    ]


@hookimpl
def record_panels() -> list[Panel]:
    return [
        Panel(
            slug="tickets",
            title="Tickets",
            model="customers",
            permission="support:tickets:read",
            belonging=rules.TICKETS,
            order=40,
        ),
    ]


@hookimpl
def timeline_entries() -> list[TimelineEntries]:
    return [
        TimelineEntries(
            slug="tickets",
            label="Ticket",
            model="customers",
            permission="support:tickets:read",
            belonging=rules.TICKETS,
            icon="ticket",
        ),
    ]


@hookimpl
def register_figures() -> list[Figure]:
    return list(views.FIGURES)


@hookimpl
def register_dashboards() -> list[Dashboard]:
    return list(views.DASHBOARDS)


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission("support:tickets:read", "see what waits in support"),
        Permission("support:tickets:assign", "take tickets, and give them away"),
        Permission("support:tickets:confirm", "tell a customer that their ticket was received"),
    ]


@hookimpl
def register_mail_templates() -> list[MailTemplate]:
    return [rules.RECEIVED]


@hookimpl
def register_actions() -> list[Action]:
    return [
        Action(
            slug="assign-to-me",
            label="Assign to me",
            model="tickets",
            permission="support:tickets:assign",
            run=actions.assign_to_me,
            explain="The ticket becomes yours to answer. Whoever had it sees that in its history.",
            refuses=rules.why_not_assignable,
            many=True,
            icon="user-check",
        ),
        Action(
            slug="confirm-receipt",
            label="Confirm receipt by e-mail",
            model="tickets",
            permission="support:tickets:confirm",
            run=actions.confirm_receipt,
            explain="The customer gets a short message with the ticket's number. It is sent once per ticket.",
            refuses=rules.why_no_receipt,
            icon="send",
        ),
    ]
