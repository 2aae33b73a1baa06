"""Entries of the audit log are found by what acted and by the caller's address.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes, each of the entries alone that have such a value."""
    for name in ("actor_key", "ip"):
        columns = [name, "occurred_at", "id"]
        where = f"{name} IS NOT NULL"
        op.create_index(f"ix_audit_entries_{name}", "audit_entries", columns, schema="admin", postgresql_where=where)


def downgrade() -> None:
    """Drop them."""
    for name in ("actor_key", "ip"):
        op.drop_index(f"ix_audit_entries_{name}", table_name="audit_entries", schema="admin")
