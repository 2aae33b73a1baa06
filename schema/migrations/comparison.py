"""How models and database are compared: only our own schema, with types, defaults and comments."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.schema import SchemaItem

from schema import load_models
from schema.base import SCHEMA, Base
from schema.migrations import VERSION_TABLE, trigrams


def options(connection: Connection) -> dict[str, Any]:
    """Return what Alembic must know to look at schema ``admin`` and nothing else."""
    load_models()
    with_trigrams = trigrams.available(connection)

    def include_name(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "schema" or name == SCHEMA

    def include_object(item: SchemaItem, _name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return with_trigrams or kind != "index" or not trigrams.is_trigram(item)  # type: ignore[arg-type]  # kind says it

    return {
        "target_metadata": Base.metadata,
        "include_schemas": True,
        "include_name": include_name,
        "include_object": include_object,
        "compare_type": True,
        "compare_server_default": True,
        "version_table": VERSION_TABLE,
        "version_table_schema": SCHEMA,
        "transaction_per_migration": True,
    }


def differences(connection: Connection) -> list[Any]:
    """Return what the models have and the database lacks, or the other way round; empty when they agree."""
    context = MigrationContext.configure(connection, opts=options(connection))
    return list(compare_metadata(context, Base.metadata))
