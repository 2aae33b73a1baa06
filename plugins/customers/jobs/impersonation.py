"""What the customers plugin does by the clock."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.jobs.run import JobRun
from plugins.customers.actions.impersonation import close
from plugins.customers.queries.impersonation import MOST, is_over
from schema.accounts import Impersonation


def note_ended_impersonations(run: JobRun) -> str:
    """No impersonation whose time is over counts as open; each ended when its time was over, not when this runs."""
    done = run.step("ended", lambda session: {"count": note_ended(session)})
    return f"{done['count']} ended by themselves."


def note_ended(session: Session) -> int:
    """Note up to so many at a time; returns how many."""
    now = session.scalars(select(func.now())).one()
    over = select(Impersonation).where(is_over(now)).order_by(Impersonation.id).limit(MOST)
    return close(list(session.scalars(over.with_for_update(skip_locked=True))), now)
