"""The page on which a member of the team opens the customer app as a customer, and ends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from admin_core import settings_store
from admin_core.audit.web import note
from admin_core.contributions import ActionRefused, Done, HandOver, Visit
from admin_core.generator.ids import encode_key
from admin_core.generator.urls import record_url
from admin_core.machine import machine
from plugins.customers.actions import impersonation as actions
from plugins.customers.queries import impersonation as queries
from plugins.customers.rules import impersonation as rules
from plugins.customers.rules.tokens import signing_keys
from schema.accounts import Impersonation
from schema.audit import AuditCategory

NOT_SET_UP = ActionRefused("The customer app's address is not set up.", "Ask who may change settings to enter it.")


@dataclass(frozen=True)
class Mine:
    """One of a member's own impersonations, as the page shows it. Names stand on the customer's page, masked there."""

    id: str
    state: rules.State
    mode: str
    ticket: int | None
    customer_url: str
    until: datetime


def page(visit: Visit) -> Mapping[str, Any]:
    """Return what the person may open now, and what they have open."""
    rows = queries.open_ones(visit.session, visit.person.id)
    theirs = Impersonation.id.in_([row.id for row in rows])
    numbers = queries.ticket_numbers(visit.session, theirs)
    shown = [mine(row, numbers, visit.now) for row in rows]
    return {"mine": [each for each in shown if each.state != "over"]}


def mine(row: Impersonation, numbers: Mapping[UUID, int], now: datetime) -> Mine:
    """Return an impersonation as its member sees it."""
    return Mine(
        id=str(row.id),
        state=rules.state_of(row, now),
        mode=rules.WRITES[row.mode],
        ticket=numbers.get(row.ticket_id) if row.ticket_id else None,
        customer_url=record_url("customers", encode_key((row.customer_id,))),
        until=rules.over_at(row),
    )


def posted(visit: Visit) -> Done | HandOver:
    """Open one of the person's own, or end it."""
    chosen = chosen_of(visit)
    if visit.form.get("do") == "end":
        return ended(visit, chosen)
    opening = opening_of(visit)
    token, row = actions.open_app(visit.session, visit.person, chosen, opening, visit.now)
    visit.session.flush()
    note_opened(row)
    return HandOver(opening.app_url, {"token": token}, "Open the customer app")


def chosen_of(visit: Visit) -> UUID:
    """Return which one the form names."""
    try:
        return UUID(visit.form.get("id", ""))
    except ValueError as error:
        raise actions.OVER from error


def ended(visit: Visit, chosen: UUID) -> Done:
    """End one of the person's own."""
    own = {row.id: row for row in queries.open_ones(visit.session, visit.person.id, lock=True)}
    if chosen not in own:
        raise ActionRefused("This has ended already.", "Nothing was changed.")
    return Done(actions.end(visit.session, own[chosen], visit.person, visit.now))


def opening_of(visit: Visit) -> actions.Opening:
    """Return what the token is made with."""
    values = settings_store.read(visit.session, machine().cipher, rules.SECTION)
    if not values["app_url"]:
        raise NOT_SET_UP
    minutes = values["minutes"]
    assert isinstance(minutes, int)  # a number with a default
    key = signing_keys(machine().cipher.keys)[0]
    return actions.Opening(str(values["app_url"]), timedelta(minutes=minutes), key)


def note_opened(row: Impersonation) -> None:
    """Write into the audit log who is about to be let in as whom, before they are."""
    customer = str(row.customer_id)
    note(
        "customers.impersonated",
        "customers",
        customer,
        category=AuditCategory.IMPERSONATE,
        subject_kind="customer",
        subject_key=customer,
        impersonation_id=row.id,
        ticket_id=row.ticket_id,
        reason=row.reason,
    )
