"""Greetings."""

import sqlalchemy as sa
from alembic import op

revision = "greeter.0001"
down_revision = None
branch_labels = "greeter"
depends_on = "0001"


def upgrade() -> None:
    """Bring the change in."""
    op.create_table(
        "greeter_greetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(80), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("greeted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_greeter_greetings")),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["admin.tickets.id"],
            name=op.f("fk_greeter_greetings_ticket_id_tickets"),
            ondelete="SET NULL",
        ),
        schema="admin",
    )
    op.create_index(op.f("ix_greeter_greetings_ticket_id"), "greeter_greetings", ["ticket_id"], schema="admin")


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("greeter_greetings", schema="admin")
