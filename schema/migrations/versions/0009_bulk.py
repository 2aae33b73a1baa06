"""Selections know the version of each row and whether they were cut; what is done to many rows is kept with its end."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEXED = (["created_at", "id"], ["owner_id", "created_at"], ["selection_id"], ["job_id"], ["change_set_id"])
EMPTY, NOW = sa.text("'{}'::jsonb"), sa.text("now()")
CUT = "More rows matched than one selection may hold; the rest is not in it."
VERSION = "The version the row was in when it was selected."


def upgrade() -> None:
    """Bring the change in."""
    cut: sa.Column[bool] = sa.Column("is_cut", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment=CUT)
    op.add_column("selections", cut, schema="admin")
    version: sa.Column[str] = sa.Column("version", sa.String(length=200), nullable=True, comment=VERSION)
    op.add_column("selection_keys", version, schema="admin")
    op.create_table("bulk_runs", *columns(), *constraints(), schema="admin")
    for names in INDEXED:
        op.create_index(op.f(f"ix_bulk_runs_{'_'.join(names)}"), "bulk_runs", names, schema="admin")


def columns() -> tuple[sa.Column[object], ...]:
    """Return the columns of the table of bulk changes."""
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("selection_id", sa.Uuid(), nullable=True),
        sa.Column("model_key", sa.String(length=130), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column(
            "title", sa.String(length=200), nullable=False, comment="What is done, in words without personal data."
        ),
        sa.Column(
            "typed", sa.LargeBinary(), nullable=True, comment="What was typed, encrypted; gone when it is done."
        ),
        sa.Column("state", sa.String(length=40), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False, comment="Rows of the selection."),
        sa.Column(
            "counts", postgresql.JSONB(), server_default=EMPTY, nullable=False, comment="How many rows ended how."
        ),
        sa.Column(
            "reasons",
            postgresql.JSONB(),
            server_default=EMPTY,
            nullable=False,
            comment="Why rows were left as they are, and how many each.",
        ),
        sa.Column(
            "handled",
            sa.LargeBinary(),
            nullable=True,
            comment="Keys of the rows it was done to, compressed; the audit log holds their hash.",
        ),
        sa.Column(
            "change_set_id", sa.Uuid(), nullable=False, comment="The change of all its rows; made with the first one."
        ),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
    )


def constraints() -> tuple[sa.Constraint, ...]:
    """Return what the table of bulk changes keeps to."""

    def key(column: str, table: str, ondelete: str) -> sa.ForeignKeyConstraint:
        name = op.f(f"fk_bulk_runs_{column}_{table}")
        return sa.ForeignKeyConstraint([column], [f"admin.{table}.id"], name=name, ondelete=ondelete)

    return (
        sa.CheckConstraint("state IN ('waiting', 'done')", name=op.f("ck_bulk_runs_state_known")),
        key("owner_id", "staff_members", "RESTRICT"),
        key("selection_id", "selections", "SET NULL"),
        key("job_id", "jobs", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_runs")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("bulk_runs", schema="admin")
    op.drop_column("selection_keys", "version", schema="admin")
    op.drop_column("selections", "is_cut", schema="admin")
