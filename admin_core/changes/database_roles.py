"""The database's roles: who owns the tables, who works with them, who only reads. Granting twice changes nothing.

``admin_app`` (web, workers, relay, scheduler) neither owns nor migrates; of the history it may only read.
``admin_sealer`` seals the audit log and does nothing else; ``admin_readonly`` sees no secret column. The owner is
whoever migrates.
"""

from collections.abc import Iterable, Iterator

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Table, text
from sqlalchemy.orm import DeclarativeBase

from admin_core.audit.grants import BOOKKEEPING, SEALED_TABLES
from admin_core.audit.grants import grants as audit_grants
from admin_core.changes.triggers import APP_ROLE
from schema.base import SCHEMA

SEALER_ROLE, READONLY_ROLE = "admin_sealer", "admin_readonly"
PARTS = {"app": APP_ROLE, "sealer": SEALER_ROLE, "readonly": READONLY_ROLE}
ROLES = tuple(PARTS.values())
HISTORY = ("change_sets", "change_rows")
"""Written by the triggers alone."""
PERSONAL = (f"{SCHEMA}.seal_personal(bigint[], bytea[])", f"{SCHEMA}.forget_personal(text, text)")
"""All that can be done to the history: personal values are encrypted, or go."""
MIGRATIONS = "alembic_version"
LOGS = "admin.audit_entries, admin.access_entries, admin.access_key_lists, admin.subject_keys"
AUDIT = f"{SEALED_TABLES}, {BOOKKEEPING}, {LOGS}"
"""What the audit log grants itself, table by table."""


def make_role(connection: psycopg.Connection[tuple[object, ...]], role: str, password: str) -> None:
    """Make a role that may sign in, or give it this password."""
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if known else "CREATE"
    statement = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def existing(connection: Connection) -> set[str]:
    """Return which of our roles this server has."""
    query = text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:roles)")
    return set(connection.scalars(query, {"roles": list(ROLES)}))


def grant(connection: Connection, base: type[DeclarativeBase]) -> None:
    """Give each role that exists exactly its rights on the tables as they are now."""
    present = set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = :s"), {"s": SCHEMA}))
    tables = [t for t in base.metadata.sorted_tables if t.schema == SCHEMA and t.name in present]
    found = existing(connection)
    statements = [line for role in sorted(found) for line in grants(role, tables)]
    statements += audit_grants({part: role for part, role in PARTS.items() if role in found})
    for statement in statements:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def grants(role: str, tables: Iterable[Table]) -> Iterator[str]:
    """Yield the statements that give a role its rights."""
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM {role}"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role}"
    if role == APP_ROLE:
        yield from app_grants()
    elif role == READONLY_ROLE:
        yield from readonly_grants(tables)


def app_grants() -> Iterator[str]:
    """Yield what web and workers may: everything but rewriting history or migrating."""
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {SCHEMA} TO {APP_ROLE}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO {APP_ROLE}"
    for table in (*HISTORY, MIGRATIONS):
        yield f"REVOKE INSERT, UPDATE, DELETE ON {SCHEMA}.{table} FROM {APP_ROLE}"
    yield f"REVOKE ALL ON {AUDIT} FROM {APP_ROLE}"
    yield f"GRANT EXECUTE ON FUNCTION {', '.join(PERSONAL)} TO {APP_ROLE}"


def readonly_grants(tables: Iterable[Table]) -> Iterator[str]:
    """Yield what a reader may see: every column but secrets; of the audit log what it grants itself."""
    for table in tables:
        open_columns = ", ".join(f'"{c.name}"' for c in table.columns if c.info.get("pii") != "secret")
        yield f'GRANT SELECT ({open_columns}) ON {SCHEMA}."{table.name}" TO {READONLY_ROLE}'
    yield f"REVOKE ALL ON {AUDIT} FROM {READONLY_ROLE}"


def owns_history(connection: Connection) -> bool:
    """Return whether the connected role could rewrite the history: it owns it, or is superuser."""
    query = "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass(:history)"
    return bool(connection.scalar(text(query), {"history": f"{SCHEMA}.{HISTORY[0]}"}))
