"""Asks for the e-mails about requests: to who may decide, to who asked, and to everybody when one decides alone."""

import logging
from collections.abc import Iterable

from sqlalchemy.orm import Session

from admin_core.approvals.words import ALONE, ASKED, DECIDED
from admin_core.contributions import Letter
from admin_core.machine import Machine
from admin_core.mail.addresses import MailRefused
from admin_core.mail.asking import queue_mail
from admin_core.theme.formats import absolute
from schema.changes import Approval
from schema.staff import StaffMember

log = logging.getLogger(__name__)


def tell_approvers(session: Session, parts: Machine, approval: Approval, approvers: Iterable[StaffMember]) -> None:
    """Ask each of them to decide."""
    until = absolute(approval.expires_at)
    for member in approvers:
        send(session, parts, approval, Letter(
            template=ASKED.key, to=member.email, name=member.name, member_id=member.id,
            key=f"approval:{approval.id}:{member.id}",
            variables={"title": approval.title, "url": url_of(parts, approval), "until": until},
        ))  # fmt: skip


def tell_outcome(session: Session, parts: Machine, approval: Approval, outcome: str) -> None:
    """Tell who asked what became of it."""
    member = session.get(StaffMember, approval.requested_by_id)
    if member is not None and member.active:
        send(session, parts, approval, Letter(
            template=DECIDED.key, to=member.email, name=member.name, member_id=member.id,
            key=f"approval:{approval.id}:{approval.state}:{moment_of(approval)}",
            variables={"title": approval.title, "url": url_of(parts, approval), "outcome": outcome},
        ))  # fmt: skip


def tell_everybody(session: Session, parts: Machine, approval: Approval, receivers: Iterable[tuple[str, str]]) -> None:
    """Tell these addresses, each with a key of its own, that it will be done by one person alone."""
    assert approval.runs_at is not None  # it waits
    words = {"title": approval.title, "url": url_of(parts, approval), "until": absolute(approval.runs_at)}
    for key, address in receivers:
        name = f"approval-alone:{approval.id}:{moment_of(approval)}:{key}"
        letter = Letter(template=ALONE.key, to=address, key=name, variables=words)
        send(session, parts, approval, letter)


def moment_of(approval: Approval) -> str:
    """Return what tells one wait of a request from the next: it may wait alone, be given back, and wait again."""
    return approval.runs_at.isoformat() if approval.runs_at else ""


def send(session: Session, parts: Machine, approval: Approval, letter: Letter) -> None:
    """Ask for the message; an address that can't be written to costs that message only."""
    try:
        queue_mail(session, parts.mailroom, letter)
    except MailRefused:
        log.warning("a message about approval %s could not be asked for", approval.id)


def url_of(parts: Machine, approval: Approval) -> str:
    """Return the address of a request's page, for outside."""
    return f"{parts.settings.public_url.rstrip('/')}/admin/approvals/{approval.id}"
