"""Proof again before something dangerous: who has not proved who they are for ten minutes is asked first.

What was typed is kept in the session and offered again afterwards; nothing is sent by itself.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, redirect, request

from admin_core.access.browsers import FORM_TOKEN, browser_here
from admin_core.access.configuration import HOME, PROOF
from admin_core.access.local_paths import is_local_path
from admin_core.policy import Person

SEE_OTHER = 303
HELD = "kept"
KEPT = "/auth/kept"
MOST_KEPT, LONGEST_KEPT = 3, 200_000
SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class KeptForm:
    """A form that was sent before the proof: where it goes, and what it said."""

    path: str
    pairs: tuple[tuple[str, str], ...]
    had_files: bool = False


def require_fresh(person: Person) -> None:
    """Go on when the person proved who they are within ten minutes; else ask for a proof, and lead back here."""
    if not person.is_fresh:
        ask_for_proof(way_back())


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
    pairs = [(name, value) for name, value in request.form.items(multi=True) if name != FORM_TOKEN]
    is_small = sum(len(name) + len(value) for name, value in pairs) <= LONGEST_KEPT
    name, browser = secrets.token_urlsafe(9), browser_here()
    held: dict[str, Any] = dict(list(browser.get(HELD, {}).items())[1 - MOST_KEPT :])
    path = request.full_path.rstrip("?")
    held[name] = {
        "path": path if is_local_path(path) else HOME,
        "pairs": pairs if is_small else [],
        "files": bool(request.files) or not is_small,
        "at": time.time(),
    }
    browser[HELD] = held
    return name


def kept_form(name: str) -> KeptForm | None:
    """Return the form kept under a name, None when it is not (any more)."""
    found = browser_here().get(HELD, {}).get(name)
    if not found:
        return None
    return KeptForm(found["path"], tuple((str(key), str(value)) for key, value in found["pairs"]), found["files"])
