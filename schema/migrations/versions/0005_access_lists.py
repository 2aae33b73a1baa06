"""The people in a list or an export stand in one row each thousand; masked values may be revealed for some minutes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PACK = """
    INSERT INTO admin.access_key_lists (entry_id, position, subject_kind, subject_keys)
    SELECT entry_id, row_number() OVER (PARTITION BY entry_id ORDER BY subject_kind) - 1, subject_kind,
        array_agg(subject_key::text ORDER BY subject_key)
    FROM admin.access_keys GROUP BY entry_id, subject_kind
"""
UNPACK = """
    INSERT INTO admin.access_keys (entry_id, position, subject_kind, subject_key)
    SELECT entry_id, row_number() OVER (PARTITION BY entry_id ORDER BY list.position, key) - 1, subject_kind, key
    FROM admin.access_key_lists AS list, unnest(subject_keys) AS key
"""


def upgrade() -> None:
    """Bring the change in."""
    op.create_table(
        "access_key_lists",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_kind", sa.String(length=80), nullable=False),
        sa.Column("subject_keys", postgresql.ARRAY(sa.Text()), nullable=False, comment="Sorted."),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["admin.access_entries.id"],
            name=op.f("fk_access_key_lists_entry_id_access_entries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_access_key_lists")),
        schema="admin",
    )
    op.create_index(
        op.f("ix_access_key_lists_subject_keys"),
        "access_key_lists",
        ["subject_keys"],
        schema="admin",
        postgresql_using="gin",
    )
    op.execute(PACK)
    op.drop_table("access_keys", schema="admin")
    op.create_table(
        "reveals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("model_key", sa.String(length=130), nullable=False),
        sa.Column("record_key", sa.String(length=200), nullable=False),
        sa.Column("column_key", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["admin.staff_members.id"],
            name=op.f("fk_reveals_member_id_staff_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveals")),
        sa.UniqueConstraint(
            "member_id",
            "model_key",
            "record_key",
            "column_key",
            name=op.f("uq_reveals_member_id_model_key_record_key_column_key"),
        ),
        schema="admin",
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("reveals", schema="admin")
    op.create_table(
        "access_keys",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_kind", sa.String(length=80), nullable=False),
        sa.Column("subject_key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["admin.access_entries.id"],
            name=op.f("fk_access_keys_entry_id_access_entries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_access_keys")),
        schema="admin",
    )
    op.create_index(
        op.f("ix_access_keys_subject_kind_subject_key"), "access_keys", ["subject_kind", "subject_key"], schema="admin"
    )
    op.execute(UNPACK)
    op.drop_table("access_key_lists", schema="admin")
