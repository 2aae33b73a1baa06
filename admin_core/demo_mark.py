"""The mark on schema "admin" that tells a demo's database, which may be filled with invented data, from all others."""

from sqlalchemy import Connection, text

from schema.base import SCHEMA

DEMO = "demo"
SEEDED = "demo, seeded"


def has_schema(connection: Connection) -> bool:
    """Return whether schema "admin" exists."""
    return connection.scalar(text("SELECT to_regnamespace(:name) IS NOT NULL"), {"name": SCHEMA}) is True


def mark(connection: Connection) -> str | None:
    """Return the mark, or None; it is the schema's comment."""
    statement = text("SELECT obj_description(to_regnamespace(:name), 'pg_namespace')")
    words: str | None = connection.scalar(statement, {"name": SCHEMA})
    return words


def set_mark(connection: Connection, words: str) -> None:
    """Mark schema "admin"; the words are one of our constants."""
    connection.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS '{words}'"))


def is_demo(connection: Connection) -> bool:
    """Return whether this database was made for invented data."""
    return mark(connection) in {DEMO, SEEDED}
