"""Puts the sign-in into the app: sessions, forms, limits, pages and the gate in front of them."""

from flask import Flask
from flask_security import Security, SQLAlchemySessionUserDatastore
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import scoped_session

from admin_core.access import account, enrolment, own_factors, people, proving, signing_in
from admin_core.access.browsers import Browsers
from admin_core.access.configuration import flask_options
from admin_core.access.entering import AlreadyUsed
from admin_core.access.gate import Gate
from admin_core.access.models import Role, User, WebAuthn
from admin_core.access.pages import blueprint
from admin_core.access.parts import EXTENSION, Parts
from admin_core.database import Database
from admin_core.settings import Settings


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Let the team sign in, and nobody else past ``/admin``."""
    app.config.update(flask_options(settings))
    app.session_interface = Browsers()
    app.extensions[EXTENSION] = Parts.of(settings, database)
    app.before_request(Gate(settings, CSRFProtect(app)))
    # Passwords and users are Flask-Security's. Its pages are not mounted: they ask for a second factor whoever stole
    # a password, take a code twice, and count no failed code (/auth is served by the modules below).
    datastore = SQLAlchemySessionUserDatastore(scoped_session(database.sessions), User, Role, WebAuthn)
    Security(app, datastore, register_blueprint=False)
    people.install(app)
    app.register_blueprint(blueprint(settings, database))
    app.register_error_handler(AlreadyUsed, lambda _: signing_in.to_the_start())
    for module in (signing_in, enrolment, proving, account, own_factors):
        app.register_blueprint(module.pages)
