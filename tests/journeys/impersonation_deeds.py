"""Impersonations as deeds: asked for beforehand in the name of whoever opens or ends them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from admin_core.access.team import add_member
from plugins.customers.rules.impersonation import PAGE, START
from plugins.customers.rules.visits import REVIEW
from plugins.customers.views.visits import PAGE as VISITS
from schema.accounts import Impersonation
from tests.journeys.deed_world import Deed, World
from tests.journeys.impersonating import account, set_up


def ready(world: World) -> Impersonation:
    """Return an impersonation that whoever does the deed may open."""
    set_up(world.site.machine)
    otto = account(world.site.machine)
    row = Impersonation(
        staff_id=world.site.member(world.doer),
        customer_id=otto.customer,
        person_id=otto.person,
        ticket_id=otto.ticket_id,
        reason="Cannot find the export.",
        issued_at=datetime.now(UTC),
    )
    world.add(lambda session: session.add(row))
    return row


def press(world: World, do: str) -> TestResponse:
    return world.deed(PAGE, fields=[("id", str(ready(world).id)), ("do", do)])


def review(world: World) -> TestResponse:
    """Look over a visit that somebody else made."""
    somebody = world.add(lambda session: add_member(session, name="Finn", email=f"{uuid7()}@team.example", roles=[]))
    row, now = ready(world), datetime.now(UTC)

    def was_there(session: Session) -> None:
        found = session.get_one(Impersonation, row.id)
        found.staff_id, found.token_hash, found.token_expires_at = somebody.id, uuid7().hex, now + timedelta(minutes=1)
        found.redeemed_at = found.ended_at = now

    world.add(was_there)
    return world.deed(VISITS, fields=[(f"visit-{row.id}", "1")])


IMPERSONATION_DEEDS: dict[str, Deed] = {
    "page-customers-sign-in-as.page": Deed(lambda w: press(w, "end"), "customers.sign-in-as.posted", START),
    "page-customers-visits.page": Deed(review, "customers.visits.posted", REVIEW),
    "page-customers-sign-in-as.page opens": Deed(lambda w: press(w, "open"), "customers.impersonated", START),
}
