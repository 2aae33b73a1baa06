"""Verifies the token by which the admin lets a member of the team into your app as a customer.

Copy this file into your app. Needs Python 3.11 and `cryptography`, nothing else. `check.py` runs the vectors on it.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json = dict[str, Any]

LONGEST_LIFE_S = 90
SKEW_S = 5
LONGEST_SESSION_S = 1_800
COOKIE = "__Host-impersonation"
SAFE = frozenset({"GET", "HEAD"})


class Refused(Exception):
    """The token lets nobody in; the word says why. Log the word, show a plain sentence."""


@dataclass(frozen=True)
class Expected:
    """What a token must be made for."""

    keys: Sequence[Mapping[str, str]]
    """The public keys of `GET /api/v1/impersonations/keys`. Read them anew when a token is refused with `kid`."""
    issuer: str
    audience: str
    """Your own origin: https://app.example.com."""
    is_privileged: Callable[[str], bool]
    """Whether an account of yours is of the team, or otherwise nobody's to look through. Say True for inactive ones.

    There is no default: an app that does not ask would let our team in as its own administrators.
    """


def accept(token: str, expected: Expected, now: float, consume: Callable[[str], Mapping[str, Any] | None]) -> Json:
    """Return what the token says when it may open a session; raises Refused.

    `consume` sends it to `POST /api/v1/impersonations/consume` and returns the answer, None when that refuses (409).
    """
    claims = verify(token, expected, now)
    standing = consume(token)
    require(standing is not None, "used")
    require(standing is not None and standing.get("live") is True, "ended")
    return claims


def verify(token: object, expected: Expected, now: float) -> Json:
    """Return what a genuine token for us says at this moment; raises Refused."""
    header, claims, signed, signature = parts_of(token)
    require(header.get("alg") == "EdDSA", "alg")  # before anything else: never let a token choose how it is checked
    require(header.get("typ") == "imp+jwt", "typ")
    require_signature(header, signed, signature, expected.keys)
    require(claims.get("iss") == expected.issuer, "iss")
    require(claims.get("aud") == expected.audience, "aud")
    require(claims.get("purpose") == "impersonate", "purpose")
    require_time(claims, now)
    require_people(claims, expected)
    require(claims.get("mode") in ("ro", "rw"), "mode")  # no set: it may be a list
    require(is_count(claims.get("smax")) and 0 < claims["smax"] <= LONGEST_SESSION_S, "smax")
    require(isinstance(claims.get("jti"), str) and claims["jti"] != "", "jti")
    return claims


def parts_of(token: object) -> tuple[Json, Json, bytes, bytes]:
    """Return header, claims, what is signed, and the signature."""
    require(isinstance(token, str), "malformed")
    try:
        head, body, tail = str(token).split(".")
        header, claims = json.loads(raw(head)), json.loads(raw(body))
        signature = raw(tail)
    except (ValueError, RecursionError) as error:  # what is nested too deeply, too
        raise Refused("malformed") from error
    require(isinstance(header, dict) and isinstance(claims, dict), "malformed")
    return header, claims, f"{head}.{body}".encode(), signature


def require_signature(header: Json, signed: bytes, signature: bytes, keys: Sequence[Mapping[str, str]]) -> None:
    """Raise unless the key that the token names has signed it, and is one of ours."""
    key = next((each for each in keys if each["kid"] == header.get("kid") and each["crv"] == "Ed25519"), None)
    if key is None:
        raise Refused("kid")
    try:
        Ed25519PublicKey.from_public_bytes(raw(key["x"])).verify(signature, signed)
    except (InvalidSignature, ValueError) as error:
        raise Refused("signature") from error


def require_time(claims: Json, now: float) -> None:
    """Raise unless it is short-lived and of now."""
    require(all(is_count(claims.get(name)) for name in ("iat", "nbf", "exp")), "time")
    require(0 < claims["exp"] - claims["iat"] <= LONGEST_LIFE_S, "lifetime")
    require(claims["nbf"] <= now + SKEW_S and claims["iat"] <= now + SKEW_S, "early")
    require(now < claims["exp"], "expired")


def require_people(claims: Json, expected: Expected) -> None:
    """Raise unless somebody acts as somebody else, whom they may act as."""
    actor = claims.get("act")
    acts = actor.get("sub") if isinstance(actor, dict) else None
    require(isinstance(acts, str) and acts != "", "act")
    subject = claims.get("sub")
    require(isinstance(subject, str) and subject != "", "sub")
    require(acts != subject, "self")
    require(not expected.is_privileged(str(subject)), "privileged")


def may(mode: str, method: str) -> bool:
    """Return whether a request by this method may be answered in a session of this mode."""
    return mode == "rw" or method in SAFE


def session_of(cookies: Mapping[str, str], sessions: Mapping[str, Any]) -> Any:
    """Return the impersonation session of a request, None without one. Your users' own cookie is never asked."""
    return sessions.get(cookies.get(COOKIE, ""))


def require(holds: bool, word: str) -> None:
    """Raise unless it holds."""
    if not holds:
        raise Refused(word)


def is_count(value: object) -> bool:
    """Return whether it is a whole number, and not a yes or no."""
    return isinstance(value, int) and not isinstance(value, bool)


def raw(text: str) -> bytes:
    """Return the bytes of base64url without padding; ValueError for anything else."""
    if not text.isascii() or set(text) & set("+/= \n\r\t"):
        raise ValueError("not base64url")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
