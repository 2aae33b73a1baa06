"""Questions about tickets: what is open is few, and days are read by their index."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.periods import Days, local_day_of, start_of
from plugins.support.rules import OPEN
from schema.support import Ticket, TicketStatus

NOT_ASKED = (TicketStatus.SPAM, TicketStatus.MERGED)


def open_now(session: Session) -> int:
    """Return how many tickets are open."""
    states = [TicketStatus(state) for state in OPEN]
    return session.scalar(select(func.count()).where(Ticket.status.in_(states))) or 0


def opened_by_day(session: Session, days: Days) -> dict[date, int]:
    """Return how many tickets came on each day, without spam and merged ones."""
    day = local_day_of(Ticket.opened_at)
    statement = select(day, func.count()).where(
        Ticket.opened_at >= start_of(days[0]), Ticket.opened_at < start_of(days[1]), Ticket.status.not_in(NOT_ASKED)
    )
    return {row[0]: row[1] for row in session.execute(statement.group_by(day))}


def solved_between(session: Session, days: Days) -> int:
    """Return how many tickets were solved in a range of days."""
    solved = (Ticket.solved_at >= start_of(days[0]), Ticket.solved_at < start_of(days[1]))
    return session.scalar(select(func.count()).where(*solved)) or 0
