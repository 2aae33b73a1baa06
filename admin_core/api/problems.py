"""Refusals of the API: RFC 9457 problems with a sentence, and a pointer to each field that is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, g, json

MEDIA_TYPE = "application/problem+json"
ABOUT = "urn:problem-type:"
ROOTS = "API_ROOTS"
"""Where the application's configuration names the beginnings of addresses for programs."""

SENTENCES: Mapping[int, str] = {
    400: "The request could not be read.",
    404: "There is nothing at this address, or it is not for this key.",
    405: "This address does not take this method.",
    409: "Somebody else changed the same thing at the same time, so nothing was done. Send the request again.",
    413: "The request is larger than this address takes.",
    500: "We made a mistake. It has been recorded under the request id, and nothing was half done.",
    503: "A part we need, such as the database, is not available. Try again in a minute.",
}
"""What is said of a status when nothing better is known."""


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong about a request."""

    pointer: str
    """JSON pointer into the body (``/rating``), or the name of a parameter."""
    detail: str


@dataclass(eq=False)
class Problem(Exception):
    """Raised by an API route that declines; nothing was changed."""

    status: int
    kind: str
    """Lower-case words joined by dashes, stable: programs compare it."""
    detail: str
    errors: tuple[Wrong, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def not_found(detail: str = SENTENCES[404]) -> Problem:
    """Return the problem of something that does not exist for this key."""
    return Problem(404, "not-found", detail)


def invalid(*errors: Wrong, detail: str = "") -> Problem:
    """Return the problem of a request that was understood and is wrong."""
    count = "One value is" if len(errors) == 1 else f"{len(errors)} values are"
    return Problem(422, "invalid", detail or f"{count} not acceptable: see errors.", errors)


def of_status(status: int, detail: str = "", **headers: str) -> Problem:
    """Return the problem for a status that something else decided."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Problem(
        status, HTTPStatus(status).phrase.lower().replace(" ", "-"), detail or SENTENCES.get(status, ""), headers=named
    )


def is_for_programs(path: str) -> bool:
    """Return whether an address is one of the API or of a protocol it speaks: every answer there is for a program."""
    roots = current_app.config.get(ROOTS, ("/api",))
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def answer(problem: Problem) -> Response:
    """Return the problem as an answer."""
    body: dict[str, Any] = {
        "type": ABOUT + problem.kind,
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": f"urn:request:{g.get('request_id', '')}",
    }
    if problem.errors:
        body["errors"] = [{"pointer": wrong.pointer, "detail": wrong.detail} for wrong in problem.errors]
    response = Response(json.dumps(body), problem.status, mimetype=MEDIA_TYPE)
    response.headers.update(problem.headers)
    return response
