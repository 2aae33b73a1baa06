"""Signs and verifies messages by the Standard Webhooks specification. Pure; the clock is an argument.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

PREFIX = "whsec_"
SECRET_BYTES = 32
VERSION = "v1,"
TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock may be from ours, either way."""
MOST_SIGNATURES = 20
"""A sender signs once per secret that is good at the moment; more is no sender's rotation."""

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
SECONDS = re.compile(r"[0-9]{1,12}")


class SignatureRefused(ValueError):
    """The message is not from who it should be, or not from now; the message of this holds nothing of either."""


class SecretRefused(ValueError):
    """The secret is none: empty, or not written as ``whsec_`` and base64."""


@dataclass(frozen=True)
class Message:
    """What came in: header names in lower case, and the body byte for byte."""

    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON; ValueError or RecursionError when it is none."""
        return json.loads(self.body)


def new_secret() -> str:
    """Return a new signing secret as both sides keep it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def key_in(secret: str) -> bytes:
    """Return the bytes to sign with; SecretRefused for what is no secret, above all for an empty one."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise SecretRefused("The secret is not base64, with or without whsec_ in front.") from None
    if not key:
        raise SecretRefused("The secret is empty.")
    return key


def signature(secret: str, message_id: str, seconds: int, body: bytes) -> str:
    """Return ``v1,`` and the signature over id, time and body."""
    signed = f"{message_id}.{seconds}.".encode() + body
    return VERSION + base64.b64encode(hmac.new(key_in(secret), signed, hashlib.sha256).digest()).decode()


def signed_headers(secrets_: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers; each good secret signs, so that receivers may change theirs at leisure."""
    seconds = int(at.timestamp())
    signatures = [signature(secret, message_id, seconds, body) for secret in secrets_]
    return {ID: message_id, TIMESTAMP: str(seconds), SIGNATURE: " ".join(signatures)}


def verify(message: Message, secrets_: Sequence[str], now: datetime) -> None:
    """Return when one of the secrets has signed this message within the tolerance; raise SignatureRefused otherwise."""
    message_id, seconds, given = (header(message, name) for name in (ID, TIMESTAMP, SIGNATURE))
    check_time(seconds, now)
    expected = [signature(secret, message_id, int(seconds), message.body).encode() for secret in secrets_]
    offered = [text.encode("utf-8", "replace") for text in given.split(" ")[:MOST_SIGNATURES]]
    # Every pair is compared, each in constant time: how long it takes tells nothing about how much was right.
    if not any([hmac.compare_digest(ours, theirs) for ours in expected for theirs in offered]):  # noqa: C419
        raise SignatureRefused("No signature fits.")


def header(message: Message, name: str) -> str:
    """Return a header that must be there."""
    value = message.headers.get(name, "")
    if not value:
        raise SignatureRefused(f"The header {name} is missing.")
    return value


def check_time(seconds: str, now: datetime) -> None:
    """Raise SignatureRefused for a message from another time: it may be a recording."""
    if not (seconds.isascii() and SECONDS.fullmatch(seconds)):
        raise SignatureRefused(f"The header {TIMESTAMP} is no time.")
    apart = int(seconds) - int(now.timestamp())
    if abs(apart) > TOLERANCE.total_seconds():
        raise SignatureRefused("The message is too old." if apart < 0 else "The message is from the future.")
