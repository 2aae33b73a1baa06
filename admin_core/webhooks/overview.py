"""What the webhooks pages show: endpoints, the latest deliveries, and the addresses that take messages. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session, defer

from admin_core.audit.reads import note_shown
from admin_core.generator.ids import encode_key
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import record_url
from admin_core.policy import Person, masked
from admin_core.webhooks.registry import Webhooks
from schema.api import IncomingWebhook, WebhookDelivery, WebhookEndpoint
from schema.settings import Setting

SHOWN = 20
MOST_ENDPOINTS = 200
DELIVERIES = WebhookDelivery.__tablename__
BADGES = {"waiting": "info", "delivered": "success", "failed": "warning", "abandoned": "danger"}


@dataclass(frozen=True)
class Sent:
    """A delivery as a line of the page."""

    url: str
    at: datetime
    endpoint: str
    event_type: str
    state: str
    tone: str
    attempts: int
    code: int | None
    ms: int | None
    answer: object
    """What the receiver said; masked for who may not see personal data."""
    error: str
    next_at: datetime | None


@dataclass(frozen=True)
class Source:
    """An address that takes messages of an outside service."""

    title: str
    url: str
    has_secret: bool
    setting: str
    """Section and field of the settings page."""
    last_at: datetime | None


def endpoints(session: Session) -> list[WebhookEndpoint]:
    """Return the endpoints by name; their secrets are not selected."""
    statement = select(WebhookEndpoint).options(*without_secrets()).order_by(WebhookEndpoint.name, WebhookEndpoint.id)
    return list(session.scalars(statement.limit(MOST_ENDPOINTS)))


def endpoint_of(session: Session, endpoint_id: UUID, *, for_update: bool = False) -> WebhookEndpoint | None:
    """Return one endpoint without its secrets, or None."""
    statement = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).options(*without_secrets())
    return session.scalar(statement.with_for_update() if for_update else statement)


def without_secrets() -> tuple[Any, ...]:
    """Return the options that keep the sealed secrets where they are."""
    return defer(WebhookEndpoint.secret, raiseload=True), defer(WebhookEndpoint.old_secret, raiseload=True)


def latest(session: Session, person: Person, spec: ModelSpec, endpoint_id: UUID | None = None) -> list[Sent]:
    """Return the latest deliveries, of one endpoint or of all."""
    row = WebhookDelivery
    statement = (
        select(
            row.id, row.created_at, WebhookEndpoint.name, row.event_type, row.state, row.attempts,
            row.response_code, row.response_ms, row.response_text, row.error, row.next_at,
        )
        .join(WebhookEndpoint, WebhookEndpoint.id == row.endpoint_id)
        .order_by(row.created_at.desc(), row.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    if endpoint_id is not None:
        statement = statement.where(row.endpoint_id == endpoint_id)
    rows = session.execute(statement).all()
    column = spec.columns["response_text"]
    note_shown(DELIVERIES, ("response_text",), (row[0] for row in rows if row[8]))
    return [
        Sent(
            record_url(DELIVERIES, encode_key((key,))), at, name, kind, str(state), BADGES[state], attempts, code, ms,
            masked(person, column, text), error or "", next_at,
        )
        for key, at, name, kind, state, attempts, code, ms, text, error, next_at in rows
    ]  # fmt: skip


def sources(session: Session, webhooks: Webhooks, public_url: str) -> list[Source]:
    """Return the addresses that take messages, with two statements however many there are."""
    hooks = list(webhooks.incoming.values())
    if not hooks:
        return []
    places = tuple_(Setting.section, Setting.name).in_([hook.secret for hook in hooks])
    kept = session.execute(select(Setting.section, Setting.name).where(places, Setting.secret.is_not(None)))
    known = {(section, name) for section, name in kept}
    last = last_received(session, [hook.source for hook in hooks])
    return [
        Source(
            title=hook.title,
            url=f"{public_url.rstrip('/')}/webhooks/{hook.source}",
            has_secret=hook.secret in known,
            setting=" · ".join(hook.secret),
            last_at=last.get(hook.source),
        )
        for hook in hooks
    ]


def last_received(session: Session, names: list[str]) -> dict[str, datetime | None]:
    """Return when each source last sent a message that was believed, from the end of an index."""
    asked = [
        select(literal(name), func.max(IncomingWebhook.received_at)).where(
            IncomingWebhook.source == name, IncomingWebhook.signature_ok
        )
        for name in names
    ]
    return {str(name): moment for name, moment in session.execute(union_all(*asked))}
