"""Trigram indexes exist only where the extension pg_trgm can be had; lists ask the database what it has.

Importing this module teaches Alembic's ``create_index`` and ``drop_index`` to pass over them elsewhere, so that
revisions stay as they are generated. ``create_missing`` makes them later, once the extension is there.
"""

from typing import Any

from alembic.operations import Operations, ops
from sqlalchemy import Connection, Index, MetaData, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex


def available(connection: Connection) -> bool:
    """Return whether pg_trgm is installed; installs it when that is allowed."""
    if connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")):
        return True
    if not connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")):
        return False
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except DBAPIError:  # not allowed to: the administrator may add it, and then create_missing
        return False
    return True


def is_trigram(index: Index) -> bool:
    """Return whether an index needs pg_trgm."""
    return uses_trigrams(index.dialect_options["postgresql"]["ops"])


def uses_trigrams(operator_classes: dict[str, Any] | None) -> bool:
    """Return whether one of these operator classes belongs to pg_trgm."""
    return any(str(name).endswith("_trgm_ops") for name in (operator_classes or {}).values())


def create_missing(connection: Connection, metadata: MetaData) -> list[str]:
    """Create the trigram indexes that the database lacks; return their names. Empty where pg_trgm cannot be had."""
    if not available(connection):
        return []
    inspector = inspect(connection)
    made = []
    for table in metadata.sorted_tables:
        wanted = [index for index in table.indexes if is_trigram(index)]
        present = (
            {found["name"] for found in inspector.get_indexes(table.name, schema=table.schema)} if wanted else set()
        )
        for index in wanted:
            if index.name not in present:
                connection.execute(CreateIndex(index))
                made.append(str(index.name))
    return made


@Operations.implementation_for(ops.CreateIndexOp, replace=True)
def create_index(operations: Operations, operation: ops.CreateIndexOp) -> None:
    """Create the index, unless it is a trigram index on a machine without pg_trgm."""
    if uses_trigrams(operation.kw.get("postgresql_ops")) and not available(operations.get_bind()):
        return
    index = operation.to_index(operations.migration_context)
    operations.impl.create_index(index)


@Operations.implementation_for(ops.DropIndexOp, replace=True)
def drop_index(operations: Operations, operation: ops.DropIndexOp) -> None:
    """Drop the index; a trigram index may never have been made."""
    index = operation.to_index(operations.migration_context)
    if uses_trigrams(operation.kw.get("postgresql_ops")):
        operations.impl.drop_index(index, if_exists=True)
    else:
        operations.impl.drop_index(index)
