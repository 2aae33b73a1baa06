"""Requests that one person decides alone wait, say why, and are found by the moment they are done."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAMES = ("alone", "alone_reason", "runs_at")


def upgrade() -> None:
    """Bring the change in."""
    for column in (
        sa.Column(
            "alone",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="One person decides, because nobody else may; it waits, and all are told.",
        ),
        sa.Column("alone_reason", sa.Text(), nullable=True, comment="Why it can't wait for a second person."),
        sa.Column(
            "runs_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Decided alone: done then, unless somebody stops it before.",
        ),
    ):
        op.add_column("approvals", column, schema="admin")
    op.create_check_constraint(
        op.f("ck_approvals_alone_waits"), "approvals", "alone = (runs_at IS NOT NULL)", schema="admin"
    )
    op.create_index("ix_approvals_alone", "approvals", ["runs_at"], schema="admin", postgresql_where=sa.text("alone"))


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_approvals_alone", table_name="approvals", schema="admin")
    op.drop_constraint(op.f("ck_approvals_alone_waits"), "approvals", schema="admin", type_="check")
    for name in NAMES:
        op.drop_column("approvals", name, schema="admin")
