"""`admin check` warns when our schema can be reached past us, and when row security would leave a list empty."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from admin_core.exposure import exposed, findings
from tests.databases import unique_name


@pytest.fixture
def role(fresh_database: str) -> Iterator[str]:
    """Yield a role that may sign in and owns nothing."""
    name = unique_name("reader")
    engine = sa.create_engine(fresh_database, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{name}'")
        connection.exec_driver_sql(
            "CREATE TABLE theirs (id int PRIMARY KEY); ALTER TABLE theirs ENABLE ROW LEVEL SECURITY"
        )
        connection.exec_driver_sql(f'GRANT SELECT ON theirs TO "{name}"')
    yield name
    with engine.begin() as connection:
        connection.exec_driver_sql(f'DROP OWNED BY "{name}"; DROP ROLE "{name}"')


@pytest.mark.parametrize(
    ("setting", "is_exposed"),
    [
        ("pgrst.db_schemas=public, admin", True),
        ('pgrst.db_schemas="admin"', True),
        ("pgrst.db_schemas=public,administration", False),
        ("search_path=admin", False),
        ("pgrst.db_schemas=", False),
    ],
)
def test_a_served_schema_is_recognised(setting: str, *, is_exposed: bool) -> None:
    assert bool(list(exposed([setting]))) == is_exposed


def test_the_databases_of_the_environment_are_asked(
    fresh_database: str, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = sa.make_url(fresh_database).set(username=role, password=role).render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", fresh_database)
    monkeypatch.setenv("ADMIN_REFLECT_URL", theirs)
    assert [(each.id, each.where) for each in findings()] == [("core.W007", "public.theirs")]
    engine = sa.create_engine(fresh_database, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS admin")
        connection.exec_driver_sql(f"ALTER ROLE \"{role}\" SET pgrst.db_schemas = 'public, admin'")
        connection.exec_driver_sql(
            "DO $$ BEGIN CREATE ROLE anon; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
            " GRANT USAGE ON SCHEMA admin TO anon"
        )
    assert [each.id for each in findings()] == ["core.W005", "core.W006", "core.W007"]
    with engine.begin() as connection:
        connection.exec_driver_sql("REVOKE USAGE ON SCHEMA admin FROM anon; DROP OWNED BY anon; DROP ROLE anon")


def test_a_database_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nowhere")
    monkeypatch.delenv("ADMIN_REFLECT_URL", raising=False)
    assert [(each.id, each.where) for each in findings()] == [("core.W008", "nowhere")]
