"""The page Sources: how our rows stand beside those of the company's own database. What it shows is in ``overview``."""

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from admin_core import surfaces
from admin_core.access import signed_in
from admin_core.machine import machine, request_session
from admin_core.menu import SOURCES
from admin_core.sources.overview import lines, told

blueprint = Blueprint("sources", __name__)


def install(app: Flask) -> None:
    """Mount the page."""
    app.register_blueprint(blueprint)
    surfaces.declare(app, {"sources.everything": surfaces.admin(SOURCES.permission)})


@blueprint.get(SOURCES.url)
def everything() -> ResponseReturnValue:
    """Show each mapping."""
    session, settings = request_session(signed_in()), machine().settings
    words = {"is_declared": bool(settings.source_file), "is_written": settings.source_write}
    return render_template("admin/sources/page.html", lines=lines(session), told=told(session), **words)
