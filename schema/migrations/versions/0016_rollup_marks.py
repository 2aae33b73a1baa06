"""Marks of rollups are only added: one row per change instead of one per day, so that writers wait for nobody."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAS, IS = "any, or the name of a value event.", "The rollup that says what counts."


def upgrade() -> None:
    """Bring the change in."""
    op.execute("DELETE FROM admin.rollup_dirty_days")
    op.drop_constraint("pk_rollup_dirty_days", "rollup_dirty_days", schema="admin")
    identity = sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)
    op.add_column("rollup_dirty_days", identity, schema="admin")
    op.create_primary_key("pk_rollup_dirty_days", "rollup_dirty_days", ["id"], schema="admin")
    op.create_index("ix_rollup_dirty_days_name_day", "rollup_dirty_days", ["name", "day"], schema="admin")
    op.alter_column("activity_months", "activity", comment=IS, existing_comment=WAS, schema="admin")


def downgrade() -> None:
    """Take the change back."""
    op.alter_column("activity_months", "activity", comment=WAS, existing_comment=IS, schema="admin")
    op.execute("DELETE FROM admin.rollup_dirty_days")
    op.drop_index("ix_rollup_dirty_days_name_day", "rollup_dirty_days", schema="admin")
    op.drop_constraint("pk_rollup_dirty_days", "rollup_dirty_days", schema="admin")
    op.drop_column("rollup_dirty_days", "id", schema="admin")
    op.create_primary_key("pk_rollup_dirty_days", "rollup_dirty_days", ["name", "day"], schema="admin")
