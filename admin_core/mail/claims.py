"""Which message goes next, whether it may, and what became of it: each decided in one transaction, under locks.

Claims of an installation are made one after another under one lock: that is what lets any number of workers keep to
one limit per minute, and what puts the question "may we?" and the word "sending" into one transaction.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, not_, or_, select, update
from sqlalchemy.orm import Session

from admin_core.contributions import Contact
from admin_core.contributions import MailClass as ClassWord
from admin_core.mail.answers import Outcome
from admin_core.mail.asking import Mailroom
from admin_core.mail.composing import message_id_for
from admin_core.mail.configuration import MailSettings
from admin_core.mail.objections import NOT_ASKED, Objection, could_not_ask, objection_of_plugins
from admin_core.mail.secret_links import forgotten
from admin_core.mail.suppression import Suppressing, in_force, refusal, suppress
from admin_core.mail.unsubscribing import hashed
from admin_core.plugin_manager import Plugins
from schema.jobs import Job, JobState
from schema.mail import (
    MailClass,
    MailEvent,
    MailEventKind,
    MailMessage,
    MailState,
    SuppressionReason,
    SuppressionScope,
)

LOCK = 7_203_201  # any number of ours
MINUTE = timedelta(minutes=1)
LONGEST_PAUSE_MIN = 60
MOST_ATTEMPTS = 50
"""With pauses of up to an hour: about two days."""
REPEATED = frozenset({MailClass.TRANSACTIONAL, MailClass.INTERNAL})
"""Classes that are sent again when nobody knows whether they arrived: missing one is worse than getting it twice."""
OUTBOX = {"kept_in": "outbox"}
QUIET = {"synchronize_session": False}

INTERRUPTED = "The process ended while it handed the message over, so nobody knows whether it was sent."
GAVE_UP = "It was tried for two days and given up."


@dataclass(frozen=True)
class Desk:
    """What claiming needs to know."""

    room: Mailroom
    plugins: Plugins
    settings: MailSettings
    job_id: UUID
    """Whose work it is: while this job runs, nobody else touches what it claimed."""


@dataclass(frozen=True)
class Taken:
    """A message that is to be handed over now."""

    message: MailMessage
    unsubscribe_url: str = field(repr=False)


@dataclass(frozen=True)
class Withheld:
    """A message that was not sent, because it must not be or nobody could say whether it may."""

    reason: str


@dataclass(frozen=True)
class Full:
    """The minute's messages are used up; a quarter of them is free again at this moment."""

    until: datetime


def take(session: Session, desk: Desk, only: UUID | None = None) -> Taken | Withheld | Full | None:
    """Return what to do next; None when nothing is due (or not ``only`` this message)."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    message = due(session, now, only)
    if message is None:
        return None
    until = full_until(session, desk.settings.per_minute, now)
    if until is not None:
        return Full(until)
    message.attempts += 1
    message.job_id = desk.job_id
    found = objection_to(session, desk, message, now)
    if found.why == NOT_ASKED:
        return postponed(message, now, found.unheard)
    if found.why:
        return withheld(message, found.why)
    return taken(desk, message, now)


def due(session: Session, now: datetime, only: UUID | None) -> MailMessage | None:
    """Return the next message, locked: what advertises comes last."""
    advertises = case((MailMessage.mail_class == MailClass.MARKETING, 1), else_=0)
    statement = select(MailMessage).where(MailMessage.state == MailState.QUEUED, MailMessage.send_at <= now)
    if only is not None:
        statement = statement.where(MailMessage.id == only)
    first = statement.order_by(advertises, MailMessage.send_at, MailMessage.id).limit(1)
    return session.scalar(first.with_for_update(skip_locked=True, of=MailMessage))


def full_until(session: Session, per_minute: int, now: datetime) -> datetime | None:
    """Return when messages may leave again; None when one may leave now."""
    recent = select(MailMessage.sent_at).where(MailMessage.sent_at > now - MINUTE).order_by(MailMessage.sent_at)
    moments = session.scalars(recent.limit(per_minute)).all()
    if len(moments) < per_minute:
        return None
    freeing = moments[max(math.ceil(per_minute / 4) - 1, 0)]
    assert freeing is not None  # the criterion leaves none without a moment
    return freeing + MINUTE


def objection_to(session: Session, desk: Desk, message: MailMessage, now: datetime) -> Objection:
    """Return why the message must not leave."""
    hashes = desk.room.hashes.of_address(message.to_email)
    refusals = in_force(session, message.to_email, hashes)
    if why := refusal(refusals, message.mail_class, has_link=has_link(message)):
        return Objection(why)
    if message.mail_class is MailClass.INTERNAL:
        return Objection()
    contact = Contact(
        mail_class=cast("ClassWord", message.mail_class.value),
        template=message.template_key or "",
        email=message.to_email,
        address_hashes=hashes,
        customer_id=message.customer_id,
        member_id=message.member_id,
        now=now,
    )
    return objection_of_plugins(session, desk.plugins, contact)


def has_link(message: MailMessage) -> bool:
    """Return whether the message carries an unsubscribe link."""
    return message.mail_class is MailClass.MARKETING or message.headers.get("unsubscribe") is True


def taken(desk: Desk, message: MailMessage, now: datetime) -> Taken:
    """Mark the message as being sent, in whose name and under which link."""
    message.state = MailState.SENDING
    message.sent_at = now
    message.error = message.withheld_reason = None
    message.from_email = desk.settings.from_email or message.from_email
    message.message_id = message.message_id or message_id_for(message, desk.settings)
    if not has_link(message):
        return Taken(message, "")
    links = desk.room.links
    message.unsubscribe_hash = hashed(links.token(message.id, message.to_email))
    return Taken(message, links.url(message.id, message.to_email))


def withheld(message: MailMessage, why: str) -> Withheld:
    """Mark the message as one that must not be sent."""
    message.state = MailState.WITHHELD
    message.withheld_reason = why
    return Withheld(why)


def postponed(message: MailMessage, now: datetime, unheard: Sequence[str]) -> Withheld:
    """Let the message wait until everybody can be asked; after two days it is not sent at all."""
    if message.attempts >= MOST_ATTEMPTS:
        return withheld(message, NOT_ASKED)
    message.send_at = now + pause_after(message.attempts)
    message.error = could_not_ask(unheard)
    return Withheld(NOT_ASKED)


def pause_after(attempts: int) -> timedelta:
    """Return how long a message waits after so many attempts: doubling, from a minute to an hour."""
    return timedelta(minutes=min(2 ** min(max(attempts - 1, 0), 10), LONGEST_PAUSE_MIN))


def settle(session: Session, desk: Desk, sent: MailMessage, outcome: Outcome) -> bool:
    """Write what became of the message; False when somebody else has decided about it meanwhile."""
    mine = (MailMessage.id == sent.id) & (MailMessage.attempts == sent.attempts) & (MailMessage.job_id == desk.job_id)
    message = session.scalar(select(MailMessage).where(mine, MailMessage.state == MailState.SENDING).with_for_update())
    if message is None:
        return False
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    message.error, message.server_answer = outcome.sentence or None, outcome.answer or None
    match outcome.kind:
        case "sent" | "kept":
            message.state, message.sent_at = MailState.SENT, now
            message.headers = forgotten(message.headers) | (OUTBOX if outcome.kind == "kept" else {})
        case "later" | "unready":
            wait(session, message, now, deferred=outcome.kind == "later")
        case "unknown":
            undecided(session, message, now)
        case "refused" | "bounced":
            fail(message)
            if outcome.kind == "bounced":
                bounce(session, desk, message)
    return True


def wait(session: Session, message: MailMessage, now: datetime, *, deferred: bool) -> None:
    """Let the message wait for its next try, or give it up."""
    if message.attempts >= MOST_ATTEMPTS:
        message.error = f"{GAVE_UP} {message.error or ''}".strip()
        fail(message)
        return
    message.state, message.sent_at = MailState.QUEUED, None
    message.send_at = now + pause_after(message.attempts)
    if deferred:
        detail = message.server_answer
        session.add(MailEvent(message_id=message.id, kind=MailEventKind.DEFERRED, detail=detail))


def undecided(session: Session, message: MailMessage, now: datetime) -> None:
    """Decide about a message of which nobody knows whether it arrived."""
    if message.mail_class in REPEATED:
        wait(session, message, now, deferred=False)
        return
    message.error = f"{message.error} It is not sent again by itself: an answer may show that it arrived."
    fail(message)


def fail(message: MailMessage) -> None:
    """The message is not sent any more unless somebody asks for it."""
    message.state, message.sent_at = MailState.FAILED, None


def bounce(session: Session, desk: Desk, message: MailMessage) -> None:
    """Remember that the address does not exist."""
    event = MailEvent(message_id=message.id, kind=MailEventKind.BOUNCED, detail=message.server_answer, permanent=True)
    session.add(event)
    wanted = Suppressing(
        address_hash=desk.room.hashes.of_address(message.to_email)[0],
        email=message.to_email,
        scope=SuppressionScope.ALL,
        reason=SuppressionReason.BOUNCED,
        source="mail-server",
        message_id=message.id,
    )
    suppress(session, wanted)


def hold_back_all(session: Session) -> None:
    """Let everything that is due wait a minute: while nothing can be sent, not each message need find out by itself."""
    statement = update(MailMessage).where(
        MailMessage.state == MailState.QUEUED, MailMessage.send_at <= func.clock_timestamp()
    )
    session.execute(statement.values(send_at=func.clock_timestamp() + MINUTE), execution_options=QUIET)


def take_up_interrupted(session: Session, job_id: UUID) -> int:
    """Decide about messages whose job died while it handed them over; return how many there were."""
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    left = select(MailMessage).where(MailMessage.state == MailState.SENDING, nobodys(job_id))
    messages = session.scalars(left.with_for_update(skip_locked=True, of=MailMessage)).all()
    for message in messages:
        message.error = INTERRUPTED
        undecided(session, message, now)
    return len(messages)


def nobodys(job_id: UUID) -> ColumnElement[bool]:
    """Return the condition that no living job works on a message; the job that asks holds none yet."""
    alive = select(Job.id).where(
        Job.id == MailMessage.job_id, Job.state == JobState.RUNNING, Job.lease_until > func.clock_timestamp()
    )
    return or_(MailMessage.job_id == job_id, not_(exists(alive)))
