"""Personal values in the history are encrypted for whose they are; the names of their columns stay."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE = "change_rows"
NAMES = "UPDATE admin.change_rows SET personal_columns = (SELECT array_agg(key) FROM jsonb_object_keys(personal) key)"


def upgrade() -> None:
    """Keep the names of personal columns; find quickly what is not encrypted yet."""
    names: sa.Column[list[str]] = sa.Column(
        "personal_columns",
        postgresql.ARRAY(sa.Text()),
        nullable=True,
        comment="Which columns they are of; stays when the values go.",
    )
    op.add_column(TABLE, names, schema="admin")
    op.execute(f"{NAMES} WHERE personal IS NOT NULL")
    op.drop_column(TABLE, "personal_salt", schema="admin")
    op.drop_column(TABLE, "personal_commitment", schema="admin")
    in_clear = sa.text("personal IS NOT NULL")
    op.create_index("ix_change_rows_in_clear", TABLE, ["id"], schema="admin", postgresql_where=in_clear)


def downgrade() -> None:
    """Take it back; what is encrypted stays so."""
    op.drop_index("ix_change_rows_in_clear", TABLE, schema="admin")
    op.add_column(TABLE, sa.Column("personal_salt", sa.LargeBinary(), nullable=True), schema="admin")
    op.add_column(TABLE, sa.Column("personal_commitment", sa.LargeBinary(), nullable=True), schema="admin")
    op.drop_column(TABLE, "personal_columns", schema="admin")
