"""Calls to vendors: one request with a key, verified TLS, no redirects, a deadline; what goes wrong is said in words.

For jobs only. The caller names the vendor's address; nothing of an answer or a key gets into a sentence.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from admin_core.jobs.errors import JobError, JobFailed
from admin_core.settings import is_loopback

TIMEOUT_S = 10.0
MOST_BYTES = 2_000_000
CHUNK = 65_536
OK, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY = 200, 401, 403, 404, 429
FIRST_REDIRECT, FIRST_REFUSAL, FIRST_FAILURE = 300, 400, 500


def get_json(
    vendor: str,
    address: str,
    path: str,
    query: Mapping[str, str | int] | None = None,
    *,
    key: str,
    timeout_s: float = TIMEOUT_S,
) -> Any:
    """Return the JSON that a GET with ``Authorization: Bearer`` answers.

    Raises JobFailed when asking again would not help, JobError when it may; both with a sentence about the vendor.
    """
    return ask_json(vendor, address, Asked(path, query=query or {}), key=key, timeout_s=timeout_s)


@dataclass(frozen=True)
class Asked:
    """One request: what is asked for, and what is sent along."""

    path: str
    method: str = "GET"
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    """Sent as JSON; None: nothing is."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Beside the usual ones."""

    @property
    def target(self) -> str:
        """Path and query as they go out."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


class VendorRefused(JobFailed):
    """The vendor understood and declined; a caller may know better words for a status."""

    def __init__(self, sentence: str, status: int) -> None:
        self.status = status
        super().__init__(sentence)


def ask_json(vendor: str, address: str, asked: Asked, *, key: str, timeout_s: float = TIMEOUT_S) -> Any:
    """Return the JSON that a request with ``Authorization: Bearer`` answers. Raises as ``get_json`` does.

    What changes something is repeated by the job's next try: call it in an ``external_step``.
    """
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json", "User-Agent": "hireinbox-admin"}
    status, body = answer_of(vendor, address, asked, {**headers, **asked.headers}, timeout_s)
    refuse(vendor, status)
    try:
        return json.loads(body)
    except ValueError:
        raise JobFailed(unexpected(vendor)) from None


def answer_of(
    vendor: str, address: str, asked: Asked, headers: Mapping[str, str], timeout_s: float
) -> tuple[int, bytes]:
    """Return status and body; whatever keeps us from an answer becomes a sentence."""
    sent = None if asked.body is None else json.dumps(asked.body).encode()
    kind = {} if sent is None else {"Content-Type": "application/json"}
    host = urlsplit(address).hostname or ""
    deadline = time.monotonic() + timeout_s
    connection = connection_to(vendor, address, timeout_s)
    try:
        target = urlsplit(address).path.rstrip("/") + asked.target
        connection.request(asked.method, target, body=sent, headers={**headers, **kind})
        response = connection.getresponse()
        return response.status, body_of(vendor, response, connection, deadline)
    except TimeoutError:
        raise JobError(f"{vendor} did not answer within {timeout_s:g} seconds.") from None
    except ssl.SSLCertVerificationError:
        raise JobFailed(f"The certificate of {host} is not valid, so nothing was sent to it.") from None
    except socket.gaierror:
        raise JobError(f"{host} can't be found: there is no network, or the address is misspelt.") from None
    except (OSError, http.client.HTTPException):
        raise JobError(f"No connection to {host}: it refuses or breaks connections, or there is no network.") from None
    finally:
        connection.close()


def connection_to(vendor: str, address: str, timeout_s: float) -> http.client.HTTPConnection:
    """Return a connection that is not open yet: TLS, except to this machine."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=timeout_s, context=ssl.create_default_context()
        )
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)
    raise JobFailed(f"The API address of {vendor} has to start with https://.")


def body_of(
    vendor: str, response: http.client.HTTPResponse, connection: http.client.HTTPConnection, deadline: float
) -> bytes:
    """Return the whole body; a slow or endless one is given up."""
    found = b""
    while chunk := response.read1(CHUNK):
        found += chunk
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if len(found) > MOST_BYTES:
            raise JobFailed(unexpected(vendor))
        if connection.sock is not None:  # None: the answer closes the connection, its time-out stays
            connection.sock.settimeout(left)
    return found


def refuse(vendor: str, status: int) -> None:
    """Do nothing for an answer; raise what any other status means, in words."""
    if status == OK:
        return
    if status == TOO_MANY:
        raise JobError(f"{vendor} says we ask too often. Try again in a few minutes.")
    if status >= FIRST_FAILURE:
        raise JobError(f"{vendor} has a problem of its own (HTTP {status}). Try again later.")
    sentence = REFUSALS.get(status, "{0} refused the question (HTTP {1}).").format(vendor, status)
    raise VendorRefused(sentence, status)


REFUSALS = {
    UNAUTHORIZED: "{0} does not accept the key: it is wrong, expired or was withdrawn.",
    FORBIDDEN: "{0} knows the key, but the key may not do this: it lacks a permission or belongs to another account.",
    NOT_FOUND: "{0} found nothing there: check the names of organisation or project, and the API address.",
    **dict.fromkeys(
        range(FIRST_REDIRECT, FIRST_REFUSAL),
        "{0} sent us to another address (HTTP {1}), where the key was not taken: check the API address.",
    ),
}


def unexpected(vendor: str) -> str:
    """Return the sentence for an answer that can't be read."""
    return f"{vendor} gave an answer we don't understand: check the API address."
