"""A password reset or a visit that was about a person stays so when the person is removed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("impersonations", "password_resets")
COMMENT = "It was about one person of the customer: when they are removed, it is about nobody."


def upgrade() -> None:
    """Bring the change in."""
    for table in TABLES:
        column: sa.Column[bool] = sa.Column(
            "about_person", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment=COMMENT
        )
        op.add_column(table, column, schema="admin")
        op.execute(f"UPDATE admin.{table} SET about_person = true WHERE person_id IS NOT NULL")  # noqa: S608


def downgrade() -> None:
    """Take the change back."""
    for table in TABLES:
        op.drop_column(table, "about_person", schema="admin")
