"""In front of the admin surface, before any session is read: who comes from a network that is not allowed is refused.

A refusal is written down, at most once a minute for an address; of IPv6 for the /64 that one line of a provider has.
"""

import hashlib
import logging
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, cast

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from admin_core.access.attempts import email_key, from_line
from admin_core.access.parts import caller
from admin_core.addresses import Line, line_of, stored_address
from admin_core.audit.entries import Entry
from admin_core.audit.refusals import NOTED_EVERY_S, Noted
from admin_core.audit.web import of_request
from admin_core.database import Database
from admin_core.machine import machine
from admin_core.networks.allow_list import AllowList, list_in
from admin_core.surfaces import surface_of_request
from admin_core.traces import trace_of
from schema.audit import AuditCategory, AuditOutcome
from schema.sign_in import AttemptOutcome, SignInAttempt, SignInMethod

log = logging.getLogger(__name__)

EXTENSION = "admin_core.networks"
NOTED_EVERY = timedelta(seconds=NOTED_EVERY_S)


def install(app: Flask, database: Database) -> None:
    """Ask before every request. Install before the sign-in: nobody signs in from elsewhere."""
    app.extensions[EXTENSION] = list_in(database)
    noted = Noted()

    @app.before_request
    def ask() -> ResponseReturnValue | None:
        address = request.remote_addr
        if surface_of_request() != "admin" or allow_list().allows(address, datetime.now(UTC)):
            return None
        g.person = None  # no session is read: this page knows nobody
        if noted.is_due(str(line_of(address))):
            note_refusal(database, address)
        return refusal(address)


def allow_list() -> AllowList:
    """Return the list of the current application."""
    return cast("AllowList", current_app.extensions[EXTENSION])


def refusal(address: str | None) -> ResponseReturnValue:
    """Return a page that tells what can be done, and nothing of ours."""
    words = {"address": stored_address(address) or "", "request_id": g.get("request_id", "")}
    # Without the context of other pages: Flask-Login's part of it reads the session.
    page = current_app.jinja_env.get_template("admin/networks/refused.html").render(words)
    return page, HTTPStatus.FORBIDDEN


def note_refusal(database: Database, address: str | None) -> None:
    """Write a refusal down, unless another process did within the minute. Refused it is either way."""
    line = line_of(address)
    try:
        with database.transaction() as session:
            key = int.from_bytes(hashlib.blake2b(f"refused {line}".encode(), digest_size=8).digest(), signed=True)
            session.execute(select(func.pg_advisory_xact_lock(key)))
            if not was_noted(session, line):
                session.add(attempt())
                words: dict[str, Any] = {
                    "category": AuditCategory.AUTH,
                    "action": "network.refused",
                    "outcome": AuditOutcome.REFUSED,
                }
                machine().audit.record(session, Entry(**words, **of_request()))
    except SQLAlchemyError as error:
        log.error("a refusal of a network could not be recorded\n%s", trace_of(error))  # noqa: TRY400 (no message)


def was_noted(session: Session, line: Line | None) -> bool:
    """Return whether somebody from there was written down within the minute."""
    statement = select(SignInAttempt.id).where(
        from_line(line),
        SignInAttempt.outcome == AttemptOutcome.NETWORK_REFUSED,
        SignInAttempt.occurred_at > func.now() - NOTED_EVERY,
    )
    return session.scalar(statement.limit(1)) is not None


def attempt() -> SignInAttempt:
    """Return the row; it names nobody, and the method is that of the door."""
    knocks = caller()
    return SignInAttempt(
        email_key=email_key(machine().settings.secret_key, ""),
        ip=knocks.ip,
        device=knocks.device[:400] or None,
        request_id=knocks.request_id,
        method=SignInMethod.LINK if request.path.startswith("/auth/link/") else SignInMethod.PASSWORD,
        outcome=AttemptOutcome.NETWORK_REFUSED,
    )
