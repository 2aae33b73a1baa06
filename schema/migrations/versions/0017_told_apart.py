"""Pairs of customers that look alike and are none."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE, CUSTOMER = "told_apart", "admin.customers.id"


def upgrade() -> None:
    """Bring the change in."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False, comment="The smaller key of the two."),
        sa.Column("second_id", sa.Uuid(), nullable=False, comment="The other."),
        sa.Column("noted_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_told_apart_one_order")),
        sa.ForeignKeyConstraint(
            ["first_id"], [CUSTOMER], name=op.f("fk_told_apart_first_id_customers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], [CUSTOMER], name=op.f("fk_told_apart_second_id_customers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"],
            ["admin.staff_members.id"],
            name=op.f("fk_told_apart_noted_by_id_staff_members"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_apart")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_told_apart_first_id_second_id")),
        schema="admin",
    )
    for column in ("second_id", "noted_by_id", "created_at"):
        op.create_index(op.f(f"ix_told_apart_{column}"), TABLE, [column], schema="admin")


def downgrade() -> None:
    """Take the change back."""
    op.drop_table(TABLE, schema="admin")
