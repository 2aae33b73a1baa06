"""Draws the groups of the sidebar, each once: two hundred entries look the same on nearly every page."""

from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from admin_core.theme.frame import NavGroup

KEPT = 128
"""Groups of some roles, and those with the current entry marked."""


@lru_cache(maxsize=KEPT)
def nav_group(group: NavGroup, is_open: bool) -> Markup:
    """Return a group as markup; the same group is not drawn twice."""
    template = current_app.jinja_env.get_template("admin/frame/nav_group.html")
    return Markup(template.render(group=group, is_open=is_open))  # noqa: S704 (the template has escaped it)
