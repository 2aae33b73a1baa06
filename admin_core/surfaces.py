"""Two surfaces, one code: for every route, who it is for and what opens it. An undeclared route does not start.

``admin`` is for people who signed in; ``public`` for programs and strangers, where no session is ever read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

from admin_core.access import current_person
from admin_core.policy import require_permission

Surface = Literal["admin", "public"]
SURFACES: tuple[Surface, ...] = ("admin", "public")
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


def declared(app: Flask) -> dict[str, Access]:
    """Return everything declared so far."""
    return cast("dict[str, Access]", app.extensions.setdefault(EXTENSION, {}))


def access_of(app: Flask, endpoint: str) -> Access | None:
    """Return what was declared for an endpoint, or for its blueprint."""
    found = declared(app)
    return found.get(endpoint) or found.get(f"{endpoint.rpartition('.')[0]}.*")


def install(app: Flask, served: tuple[str, ...]) -> None:
    """Ask before every request. Call after the sign-in's gate was installed, and ``require_declared`` at the end."""

    @app.before_request
    def ask() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        access = access_of(app, request.endpoint)
        if access is None or access.surface not in served:
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
