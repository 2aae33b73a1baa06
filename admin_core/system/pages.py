"""The system page: a frame of cards that load on their own, so that one slow part delays no other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, abort, render_template, request
from flask.typing import ResponseReturnValue

from admin_core import checks, surfaces
from admin_core.access import signed_in
from admin_core.jobs.reachable import redis_answers_in
from admin_core.machine import machine, request_session
from admin_core.policy import PolicySession
from admin_core.sources.watching import source_lines
from admin_core.system import parts
from admin_core.system.checkups import checkups
from admin_core.system.parts import Line
from admin_core.system.versions import versions
from admin_core.theme.formats import duration

URL = "/admin/system"
READ = "page:system:read"
blueprint = Blueprint("system", __name__)


@dataclass(frozen=True)
class Part:
    """A card of the page."""

    title: str
    load: Callable[[], Mapping[str, Any]]
    """Returns what its template shows."""
    template: str = "lines"


@blueprint.get(URL)
def system() -> ResponseReturnValue:
    """Show what needs no question, and places for the rest."""
    settings = machine().settings
    own = [
        Line("Environment", settings.env),
        Line("Address", settings.public_url),
        Line("Serves", " and ".join(settings.surfaces)),
        Line("Proxies trusted", str(settings.proxies)),
    ]
    return render_template("admin/system/page.html", own=own, versions=versions(), parts=PARTS, url=URL)


@blueprint.get(f"{URL}/<name>")
def part(name: str) -> ResponseReturnValue:
    """Show one card: for htmx alone, else as a page."""
    found = PARTS.get(name) or abort(404)
    partial = bool(request.headers.get("HX-Request"))
    return render_template("admin/system/part.html", part=found, name=name, partial=partial, **found.load())


def lines(load: Callable[[], list[Line]]) -> Callable[[], Mapping[str, Any]]:
    """Return a loader of lines."""
    return lambda: {"lines": load()}


def session() -> PolicySession:
    """Return the session of the person who asks; the surface has asked for the permission."""
    person = signed_in()
    return request_session(person)


def database_lines() -> list[Line]:
    """Return how the database is, the tables of plugins included."""
    return parts.database(machine().database.engine, machine().plugins.branches())


def redis_lines() -> list[Line]:
    """Return whether Redis answers quickly."""
    took = redis_answers_in(machine().settings)
    if took is None:
        return [Line("Redis", "No answer within 50 ms: jobs wait in the database until it is back.", "danger", "away")]
    return [Line("Redis", f"It answers in {duration(took)}.", "success", "fine")]


def declared() -> Mapping[str, Any]:
    """Return what models and plugins get wrong, as `admin check` says it."""
    found = checks.findings(machine().registry, machine().plugins)
    return {"findings": found}


def health() -> Mapping[str, Any]:
    """Return what plugins say about themselves."""
    found = checkups(session(), machine().plugins, parts.now_utc())
    return {"checkups": found}


PARTS: dict[str, Part] = {
    "health": Part("Health", health, "checkups"),
    "database": Part("Database", lines(database_lines)),
    "queues": Part("Jobs", lines(lambda: parts.queues(session(), parts.now_utc()))),
    "processes": Part("Processes", lines(lambda: parts.processes(session(), parts.now_utc()))),
    "redis": Part("Redis", lines(redis_lines)),
    "feeds": Part("Sources", lines(lambda: source_lines(session(), parts.now_utc()))),
    "disks": Part("Disks", lines(lambda: parts.disks(machine().settings))),
    "checks": Part("Declarations", declared, "findings"),
}
"""By the last part of the address, in the order in which they are shown."""


def install(app: Flask) -> None:
    """Mount the page for who may see the system."""
    app.register_blueprint(blueprint)
    surfaces.declare(app, {"system.*": surfaces.admin(READ)})
