"""What is too much to follow a merge at once is moved by a job, which says how far it is."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE, ROWS = "customer_merges", "customer_merge_rows"
COUNTS = {
    "rows_to_move": "By a job, as counted when it was asked for; 0: everything moved at once.",
    "rows_moved": "By the job, so far.",
}
FINISHED = "When the last row stood where it belongs. Empty: a job is moving rows, or moving them back."
CHECK, JOB, KEPT = "ck_customer_merges_counts_not_negative", "ix_customer_merges_job_id", "ix_customer_merges_kept"


def upgrade() -> None:
    """Bring the change in; merges of before moved everything at once."""
    for name, comment in COUNTS.items():
        column: sa.Column[int] = sa.Column(name, sa.BigInteger(), server_default="0", nullable=False, comment=comment)
        op.add_column(TABLE, column, schema="admin")
    finished: sa.Column[object] = sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment=FINISHED)
    job: sa.Column[object] = sa.Column("job_id", sa.Uuid(), nullable=True, comment="The job that moves rows.")
    for added in (finished, job):
        op.add_column(TABLE, added, schema="admin")
    op.execute(f"UPDATE admin.{TABLE} SET finished_at = coalesce(undone_at, created_at)")  # noqa: S608
    op.create_foreign_key(
        op.f("fk_customer_merges_job_id_jobs"),
        TABLE,
        "jobs",
        ["job_id"],
        ["id"],
        source_schema="admin",
        referent_schema="admin",
        ondelete="SET NULL",
    )
    op.create_check_constraint(op.f(CHECK), TABLE, "rows_moved >= 0 AND rows_to_move >= 0", schema="admin")
    op.create_index(op.f(JOB), TABLE, ["job_id"], schema="admin")
    op.create_index(KEPT, TABLE, ["kept_id", "created_at", "id"], schema="admin")
    op.create_table(
        ROWS,
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(80), nullable=False, comment="Its table."),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merge_id"],
            ["admin.customer_merges.id"],
            name=op.f("fk_customer_merge_rows_merge_id_customer_merges"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("merge_id", "place", "row_id", name=op.f("pk_customer_merge_rows")),
        schema="admin",
    )


def downgrade() -> None:
    """Take the change back; a merge of which rows still move is as it stands then."""
    op.drop_table(ROWS, schema="admin")
    for index in (KEPT, JOB):
        op.drop_index(index, TABLE, schema="admin")
    op.drop_constraint(op.f(CHECK), TABLE, schema="admin", type_="check")
    op.drop_constraint(op.f("fk_customer_merges_job_id_jobs"), TABLE, schema="admin", type_="foreignkey")
    for name in ("job_id", "finished_at", *COUNTS):
        op.drop_column(TABLE, name, schema="admin")
