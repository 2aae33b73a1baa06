"""Runs an operation in one transaction: its effect, its access entry and the answer kept for repeats, all or none."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Response, g, request

from admin_core.api import repeats
from admin_core.api.calls import Call, person_of
from admin_core.api.key_store import Key
from admin_core.api.problems import Problem
from admin_core.api.reading import arguments_of
from admin_core.api.reads import note_reading
from admin_core.api.repeats import Kept, Repeat
from admin_core.audit.entries import Entry
from admin_core.audit.recording import keys_digest
from admin_core.audit.web import of_request
from admin_core.changes.acting import current, describe
from admin_core.contributions import ActionRefused, ApiRoute
from admin_core.database import limit_statements
from admin_core.effects import JobEffects
from admin_core.jobs.enqueue import Origin
from admin_core.machine import Machine, machine, request_session
from schema.audit import ActorKind, AuditCategory
from schema.changes import ChangeKind

if TYPE_CHECKING:
    from admin_core.api.endpoints import Endpoint
    from admin_core.api.serving import Api

REPLAYED = "Idempotency-Replayed"


def performed(api: "Api", route: ApiRoute, key: Key, path: dict[str, str], now: datetime) -> Response:
    """Return the answer: of this request, or of the same one when it was sent before."""
    endpoint = api.endpoint(route)
    arguments, raw = arguments_of(endpoint, request, path)
    call = call_of(api.parts, route, key, now)
    repeat = repeat_of(route, key, raw)
    if route.statements:
        limit_statements(call.session)
    try:
        earlier = repeats.begin(call.session, call.cipher, repeat, now) if repeat else None
        answer = earlier or done(endpoint, call, arguments, repeat)
        call.session.commit()
    except ActionRefused as refusal:
        raise Problem(409, "refused", f"{refusal.sentence} {refusal.hint}".strip()) from refusal
    response = Response(answer.body, answer.status, mimetype="application/json")
    if earlier:
        response.headers[REPLAYED] = "true"
    return unless_known(response) if route.etag else response


def unless_known(response: Response) -> Response:
    """Return the answer with its tag, or that the caller has it already. Werkzeug asks this for GET alone."""
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    tag, _ = response.get_etag()
    if tag is None or not request.if_none_match.contains_weak(tag):
        return response
    known = Response(status=304)
    known.set_etag(tag)
    known.headers["Cache-Control"] = response.headers["Cache-Control"]
    return known


def done(endpoint: "Endpoint", call: Call, arguments: dict[str, Any], repeat: Repeat | None) -> Kept:
    """Run the function and write what belongs to its answer."""
    if "call" in endpoint.wanted:
        arguments = {**arguments, "call": call}
    found = endpoint.function(**arguments)
    note_reading(machine().audit, call.session, call, found, request.remote_addr)
    if call.route.method != "GET" and not call.route.asks:
        note_call(call)
    answer = Kept(call.route.status, found.model_dump_json())
    if repeat:
        repeats.keep(call.session, call.cipher, repeat, answer)
    return answer


def note_call(call: Call) -> None:
    """Put into the audit log that a program changed something, whatever it wrote."""
    who = current.get()
    words: dict[str, Any] = {**of_request(), "change_set_id": who.id if who else None}
    if call.written:
        words |= {"row_count": len(call.written), "object_key": keys_digest(call.written)}
    entry = Entry(category=AuditCategory.WRITE, action=f"api.{call.route.name}", object_type="api", **words)
    machine().audit.record(call.session, entry)


def call_of(parts: Machine, route: ApiRoute, key: Key, now: datetime) -> Call:
    """Return what the function is given; the session is the request's, and rolls back at its end unless committed."""
    person = person_of(key, route)
    describe(kind=ChangeKind.API, actor_kind=ActorKind.API_KEY, actor_key=str(key.id), title=route.summary)
    session = request_session(person)
    return Call(
        session=session,
        key=key,
        person=person,
        now=now,
        route=route,
        registry=parts.registry,
        cipher=parts.cipher,
        effects=JobEffects(session, parts, Origin(request_id=g.request_id)),
        request_id=g.request_id,
    )


def repeat_of(route: ApiRoute, key: Key, raw: bytes) -> Repeat | None:
    """Return the name under which this request may be repeated, None when it has none or needs none."""
    if route.method != "POST" or route.asks:
        return None
    name = repeats.read_name(request.headers.get(repeats.HEADER), route.idempotency)
    if not name:
        return None
    digest = repeats.request_digest(request.method, request.path, request.query_string.decode("latin-1"), raw)
    return Repeat(key.id, name, digest)
