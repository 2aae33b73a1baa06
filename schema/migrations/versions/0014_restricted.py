"""Whose data is restricted is left out of nearly every statement: found by an index of those few."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("customers", "candidates")


def upgrade() -> None:
    """Bring the change in."""
    few = sa.text("restricted_at IS NOT NULL")
    for table in TABLES:
        op.create_index(f"ix_{table}_restricted", table, ["id"], schema="admin", postgresql_where=few)


def downgrade() -> None:
    """Take the change back."""
    for table in TABLES:
        op.drop_index(f"ix_{table}_restricted", table, schema="admin")
