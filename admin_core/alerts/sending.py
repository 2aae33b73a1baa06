"""The job that sends one message by one channel: one try per job; the next one is a job of its own.

A crash between the call and its answer repeats the call under the same id: rather told twice than not at all.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin_core.alerts.settling import ended
from admin_core.alerts.targets import Target, opened
from admin_core.alerts.telling import ask
from admin_core.alerts.words import Message, mail_variables, slack_body, webhook_body
from admin_core.contributions import Letter
from admin_core.jobs.enqueue import Origin
from admin_core.jobs.run import JobRun, Json
from admin_core.mail.addresses import MailRefused
from admin_core.mail.asking import queue_mail
from admin_core.outgoing import AddressRefused, Client, NoAnswer, client_for
from admin_core.webhooks.delivering import seconds_in
from admin_core.webhooks.schedule import Tried, wished
from admin_core.webhooks.signing import signed_headers
from schema.alerts import AlertChannel, AlertNotification, ChannelKind, NotificationState

RETRIES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
)
"""Pauses between the tries: an alert that is hours old helps nobody."""
JITTER = 0.2
LOST_KEY = "Where it sends to can't be read with the present keys. Enter it anew."
OFF = "The channel was switched off."
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Due:
    """A message that is to be sent now."""

    kind: ChannelKind
    target: Target | None
    message: Message
    enabled: bool


def send_alert(run: JobRun) -> str:
    """The channel has the message, or its next try is planned, or nobody will try any more."""
    notification = UUID(str(run.args["notification"]))
    with run.transaction() as session:
        due = load(session, run, notification)
    if due is None:
        return "Nothing to send: it was sent, or asked for anew."
    if not due.enabled or due.target is None:
        run.step("outcome", lambda session: gave_up(session, notification, LOST_KEY if due.enabled else OFF))
        return "It was not sent."
    if due.kind is ChannelKind.EMAIL:
        target, message = due.target, due.message
        return str(run.step("mail", lambda session: mailed(session, run, notification, target, message))["said"])
    found = run.external_step("post", lambda _key: posted(client_for(run.settings), due))
    tried = Tried(**found)
    run.step("outcome", lambda session: settle(session, run.id, notification, tried))
    return "Sent." if tried.is_success else tried.sentence


def load(session: Session, run: JobRun, notification_id: UUID) -> Due | None:
    """Return what is to be sent; None when this job is not the one that should."""
    wanted = select(AlertNotification).where(
        AlertNotification.id == notification_id,
        AlertNotification.job_id == run.id,
        AlertNotification.state == NotificationState.QUEUED,
    )
    found = session.scalar(wanted.options(joinedload(AlertNotification.channel)))
    if found is None:
        return None
    message = Message.of(f"alert:{found.id}", found.payload)
    return Due(found.channel.kind, opened(run.machine.cipher, found.channel), message, found.channel.enabled)


def posted(client: Client, due: Due) -> Json:
    """Call the channel's webhook and return what it came to."""
    assert due.target is not None
    is_signed = due.kind is ChannelKind.WEBHOOK
    body = body_of(webhook_body(due.message) if is_signed else slack_body(due.message))
    headers = signed_headers([due.target.secret], due.message.id, datetime.now(UTC), body) if is_signed else {}
    try:
        answer = client.post(due.target.url, body, {**JSON, **headers})
    except (AddressRefused, NoAnswer) as problem:
        return {"code": None, "error": str(problem)}
    return {"code": answer.status, "ms": answer.ms, "retry_after_s": seconds_in(answer.headers.get("retry-after", ""))}


def body_of(payload: Mapping[str, Any]) -> bytes:
    """Return the bytes that are sent: the same for each repeat."""
    return json.dumps(payload, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()


def mailed(session: Session, run: JobRun, notification_id: UUID, target: Target, message: Message) -> Json:
    """Hand the message over to the mail, which sends it and keeps trying; what becomes of it is noted later."""
    notification, channel = locked(session, notification_id)
    notification.attempts += 1
    try:
        for number, address in enumerate(target.addresses):
            letter = Letter(
                template="core.alert", to=address, variables=mail_variables(message), thread=message.thread,
                key=f"{message.id}:{number}", batch_id=notification_id,
            )  # fmt: skip
            queue_mail(session, run.machine.mailroom, letter, origin=Origin(parent_id=run.id))
    except MailRefused as refusal:
        ended(notification, channel, str(refusal))
        return {"said": str(refusal)}
    return {"said": "Handed over to the mail."}


def settle(session: Session, job_id: UUID, notification_id: UUID, tried: Tried) -> None:
    """Write down what a try came to, and plan the next one."""
    notification, channel = locked(session, notification_id)
    notification.attempts += 1
    pause = pause_after(tried, notification.attempts, random.random())  # noqa: S311 (spreads load, hides nothing)
    if tried.is_success or pause is None:
        ended(notification, channel, "" if tried.is_success else tried.sentence)
        return
    notification.error = channel.last_error = tried.sentence
    session.flush()
    ask(session, notification_id, datetime.now(UTC) + pause, Origin(parent_id=job_id))


def pause_after(tried: Tried, tries: int, jitter: float) -> timedelta | None:
    """Return how long to wait for the next try after the ``tries``-th failed; None: it was the last."""
    if tries > len(RETRIES) or tried.code in {404, 410}:  # the address is gone
        return None
    return max(RETRIES[tries - 1] * (1 + JITTER * jitter), min(wished(tried), RETRIES[-1]))


def gave_up(session: Session, notification_id: UUID, why: str) -> None:
    """Note that nothing was sent."""
    notification, channel = locked(session, notification_id)
    ended(notification, channel, why)


def locked(session: Session, notification_id: UUID) -> tuple[AlertNotification, AlertChannel]:
    """Return a message and its channel, held against others."""
    notification = session.get_one(AlertNotification, notification_id, with_for_update=True)
    return notification, session.get_one(AlertChannel, notification.channel_id, with_for_update=True)
