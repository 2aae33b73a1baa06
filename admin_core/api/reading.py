"""A request's address and body as values, or a Problem that says which value is wrong. Never trusts, never guesses."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Request
from pydantic import ValidationError

from admin_core.api.endpoints import Endpoint
from admin_core.api.models import Model, Query
from admin_core.api.problems import Problem, Wrong, invalid, not_found

JSON_TYPES = ("application/json",)
DEEPEST = 32
MOST_ERRORS = 20


def arguments_of(endpoint: Endpoint, request: Request, path: dict[str, str]) -> tuple[dict[str, Any], bytes]:
    """Return what the route's function is called with, and the body as it came."""
    raw = body_of(request, endpoint.route.largest_body)
    given: dict[str, Any] = dict(path_values(endpoint.path, path))
    query = query_of(endpoint.query, request)
    if endpoint.body is not None:
        given["body"] = parsed(endpoint.body, request, raw)
    elif raw:
        raise Problem(400, "no-body-taken", f"{endpoint.route.method} at this address takes no body. Send none.")
    given["query"] = query
    return {name: value for name, value in given.items() if name in endpoint.wanted}, raw


def path_values(model: type[Model], path: dict[str, str]) -> Model:
    """Return the parts of the path; what cannot be such a part is not found."""
    if any("\x00" in text for text in path.values()):
        raise not_found()
    try:
        return model.model_validate_strings(path)
    except ValidationError as error:
        raise not_found() from error


def query_of(model: type[Query], request: Request) -> Any:
    """Return the parameters of the address."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise invalid(*(Wrong(name, "Give it once.") for name in twice[:MOST_ERRORS]))
    if unfit := [name for name, text in request.args.items() if not (is_text(name) and is_text(text))]:
        raise invalid(*(Wrong(name if is_text(name) else "?", "It holds a character that is none.") for name in unfit))
    try:
        return model.model_validate_strings(request.args.to_dict())
    except ValidationError as error:
        raise invalid(*wrongs(error, is_body=False)) from error


def body_of(request: Request, largest: int) -> bytes:
    """Return the body, read by ourselves up to the limit: one sent in chunks has no length, and would be cut."""
    if (request.content_length or 0) > largest:
        raise too_large(largest)
    raw = request.stream.read(largest + 1)
    if len(raw) > largest:
        raise too_large(largest)
    return raw


def too_large(largest: int) -> Problem:
    """Return the problem of a body over the limit."""
    return Problem(413, "too-large", f"This address takes at most {largest} bytes.")


def parsed(model: type[Model], request: Request, raw: bytes) -> Model:
    """Return the body as its model."""
    if request.mimetype not in JSON_TYPES:
        sent = request.mimetype or "none"
        raise Problem(415, "wrong-content-type", f"Send Content-Type: application/json. This request has {sent[:80]}.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "wrong-content-encoding", "Send the body without Content-Encoding.")
    value = json_of(raw)
    if bad := next(unfit_texts(value, ""), None):
        raise invalid(Wrong(bad, "The text holds a NUL or half a character, which cannot be stored."))
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise invalid(*wrongs(error, is_body=True)) from error


def json_of(raw: bytes) -> Any:
    """Return the JSON value of a body, refusing what other parsers would read differently."""
    try:
        return json.loads(raw.decode(), object_pairs_hook=without_twins, parse_constant=refuse_constant)
    except UnicodeDecodeError as error:
        raise malformed("The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise malformed(f"The body is no JSON: {error.msg} at character {error.pos}.") from error
    except RecursionError as error:
        raise malformed("The body is nested too deeply.") from error
    except ValueError as error:  # from the two hooks, or a number of thousands of digits
        raise malformed(
            "The body is no JSON that we take: a name stands twice, or a number is out of range."
        ) from error


def malformed(detail: str) -> Problem:
    """Return the problem of a body that cannot be read."""
    return Problem(400, "malformed-json", detail)


def without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; ValueError when a name stands twice: two programs would disagree about its value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def refuse_constant(name: str) -> float:
    """Refuse NaN and Infinity: they are no JSON, and PostgreSQL takes none."""
    raise ValueError(name)


def unfit_texts(value: Any, pointer: str, depth: int = 0) -> Iterator[str]:
    """Yield the pointers of texts, names included, that PostgreSQL cannot store."""
    if depth > DEEPEST:
        raise malformed(f"The body is nested deeper than {DEEPEST} levels.")
    if isinstance(value, str) and not is_text(value):
        yield pointer
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from unfit_texts(item, f"{pointer}/{place}", depth + 1)
    if isinstance(value, dict):
        for name, item in value.items():
            if not is_text(name):
                yield pointer
            else:
                yield from unfit_texts(item, f"{pointer}/{escaped(name)}", depth + 1)


def is_text(text: str) -> bool:
    """Return whether a text can be stored: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def wrongs(error: ValidationError, *, is_body: bool) -> list[Wrong]:
    """Return what pydantic found, without the values: they may be personal."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[:MOST_ERRORS]
    return [Wrong(pointer_of(each["loc"], is_body=is_body), sentence(each["type"], each["msg"])) for each in found]


def pointer_of(place: tuple[int | str, ...], *, is_body: bool) -> str:
    """Return where a value stands: a JSON pointer into a body, else the parameter's name."""
    if not is_body:
        return str(place[0]) if place else ""
    return "".join(f"/{escaped(str(step))}" for step in place)


def escaped(name: str) -> str:
    """Return a name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def sentence(kind: str, message: str) -> str:
    """Return what is wrong in a sentence."""
    if kind == "missing":
        return "It is required."
    if kind == "extra_forbidden":
        return "There is no such member here."
    return message.removeprefix("Value error, ").rstrip(".") + "."
