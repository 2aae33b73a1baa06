"""In front of every page of the team: no stranger, no form from another site, no way out through ``next``."""

from urllib.parse import urlencode, urlsplit

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.datastructures import MultiDict

from admin_core.access.browsers import browser_here, reads_session
from admin_core.access.configuration import SIGN_IN
from admin_core.access.freshness import forget_kept_forms
from admin_core.access.local_paths import is_local_path
from admin_core.access.people import current_person
from admin_core.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FOR_MEMBERS = ("/admin", "/auth/verify", "/auth/kept", "/auth/change")
"""What nobody sees who has not signed in; the other pages of the sign-in are for strangers."""


class Gate:
    """Runs before every request."""

    def __init__(self, settings: Settings, csrf: CSRFProtect) -> None:
        self._origin = origin_of(settings.public_url)
        self._csrf = csrf

    def __call__(self) -> ResponseReturnValue | None:
        """Return the answer for who may not pass; None lets them through."""
        if not reads_session(request.path):
            return None
        browser_here()
        if wrong_next(request.args) or wrong_next(request.form):
            return without_next()
        if request.path.startswith(FOR_MEMBERS) and current_person() is None:
            return stranger()
        if request.method not in SAFE and request.endpoint is not None:
            self.check_form()
        forget_kept_forms()
        return None

    def check_form(self) -> None:
        """Raise CSRFError unless the form was made by us for this session."""
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {self._origin, origin_of(request.host_url)}:
            raise CSRFError("The form came from another site.")
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise CSRFError("The form came from another site.")
        self._csrf.protect()


def stranger() -> ResponseReturnValue:
    """Send a person to the sign-in page and back; tell scripts that the session has ended."""
    if request.headers.get("HX-Request") or request.accept_mimetypes.best == "application/json":
        abort(401)
    address = request.full_path.rstrip("?")
    if request.method not in SAFE or not is_local_path(address):
        return redirect(SIGN_IN)
    return redirect(f"{SIGN_IN}?{urlencode({'next': address})}")


def wrong_next(values: MultiDict[str, str]) -> bool:
    """Return whether one of the given ways back leads elsewhere."""
    return any(value and not is_local_path(value) for value in values.getlist("next"))


def without_next() -> ResponseReturnValue:
    """Forget a way back that leads elsewhere; a form that carries one was not made by us."""
    if request.method not in SAFE:
        abort(400)
    return redirect(request.path)


def origin_of(url: str) -> str:
    """Return scheme, host and port, as browsers send them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
