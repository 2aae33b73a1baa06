"""Web pages that call us: which may read our answers (CORS). No credentials but the key; cookies are never read."""

from collections.abc import Iterable

from admin_core.api.key_store import Key
from admin_core.api.problems import Problem
from admin_core.contributions import ApiRoute

PREFLIGHT_S = 600
SENT = "Authorization, Content-Type, Idempotency-Key, If-None-Match"
READ = "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, Idempotency-Replayed, ETag"

ANY_PAGE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": READ}
"""What is public may be read by any web page; a browser sends no cookie along with such a request."""


def preflight(
    routes: Iterable[ApiRoute], origin: str | None, wanted: str | None, known: frozenset[str]
) -> dict[str, str]:
    """Return the headers that answer a browser's question; without the allowing ones the browser does not go on."""
    open_ones = [route for route in routes if route.browser]
    methods = [route.method for route in open_ones]
    further = sorted({route.protocol.key_header for route in open_ones if route.protocol} - {""})
    if origin not in known or wanted not in methods:
        return {"Vary": "Origin"}
    return {
        **allowed(origin or ""),
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": ", ".join([SENT, *further]),
        "Access-Control-Max-Age": str(PREFLIGHT_S),
    }


def require_origin(key: Key, route: ApiRoute, origin: str) -> dict[str, str]:
    """Return the headers that let the page read the answer; Problem when a public key is used as it must not be."""
    if not key.browser:
        return {}
    if not route.browser:
        raise Problem(403, "not-for-browsers", "A browser key may not be used here. Use a secret key on a server.")
    if origin not in key.origins:
        where = f"from {origin[:200]}" if origin else "without an Origin header"
        raise Problem(403, "origin-not-allowed", f"This browser key may not be used {where}.")
    return allowed(origin)


def allowed(origin: str) -> dict[str, str]:
    """Return the headers of an answer that a page of this origin may read."""
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": READ, "Vary": "Origin"}
