"""A lapsed grant with nothing left is marked, and not looked at again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE, INDEX = "credit_entries", "ix_credit_entries_to_settle"
COMMENT = "When a lapsed grant had nothing left: it is not looked at again."


def upgrade() -> None:
    """Bring the change in; the next run of the job marks what has lapsed until now."""
    column: sa.Column[object] = sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True, comment=COMMENT)
    op.add_column(TABLE, column, schema="admin")
    still_open = sa.text("expires_at IS NOT NULL AND settled_at IS NULL")
    op.create_index(INDEX, TABLE, ["expires_at", "id"], schema="admin", postgresql_where=still_open)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(INDEX, TABLE, schema="admin")
    op.drop_column(TABLE, "settled_at", schema="admin")
