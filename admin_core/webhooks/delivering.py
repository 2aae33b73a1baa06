"""The job that sends a webhook: one try per job; the next one is a job of its own, so no worker waits.

A crash between the call and its answer repeats the call under the same message id: receivers get it at least once.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin_core.ciphers import Cipher, Unreadable
from admin_core.jobs.enqueue import Origin
from admin_core.jobs.run import JobRun
from admin_core.outgoing import AddressRefused, Answer, Client, NoAnswer, client_for
from admin_core.webhooks.emitting import body_of, put
from admin_core.webhooks.keys import signing_secrets
from admin_core.webhooks.schedule import Tried, Verdict, verdict
from admin_core.webhooks.signing import signed_headers
from schema.api import DeliveryState, WebhookDelivery, WebhookEndpoint

KEPT_TEXT = 500
"""Characters of an answer that are kept: enough to read an error message."""
LOST_KEY = "Its signing secret can't be read with the present keys. Rotate the secret."
OFF = "The endpoint was switched off."


@dataclass(frozen=True)
class Letter:
    """A message ready to be signed."""

    url: str
    key: str
    body: bytes
    secrets: tuple[str, ...]
    """Empty: they cannot be read."""
    enabled: bool


def deliver_webhook(run: JobRun) -> str:
    """The receiver has the message, or its next try is planned, or nobody will try any more."""
    delivery_id = UUID(run.args["delivery"])
    with run.transaction() as session:
        letter = load(session, run, delivery_id)
    if letter is None:
        return "Nothing to send: it was delivered or asked for anew."
    if not letter.enabled:
        run.step("outcome", partial(give_up, delivery_id=delivery_id))
        return OFF
    heard: list[str] = []
    found = run.external_step("post", lambda _key: posted(client_for(run.settings), letter, heard))
    tried = Tried(**found)
    run.step("outcome", lambda session: settle(session, run.id, delivery_id, tried, "".join(heard)))
    return "Delivered." if tried.is_success else tried.sentence


def load(session: Session, run: JobRun, delivery_id: UUID) -> Letter | None:
    """Return what is to be sent; None when this job is not the one that should."""
    statement = select(WebhookDelivery).where(
        WebhookDelivery.id == delivery_id,
        WebhookDelivery.job_id == run.id,
        WebhookDelivery.state == DeliveryState.WAITING,
    )
    delivery = session.scalar(statement.options(joinedload(WebhookDelivery.endpoint)))
    if delivery is None:
        return None
    endpoint = delivery.endpoint
    secrets = readable_secrets(run.machine.cipher, endpoint)
    return Letter(endpoint.url, delivery.event_key, body_of(delivery.payload), secrets, endpoint.enabled)


def readable_secrets(cipher: Cipher, endpoint: WebhookEndpoint) -> tuple[str, ...]:
    """Return the secrets that sign now; empty when they were sealed with a key that is gone."""
    try:
        return tuple(signing_secrets(cipher, endpoint, datetime.now(UTC)))
    except Unreadable:
        return ()


def posted(client: Client, letter: Letter, heard: list[str]) -> Mapping[str, Any]:
    """Call the receiver and return what it came to; what it said goes to ``heard``, not into the job's steps."""
    if not letter.secrets:
        return {"code": None, "error": LOST_KEY}
    signed = signed_headers(letter.secrets, letter.key, datetime.now(UTC), letter.body)
    try:
        answer = client.post(letter.url, letter.body, {"Content-Type": "application/json", **signed})
    except (AddressRefused, NoAnswer) as problem:
        return {"code": None, "error": str(problem)}
    heard.append(text_of(answer))
    return {"code": answer.status, "ms": answer.ms, "retry_after_s": seconds_in(answer.headers.get("retry-after", ""))}


def text_of(answer: Answer) -> str:
    """Return the beginning of an answer as text the database takes."""
    return answer.body[: 4 * KEPT_TEXT].decode("utf-8", "replace").replace("\x00", "")[:KEPT_TEXT]


def seconds_in(text: str) -> int | None:
    """Return the seconds of a Retry-After header; the form with a date is not honoured."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else None  # noqa: PLR2004 (11 days)


def settle(session: Session, job_id: UUID, delivery_id: UUID, tried: Tried, text: str) -> None:
    """Write down what a try came to, and plan the next one."""
    delivery = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
    endpoint = session.get_one(WebhookEndpoint, delivery.endpoint_id, with_for_update=True)
    now = datetime.now(UTC)
    delivery.attempts += 1
    found = verdict(tried, delivery.attempts, random.random())  # noqa: S311 (spreads load, hides nothing)
    delivery.state = found.state
    delivery.response_code, delivery.response_ms, delivery.response_text = tried.code, tried.ms, text or None
    delivery.error = None if tried.is_success else tried.sentence
    delivery.next_at = None if found.pause is None else now + found.pause
    delivery.delivered_at = now if tried.is_success else None
    judge_endpoint(endpoint, delivery, found, now)
    if delivery.next_at is not None:
        session.flush()
        put(session, delivery_id, Origin(parent_id=job_id), delivery.next_at)


def judge_endpoint(endpoint: WebhookEndpoint, delivery: WebhookDelivery, found: Verdict, now: datetime) -> None:
    """Note how the endpoint does, and switch it off when it is gone or has answered nothing well for days."""
    if found.state is DeliveryState.DELIVERED:
        endpoint.failures, endpoint.last_success_at = 0, now
        return
    endpoint.failures += 1
    if found.ends_endpoint:
        switch_off(endpoint, "It answered 410 Gone: it asks not to be called any more.")
    elif found.state is DeliveryState.ABANDONED and not has_worked_since(endpoint, delivery.created_at):
        switch_off(endpoint, f"{delivery.attempts} tries of one message failed, and no other succeeded meanwhile.")


def has_worked_since(endpoint: WebhookEndpoint, moment: datetime) -> bool:
    """Return whether the endpoint has taken any message since then."""
    return endpoint.last_success_at is not None and endpoint.last_success_at > moment


def switch_off(endpoint: WebhookEndpoint, reason: str) -> None:
    """Send nothing more to an endpoint, and say why."""
    if endpoint.enabled:
        endpoint.enabled, endpoint.disabled_reason = False, reason


def give_up(session: Session, delivery_id: UUID) -> None:
    """Note that nothing is sent to an endpoint that is off; a person may send it again."""
    delivery = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
    delivery.state, delivery.next_at, delivery.error = DeliveryState.FAILED, None, OFF
