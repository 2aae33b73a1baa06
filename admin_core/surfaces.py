"""Two surfaces, one code: for every route, who it is for and what opens it. An undeclared route does not start.

``admin`` is for people who signed in; ``public`` for programs and strangers, where no session is ever read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue

from admin_core.access import current_person
from admin_core.access.browsers import reads_session
from admin_core.policy import require_permission

Surface = Literal["admin", "public", "both"]
"""``both`` is for static files and health alone: each surface needs them, and they tell nothing."""
EXTENSION = "admin_core.surfaces"


@dataclass(frozen=True)
class Access:
    """Where a route belongs and what opens it."""

    surface: Surface
    needs: str
    """A permission (``page:jobs:read``), or one of the words below."""


ANYONE = "anyone"
"""Static files, sign-in pages, health of the process: nothing behind it is about anybody."""
MEMBER = "member"
"""Any signed-in member of the team."""
POLICY = "policy"
"""The view asks the policy about the model or record at hand."""
KEY = "key"
"""An API key with the route's scope; the API checks it."""
SIGNATURE = "signature"
"""A signed message, or a link with an unguessable token; the view checks it."""
WORDS = frozenset({ANYONE, MEMBER, POLICY, KEY, SIGNATURE})


class UndeclaredRoutesError(RuntimeError):
    """Routes nobody said a surface for: a mistake of ours that must not reach a browser."""


def declare(app: Flask, accesses: Mapping[str, Access]) -> None:
    """Say for endpoints, or for all of a blueprint (``security.*``), where they belong and what opens them."""
    declared(app).update(accesses)


def admin(needs: str) -> Access:
    """Return the access of a page of the team."""
    return Access("admin", needs)


def public(needs: str) -> Access:
    """Return the access of a route for programs and strangers."""
    return Access("public", needs)


def both() -> Access:
    """Return the access of what each surface needs."""
    return Access("both", ANYONE)


def declared(app: Flask) -> dict[str, Access]:
    """Return everything declared so far."""
    return cast("dict[str, Access]", app.extensions.setdefault(EXTENSION, {}))


def access_of(app: Flask, endpoint: str) -> Access | None:
    """Return what was declared for an endpoint, or for its blueprint."""
    found = declared(app)
    return found.get(endpoint) or found.get(f"{endpoint.rpartition('.')[0]}.*")


def keep_apart(app: Flask, served: tuple[str, ...], is_for_programs: Callable[[str], bool]) -> None:
    """Answer 404 for a surface that this process, or this host name, does not serve. Call before the sign-in's gate."""

    @app.before_request
    def wall() -> None:
        surface = surface_of_request()
        if surface == "both":
            return
        if surface not in served or (surface == "admin" and is_for_programs(request.host)):
            g.person = None  # nobody is anybody here
            abort(404)


def surface_of_request() -> Surface:
    """Return the surface a request is for; an address that does not exist belongs to the one whose prefix it has."""
    access = access_of(current_app, request.endpoint) if request.endpoint else None
    if access is not None:
        return access.surface
    return "admin" if reads_session(request.path) else "public"


def install(app: Flask) -> None:
    """Ask before every request. Call after the sign-in's gate was installed, and ``require_declared`` at the end."""

    @app.before_request
    def ask() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        access = access_of(app, request.endpoint)
        if access is None:
            abort(404)
        if access.needs not in WORDS:
            admit(access.needs)
        elif access.needs == MEMBER and current_person() is None:
            abort(401)
        return None


def admit(permission: str) -> None:
    """Let the person pass who has the permission."""
    person = current_person()
    if person is None:
        abort(401)
    require_permission(person, permission, "open this page")


def require_declared(app: Flask) -> None:
    """Raise unless every route of the app says its surface."""
    missing = sorted({r.rule for r in app.url_map.iter_rules() if access_of(app, r.endpoint) is None})
    if missing:
        raise UndeclaredRoutesError(f"No surface is declared for: {', '.join(missing)}. See admin_core/surfaces.py.")
