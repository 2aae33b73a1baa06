"""The key of a request, and whether it opens this operation. Every refusal says why and what to do."""

from collections.abc import Iterable
from datetime import datetime

from werkzeug.datastructures import Headers

from admin_core.api import keys
from admin_core.api.key_store import Key, KeyStore
from admin_core.api.problems import Problem
from admin_core.contributions import ApiRoute

SCHEME = "bearer"
NAMES_OF_KEYS = frozenset({"api_key", "apikey", "api-key", "key", "token", "access_token", "authorization"})
HOW = "Send it as a header: Authorization: Bearer hia_…"


def refuse_key_in_address(arguments: Iterable[tuple[str, str]]) -> None:
    """Raise the Problem of a key in an address: addresses are logged and kept by everything on the way."""
    for name, text in arguments:
        if name.lower() in NAMES_OF_KEYS or keys.holds_key(text) or keys.holds_key(name):
            detail = f"A key must not stand in the address, where it is logged. {HOW} If this one was real, rotate it."
            raise Problem(400, "key-in-address", detail)


def header_of(headers: Headers, route: ApiRoute) -> str | None:
    """Return what Authorization says; where a protocol has a header of its own for the key, as if it stood there."""
    own = headers.get(route.protocol.key_header) if route.protocol and route.protocol.key_header else None
    return headers.get("Authorization") or (f"{SCHEME} {own}" if own else None)


def known_key(store: KeyStore, header: str | None) -> Key:
    """Return the key of an Authorization header, valid or over; Problem 401 when there is no such key."""
    scheme, _, text = (header or "").strip().partition(" ")
    if not header:
        raise stranger("key-missing", f"This address needs an API key. {HOW}")
    if scheme.lower() != SCHEME:
        raise stranger("key-missing", f"Only the scheme Bearer is taken. {HOW}")
    key = store.find(text.strip())
    if key is None:
        raise stranger("key-unknown", "There is no such key. Check that it was copied completely.")
    return key


def require_valid(key: Key, now: datetime) -> None:
    """Raise Problem 401 when the key was revoked or has expired."""
    if key.is_over(now):
        word = "was revoked" if key.revoked_at is not None else "has expired"
        raise stranger("key-over", f"The key {key.prefix} {word}. Ask whoever gave it to you for a new one.")


def stranger(kind: str, detail: str) -> Problem:
    """Return the problem of a request without a valid key."""
    challenge = 'Bearer realm="api"' + ("" if kind == "key-missing" else ', error="invalid_token"')
    return Problem(401, kind, detail, headers={"WWW-Authenticate": challenge})


def require_place(key: Key, address: str | None) -> None:
    """Raise unless the key may be used from this address."""
    if not key.may_come_from(address):
        detail = (
            f"The key {key.prefix} may not be used from this address. Its allowed networks can be changed by an Owner."
        )
        raise Problem(403, "network-not-allowed", detail)


def require_scope(key: Key, route: ApiRoute) -> None:
    """Raise unless the key has the word that the operation needs."""
    if route.scope and route.scope not in key.scopes:
        detail = f"This needs the scope {route.scope}, which the key {key.prefix} does not have."
        raise Problem(403, "scope-missing", detail)
