"""Migrations of the PostgreSQL schema ``admin``, and what they need besides Alembic."""
