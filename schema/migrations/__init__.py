"""Migrations of the PostgreSQL schema ``admin``, and what they need besides Alembic."""

VERSION_TABLE = "alembic_version"
"""Where the database keeps its revision. Named here so that asking for it does not load Alembic."""

PLUGIN_MARK = "."
"""Stands in the name of every revision of a plugin, and in none of core's."""
