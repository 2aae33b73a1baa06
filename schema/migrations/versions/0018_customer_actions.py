"""What the team does on customers' accounts: suspensions that end by themselves, removed notes, password resets."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the change in."""
    op.add_column('suspensions', sa.Column('lifts_at', sa.DateTime(timezone=True), nullable=True, comment='When it ends by itself; empty: somebody ends it.'), schema='admin')
    op.create_check_constraint(op.f('ck_suspensions_lifts_after_start'), 'suspensions', 'lifts_at > started_at', schema='admin')
    op.create_index('ix_suspensions_lifts_at', 'suspensions', ['lifts_at'], unique=False, schema='admin', postgresql_where=sa.text('ended_at IS NULL'))
    op.add_column('customer_notes', sa.Column('removed_by_id', sa.Uuid(), nullable=True), schema='admin')
    op.add_column('customer_notes', sa.Column('removal_reason', sa.Text(), nullable=True), schema='admin')
    op.create_foreign_key(op.f('fk_customer_notes_removed_by_id_staff_members'), 'customer_notes', 'staff_members', ['removed_by_id'], ['id'], source_schema='admin', referent_schema='admin', ondelete='SET NULL')
    op.create_index(op.f('ix_customer_notes_removed_by_id'), 'customer_notes', ['removed_by_id'], unique=False, schema='admin')
    op.create_index('ix_customer_notes_customer_created', 'customer_notes', ['customer_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('password_resets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True, comment="Whose password, if not the account's."),
    sa.Column('kind', sa.Enum('email', 'reset', name='passwordresetkind', native_enum=False, create_constraint=True, length=40), nullable=False, comment='email: only the message. reset: the old password stops working, and every session ends.'),
    sa.Column('state', sa.Enum('requested', 'sent', 'failed', name='passwordresetstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'requested'"), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True, comment='Why, for the team.'),
    sa.Column('problem', sa.Text(), nullable=True, comment='What the sign-in service said against it, in our words.'),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('requested_by_id', sa.Uuid(), nullable=True),
    sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=True, comment='When the old password stopped working; also where the e-mail failed afterwards.'),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True, comment='When it was sent, or given up.'),
    sa.CheckConstraint("(state = 'requested') = (finished_at IS NULL)", name=op.f('ck_password_resets_finished_when_over')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_password_resets_customer_id_customers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_password_resets_person_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['requested_by_id'], ['admin.staff_members.id'], name=op.f('fk_password_resets_requested_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_password_resets')),
    schema='admin'
    )
    op.create_index('ix_password_resets_customer', 'password_resets', ['customer_id', 'requested_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_password_resets_person_id'), 'password_resets', ['person_id'], unique=False, schema='admin')
    op.create_index('ix_password_resets_requested_at', 'password_resets', ['requested_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_password_resets_requested_by_id'), 'password_resets', ['requested_by_id'], unique=False, schema='admin')


def downgrade() -> None:
    """Take the change back."""
    op.drop_table('password_resets', schema='admin')
    op.drop_index('ix_customer_notes_customer_created', table_name='customer_notes', schema='admin')
    op.drop_index(op.f('ix_customer_notes_removed_by_id'), table_name='customer_notes', schema='admin')
    op.drop_constraint(op.f('fk_customer_notes_removed_by_id_staff_members'), 'customer_notes', schema='admin', type_='foreignkey')
    op.drop_column('customer_notes', 'removal_reason', schema='admin')
    op.drop_column('customer_notes', 'removed_by_id', schema='admin')
    op.drop_index('ix_suspensions_lifts_at', table_name='suspensions', schema='admin')
    op.drop_constraint(op.f('ck_suspensions_lifts_after_start'), 'suspensions', schema='admin', type_='check')
    op.drop_column('suspensions', 'lifts_at', schema='admin')
