"""What happens around every request: its id, the proxies in front of us, the headers of every answer, one log line.

A log line holds the route's pattern, never the address: ids are not personal, but what people type may be.
"""

import logging
import re
import time

from flask import Flask, Response, abort, g, request
from uuid_utils.compat import uuid7

from admin_core.access.browsers import reads_session
from admin_core.logs import FIELDS
from admin_core.proxies import BehindProxies
from admin_core.settings import Settings
from admin_core.theme.csp import protect

log = logging.getLogger("admin_core.requests")

GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
MAX_FORM_BYTES = 16 * 1024 * 1024
MAX_FORM_PARTS = 5_000
HSTS = "max-age=31536000; includeSubDomains"


def install(app: Flask, settings: Settings) -> None:
    """Give every request an id and every answer its headers."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        PREFERRED_URL_SCHEME="https" if settings.is_secure else "http",
    )
    if settings.proxies:
        app.wsgi_app = BehindProxies(app.wsgi_app, settings.proxies)  # type: ignore[method-assign]  # as Flask documents it
    app.before_request(begin)
    app.after_request(finish)
    if settings.is_secure:
        app.after_request(demand_https)


def begin() -> None:
    """Note when the request came and under which id; an id given by a proxy is kept when it looks like one."""
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if GIVEN_ID.fullmatch(given) else str(uuid7())
    g.began = time.perf_counter()


def refuse_nul() -> None:
    """Refuse an address with a NUL in it on the team's pages: no value of ours holds one, and PostgreSQL raises."""
    if reads_session(request.path) and any("\x00" in part for pair in request.args.items(multi=True) for part in pair):
        abort(400)


def finish(response: Response) -> Response:
    """Set the headers every answer has, and write the log line."""
    protect(response)
    response.headers["X-Request-Id"] = g.request_id
    if "Cache-Control" not in response.headers or reads_session(request.path):
        response.headers["Cache-Control"] = "no-store"  # pages show personal data: nothing may keep them
    note(response)
    return response


def note(response: Response) -> None:
    """Write the line of this request."""
    route = request.url_rule.rule if request.url_rule else "-"
    took_ms = round(1000 * (time.perf_counter() - g.began))
    words = {"method": request.method, "route": route, "status": response.status_code, "ms": took_ms}
    line = (request.method, route, response.status_code, took_ms, g.request_id)
    log.info("%s %s %s %dms %s", *line, extra={FIELDS: {**words, "request": g.request_id}})


def demand_https(response: Response) -> Response:
    """Tell browsers to come by https only."""
    response.headers["Strict-Transport-Security"] = HSTS
    return response
