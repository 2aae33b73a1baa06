"""Questions about tickets: each a count over an index, for several periods at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from admin_core.periods import Period, hull
from plugins.support.rules import NOT_ASKED, OPEN
from schema.support import Ticket, TicketStatus


def open_at(session: Session, moments: Sequence[datetime]) -> list[int]:
    """Return how many tickets were open at each moment: open still, or solved since."""
    still = Ticket.status.in_([TicketStatus(state) for state in OPEN])
    asked = Ticket.status.not_in(NOT_ASKED)
    counts = [
        func.count().filter(and_(Ticket.opened_at < moment, or_(still, Ticket.solved_at >= moment)))
        for moment in moments
    ]
    statement = select(*counts).where(asked, or_(still, Ticket.solved_at >= min(moments)))
    return [*session.execute(statement).one()]


def opened_in(session: Session, periods: Sequence[Period]) -> list[int]:
    """Return how many tickets came in each period, without spam and merged ones."""
    within = hull(periods)
    counts = [
        func.count().filter(and_(Ticket.opened_at >= period.start, Ticket.opened_at < period.end)) for period in periods
    ]
    statement = select(*counts).where(
        Ticket.status.not_in(NOT_ASKED), Ticket.opened_at >= within.start, Ticket.opened_at < within.end
    )
    return [*session.execute(statement).one()]


def solved_in(session: Session, periods: Sequence[Period]) -> list[int]:
    """Return how many tickets were solved in each period."""
    within = hull(periods)
    counts = [
        func.count().filter(and_(Ticket.solved_at >= period.start, Ticket.solved_at < period.end)) for period in periods
    ]
    statement = select(*counts).where(Ticket.solved_at >= within.start, Ticket.solved_at < within.end)
    return [*session.execute(statement).one()]
