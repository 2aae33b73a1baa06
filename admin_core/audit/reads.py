"""Writes down what a page shows of people, in a transaction of its own that is committed before the first byte.

What cannot be written down is not shown. Opening the same record again within a minute is the same look; what is
searched, listed, revealed or taken away is a look each time.
"""

import logging
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Response, g, make_response, request
from sqlalchemy import exists, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from admin_core.access import signed_in
from admin_core.addresses import stored_address
from admin_core.audit.recording import KEYS_A_ROW, AuditLog, Look
from admin_core.audit.tables import LOOKS
from admin_core.generator.ids import as_text
from admin_core.generator.people import people_of
from admin_core.generator.reads import Reads, Shown, is_read
from admin_core.generator.revealing import Granted
from admin_core.generator.subjects import way_of
from admin_core.machine import close_session, machine
from admin_core.theme.errors import error_page
from admin_core.traces import trace_of
from schema.access_log import AccessKind

log = logging.getLogger(__name__)
SAME_LOOK = timedelta(seconds=60)
UNWRITTEN = "It can't be written down right now who reads this, so it is not shown."
FIRST_REDIRECT, FIRST_ERROR = 300, 400


def install(app: Flask) -> None:
    """Write down what each page shows before it leaves."""
    app.after_request(write_down)


def page_reads() -> Reads:
    """Return what this request has shown so far; everything added to it is written down before the answer goes out."""
    if "reads" not in g:
        g.reads = Reads()
    return cast("Reads", g.reads)


def note_shown(model: str, names: Iterable[str], keys: Iterable[Any], kind: AccessKind = AccessKind.LIST) -> None:
    """Note, for a page made by hand, that it shows these columns of rows, as far as the person sees them in clear."""
    person = signed_in()
    spec = machine().registry.spec(model)
    fields = [name for name in names if is_read(person, spec.columns[name])]
    rows = [(key,) for key in keys]
    record = str(rows[0][0]) if kind is AccessKind.DETAIL and rows else None
    page_reads().note(spec, kind, fields, rows, record=record)


def write_down(response: Response) -> Response:
    """Return the response once it is written down what it shows; an error page when that is not possible."""
    reads: Reads | None = g.pop("reads", None)
    if reads is None or not reads.shown or FIRST_REDIRECT <= response.status_code < FIRST_ERROR:
        return response
    close_session()  # its connection is free for the log: a request never needs two at once
    try:
        with opened(reads) as session:
            for shown in reads.shown.values():
                write(session, shown)
    except SQLAlchemyError as error:
        trace = trace_of(error)
        log.error("request %s stays unanswered: its reads are not recorded\n%s", g.request_id, trace)  # noqa: TRY400 (no message)
        response.close()
        return unwritten()
    return response


def opened(reads: Reads) -> AbstractContextManager[Session]:
    """Return a session to write the looks with: each is one statement, unless it holds a great many people."""
    database = machine().database
    is_short = all(len(shown.keys) <= KEYS_A_ROW for shown in reads.shown.values())
    return database.statement() if is_short else database.transaction()


def unwritten() -> Response:
    """Return the answer in place of a page that nobody would know was read."""
    if request.accept_mimetypes.best == "application/json":
        return make_response({"status": 503, "detail": UNWRITTEN}, 503)
    return error_page(503, g.request_id, UNWRITTEN, "Try again in a minute.")


def write(session: Session, shown: Shown) -> None:
    """Write one look, unless it is the same as one of a moment ago."""
    look = look_of(session, shown)
    if shown.kind is not AccessKind.DETAIL or not was_seen(session, look):
        machine().audit.record_look(session, look)


def look_of(session: Session, shown: Shown) -> Look:
    """Return what is written of a page's rows."""
    person = signed_in()
    return Look(
        kind=shown.kind,
        model_key=shown.spec.key,
        record_key=machine().audit.plain(shown.record),
        member_id=person.id,
        field_names=tuple(shown.fields),
        row_count=len(shown.keys),
        query_digest=machine().audit.keys.digest_of(shown.words) if shown.words else None,
        request_id=g.request_id,
        ip=request.remote_addr,
        **about(session, shown),
    )


def about(session: Session, shown: Shown) -> dict[str, Any]:
    """Return whose data it is: one person, or all of a list; nothing where the model says nobody's."""
    way = way_of(shown.spec)
    if way is None:
        return {}
    unknown = [key for key in shown.keys if key not in shown.people]
    found = {**shown.people, **people_of(session, shown.spec, unknown)}
    return whose(machine().audit, way.kind, [as_text(person) for person in found.values() if person is not None])


def whose(log: AuditLog, kind: str, keys: Sequence[str]) -> dict[str, Any]:
    """Return people as a look names them: one by key, several in a list."""
    people = tuple(key for text in dict.fromkeys(keys) if (key := log.plain(text)))
    if not people:
        return {}
    return {"subject_kind": kind} | ({"people": people} if len(people) > 1 else {"subject_key": people[0]})


def note_reveal(session: Session, granted: Granted) -> None:
    """Write down that a masked value is revealed and why, in the transaction that reveals it."""
    shown = Shown(granted.spec, AccessKind.REVEAL, granted.record_id)
    shown.fields[granted.column.key] = shown.keys[granted.key] = None
    look = replace(look_of(session, shown), reason=granted.reason, ticket_id=granted.ticket_id)
    machine().audit.record_look(session, look)


def was_seen(session: Session, look: Look) -> bool:
    """Return whether the person was shown all this of the record a moment ago, from the same place."""
    same = [LOOKS.c[name] == getattr(look, name) for name in ("member_id", "kind", "model_key", "record_key")]
    fields = LOOKS.c.field_names.op("@>", is_comparison=True)(list(look.field_names))
    place = LOOKS.c.ip.is_not_distinct_from(stored_address(look.ip))
    lately = LOOKS.c.occurred_at > func.now() - SAME_LOOK
    return bool(session.scalar(select(exists().where(*same, fields, place, lately))))
