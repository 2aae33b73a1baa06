"""Entry point of Alembic: runs revisions on the connection that ``admin_core.migrate`` hands over."""

from alembic import context
from sqlalchemy import Connection, text

from schema.base import SCHEMA
from schema.migrations.comparison import options


def run(connection: Connection) -> None:
    """Run the revisions; the schema comes first, because the table of versions stands in it."""
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    connection.commit()
    settings = options(connection)
    connection.commit()
    context.configure(connection, **settings)
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
