"""What was typed for a request is kept encrypted in a column of its own: it rotates with the key, and has no history."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WORDS = "What was typed, encrypted; gone when nothing can come of it any more."


def upgrade() -> None:
    """Bring the change in."""
    op.add_column("approvals", sa.Column("typed", sa.LargeBinary(), nullable=True, comment=WORDS), schema="admin")
    op.drop_column("approvals", "parameters", schema="admin")


def downgrade() -> None:
    """Take the change back."""
    empty = sa.text("'{}'::jsonb")
    column = sa.Column("parameters", postgresql.JSONB(), server_default=empty, nullable=False)
    op.add_column("approvals", column, schema="admin")
    op.drop_column("approvals", "typed", schema="admin")
