"""Whoever asks on a request answers for what it writes."""

from typing import Any

from flask import Flask, g, request

from admin_core.access import current_person
from admin_core.audit.witnessing import Witness
from admin_core.changes.acting import Acting, current
from admin_core.machine import machine
from schema.audit import ActorKind
from schema.changes import ChangeKind


def install(app: Flask) -> None:
    """Say before each request who acts, and forget it afterwards. Install after the sign-in's gate."""
    app.before_request(begin)
    app.teardown_request(end)


def begin() -> None:
    """Name the signed-in member, or the public."""
    person = current_person()
    kind = ActorKind.MEMBER if person else ActorKind.PUBLIC
    who = Acting(
        kind=ChangeKind.FORM,
        actor_kind=kind,
        actor_id=person.id if person else None,
        request_id=g.get("request_id"),
        witness=Witness(machine().audit, request.remote_addr),
    )
    g.acting = current.set(who)


def end(_error: BaseException | None) -> None:
    """Let the thread serve the next request without this one's name."""
    token: Any = g.pop("acting", None)
    if token is not None:
        current.reset(token)
