"""The migrations make exactly the database that the models describe, and can be taken back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from admin_core import migrate
from schema import load_models
from schema.base import SCHEMA, Base
from schema.migrations import comparison, trigrams
from tests.databases import address, drop, server, unique_name

CATALOG = {
    "columns": """
        SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'admin'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
          AND c.relname <> 'alembic_version'""",
    "tables": """
        SELECT relname, obj_description(oid) FROM pg_class
        WHERE relnamespace = 'admin'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE contype <> 't' AND connamespace = 'admin'::regnamespace
          AND conrelid <> coalesce(to_regclass('admin.alembic_version'), 0)""",
    "indexes": """
        SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'admin' AND tablename <> 'alembic_version'""",
}


@pytest.fixture
def empty_database(server_url: str) -> Iterator[str]:
    name = unique_name("empty")
    with server(server_url) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    yield address(server_url, name)
    drop(server_url, name)


def catalog(connection: Connection) -> dict[str, set[tuple[object, ...]]]:
    return {kind: {tuple(row) for row in connection.execute(text(query))} for kind, query in CATALOG.items()}


def models(*, with_trigrams: bool) -> MetaData:
    """Return a copy of our metadata that the server can create."""
    load_models()
    copy = MetaData(schema=SCHEMA, naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.sorted_tables:
        indexes = table.to_metadata(copy).indexes
        for index in [index for index in indexes if trigrams.is_trigram(index) and not with_trigrams]:
            indexes.discard(index)
    return copy


def connect(url: str) -> Connection:
    return create_engine(url, poolclass=NullPool).connect()


def test_the_migrated_database_is_the_one_the_models_describe(session: Session, empty_database: str) -> None:
    with connect(empty_database) as connection, connection.begin():
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        models(with_trigrams=trigrams.available(connection)).create_all(connection)
        modelled = catalog(connection)
    migrated = catalog(session.connection())
    assert [(kind, sorted(map(str, modelled[kind] ^ migrated[kind]))) for kind in CATALOG] == [
        (kind, []) for kind in CATALOG
    ]


def test_alembic_finds_nothing_to_do(database_url: str) -> None:
    assert migrate.differences(database_url) == []


def test_alembic_would_find_a_missing_comment(session: Session) -> None:
    session.execute(text("COMMENT ON COLUMN admin.jobs.run_at IS NULL"))
    assert len(comparison.differences(session.connection())) == 1


def test_other_schemas_are_none_of_our_business(session: Session) -> None:
    session.execute(text("CREATE TABLE public.theirs (id int)"))
    session.execute(text("CREATE SCHEMA other"))
    session.execute(text("CREATE TABLE other.theirs (id int)"))
    assert comparison.differences(session.connection()) == []


def test_migrations_can_be_taken_back_and_run_again(fresh_database: str) -> None:
    with connect(fresh_database) as connection:
        before = catalog(connection)
    migrate.downgrade(fresh_database, "base")
    assert migrate.current(fresh_database) is None
    with connect(fresh_database) as connection:
        assert catalog(connection) == {kind: set() for kind in CATALOG}
    migrate.upgrade(fresh_database)
    assert migrate.current(fresh_database) == migrate.head()
    with connect(fresh_database) as connection:
        assert catalog(connection) == before


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate.upgrade(database_url)
    assert migrate.current(database_url) == migrate.head()


def test_a_database_that_was_never_migrated_says_so(empty_database: str) -> None:
    assert migrate.current(empty_database) is None


def test_trigram_indexes_are_made_later_when_the_extension_came_later(fresh_database: str) -> None:
    with connect(fresh_database) as connection, connection.begin():
        had_trigrams = trigrams.available(connection)
        connection.execute(text("DROP EXTENSION IF EXISTS pg_trgm CASCADE"))
    if had_trigrams:  # the wheel's PostgreSQL has no such extension: there is nothing to make then
        with connect(fresh_database) as connection, connection.begin():
            made = trigrams.create_missing(connection, Base.metadata)
        assert "ix_candidates_name_trgm" in made
    with connect(fresh_database) as connection, connection.begin():
        assert trigrams.create_missing(connection, Base.metadata) == []
    assert migrate.differences(fresh_database) == []
