"""The person of this request: read with one statement when a session says who they are, never kept between requests."""

import uuid
from dataclasses import replace
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_login import LoginManager

from admin_core.access import members
from admin_core.access.browsers import browser_here, reads_session
from admin_core.access.sessions import Found
from admin_core.policy import Person


def install(app: Flask) -> None:
    """Let Flask-Login know the member of our session, and nobody else."""
    manager: LoginManager = app.login_manager  # type: ignore[attr-defined]  # set by Flask-Security
    manager.session_protection = None  # it keeps a hash of address and browser in the session, and proves nothing
    manager.user_loader(lambda _id: None)
    manager.request_loader(lambda _request: member_here())  # no tokens in headers: a session is the only way in


def member_here() -> Any:
    """Return the member who signed in, as the sign-in sees them; None for a stranger."""
    found = session_here()
    return found.user if found else None


def session_here() -> Found | None:
    """Return the complete session of this request; None for a stranger, and outside the team's pages."""
    if not has_request_context() or not reads_session(request.path):
        return None
    found = browser_here().found
    return found if found and found.user else None


def session_id_here() -> uuid.UUID | None:
    """Return which session asks."""
    found = session_here()
    return found.row.id if found else None


def current_person() -> Person | None:
    """Return who asks, or None when nobody is signed in."""
    if not has_request_context() or not reads_session(request.path):
        return None
    if "person" not in g:
        found = session_here()
        g.person = person_of(found) if found else None
    person: Person | None = g.person
    return person


def signed_in() -> Person:
    """Return who asks on a page that nobody sees without signing in: its surface has seen to that."""
    found = current_person()
    assert found is not None
    return found


def person_of(found: Found) -> Person:
    """Return the member as the policy sees them."""
    user: Any = found.user
    return replace(
        members.person_of(user),
        preferences=user.preferences,
        is_fresh=found.is_fresh,
        proved_at=found.row.fresh_at,
        has_own_accounts=found.has_own_accounts,
    )
