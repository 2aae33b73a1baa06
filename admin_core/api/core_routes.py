"""The operations of core itself: what a key is, and whether we answer."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from admin_core.api.calls import Call
from admin_core.api.models import Model


class KeyAnswer(Model):
    """What a key is and may do."""

    name: str
    prefix: str
    scopes: list[str]
    browser: bool
    rate_per_minute: Annotated[int, Field(description="A browser key: for each address it is used from.")]
    allowed_networks: Annotated[list[str], Field(description="Empty: from anywhere.")]
    expires_at: datetime | None


class StatusAnswer(Model):
    """That we answer."""

    status: Literal["ok"]
    version: Annotated[str, Field(description="Of the API.")]
    time: datetime


def show_key(call: Call) -> KeyAnswer:
    """Return what the key of this call is."""
    key = call.key
    return KeyAnswer(
        name=key.name,
        prefix=key.prefix,
        scopes=sorted(key.scopes),
        browser=key.browser,
        rate_per_minute=key.rate_per_minute,
        allowed_networks=[str(network) for network in key.networks],
        expires_at=key.expires_at,
    )


def show_status(call: Call) -> StatusAnswer:
    """Return that we answer, and what our clock says."""
    return StatusAnswer(status="ok", version="v1", time=call.now)
