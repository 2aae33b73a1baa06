"""The whole assembly on one screen."""

from importlib import import_module

from flask import Flask
from flask_admin import Admin

from admin_core import access, errors, frame, health, requests
from admin_core.ciphers import Cipher
from admin_core.database import open_database
from admin_core.generator.registry import Registry
from admin_core.generator.view import DataView
from admin_core.home import HomeView
from admin_core.machine import EXTENSION, Machine
from admin_core.plugin_manager import load_plugins
from admin_core.settings import Settings
from admin_core.theme.install import compile_templates, flask_admin_theme
from admin_core.theme.install import install as install_theme
from admin_core.theme.style import style_page
from schema import load_models
from schema.base import Base


def create_app(settings: Settings) -> Flask:
    """Return the application: schema declares, core generates, plugins contribute."""
    load_models()
    app = Flask("admin_core", static_folder=None, template_folder="templates")
    parts = Machine(
        settings=settings,
        database=open_database(settings.database_url),
        registry=Registry.of(Base),
        plugins=load_plugins(import_module("plugins"), settings.disabled_plugins),
        cipher=Cipher([settings.secret_key, *settings.old_secret_keys]),
    )
    parts.install(app)
    requests.install(app, settings)
    install_theme(app)
    access.install(app, settings, parts.database)
    frame.install(app, parts)
    errors.install(app)
    app.register_blueprint(health.blueprint)
    app.add_url_rule("/admin/style", "style", style_page)
    admin = Admin(app, name=settings.product_name, index_view=HomeView(), theme=flask_admin_theme())
    admin.add_view(DataView())
    return app


def warm_up(app: Flask) -> None:
    """Make what every page needs before workers are forked: they share it, and no first visitor waits for it."""
    parts: Machine = app.extensions[EXTENSION]
    parts.registry.read_all()
    compile_templates(app)
