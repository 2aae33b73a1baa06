"""What people change about endpoints: the form and its checks, switching on and off, new secrets, a test event.

Nobody here commits; secrets leave only as the return value of the function that made them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from admin_core.ciphers import Cipher
from admin_core.contributions import ActionRefused
from admin_core.jobs.enqueue import Origin
from admin_core.outgoing import AddressRefused, Rules, read_target
from admin_core.webhooks.emitting import envelope, send
from admin_core.webhooks.keys import rotate, sealed
from admin_core.webhooks.registry import EVERY, PING, Webhooks
from admin_core.webhooks.signing import new_secret
from schema.api import WebhookEndpoint

LONGEST_NAME = 200
CHANGED = "Somebody changed this endpoint meanwhile. Check what stands here now, and save again."


@dataclass(frozen=True)
class EndpointForm:
    """What was typed, and what is wrong with it."""

    name: str = ""
    url: str = ""
    events: tuple[str, ...] = ()
    version: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Sentence by field; under an empty name what belongs to none."""


def form_of(endpoint: WebhookEndpoint | None) -> EndpointForm:
    """Return the form as it opens."""
    if endpoint is None:
        return EndpointForm()
    return EndpointForm(endpoint.name, endpoint.url, tuple(endpoint.events), version_of(endpoint))


def read_form(
    typed: Mapping[str, str], events: Iterable[str], webhooks: Webhooks, rules: Rules, endpoint: WebhookEndpoint | None
) -> EndpointForm:
    """Return what was typed with everything that is wrong about it; types that are gone may stay, not be added."""
    name, url = typed.get("name", "").strip().replace("\x00", ""), typed.get("url", "").strip()
    chosen = tuple(dict.fromkeys(events))
    kept = set(endpoint.events) if endpoint else set()
    errors = {
        "name": name_problem(name),
        "url": url_problem(url, rules),
        "events": events_problem(chosen, {*webhooks.events, EVERY, *kept}),
        "": CHANGED if endpoint and typed.get("version", "") != version_of(endpoint) else "",
    }
    version = version_of(endpoint) if endpoint else ""
    return EndpointForm(name, url, chosen, version, {key: text for key, text in errors.items() if text})


def name_problem(name: str) -> str:
    """Return what is wrong with a name, empty when nothing is."""
    if not name:
        return "Say whose endpoint it is."
    return f"Use at most {LONGEST_NAME} characters." if len(name) > LONGEST_NAME else ""


def url_problem(url: str, rules: Rules) -> str:
    """Return why an address would not be called; where its name leads is judged each time it is."""
    if not url:
        return "Fill in the address that takes the messages."
    try:
        read_target(url, rules)
    except AddressRefused as refusal:
        return str(refusal)
    return ""


def events_problem(chosen: tuple[str, ...], known: set[str]) -> str:
    """Return what is wrong with the chosen types, empty when nothing is."""
    if not chosen:
        return "Choose at least one."
    return "Choose from the list." if set(chosen) - known else ""


def version_of(endpoint: WebhookEndpoint) -> str:
    """Return what the form saw, as a short text; deliveries change the row too, but not these values."""
    seen = repr((endpoint.name, endpoint.url, list(endpoint.events)))
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def create(session: Session, cipher: Cipher, form: EndpointForm, member: UUID) -> tuple[WebhookEndpoint, str]:
    """Return the new endpoint and its secret, which is shown now and never again."""
    secret = new_secret()
    row = WebhookEndpoint(
        name=form.name, url=form.url, events=list(form.events), secret=sealed(cipher, secret), created_by_id=member
    )
    session.add(row)
    session.flush()
    return row, secret


def change(endpoint: WebhookEndpoint, form: EndpointForm) -> None:
    """Write what was typed."""
    endpoint.name, endpoint.url, endpoint.events = form.name, form.url, list(form.events)


def give_new_secret(endpoint: WebhookEndpoint, cipher: Cipher, now: datetime) -> str:
    """Return the endpoint's new secret, which is shown now and never again; the old one signs beside it for a day."""
    secret = new_secret()
    rotate(cipher, endpoint, secret, now)
    return secret


def enable(endpoint: WebhookEndpoint) -> str:
    """Send to the endpoint again."""
    endpoint.enabled, endpoint.disabled_reason, endpoint.failures = True, None, 0
    return f"{endpoint.name} is switched on. What happened meanwhile is not sent by itself."


def disable(endpoint: WebhookEndpoint) -> str:
    """Send nothing more to the endpoint until somebody switches it on."""
    endpoint.enabled, endpoint.disabled_reason = False, None
    return f"{endpoint.name} is switched off: nothing is sent to it."


def ping(session: Session, endpoint: WebhookEndpoint, origin: Origin) -> str:
    """Send the endpoint a test event, whatever it asked for."""
    if not endpoint.enabled:
        raise ActionRefused(f"{endpoint.name} is switched off.", "Switch it on first.")
    payload = envelope(PING.type, {"endpoint": endpoint.name})
    send(session, [endpoint.id], payload, key=f"ping:{uuid4()}", origin=origin)
    return "A test event is on its way: reload in a moment to see the answer."
