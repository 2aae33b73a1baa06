"""Mounts the pages of the team."""

from flask import Flask

from admin_core import surfaces
from admin_core.team import deed_pages, leaving_page, member_pages, role_pages
from admin_core.team.asking import READ


def install(app: Flask) -> None:
    """Mount the pages and say what opens them."""
    assert deed_pages  # their routes hang on the blueprint of members
    assert leaving_page
    app.register_blueprint(member_pages.blueprint)
    app.register_blueprint(role_pages.blueprint)
    surfaces.declare(app, {"staff.*": surfaces.admin(READ), "roles.*": surfaces.admin(READ)})
