"""Every refusal and failure as a page: what happened, what to do, the number to quote; never data, SQL or a stack.

Fragments and JSON callers get the same sentence in their own form.
"""

import logging
from dataclasses import dataclass

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from admin_core.generator.errors import BadRequest, NotFound, TooSlow
from admin_core.policy import Refused

log = logging.getLogger(__name__)

QUERY_CANCELED = "57014"


@dataclass(frozen=True)
class Failure:
    """One error page."""

    status: int
    title: str
    sentence: str
    advice: str = ""


KNOWN = {
    400: Failure(400, "That can't be understood", "Part of the address or form is malformed.", "Please go back."),
    401: Failure(401, "Please sign in", "Your session has ended.", "Sign in again; you will come back to this page."),
    403: Failure(403, "You may not do this", "Your role doesn't allow it.", "Ask an Owner if your work needs it."),
    404: Failure(404, "Nothing is here", "The page or record doesn't exist, or was deleted.", "Check the address."),
    405: Failure(405, "That can't be done here", "This address doesn't take that kind of request.", "Use the buttons."),
    409: Failure(409, "Somebody was faster", "The record has changed meanwhile.", "Open it again to see what is new."),
    413: Failure(413, "That is too large", "The form or file is larger than 16 MB.", "Make it smaller or split it."),
    429: Failure(429, "Too many tries", "There were too many requests in a short time.", "Wait a minute."),
    500: Failure(500, "Something broke here", "Nothing was changed.", "Try again, or quote the number below."),
    503: Failure(503, "Not available right now", "The database doesn't answer.", "Try again in a few seconds."),
}  # fmt: skip


def install(app: Flask) -> None:
    """Answer every exception with a page that says what to do."""
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(Refused, on_refused)
    app.register_error_handler(NotFound, lambda e: answer(said(404, e.sentence, e.hint)))
    app.register_error_handler(BadRequest, lambda e: answer(said(400, e.sentence, e.hint)))
    app.register_error_handler(TooSlow, lambda e: answer(said(503, e.sentence, e.hint, "That took too long")))
    app.register_error_handler(DBAPIError, on_database)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_anything)


def said(status: int, sentence: str, advice: str = "", title: str = "") -> Failure:
    """Return the usual page of a status with its own sentence."""
    usual = KNOWN[status]
    return Failure(status, title or usual.title, sentence, advice or usual.advice)


def on_csrf(_error: CSRFError) -> ResponseReturnValue:
    """Say that the form is too old; nothing was saved."""
    sentence = "This form was open for too long, or came from another site. Nothing was saved."
    return answer(said(400, sentence, "Go back, reload the page and send it again.", "The form has expired"))


def on_refused(error: Refused) -> ResponseReturnValue:
    """Say which permission is missing."""
    return answer(said(403, error.sentence))


def on_database(error: DBAPIError) -> ResponseReturnValue:
    """Tell a slow query and an absent database from a mistake of ours."""
    code = getattr(error.orig, "sqlstate", None)
    if code == QUERY_CANCELED:
        sentence = "The database needed longer than a page may take."
        return answer(said(503, sentence, "Narrow the filter and try again.", "That took too long"))
    if error.connection_invalidated or (isinstance(error, OperationalError) and code is None):
        return answer(KNOWN[503])
    return on_anything(error)


def on_http(error: HTTPException) -> ResponseReturnValue:
    """Answer Werkzeug's own errors; redirects pass through."""
    if error.code is None or error.code < 400:  # noqa: PLR2004 (HTTP)
        return error.get_response()
    known = KNOWN.get(error.code) or Failure(error.code, "That didn't work", error.name)
    return answer(known)


def on_anything(error: Exception) -> ResponseReturnValue:
    """Log what we did not foresee, under the request's id, and say that it is our fault."""
    log.error("unexpected error in request %s", g.get("request_id", "-"), exc_info=error)
    return answer(KNOWN[500])


def answer(failure: Failure) -> ResponseReturnValue:
    """Return the failure as the page, fragment or JSON that was asked for."""
    if request.accept_mimetypes.best == "application/json":
        body = {"title": failure.title, "detail": failure.sentence, "status": failure.status}
        return jsonify(body), failure.status
    page = render_template(
        "admin/error.html",
        status=failure.status,
        title=failure.title,
        sentence=failure.sentence,
        advice=failure.advice,
    )
    return page, failure.status
