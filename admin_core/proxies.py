"""Who is at the other end, when a known number of proxies stands in front: each appends the address it was called from.

Werkzeug's ProxyFix reads the list with quotation marks, so that a browser that sends one chooses its own address behind
two proxies; and when an entry is missing it takes the address of a proxy for that of the caller. Neither may decide who
gets in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from admin_core.addresses import stored_address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOR, PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
PEER = "admin.peer"
"""Where a request keeps the address that opened the connection."""
UNKNOWN = ""
SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True)
class BehindProxies:
    """A WSGI middleware that puts the caller's address and scheme in place of the last proxy's."""

    app: "WSGIApplication"
    hops: int

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve the request with the address of who called the outermost proxy."""
        peer = str(environ.get("REMOTE_ADDR") or "")
        environ[PEER] = peer
        environ["REMOTE_ADDR"] = caller_behind(self.hops, peer, entries_in(environ.get(FOR)))
        schemes = entries_in(environ.get(PROTO))
        if len(schemes) >= self.hops and schemes[-self.hops] in SCHEMES:
            environ["wsgi.url_scheme"] = schemes[-self.hops]
        return self.app(environ, start_response)


def caller_behind(hops: int, peer: str, passed: tuple[str, ...]) -> str:
    """Return the caller's address; UNKNOWN when the request passed some proxies but not all, or the entry is none.

    Without any entry it passed no proxy: whoever opened the connection is the caller.
    """
    if not hops or not passed:
        return peer
    if len(passed) < hops:
        return UNKNOWN
    return stored_address(passed[-hops]) or UNKNOWN


def entries_in(header: Any) -> tuple[str, ...]:
    """Return the entries of a header; a server joins several headers of one name with commas."""
    text = str(header or "")
    return tuple(part.strip() for part in text.split(",")) if text.strip() else ()
