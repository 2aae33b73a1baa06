"""Secrets that a member has seen: they are shown once to whoever makes them, and outlive the member's access."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from admin_core.generator import urls
from admin_core.generator.ids import encode_key
from schema.api import ApiKey, WebhookEndpoint

MOST = 200


@dataclass(frozen=True)
class KnownSecret:
    """A secret that still opens something."""

    kind: str
    name: str
    url: str
    """Where it can be rotated or revoked."""


def secrets_known_to(session: Session, member_id: UUID, now: datetime) -> list[KnownSecret]:
    """Return the working keys and signing secrets that were shown to a member, by kind and name."""
    works = sa.or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)
    keys = sa.select(sa.literal("API key"), sa.literal("api_keys"), ApiKey.name, ApiKey.id)
    hooks = sa.select(sa.literal("Webhook"), sa.literal("webhook_endpoints"), WebhookEndpoint.name, WebhookEndpoint.id)
    both = sa.union_all(
        keys.where(ApiKey.created_by_id == member_id, ApiKey.revoked_at.is_(None), works),
        hooks.where(WebhookEndpoint.created_by_id == member_id),
    )
    found = session.execute(both.order_by(sa.text("1, 3")).limit(MOST))
    return [KnownSecret(kind, name, urls.record_url(model, encode_key((key,)))) for kind, model, name, key in found]


def still_known(known: Collection[KnownSecret]) -> str:
    """Return what has to be done about secrets that somebody who has left knows; empty when there are none."""
    if not known:
        return ""
    names = ", ".join(f"{each.kind} {each.name}" for each in known)
    return f" They still know the secrets of {names}: rotate or revoke them."
