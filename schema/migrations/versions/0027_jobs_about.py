"""A job says whom it is about, so that it stands in their timeline."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE, INDEX, CHECK = "jobs", "ix_jobs_subject", "ck_jobs_subject_whole"
COLUMNS = {
    "subject_kind": (sa.String(80), "Kind of whom it is about, such as customer; empty: nobody in particular."),
    "subject_key": (sa.String(200), "Key of whom it is about."),
}


def upgrade() -> None:
    """Bring the change in; jobs of before are about nobody."""
    for name, (kind, comment) in COLUMNS.items():
        column: sa.Column[str] = sa.Column(name, kind, nullable=True, comment=comment)
        op.add_column(TABLE, column, schema="admin")
    op.create_check_constraint(op.f(CHECK), TABLE, "(subject_kind IS NULL) = (subject_key IS NULL)", schema="admin")
    known = sa.text("subject_key IS NOT NULL")
    columns = ["subject_kind", "subject_key", "created_at", "id"]
    op.create_index(INDEX, TABLE, columns, schema="admin", postgresql_where=known)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(INDEX, TABLE, schema="admin")
    op.drop_constraint(op.f(CHECK), TABLE, schema="admin", type_="check")
    for name in COLUMNS:
        op.drop_column(TABLE, name, schema="admin")
