"""An impersonation is asked for first and opened later, one at a time, and knows how much was seen."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE = "impersonations"
COMMENTS = (
    ("issued_at", sa.DateTime(timezone=True), False, None, "When it was asked for or, with a second person, approved."),
    (
        "token_hash",
        sa.Text(),
        True,
        "SHA-256 of the one-time token: it opens once.",
        "SHA-256 of the one-time token: it opens once. Empty until it is opened.",
    ),
    (
        "token_expires_at",
        sa.DateTime(timezone=True),
        True,
        "A minute after issue.",
        "A minute after it was opened.",
    ),
)
CHECKS = {
    "token_whole": "(token_hash IS NULL) = (token_expires_at IS NULL)",
    "counts_not_negative": "pages_seen >= 0 AND records_seen >= 0",
}
LEFT_OPEN = (
    "UPDATE admin.impersonations SET ended_at = greatest(issued_at, coalesce(session_expires_at, token_expires_at))"
    " WHERE ended_at IS NULL"
)
NEVER_OPENED = "DELETE FROM admin.impersonations WHERE token_hash IS NULL"


def upgrade() -> None:
    """Bring the change in."""
    op.execute(LEFT_OPEN)
    for name, kind, optional, before, after in COMMENTS:
        op.alter_column(
            TABLE, name, existing_type=kind, nullable=optional, comment=after, existing_comment=before, schema="admin"
        )
    for name in ("pages_seen", "records_seen"):
        words = "As the customer app counted them."
        column: sa.Column[int] = sa.Column(name, sa.BigInteger(), server_default="0", nullable=False, comment=words)
        op.add_column(TABLE, column, schema="admin")
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, condition, schema="admin")
    is_open = sa.text("ended_at IS NULL AND token_hash IS NOT NULL")
    op.create_index("uq_impersonations_open", TABLE, ["staff_id"], unique=True, schema="admin", postgresql_where=is_open)


def downgrade() -> None:
    """Take the change back; what was never opened has no place in the old table."""
    op.drop_index("uq_impersonations_open", TABLE, schema="admin")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, schema="admin", type_="check")
    op.drop_column(TABLE, "records_seen", schema="admin")
    op.drop_column(TABLE, "pages_seen", schema="admin")
    op.execute(NEVER_OPENED)
    for name, kind, _optional, before, after in COMMENTS:
        op.alter_column(
            TABLE, name, existing_type=kind, nullable=False, comment=before, existing_comment=after, schema="admin"
        )
