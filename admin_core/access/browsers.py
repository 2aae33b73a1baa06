"""Flask's session over our rows: the cookie holds a random token, the database its hash and what the session holds.

Somebody who only looks at the sign-in page has a token and no row: their form token is derived from it.
"""

import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Request, Response, current_app, request, session
from flask.sessions import SecureCookieSession, SessionInterface
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin_core.access.configuration import idle_time
from admin_core.access.models import User
from admin_core.access.parts import caller, parts
from admin_core.access.sessions import Found, add_visit, change_session, drop_outlived_visits, find_session
from admin_core.ciphers import Unreadable

PATHS = ("/admin", "/auth")
"""Addresses that read a session; everywhere else nobody is signed in."""
FORM_TOKEN = "csrf_token"  # noqa: S105 - the name under which Flask-WTF looks
SEALED = "session content"
TOASTS, TOASTS_END = "_flashes", "-said"
"""Flask's name for messages to the next page, and how the cookie that carries them ends."""
LONGEST_TOKEN, LONGEST_COOKIE = 100, 3_800
VISITOR = "v."
"""Begins the cookie of somebody who has no row yet: it is looked up nowhere."""
PENDING_LASTS = timedelta(minutes=30)
"""How long somebody may take between the first step of a sign-in and the last."""


class Browser(SecureCookieSession):
    """What a browser's session holds; nothing until the gate has loaded it."""

    def __init__(self, cookie: str = "") -> None:
        super().__init__()
        self.came_with = cookie
        self.token = ""
        self.found: Found | None = None
        self.was_asked = self.is_loaded = False
        self.row_holds, self.toasts_came = "{}", ""
        self.is_needed = False
        """True when a page was made that only works with the cookie."""

    def __getitem__(self, name: str) -> Any:
        """Return what is held under a name."""
        self.is_needed = self.is_needed or name == FORM_TOKEN
        return super().__getitem__(name)

    @property
    def user(self) -> User | None:
        """Who signed in completely; None before that."""
        return self.found.user if self.found else None

    @property
    def cookie(self) -> str:
        """What the browser has to show from now on; it says by itself whether there is a row."""
        return self.token if self.found else f"{VISITOR}{self.token}"

    def held(self) -> dict[str, Any]:
        """Return what the row keeps."""
        return {name: value for name, value in self.items() if name not in {FORM_TOKEN, TOASTS}}

    @property
    def toasts(self) -> str:
        """Return the messages that wait for the next page, as JSON; empty when none do."""
        waiting = self.get(TOASTS)
        return json.dumps(waiting) if waiting else ""

    def fill(self, found: Found | None, held: dict[str, Any], toasts: str) -> None:
        """Take what the database knows; a token whose session has ended is not used again."""
        is_visitor = self.came_with.startswith(VISITOR)
        known = self.came_with.removeprefix(VISITOR) if found or is_visitor else ""
        self.found, self.is_loaded = found, True
        dict.update(self, held)
        if toasts:
            dict.__setitem__(self, TOASTS, json.loads(toasts))
            self.toasts_came = self.toasts
        self.row_holds = json.dumps(held)
        self.name_token(known or new_token())

    def name_token(self, token: str) -> None:
        """Go by this token; that of forms stays the same as long as the session, so that no open form is lost."""
        self.token = token
        is_complete = self.found is not None and self.found.row.member_id is not None
        dict.__setitem__(self, FORM_TOKEN, form_token(str(self.found.row.id) if is_complete and self.found else token))

    def go_on(self, token: str, found: Found | None) -> None:
        """Go on under a new token, which the browser learns with this answer: nobody may have planted it."""
        self.found, self.is_needed = found, True
        self.name_token(token)

    def begin_anew(self, token: str, found: Found | None) -> None:
        """Forget everything that is held, and go on under a new token."""
        dict.clear(self)
        self.row_holds = "{}"
        self.go_on(token, found)


class Browsers(SessionInterface):
    """Opens and keeps the sessions of the team's pages; no other page has one."""

    def open_session(self, app: Flask, request: Request) -> Browser:
        """Return the session of this request, not yet loaded."""
        token = request.cookies.get(self.get_cookie_name(app), "") if reads_session(request.path) else ""
        return Browser(token if len(token) <= LONGEST_TOKEN else "")

    def save_session(self, app: Flask, session: Any, response: AnyResponse) -> None:
        """Keep what has changed, and tell the browser its token when it needs it."""
        browser = cast("Browser", session)
        if not browser.is_loaded:
            return
        if browser.modified and json.dumps(browser.held()) != browser.row_holds:
            keep(browser)
        name = self.get_cookie_name(app)
        if browser.is_needed and browser.cookie != browser.came_with:
            set_cookie(response, name, browser.cookie)
        send_toasts(response, f"{name}{TOASTS_END}", browser)


def load(browser: Browser) -> None:
    """Read the row of this request's session: one statement, none for a browser without a cookie."""
    if browser.was_asked:  # and perhaps not answered: the page that says so asks again
        return
    found, browser.was_asked = None, True
    if browser.came_with and not browser.came_with.startswith(VISITOR):
        tools = parts()
        idle = idle_time(tools.settings)
        with tools.database.statement() as work:
            found = find_session(work, browser.came_with, idle, caller().ip)
    browser.fill(found, opened(found.row.content) if found else {}, toasts_here() if found else "")


def keep(browser: Browser) -> None:
    """Write what the session holds into its row, made when there is none."""
    content = sealed(browser.held())
    with parts().database.transaction() as work:
        if browser.found is not None:
            change_session(work, browser.found.row.id, content=content)
        elif content is not None:
            give_row(work, browser, content)


def give_row(work: Session, browser: Browser, content: bytes) -> None:
    """Give a visitor a row; the forms on the page at hand stay good, unless somebody used the token up."""
    here = caller()
    words = {"ip": here.ip, "device": here.device[:400] or None, "content": content}
    drop_outlived_visits(work)
    row = add_visit(work, browser.token, PENDING_LASTS, words)
    if row is None:
        browser.name_token(new_token())
        row = add_visit(work, browser.token, PENDING_LASTS, words)
    assert row is not None  # the token was just made
    browser.found, browser.is_needed = Found(row, None, is_fresh=False), True


def form_token(session: str) -> str:
    """Return what the forms of a session carry: nobody makes it who only knows the session's id."""
    key = parts().settings.secret_key.encode()
    return hmac.new(key, f"forms of {session}".encode(), hashlib.sha256).hexdigest()


def sealed(held: dict[str, Any]) -> bytes | None:
    """Return what is held, encrypted; None for nothing."""
    return parts().cipher.seal(SEALED, json.dumps(held)).encode() if held else None


def opened(content: bytes | None) -> dict[str, Any]:
    """Return what a row holds; what no key of ours opens any more is nothing."""
    try:
        held: dict[str, Any] = json.loads(parts().cipher.open(SEALED, content.decode("ascii"))) if content else {}
    except Unreadable:
        return {}
    return held


def set_cookie(response: AnyResponse | Response, name: str, value: str, max_age: int | None = None) -> None:
    """Set a cookie that no script reads and no other site sends."""
    secure = parts().settings.is_secure
    response.set_cookie(name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="Lax")


def browser_here() -> Browser:
    """Return the session of this request, loaded."""
    browser = cast("Browser", session._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 (Werkzeug's public way to the object)
    load(browser)
    return browser


def toasts_here() -> str:
    """Return the messages that the page before left for this one."""
    kept = request.cookies.get(current_app.config["SESSION_COOKIE_NAME"] + TOASTS_END, "")
    try:
        return parts().cipher.open(TOASTS, kept) if kept else ""
    except Unreadable:
        return ""


def send_toasts(response: AnyResponse, name: str, browser: Browser) -> None:
    """Let the browser keep the messages until the next page: writing them into the row would cost two statements."""
    waiting = browser.toasts
    if waiting and waiting == browser.toasts_came:
        return
    sealed_text = parts().cipher.seal(TOASTS, waiting) if waiting else ""
    if waiting and len(sealed_text) <= LONGEST_COOKIE:
        set_cookie(response, name, sealed_text)
    elif name in request.cookies:
        response.delete_cookie(name, path="/", secure=parts().settings.is_secure, httponly=True, samesite="Lax")


def new_token() -> str:
    """Return a token that nobody guesses."""
    return secrets.token_urlsafe(32)


def reads_session(path: str) -> bool:
    """Return whether an address belongs to the surface on which people are signed in."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in PATHS)
