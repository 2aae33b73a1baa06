"""Puts the settings page and the set-up page into the app."""

from flask import Flask

from admin_core import surfaces
from admin_core.configuration import pages, setup


def install(app: Flask) -> None:
    """Mount both, for who may see settings."""
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(setup.blueprint)
    surfaces.declare(app, {"settings.*": surfaces.admin(pages.READ), "setup.*": surfaces.admin(pages.READ)})
