"""The whole assembly on one screen."""

from flask import Flask
from flask_admin import Admin

from admin_core import access, errors, frame, health, plugin_pages, requests, surfaces
from admin_core.generator.view import DataView
from admin_core.home import HomeView
from admin_core.machine import EXTENSION, Machine
from admin_core.settings import Settings
from admin_core.theme.install import compile_templates, flask_admin_theme
from admin_core.theme.install import install as install_theme
from admin_core.theme.style import style_page

ROUTES = {
    "assets.*": surfaces.public(surfaces.ANYONE),
    "health.*": surfaces.public(surfaces.ANYONE),
    "security.*": surfaces.admin(surfaces.ANYONE),
    "access.one_use_link": surfaces.admin(surfaces.SIGNATURE),
    "access.preferences": surfaces.admin(surfaces.MEMBER),
    "admin.*": surfaces.admin(surfaces.MEMBER),
    "style": surfaces.admin(surfaces.MEMBER),
    "data.*": surfaces.admin(surfaces.POLICY),
}
"""The routes that are not declared where they are made."""


def create_app(settings: Settings) -> Flask:
    """Return the application: schema declares, core generates, plugins contribute."""
    app = Flask("admin_core", static_folder=None, template_folder="templates")
    parts = Machine.assemble(settings)
    parts.install(app)
    requests.install(app, settings)
    install_theme(app)
    access.install(app, settings, parts.database)
    surfaces.install(app, settings.surfaces)
    frame.install(app, parts)
    errors.install(app)
    app.register_blueprint(health.blueprint)
    app.add_url_rule("/admin/style", "style", style_page)
    admin = Admin(app, name=settings.product_name, index_view=HomeView(), theme=flask_admin_theme())
    admin.add_view(DataView())
    plugin_pages.install(app, parts)
    surfaces.declare(app, ROUTES)
    surfaces.require_declared(app)
    return app


def warm_up(app: Flask) -> None:
    """Make what every page needs before workers are forked: they share it, and no first visitor waits for it."""
    parts: Machine = app.extensions[EXTENSION]
    parts.registry.read_all()
    compile_templates(app)
