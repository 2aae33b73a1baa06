"""Every refusal and failure as an answer: which status, which sentence; never data, SQL or a stack.

What the pages say by default and how they look stands in ``theme.errors``; scripts get the same sentence as JSON.
"""

import logging

import psycopg
from flask import Flask, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from admin_core.api.problems import answer as problem_answer
from admin_core.api.problems import is_for_programs, of_status
from admin_core.audit.web import note_refusal
from admin_core.generator.errors import BadRequest, NotFound, TooSlow
from admin_core.machine import machine
from admin_core.policy import Refused
from admin_core.reflection.database import is_theirs
from admin_core.team.why_page import url_of as why_url
from admin_core.theme.errors import error_page
from admin_core.traces import trace_of

log = logging.getLogger(__name__)

QUERY_CANCELED = "57014"
COLLIDED = frozenset({"40001", "40P01", "55P03"})
"""Two transactions wanted the same rows; the database ended this one, and the other went on."""
CHANGED = frozenset({"42P01", "42703"})
"""A table or a column that was there when it was read is gone."""
NOT_AS_IT_WAS = "A table is not as it was when this program read it."
EXPIRED_FORM = "This form was open for too long, or came from another site. Nothing was saved."
NUL = "Something that was sent holds a zero byte, which no text here may hold. Nothing was saved."
SLOW = "The database needed longer than a page may take."
FORESEEN = {QUERY_CANCELED: (503, SLOW, "Narrow the filter and try again."), **dict.fromkeys(COLLIDED, (409, "", ""))}
FIRST_ERROR = 400


def install(app: Flask) -> None:
    """Answer every exception with a page that says what to do."""
    app.register_error_handler(
        CSRFError, lambda _: answer(400, EXPIRED_FORM, "Go back, reload the page, send it again.")
    )
    app.register_error_handler(Refused, on_refusal)
    app.register_error_handler(NotFound, lambda e: answer(404, e.sentence, e.hint))
    app.register_error_handler(BadRequest, lambda e: answer(400, e.sentence, e.hint))
    app.register_error_handler(TooSlow, lambda e: answer(503, e.sentence, e.hint))
    app.register_error_handler(DBAPIError, on_database)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_anything)


def on_refusal(refused: Refused) -> ResponseReturnValue:
    """Say why the person may not, and record that they tried."""
    note_refusal(refused)
    return answer(403, refused.sentence, why_url=why_url(refused.permission))


def on_database(error: DBAPIError) -> ResponseReturnValue:
    """Tell a slow query, a collision and an absent database from a mistake of ours."""
    code = getattr(error.orig, "sqlstate", None)
    if code in FORESEEN:
        return answer(*FORESEEN[code])
    if code is None and isinstance(error.orig, psycopg.DataError):  # the driver found it before the database did
        return answer(400, NUL, "Type that part anew instead of pasting it.")
    reflection = machine().reflection
    if code in CHANGED and reflection is not None and is_theirs(error):
        log.warning("a reflected table changed\n%s", trace_of(error))
        reflection.forget()
        return answer(503, NOT_AS_IT_WAS, "It is being read again: reload the page.")
    if error.connection_invalidated or (isinstance(error, OperationalError) and code is None):
        return answer(503)
    return on_anything(error)


def on_http(error: HTTPException) -> ResponseReturnValue:
    """Answer Werkzeug's own errors; redirects pass through."""
    if error.code is None or error.code < FIRST_ERROR:
        return error.get_response()
    if isinstance(error, MethodNotAllowed) and is_for_programs(request.path):
        return problem_answer(of_status(error.code, Allow=", ".join(sorted(error.valid_methods or ()))))
    return answer(error.code)


def on_anything(error: Exception) -> ResponseReturnValue:
    """Log what we did not foresee, under the request's id, and say that it is our fault."""
    log.error("unexpected error in request %s\n%s", g.get("request_id", "-"), trace_of(error))
    return answer(500)


def answer(status: int, sentence: str = "", advice: str = "", why_url: str = "") -> ResponseReturnValue:
    """Return the failure as the page, fragment or JSON that was asked for."""
    if is_for_programs(request.path):
        return problem_answer(of_status(status, f"{sentence} {advice}".strip()))
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"status": status, "detail": sentence}), status
    return error_page(status, g.get("request_id", ""), sentence, advice, why_url)
