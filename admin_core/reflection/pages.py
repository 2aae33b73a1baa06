"""The page that lists the tables of a reflected database: thousands of them would drown the sidebar."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from admin_core.access import signed_in
from admin_core.generator.errors import NotFound
from admin_core.generator.urls import list_url
from admin_core.machine import machine
from admin_core.menu import TABLES
from admin_core.policy import may
from admin_core.reflection.reflection import MOST_FOUND, Reflection
from admin_core.surfaces import admin, declare

blueprint = Blueprint("reflection", __name__)


def install(app: Flask) -> None:
    """Mount the page; its tables are asked for one by one."""
    app.register_blueprint(blueprint)
    declare(app, {"reflection.tables": admin(TABLES.permission)})


@blueprint.get(TABLES.url)
def tables() -> ResponseReturnValue:
    """Show the tables the person may read, those whose name holds the words when some are given."""
    person = signed_in()
    words = request.args.get("q", "").strip()[:63]
    found = [each for each in reflection().named(words) if may(person, "read", each)]
    rows = [(each, list_url(each.key)) for each in found[:MOST_FOUND]]
    return render_template("admin/reflection/tables.html", rows=rows, total=len(found), words=words, url=TABLES.url)


def reflection() -> Reflection:
    """Return what is reflected, or raise NotFound."""
    found = machine().reflection
    if found is None:
        raise NotFound("No other database is shown here.", "Set ADMIN_REFLECT_URL to one, and start again.")
    assert found.directory  # 503 while the database does not answer
    return found
