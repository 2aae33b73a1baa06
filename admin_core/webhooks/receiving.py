"""``POST /webhooks/<source>``: verify over the raw bytes, keep once, ask for the job, answer at once.

A stranger's message leaves no body here and, however many come, one row per source and hour that counts them.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, g, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from admin_core.addresses import stored_address
from admin_core.contributions import IncomingHook
from admin_core.jobs.core_jobs import BY_SLUG
from admin_core.jobs.enqueue import Origin, enqueue
from admin_core.machine import Machine
from admin_core.surfaces import SIGNATURE, declare, public
from admin_core.webhooks.keys import verifying_secrets
from admin_core.webhooks.registry import LONGEST_NAME
from admin_core.webhooks.signing import Message, SignatureRefused
from schema.api import IncomingState, IncomingWebhook

PROCESS = BY_SLUG["core.process-webhook"]
LARGEST = 256 * 1024
"""Ten times what the specification advises senders to stay under."""
EXTERNAL_KEY = re.compile(r"[!-~]{1,200}")
KEPT_HEADERS = ("content-type", "user-agent", "webhook-id", "webhook-timestamp")
"""None of them opens anything. The body's fingerprint stands beside them."""
LONGEST_HEADER = 200
FINGERPRINT = "body-sha256"
WRITE_EVERY_S = 5.0
QUIET = {"synchronize_session": False}


@dataclass
class Refusals:
    """Counts refused messages in memory, and says when it is time to write the count down: a flood writes little."""

    waiting: dict[str, int] = field(default_factory=dict)
    written: dict[str, datetime] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, source: str, now: datetime) -> int:
        """Return how many are to be written now; 0 while the last writing is only seconds ago."""
        with self.lock:
            count = self.waiting.get(source, 0) + 1
            last = self.written.get(source)
            if last is not None and (now - last).total_seconds() < WRITE_EVERY_S:
                self.waiting[source] = count
                return 0
            self.waiting[source], self.written[source] = 0, now
            return count


def install(app: Flask, parts: Machine) -> None:
    """Mount the one address of all incoming webhooks."""
    blueprint = Blueprint("webhooks", __name__)
    refusals = Refusals()

    @blueprint.post("/webhooks/<source>")
    def receive(source: str) -> ResponseReturnValue:
        hook = parts.webhooks.incoming.get(source)
        if hook is None:
            return said(404, "No such address.")
        if not parts.plugins.is_on(parts.webhooks.owners.get(source, "")):
            return said(503, "This address is switched off for now. Send it again later.")
        return received(parts, hook, refusals)

    app.register_blueprint(blueprint)
    declare(app, {"webhooks.receive": public(SIGNATURE)})


def received(parts: Machine, hook: IncomingHook, refusals: Refusals) -> ResponseReturnValue:
    """Answer one message."""
    request.max_content_length = LARGEST
    try:
        message = Message({name.lower(): value for name, value in request.headers}, request.get_data(cache=False))
    except RequestEntityTooLarge:
        return said(413, f"The body is larger than {LARGEST} bytes.")
    now = datetime.now(UTC)
    with parts.database.transaction() as session:
        secrets = verifying_secrets(session, parts.cipher, hook.secret)
        reason = refusal(hook, message, secrets, now)
        if reason:
            if count := refusals.note(hook.source, now):
                count_refused(session, hook.source, reason, count, now)
            # Without a secret of ours the sender is not to blame: it should try again when we are set up.
            return said(401 if secrets else 503, reason)
        return accepted(session, hook, message)


def refusal(hook: IncomingHook, message: Message, secrets: list[str], now: datetime) -> str:
    """Return why the message is not believed; empty when it is from who it should be."""
    if not secrets:
        return "No signing secret is set for this address."
    try:
        hook.verify(message, secrets, now)
    except SignatureRefused as problem:
        return str(problem)
    return ""


def accepted(session: Session, hook: IncomingHook, message: Message) -> ResponseReturnValue:
    """Keep a verified message once and ask for its job."""
    key = asked(hook.event_key, message)
    if not EXTERNAL_KEY.fullmatch(key):
        return said(400, "The message has no id of 1 to 200 visible characters.")
    document = storable(message.body)
    webhook_id = keep(session, hook, message, key, document)
    if webhook_id is None:
        return said(200, "This message is known.")
    if document is None:
        return said(400, "The body is no JSON object that can be kept.")
    job = enqueue(session, PROCESS, {"webhook": webhook_id}, origin=Origin(request_id=g.request_id))
    statement = update(IncomingWebhook).where(IncomingWebhook.id == webhook_id).values(job_id=job)
    session.execute(statement, execution_options=QUIET)
    return said(202, "Accepted.")


def keep(
    session: Session, hook: IncomingHook, message: Message, key: str, document: dict[str, Any] | None
) -> UUID | None:
    """Write the message as it came, or return None when one with its id is there; the second waits for the first."""
    kept = {name: message.headers[name][:LONGEST_HEADER] for name in KEPT_HEADERS if name in message.headers}
    row = {
        "source": hook.source,
        "external_key": key,
        "event_type": None if document is None else asked(hook.event_type, message)[:LONGEST_NAME] or None,
        "signature_ok": True,
        "payload": document or {},
        "headers": {**kept, FINGERPRINT: sha256(message.body).hexdigest()},
        "ip": stored_address(request.remote_addr),
        "state": IncomingState.REFUSED if document is None else IncomingState.RECEIVED,
        "error": "The body is no JSON object that can be kept." if document is None else None,
    }
    statement = insert(IncomingWebhook).values(row).on_conflict_do_nothing().returning(IncomingWebhook.id)
    found: UUID | None = session.scalar(statement)
    return found


def count_refused(session: Session, source: str, reason: str, count: int, now: datetime) -> None:
    """Add refused messages to the row of this hour; no sender's id can hold its space."""
    key = f"refused {now:%Y-%m-%dT%H}"
    row = insert(IncomingWebhook).values(
        source=source, external_key=key, signature_ok=False, payload={}, state=IncomingState.REFUSED,
        attempts=count, error=reason, ip=stored_address(request.remote_addr),
    )  # fmt: skip
    values = {"attempts": IncomingWebhook.attempts + count, "error": reason, "ip": stored_address(request.remote_addr)}
    session.execute(row.on_conflict_do_update(index_elements=["source", "external_key"], set_=values))


def asked(question: Any, message: Message) -> str:
    """Return what a plugin reads out of a message; empty when it cannot, since the message may be anything."""
    try:
        return str(question(message))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""


def storable(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object of a body; None for what is none, or what a database cannot keep as it is."""
    try:
        document = json.loads(body)
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        text.encode()  # half a surrogate pair is JSON, but no text
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and "\\u0000" not in text else None


def said(status: int, sentence: str) -> ResponseReturnValue:
    """Return a short answer; senders show it in their logs."""
    return jsonify({"detail": sentence}), status
