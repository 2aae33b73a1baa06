"""The tokens that every verifier must judge alike, signed by a key that is used nowhere else."""

import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugins.customers.rules.tokens import base64url, compact, public_jwk, sign

NOW = 1_772_445_600
KEY = Ed25519PrivateKey.from_private_bytes(b"a key of tests, for nothing else")
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"another one of tests, also 32 b.")
JWK = public_jwk(KEY)
STAFF, TARGET, COLLEAGUE = "0198a000-0000-7000-8000-000000000001", "auth-nomsa", "auth-of-a-colleague"
GOOD: dict[str, Any] = {
    "iss": "hireinbox-admin",
    "aud": "https://app.example.com",
    "sub": TARGET,
    "act": {"sub": STAFF},
    "jti": "0198a000-0000-7000-8000-00000000000a",
    "iat": NOW - 5,
    "nbf": NOW - 5,
    "exp": NOW + 55,
    "purpose": "impersonate",
    "mode": "ro",
    "tid": "cus-otto",
    "ticket": "1042",
    "smax": 900,
}
HEADER = {"alg": "EdDSA", "kid": JWK["kid"], "typ": "imp+jwt"}


def token(**claims: Any) -> str:
    """Return a genuine token with these claims changed; None takes one away."""
    return sign({name: value for name, value in {**GOOD, **claims}.items() if value is not None}, KEY)


def by_hand(header: dict[str, str], signature: Any) -> str:
    """Return a token with another header, signed by a function of what is signed."""
    body = f"{base64url(compact(header))}.{base64url(compact(GOOD))}"
    return f"{body}.{base64url(signature(body.encode()))}"


def altered() -> str:
    """Return a genuine token whose claims were changed after it was signed."""
    head, _, tail = token().split(".")
    return f"{head}.{base64url(compact({**GOOD, 'mode': 'rw'}))}.{tail}"


def with_public_key(body: bytes) -> bytes:
    """Sign as somebody does who takes the public key for a shared secret."""
    return hmac.new(JWK["x"].encode(), body, hashlib.sha256).digest()


def case(name: str, expected: Any, **words: Any) -> dict[str, Any]:
    return {"name": name, **words, "expected": expected}


def answered(name: str, mode: str, method: str, *, expected: bool) -> dict[str, Any]:
    return case(name, expected, mode=mode, method=method)


CASES = (
    case("good", ["ok ro"], token=token()),
    case("expired", ["expired"], token=token(iat=NOW - 120, nbf=NOW - 120, exp=NOW - 60)),
    case("for somebody else", ["aud"], token=token(aud="https://other.example.com")),
    case("nobody acts", ["act"], token=token(act=None)),
    case("acts as themselves", ["self"], token=token(act={"sub": TARGET})),
    case("lives for an hour", ["lifetime"], token=token(exp=NOW - 5 + 3_600)),
    case("altered afterwards", ["signature"], token=altered()),
    case("alg none", ["alg"], token=by_hand({**HEADER, "alg": "none"}, lambda _: b"")),
    case("HS256 with the public key", ["alg"], token=by_hand({**HEADER, "alg": "HS256"}, with_public_key)),
    case("used twice", ["ok ro", "used"], token=token(), uses=2),
    case("a key that is not ours", ["kid"], token=sign(GOOD, OTHER_KEY)),
    case("another type", ["typ"], token=by_hand({**HEADER, "typ": "JWT"}, KEY.sign)),
    case("one of the team as target", ["privileged"], token=token(sub=COLLEAGUE)),
    case("ended in the admin", ["ended"], token=token(), revoked=True),
    answered("POST while only looking", "ro", "POST", expected=False),
    case("the target signs in meanwhile", None, cookies={"__Host-session": "s-1"}),
    # --- Beyond these: what lets somebody in is not refused, and the rest of what a token must say
    answered("GET while only looking", "ro", "GET", expected=True),
    answered("POST with changes allowed", "rw", "POST", expected=True),
    case("with the cookie of the visit", "visit of a colleague", cookies={"__Host-impersonation": "s-1"}),
    case("with changes allowed", ["ok rw"], token=token(mode="rw")),
    case("of another issuer", ["iss"], token=token(iss="somebody")),
    case("for another purpose", ["purpose"], token=token(purpose="download")),
    case("not yet", ["early"], token=token(iat=NOW + 30, nbf=NOW + 30, exp=NOW + 90)),
    case("the right name, another key", ["signature"], token=by_hand(HEADER, OTHER_KEY.sign)),
    case("no token", ["malformed"], token="a.b"),
    case("nothing", ["malformed"], token=None),
    case("nested without end", ["malformed"], token=f"{base64url(b'[' * 30_000)}.e30.AA"),
    case("more than one mode", ["mode"], token=token(mode=["ro"])),
)
VECTORS = {
    "now": NOW,
    "issuer": GOOD["iss"],
    "audience": GOOD["aud"],
    "keys": [JWK],
    "privileged": [COLLEAGUE],
    "sessions": {"s-1": "visit of a colleague"},
    "cases": CASES,
}


def as_text() -> str:
    """Return the file that integrators get."""
    return json.dumps(VECTORS, indent=2) + "\n"
