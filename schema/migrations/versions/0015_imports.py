"""Files of records that are read in."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the change in."""
    op.create_table('data_imports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('model_key', sa.String(length=130), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False, comment='csv, xlsx or jsonl.'),
    sa.Column('said', sa.String(length=200), nullable=False, comment='How the file was understood.'),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('file_sha256', sa.String(length=200), nullable=False, comment='Tells whether it is the same file.'),
    sa.Column('state', sa.Enum('uploaded', 'checking', 'checked', 'running', 'done', 'failed', name='importstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'uploaded'"), nullable=False),
    sa.Column('reading', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Which column fills which field, and what finds a record.'),
    sa.Column('new_rows', sa.BigInteger(), nullable=True, comment='Created, or found to be new.'),
    sa.Column('changed_rows', sa.BigInteger(), nullable=True),
    sa.Column('unchanged_rows', sa.BigInteger(), nullable=True),
    sa.Column('refused_rows', sa.BigInteger(), nullable=True),
    sa.Column('file_key', sa.LargeBinary(), nullable=True, comment='Opens the file and the findings; itself encrypted.'),
    sa.Column('findings', sa.LargeBinary(), nullable=True, comment='Headings, samples and what was refused, encrypted.'),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('artifact_id', sa.Uuid(), nullable=True, comment='The file as it was uploaded.'),
    sa.Column('refused_id', sa.Uuid(), nullable=True, comment='The rows that were refused, as a file.'),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state NOT IN ('done', 'failed') OR finished_at IS NOT NULL", name=op.f('ck_data_imports_finished_when_over')),
    sa.CheckConstraint('new_rows >= 0 AND changed_rows >= 0 AND unchanged_rows >= 0 AND refused_rows >= 0', name=op.f('ck_data_imports_rows_counted')),
    sa.CheckConstraint('size_bytes >= 0', name=op.f('ck_data_imports_size')),
    sa.ForeignKeyConstraint(['artifact_id'], ['admin.artifacts.id'], name=op.f('fk_data_imports_artifact_id_artifacts'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_data_imports_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_data_imports_member_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['refused_id'], ['admin.artifacts.id'], name=op.f('fk_data_imports_refused_id_artifacts'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_imports')),
    schema='admin'
    )
    op.create_index(op.f('ix_data_imports_artifact_id'), 'data_imports', ['artifact_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_imports_created_at_id'), 'data_imports', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_imports_job_id'), 'data_imports', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_imports_member_id_created_at'), 'data_imports', ['member_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_imports_model_key_created_at_id'), 'data_imports', ['model_key', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_imports_refused_id'), 'data_imports', ['refused_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_imports_state_created_at_id'), 'data_imports', ['state', 'created_at', 'id'], unique=False, schema='admin')


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(op.f('ix_data_imports_state_created_at_id'), table_name='data_imports', schema='admin')
    op.drop_index(op.f('ix_data_imports_refused_id'), table_name='data_imports', schema='admin')
    op.drop_index(op.f('ix_data_imports_model_key_created_at_id'), table_name='data_imports', schema='admin')
    op.drop_index(op.f('ix_data_imports_member_id_created_at'), table_name='data_imports', schema='admin')
    op.drop_index(op.f('ix_data_imports_job_id'), table_name='data_imports', schema='admin')
    op.drop_index(op.f('ix_data_imports_created_at_id'), table_name='data_imports', schema='admin')
    op.drop_index(op.f('ix_data_imports_artifact_id'), table_name='data_imports', schema='admin')
    op.drop_table('data_imports', schema='admin')
