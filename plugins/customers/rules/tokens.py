"""The one-time token by which the customer app lets a member of the team in: what it says, and who can have signed it.

A JWT signed by Ed25519. The app holds public keys alone, so that it can verify tokens and make none. The private keys
are derived from the admin's secret keys and are stored nowhere: rotating those rotates these, former ones included.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from admin_core.ciphers import derived

PURPOSE = "impersonation tokens"
ALGORITHM, TYPE = "EdDSA", "imp+jwt"


def signing_keys(secret_keys: Sequence[str]) -> list[Ed25519PrivateKey]:
    """Return the key that signs now, and behind it those of former secret keys, which only verify."""
    return [Ed25519PrivateKey.from_private_bytes(derived(key, PURPOSE)) for key in secret_keys]


def public_jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    """Return the public half as a JSON Web Key; its ``kid`` is its own thumbprint (RFC 7638)."""
    public = base64url(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    named = {"crv": "Ed25519", "kty": "OKP", "x": public}
    thumbprint = hashlib.sha256(compact(named)).digest()
    return {**named, "alg": ALGORITHM, "use": "sig", "kid": base64url(thumbprint)}


def sign(claims: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """Return the token that says this."""
    header = {"alg": ALGORITHM, "kid": public_jwk(key)["kid"], "typ": TYPE}
    body = f"{base64url(compact(header))}.{base64url(compact(claims))}"
    return f"{body}.{base64url(key.sign(body.encode()))}"


def token_digest(token: str) -> str:
    """Return what is stored of a token: nobody can make the token from it."""
    return hashlib.sha256(token.encode()).hexdigest()


def compact(value: Mapping[str, Any]) -> bytes:
    """Return JSON without spaces, its names in order."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def base64url(raw: bytes) -> str:
    """Return the bytes as URLs and JWTs write them: no padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
