"""Support: what customers asked us, who answers, and by when."""

from admin_core.contributions import HomeTile, Manifest, Waiting
from admin_core.hookspecs import hookimpl
from plugins.support import rules, views

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
def register_tiles() -> list[HomeTile]:
    return [HomeTile("Open tickets", "support:tickets:read", views.open_tickets, "tickets")]
