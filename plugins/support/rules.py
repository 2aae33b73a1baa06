"""Which tickets are open, and which of them are late or about to be."""

from datetime import UTC, datetime, timedelta

from admin_core.contributions import Belonging, Filters, MailTemplate
from admin_core.periods import Period
from schema.support import Ticket, TicketStatus

OURS = ("new", "open", "on_hold")
"""States in which the clock runs against us."""
OPEN = (*OURS, "pending_customer")
NOT_ASKED = (TicketStatus.SPAM, TicketStatus.MERGED)
SOON = timedelta(hours=4)
TICKETS = Belonging(
    rows="tickets",
    columns=("number", "subject", "status", "priority", "assignee_id", "opened_at", "solved_at"),
    newest="opened_at",
)


RECEIVED = MailTemplate(
    key="support.ticket-received",
    title="We have received your ticket",
    mail_class="transactional",
    subject="We have received your request #{{ number }}",
    text=(
        "Hello {{ name }}\n\n"
        "We have received your request and will answer it as soon as we can. Its number is {{ number }}; please keep "
        "it in the subject when you write to us about it.\n\n"
        "{{ product_name }}"
    ),
    variables={"name": "Nomsa Dlamini", "number": 1042},
)
NOT_CONFIRMED = frozenset({TicketStatus.SPAM, TicketStatus.MERGED, TicketStatus.CLOSED})


def why_no_receipt(ticket: Ticket) -> str:
    """Return why nobody can be told that this ticket was received; empty when somebody can."""
    if ticket.status in NOT_CONFIRMED:
        return f"The ticket is {ticket.status.value}."
    return "" if ticket.requester_email else "The ticket has no e-mail address to write to."


def near_target(now: datetime) -> Filters:
    """Return the filters for tickets whose first answer, or whose solution, is due within four hours or overdue."""
    limit = (now + SOON).astimezone(UTC).replace(second=0, microsecond=0).isoformat()
    unanswered = (
        *(("f.status.eq", state) for state in OURS),
        ("f.first_response_at.empty", "1"),
        ("f.first_response_due_at.lt", limit),
    )
    unsolved = (*(("f2.status.eq", state) for state in OURS), ("f2.resolution_due_at.lt", limit))
    return (*unanswered, *unsolved)


def unassigned(_now: datetime) -> Filters:
    """Return the filters for open tickets that nobody answers for."""
    return (("f.status.eq", "new"), ("f.status.eq", "open"), ("f.assignee_id.empty", "1"))


def open_at_filters(period: Period) -> Filters:
    """Return the filters for the tickets that were open at the end of a period: open still, or solved since."""
    still = tuple(("f.status.eq", state) for state in OPEN)
    if period.runs_until is not None:
        return still
    end = period.end.isoformat()
    solved = tuple(("f2.status.eq", state) for state in ("solved", "closed"))
    return (*still, ("f.opened_at.lt", end), *solved, ("f2.opened_at.lt", end), ("f2.solved_at.gte", end))


def asked_filters(period: Period) -> Filters:
    """Return the filters for the tickets that came in a period, without spam and merged ones."""
    asked = tuple(("f.status.eq", state.value) for state in TicketStatus if state not in NOT_ASKED)
    return (*asked, *period.between("opened_at"))


def why_not_assignable(ticket: Ticket) -> str:
    """Return why nobody can take a ticket now, empty when somebody can."""
    return "" if ticket.status in OPEN else f"The ticket is {ticket.status}: there is nothing left to answer."
