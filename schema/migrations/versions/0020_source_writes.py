"""Refused rows can be set aside, and what we decide goes back to the company's own database."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OVER = "When it was taken, gone over there, or set aside."


def upgrade() -> None:
    """Bring the change in."""
    digest = "Hash of their row as it was refused: it comes back only when that changes."
    op.add_column("source_rejects", sa.Column("row_digest", sa.String(200), comment=digest), schema="admin")
    reason = sa.Column("aside_reason", sa.Text(), comment="Why somebody set it aside.")
    op.add_column("source_rejects", reason, schema="admin")
    op.alter_column("source_rejects", "resolved_at", comment=OVER, existing_comment=None, schema="admin")
    over = "aside_reason IS NULL OR resolved_at IS NOT NULL"
    op.create_check_constraint(op.f("ck_source_rejects_aside_is_over"), "source_rejects", over, schema="admin")
    aside = sa.text("aside_reason IS NOT NULL")
    columns = ["mapping_id", "source_key"]
    op.create_index("ix_source_rejects_aside", "source_rejects", columns, postgresql_where=aside, schema="admin")
    op.create_table(
        "source_writes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False, comment="The statement of the source file."),
        sa.Column("target", sa.String(80), nullable=False, comment="Our model."),
        sa.Column("target_id", sa.Uuid(), nullable=False, comment="Key of our row."),
        sa.Column("state", STATE, server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("asks", sa.BigInteger(), server_default=sa.text("1"), nullable=False, comment=ASKS),
        sa.Column(
            "tries", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Since it was asked for."
        ),
        sa.Column("error", sa.Text()),
        sa.Column("asked_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("next_at", MOMENT, server_default=sa.text("now()"), nullable=False, comment="When it is tried next."),
        sa.Column("written_at", MOMENT),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_source_writes_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_writes")),
        sa.UniqueConstraint("name", "target_id", name=op.f("uq_source_writes_name_target_id")),
        schema="admin",
    )
    op.create_index("ix_source_writes_asked_at_id", "source_writes", ["asked_at", "id"], schema="admin")
    by_state = ["state", "asked_at", "id"]
    op.create_index("ix_source_writes_state_asked_at_id", "source_writes", by_state, schema="admin")
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_source_writes_waiting", "source_writes", ["next_at", "id"], postgresql_where=waiting, schema="admin"
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("source_writes", schema="admin")
    op.drop_index("ix_source_rejects_aside", table_name="source_rejects", schema="admin")
    op.drop_constraint(op.f("ck_source_rejects_aside_is_over"), "source_rejects", schema="admin", type_="check")
    op.alter_column("source_rejects", "resolved_at", comment=None, existing_comment=OVER, schema="admin")
    op.drop_column("source_rejects", "aside_reason", schema="admin")
    op.drop_column("source_rejects", "row_digest", schema="admin")


STATE = sa.Enum("waiting", "done", "failed", name="writestate", native_enum=False, create_constraint=True, length=40)
MOMENT = sa.DateTime(timezone=True)
ASKS = "Counts each time it was asked for."
