"""Two rollups over the events of customers and one over tickets, with their triggers, in a transaction rolled back."""

import pytest
from sqlalchemy.orm import Session

from admin_core.contributions import Actives, Measure, Rollup
from admin_core.rollups import marking
from admin_core.rollups.sources import Rollups
from schema.invoicing import Invoice
from schema.support import Ticket
from schema.usage import UsageEvent
from tests.schema.core_rows import CoreMaker


def made() -> Rollups:
    """Return the rollups; mapped columns exist only once the models are loaded."""
    events = Rollup(
        name="shop.events",
        title="Events",
        moment=UsageEvent.occurred_at,
        dimensions={"name": UsageEvent.name, "source": UsageEvent.source},
        measures=(Measure("events"), Measure("known", where=UsageEvent.customer_id.is_not(None))),
    )
    tickets = Rollup(
        name="shop.tickets",
        title="Tickets",
        moment=Ticket.opened_at,
        dimensions={"status": Ticket.status},
        measures=(Measure("tickets"), Measure("reopened", total=Ticket.reopened_count)),
        where=(Ticket.channel != "phone",),
    )
    invoices = Rollup(
        name="shop.invoices",
        title="Invoices",
        moment=Invoice.issued_on,
        measures=(Measure("cents", total=Invoice.net_cents),),
        where=(Invoice.number.is_not(None),),
    )
    actives = Actives(
        name="shop.actives",
        title="Active customers",
        moment=UsageEvent.occurred_at,
        subject=UsageEvent.customer_id,
        kind="customer",
        where=(UsageEvent.name != "opened",),
    )
    return Rollups({each.name: each for each in (events, tickets, invoices, actives)})


@pytest.fixture
def rollups(session: Session) -> Rollups:
    """Return the rollups, their days marked from now on."""
    rollups = made()
    marking.install(session.connection(), rollups)
    return rollups


@pytest.fixture
def rows(session: Session) -> CoreMaker:
    return CoreMaker(session)
