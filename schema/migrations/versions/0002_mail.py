"""Messages by the moment they left: counts the last minute, and lets the list be sorted by it."""

from collections.abc import Sequence

from alembic import op

revision: str = "0002"
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the change in."""
    op.create_index(op.f('ix_mail_messages_sent_at_id'), 'mail_messages', ['sent_at', 'id'], unique=False, schema='admin')


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(op.f('ix_mail_messages_sent_at_id'), table_name='mail_messages', schema='admin')
