"""Proof again before something dangerous: who has not proved who they are for ten minutes is asked first.

What was typed is kept in the session for half an hour and offered again afterwards; nothing is sent by itself.
Passwords and other secrets are never kept.
"""

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, redirect, request

from admin_core.access.browsers import FORM_TOKEN, browser_here
from admin_core.access.configuration import FRESH_FOR, HOME, PROOF
from admin_core.access.local_paths import is_local_path
from admin_core.policy import Person

SEE_OTHER = 303
HELD = "kept"
KEPT = "/auth/kept"
MOST_KEPT, LONGEST_KEPT = 3, 200_000
KEPT_FOR_S = 1_800
SENT_AGAIN = "kept-form"
"""The field by which a kept form says that it is being sent again."""
SECRET = re.compile("passw|secret|token", re.IGNORECASE)
"""In the names of fields that are not kept."""
SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class KeptForm:
    """A form that was sent before the proof: where it goes, and what it said."""

    name: str
    path: str
    pairs: tuple[tuple[str, str], ...]
    is_whole: bool = True


def require_fresh(person: Person, *, keeps_form: bool = True, within: timedelta = FRESH_FOR) -> None:
    """Go on when the person proved who they are within this time; else ask for a proof, and lead back here."""
    is_new = within >= FRESH_FOR or (person.proved_at is not None and datetime.now(UTC) - person.proved_at < within)
    if not (person.is_fresh and is_new):
        ask_for_proof(way_back() if keeps_form else request.path)


def ask_for_proof(path: str) -> None:
    """Answer the request with the page that asks for a proof and leads to this path afterwards."""
    address = proof_url(path)
    if request.headers.get("HX-Request"):
        abort(Response("", headers={"HX-Redirect": address}))
    abort(redirect(address, SEE_OTHER))


def proof_url(path: str) -> str:
    """Return where a person proves who they are before they go on."""
    return f"{PROOF}?{urlencode({'next': path})}"


def way_back() -> str:
    """Return what leads back to where the person is: the page, or the form they sent."""
    if request.method not in SAFE:
        return f"{KEPT}/{keep_form()}"
    address = request.full_path.rstrip("?")
    return address if is_local_path(address) else HOME


def keep_form() -> str:
    """Keep the form that was sent, and return the name to find it by; only the newest few are kept."""
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in {FORM_TOKEN, SENT_AGAIN}]
    pairs = [(name, value) for name, value in sent if not SECRET.search(name)]
    is_small = sum(len(name) + len(value) for name, value in pairs) <= LONGEST_KEPT
    name, browser = secrets.token_urlsafe(9), browser_here()
    held: dict[str, Any] = dict(list(browser.get(HELD, {}).items())[1 - MOST_KEPT :])
    path = request.full_path.rstrip("?")
    held[name] = {
        "path": path if is_local_path(path) else HOME,
        "pairs": pairs if is_small else [],
        "whole": is_small and len(pairs) == len(sent) and not request.files,
        "at": time.time(),
    }
    browser[HELD] = held
    return name


def kept_form(name: str) -> KeptForm | None:
    """Return the form kept under a name, None when it is not (any more)."""
    found = browser_here().get(HELD, {}).get(name)
    if not found:
        return None
    pairs = tuple((str(key), str(value)) for key, value in found["pairs"])
    return KeptForm(name, found["path"], pairs, is_whole=found["whole"])


def forget_kept_forms() -> None:
    """Forget the form that is being sent again, and those that were kept for too long."""
    browser, sent = browser_here(), request.form.get(SENT_AGAIN, "")
    held = browser.get(HELD, {})
    left = {name: each for name, each in held.items() if name != sent and time.time() - each["at"] <= KEPT_FOR_S}
    if len(left) < len(held):
        browser[HELD] = left
