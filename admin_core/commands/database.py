"""`admin db …` and `admin seed`: make, migrate and fill the database."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click
import psycopg
from psycopg import sql
from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from admin_core import demo_mark, migrate
from admin_core.access import ensure_roles
from admin_core.access.commands import command_line
from admin_core.audit.entries import command_entry
from admin_core.audit.recording import AuditLog
from admin_core.changes import database_roles
from admin_core.changes.acting import acting
from admin_core.commands import rollups
from admin_core.plugin_loading import load_all
from admin_core.plugin_manager import WHATEVER, Plugins
from admin_core.plugin_modules import said
from admin_core.plugin_states import note_found
from admin_core.plugin_switches import off_in
from admin_core.rollups import marking
from admin_core.rollups.sources import Rollups
from admin_core.segments import ensure_segments, segments_without
from admin_core.settings import Settings
from schema.base import SCHEMA

_NO_SUCH_DATABASE = "3D000"


def initialise(settings: Settings) -> str:
    """Make database and schema when they are missing, migrate, and say where that ended."""
    _make_database(make_url(settings.database_url))
    if settings.env == "demo":
        with _connection(settings) as connection, connection.begin():
            _make_or_demand_demo(connection)
    return upgrade(settings)


def upgrade(settings: Settings) -> str:
    """Migrate an existing database and say where that ended."""
    _demand_answer(settings)
    migrate.upgrade(settings.database_url)
    plugins = load_all(settings)
    failed = _upgrade_branches(settings.database_url, plugins)
    _furnish(settings, plugins)
    if failed:
        raise click.ClickException("\n".join(failed))
    return f"The database is at migration {', '.join(migrate.all_current(settings.database_url))}."


def _upgrade_branches(url: str, plugins: Plugins) -> list[str]:
    """Migrate each plugin's own tables; return a sentence for each plugin where that failed, after all were tried."""
    failed = []
    for branch in plugins.branches():
        try:
            migrate.upgrade_branch(url, branch)
        except WHATEVER as error:
            failed.append(
                f"The migrations of plugin {branch.plugin} failed: {said(error)}. Everything else was migrated. Mend"
                f" the plugin, or start without it: ADMIN_DISABLED_PLUGINS={branch.plugin}"
            )
    return failed


def _furnish(settings: Settings, plugins: Plugins) -> None:
    """Put in what comes with the product: marks for rollups, the roles, the tabs of plugins, a row for each plugin."""
    with _writing(settings) as session:
        marking.install(session.connection(), Rollups.of(plugins))
        ensure_roles(session)
        ensure_segments(session, segments_without(plugins, off_in(session)))
        note_found(session, plugins)
        at = "+".join(migrate.all_current(settings.database_url))
        AuditLog.of(settings).record(session, command_entry("database.upgraded", "database", at))


@contextmanager
def _writing(settings: Settings) -> Iterator[Session]:
    with (
        acting(command_line(settings)),
        _connection(settings) as connection,
        Session(connection) as session,
        session.begin(),
    ):
        yield session


def make_roles(settings: Settings, given: Mapping[str, str]) -> str:
    """Make the roles that own nothing and grant them their rights; print once each password that was not given."""
    _demand_answer(settings)
    made = []
    with psycopg.connect(_libpq(make_url(settings.database_url)), autocommit=True) as connection:
        for part, role in database_roles.PARTS.items():
            if password := given.get(f"ADMIN_{part.upper()}_PASSWORD"):
                database_roles.make_role(connection, role, password)
                made.append(f"{role}  with the password that was given")
            elif connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                password = secrets.token_urlsafe(24)
                database_roles.make_role(connection, role, password)
                made.append(f"{role}  password {password}")
    migrate.furnish_database(settings.database_url)
    with _writing(settings) as session:
        AuditLog.of(settings).record(session, command_entry("database.roles-granted", "database", None))
    told = "\n".join(made) or f"All {len(database_roles.ROLES)} roles exist; their passwords are as they were."
    return f"{told}\nRights are granted. Run web, worker, relay and scheduler as {database_roles.ROLES[0]}."


def current(settings: Settings) -> str:
    """Say at which migration the database is and which one this version needs, for core and for each plugin."""
    _demand_answer(settings)
    newest = [migrate.head() or "none", *(name for branch in load_all(settings).branches() for name in branch.newest)]
    found = migrate.all_current(settings.database_url)
    return f"The database is at migration {', '.join(found) or 'none'}; newest: {', '.join(newest)}."


def seed(settings: Settings, *, scale: int, if_empty: bool) -> str:
    """Fill a demo database with the plugins' invented company; refused anywhere else."""
    if settings.env != "demo":
        raise click.ClickException(f"Invented data are for demos only; ADMIN_ENV is {settings.env}.")
    with _connection(settings) as connection:
        _demand_demo(connection)
        if demo_mark.mark(connection) == demo_mark.SEEDED:
            if if_empty:
                return "The demo data are there already."
            raise click.ClickException("This database has its demo data already. Start over with: ./run demo --fresh")
    demos = load_all(settings).items("register_demo")
    if not demos:
        return "No plugin offers demo data: the database stays empty."
    engine = create_engine(settings.database_url, hide_parameters=True)
    for demo in demos:
        demo.seed(engine, scale, click.echo)
    with engine.begin() as connection:
        demo_mark.set_mark(connection, demo_mark.SEEDED)
    engine.dispose()
    for line in rollups.refreshed(settings, None):
        click.echo(line)
    return "The demo data are in."


def _make_or_demand_demo(connection: Connection) -> None:
    if not demo_mark.has_schema(connection):
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        demo_mark.set_mark(connection, demo_mark.DEMO)
    _demand_demo(connection)


def _demand_demo(connection: Connection) -> None:
    if not demo_mark.is_demo(connection):
        raise click.ClickException(
            "This database was not made for a demo: it may hold real records. Point DATABASE_URL to an empty one,"
            " or unset it and let ./run demo start its own."
        )


@contextmanager
def _connection(settings: Settings) -> Iterator[Connection]:
    engine = create_engine(settings.database_url, hide_parameters=True, poolclass=NullPool)
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from None
    with connection:
        yield connection


def _demand_answer(settings: Settings) -> None:
    # What fails after this is no matter of an address or a password, and worth a traceback.
    with _connection(settings) as connection:
        connection.rollback()


def _make_database(url: URL) -> None:
    """Make the database when the server says there is none of that name; other problems show up later, better."""
    try:
        psycopg.connect(_libpq(url)).close()
    except psycopg.OperationalError as error:
        if not _says_missing(error, url):
            return
        with psycopg.connect(_libpq(url.set(database="postgres")), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(url.database or "")))


def _says_missing(error: psycopg.OperationalError, url: URL) -> bool:
    # A failed connection carries no SQLSTATE: libpq hands over a sentence only.
    return error.sqlstate == _NO_SUCH_DATABASE or f'database "{url.database}" does not exist' in str(error)


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
