"""Whether somebody is locked out is counted from their tries: columns that nothing ever filled said that nobody is."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FAILED = "Wrong passwords or codes since the last success."
UNTIL = "Sign-in is refused until then."


def upgrade() -> None:
    """Bring the change in."""
    op.drop_constraint(op.f("ck_staff_members_failures_counted"), "staff_members", schema="admin", type_="check")
    for name in ("failed_sign_ins", "last_failed_at", "locked_until"):
        op.drop_column("staff_members", name, schema="admin")


def downgrade() -> None:
    """Take the change back."""
    moment = sa.DateTime(timezone=True)
    counted: sa.Column[int] = sa.Column(
        "failed_sign_ins", sa.Integer(), server_default=sa.text("0"), nullable=False, comment=FAILED
    )
    op.add_column("staff_members", counted, schema="admin")
    op.add_column("staff_members", sa.Column("last_failed_at", moment, nullable=True), schema="admin")
    op.add_column("staff_members", sa.Column("locked_until", moment, nullable=True, comment=UNTIL), schema="admin")
    name = op.f("ck_staff_members_failures_counted")
    op.create_check_constraint(name, "staff_members", "failed_sign_ins >= 0", schema="admin")
