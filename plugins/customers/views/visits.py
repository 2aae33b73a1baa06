"""The page on which somebody else looks over the visits of a week, and what is watched of that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlalchemy.orm import Session

from admin_core.contributions import Done, Reading, Visit
from admin_core.generator.cells import cell
from admin_core.generator.context import Context
from admin_core.generator.labels import labels_for
from admin_core.generator.reads import is_read
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import record_url
from admin_core.generator.view import context
from admin_core.menu import page_url
from plugins.customers.actions import visits as actions
from plugins.customers.queries import visits as queries
from plugins.customers.queries.impersonation import ticket_numbers
from plugins.customers.rules import visits as rules
from schema.access_log import AccessKind
from schema.accounts import Impersonation

MODEL = "impersonations"
PAGE = page_url("customers", "visits")
CHOSEN = "visit-"
LONGEST_NOTE = 2_000
CELLS = ("mode", "reason", "customer_agreed", "pages_seen", "records_seen", "changes_made", "review_note")


@dataclass(frozen=True)
class Line:
    """One visit."""

    id: str
    url: str
    who: str
    customer: str
    customer_url: str
    began_at: datetime
    minutes: int
    ticket: int | None
    cells: Mapping[str, Markup]
    """By column."""
    reviewed_at: datetime | None
    reviewed_by: str
    why_not: str
    """Why the person can't review it; empty when they can."""


@dataclass(frozen=True)
class Named:
    """What the records that visits refer to are called."""

    people: Mapping[str, str]
    customers: Mapping[str, str]
    tickets: Mapping[UUID, int]


def week_page(visit: Visit) -> Mapping[str, Any]:
    """Return the visits of a week, with who reviewed each."""
    week = rules.week_of(visit.args.get("week", ""), visit.now)
    rows = queries.visits_in(visit.session, week)
    following = rules.week_of((week.last + timedelta(days=1)).isoformat(), visit.now)
    return {
        "week": week,
        "lines": lines(context(), rows[: queries.MOST], visit),
        "is_more": len(rows) > queries.MOST,
        "earlier": f"{PAGE}?week={(week.first - rules.WEEK).isoformat()}",
        "later": f"{PAGE}?week={following.first.isoformat()}" if following != week else "",
        "may_review": visit.person.has(rules.REVIEW),
    }


def lines(ctx: Context, rows: Any, visit: Visit) -> list[Line]:
    """Return visits as lines; what the person sees masked is masked, what they see in clear is noted as read."""
    spec = ctx.registry.spec(MODEL)
    people = {str(key) for row in rows for key in (row.staff_id, row.reviewed_by_id) if key}
    names = labels_for(ctx, ctx.registry.spec("staff_members"), sorted(people))
    customers = labels_for(ctx, ctx.registry.spec("customers"), sorted({str(row.customer_id) for row in rows}))
    fields = [name for name in CELLS if is_read(ctx.person, spec.columns[name])]
    tickets = ticket_numbers(visit.session, Impersonation.id.in_([row.id for row in rows]))
    named = Named(names, customers, tickets)
    ctx.reads.note(spec, AccessKind.LIST, fields, {(row.id,): row.customer_id for row in rows})
    return [line_of(ctx, spec, row, visit, named) for row in rows]


def line_of(ctx: Context, spec: ModelSpec, row: Impersonation, visit: Visit, named: Named) -> Line:
    """Return one visit as a line."""
    assert row.redeemed_at is not None  # it took place
    return Line(
        id=str(row.id),
        url=record_url(MODEL, str(row.id)),
        who=named.people.get(str(row.staff_id), "Somebody of the team"),
        customer=named.customers.get(str(row.customer_id), "A customer"),
        customer_url=record_url("customers", str(row.customer_id)),
        began_at=row.redeemed_at,
        minutes=rules.minutes(row, visit.now),
        ticket=named.tickets.get(row.ticket_id) if row.ticket_id else None,
        cells={name: cell(ctx, spec, spec.columns[name], row, full=True) for name in CELLS},
        reviewed_at=row.reviewed_at,
        reviewed_by=named.people.get(str(row.reviewed_by_id), "somebody who left") if row.reviewed_at else "",
        why_not=rules.why_not_by(row, visit.person.id),
    )


def reviewed(visit: Visit) -> Done:
    """Note that the person looked over the visits that the form names."""
    rows = queries.chosen_visits(visit.session, chosen_in(visit.form))
    note = visit.form.get("note", "").strip()[:LONGEST_NOTE]
    return Done(actions.review_all(rows, visit.person, note, visit.now))


def chosen_in(form: Mapping[str, str]) -> list[UUID]:
    """Return the visits that a form names; what is no key is none."""
    found = []
    for name in form:
        try:
            found += [UUID(name.removeprefix(CHOSEN))] if name.startswith(CHOSEN) else []
        except ValueError:
            continue
    return found


# --- What is watched
def not_reviewed(session: Session, now: datetime) -> Reading:
    """Return how many visits were over a week ago and nobody has reviewed."""
    count = queries.unreviewed(session, now - rules.WEEK)
    said = f"{count} visits to customers are over for a week and nobody has reviewed them."
    return Reading(value=count, summary=said, url=PAGE)
