"""The person of this request: read with one statement when a session says who they are, never kept between requests."""

import time
from typing import Any

from flask import Flask, g, has_request_context, request, session
from flask_login import LoginManager, current_user, user_logged_in
from flask_security.utils import set_request_attr
from sqlalchemy import select
from sqlalchemy.orm import joinedload, scoped_session

from admin_core.access.configuration import FRESH_FOR, SESSION_LASTS
from admin_core.access.models import User
from admin_core.policy import Person

BEGAN = "began"
PROVED = "fs_paa"
"""Flask-Security keeps the time of the last proof of identity here."""
SESSION_PATHS = ("/admin", "/auth")
"""Addresses that read a session; everywhere else nobody is signed in."""


def install(app: Flask, sessions: "scoped_session[Any]") -> None:
    """Load the member of a session our way: at once with their roles, and only where a session counts."""
    manager: LoginManager = app.login_manager  # type: ignore[attr-defined]  # set by Flask-Security
    manager.session_protection = None  # it keeps a hash of address and browser in the cookie, and proves nothing
    manager.request_loader(lambda _request: None)  # no tokens in headers: a session is the only way in
    manager.user_loader(lambda uniquifier: member_of_session(sessions, uniquifier))
    user_logged_in.connect(begin_session, app)


def member_of_session(sessions: "scoped_session[Any]", uniquifier: str) -> User | None:
    """Return the active member this session belongs to; None ends it at once."""
    if not reads_session(request.path) or is_over(session.get(BEGAN, 0)):
        return None
    statement = (
        select(User)
        .where(User.fs_uniquifier == uniquifier, User.active)  # type: ignore[arg-type]  # columns of the table
        .options(joinedload(User.roles))
    )
    user: User | None = sessions.scalars(statement).unique().one_or_none()
    sessions.commit()  # gives the connection back; nothing was written
    set_request_attr("fs_authn_via", "session")  # Flask-Security's own pages ask for both
    set_request_attr(PROVED, session.get(PROVED, 0))
    return user


def begin_session(_app: Flask, **_: Any) -> None:
    """Note when the session began, and drop what Flask-Login derived from address and browser."""
    session[BEGAN] = int(time.time())
    session.pop("_id", None)


def reads_session(path: str) -> bool:
    """Return whether an address belongs to the surface on which people are signed in."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in SESSION_PATHS)


def is_over(began: float) -> bool:
    """Return whether a session that began then has lasted long enough."""
    return time.time() - began > SESSION_LASTS.total_seconds()


def current_person() -> Person | None:
    """Return who asks, or None when nobody is signed in."""
    if not has_request_context() or not reads_session(request.path):
        return None
    if "person" not in g:
        g.person = person_of(current_user) if current_user.is_authenticated else None
    found: Person | None = g.person
    return found


def person_of(user: Any) -> Person:
    """Return the member as the policy sees them."""
    return Person(
        id=user.id,
        name=user.name,
        roles=tuple(sorted(role.name for role in user.roles)),
        permissions=frozenset(pattern for role in user.roles for pattern in role.permissions),
        preferences=user.preferences,
        is_fresh=time.time() - session.get(PROVED, 0) < FRESH_FOR.total_seconds(),
    )
