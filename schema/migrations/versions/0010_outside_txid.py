"""A write to another database names its transaction over there, so that a crash leaves nothing unknown."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WORDS = "Number of the transaction over there: that database knows what became of it."


def upgrade() -> None:
    """Bring the change in."""
    op.add_column("outside_writes", sa.Column("txid", sa.BigInteger(), nullable=True, comment=WORDS), schema="admin")


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("outside_writes", "txid", schema="admin")
