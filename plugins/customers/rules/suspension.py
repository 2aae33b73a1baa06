"""Who may be suspended, until when, and what other programs are told about it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from admin_core.contributions import Belonging
from admin_core.periods import start_of
from schema.accounts import Suspension
from schema.customers import Customer, CustomerStatus

SUSPENDED, UNSUSPENDED = "customer.suspended", "customer.unsuspended"
LONGEST = timedelta(days=730)
CATEGORIES = (
    ("non_payment", "Non-payment"),
    ("abuse", "Abuse"),
    ("fraud", "Fraud"),
    ("security", "Security"),
    ("customer_request", "The customer asked for it"),
    ("other", "Other"),
)
BY_ITSELF = "Its end had come."
SUSPENSIONS = Belonging(
    rows="suspensions",
    columns=(
        "category", "reason", "message", "started_at", "started_by_id", "lifts_at", "ended_at", "ended_by_id",
        "end_reason",
    ),
    newest="started_at",
)  # fmt: skip
IN_TIMELINE = replace(SUSPENSIONS, columns=("category", "reason", "lifts_at", "ended_at"))


def why_not_suspended(customer: Customer) -> str:
    """Return why a customer can't be suspended now, empty when they can."""
    if customer.merged_into_id is not None:
        return "This record is a duplicate that was merged: suspend the one that remains."
    if customer.status is CustomerStatus.SUSPENDED:
        return "This customer is suspended already."
    return "This account is closed: nobody can sign in to it." if customer.status is CustomerStatus.CLOSED else ""


def why_not_unsuspended(customer: Customer) -> str:
    """Return why there is no suspension to end, empty when there is one."""
    return "" if customer.status is CustomerStatus.SUSPENDED else "This customer is not suspended."


def end_of(day: str | None, now: datetime) -> datetime | None:
    """Return the moment at which a suspension until a day is over: the day's end on our wall clock.

    None for none; ValueError with a sentence for a day that is past, or more than two years away.
    """
    if not day:
        return None
    end = start_of(date.fromisoformat(day) + timedelta(days=1))
    if end <= now:
        raise ValueError("The last day of the suspension is over already.")
    if end - now > LONGEST:
        raise ValueError("A suspension with an end lasts two years at most: leave the day empty to end it by hand.")
    return end


def is_due(suspension: Suspension | None, now: datetime) -> bool:
    """Return whether the end of a suspension has come."""
    return suspension is not None and suspension.lifts_at is not None and suspension.lifts_at <= now


def suspended_message(customer: Customer, suspension: Suspension) -> Mapping[str, Any]:
    """Return what other programs are told when a suspension begins: keys, and the words for the customer."""
    return {
        "customer": str(customer.id),
        "external_id": customer.external_id,
        "category": str(suspension.category),
        "message": suspension.message,
        "until": suspension.lifts_at.isoformat() if suspension.lifts_at else None,
    }


def unsuspended_message(customer: Customer) -> Mapping[str, Any]:
    """Return what other programs are told when it is over: the status that holds again."""
    return {"customer": str(customer.id), "external_id": customer.external_id, "status": str(customer.status)}
