"""Impersonations as deeds: asked for beforehand in the name of whoever opens or ends them."""

from datetime import UTC, datetime

from werkzeug.test import TestResponse

from plugins.customers.rules.impersonation import PAGE, START
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


IMPERSONATION_DEEDS: dict[str, Deed] = {
    "page-customers-sign-in-as.page": Deed(lambda w: press(w, "end"), "customers.sign-in-as.posted", START),
    "page-customers-sign-in-as.page opens": Deed(lambda w: press(w, "open"), "customers.impersonated", START),
}
