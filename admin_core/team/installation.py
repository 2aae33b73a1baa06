"""Mounts the pages of the team."""

from flask import Flask

from admin_core import surfaces
from admin_core.team import deed_pages, leaving_page, member_pages, role_pages, seeing_pages, why_page
from admin_core.team.asking import READ


def install(app: Flask) -> None:
    """Mount the pages and say what opens them."""
    assert deed_pages  # their routes hang on the blueprint of members
    assert leaving_page
    app.register_blueprint(member_pages.blueprint)
    app.register_blueprint(role_pages.blueprint)
    app.register_blueprint(seeing_pages.blueprint)
    app.register_blueprint(why_page.blueprint)
    reading, member = surfaces.admin(READ), surfaces.admin(surfaces.MEMBER)
    # Both ask for their own permission: whoever looks through other eyes must be able to end it in any role.
    surfaces.declare(app, {"staff.*": reading, "roles.*": reading, "see_as.*": member, "why.*": member})
