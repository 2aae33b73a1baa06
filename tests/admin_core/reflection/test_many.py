"""Thousands of tables cost nothing until one of them is opened."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from admin_core.reflection.reflection import Reflection
from tests.databases import address, drop, server, unique_name

MANY = 1_500
MAKE = """
    CREATE SCHEMA many;
    CREATE TABLE many.t0 (id int PRIMARY KEY, name text);
    DO $$ BEGIN FOR i IN 1..%d LOOP
      EXECUTE format('CREATE TABLE many.t%%s (id int PRIMARY KEY, parent int REFERENCES many.t%%s)', i, i / 2);
      IF i %% 500 = 0 THEN COMMIT; END IF;
    END LOOP; END $$;
"""


@pytest.fixture(scope="module")
def many(server_url: str) -> Iterator[Reflection]:
    name = unique_name("many")
    with server(server_url) as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    url = address(server_url, name)
    engine = sa.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in (MAKE % (MANY - 1)).split(";\n    ", 2):
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    found = Reflection.of(url)
    yield found
    found.engine.dispose()
    drop(server_url, name)


def test_the_start_asks_twice_and_opening_reads_one_table(many: Reflection) -> None:
    asked: list[str] = []

    @sa.event.listens_for(many.catalog, "before_cursor_execute")
    def note(_connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    assert len(many.directory.tables) == MANY
    assert len([each for each in asked if "pg_catalog.pg_class" in each and "relkind" in each]) == 1
    assert len(asked) <= 2 + CONNECTING
    assert many.specs == {}
    asked.clear()
    spec = many.spec("many.t7")
    assert set(many.specs) == {"many.t7"}
    assert len(asked) <= ONE_TABLE + CONNECTING, asked
    assert spec.columns["parent"].reference is not None
    assert sorted(spec.children) == ["many.t14.parent", "many.t15.parent"]
    assert [each.name for each in many.named("T149")][:2] == ["t149", "t1490"]


CONNECTING, ONE_TABLE = 3, 16
"""Statements of SQLAlchemy when a connection is new, and to read one table."""
