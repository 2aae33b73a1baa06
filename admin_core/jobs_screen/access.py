"""Notes who took personal data away, in a transaction of its own that is committed before the first byte leaves."""

from collections.abc import Callable

from flask import g, request
from sqlalchemy.orm import Session

from admin_core.addresses import stored_address
from admin_core.machine import machine
from admin_core.policy import Person
from schema.access_log import AccessEntry, AccessKind


def note_download(person: Person, also: Callable[[Session], None] = lambda _session: None, **words: object) -> None:
    """Write one line into the access log, with what ``also`` writes beside it."""
    with machine().database.transaction() as session:
        also(session)
        session.add(
            AccessEntry(
                member_id=person.id,
                kind=AccessKind.DOWNLOAD,
                ip=stored_address(request.remote_addr),
                request_id=g.request_id,
                **words,
            )
        )
