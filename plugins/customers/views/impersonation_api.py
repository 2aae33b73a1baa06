"""What the customer app asks and tells while a member of the team uses it as a customer. Nothing here is personal."""

from datetime import datetime
from ipaddress import ip_address
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, field_validator

from admin_core.api.calls import Call
from admin_core.api.models import Model, Page, PageQuery
from admin_core.api.problems import Wrong, invalid, not_found
from admin_core.audit.entries import Entry
from admin_core.audit.recording import Look
from admin_core.machine import machine
from plugins.customers.actions import impersonation as actions
from plugins.customers.queries import impersonation as queries
from plugins.customers.rules import impersonation as rules
from plugins.customers.rules.tokens import public_jwk, signing_keys
from plugins.customers.views.accounts import remaining
from schema.access_log import AccessKind
from schema.accounts import Impersonation
from schema.audit import ActorKind, AuditCategory
from schema.customers import Customer

TABLE = "impersonations"
Seen = Annotated[int, Field(ge=0, le=10_000)]


class PublicKey(Model):
    """A JSON Web Key."""

    kty: str
    crv: str
    x: str
    alg: str
    use: str
    kid: str


class PublicKeys(Model):
    """A JSON Web Key Set: the key that signs now first, then those of before."""

    keys: list[PublicKey]


class TokenGiven(Model):
    """The token as the browser brought it, and from where."""

    token: Annotated[str, Field(min_length=20, max_length=4_000)]
    ip: Annotated[str | None, Field(max_length=45, description="Address of the browser that brought it.")] = None

    @field_validator("ip")
    @classmethod
    def is_address(cls, value: str | None) -> str | None:
        """Refuse what is no address."""
        if value is not None:
            ip_address(value)
        return value


class Standing(Model):
    """Where an impersonation stands."""

    id: UUID
    live: bool
    """True: requests may be answered as the customer's."""
    mode: Literal["ro", "rw"]
    expires_at: datetime | None
    ended_at: datetime | None


class Activity(Model):
    """What was shown and changed since the last report."""

    pages: Seen = 0
    records: Seen = 0
    changes: Seen = 0
    """Requests that changed something, in mode `rw`."""


class EndGiven(Activity):
    """What was shown and changed since the last report, and who ended it."""

    by: Literal["person", "app"] = "person"
    """`person`: they pressed End. `app`: the app ended it, for instance since its time was over."""


class Visited(Model):
    """A time during which a member of our team used the app as a customer, as that customer may see it."""

    id: UUID
    mode: Literal["ro", "rw"]
    ticket: int | None
    started_at: datetime
    ended_at: datetime | None
    pages_seen: int
    records_seen: int
    changes_made: int


class VisitsQuery(PageQuery):
    """Whose."""

    customer: Annotated[str, Field(min_length=1, max_length=200, description="The customer's key in the app.")]


def keys(call: Call) -> PublicKeys:
    """Return the public keys."""
    return PublicKeys(keys=[PublicKey(**public_jwk(key)) for key in signing_keys(call.cipher.keys)])


def consume(call: Call, body: TokenGiven) -> Standing:
    """Use up a token."""
    call.require("edit", TABLE)
    row = actions.take(call.session, body.token, body.ip, call.now)
    note(call, row, "customers.impersonation-begun")
    return standing(call, row)


def shown(call: Call, id: UUID) -> Standing:  # noqa: A002 (the name in the address)
    """Return where an impersonation stands."""
    return standing(call, wanted(call, id))


def told(call: Call, id: UUID, body: Activity) -> Standing:  # noqa: A002
    """Count what was shown."""
    row = wanted(call, id)
    count(call, row, body)
    return standing(call, row)


def ended(call: Call, id: UUID, body: EndGiven) -> Standing:  # noqa: A002
    """End it, and count what was shown last."""
    row = wanted(call, id)
    count(call, row, body)
    if actions.finish(call.session, row.id, row.staff_id if body.by == "person" else None, call.now):
        note(call, row, "customers.impersonation-ended")
    return standing(call, row)


def visits(call: Call, query: VisitsQuery) -> Page[Visited]:
    """Return the visits to a customer, newest first: only those that took place."""
    named = call.find("customers", Customer.external_id == query.customer)
    if named is None:
        raise invalid(Wrong("customer", "There is no such customer."))
    customer = remaining(call, named)
    where = [Impersonation.customer_id == customer.id, Impersonation.redeemed_at.is_not(None)]
    numbers = queries.ticket_numbers(call.session, Impersonation.customer_id == customer.id)

    def item(row: Impersonation) -> Visited:
        return visited(row, numbers.get(row.ticket_id) if row.ticket_id else None)

    return call.page(TABLE, where, query, item, newest="issued_at")


def visited(row: Impersonation, ticket: int | None) -> Visited:
    """Return a visit as the customer may see it: not by whom, and not why beyond the ticket."""
    assert row.redeemed_at is not None  # it took place
    return Visited(
        id=row.id,
        mode=mode_of(row),
        ticket=ticket,
        started_at=row.redeemed_at,
        ended_at=row.ended_at,
        pages_seen=row.pages_seen,
        records_seen=row.records_seen,
        changes_made=row.changes_made,
    )


def wanted(call: Call, impersonation_id: UUID) -> Impersonation:
    """Return an impersonation that the app was let into; a Problem 404 otherwise."""
    call.require("read", TABLE)
    row = queries.with_customer(call.session, impersonation_id)
    if row is None or row.redeemed_at is None:
        raise not_found()
    return row


def standing(call: Call, row: Impersonation) -> Standing:
    """Return where it stands; not live as soon as it could not be asked for any more."""
    live = rules.state_of(row, call.now) == "live" and actions.is_allowed(call.session, row)
    return Standing(id=row.id, live=live, mode=mode_of(row), expires_at=row.session_expires_at, ended_at=row.ended_at)


def mode_of(row: Impersonation) -> Literal["ro", "rw"]:
    """Return the mode as the token says it."""
    return "ro" if rules.SHORT[row.mode] == "ro" else "rw"


def count(call: Call, row: Impersonation, seen: Activity) -> None:
    """Count what was shown and changed, and write into the access log whose data it was and who saw it."""
    call.require("edit", TABLE)
    if not seen.pages + seen.records + seen.changes:
        return
    actions.count(call.session, row, seen.pages, seen.records, seen.changes)
    look = Look(
        kind=AccessKind.IMPERSONATION,
        model_key="customers",
        record_key=str(row.customer_id),
        member_id=row.staff_id,
        subject_kind="customer",
        subject_key=str(row.customer_id),
        row_count=max(seen.records, 1),
        ticket_id=row.ticket_id,
        impersonation_id=row.id,
        request_id=call.request_id,
    )
    machine().audit.record_look(call.session, look)


def note(call: Call, row: Impersonation, action: str) -> None:
    """Write into the audit log what happened, under both: who acts, and as whom."""
    entry = Entry(
        category=AuditCategory.IMPERSONATE,
        action=action,
        actor_kind=ActorKind.MEMBER,
        actor_id=row.staff_id,
        object_type="customers",
        object_key=str(row.customer_id),
        subject_kind="customer",
        subject_key=str(row.customer_id),
        ticket_id=row.ticket_id,
        impersonation_id=row.id,
        request_id=call.request_id,
    )
    machine().audit.record(call.session, entry)
