"""What a customer's timeline reads newest first: the credit ledger, privacy requests, and approvals about a record."""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEXES = (
    (
        "credit_entries",
        ("ix_credit_entries_balance", ["customer_id", "unit", "occurred_at", "id"]),
        ("ix_credit_entries_customer", ["customer_id", "occurred_at", "id"]),
    ),
    (
        "subject_requests",
        ("ix_subject_requests_customer_id", ["customer_id"]),
        ("ix_subject_requests_customer_id_received_at_id", ["customer_id", "received_at", "id"]),
    ),
)
"""Table, the index that goes, the index that comes."""
ABOUT = "ix_approvals_model_key_record_key_created_at_id"


def upgrade() -> None:
    """Bring the change in."""
    for table, (old, _), (new, columns) in INDEXES:
        op.create_index(new, table, columns, schema="admin")
        op.drop_index(old, table, schema="admin")
    op.create_index(ABOUT, "approvals", ["model_key", "record_key", "created_at", "id"], schema="admin")


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(ABOUT, "approvals", schema="admin")
    for table, (old, columns), (new, _) in INDEXES:
        op.create_index(old, table, columns, schema="admin")
        op.drop_index(new, table, schema="admin")
