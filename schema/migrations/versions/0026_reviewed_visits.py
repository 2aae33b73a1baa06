"""A visit to a customer says whether they had agreed and what was changed, and is looked over by somebody else."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE = "impersonations"
COUNTS = "ck_impersonations_counts_not_negative"
CHECKS = {
    "reviewed_by_another": "reviewed_by_id <> staff_id",
    "reviewed_when_over": "reviewed_at IS NULL OR ended_at IS NOT NULL",
}
AGREED = "Whether the customer had agreed to the visit, as whoever asked for it said. Empty: it was not asked."


def upgrade() -> None:
    """Bring the change in."""
    counted = "As the customer app counted them."
    columns: tuple[sa.Column[object], ...] = (
        sa.Column("changes_made", sa.BigInteger(), server_default="0", nullable=False, comment=counted),
        sa.Column("customer_agreed", sa.Boolean(), nullable=True, comment=AGREED),
        sa.Column(
            "reviewed_at", sa.DateTime(timezone=True), nullable=True, comment="When somebody else looked it over."
        ),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True, comment="Never whoever visited."),
        sa.Column("review_note", sa.Text(), nullable=True),
    )
    for column in columns:
        op.add_column(TABLE, column, schema="admin")
    op.create_foreign_key(
        op.f("fk_impersonations_reviewed_by_id_staff_members"),
        TABLE,
        "staff_members",
        ["reviewed_by_id"],
        ["id"],
        source_schema="admin",
        referent_schema="admin",
        ondelete="SET NULL",
    )
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, condition, schema="admin")
    count_checked("pages_seen >= 0 AND records_seen >= 0 AND changes_made >= 0")
    op.create_index("ix_impersonations_redeemed_at", TABLE, ["redeemed_at", "id"], schema="admin")
    op.create_index(op.f("ix_impersonations_reviewed_by_id"), TABLE, ["reviewed_by_id"], schema="admin")
    to_review = sa.text("redeemed_at IS NOT NULL AND reviewed_at IS NULL")
    op.create_index(
        "ix_impersonations_to_review", TABLE, ["ended_at", "id"], schema="admin", postgresql_where=to_review
    )


def downgrade() -> None:
    """Take the change back."""
    for index in ("to_review", "reviewed_by_id", "redeemed_at"):
        op.drop_index(f"ix_impersonations_{index}", TABLE, schema="admin")
    count_checked("pages_seen >= 0 AND records_seen >= 0")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, schema="admin", type_="check")
    op.drop_constraint(op.f("fk_impersonations_reviewed_by_id_staff_members"), TABLE, schema="admin", type_="foreignkey")
    for name in ("review_note", "reviewed_by_id", "reviewed_at", "customer_agreed", "changes_made"):
        op.drop_column(TABLE, name, schema="admin")


def count_checked(condition: str) -> None:
    """Let the counts be checked like this."""
    op.drop_constraint(op.f(COUNTS), TABLE, schema="admin", type_="check")
    op.create_check_constraint(op.f(COUNTS), TABLE, condition, schema="admin")
