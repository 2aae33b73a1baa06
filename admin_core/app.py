"""The whole assembly on one screen."""

from flask import Flask
from flask_admin import Admin

from admin_core import (
    access,
    errors,
    frame,
    health,
    hosts,
    plugin_files,
    plugin_pages,
    plugin_states,
    plugins_page,
    requests,
    surfaces,
)
from admin_core.alerts import pages as alerts
from admin_core.api import pages as api_pages
from admin_core.api import serving as api
from admin_core.approvals import pages as approvals
from admin_core.audit import look_pages
from admin_core.audit import pages as audit_pages
from admin_core.audit import reads as audit_reads
from admin_core.audit import screens as audit_screens
from admin_core.bulk import pages as bulk
from admin_core.changes import pages as changes
from admin_core.changes import web as changes_on_web
from admin_core.configuration import installation as configuration
from admin_core.dashboards import pages as dashboards
from admin_core.exports import pages as exports
from admin_core.generator.view import DataView
from admin_core.home import HomeView
from admin_core.imports import pages as imports
from admin_core.jobs_screen import pages as job_pages
from admin_core.machine import EXTENSION, Machine
from admin_core.mail import pages as mail_pages
from admin_core.networks import guard
from admin_core.networks import pages as network_pages
from admin_core.reflection import pages as reflection
from admin_core.settings import Settings
from admin_core.sources import pages as source_pages
from admin_core.system import pages as system
from admin_core.team import installation as team
from admin_core.team import seeing
from admin_core.theme.install import compile_templates, flask_admin_theme
from admin_core.theme.install import install as install_theme
from admin_core.theme.style import style_page
from admin_core.webhooks import pages as webhook_pages
from admin_core.webhooks import receiving

ROUTES = {
    "assets.*": surfaces.both(),
    "health.*": surfaces.both(),
    "sign_in.*": surfaces.admin(surfaces.ANYONE),
    "enrolment.*": surfaces.admin(surfaces.ANYONE),
    "proving.*": surfaces.admin(surfaces.MEMBER),
    "account.*": surfaces.admin(surfaces.MEMBER),
    "own_factors.*": surfaces.admin(surfaces.MEMBER),
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
    plugin_states.install(app, parts.database, parts.plugins)
    parts.install(app)
    requests.install(app, settings)
    install_theme(app)
    plugin_files.install(app, parts.plugins)
    hosts.install(app, settings)
    surfaces.keep_apart(app, settings.surfaces, hosts.Names.of(settings).is_for_programs_alone)
    guard.install(app, parts.database)
    access.install(app, settings, parts.database)
    app.before_request(requests.refuse_nul)
    seeing.install(app)
    surfaces.install(app)
    changes_on_web.install(app)
    audit_reads.install(app)
    frame.install(app, parts)
    errors.install(app)
    add_pages(app, parts)
    surfaces.declare(app, ROUTES)
    surfaces.require_declared(app)
    return app


def add_pages(app: Flask, parts: Machine) -> None:
    """Mount every route: generated screens, pages of core and of plugins, the API, the addresses of webhooks."""
    app.register_blueprint(health.blueprint)
    app.add_url_rule("/admin/style", "style", style_page)
    admin = Admin(app, name=parts.settings.product_name, index_view=HomeView(), theme=flask_admin_theme())
    admin.add_view(DataView())
    plugins_page.install(app)
    changes.install(app)
    approvals.install(app)
    alerts.install(app)
    plugin_pages.install(app, parts)
    dashboards.install(app)
    configuration.install(app)
    system.install(app)
    mail_pages.install(app, parts)
    receiving.install(app, parts)
    webhook_pages.install(app)
    api.install(app, parts)
    api_pages.install(app)
    job_pages.install(app)
    audit_pages.install(app)
    look_pages.install(app)
    audit_screens.install(app)
    reflection.install(app)
    exports.install(app)
    bulk.install(app)
    imports.install(app)
    source_pages.install(app)
    network_pages.install(app)
    team.install(app)


def warm_up(app: Flask) -> None:
    """Make what every page needs before workers are forked: they share it, and no first visitor waits for it."""
    parts: Machine = app.extensions[EXTENSION]
    parts.registry.read_all()
    compile_templates(app)
    plugin_files.compile_templates(app, parts.plugins)
