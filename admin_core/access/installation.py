"""Puts the sign-in into the app: sessions, forms, limits, pages and the gate in front of them."""

from flask import Flask
from flask_security import Security, SQLAlchemySessionUserDatastore
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import scoped_session

from admin_core.access import people
from admin_core.access.attempts import Attempts
from admin_core.access.configuration import flask_options
from admin_core.access.forms import EXTENSION, NewPasswordForm, ProveForm, SignInForm
from admin_core.access.gate import Gate
from admin_core.access.models import Role, User, WebAuthn
from admin_core.access.pages import blueprint
from admin_core.database import Database
from admin_core.settings import Settings


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Let the team sign in, and nobody else past ``/admin``."""
    app.config.update(flask_options(settings))
    sessions = scoped_session(database.sessions)
    csrf = CSRFProtect(app)
    app.before_request(Gate(settings, csrf))
    security = Security(
        app,
        SQLAlchemySessionUserDatastore(sessions, User, Role, WebAuthn),
        login_form=SignInForm,
        verify_form=ProveForm,
        change_password_form=NewPasswordForm,
    )
    security.want_json(lambda _request: False)  # JSON answers would hand out tokens; only pages sign in
    app.extensions[EXTENSION] = Attempts(database, settings.secret_key)
    people.install(app, sessions)
    app.register_blueprint(blueprint(settings, database))
    app.teardown_appcontext(lambda _error: sessions.remove())
