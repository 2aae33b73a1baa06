"""Tells other programs: one row per endpoint and one job each, in the caller's transaction. Sends nothing itself.

Every endpoint gets every event at least once. The order is not promised: a message that failed comes later than the
one behind it, so receivers look at its ``timestamp``.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.jobs.core_jobs import BY_SLUG
from admin_core.jobs.enqueue import SCHEDULE, Origin, enqueue
from admin_core.webhooks.registry import EVERY, Webhooks
from schema.api import WebhookDelivery, WebhookEndpoint

DELIVER = BY_SLUG["core.deliver-webhook"]
KEY = re.compile(r"[A-Za-z0-9_:-]{1,200}")
"""The message's id as receivers see it. Without dots, since dots separate what is signed."""
LARGEST = 64 * 1024
QUIET = {"synchronize_session": False}


def emit(
    session: Session,
    webhooks: Webhooks,
    event: tuple[str, Mapping[str, Any]],
    *,
    key: str,
    origin: Origin = SCHEDULE,
) -> list[UUID]:
    """Tell the enabled endpoints that asked for this type of event; return the ids of the new deliveries.

    ``event`` is its type and its data. Under one ``key`` an endpoint is told once, however often this is called.
    """
    event_type, data = event
    webhooks.event(event_type)
    asked = or_(any_(WebhookEndpoint.events) == event_type, any_(WebhookEndpoint.events) == EVERY)
    endpoints = session.scalars(select(WebhookEndpoint.id).where(WebhookEndpoint.enabled, asked))
    return send(session, endpoints.all(), envelope(event_type, data), key=key, origin=origin)


def send(
    session: Session, endpoints: Iterable[UUID], payload: Mapping[str, Any], *, key: str, origin: Origin = SCHEDULE
) -> list[UUID]:
    """Write a delivery and its job for each of these endpoints that does not have this message yet."""
    if not KEY.fullmatch(key):
        raise ValueError(f"A webhook's key is 1 to 200 letters, digits, _, : and -; {key!r} is not.")
    made = []
    for endpoint in endpoints:
        row = {"endpoint_id": endpoint, "event_key": key, "event_type": payload["type"], "payload": payload}
        statement = insert(WebhookDelivery).values(row).on_conflict_do_nothing().returning(WebhookDelivery.id)
        delivery: UUID | None = session.scalar(statement)
        if delivery is not None:
            put(session, delivery, origin)
            made.append(delivery)
    return made


def put(session: Session, delivery: UUID, origin: Origin, run_at: datetime | None = None) -> UUID:
    """Ask for a try of this delivery and return its job; whatever job it had before no longer counts."""
    job = enqueue(session, DELIVER, {"delivery": delivery}, run_at=run_at, origin=origin)
    statement = update(WebhookDelivery).where(WebhookDelivery.id == delivery).values(job_id=job)
    session.execute(statement, execution_options=QUIET)
    return job


def envelope(event_type: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message as the specification shapes it; ValueError when it is too large for one."""
    message = {"type": event_type, "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"), "data": data}
    if (size := len(body_of(message))) > LARGEST:
        raise ValueError(f"The event {event_type} has {size} bytes; {LARGEST} is the most. Send keys, not records.")
    return message


def body_of(payload: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed and sent: the same for each repeat."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
