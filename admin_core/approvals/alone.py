"""For a company in which one person alone may: done after a day in which everybody may stop it, recorded as such."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from admin_core import settings_store as store
from admin_core.access.members import active_members, active_person
from admin_core.approvals import mails
from admin_core.approvals.approvers import ENOUGH, who_may
from admin_core.approvals.asking import Decider, lock, require_open
from admin_core.approvals.deciding import Outcome, carry_out
from admin_core.approvals.many import asked_for
from admin_core.changes.acting import by_somebody
from admin_core.configuration.company import COMPANY
from admin_core.contributions import ActionRefused
from admin_core.generator.action_registry import Offered
from admin_core.machine import Machine
from admin_core.policy import Person
from schema.changes import Approval

ALONE = "core:approvals:alone"
"""Held by the Owner."""
WAITS = timedelta(hours=24)
"""How long everybody has to stop it."""
AFTERWARDS = timedelta(hours=24)
"""How long it stays open after its moment, should it not have been possible then."""
ANOTHER = "Not done alone, as a second person may approve it by now"
NO_OWNER = "Not done alone, as who asked may not decide alone any more"
OFFICER = "information_officer_email"


def why_not(session: Session, approval: Approval, offered: Offered, person: Person) -> str:
    """Return why this person can't decide alone; empty when they can."""
    if approval.requested_by_id != person.id:
        return "Only who asked can decide alone."
    if not person.has(ALONE):
        return "Only an Owner decides alone."
    if approval.alone:
        return "It waits already."
    others = len(who_may(session, offered.action.permission))
    return f"{others} people may approve it, so nobody decides alone." if others >= ENOUGH else ""


def choose(parts: Machine, session: Session, approval: Approval, offered: Offered, by: Decider) -> str:
    """Let the request wait to be done by one person alone, and tell everybody; ActionRefused says why not."""
    require_open(approval, by.now)
    if problem := why_not(session, approval, offered, by.person):
        raise ActionRefused(problem)
    approval.alone, approval.alone_reason = True, by.reason
    approval.runs_at = by.now + WAITS
    approval.expires_at = max(approval.expires_at, approval.runs_at + AFTERWARDS)
    session.flush()
    mails.tell_everybody(session, parts, approval, receivers(parts, session))
    return "It is done in 24 hours unless somebody stops it. Everybody in the team is told."


def receivers(parts: Machine, session: Session) -> list[tuple[str, str]]:
    """Return whom to tell: every active member, and the information officer."""
    told = [(str(member.id), member.email) for member in active_members(session)]
    officer = store.read(session, parts.cipher, COMPANY).get(OFFICER)
    known = {address.lower() for _, address in told}
    return [*told, ("officer", str(officer))] if officer and str(officer).lower() not in known else told


def carry_out_alone(connection: Connection, parts: Machine, approval_id: UUID, now: datetime) -> Outcome | None:
    """Do what waited alone; None when it may not be done alone any more, and waits for a second person instead."""
    with by_somebody(), Session(connection, join_transaction_mode="create_savepoint") as books:
        approval = lock(books, approval_id)
        require_open(approval, now)
        if problem := why_not_any_more(books, parts, approval):
            mails.tell_outcome(books, parts, approval, problem)
            approval.alone, approval.runs_at = False, None
            books.commit()  # ends a savepoint
            return None
    return carry_out(connection, parts, approval_id, None, now)


def why_not_any_more(session: Session, parts: Machine, approval: Approval) -> str:
    """Return why one person alone may not do it now, though they might a day ago; empty when they may.

    Who has left is not judged here: nobody else may ask for what they asked, so the request ends as drifted.
    """
    offered = asked_for(parts.actions, approval)
    if offered is not None and len(who_may(session, offered.action.permission)) >= ENOUGH:
        return ANOTHER
    requester = active_person(session, approval.requested_by_id)
    return NO_OWNER if requester is not None and not requester.has(ALONE) else ""
