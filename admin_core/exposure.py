"""What the databases themselves let through, for `admin check`: our schema in somebody's API, rows hidden from us."""

import os
from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from admin_core.checks import Finding
from admin_core.reflection.directory import Directory, read_directory
from schema.base import SCHEMA

WEB_ROLES = ("anon", "authenticated")
"""The roles that PostgREST (and so Supabase) lets visitors act as."""
EXPOSED_SETTING = "pgrst.db_schemas"
SETTINGS = text("SELECT unnest(setconfig) FROM pg_catalog.pg_db_role_setting")
USERS = text(f"""
    SELECT rolname FROM pg_catalog.pg_roles
    WHERE rolname = ANY(:roles) AND to_regnamespace('{SCHEMA}') IS NOT NULL
      AND has_schema_privilege(oid, '{SCHEMA}', 'USAGE') ORDER BY 1
""")
PATIENCE_S = 5


def findings() -> list[Finding]:
    """Return what is amiss in the databases that the environment names, and that answer."""
    ours, theirs = os.environ.get("DATABASE_URL", ""), os.environ.get("ADMIN_REFLECT_URL", "")
    found = [each for url in (ours, theirs) for each in asked(url, of_schema)]
    return list(dict.fromkeys([*found, *asked(theirs, of_reflected)]))


def asked(url: str, question: Callable[[Connection], Iterable[Finding]]) -> list[Finding]:
    """Return the answers of a database; one that does not answer is a finding of its own."""
    if not url:
        return []
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": PATIENCE_S}, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return list(question(connection))
    except SQLAlchemyError as error:
        hint = "Check the address, and that the server runs. Everything else was checked."
        where = engine.url.database or "database"
        return [Finding("core.W008", "warning", where, f"it could not be asked: {type(error).__name__}.", hint)]


def of_schema(connection: Connection) -> Iterator[Finding]:
    """Yield how our schema could be reached past us."""
    yield from exposed(connection.scalars(SETTINGS))
    yield from entered(connection.scalars(USERS, {"roles": list(WEB_ROLES)}))


def exposed(settings: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding where PostgREST serves our schema."""
    for setting in settings:
        name, _, value = setting.partition("=")
        if name == EXPOSED_SETTING and SCHEMA in {each.strip().strip('"') for each in value.split(",")}:
            hint = f"Take {SCHEMA} out of PostgREST's schemas (Supabase: Project settings, API, Exposed schemas)."
            yield Finding("core.W005", "warning", f"schema {SCHEMA}", "PostgREST serves it to the outside.", hint)


def entered(roles: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for each role of visitors that may enter our schema."""
    for role in roles:
        sentence = f"role {role}, as which visitors of PostgREST act, may enter it."
        yield Finding(
            "core.W006", "warning", f"schema {SCHEMA}", sentence, f"REVOKE USAGE ON SCHEMA {SCHEMA} FROM {role};"
        )


def of_reflected(connection: Connection) -> Iterator[Finding]:
    """Yield the reflected tables whose rows row security hides from our role."""
    yield from hidden(read_directory(connection))


def hidden(directory: Directory) -> Iterator[Finding]:
    """Yield a finding for each table that would be silently empty, or short of rows."""
    for each in directory.tables.values():
        if each.is_secured and each.is_readable:
            sentence = "row security hides rows from our role: the list would be silently short or empty."
            hint = "Give the role BYPASSRLS, or a policy that lets it read all rows."
            yield Finding("core.W007", "warning", f"{each.schema}.{each.name}", sentence, hint)
