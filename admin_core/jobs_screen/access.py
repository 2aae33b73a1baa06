"""Notes who took personal data away, in a transaction of its own that is committed before the first byte leaves."""

from collections.abc import Callable
from typing import Any

from flask import g, request
from sqlalchemy.orm import Session

from admin_core.audit.recording import Look
from admin_core.machine import machine
from admin_core.policy import Person
from schema.access_log import AccessKind


def note_download(person: Person, also: Callable[[Session], None] = lambda _session: None, **words: Any) -> None:
    """Write the look into both logs, with what ``also`` writes beside it."""
    look = Look(kind=AccessKind.DOWNLOAD, member_id=person.id, ip=request.remote_addr, request_id=g.request_id, **words)
    with machine().database.transaction() as session:
        also(session)
        machine().audit.record_look(session, look)
