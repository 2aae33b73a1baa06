"""The first schema: every table, as generated from the models."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0001'
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the change in."""
    op.create_table('activity_months',
    sa.Column('subject_kind', sa.String(length=80), nullable=False, comment='person or customer.'),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('activity', sa.String(length=80), nullable=False, comment='any, or the name of a value event.'),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('bits', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('bits >= 0', name=op.f('ck_activity_months_bits')),
    sa.PrimaryKeyConstraint('subject_kind', 'subject_id', 'activity', 'month', name=op.f('pk_activity_months')),
    schema='admin'
    )
    op.create_index(op.f('ix_activity_months_month_subject_kind_activity'), 'activity_months', ['month', 'subject_kind', 'activity'], unique=False, schema='admin')
    op.create_table('alert_channels',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.Enum('email', 'slack', 'webhook', name='channelkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('target', sa.LargeBinary(), nullable=False, comment='Address or webhook URL, encrypted.'),
    sa.Column('target_hint', sa.String(length=200), nullable=True, comment='Enough to recognise it.'),
    sa.Column('minimum_severity', sa.Enum('info', 'warning', 'critical', name='severity', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'warning'"), nullable=False),
    sa.Column('is_default', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='For rules that name no channel.'),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('last_sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_channels')),
    sa.UniqueConstraint('name', name=op.f('uq_alert_channels_name')),
    schema='admin'
    )
    op.create_table('audit_checkpoints',
    sa.Column('log', sa.String(length=80), nullable=False, comment='Epoch of the log; a restore begins a new one.'),
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False, comment='Entries sealed up to here.'),
    sa.Column('root', sa.LargeBinary(), nullable=False),
    sa.Column('previous_root', sa.LargeBinary(), nullable=True),
    sa.Column('sealed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('key_id', sa.String(length=80), nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('size >= 0 AND number >= 1', name=op.f('ck_audit_checkpoints_counted')),
    sa.PrimaryKeyConstraint('log', 'number', name=op.f('pk_audit_checkpoints')),
    schema='admin'
    )
    op.create_index(op.f('ix_audit_checkpoints_sealed_at'), 'audit_checkpoints', ['sealed_at'], unique=False, schema='admin')
    op.create_table('audit_keys',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key_id', sa.String(length=80), nullable=False),
    sa.Column('algorithm', sa.String(length=80), nullable=False),
    sa.Column('public_key', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_keys')),
    sa.UniqueConstraint('key_id', name=op.f('uq_audit_keys_key_id')),
    schema='admin'
    )
    op.create_table('audit_prunes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('log', sa.String(length=80), nullable=False),
    sa.Column('from_position', sa.BigInteger(), nullable=False),
    sa.Column('to_position', sa.BigInteger(), nullable=False),
    sa.Column('checkpoint_number', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('from_position <= to_position', name=op.f('ck_audit_prunes_range')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_prunes')),
    schema='admin'
    )
    op.create_index(op.f('ix_audit_prunes_created_at_id'), 'audit_prunes', ['created_at', 'id'], unique=False, schema='admin')
    op.create_table('audit_tiles',
    sa.Column('log', sa.String(length=80), nullable=False),
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('hashes', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('log', 'level', 'position', name=op.f('pk_audit_tiles')),
    schema='admin'
    )
    op.create_table('business_calendars',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('timezone', sa.String(length=80), server_default='Africa/Johannesburg', nullable=False),
    sa.Column('is_default', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_business_calendars')),
    sa.UniqueConstraint('name', name=op.f('uq_business_calendars_name')),
    schema='admin'
    )
    op.create_index('uq_business_calendars_default', 'business_calendars', ['is_default'], unique=True, schema='admin', postgresql_where=sa.text('is_default'))
    op.create_table('consent_texts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.String(length=80), nullable=False, comment='marketing, training, screening, terms …'),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('version >= 1', name=op.f('ck_consent_texts_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_texts')),
    sa.UniqueConstraint('purpose', 'version', name=op.f('uq_consent_texts_purpose_version')),
    schema='admin'
    )
    op.create_index(op.f('ix_consent_texts_created_at_id'), 'consent_texts', ['created_at', 'id'], unique=False, schema='admin')
    op.create_table('credit_packs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('credits', sa.BigInteger(), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('includes_vat', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('expires_after_days', sa.Integer(), nullable=True, comment='Empty: the credits never expire.'),
    sa.Column('is_sold', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('amount_cents >= 0', name=op.f('ck_credit_packs_amount_not_negative')),
    sa.CheckConstraint('credits > 0', name=op.f('ck_credit_packs_credits_positive')),
    sa.CheckConstraint('expires_after_days > 0', name=op.f('ck_credit_packs_expiry_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_packs')),
    sa.UniqueConstraint('key', name=op.f('uq_credit_packs_key')),
    schema='admin'
    )
    op.create_index('ix_credit_packs_name', 'credit_packs', ['name', 'id'], unique=False, schema='admin')
    op.create_table('discount_campaigns',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Empty: all product lines.'),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('budget_cents', sa.BigInteger(), nullable=True, comment='Codes stop when this much was given away.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('utm_campaign', sa.String(length=80), nullable=True, comment='Signups with this word count to it.'),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('budget_cents > 0', name=op.f('ck_discount_campaigns_budget_positive')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_discount_campaigns_ends_after_start')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discount_campaigns')),
    sa.UniqueConstraint('key', name=op.f('uq_discount_campaigns_key')),
    schema='admin'
    )
    op.create_index('ix_discount_campaigns_name', 'discount_campaigns', ['name', 'id'], unique=False, schema='admin')
    op.create_index('ix_discount_campaigns_starts_at', 'discount_campaigns', ['starts_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_discount_campaigns_utm_campaign'), 'discount_campaigns', ['utm_campaign'], unique=False, schema='admin')
    op.create_table('dunning_rules',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False, comment='Order of the steps.'),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Empty: all product lines.'),
    sa.Column('days_after_due', sa.Integer(), nullable=False, comment='Negative: before the due date.'),
    sa.Column('act', sa.Enum('remind', 'new_link', 'call_task', 'warn', 'suspend', 'cancel', name='dunningact', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('template_key', sa.String(length=80), nullable=True, comment='The e-mail template it sends.'),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('days_after_due >= -30', name=op.f('ck_dunning_rules_days_possible')),
    sa.CheckConstraint('position > 0', name=op.f('ck_dunning_rules_position_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dunning_rules')),
    sa.UniqueConstraint('product_line', 'position', name=op.f('uq_dunning_rules_product_line_position'), postgresql_nulls_not_distinct=True),
    schema='admin'
    )
    op.create_index('ix_dunning_rules_position', 'dunning_rules', ['position', 'id'], unique=False, schema='admin')
    op.create_table('email_templates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False, comment='The name the code sends it by.'),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=True, comment='When it is sent.'),
    sa.Column('mail_class', sa.Enum('transactional', 'service', 'marketing', 'internal', name='mailclass', native_enum=False, create_constraint=True, length=40), server_default='transactional', nullable=False, comment='Marketing asks for consent at the moment of sending.'),
    sa.Column('locale', sa.String(length=10), server_default='en-ZA', nullable=False),
    sa.Column('live_version', sa.Integer(), nullable=True, comment='The version that is sent; empty: none yet.'),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='False: not sent at all.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_templates')),
    sa.UniqueConstraint('key', 'locale', name=op.f('uq_email_templates_key_locale')),
    schema='admin'
    )
    op.create_index('ix_email_templates_updated_at', 'email_templates', ['updated_at', 'id'], unique=False, schema='admin')
    op.create_table('error_projects',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='Stands in the DSN.'),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('platform', sa.String(length=80), nullable=True),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('keep_events', sa.Integer(), server_default=sa.text('1000'), nullable=False, comment='Events kept for each issue.'),
    sa.Column('quota_per_hour', sa.Integer(), nullable=True, comment='More are counted but not kept; empty: no limit.'),
    sa.Column('sentry_slug', sa.String(length=200), nullable=True, comment='The same project at Sentry, when it has one.'),
    sa.Column('last_event_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('keep_events > 0', name=op.f('ck_error_projects_keep')),
    sa.CheckConstraint('number > 0', name=op.f('ck_error_projects_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_error_projects')),
    sa.UniqueConstraint('name', name=op.f('uq_error_projects_name')),
    sa.UniqueConstraint('number', name=op.f('uq_error_projects_number')),
    schema='admin'
    )
    op.create_table('escalation_procedures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=True, comment='Markdown, shown beside the ticket.'),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation_procedures')),
    sa.UniqueConstraint('name', name=op.f('uq_escalation_procedures_name')),
    schema='admin'
    )
    op.create_table('faq_entries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('question', sa.String(length=200), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False, comment='Markdown.'),
    sa.Column('category', sa.String(length=80), nullable=False),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Empty: all product lines.'),
    sa.Column('locale', sa.String(length=10), server_default='en-ZA', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False, comment='Order within the category.'),
    sa.Column('state', sa.Enum('draft', 'published', 'archived', name='publishstate', native_enum=False, create_constraint=True, length=40), server_default='draft', nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name=op.f('ck_faq_entries_published_when_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faq_entries')),
    schema='admin'
    )
    op.create_index('ix_faq_entries_category', 'faq_entries', ['category', 'position'], unique=False, schema='admin')
    op.create_index('ix_faq_entries_created_at', 'faq_entries', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_faq_entries_question_trgm', 'faq_entries', ['question'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'question': 'gin_trgm_ops'})
    op.create_table('features',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False, comment='The name the customer app knows it by.'),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('kind', sa.Enum('switch', 'limit', name='featurekind', native_enum=False, create_constraint=True, length=40), server_default='switch', nullable=False),
    sa.Column('unit', sa.String(length=80), nullable=True, comment='What a limit counts, e.g. CVs.'),
    sa.Column('event_name', sa.String(length=80), nullable=True, comment='The usage event that means somebody used it.'),
    sa.Column('is_value', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Use of it makes a customer active.'),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Empty: all product lines.'),
    sa.Column('released_on', sa.Date(), nullable=True, comment='Adoption is measured from this day.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_features')),
    sa.UniqueConstraint('key', name=op.f('uq_features_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_features_event_name'), 'features', ['event_name'], unique=False, schema='admin')
    op.create_index('ix_features_name', 'features', ['name', 'id'], unique=False, schema='admin')
    op.create_table('figure_snapshots',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('figure', sa.String(length=80), nullable=False),
    sa.Column('definition_version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('period_start', sa.DateTime(timezone=True), nullable=False),
    sa.Column('period_end', sa.DateTime(timezone=True), nullable=False),
    sa.Column('dimension_key', sa.String(length=200), server_default=sa.text("''"), nullable=False),
    sa.Column('amount', sa.Numeric(precision=30, scale=10), nullable=True, comment='Empty: not defined for the period.'),
    sa.Column('cases', sa.BigInteger(), nullable=True),
    sa.Column('unit', sa.String(length=80), nullable=True),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('period_end > period_start', name=op.f('ck_figure_snapshots_period')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_snapshots')),
    sa.UniqueConstraint('figure', 'period_start', 'period_end', 'dimension_key', 'reported_at', name='uq_figure_snapshots_report'),
    schema='admin'
    )
    op.create_index(op.f('ix_figure_snapshots_reported_at_id'), 'figure_snapshots', ['reported_at', 'id'], unique=False, schema='admin')
    op.create_table('funnels',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Empty: all product lines.'),
    sa.Column('window_hours', sa.Integer(), server_default='168', nullable=False, comment='All steps within this time from the first.'),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('window_hours > 0', name=op.f('ck_funnels_window_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_funnels')),
    sa.UniqueConstraint('key', name=op.f('uq_funnels_key')),
    schema='admin'
    )
    op.create_table('fx_rates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('base', sa.String(length=3), nullable=False, comment='1 unit of this …'),
    sa.Column('quote', sa.String(length=3), server_default='ZAR', nullable=False, comment='… costs so much of this.'),
    sa.Column('rate', sa.Numeric(precision=20, scale=10), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False, comment='Where the rate was read.'),
    sa.Column('raw', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='The answer it was read from.'),
    sa.Column('fetched_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('base <> quote', name=op.f('ck_fx_rates_two_currencies')),
    sa.CheckConstraint('rate > 0', name=op.f('ck_fx_rates_rate_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fx_rates')),
    sa.UniqueConstraint('base', 'quote', 'day', name=op.f('uq_fx_rates_base_quote_day')),
    schema='admin'
    )
    op.create_index('ix_fx_rates_day', 'fx_rates', ['day', 'id'], unique=False, schema='admin')
    op.create_table('health_checks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False, comment='http, database, imap, storage, or one a plugin brings.'),
    sa.Column('url', sa.String(length=2000), nullable=True),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('every_s', sa.Integer(), server_default=sa.text('60'), nullable=False),
    sa.Column('timeout_ms', sa.Integer(), server_default=sa.text('5000'), nullable=False),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('state', sa.Enum('unknown', 'up', 'degraded', 'down', name='checkstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'unknown'"), nullable=False),
    sa.Column('state_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('failures', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='In a row.'),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('every_s > 0 AND timeout_ms > 0', name=op.f('ck_health_checks_times')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_health_checks')),
    sa.UniqueConstraint('name', name=op.f('uq_health_checks_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_health_checks_state_name'), 'health_checks', ['state', 'name'], unique=False, schema='admin')
    op.create_table('help_articles',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False, comment='Last part of its address.'),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('category', sa.String(length=80), nullable=False),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Empty: all product lines.'),
    sa.Column('locale', sa.String(length=10), server_default='en-ZA', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('state', sa.Enum('draft', 'published', 'archived', name='publishstate', native_enum=False, create_constraint=True, length=40), server_default='draft', nullable=False),
    sa.Column('published_version', sa.Integer(), nullable=True, comment='The version customers see.'),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('helpful_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('unhelpful_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state <> 'published' OR published_version IS NOT NULL", name=op.f('ck_help_articles_published_has_version')),
    sa.CheckConstraint('helpful_count >= 0 AND unhelpful_count >= 0', name=op.f('ck_help_articles_votes_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_articles')),
    sa.UniqueConstraint('slug', 'locale', name=op.f('uq_help_articles_slug_locale')),
    schema='admin'
    )
    op.create_index('ix_help_articles_category', 'help_articles', ['category', 'position'], unique=False, schema='admin')
    op.create_index('ix_help_articles_state', 'help_articles', ['state', 'updated_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_help_articles_title_trgm', 'help_articles', ['title'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'title': 'gin_trgm_ops'})
    op.create_index('ix_help_articles_updated_at', 'help_articles', ['updated_at', 'id'], unique=False, schema='admin')
    op.create_table('integration_states',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('configured', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('last_tested_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_test_ok', sa.Boolean(), nullable=True),
    sa.Column('last_test_message', sa.Text(), nullable=True),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_integration_states')),
    sa.UniqueConstraint('name', name=op.f('uq_integration_states_name')),
    schema='admin'
    )
    op.create_table('job_queues',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('rank', sa.Integer(), server_default=sa.text('100'), nullable=False, comment='Smaller numbers are served first.'),
    sa.Column('paused', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_queues')),
    sa.UniqueConstraint('name', name=op.f('uq_job_queues_name')),
    schema='admin'
    )
    op.create_table('model_prices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('provider', sa.String(length=80), nullable=False),
    sa.Column('model', sa.String(length=200), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('input_per_million', sa.Numeric(precision=20, scale=10), nullable=False, comment='For a million tokens in.'),
    sa.Column('cached_per_million', sa.Numeric(precision=20, scale=10), nullable=True, comment='For a million cached tokens in.'),
    sa.Column('output_per_million', sa.Numeric(precision=20, scale=10), nullable=False, comment='For a million tokens out.'),
    sa.Column('currency', sa.String(length=3), server_default=sa.text("'USD'"), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=True, comment='Where the price was read.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('input_per_million >= 0 AND output_per_million >= 0 AND cached_per_million >= 0', name=op.f('ck_model_prices_prices')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_model_prices')),
    sa.UniqueConstraint('provider', 'model', 'valid_from', name=op.f('uq_model_prices_provider_model_valid_from')),
    schema='admin'
    )
    op.create_index(op.f('ix_model_prices_valid_from_id'), 'model_prices', ['valid_from', 'id'], unique=False, schema='admin')
    op.create_table('model_retirements',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('provider', sa.String(length=80), nullable=False),
    sa.Column('model', sa.String(length=200), nullable=False),
    sa.Column('announced_on', sa.Date(), nullable=True),
    sa.Column('shuts_down_on', sa.Date(), nullable=False),
    sa.Column('replacement', sa.String(length=200), nullable=True),
    sa.Column('source_url', sa.String(length=2000), nullable=True),
    sa.Column('plan', sa.Text(), nullable=True, comment='What we do about it.'),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_model_retirements')),
    sa.UniqueConstraint('provider', 'model', name=op.f('uq_model_retirements_provider_model')),
    schema='admin'
    )
    op.create_index(op.f('ix_model_retirements_shuts_down_on_id'), 'model_retirements', ['shuts_down_on', 'id'], unique=False, schema='admin')
    op.create_table('number_sequences',
    sa.Column('key', sa.String(length=80), nullable=False, comment='invoice or credit_note.'),
    sa.Column('prefix', sa.String(length=20), server_default='', nullable=False),
    sa.Column('digits', sa.Integer(), server_default='6', nullable=False, comment='Filled up with zeros to this length.'),
    sa.Column('next_number', sa.Integer(), server_default='1', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('digits BETWEEN 1 AND 12', name=op.f('ck_number_sequences_digits_possible')),
    sa.CheckConstraint('next_number > 0', name=op.f('ck_number_sequences_next_number_positive')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_number_sequences')),
    schema='admin'
    )
    op.create_table('plans',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False, comment='The name the customer app knows it by.'),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=False, comment='Who may subscribe to it.'),
    sa.Column('description', sa.Text(), nullable=True, comment='What the price page says.'),
    sa.Column('rank', sa.Integer(), server_default='0', nullable=False, comment='A move to a higher rank is an upgrade, to a lower a downgrade.'),
    sa.Column('trial_days', sa.Integer(), server_default='0', nullable=False, comment='0: no trial.'),
    sa.Column('included_credits', sa.BigInteger(), server_default='0', nullable=False, comment='Credits granted at the start of each period.'),
    sa.Column('seats', sa.Integer(), nullable=True, comment='People allowed to sign in; empty: any number.'),
    sa.Column('is_sold', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='False: existing subscribers keep it, nobody new gets it.'),
    sa.Column('is_complimentary', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='A free plan: never part of recurring revenue.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('included_credits >= 0', name=op.f('ck_plans_credits_not_negative')),
    sa.CheckConstraint('trial_days >= 0', name=op.f('ck_plans_trial_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plans')),
    sa.UniqueConstraint('key', name=op.f('uq_plans_key')),
    schema='admin'
    )
    op.create_index('ix_plans_created_at', 'plans', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_plans_line_rank', 'plans', ['product_line', 'rank'], unique=False, schema='admin')
    op.create_index('ix_plans_rank', 'plans', ['rank', 'id'], unique=False, schema='admin')
    op.create_table('plugin_states',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('version', sa.String(length=80), nullable=True),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('disabled_reason', sa.Text(), nullable=True),
    sa.Column('failures', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='Errors since it last worked.'),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('last_error_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plugin_states')),
    sa.UniqueConstraint('name', name=op.f('uq_plugin_states_name')),
    schema='admin'
    )
    op.create_table('processors',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('purpose', sa.String(length=200), nullable=False),
    sa.Column('country', sa.String(length=80), nullable=False),
    sa.Column('data_kinds', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
    sa.Column('transfer_ground', sa.String(length=80), nullable=True, comment='Ground of section 72, when it is abroad.'),
    sa.Column('agreement_version', sa.String(length=200), nullable=True),
    sa.Column('agreement_signed_on', sa.Date(), nullable=True),
    sa.Column('agreement_url', sa.String(length=2000), nullable=True),
    sa.Column('retention_there', sa.String(length=200), nullable=True),
    sa.Column('erasure_connector', sa.String(length=80), nullable=True, comment='Erases there by itself; empty: by hand.'),
    sa.Column('contact_email', sa.String(length=320), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_processors')),
    sa.UniqueConstraint('name', name=op.f('uq_processors_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_processors_created_at_id'), 'processors', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_processors_review_on_id'), 'processors', ['review_on', 'id'], unique=False, schema='admin')
    op.create_table('provider_usage',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('provider', sa.String(length=80), nullable=False),
    sa.Column('day', sa.Date(), nullable=False, comment='UTC day.'),
    sa.Column('metric', sa.String(length=80), nullable=False, comment='input_tokens, cached_tokens, egress, build_minutes …'),
    sa.Column('project', sa.String(length=200), nullable=True),
    sa.Column('model', sa.String(length=200), nullable=True),
    sa.Column('quantity', sa.Numeric(precision=24, scale=6), nullable=False),
    sa.Column('unit', sa.String(length=80), nullable=False),
    sa.Column('included_quantity', sa.Numeric(precision=24, scale=6), nullable=True, comment="Covered by the provider's plan, per month."),
    sa.Column('source', sa.Enum('api', 'csv', 'typed', 'computed', name='costsource', native_enum=False, create_constraint=True, length=40), server_default='typed', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('included_quantity >= 0', name=op.f('ck_provider_usage_included_not_negative')),
    sa.CheckConstraint('quantity >= 0', name=op.f('ck_provider_usage_quantity_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_usage')),
    sa.UniqueConstraint('provider', 'day', 'metric', 'project', 'model', name='uq_provider_usage_line', postgresql_nulls_not_distinct=True),
    schema='admin'
    )
    op.create_index('ix_provider_usage_day', 'provider_usage', ['day', 'id'], unique=False, schema='admin')
    op.create_index('ix_provider_usage_metric', 'provider_usage', ['metric', 'day'], unique=False, schema='admin')
    op.create_table('ready_answers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False, comment='Markdown with {{ variables }}.'),
    sa.Column('category', sa.String(length=80), nullable=True),
    sa.Column('used_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ready_answers')),
    sa.UniqueConstraint('key', name=op.f('uq_ready_answers_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_ready_answers_category'), 'ready_answers', ['category'], unique=False, schema='admin')
    op.create_index('ix_ready_answers_created_at', 'ready_answers', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_ready_answers_name', 'ready_answers', ['name', 'id'], unique=False, schema='admin')
    op.create_table('reconciliation_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('gateway', sa.Enum('yoco', 'payfast', 'eft', 'other', name='gateway', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('period_start', sa.DateTime(timezone=True), nullable=False),
    sa.Column('period_end', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('theirs_count', sa.BigInteger(), nullable=True),
    sa.Column('ours_count', sa.BigInteger(), nullable=True),
    sa.Column('theirs_cents', sa.BigInteger(), nullable=True),
    sa.Column('ours_cents', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('period_end > period_start', name=op.f('ck_reconciliation_runs_period_ends_after_start')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reconciliation_runs')),
    schema='admin'
    )
    op.create_index('ix_reconciliation_runs_created_at', 'reconciliation_runs', ['created_at', 'id'], unique=False, schema='admin')
    op.create_table('request_timings',
    sa.Column('minute', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False, comment='Which program.'),
    sa.Column('route', sa.String(length=200), nullable=False, comment='The pattern, never the path itself.'),
    sa.Column('method', sa.String(length=80), nullable=False),
    sa.Column('status_class', sa.Integer(), autoincrement=False, nullable=False, comment='2 for 200 to 299 …'),
    sa.Column('requests', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('errors', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('total_ms', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('maximum_ms', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('histogram', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Count by bucket of a logarithmic scale, one per cent wide.'),
    sa.CheckConstraint('requests >= 0 AND errors >= 0', name=op.f('ck_request_timings_counted')),
    sa.PrimaryKeyConstraint('minute', 'source', 'route', 'method', 'status_class', name=op.f('pk_request_timings')),
    schema='admin'
    )
    op.create_index(op.f('ix_request_timings_minute'), 'request_timings', ['minute'], unique=False, schema='admin')
    op.create_index(op.f('ix_request_timings_route_minute'), 'request_timings', ['route', 'minute'], unique=False, schema='admin')
    op.create_table('retention_policies',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('model_key', sa.String(length=130), nullable=False),
    sa.Column('after_column', sa.String(length=80), nullable=False, comment='The moment from which the days count.'),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('action', sa.Enum('delete', 'anonymise', 'restrict', name='retentionaction', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('basis', sa.String(length=200), nullable=False, comment='The law or the purpose.'),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('declared_days', sa.Integer(), nullable=True, comment='What the schema says.'),
    sa.Column('due_soon', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('overdue', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_run_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('days >= 0', name=op.f('ck_retention_policies_days')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_policies')),
    sa.UniqueConstraint('model_key', name=op.f('uq_retention_policies_model_key')),
    schema='admin'
    )
    op.create_table('roles',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('description', sa.String(length=255), nullable=True),
    sa.Column('permissions', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False, comment='Permission names such as plugin:noun:verb; a star stands for everything behind it.'),
    sa.Column('refund_limit_cents', sa.BigInteger(), nullable=True, comment='Largest amount in cents that this role may give back at once; empty: no limit.'),
    sa.Column('shipped', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Came with the product; cannot be deleted.'),
    sa.Column('update_datetime', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roles')),
    sa.UniqueConstraint('name', name=op.f('uq_roles_name')),
    schema='admin'
    )
    op.create_table('rollup_dirty_days',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('marked_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('name', 'day', name=op.f('pk_rollup_dirty_days')),
    schema='admin'
    )
    op.create_index(op.f('ix_rollup_dirty_days_marked_at'), 'rollup_dirty_days', ['marked_at'], unique=False, schema='admin')
    op.create_table('rollup_states',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False, comment='Grows when the definition changes.'),
    sa.Column('closed_until', sa.Date(), nullable=True, comment='Days before this one are complete.'),
    sa.Column('watermark', sa.String(length=200), nullable=True, comment='Newest change that has been taken in.'),
    sa.Column('refreshed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rows_written', sa.BigInteger(), nullable=True),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('version >= 1', name=op.f('ck_rollup_states_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rollup_states')),
    sa.UniqueConstraint('name', name=op.f('uq_rollup_states_name')),
    schema='admin'
    )
    op.create_table('rollup_values',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('day', sa.Date(), nullable=False, comment='A day of Johannesburg, unless the rollup says UTC.'),
    sa.Column('measure', sa.String(length=80), nullable=False),
    sa.Column('dimension_key', sa.String(length=200), nullable=False, comment='The dimensions as one short text.'),
    sa.Column('dimensions', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('amount', sa.Numeric(precision=30, scale=10), nullable=False),
    sa.Column('cases', sa.BigInteger(), server_default=sa.text('0'), nullable=False, comment='How many rows it rests on.'),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.PrimaryKeyConstraint('name', 'day', 'measure', 'dimension_key', name=op.f('pk_rollup_values')),
    schema='admin'
    )
    op.create_index(op.f('ix_rollup_values_day_name'), 'rollup_values', ['day', 'name'], unique=False, schema='admin')
    op.create_table('size_samples',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False, comment='database, table or storage.'),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('index_bytes', sa.BigInteger(), nullable=True),
    sa.Column('row_count', sa.BigInteger(), nullable=True, comment="The database's estimate."),
    sa.Column('file_count', sa.BigInteger(), nullable=True),
    sa.Column('limit_bytes', sa.BigInteger(), nullable=True, comment='What is paid for.'),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.CheckConstraint('size_bytes >= 0', name=op.f('ck_size_samples_size')),
    sa.PrimaryKeyConstraint('day', 'kind', 'name', name=op.f('pk_size_samples')),
    schema='admin'
    )
    op.create_index(op.f('ix_size_samples_day'), 'size_samples', ['day'], unique=False, schema='admin')
    op.create_table('slow_queries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('database_name', sa.String(length=80), nullable=False),
    sa.Column('query_id', sa.BigInteger(), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False, comment='With placeholders instead of values.'),
    sa.Column('calls', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('total_ms', sa.Float(), nullable=False),
    sa.Column('mean_ms', sa.Float(), nullable=False),
    sa.Column('row_count', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('hit_ratio', sa.Float(), nullable=True),
    sa.Column('sampled_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slow_queries')),
    sa.UniqueConstraint('database_name', 'query_id', 'sampled_at', name=op.f('uq_slow_queries_database_name_query_id_sampled_at')),
    schema='admin'
    )
    op.create_index(op.f('ix_slow_queries_query_id_sampled_at'), 'slow_queries', ['query_id', 'sampled_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_slow_queries_sampled_at_id'), 'slow_queries', ['sampled_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_slow_queries_total_ms_id'), 'slow_queries', ['total_ms', 'id'], unique=False, schema='admin')
    op.create_table('source_mappings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.Enum('database', 'csv', 'api', name='sourcekind', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'database'"), nullable=False),
    sa.Column('source_table', sa.String(length=200), nullable=False),
    sa.Column('target', sa.String(length=80), nullable=False, comment='Our model.'),
    sa.Column('columns', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Their column for each of ours.'),
    sa.Column('value_map', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Their words for ours.'),
    sa.Column('watermark_column', sa.String(length=200), nullable=True),
    sa.Column('watermark', sa.String(length=200), nullable=True, comment='Newest row that has been read.'),
    sa.Column('definition_digest', sa.String(length=200), nullable=True, comment='Changes when the mapping is edited.'),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('paused_reason', sa.String(length=200), nullable=True),
    sa.Column('last_run_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lag_s', sa.BigInteger(), nullable=True, comment='How far behind we are.'),
    sa.Column('rows_total', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source_mappings')),
    sa.UniqueConstraint('name', name=op.f('uq_source_mappings_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_source_mappings_target_name'), 'source_mappings', ['target', 'name'], unique=False, schema='admin')
    op.create_table('staff_members',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False, comment='Signs in with this address; upper and lower case are the same.'),
    sa.Column('password', sa.Text(), nullable=True, comment='Argon2 hash; empty until the invitation is accepted.'),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='False: cannot sign in, and every session has ended.'),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False, comment='Changed to end every session and token of the member at once.'),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('current_login_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_login_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('current_login_ip', postgresql.INET(), nullable=True),
    sa.Column('last_login_ip', postgresql.INET(), nullable=True),
    sa.Column('login_count', sa.Integer(), server_default=sa.text('0'), nullable=True),
    sa.Column('tf_primary_method', sa.String(length=64), nullable=True, comment='The second factor asked for first.'),
    sa.Column('tf_totp_secret', sa.Text(), nullable=True, comment='Seed of the authenticator app, encrypted.'),
    sa.Column('totp_last_counter', sa.BigInteger(), nullable=True, comment='Time step of the newest accepted code: an older or equal one is a replay.'),
    sa.Column('mf_recovery_codes', sa.ARRAY(sa.Text()), nullable=True, comment='Hashes of the unused recovery codes.'),
    sa.Column('fs_webauthn_user_handle', sa.String(length=64), nullable=True),
    sa.Column('failed_sign_ins', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='Wrong passwords or codes since the last success.'),
    sa.Column('last_failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True, comment='Sign-in is refused until then.'),
    sa.Column('preferences', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Density, theme, columns per list, shortcuts on or off.'),
    sa.Column('notify_alerts', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Receives alerts that name no channel of their own.'),
    sa.Column('invited_by_id', sa.Uuid(), nullable=True),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('disabled_reason', sa.String(length=200), nullable=True),
    sa.Column('create_datetime', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('update_datetime', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('failed_sign_ins >= 0', name=op.f('ck_staff_members_failures_counted')),
    sa.ForeignKeyConstraint(['invited_by_id'], ['admin.staff_members.id'], name=op.f('fk_staff_members_invited_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_members')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_staff_members_fs_uniquifier')),
    sa.UniqueConstraint('fs_webauthn_user_handle', name=op.f('uq_staff_members_fs_webauthn_user_handle')),
    schema='admin'
    )
    op.create_index(op.f('ix_staff_members_create_datetime_id'), 'staff_members', ['create_datetime', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_staff_members_invited_by_id'), 'staff_members', ['invited_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_staff_members_name_id'), 'staff_members', ['name', 'id'], unique=False, schema='admin')
    op.create_index('uq_staff_members_email_lower', 'staff_members', [sa.literal_column('lower(email)')], unique=True, schema='admin')
    op.create_table('subject_keys',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subject_kind', sa.String(length=80), nullable=False),
    sa.Column('subject_key', sa.String(length=200), nullable=False),
    sa.Column('wrapped_key', sa.LargeBinary(), nullable=True),
    sa.Column('wrapping_key_id', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('destroyed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(wrapped_key IS NULL) = (destroyed_at IS NOT NULL)', name=op.f('ck_subject_keys_destroyed')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subject_keys')),
    sa.UniqueConstraint('subject_kind', 'subject_key', name=op.f('uq_subject_keys_subject_kind_subject_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_subject_keys_created_at_id'), 'subject_keys', ['created_at', 'id'], unique=False, schema='admin')
    op.create_table('support_mailboxes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False, comment="The team's own address."),
    sa.Column('reply_domain', sa.String(length=200), nullable=True, comment='Domain of our Message-IDs.'),
    sa.Column('imap_host', sa.String(length=200), nullable=False),
    sa.Column('imap_port', sa.Integer(), server_default='993', nullable=False),
    sa.Column('imap_user', sa.String(length=200), nullable=False),
    sa.Column('imap_secret', sa.Text(), nullable=True, comment='Encrypted password.'),
    sa.Column('imap_folder', sa.String(length=200), server_default='INBOX', nullable=False),
    sa.Column('uid_validity', sa.BigInteger(), nullable=True),
    sa.Column('last_uid', sa.BigInteger(), server_default='0', nullable=False, comment='Mail up to this number was read.'),
    sa.Column('last_polled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False, comment='In a row.'),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('signature', sa.Text(), nullable=True, comment='Stands under each reply.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('imap_port BETWEEN 1 AND 65535', name=op.f('ck_support_mailboxes_port_possible')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_mailboxes')),
    sa.UniqueConstraint('address', name=op.f('uq_support_mailboxes_address')),
    schema='admin'
    )
    op.create_table('vat_periods',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False, comment='First day it applies.'),
    sa.Column('valid_until', sa.Date(), nullable=True, comment='First day it applies no more; empty: still.'),
    sa.Column('rate', sa.Numeric(precision=5, scale=4), nullable=False),
    sa.Column('is_vendor', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment="Only a registered vendor may charge VAT or write 'tax invoice'."),
    sa.Column('vat_number', sa.String(length=80), nullable=True, comment='Our own VAT registration number.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('NOT is_vendor OR vat_number IS NOT NULL', name=op.f('ck_vat_periods_vendor_has_number')),
    sa.CheckConstraint('rate >= 0 AND rate < 1', name=op.f('ck_vat_periods_rate_is_share')),
    sa.CheckConstraint('valid_until > valid_from', name=op.f('ck_vat_periods_ends_after_start')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vat_periods')),
    sa.UniqueConstraint('valid_from', name=op.f('uq_vat_periods_valid_from')),
    schema='admin'
    )
    op.create_table('vendor_statuses',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('vendor', sa.String(length=80), nullable=False),
    sa.Column('component', sa.String(length=200), server_default=sa.text("''"), nullable=False),
    sa.Column('state', sa.Enum('unknown', 'up', 'degraded', 'down', name='checkstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'unknown'"), nullable=False),
    sa.Column('reported', sa.String(length=200), nullable=True, comment="The vendor's own word."),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('url', sa.String(length=2000), nullable=True),
    sa.Column('etag', sa.String(length=200), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vendor_statuses')),
    sa.UniqueConstraint('vendor', 'component', name=op.f('uq_vendor_statuses_vendor_component')),
    schema='admin'
    )
    op.create_index(op.f('ix_vendor_statuses_state_vendor'), 'vendor_statuses', ['state', 'vendor'], unique=False, schema='admin')
    op.create_table('work_timings',
    sa.Column('minute', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False, comment='cv or job.'),
    sa.Column('name', sa.String(length=200), nullable=False, comment='Step or job.'),
    sa.Column('cases', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('failures', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('total_ms', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('maximum_ms', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('histogram', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.CheckConstraint('cases >= 0', name=op.f('ck_work_timings_counted')),
    sa.PrimaryKeyConstraint('minute', 'kind', 'name', name=op.f('pk_work_timings')),
    schema='admin'
    )
    op.create_index(op.f('ix_work_timings_kind_minute'), 'work_timings', ['kind', 'minute'], unique=False, schema='admin')
    op.create_index(op.f('ix_work_timings_minute'), 'work_timings', ['minute'], unique=False, schema='admin')
    op.create_table('alert_rules',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('severity', sa.Enum('info', 'warning', 'critical', name='severity', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'warning'"), nullable=False),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('declared', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='Comes from core or a plugin.'),
    sa.Column('figure', sa.String(length=80), nullable=True, comment='The figure that is watched.'),
    sa.Column('comparison', sa.String(length=80), nullable=True, comment='above, below, spike, control_chart …'),
    sa.Column('threshold', sa.Numeric(precision=20, scale=6), nullable=True),
    sa.Column('minimum_count', sa.Integer(), nullable=True, comment='Below this number of cases it says nothing.'),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('for_s', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='How long it must hold before anyone is told.'),
    sa.Column('keep_firing_s', sa.Integer(), server_default=sa.text('300'), nullable=False, comment='How long it must be over before it counts as ended.'),
    sa.Column('repeat_s', sa.Integer(), server_default=sa.text('14400'), nullable=False),
    sa.Column('escalate_after_s', sa.Integer(), nullable=True, comment='Told again to everyone when nobody has acknowledged it.'),
    sa.Column('runbook_url', sa.String(length=2000), nullable=True, comment='What to do about it.'),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('unknown', 'ok', 'pending', 'firing', 'no_data', 'error', name='rulestate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'unknown'"), nullable=False),
    sa.Column('last_value', sa.Numeric(precision=20, scale=6), nullable=True),
    sa.Column('evaluated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=True, comment='Why it could not be evaluated.'),
    sa.Column('memory', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Averages and sums carried between runs.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('for_s >= 0 AND keep_firing_s >= 0 AND repeat_s >= 0', name=op.f('ck_alert_rules_times')),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_alert_rules_owner_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_rules')),
    sa.UniqueConstraint('name', name=op.f('uq_alert_rules_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_alert_rules_owner_id'), 'alert_rules', ['owner_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_alert_rules_state_name'), 'alert_rules', ['state', 'name'], unique=False, schema='admin')
    op.create_table('announcements',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False, comment='Markdown.'),
    sa.Column('severity', sa.Enum('info', 'warning', 'critical', name='severity', native_enum=False, create_constraint=True, length=40), server_default='info', nullable=False),
    sa.Column('audience', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Filter of customers; empty: everybody.'),
    sa.Column('link_url', sa.String(length=2000), nullable=True),
    sa.Column('link_label', sa.String(length=200), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True, comment='Empty: until taken back.'),
    sa.Column('is_dismissible', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('is_published', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_announcements_ends_after_start')),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_announcements_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcements')),
    schema='admin'
    )
    op.create_index(op.f('ix_announcements_created_by_id'), 'announcements', ['created_by_id'], unique=False, schema='admin')
    op.create_index('ix_announcements_ends_at', 'announcements', ['ends_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_announcements_starts_at', 'announcements', ['starts_at', 'id'], unique=False, schema='admin')
    op.create_table('api_keys',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False, comment='Which program uses it.'),
    sa.Column('prefix', sa.String(length=80), nullable=False, comment='Readable beginning, found again in logs.'),
    sa.Column('key_hash', sa.String(length=128), nullable=False),
    sa.Column('scopes', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('allowed_networks', sa.ARRAY(sa.Text()), nullable=True, comment='Empty: from anywhere.'),
    sa.Column('rate_per_minute', sa.Integer(), server_default=sa.text('600'), nullable=False),
    sa.Column('browser', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Public: used by a browser, may only send what browsers send.'),
    sa.Column('allowed_origins', sa.ARRAY(sa.Text()), nullable=True),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('replaces_id', sa.Uuid(), nullable=True, comment='The key it was rotated from.'),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_used_ip', postgresql.INET(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('rate_per_minute > 0', name=op.f('ck_api_keys_rate_positive')),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_api_keys_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['replaces_id'], ['admin.api_keys.id'], name=op.f('fk_api_keys_replaces_id_api_keys'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_keys')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_api_keys_key_hash')),
    sa.UniqueConstraint('prefix', name=op.f('uq_api_keys_prefix')),
    schema='admin'
    )
    op.create_index(op.f('ix_api_keys_created_at_id'), 'api_keys', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_api_keys_created_by_id'), 'api_keys', ['created_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_api_keys_replaces_id'), 'api_keys', ['replaces_id'], unique=False, schema='admin')
    op.create_table('audit_anchors',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('log', sa.String(length=80), nullable=False),
    sa.Column('checkpoint_number', sa.BigInteger(), nullable=False),
    sa.Column('sink', sa.String(length=80), nullable=False, comment='Where the copy went: file, mail, bucket …'),
    sa.Column('state', sa.Enum('pending', 'done', 'failed', name='anchorstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'pending'"), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('receipt', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['log', 'checkpoint_number'], ['admin.audit_checkpoints.log', 'admin.audit_checkpoints.number'], name=op.f('fk_audit_anchors_log_checkpoint_number_audit_checkpoints'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_anchors')),
    sa.UniqueConstraint('log', 'checkpoint_number', 'sink', name=op.f('uq_audit_anchors_log_checkpoint_number_sink')),
    schema='admin'
    )
    op.create_index(op.f('ix_audit_anchors_created_at_id'), 'audit_anchors', ['created_at', 'id'], unique=False, schema='admin')
    op.create_table('audit_entries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('actor_kind', sa.Enum('member', 'system', 'api_key', 'schedule', 'public', name='actorkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True, comment='The member; empty for machines.'),
    sa.Column('actor_key', sa.String(length=200), nullable=True, comment='Job, API key or schedule that acted.'),
    sa.Column('category', sa.Enum('read', 'write', 'auth', 'export', 'privacy', 'impersonate', 'config', 'billing', 'job', name='auditcategory', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('action', sa.String(length=80), nullable=False),
    sa.Column('object_type', sa.String(length=80), nullable=True, comment='Model or page.'),
    sa.Column('object_key', sa.String(length=200), nullable=True),
    sa.Column('subject_kind', sa.String(length=80), nullable=True, comment='Whose data it was about: customer, candidate …'),
    sa.Column('subject_key', sa.String(length=200), nullable=True),
    sa.Column('field_names', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False, comment='Fields changed or shown.'),
    sa.Column('row_count', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.Column('outcome', sa.Enum('ok', 'refused', 'failed', name='auditoutcome', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'ok'"), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True, comment='Why, as the person typed it.'),
    sa.Column('ip', postgresql.INET(), nullable=True),
    sa.Column('ticket_id', sa.Uuid(), nullable=True, comment='The ticket that justified it.'),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('impersonation_id', sa.Uuid(), nullable=True, comment='Acted while impersonating a customer.'),
    sa.Column('change_set_id', sa.Uuid(), nullable=True, comment='The rows that changed.'),
    sa.Column('request_id', sa.String(length=200), nullable=True),
    sa.Column('schema_version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('body', sa.Text(), nullable=False, comment='The canonical text that was hashed.'),
    sa.Column('sealed_values', sa.LargeBinary(), nullable=True, comment='Values before and after, encrypted for the person they are about.'),
    sa.Column('values_salt', sa.LargeBinary(), nullable=True),
    sa.Column('values_commitment', sa.LargeBinary(), nullable=True, comment='Hash of salt and values; part of the body.'),
    sa.Column('mac', sa.LargeBinary(), nullable=False),
    sa.Column('mac_key_id', sa.String(length=80), nullable=False),
    sa.CheckConstraint('(sealed_values IS NULL) OR (values_commitment IS NOT NULL)', name=op.f('ck_audit_entries_values_committed')),
    sa.CheckConstraint('row_count >= 0', name=op.f('ck_audit_entries_rows_counted')),
    sa.ForeignKeyConstraint(['actor_id'], ['admin.staff_members.id'], name=op.f('fk_audit_entries_actor_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries')),
    schema='admin'
    )
    op.create_index(op.f('ix_audit_entries_action_occurred_at_id'), 'audit_entries', ['action', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_audit_entries_actor_id_occurred_at_id'), 'audit_entries', ['actor_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_audit_entries_category_occurred_at_id'), 'audit_entries', ['category', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_audit_entries_change_set_id'), 'audit_entries', ['change_set_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_audit_entries_object_type_object_key_occurred_at_id'), 'audit_entries', ['object_type', 'object_key', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_audit_entries_occurred_at_id'), 'audit_entries', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_audit_entries_outcome_occurred_at_id'), 'audit_entries', ['outcome', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_audit_entries_request_id'), 'audit_entries', ['request_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_audit_entries_subject_kind_subject_key_occurred_at_id'), 'audit_entries', ['subject_kind', 'subject_key', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_table('breaches',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('state', sa.Enum('suspected', 'confirmed', 'notified', 'closed', 'false_alarm', name='breachstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'suspected'"), nullable=False),
    sa.Column('occurred_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('occurred_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('discovered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('what_happened', sa.Text(), nullable=False),
    sa.Column('data_kinds', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
    sa.Column('affected_count', sa.BigInteger(), nullable=True),
    sa.Column('scope', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='The question asked of the access log, and its answer in numbers.'),
    sa.Column('consequences', sa.Text(), nullable=True, comment='What may follow for the people.'),
    sa.Column('measures', sa.Text(), nullable=True, comment='What was done and will be done.'),
    sa.Column('advice', sa.Text(), nullable=True, comment='What the people should do.'),
    sa.Column('perpetrator', sa.Text(), nullable=True, comment='Who it was, if known.'),
    sa.Column('delay_reason', sa.Text(), nullable=True, comment='Why telling was put off, if it was.'),
    sa.Column('portal_reference', sa.String(length=200), nullable=True, comment="Reference of the Regulator's portal."),
    sa.Column('lead_id', sa.Uuid(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name=op.f('ck_breaches_closed_has_time')),
    sa.CheckConstraint('affected_count >= 0', name=op.f('ck_breaches_affected')),
    sa.ForeignKeyConstraint(['lead_id'], ['admin.staff_members.id'], name=op.f('fk_breaches_lead_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_breaches')),
    schema='admin'
    )
    op.create_index(op.f('ix_breaches_discovered_at_id'), 'breaches', ['discovered_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_breaches_lead_id'), 'breaches', ['lead_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_breaches_state_discovered_at_id'), 'breaches', ['state', 'discovered_at', 'id'], unique=False, schema='admin')
    op.create_table('calendar_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('calendar_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('hours', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="Intervals by weekday, 1 is Monday: {'1': [['08:00', '12:30'], ['13:00', '17:00']]}."),
    sa.Column('holidays', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="The days off as they stood: {'2026-12-16': 'name'}."),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_calendar_versions_number_positive')),
    sa.ForeignKeyConstraint(['calendar_id'], ['admin.business_calendars.id'], name=op.f('fk_calendar_versions_calendar_id_business_calendars'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_calendar_versions_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_versions')),
    sa.UniqueConstraint('calendar_id', 'number', name=op.f('uq_calendar_versions_calendar_id_number')),
    schema='admin'
    )
    op.create_index(op.f('ix_calendar_versions_created_by_id'), 'calendar_versions', ['created_by_id'], unique=False, schema='admin')
    op.create_table('column_classes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('table_name', sa.String(length=200), nullable=False),
    sa.Column('column_name', sa.String(length=200), nullable=False),
    sa.Column('pii_class', sa.String(length=80), nullable=False, comment='none, business, contact, identity, special, cv, ip, bank or secret.'),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['admin.staff_members.id'], name=op.f('fk_column_classes_decided_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_column_classes')),
    sa.UniqueConstraint('source', 'table_name', 'column_name', name=op.f('uq_column_classes_source_table_name_column_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_column_classes_decided_by_id'), 'column_classes', ['decided_by_id'], unique=False, schema='admin')
    op.create_table('cost_imports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('provider', sa.String(length=80), nullable=False, comment='openai, supabase, vercel, sentry, yoco …'),
    sa.Column('source', sa.Enum('api', 'csv', 'typed', 'computed', name='costsource', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False, comment='First UTC day.'),
    sa.Column('until_day', sa.Date(), nullable=False, comment='First UTC day not included.'),
    sa.Column('state', sa.Enum('running', 'done', 'failed', name='importstate', native_enum=False, create_constraint=True, length=40), server_default='running', nullable=False),
    sa.Column('pages_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('rows_count', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('total_amount', sa.Numeric(precision=20, scale=10), nullable=True),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=True),
    sa.Column('file_sha256', sa.String(length=64), nullable=True, comment='The same file is not read twice.'),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('started_by_id', sa.Uuid(), nullable=True, comment='Empty when a job did it.'),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state = 'running' OR finished_at IS NOT NULL", name=op.f('ck_cost_imports_finished_when_over')),
    sa.CheckConstraint('until_day > from_day', name=op.f('ck_cost_imports_ends_after_start')),
    sa.ForeignKeyConstraint(['started_by_id'], ['admin.staff_members.id'], name=op.f('fk_cost_imports_started_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_imports')),
    sa.UniqueConstraint('file_sha256', name=op.f('uq_cost_imports_file_sha256')),
    schema='admin'
    )
    op.create_index('ix_cost_imports_provider', 'cost_imports', ['provider', 'started_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_cost_imports_started_at', 'cost_imports', ['started_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_cost_imports_started_by_id'), 'cost_imports', ['started_by_id'], unique=False, schema='admin')
    op.create_table('customers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=False, comment='Employer (b2b), job seeker (b2c) or recruitment agency (recruiter).'),
    sa.Column('company_name', sa.String(length=200), nullable=True, comment='The employer or agency; empty for a job seeker.'),
    sa.Column('person_name', sa.String(length=200), nullable=True, comment='The job seeker, or whom to ask for at a company.'),
    sa.Column('email', sa.String(length=320), nullable=False, comment='Main address; not unique: people use several products.'),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('status', sa.Enum('trial', 'active', 'past_due', 'paused', 'cancelled', 'suspended', 'closed', name='customerstatus', native_enum=False, create_constraint=True, length=40), nullable=False, comment='Changed by actions and billing; suspended stops sign-in.'),
    sa.Column('plan_id', sa.Uuid(), nullable=True, comment='Plan of the leading subscription, kept here for lists.'),
    sa.Column('mrr_cents', sa.BigInteger(), server_default='0', nullable=False, comment='Monthly recurring revenue excluding VAT, kept here for lists.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False, comment='Currency the customer is billed in.'),
    sa.Column('assessments_used', sa.BigInteger(), server_default='0', nullable=False, comment='Assessment credits consumed so far.'),
    sa.Column('signup_at', sa.DateTime(timezone=True), nullable=False, comment='When the account was opened.'),
    sa.Column('activated_at', sa.DateTime(timezone=True), nullable=True, comment='When the first CV was screened.'),
    sa.Column('last_active_at', sa.DateTime(timezone=True), nullable=True, comment='Latest value event or sign-in of any person of the customer.'),
    sa.Column('trial_ends_at', sa.DateTime(timezone=True), nullable=True, comment='End of the running trial, extended by an action.'),
    sa.Column('signup_channel', sa.Enum('direct', 'referral', 'organic_search', 'paid_search', 'organic_social', 'paid_social', 'email', 'affiliate', 'campaign', 'unknown', name='channel', native_enum=False, create_constraint=True, length=40), server_default='unknown', nullable=False),
    sa.Column('utm_source', sa.String(length=80), nullable=True),
    sa.Column('utm_medium', sa.String(length=80), nullable=True),
    sa.Column('utm_campaign', sa.String(length=200), nullable=True),
    sa.Column('utm_term', sa.String(length=200), nullable=True),
    sa.Column('utm_content', sa.String(length=200), nullable=True),
    sa.Column('referrer_host', sa.String(length=200), nullable=True),
    sa.Column('landing_path', sa.String(length=200), nullable=True, comment='First page seen, without its query.'),
    sa.Column('last_touch', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Channel and UTM words of the latest visit.'),
    sa.Column('legal_name', sa.String(length=200), nullable=True, comment='Registered name for tax invoices.'),
    sa.Column('vat_number', sa.String(length=20), nullable=True, comment='VAT registration number of the customer.'),
    sa.Column('registration_number', sa.String(length=40), nullable=True, comment='Company registration number.'),
    sa.Column('billing_email', sa.String(length=320), nullable=True, comment='Where invoices and payment links go; the main address when empty.'),
    sa.Column('address_line1', sa.String(length=200), nullable=True),
    sa.Column('address_line2', sa.String(length=200), nullable=True),
    sa.Column('city', sa.String(length=100), nullable=True),
    sa.Column('region', sa.String(length=100), nullable=True, comment='Province.'),
    sa.Column('postal_code', sa.String(length=20), nullable=True),
    sa.Column('country', sa.String(length=2), server_default='ZA', nullable=False, comment='ISO country code.'),
    sa.Column('payment_terms_days', sa.Integer(), server_default='7', nullable=False, comment="Days between an invoice's date and its due date."),
    sa.Column('industry', sa.String(length=80), nullable=True),
    sa.Column('locale', sa.String(length=10), server_default='en-ZA', nullable=False),
    sa.Column('account_manager_id', sa.Uuid(), nullable=True, comment='Who in the team looks after them.'),
    sa.Column('is_internal', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='A test or house account: left out of every figure.'),
    sa.Column('external_id', sa.String(length=200), nullable=True, comment='Key in the customer app.'),
    sa.Column('auth_user_id', sa.String(length=200), nullable=True, comment="Key in the customer app's sign-in service."),
    sa.Column('accounting_reference', sa.String(length=200), nullable=True, comment='Contact key in the accounting package.'),
    sa.Column('restricted_at', sa.DateTime(timezone=True), nullable=True, comment="Since when processing is restricted at the person's request."),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True, comment='When the account was closed.'),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True, comment='When the personal data was anonymised.'),
    sa.Column('merged_into_id', sa.Uuid(), nullable=True, comment='The record that replaced this duplicate.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('assessments_used >= 0', name=op.f('ck_customers_assessments_not_negative')),
    sa.CheckConstraint('coalesce(company_name, person_name) IS NOT NULL', name=op.f('ck_customers_named')),
    sa.CheckConstraint('merged_into_id <> id', name=op.f('ck_customers_not_merged_into_itself')),
    sa.CheckConstraint('mrr_cents >= 0', name=op.f('ck_customers_mrr_not_negative')),
    sa.ForeignKeyConstraint(['account_manager_id'], ['admin.staff_members.id'], name=op.f('fk_customers_account_manager_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['merged_into_id'], ['admin.customers.id'], name=op.f('fk_customers_merged_into_id_customers'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.plans.id'], name=op.f('fk_customers_plan_id_plans'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customers')),
    sa.UniqueConstraint('external_id', name=op.f('uq_customers_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_customers_account_manager_id'), 'customers', ['account_manager_id'], unique=False, schema='admin')
    op.create_index('ix_customers_assessments_used', 'customers', ['assessments_used', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_customers_auth_user_id'), 'customers', ['auth_user_id'], unique=False, schema='admin')
    op.create_index('ix_customers_company_name', 'customers', ['company_name', 'id'], unique=False, schema='admin')
    op.create_index('ix_customers_company_name_trgm', 'customers', ['company_name'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'company_name': 'gin_trgm_ops'})
    op.create_index('ix_customers_email', 'customers', ['email', 'id'], unique=False, schema='admin')
    op.create_index('ix_customers_email_lower', 'customers', [sa.literal_column('lower(email)')], unique=False, schema='admin')
    op.create_index('ix_customers_email_trgm', 'customers', ['email'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'email': 'gin_trgm_ops'})
    op.create_index(op.f('ix_customers_industry'), 'customers', ['industry'], unique=False, schema='admin')
    op.create_index('ix_customers_last_active_at', 'customers', ['last_active_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_customers_line_active', 'customers', ['product_line', 'last_active_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_customers_line_signup', 'customers', ['product_line', 'signup_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_customers_line_status', 'customers', ['product_line', 'status', 'signup_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_customers_merged_into_id'), 'customers', ['merged_into_id'], unique=False, schema='admin')
    op.create_index('ix_customers_mrr_cents', 'customers', ['mrr_cents', 'id'], unique=False, schema='admin')
    op.create_index('ix_customers_person_name', 'customers', ['person_name', 'id'], unique=False, schema='admin')
    op.create_index('ix_customers_person_name_trgm', 'customers', ['person_name'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'person_name': 'gin_trgm_ops'})
    op.create_index('ix_customers_phone', 'customers', ['phone'], unique=False, schema='admin')
    op.create_index('ix_customers_phone_trgm', 'customers', ['phone'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'phone': 'gin_trgm_ops'})
    op.create_index(op.f('ix_customers_plan_id'), 'customers', ['plan_id'], unique=False, schema='admin')
    op.create_index('ix_customers_signup_at', 'customers', ['signup_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_customers_signup_channel'), 'customers', ['signup_channel'], unique=False, schema='admin')
    op.create_index('ix_customers_status_signup', 'customers', ['status', 'signup_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_customers_trial_ends_at'), 'customers', ['trial_ends_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_customers_utm_campaign'), 'customers', ['utm_campaign'], unique=False, schema='admin')
    op.create_index(op.f('ix_customers_utm_source'), 'customers', ['utm_source'], unique=False, schema='admin')
    op.create_table('email_template_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('template_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False, comment='With {{ variables }}.'),
    sa.Column('preheader', sa.String(length=200), nullable=True, comment='The line mail programs show after the subject.'),
    sa.Column('body', sa.Text(), nullable=False, comment='Markdown with {{ variables }}.'),
    sa.Column('body_text', sa.Text(), nullable=True, comment='Plain text; made from the body when empty.'),
    sa.Column('variables', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False, comment='Each variable: name, meaning, sample; others are refused.'),
    sa.Column('change_note', sa.Text(), nullable=True),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_email_template_versions_number_positive')),
    sa.ForeignKeyConstraint(['author_id'], ['admin.staff_members.id'], name=op.f('fk_email_template_versions_author_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['template_id'], ['admin.email_templates.id'], name=op.f('fk_email_template_versions_template_id_email_templates'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_template_versions')),
    sa.UniqueConstraint('template_id', 'number', name=op.f('uq_email_template_versions_template_id_number')),
    schema='admin'
    )
    op.create_index(op.f('ix_email_template_versions_author_id'), 'email_template_versions', ['author_id'], unique=False, schema='admin')
    op.create_table('error_project_keys',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('public_key', sa.String(length=64), nullable=False, comment='Public by design: it may only send errors.'),
    sa.Column('label', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['admin.error_projects.id'], name=op.f('fk_error_project_keys_project_id_error_projects'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_error_project_keys')),
    sa.UniqueConstraint('public_key', name=op.f('uq_error_project_keys_public_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_error_project_keys_created_at_id'), 'error_project_keys', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_project_keys_project_id'), 'error_project_keys', ['project_id'], unique=False, schema='admin')
    op.create_table('escalation_steps',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('procedure_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('clock', sa.Enum('first_response', 'next_response', 'resolution', name='targetclock', native_enum=False, create_constraint=True, length=40), server_default='resolution', nullable=False),
    sa.Column('at_percent', sa.Integer(), server_default='75', nullable=False, comment='Of the promised time: 75 warns before, 100 at the miss.'),
    sa.Column('act', sa.Enum('notify', 'reassign', 'raise_priority', name='escalationact', native_enum=False, create_constraint=True, length=40), server_default='notify', nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True, comment='Who is told or takes over; empty: whoever answers the ticket.'),
    sa.Column('instructions', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("act <> 'reassign' OR staff_id IS NOT NULL", name=op.f('ck_escalation_steps_reassign_names_person')),
    sa.CheckConstraint('at_percent BETWEEN 1 AND 1000', name=op.f('ck_escalation_steps_percent_possible')),
    sa.ForeignKeyConstraint(['procedure_id'], ['admin.escalation_procedures.id'], name=op.f('fk_escalation_steps_procedure_id_escalation_procedures'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['staff_id'], ['admin.staff_members.id'], name=op.f('fk_escalation_steps_staff_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation_steps')),
    sa.UniqueConstraint('procedure_id', 'position', name=op.f('uq_escalation_steps_procedure_id_position')),
    schema='admin'
    )
    op.create_index(op.f('ix_escalation_steps_staff_id'), 'escalation_steps', ['staff_id'], unique=False, schema='admin')
    op.create_table('feature_flags',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False, comment='The name the app asks by.'),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('kind', sa.Enum('release', 'operations', 'experiment', 'entitlement', name='flagkind', native_enum=False, create_constraint=True, length=40), server_default='release', nullable=False),
    sa.Column('value_type', sa.Enum('boolean', 'string', 'number', 'json', name='flagtype', native_enum=False, create_constraint=True, length=40), server_default='boolean', nullable=False),
    sa.Column('is_enabled', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='False: everybody gets the off value, overrides included.'),
    sa.Column('on_value', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'true'::jsonb"), nullable=False),
    sa.Column('off_value', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'false'::jsonb"), nullable=False),
    sa.Column('rollout_percent', sa.Integer(), server_default='0', nullable=False, comment='Share of the customers that no rule names who get the on value.'),
    sa.Column('salt', sa.String(length=80), nullable=True, comment='Changes who falls into the share; empty: the key.'),
    sa.Column('keeps_members', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='Who once had it keeps it when the share shrinks.'),
    sa.Column('is_public', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='True: browsers may ask for it, not just servers.'),
    sa.Column('owner_id', sa.Uuid(), nullable=True, comment='Who decides about it.'),
    sa.Column('expires_on', sa.Date(), nullable=True, comment='To be removed from the code by then.'),
    sa.Column('last_evaluated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True, comment='Asked for still, it answers off.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("jsonb_typeof(off_value) = CASE value_type WHEN 'json' THEN jsonb_typeof(off_value) ELSE value_type END", name=op.f('ck_feature_flags_off_value_typed')),
    sa.CheckConstraint("jsonb_typeof(on_value) = CASE value_type WHEN 'json' THEN jsonb_typeof(on_value) ELSE value_type END", name=op.f('ck_feature_flags_on_value_typed')),
    sa.CheckConstraint('rollout_percent BETWEEN 0 AND 100', name=op.f('ck_feature_flags_rollout_possible')),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_feature_flags_owner_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feature_flags')),
    sa.UniqueConstraint('key', name=op.f('uq_feature_flags_key')),
    schema='admin'
    )
    op.create_index('ix_feature_flags_created_at', 'feature_flags', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_feature_flags_expires_on'), 'feature_flags', ['expires_on'], unique=False, schema='admin')
    op.create_index(op.f('ix_feature_flags_owner_id'), 'feature_flags', ['owner_id'], unique=False, schema='admin')
    op.create_table('funnel_steps',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('funnel_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('event_name', sa.String(length=80), nullable=False, comment='The usage event that completes the step.'),
    sa.Column('conditions', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Properties the event must have.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('position > 0', name=op.f('ck_funnel_steps_position_positive')),
    sa.ForeignKeyConstraint(['funnel_id'], ['admin.funnels.id'], name=op.f('fk_funnel_steps_funnel_id_funnels'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_funnel_steps')),
    sa.UniqueConstraint('funnel_id', 'position', name=op.f('uq_funnel_steps_funnel_id_position')),
    schema='admin'
    )
    op.create_table('health_results',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('check_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('unknown', 'up', 'degraded', 'down', name='checkstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['check_id'], ['admin.health_checks.id'], name=op.f('fk_health_results_check_id_health_checks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_health_results')),
    schema='admin'
    )
    op.create_index(op.f('ix_health_results_check_id_checked_at_id'), 'health_results', ['check_id', 'checked_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_health_results_checked_at_id'), 'health_results', ['checked_at', 'id'], unique=False, schema='admin')
    op.create_table('help_article_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False, comment='Markdown.'),
    sa.Column('change_note', sa.Text(), nullable=True, comment='What changed, for the team.'),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_help_article_versions_number_positive')),
    sa.ForeignKeyConstraint(['article_id'], ['admin.help_articles.id'], name=op.f('fk_help_article_versions_article_id_help_articles'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['admin.staff_members.id'], name=op.f('fk_help_article_versions_author_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_article_versions')),
    sa.UniqueConstraint('article_id', 'number', name=op.f('uq_help_article_versions_article_id_number')),
    schema='admin'
    )
    op.create_index(op.f('ix_help_article_versions_author_id'), 'help_article_versions', ['author_id'], unique=False, schema='admin')
    op.create_index('ix_help_article_versions_body_trgm', 'help_article_versions', ['body'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'body': 'gin_trgm_ops'})
    op.create_table('holidays',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('calendar_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('is_working_day', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='True: we work although the law makes it a holiday.'),
    sa.Column('is_from_library', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Read from the list of South African public holidays.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['calendar_id'], ['admin.business_calendars.id'], name=op.f('fk_holidays_calendar_id_business_calendars'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holidays')),
    sa.UniqueConstraint('calendar_id', 'day', name=op.f('uq_holidays_calendar_id_day')),
    schema='admin'
    )
    op.create_index('ix_holidays_day', 'holidays', ['day', 'id'], unique=False, schema='admin')
    op.create_table('internal_faqs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('question', sa.String(length=200), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False, comment='Markdown.'),
    sa.Column('category', sa.String(length=80), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False, comment='Order within the category.'),
    sa.Column('used_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True, comment='Who keeps it true.'),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True, comment='When somebody last checked it.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('used_count >= 0', name=op.f('ck_internal_faqs_used_not_negative')),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_internal_faqs_owner_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_internal_faqs')),
    schema='admin'
    )
    op.create_index('ix_internal_faqs_category', 'internal_faqs', ['category', 'position'], unique=False, schema='admin')
    op.create_index('ix_internal_faqs_created_at', 'internal_faqs', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_internal_faqs_owner_id'), 'internal_faqs', ['owner_id'], unique=False, schema='admin')
    op.create_index('ix_internal_faqs_question_trgm', 'internal_faqs', ['question'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'question': 'gin_trgm_ops'})
    op.create_table('invitations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=True),
    sa.Column('role_names', sa.ARRAY(sa.Text()), nullable=False, comment='Roles given on acceptance.'),
    sa.Column('token_hash', sa.String(length=128), nullable=False),
    sa.Column('invited_by_id', sa.Uuid(), nullable=True),
    sa.Column('member_id', sa.Uuid(), nullable=True, comment='Who accepted it.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['invited_by_id'], ['admin.staff_members.id'], name=op.f('fk_invitations_invited_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_invitations_member_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitations_token_hash')),
    schema='admin'
    )
    op.create_index(op.f('ix_invitations_created_at_id'), 'invitations', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_invitations_invited_by_id'), 'invitations', ['invited_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_invitations_member_id'), 'invitations', ['member_id'], unique=False, schema='admin')
    op.create_index('uq_invitations_open_email', 'invitations', [sa.literal_column('lower(email)')], unique=True, schema='admin', postgresql_where=sa.text('accepted_at IS NULL AND withdrawn_at IS NULL'))
    op.create_table('ip_allow_entries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('network', postgresql.CIDR(), nullable=False, comment='One address or a range, e.g. 196.25.0.0/16 or 2001:db8::/32.'),
    sa.Column('label', sa.String(length=200), nullable=False, comment='Whose network it is.'),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True, comment='Not allowed from then on; empty: no end.'),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_ip_allow_entries_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ip_allow_entries')),
    sa.UniqueConstraint('network', name=op.f('uq_ip_allow_entries_network')),
    schema='admin'
    )
    op.create_index(op.f('ix_ip_allow_entries_created_at_id'), 'ip_allow_entries', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ip_allow_entries_created_by_id'), 'ip_allow_entries', ['created_by_id'], unique=False, schema='admin')
    op.create_table('known_issues',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('symptoms', sa.Text(), nullable=False, comment="In customers' words: tickets are matched with it."),
    sa.Column('solution', sa.Text(), nullable=False, comment='What to do, and what to write to the customer.'),
    sa.Column('state', sa.Enum('open', 'workaround', 'fixed', 'by_design', name='issuestate', native_enum=False, create_constraint=True, length=40), server_default='open', nullable=False),
    sa.Column('category', sa.String(length=80), nullable=True),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Empty: all product lines.'),
    sa.Column('keywords', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('tracker_url', sa.String(length=2000), nullable=True, comment='Where the developers work on it.'),
    sa.Column('error_group', sa.String(length=200), nullable=True, comment='Fingerprint of the error group it shows up as.'),
    sa.Column('fixed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state <> 'fixed' OR fixed_at IS NOT NULL", name=op.f('ck_known_issues_fixed_when_known')),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_known_issues_owner_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_known_issues')),
    schema='admin'
    )
    op.create_index(op.f('ix_known_issues_category'), 'known_issues', ['category'], unique=False, schema='admin')
    op.create_index('ix_known_issues_created_at', 'known_issues', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_known_issues_error_group'), 'known_issues', ['error_group'], unique=False, schema='admin')
    op.create_index(op.f('ix_known_issues_owner_id'), 'known_issues', ['owner_id'], unique=False, schema='admin')
    op.create_index('ix_known_issues_state', 'known_issues', ['state', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_known_issues_symptoms_trgm', 'known_issues', ['symptoms'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'symptoms': 'gin_trgm_ops'})
    op.create_index('ix_known_issues_title_trgm', 'known_issues', ['title'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'title': 'gin_trgm_ops'})
    op.create_table('maintenance_windows',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('message', sa.Text(), nullable=False, comment='What customers read meanwhile.'),
    sa.Column('mode', sa.Enum('read_only', 'closed', name='maintenancemode', native_enum=False, create_constraint=True, length=40), server_default='read_only', nullable=False),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Empty: all product lines.'),
    sa.Column('banner_from', sa.DateTime(timezone=True), nullable=True, comment='Announced in the app from then on.'),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True, comment='Planned end; empty: until ended by hand.'),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='When somebody ended it.'),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True, comment='For the team.'),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Paths that stay open.'),
    sa.Column('started_by_id', sa.Uuid(), nullable=True),
    sa.Column('ended_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('banner_from <= starts_at', name=op.f('ck_maintenance_windows_banner_before_start')),
    sa.CheckConstraint('ended_at >= starts_at', name=op.f('ck_maintenance_windows_ended_after_start')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_maintenance_windows_ends_after_start')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['admin.staff_members.id'], name=op.f('fk_maintenance_windows_ended_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['started_by_id'], ['admin.staff_members.id'], name=op.f('fk_maintenance_windows_started_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_maintenance_windows')),
    schema='admin'
    )
    op.create_index(op.f('ix_maintenance_windows_ended_by_id'), 'maintenance_windows', ['ended_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_maintenance_windows_started_by_id'), 'maintenance_windows', ['started_by_id'], unique=False, schema='admin')
    op.create_index('ix_maintenance_windows_starts_at', 'maintenance_windows', ['starts_at', 'id'], unique=False, schema='admin')
    op.create_table('outside_writes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False, comment='Which database.'),
    sa.Column('table_name', sa.String(length=200), nullable=False),
    sa.Column('operation', sa.Enum('insert', 'update', 'delete', name='rowoperation', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('record_key', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('version_token', sa.String(length=200), nullable=True, comment='Version of the row the person saw.'),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('state', sa.Enum('intended', 'done', 'refused', 'unknown', name='outsidewritestate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'intended'"), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['admin.staff_members.id'], name=op.f('fk_outside_writes_actor_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outside_writes')),
    schema='admin'
    )
    op.create_index(op.f('ix_outside_writes_actor_id_created_at'), 'outside_writes', ['actor_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_outside_writes_created_at_id'), 'outside_writes', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_outside_writes_open', 'outside_writes', ['created_at'], unique=False, schema='admin', postgresql_where=sa.text("state IN ('intended', 'unknown')"))
    op.create_table('plan_features',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('feature_id', sa.Uuid(), nullable=False),
    sa.Column('is_included', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('limit_value', sa.BigInteger(), nullable=True, comment='Empty: unlimited.'),
    sa.Column('limit_period', sa.Enum('month', 'billing_period', 'at_once', name='limitperiod', native_enum=False, create_constraint=True, length=40), server_default='month', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('limit_value >= 0', name=op.f('ck_plan_features_limit_not_negative')),
    sa.ForeignKeyConstraint(['feature_id'], ['admin.features.id'], name=op.f('fk_plan_features_feature_id_features'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.plans.id'], name=op.f('fk_plan_features_plan_id_plans'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_features')),
    sa.UniqueConstraint('plan_id', 'feature_id', name=op.f('uq_plan_features_plan_id_feature_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_plan_features_feature_id'), 'plan_features', ['feature_id'], unique=False, schema='admin')
    op.create_table('prices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('nickname', sa.String(length=200), nullable=False, comment='For the team, e.g. Growth monthly 2026.'),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False, comment='What is charged per interval and seat.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('interval', sa.Enum('day', 'week', 'month', 'quarter', 'half_year', 'year', name='interval', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('includes_vat', sa.Boolean(), nullable=False, comment='True: the amount contains VAT.'),
    sa.Column('is_default', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='Offered to new subscribers; one per plan, interval and currency.'),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False, comment='Sold from then on.'),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=True, comment='Sold until then; empty: still sold.'),
    sa.Column('replaces_id', sa.Uuid(), nullable=True, comment='The price before it.'),
    sa.Column('external_id', sa.String(length=80), nullable=True, comment='Key in the customer app.'),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('amount_cents >= 0', name=op.f('ck_prices_amount_not_negative')),
    sa.CheckConstraint('replaces_id <> id', name=op.f('ck_prices_not_replacing_itself')),
    sa.CheckConstraint('valid_until > valid_from', name=op.f('ck_prices_ends_after_start')),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_prices_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.plans.id'], name=op.f('fk_prices_plan_id_plans'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['replaces_id'], ['admin.prices.id'], name=op.f('fk_prices_replaces_id_prices'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prices')),
    sa.UniqueConstraint('external_id', name=op.f('uq_prices_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_prices_created_by_id'), 'prices', ['created_by_id'], unique=False, schema='admin')
    op.create_index('ix_prices_plan', 'prices', ['plan_id', 'valid_from', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prices_replaces_id'), 'prices', ['replaces_id'], unique=False, schema='admin')
    op.create_index('ix_prices_valid_from', 'prices', ['valid_from', 'id'], unique=False, schema='admin')
    op.create_index('uq_prices_default', 'prices', ['plan_id', 'interval', 'currency'], unique=True, schema='admin', postgresql_where=sa.text('is_default AND valid_until IS NULL'))
    op.create_table('prompts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False, comment='What the app asks for.'),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('kind', sa.Enum('chat', 'text', name='promptkind', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'chat'"), nullable=False),
    sa.Column('tags', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_prompts_owner_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prompts')),
    sa.UniqueConstraint('name', name=op.f('uq_prompts_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_prompts_created_at_id'), 'prompts', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompts_owner_id'), 'prompts', ['owner_id'], unique=False, schema='admin')
    op.create_table('recent_views',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('model_key', sa.String(length=130), nullable=False, comment='Model or page.'),
    sa.Column('record_key', sa.String(length=200), server_default=sa.text("''"), nullable=False, comment='Key of the record; empty for a page. Its name is looked up when shown.'),
    sa.Column('seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('times', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("model_key <> ''", name=op.f('ck_recent_views_model_named')),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_recent_views_member_id_staff_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recent_views')),
    sa.UniqueConstraint('member_id', 'model_key', 'record_key', name=op.f('uq_recent_views_member_id_model_key_record_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_recent_views_member_id_seen_at'), 'recent_views', ['member_id', 'seen_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_recent_views_seen_at_id'), 'recent_views', ['seen_at', 'id'], unique=False, schema='admin')
    op.create_table('releases',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.String(length=200), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('event_count', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['admin.error_projects.id'], name=op.f('fk_releases_project_id_error_projects'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_releases')),
    sa.UniqueConstraint('project_id', 'version', name=op.f('uq_releases_project_id_version')),
    schema='admin'
    )
    op.create_index(op.f('ix_releases_first_seen_at_id'), 'releases', ['first_seen_at', 'id'], unique=False, schema='admin')
    op.create_table('reports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=True, comment='For reports that came with the product.'),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('source', sa.String(length=80), nullable=False, comment='The registered source it reads from.'),
    sa.Column('definition', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Columns, filters, grouping, aggregates, chart.'),
    sa.Column('private_definition', sa.Text(), nullable=True, comment='Filter values on personal columns, encrypted.'),
    sa.Column('definition_version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('row_limit', sa.Integer(), server_default=sa.text('100000'), nullable=False),
    sa.Column('personal', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Shows personal columns.'),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('shared_with_all', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('last_run_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('row_limit > 0', name=op.f('ck_reports_rows')),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_reports_owner_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reports')),
    sa.UniqueConstraint('key', name=op.f('uq_reports_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_reports_created_at_id'), 'reports', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_reports_owner_id_created_at'), 'reports', ['owner_id', 'created_at'], unique=False, schema='admin')
    op.create_index('uq_reports_owner_title', 'reports', ['owner_id', 'title'], unique=True, schema='admin', postgresql_nulls_not_distinct=True)
    op.create_table('rota_members',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('is_present', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='Absent people get none.'),
    sa.Column('max_open', sa.Integer(), server_default='25', nullable=False, comment='No more open tickets than this.'),
    sa.Column('last_assigned_at', sa.DateTime(timezone=True), nullable=True, comment='Whoever waited longest is next.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('max_open > 0', name=op.f('ck_rota_members_load_positive')),
    sa.ForeignKeyConstraint(['staff_id'], ['admin.staff_members.id'], name=op.f('fk_rota_members_staff_id_staff_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rota_members')),
    sa.UniqueConstraint('staff_id', name=op.f('uq_rota_members_staff_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_rota_members_last_assigned_at'), 'rota_members', ['last_assigned_at'], unique=False, schema='admin')
    op.create_table('saved_views',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True, comment='Empty: shipped with the product.'),
    sa.Column('model_key', sa.String(length=130), nullable=False, comment='The list it belongs to.'),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('shared', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Shown to everyone who may see the list.'),
    sa.Column('position', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='Order of the tabs.'),
    sa.Column('is_default', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Opened when the list is opened without a view.'),
    sa.Column('state', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Columns, sort, density and the filters that hold no personal value.'),
    sa.Column('private_state', sa.LargeBinary(), nullable=True, comment='Search words and filter values on personal columns, encrypted.'),
    sa.Column('threshold', sa.BigInteger(), nullable=True, comment='Tell the owner when the view has more rows than this; empty: never.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("name <> ''", name=op.f('ck_saved_views_named')),
    sa.CheckConstraint('threshold IS NULL OR threshold >= 0', name=op.f('ck_saved_views_threshold_counts')),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_saved_views_owner_id_staff_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views')),
    sa.UniqueConstraint('owner_id', 'model_key', 'name', name=op.f('uq_saved_views_owner_id_model_key_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_saved_views_created_at_id'), 'saved_views', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_saved_views_model_key_position_id'), 'saved_views', ['model_key', 'position', 'id'], unique=False, schema='admin')
    op.create_table('selections',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('model_key', sa.String(length=130), nullable=False),
    sa.Column('state', sa.Enum('building', 'ready', 'used', name='selectionstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'building'"), nullable=False),
    sa.Column('total', sa.BigInteger(), server_default=sa.text('0'), nullable=False, comment='Number of rows in it.'),
    sa.Column('digest', sa.String(length=64), nullable=True, comment='Hash over the keys: an approval is bound to it.'),
    sa.Column('described', sa.String(length=200), nullable=True, comment='The filters in words, without personal values.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('total >= 0', name=op.f('ck_selections_total_counted')),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_selections_owner_id_staff_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selections')),
    schema='admin'
    )
    op.create_index(op.f('ix_selections_created_at_id'), 'selections', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_selections_expires_at'), 'selections', ['expires_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_selections_owner_id_created_at'), 'selections', ['owner_id', 'created_at'], unique=False, schema='admin')
    op.create_table('settings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('section', sa.String(length=80), nullable=False, comment='Core or the plugin that registered it.'),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('value', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True, comment='The value under the key v.'),
    sa.Column('secret', sa.LargeBinary(), nullable=True),
    sa.Column('secret_key_id', sa.String(length=80), nullable=True, comment='Key under which the secret is encrypted.'),
    sa.Column('secret_hint', sa.String(length=80), nullable=True, comment='Last characters, to tell two keys apart.'),
    sa.Column('updated_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('value IS NULL OR secret IS NULL', name=op.f('ck_settings_value_or_secret')),
    sa.ForeignKeyConstraint(['updated_by_id'], ['admin.staff_members.id'], name=op.f('fk_settings_updated_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settings')),
    sa.UniqueConstraint('section', 'name', name=op.f('uq_settings_section_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_settings_updated_by_id'), 'settings', ['updated_by_id'], unique=False, schema='admin')
    op.create_table('sign_in_attempts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=True, comment='As typed.'),
    sa.Column('email_key', sa.String(length=64), nullable=False, comment='Keyed hash of the address; what the limit counts by.'),
    sa.Column('ip', postgresql.INET(), nullable=True),
    sa.Column('device', sa.String(length=400), nullable=True),
    sa.Column('device_known', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('method', sa.Enum('password', 'totp', 'recovery_code', 'passkey', 'link', name='signinmethod', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('outcome', sa.Enum('ok', 'wrong_password', 'unknown_email', 'wrong_code', 'replayed_code', 'locked', 'rate_limited', 'disabled', 'network_refused', 'link_refused', name='attemptoutcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('request_id', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_sign_in_attempts_member_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_attempts')),
    schema='admin'
    )
    op.create_index(op.f('ix_sign_in_attempts_email_key_occurred_at'), 'sign_in_attempts', ['email_key', 'occurred_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_sign_in_attempts_ip_occurred_at'), 'sign_in_attempts', ['ip', 'occurred_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_sign_in_attempts_member_id_occurred_at'), 'sign_in_attempts', ['member_id', 'occurred_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_sign_in_attempts_occurred_at_id'), 'sign_in_attempts', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_sign_in_attempts_outcome_occurred_at_id'), 'sign_in_attempts', ['outcome', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_table('sign_in_links',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.Enum('sign_in', 'invitation', 'password_reset', 'second_factor_reset', name='linkpurpose', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('token_hash', sa.String(length=128), nullable=False),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_ip', postgresql.INET(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_sign_in_links_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_sign_in_links_member_id_staff_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_links')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_links_token_hash')),
    schema='admin'
    )
    op.create_index(op.f('ix_sign_in_links_created_at_id'), 'sign_in_links', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_sign_in_links_created_by_id'), 'sign_in_links', ['created_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_sign_in_links_member_id_created_at'), 'sign_in_links', ['member_id', 'created_at'], unique=False, schema='admin')
    op.create_table('sla_targets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=True, comment='Empty: every plan without its own.'),
    sa.Column('priority', sa.Enum('low', 'normal', 'high', 'urgent', name='priority', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('calendar_id', sa.Uuid(), nullable=False),
    sa.Column('first_response_minutes', sa.Integer(), nullable=False),
    sa.Column('next_response_minutes', sa.Integer(), nullable=True),
    sa.Column('resolution_minutes', sa.Integer(), nullable=False),
    sa.Column('warn_at_percent', sa.Integer(), server_default='75', nullable=False),
    sa.Column('procedure_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('first_response_minutes > 0', name=op.f('ck_sla_targets_response_positive')),
    sa.CheckConstraint('next_response_minutes > 0', name=op.f('ck_sla_targets_next_response_positive')),
    sa.CheckConstraint('resolution_minutes > 0', name=op.f('ck_sla_targets_resolution_positive')),
    sa.CheckConstraint('warn_at_percent BETWEEN 1 AND 100', name=op.f('ck_sla_targets_warning_possible')),
    sa.ForeignKeyConstraint(['calendar_id'], ['admin.business_calendars.id'], name=op.f('fk_sla_targets_calendar_id_business_calendars'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.plans.id'], name=op.f('fk_sla_targets_plan_id_plans'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['procedure_id'], ['admin.escalation_procedures.id'], name=op.f('fk_sla_targets_procedure_id_escalation_procedures'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sla_targets')),
    sa.UniqueConstraint('plan_id', 'priority', name=op.f('uq_sla_targets_plan_id_priority'), postgresql_nulls_not_distinct=True),
    schema='admin'
    )
    op.create_index(op.f('ix_sla_targets_calendar_id'), 'sla_targets', ['calendar_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_sla_targets_procedure_id'), 'sla_targets', ['procedure_id'], unique=False, schema='admin')
    op.create_table('source_links',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mapping_id', sa.Uuid(), nullable=False),
    sa.Column('source_key', sa.String(length=200), nullable=False, comment='Their primary key as text.'),
    sa.Column('target_id', sa.Uuid(), nullable=False, comment='Key of our row.'),
    sa.Column('digest', sa.String(length=200), nullable=False, comment='Hash of the row as read: unchanged rows are not written.'),
    sa.Column('read_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['mapping_id'], ['admin.source_mappings.id'], name=op.f('fk_source_links_mapping_id_source_mappings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source_links')),
    sa.UniqueConstraint('mapping_id', 'source_key', name=op.f('uq_source_links_mapping_id_source_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_source_links_read_at_id'), 'source_links', ['read_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_source_links_target_id_mapping_id'), 'source_links', ['target_id', 'mapping_id'], unique=False, schema='admin')
    op.create_table('staff_devices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=128), nullable=False),
    sa.Column('device', sa.String(length=400), nullable=True),
    sa.Column('ip', postgresql.INET(), nullable=True, comment='Address of the last sign-in from this device.'),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_staff_devices_member_id_staff_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_devices')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_staff_devices_token_hash')),
    schema='admin'
    )
    op.create_index(op.f('ix_staff_devices_last_seen_at_id'), 'staff_devices', ['last_seen_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_staff_devices_member_id_last_seen_at'), 'staff_devices', ['member_id', 'last_seen_at'], unique=False, schema='admin')
    op.create_table('staff_roles',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('role_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_staff_roles_member_id_staff_members'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['admin.roles.id'], name=op.f('fk_staff_roles_role_id_roles'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('member_id', 'role_id', name=op.f('pk_staff_roles')),
    schema='admin',
    comment='Which member has which role.'
    )
    op.create_index(op.f('ix_staff_roles_role_id'), 'staff_roles', ['role_id'], unique=False, schema='admin')
    op.create_table('staff_sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=True, comment='Empty before the sign-in is complete.'),
    sa.Column('token_hash', sa.String(length=128), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True, comment='Encrypted content of the session.'),
    sa.Column('ip', postgresql.INET(), nullable=True),
    sa.Column('device', sa.String(length=400), nullable=True),
    sa.Column('method', sa.String(length=80), nullable=True, comment='How the member proved who they are.'),
    sa.Column('second_factor_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fresh_at', sa.DateTime(timezone=True), nullable=True, comment='Last proof of identity; dangerous actions ask again.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False, comment='Absolute end, whatever the activity.'),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=80), nullable=True, comment='Signed out, idle, revoked, password or role changed.'),
    sa.Column('ended_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['ended_by_id'], ['admin.staff_members.id'], name=op.f('fk_staff_sessions_ended_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_staff_sessions_member_id_staff_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_sessions')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_staff_sessions_token_hash')),
    schema='admin'
    )
    op.create_index(op.f('ix_staff_sessions_created_at_id'), 'staff_sessions', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_staff_sessions_ended_by_id'), 'staff_sessions', ['ended_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_staff_sessions_expires_at'), 'staff_sessions', ['expires_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_staff_sessions_member_id_last_seen_at'), 'staff_sessions', ['member_id', 'last_seen_at'], unique=False, schema='admin')
    op.create_table('view_states',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False, comment='What the address carries; of use to its owner only.'),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('model_key', sa.String(length=130), nullable=False),
    sa.Column('payload', sa.LargeBinary(), nullable=False, comment='The search words and filter values, encrypted.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_view_states_owner_id_staff_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_view_states')),
    sa.UniqueConstraint('token', name=op.f('uq_view_states_token')),
    schema='admin'
    )
    op.create_index(op.f('ix_view_states_created_at_id'), 'view_states', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_view_states_expires_at'), 'view_states', ['expires_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_view_states_owner_id_model_key'), 'view_states', ['owner_id', 'model_key'], unique=False, schema='admin')
    op.create_table('webauthn_credentials',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False, comment='Chosen by the member.'),
    sa.Column('credential_id', sa.LargeBinary(length=1024), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.Integer(), server_default=sa.text('0'), nullable=True),
    sa.Column('transports', sa.ARRAY(sa.Text()), nullable=True),
    sa.Column('backup_state', sa.Boolean(), nullable=False, comment='Kept in a password manager or cloud account.'),
    sa.Column('device_type', sa.String(length=64), nullable=False),
    sa.Column('extensions', sa.String(length=255), nullable=True),
    sa.Column('usage', sa.String(length=64), nullable=False, comment='Serves as first or as secondary factor.'),
    sa.Column('lastuse_datetime', sa.DateTime(timezone=True), nullable=False),
    sa.Column('create_datetime', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['admin.staff_members.id'], name=op.f('fk_webauthn_credentials_user_id_staff_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webauthn_credentials')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_webauthn_credentials_credential_id')),
    sa.UniqueConstraint('user_id', 'name', name=op.f('uq_webauthn_credentials_user_id_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_webauthn_credentials_create_datetime_id'), 'webauthn_credentials', ['create_datetime', 'id'], unique=False, schema='admin')
    op.create_table('webhook_endpoints',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('events', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=False, comment='Signing secret, encrypted.'),
    sa.Column('old_secret', sa.LargeBinary(), nullable=True, comment='Signs as well until the receiver has the new one.'),
    sa.Column('old_secret_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('failures', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='In a row.'),
    sa.Column('disabled_reason', sa.Text(), nullable=True),
    sa.Column('last_success_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_webhook_endpoints_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_endpoints')),
    schema='admin'
    )
    op.create_index(op.f('ix_webhook_endpoints_created_at_id'), 'webhook_endpoints', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_webhook_endpoints_created_by_id'), 'webhook_endpoints', ['created_by_id'], unique=False, schema='admin')
    op.create_table('access_entries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=True, comment='Empty: an API key.'),
    sa.Column('api_key_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Enum('detail', 'list', 'search', 'reveal', 'export', 'download', 'report', 'impersonation', 'api', name='accesskind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('model_key', sa.String(length=130), nullable=False),
    sa.Column('record_key', sa.String(length=200), nullable=True, comment='The record opened; empty for lists and exports.'),
    sa.Column('subject_kind', sa.String(length=80), nullable=True),
    sa.Column('subject_key', sa.String(length=200), nullable=True, comment='Whose data it is.'),
    sa.Column('field_names', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False, comment='Personal fields shown in clear.'),
    sa.Column('row_count', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.Column('query_digest', sa.String(length=200), nullable=True, comment='Same search, same digest; not the words.'),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('artifact_id', sa.Uuid(), nullable=True, comment='The file that was made or taken.'),
    sa.Column('ip', postgresql.INET(), nullable=True),
    sa.Column('request_id', sa.String(length=200), nullable=True),
    sa.CheckConstraint("kind <> 'reveal' OR reason IS NOT NULL", name=op.f('ck_access_entries_reveal_has_reason')),
    sa.CheckConstraint('row_count >= 0', name=op.f('ck_access_entries_rows_counted')),
    sa.ForeignKeyConstraint(['api_key_id'], ['admin.api_keys.id'], name=op.f('fk_access_entries_api_key_id_api_keys'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_access_entries_member_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_entries')),
    schema='admin'
    )
    op.create_index(op.f('ix_access_entries_api_key_id'), 'access_entries', ['api_key_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_access_entries_kind_occurred_at_id'), 'access_entries', ['kind', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_access_entries_member_id_occurred_at_id'), 'access_entries', ['member_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_access_entries_model_key_record_key_occurred_at'), 'access_entries', ['model_key', 'record_key', 'occurred_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_access_entries_occurred_at_id'), 'access_entries', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_access_entries_subject_kind_subject_key_occurred_at_id'), 'access_entries', ['subject_kind', 'subject_key', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_table('alert_incidents',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rule_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('severity', sa.Enum('info', 'warning', 'critical', name='severity', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('label_key', sa.String(length=200), server_default=sa.text("''"), nullable=False, comment='What exactly: a mailbox, a route, a segment. One open alert for each.'),
    sa.Column('labels', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('state', sa.Enum('pending', 'firing', 'recovering', 'resolved', name='incidentstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('value', sa.Numeric(precision=20, scale=6), nullable=True),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('fired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recovering_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_by_id', sa.Uuid(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint("state <> 'resolved' OR resolved_at IS NOT NULL", name=op.f('ck_alert_incidents_resolved_has_time')),
    sa.ForeignKeyConstraint(['acknowledged_by_id'], ['admin.staff_members.id'], name=op.f('fk_alert_incidents_acknowledged_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['rule_id'], ['admin.alert_rules.id'], name=op.f('fk_alert_incidents_rule_id_alert_rules'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_incidents')),
    schema='admin'
    )
    op.create_index(op.f('ix_alert_incidents_acknowledged_by_id'), 'alert_incidents', ['acknowledged_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_alert_incidents_opened_at_id'), 'alert_incidents', ['opened_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_alert_incidents_rule_id_opened_at'), 'alert_incidents', ['rule_id', 'opened_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_alert_incidents_state_opened_at_id'), 'alert_incidents', ['state', 'opened_at', 'id'], unique=False, schema='admin')
    op.create_index('uq_alert_incidents_open', 'alert_incidents', ['rule_id', 'label_key'], unique=True, schema='admin', postgresql_where=sa.text("state <> 'resolved'"))
    op.create_table('alert_rule_channels',
    sa.Column('rule_id', sa.Uuid(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['admin.alert_channels.id'], name=op.f('fk_alert_rule_channels_channel_id_alert_channels'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['rule_id'], ['admin.alert_rules.id'], name=op.f('fk_alert_rule_channels_rule_id_alert_rules'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('rule_id', 'channel_id', name=op.f('pk_alert_rule_channels')),
    schema='admin',
    comment='Which channels a rule tells.'
    )
    op.create_index(op.f('ix_alert_rule_channels_channel_id'), 'alert_rule_channels', ['channel_id'], unique=False, schema='admin')
    op.create_table('alert_silences',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rule_id', sa.Uuid(), nullable=True, comment='Empty: every rule.'),
    sa.Column('label_key', sa.String(length=200), nullable=True, comment='Empty: everything the rule watches.'),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_alert_silences_ends_later')),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_alert_silences_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['rule_id'], ['admin.alert_rules.id'], name=op.f('fk_alert_silences_rule_id_alert_rules'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_silences')),
    schema='admin'
    )
    op.create_index(op.f('ix_alert_silences_created_by_id'), 'alert_silences', ['created_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_alert_silences_ends_at_id'), 'alert_silences', ['ends_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_alert_silences_rule_id_ends_at'), 'alert_silences', ['rule_id', 'ends_at'], unique=False, schema='admin')
    op.create_table('audit_leaves',
    sa.Column('log', sa.String(length=80), nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('leaf_hash', sa.LargeBinary(), nullable=False),
    sa.Column('checkpoint_number', sa.BigInteger(), nullable=False, comment='The batch that sealed it.'),
    sa.ForeignKeyConstraint(['entry_id'], ['admin.audit_entries.id'], name=op.f('fk_audit_leaves_entry_id_audit_entries'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('log', 'position', name=op.f('pk_audit_leaves')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_audit_leaves_entry_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_audit_leaves_log_checkpoint_number'), 'audit_leaves', ['log', 'checkpoint_number'], unique=False, schema='admin')
    op.create_table('audit_pending',
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['admin.audit_entries.id'], name=op.f('fk_audit_pending_entry_id_audit_entries'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_audit_pending')),
    schema='admin'
    )
    op.create_table('breach_notices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('breach_id', sa.Uuid(), nullable=False),
    sa.Column('recipient', sa.Enum('regulator', 'subject', 'responsible_party', 'public', name='noticerecipient', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('channel', sa.String(length=80), nullable=False, comment='Portal, e-mail, post, website …'),
    sa.Column('is_update', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('people_told', sa.BigInteger(), nullable=True),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('reference', sa.String(length=200), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['breach_id'], ['admin.breaches.id'], name=op.f('fk_breach_notices_breach_id_breaches'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_breach_notices_customer_id_customers'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_breach_notices')),
    schema='admin'
    )
    op.create_index(op.f('ix_breach_notices_breach_id_created_at'), 'breach_notices', ['breach_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_breach_notices_created_at_id'), 'breach_notices', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_breach_notices_customer_id'), 'breach_notices', ['customer_id'], unique=False, schema='admin')
    op.create_table('churn_scores',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('score', sa.Numeric(precision=9, scale=6), nullable=False, comment='0 stays, 100 leaves.'),
    sa.Column('parts', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Points by part: inactivity, decline, features, billing.'),
    sa.Column('days_inactive', sa.Integer(), nullable=False),
    sa.Column('policy_version', sa.String(length=80), nullable=False, comment='The formula it was computed by.'),
    sa.CheckConstraint('score BETWEEN 0 AND 100', name=op.f('ck_churn_scores_score_in_range')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_churn_scores_customer_id_customers'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_churn_scores')),
    sa.UniqueConstraint('customer_id', 'day', name=op.f('uq_churn_scores_customer_id_day')),
    schema='admin'
    )
    op.create_index('ix_churn_scores_day', 'churn_scores', ['day', 'score', 'id'], unique=False, schema='admin')
    op.create_table('customer_merges',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kept_id', sa.Uuid(), nullable=False, comment='The record that remains.'),
    sa.Column('merged_id', sa.Uuid(), nullable=False, comment='The duplicate.'),
    sa.Column('merged_by_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('moved', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Keys moved, by table, so that it can be undone.'),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('kept_id <> merged_id', name=op.f('ck_customer_merges_two_records')),
    sa.ForeignKeyConstraint(['kept_id'], ['admin.customers.id'], name=op.f('fk_customer_merges_kept_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['merged_by_id'], ['admin.staff_members.id'], name=op.f('fk_customer_merges_merged_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['merged_id'], ['admin.customers.id'], name=op.f('fk_customer_merges_merged_id_customers'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_merges')),
    schema='admin'
    )
    op.create_index(op.f('ix_customer_merges_created_at'), 'customer_merges', ['created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_customer_merges_kept_id'), 'customer_merges', ['kept_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_customer_merges_merged_by_id'), 'customer_merges', ['merged_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_customer_merges_merged_id'), 'customer_merges', ['merged_id'], unique=False, schema='admin')
    op.create_table('customer_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False, comment='Markdown.'),
    sa.Column('is_pinned', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Stands above the others.'),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True, comment='When the text last changed.'),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True, comment='Hidden since; versions stay.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['admin.staff_members.id'], name=op.f('fk_customer_notes_author_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_customer_notes_customer_id_customers'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_notes')),
    schema='admin'
    )
    op.create_index(op.f('ix_customer_notes_author_id'), 'customer_notes', ['author_id'], unique=False, schema='admin')
    op.create_index('ix_customer_notes_created_at', 'customer_notes', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_customer_notes_customer', 'customer_notes', ['customer_id', 'is_pinned', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('deployments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('provider', sa.String(length=80), server_default=sa.text("'vercel'"), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=False),
    sa.Column('project', sa.String(length=200), nullable=True),
    sa.Column('environment', sa.String(length=80), nullable=True),
    sa.Column('branch', sa.String(length=200), nullable=True),
    sa.Column('commit', sa.String(length=200), nullable=True),
    sa.Column('commit_message', sa.Text(), nullable=True),
    sa.Column('author', sa.String(length=200), nullable=True),
    sa.Column('state', sa.Enum('queued', 'building', 'ready', 'failed', 'cancelled', name='deploymentstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=True),
    sa.Column('build_ms', sa.Integer(), nullable=True),
    sa.Column('release_id', sa.Uuid(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['release_id'], ['admin.releases.id'], name=op.f('fk_deployments_release_id_releases'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deployments')),
    sa.UniqueConstraint('provider', 'external_id', name=op.f('uq_deployments_provider_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_deployments_release_id'), 'deployments', ['release_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_deployments_started_at_id'), 'deployments', ['started_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_deployments_state_started_at_id'), 'deployments', ['state', 'started_at', 'id'], unique=False, schema='admin')
    op.create_table('email_campaigns',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('template_version_id', sa.Uuid(), nullable=True),
    sa.Column('mail_class', sa.Enum('transactional', 'service', 'marketing', 'internal', name='mailclass', native_enum=False, create_constraint=True, length=40), server_default='marketing', nullable=False),
    sa.Column('audience', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Filter of customers it goes to.'),
    sa.Column('state', sa.Enum('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled', name='campaignstate', native_enum=False, create_constraint=True, length=40), server_default='draft', nullable=False),
    sa.Column('scheduled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('per_minute', sa.Integer(), server_default='60', nullable=False, comment='Not more messages a minute than this.'),
    sa.Column('recipients_count', sa.BigInteger(), server_default='0', nullable=False, comment='Fixed when sending starts; test sends do not count.'),
    sa.Column('selection_id', sa.Uuid(), nullable=True, comment='The frozen list of recipients.'),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state <> 'scheduled' OR scheduled_at IS NOT NULL", name=op.f('ck_email_campaigns_scheduled_has_time')),
    sa.CheckConstraint("state NOT IN ('scheduled', 'sending', 'sent') OR template_version_id IS NOT NULL", name=op.f('ck_email_campaigns_has_text')),
    sa.CheckConstraint('per_minute > 0', name=op.f('ck_email_campaigns_pace_positive')),
    sa.CheckConstraint('recipients_count >= 0', name=op.f('ck_email_campaigns_recipients_not_negative')),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_email_campaigns_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['selection_id'], ['admin.selections.id'], name=op.f('fk_email_campaigns_selection_id_selections'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['template_version_id'], ['admin.email_template_versions.id'], name=op.f('fk_email_campaigns_template_version_id_email_template_versions'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_campaigns')),
    schema='admin'
    )
    op.create_index('ix_email_campaigns_created_at', 'email_campaigns', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_email_campaigns_created_by_id'), 'email_campaigns', ['created_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_email_campaigns_selection_id'), 'email_campaigns', ['selection_id'], unique=False, schema='admin')
    op.create_index('ix_email_campaigns_state', 'email_campaigns', ['state', 'scheduled_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_email_campaigns_template_version_id'), 'email_campaigns', ['template_version_id'], unique=False, schema='admin')
    op.create_table('error_issues',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=1024), nullable=False, comment='Type and first line.'),
    sa.Column('culprit', sa.String(length=200), nullable=True, comment='Where in the code.'),
    sa.Column('kind', sa.String(length=200), nullable=True, comment='Type of the error.'),
    sa.Column('level', sa.Enum('debug', 'info', 'warning', 'error', 'fatal', name='errorlevel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('open', 'resolved', 'regressed', 'ignored', name='issuestate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'open'"), nullable=False),
    sa.Column('assigned_to_id', sa.Uuid(), nullable=True),
    sa.Column('event_count', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('customer_count', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='Customers who ran into it.'),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('first_release_id', sa.Uuid(), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_release_id', sa.Uuid(), nullable=True, comment='Seen again in a later one: regressed.'),
    sa.Column('ignored_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sentry_id', sa.String(length=200), nullable=True, comment='Issue id when it came from Sentry.'),
    sa.Column('sentry_url', sa.String(length=2000), nullable=True),
    sa.CheckConstraint('event_count >= 0 AND customer_count >= 0', name=op.f('ck_error_issues_counted')),
    sa.ForeignKeyConstraint(['assigned_to_id'], ['admin.staff_members.id'], name=op.f('fk_error_issues_assigned_to_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['first_release_id'], ['admin.releases.id'], name=op.f('fk_error_issues_first_release_id_releases'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['admin.error_projects.id'], name=op.f('fk_error_issues_project_id_error_projects'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['resolved_release_id'], ['admin.releases.id'], name=op.f('fk_error_issues_resolved_release_id_releases'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_error_issues')),
    schema='admin'
    )
    op.create_index(op.f('ix_error_issues_assigned_to_id'), 'error_issues', ['assigned_to_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_issues_event_count_id'), 'error_issues', ['event_count', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_issues_first_release_id'), 'error_issues', ['first_release_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_issues_first_seen_at_id'), 'error_issues', ['first_seen_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_issues_last_seen_at_id'), 'error_issues', ['last_seen_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_issues_level_last_seen_at_id'), 'error_issues', ['level', 'last_seen_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_issues_project_id_last_seen_at_id'), 'error_issues', ['project_id', 'last_seen_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_issues_resolved_release_id'), 'error_issues', ['resolved_release_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_issues_state_last_seen_at_id'), 'error_issues', ['state', 'last_seen_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_error_issues_title_trgm', 'error_issues', ['title'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'title': 'gin_trgm_ops'})
    op.create_index('uq_error_issues_sentry', 'error_issues', ['sentry_id'], unique=True, schema='admin', postgresql_where=sa.text('sentry_id IS NOT NULL'))
    op.create_table('experiments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False, comment='Decides, with the unit, which arm is drawn.'),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('hypothesis', sa.Text(), nullable=True),
    sa.Column('prompt_id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Enum('vacancy', 'customer', name='experimentunit', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'vacancy'"), nullable=False),
    sa.Column('state', sa.Enum('draft', 'running', 'stopped', 'promoted', 'invalid', name='experimentstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'draft'"), nullable=False),
    sa.Column('traffic_share', sa.Numeric(precision=5, scale=4), server_default=sa.text('1'), nullable=False),
    sa.Column('metric', sa.String(length=80), server_default=sa.text("'blind_agreement'"), nullable=False),
    sa.Column('guardrails', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Limits on cost, latency, parse failures, impact ratio.'),
    sa.Column('minimum_effect', sa.Numeric(precision=8, scale=6), nullable=True),
    sa.Column('tau_squared', sa.Numeric(precision=12, scale=8), server_default=sa.text('0.0025'), nullable=False, comment='Prior of the test that may be looked at daily.'),
    sa.Column('planned_per_arm', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('conclusion', sa.Text(), nullable=True),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state NOT IN ('stopped', 'promoted', 'invalid') OR ended_at IS NOT NULL", name=op.f('ck_experiments_ended')),
    sa.CheckConstraint('traffic_share > 0 AND traffic_share <= 1', name=op.f('ck_experiments_share')),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_experiments_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['prompt_id'], ['admin.prompts.id'], name=op.f('fk_experiments_prompt_id_prompts'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_experiments')),
    sa.UniqueConstraint('key', name=op.f('uq_experiments_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_experiments_created_at_id'), 'experiments', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_experiments_created_by_id'), 'experiments', ['created_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_experiments_prompt_id'), 'experiments', ['prompt_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_experiments_state_created_at_id'), 'experiments', ['state', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('uq_experiments_running', 'experiments', ['prompt_id'], unique=True, schema='admin', postgresql_where=sa.text("state = 'running'"))
    op.create_table('flag_members',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('flag_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_flag_members_customer_id_customers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['flag_id'], ['admin.feature_flags.id'], name=op.f('fk_flag_members_flag_id_feature_flags'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag_members')),
    sa.UniqueConstraint('flag_id', 'customer_id', name=op.f('uq_flag_members_flag_id_customer_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_flag_members_customer_id'), 'flag_members', ['customer_id'], unique=False, schema='admin')
    op.create_table('flag_overrides',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('flag_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True, comment='Empty: until removed.'),
    sa.Column('set_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_flag_overrides_customer_id_customers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['flag_id'], ['admin.feature_flags.id'], name=op.f('fk_flag_overrides_flag_id_feature_flags'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['set_by_id'], ['admin.staff_members.id'], name=op.f('fk_flag_overrides_set_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag_overrides')),
    sa.UniqueConstraint('flag_id', 'customer_id', name=op.f('uq_flag_overrides_flag_id_customer_id')),
    schema='admin'
    )
    op.create_index('ix_flag_overrides_created_at', 'flag_overrides', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_flag_overrides_customer_id'), 'flag_overrides', ['customer_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_flag_overrides_expires_at'), 'flag_overrides', ['expires_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_flag_overrides_set_by_id'), 'flag_overrides', ['set_by_id'], unique=False, schema='admin')
    op.create_table('flag_rules',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('flag_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=True),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('rollout_percent', sa.Integer(), server_default='100', nullable=False, comment='Share of those customers.'),
    sa.Column('value', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True, comment="Empty: the flag's on value."),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('plan_id IS NOT NULL OR product_line IS NOT NULL', name=op.f('ck_flag_rules_says_who')),
    sa.CheckConstraint('rollout_percent BETWEEN 0 AND 100', name=op.f('ck_flag_rules_rollout_possible')),
    sa.ForeignKeyConstraint(['flag_id'], ['admin.feature_flags.id'], name=op.f('fk_flag_rules_flag_id_feature_flags'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.plans.id'], name=op.f('fk_flag_rules_plan_id_plans'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag_rules')),
    sa.UniqueConstraint('flag_id', 'position', name=op.f('uq_flag_rules_flag_id_position')),
    schema='admin'
    )
    op.create_index(op.f('ix_flag_rules_plan_id'), 'flag_rules', ['plan_id'], unique=False, schema='admin')
    op.create_table('idempotency_keys',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scope', sa.String(length=200), nullable=False, comment='API key and route, or member and form.'),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('api_key_id', sa.Uuid(), nullable=True),
    sa.Column('request_digest', sa.String(length=64), nullable=False, comment='Another request under the same key is refused.'),
    sa.Column('status_code', sa.Integer(), nullable=True, comment='Empty: still being worked on.'),
    sa.Column('answer', sa.LargeBinary(), nullable=True, comment='Encrypted.'),
    sa.Column('location', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['api_key_id'], ['admin.api_keys.id'], name=op.f('fk_idempotency_keys_api_key_id_api_keys'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idempotency_keys')),
    sa.UniqueConstraint('scope', 'key', name=op.f('uq_idempotency_keys_scope_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_idempotency_keys_api_key_id'), 'idempotency_keys', ['api_key_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_idempotency_keys_created_at_id'), 'idempotency_keys', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_idempotency_keys_expires_at'), 'idempotency_keys', ['expires_at'], unique=False, schema='admin')
    op.create_table('imap_mailboxes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('source', sa.String(length=80), server_default=sa.text("'app'"), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=True),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('host', sa.String(length=200), nullable=False),
    sa.Column('port', sa.Integer(), server_default=sa.text('993'), nullable=False),
    sa.Column('security', sa.Enum('tls', 'starttls', 'none', name='mailsecurity', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'tls'"), nullable=False),
    sa.Column('folder', sa.String(length=200), server_default=sa.text("'INBOX'"), nullable=False),
    sa.Column('username', sa.String(length=320), nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=True, comment='Password, encrypted.'),
    sa.Column('secret_key_id', sa.String(length=80), nullable=True),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('state', sa.Enum('unknown', 'up', 'degraded', 'down', name='checkstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'unknown'"), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True, comment='Last real sign-in to the mailbox.'),
    sa.Column('last_fetch_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('newest_message_at', sa.DateTime(timezone=True), nullable=True, comment='Newest message that was taken in.'),
    sa.Column('last_uid', sa.BigInteger(), nullable=True),
    sa.Column('uid_validity', sa.BigInteger(), nullable=True),
    sa.Column('failures', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='In a row.'),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('port BETWEEN 1 AND 65535', name=op.f('ck_imap_mailboxes_port')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_imap_mailboxes_customer_id_customers'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imap_mailboxes')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_imap_mailboxes_source_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_imap_mailboxes_address'), 'imap_mailboxes', ['address'], unique=False, schema='admin')
    op.create_index(op.f('ix_imap_mailboxes_created_at_id'), 'imap_mailboxes', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_imap_mailboxes_customer_id'), 'imap_mailboxes', ['customer_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_imap_mailboxes_state_checked_at_id'), 'imap_mailboxes', ['state', 'checked_at', 'id'], unique=False, schema='admin')
    op.create_table('job_roles',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(length=80), server_default=sa.text("'app'"), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=False, comment='The id in the customer app.'),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('location', sa.String(length=200), nullable=True),
    sa.Column('family', sa.String(length=80), nullable=True, comment='Kind of work, for comparing alike with alike.'),
    sa.Column('work_mode', sa.String(length=80), nullable=True, comment='onsite, hybrid or remote.'),
    sa.Column('minimum_years', sa.Numeric(precision=4, scale=1), nullable=True),
    sa.Column('requirements', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Hard and soft ones.'),
    sa.Column('status', sa.Enum('draft', 'open', 'paused', 'filled', 'closed', name='vacancystatus', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'open'"), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('minimum_years IS NULL OR minimum_years >= 0', name=op.f('ck_job_roles_years')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_job_roles_customer_id_customers'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_roles')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_job_roles_source_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_job_roles_created_at_id'), 'job_roles', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_job_roles_customer_id_created_at_id'), 'job_roles', ['customer_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_job_roles_status_created_at_id'), 'job_roles', ['status', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_job_roles_title_trgm', 'job_roles', ['title'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'title': 'gin_trgm_ops'})
    op.create_table('jobs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False, comment='The registered job.'),
    sa.Column('title', sa.String(length=200), nullable=True, comment='What this run does, in words without personal data.'),
    sa.Column('queue', sa.String(length=80), server_default=sa.text("'default'"), nullable=False),
    sa.Column('priority', sa.Integer(), server_default=sa.text('100'), nullable=False, comment='Smaller numbers go first.'),
    sa.Column('state', sa.Enum('waiting', 'running', 'done', 'failed', 'quarantined', 'cancelled', name='jobstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'waiting'"), nullable=False),
    sa.Column('paused', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('cancel_requested', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='The job stops at its next checkpoint.'),
    sa.Column('args', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Ids and settings only.'),
    sa.Column('unique_key', sa.String(length=200), nullable=True, comment='At most one open job has this key.'),
    sa.Column('idempotency_key', sa.String(length=200), nullable=True, comment='At most one job ever has this key: asking twice starts one.'),
    sa.Column('run_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='Not before this moment.'),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('max_attempts', sa.Integer(), server_default=sa.text('5'), nullable=False),
    sa.Column('crashes', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='Times the worker died with it; the third time puts it in quarantine.'),
    sa.Column('timeout_s', sa.Integer(), server_default=sa.text('3600'), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True, comment='Taken over by another worker after this moment.'),
    sa.Column('fence', sa.BigInteger(), server_default=sa.text('0'), nullable=False, comment='Grows with each claim: an older holder can no longer write.'),
    sa.Column('handed_at', sa.DateTime(timezone=True), nullable=True, comment='Last handed to the queue.'),
    sa.Column('worker', sa.String(length=200), nullable=True, comment='Who holds it, or held it last.'),
    sa.Column('checkpoint', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Where it goes on after an interruption.'),
    sa.Column('progress_done', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('progress_total', sa.BigInteger(), nullable=True, comment='Empty: not known yet.'),
    sa.Column('progress_note', sa.String(length=200), nullable=True),
    sa.Column('eta_at', sa.DateTime(timezone=True), nullable=True, comment='When it should be done at its present pace; empty: unknown.'),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Counts and ids of what was made.'),
    sa.Column('error', sa.Text(), nullable=True, comment='Why it failed, in words, without personal data.'),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('selection_id', sa.Uuid(), nullable=True),
    sa.Column('actor_id', sa.Uuid(), nullable=True, comment='Who asked for it; empty: the schedule.'),
    sa.Column('change_set_id', sa.Uuid(), nullable=True, comment='Change-set in which it was asked for; that row may be made after this one.'),
    sa.Column('request_id', sa.String(length=200), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state <> 'running' OR lease_until IS NOT NULL", name=op.f('ck_jobs_running_has_lease')),
    sa.CheckConstraint("state NOT IN ('done', 'failed', 'quarantined', 'cancelled') OR finished_at IS NOT NULL", name=op.f('ck_jobs_ended_has_time')),
    sa.CheckConstraint('attempts >= 0 AND max_attempts > 0 AND crashes >= 0', name=op.f('ck_jobs_attempts_counted')),
    sa.CheckConstraint('progress_done >= 0 AND (progress_total IS NULL OR progress_total >= 0)', name=op.f('ck_jobs_progress')),
    sa.ForeignKeyConstraint(['actor_id'], ['admin.staff_members.id'], name=op.f('fk_jobs_actor_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['parent_id'], ['admin.jobs.id'], name=op.f('fk_jobs_parent_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['selection_id'], ['admin.selections.id'], name=op.f('fk_jobs_selection_id_selections'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_jobs_idempotency_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_jobs_actor_id_created_at'), 'jobs', ['actor_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_jobs_change_set_id'), 'jobs', ['change_set_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_jobs_created_at_id'), 'jobs', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_jobs_finished_at_id'), 'jobs', ['finished_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_jobs_leased', 'jobs', ['lease_until'], unique=False, schema='admin', postgresql_where=sa.text("state = 'running'"))
    op.create_index(op.f('ix_jobs_name_created_at_id'), 'jobs', ['name', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_jobs_parent_id'), 'jobs', ['parent_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_jobs_selection_id'), 'jobs', ['selection_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_jobs_state_created_at_id'), 'jobs', ['state', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_jobs_to_hand', 'jobs', ['queue', 'priority', 'run_at'], unique=False, schema='admin', postgresql_where=sa.text("state = 'waiting' AND NOT paused"))
    op.create_index('uq_jobs_open_unique_key', 'jobs', ['unique_key'], unique=True, schema='admin', postgresql_where=sa.text("state IN ('waiting', 'running')"))
    op.create_table('people',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False, comment='The account this person belongs to.'),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('role', sa.Enum('owner', 'admin', 'member', 'billing', name='personrole', native_enum=False, create_constraint=True, length=40), server_default='member', nullable=False, comment="Rights inside the customer's own account."),
    sa.Column('job_title', sa.String(length=120), nullable=True),
    sa.Column('is_primary', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='The one we call first; at most one per customer.'),
    sa.Column('gets_invoices', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Receives invoices and payment links too.'),
    sa.Column('locale', sa.String(length=10), server_default='en-ZA', nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=True, comment='Key in the customer app.'),
    sa.Column('auth_user_id', sa.String(length=200), nullable=True, comment="Key in the customer app's sign-in service."),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True, comment='Latest event or sign-in.'),
    sa.Column('deactivated_at', sa.DateTime(timezone=True), nullable=True, comment='Since when this person may not sign in.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_people_customer_id_customers'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    sa.UniqueConstraint('customer_id', 'email', name=op.f('uq_people_customer_id_email')),
    sa.UniqueConstraint('external_id', name=op.f('uq_people_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_people_auth_user_id'), 'people', ['auth_user_id'], unique=False, schema='admin')
    op.create_index('ix_people_created_at', 'people', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_people_customer_id'), 'people', ['customer_id'], unique=False, schema='admin')
    op.create_index('ix_people_email_lower', 'people', [sa.literal_column('lower(email)')], unique=False, schema='admin')
    op.create_index('ix_people_email_trgm', 'people', ['email'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'email': 'gin_trgm_ops'})
    op.create_index('ix_people_last_seen_at', 'people', ['last_seen_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_people_name', 'people', ['name', 'id'], unique=False, schema='admin')
    op.create_index('ix_people_name_trgm', 'people', ['name'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'name': 'gin_trgm_ops'})
    op.create_index('ix_people_phone', 'people', ['phone'], unique=False, schema='admin')
    op.create_index('uq_people_primary', 'people', ['customer_id'], unique=True, schema='admin', postgresql_where=sa.text('is_primary'))
    op.create_table('price_migrations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('from_price_id', sa.Uuid(), nullable=False),
    sa.Column('to_price_id', sa.Uuid(), nullable=False),
    sa.Column('mode', sa.Enum('grandfather', 'at_renewal', 'on_date', name='migrationmode', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('planned', 'announced', 'running', 'done', 'cancelled', name='migrationstate', native_enum=False, create_constraint=True, length=40), server_default='planned', nullable=False),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=True, comment='When present subscribers move.'),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True, comment='When they were told.'),
    sa.Column('subscriptions_moved', sa.Integer(), server_default='0', nullable=False),
    sa.Column('mrr_difference_cents', sa.BigInteger(), nullable=True, comment='Expected change of recurring revenue.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("mode <> 'on_date' OR effective_at IS NOT NULL", name=op.f('ck_price_migrations_dated')),
    sa.CheckConstraint('from_price_id <> to_price_id', name=op.f('ck_price_migrations_two_prices')),
    sa.CheckConstraint('subscriptions_moved >= 0', name=op.f('ck_price_migrations_moved_not_negative')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['admin.staff_members.id'], name=op.f('fk_price_migrations_decided_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['from_price_id'], ['admin.prices.id'], name=op.f('fk_price_migrations_from_price_id_prices'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['to_price_id'], ['admin.prices.id'], name=op.f('fk_price_migrations_to_price_id_prices'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_migrations')),
    schema='admin'
    )
    op.create_index('ix_price_migrations_created_at', 'price_migrations', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_price_migrations_decided_by_id'), 'price_migrations', ['decided_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_price_migrations_from_price_id'), 'price_migrations', ['from_price_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_price_migrations_to_price_id'), 'price_migrations', ['to_price_id'], unique=False, schema='admin')
    op.create_table('promotion_codes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False, comment='Upper and lower case are the same.'),
    sa.Column('campaign_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Enum('percent', 'amount', 'credits', 'trial_days', name='discountkind', native_enum=False, create_constraint=True, length=40), server_default='percent', nullable=False),
    sa.Column('percent', sa.Numeric(precision=5, scale=2), nullable=True, comment='Taken off, in per cent.'),
    sa.Column('amount_cents', sa.BigInteger(), nullable=True, comment='Taken off, excluding VAT.'),
    sa.Column('credits', sa.BigInteger(), nullable=True, comment='Free credits.'),
    sa.Column('trial_days', sa.Integer(), nullable=True, comment='Days added to the trial.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('duration', sa.Enum('once', 'repeating', 'forever', name='discountduration', native_enum=False, create_constraint=True, length=40), server_default='once', nullable=False),
    sa.Column('duration_months', sa.Integer(), nullable=True, comment='For duration repeating.'),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True, comment='Empty: at once.'),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True, comment='Empty: open end.'),
    sa.Column('max_redemptions', sa.Integer(), nullable=True, comment='Empty: any number.'),
    sa.Column('max_per_customer', sa.Integer(), server_default='1', nullable=False),
    sa.Column('redemptions_count', sa.Integer(), server_default='0', nullable=False, comment='Counted under a lock.'),
    sa.Column('minimum_amount_cents', sa.BigInteger(), nullable=True, comment='Only for charges of at least this.'),
    sa.Column('first_purchase_only', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Empty: all product lines.'),
    sa.Column('customer_id', sa.Uuid(), nullable=True, comment='Only for this customer.'),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='Codes are switched off, not deleted.'),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(duration = 'repeating') = (duration_months IS NOT NULL)", name=op.f('ck_promotion_codes_months_given')),
    sa.CheckConstraint("(kind = 'amount') = (amount_cents IS NOT NULL)", name=op.f('ck_promotion_codes_amount_given')),
    sa.CheckConstraint("(kind = 'credits') = (credits IS NOT NULL)", name=op.f('ck_promotion_codes_credits_given')),
    sa.CheckConstraint("(kind = 'percent') = (percent IS NOT NULL)", name=op.f('ck_promotion_codes_percent_given')),
    sa.CheckConstraint("(kind = 'trial_days') = (trial_days IS NOT NULL)", name=op.f('ck_promotion_codes_trial_days_given')),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_promotion_codes_amount_positive')),
    sa.CheckConstraint('credits > 0', name=op.f('ck_promotion_codes_credits_positive')),
    sa.CheckConstraint('duration_months > 0', name=op.f('ck_promotion_codes_months_positive')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_promotion_codes_ends_after_start')),
    sa.CheckConstraint('max_per_customer > 0', name=op.f('ck_promotion_codes_per_customer_positive')),
    sa.CheckConstraint('max_redemptions > 0', name=op.f('ck_promotion_codes_limit_positive')),
    sa.CheckConstraint('max_redemptions IS NULL OR redemptions_count <= max_redemptions', name=op.f('ck_promotion_codes_within_limit')),
    sa.CheckConstraint('percent > 0 AND percent <= 100', name=op.f('ck_promotion_codes_percent_possible')),
    sa.CheckConstraint('redemptions_count >= 0', name=op.f('ck_promotion_codes_count_not_negative')),
    sa.CheckConstraint('trial_days > 0', name=op.f('ck_promotion_codes_trial_days_positive')),
    sa.ForeignKeyConstraint(['campaign_id'], ['admin.discount_campaigns.id'], name=op.f('fk_promotion_codes_campaign_id_discount_campaigns'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_promotion_codes_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_promotion_codes_customer_id_customers'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promotion_codes')),
    schema='admin'
    )
    op.create_index(op.f('ix_promotion_codes_campaign_id'), 'promotion_codes', ['campaign_id'], unique=False, schema='admin')
    op.create_index('ix_promotion_codes_code', 'promotion_codes', ['code', 'id'], unique=False, schema='admin')
    op.create_index('ix_promotion_codes_created_at', 'promotion_codes', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_promotion_codes_created_by_id'), 'promotion_codes', ['created_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_promotion_codes_customer_id'), 'promotion_codes', ['customer_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_promotion_codes_ends_at'), 'promotion_codes', ['ends_at'], unique=False, schema='admin')
    op.create_index('uq_promotion_codes_code_lower', 'promotion_codes', [sa.literal_column('lower(code)')], unique=True, schema='admin')
    op.create_table('prompt_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('prompt_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('messages', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Role and content of each message.'),
    sa.Column('provider', sa.String(length=80), nullable=True),
    sa.Column('model', sa.String(length=200), nullable=True),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('output_schema', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('variables', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False, comment='Names the app must fill in.'),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('summary', sa.String(length=200), nullable=True, comment='What changed, and why.'),
    sa.Column('findings', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='What the check found: contradictions, missing keys …'),
    sa.Column('based_on_id', sa.Uuid(), nullable=True),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('approved_by_id', sa.Uuid(), nullable=True, comment='Needed before production may point to it.'),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('number >= 1', name=op.f('ck_prompt_versions_number')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['admin.staff_members.id'], name=op.f('fk_prompt_versions_approved_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['based_on_id'], ['admin.prompt_versions.id'], name=op.f('fk_prompt_versions_based_on_id_prompt_versions'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_prompt_versions_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['prompt_id'], ['admin.prompts.id'], name=op.f('fk_prompt_versions_prompt_id_prompts'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prompt_versions')),
    sa.UniqueConstraint('prompt_id', 'content_hash', name=op.f('uq_prompt_versions_prompt_id_content_hash')),
    sa.UniqueConstraint('prompt_id', 'number', name=op.f('uq_prompt_versions_prompt_id_number')),
    schema='admin'
    )
    op.create_index(op.f('ix_prompt_versions_approved_by_id'), 'prompt_versions', ['approved_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_versions_based_on_id'), 'prompt_versions', ['based_on_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_versions_created_at_id'), 'prompt_versions', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_versions_created_by_id'), 'prompt_versions', ['created_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_versions_model'), 'prompt_versions', ['model'], unique=False, schema='admin')
    op.create_table('provider_costs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('provider', sa.String(length=80), nullable=False, comment='openai, supabase, vercel, sentry, yoco …'),
    sa.Column('category', sa.Enum('ai', 'hosting', 'database', 'storage', 'error_tracking', 'payment_fees', 'email', 'other', name='costcategory', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('day', sa.Date(), nullable=False, comment='UTC day, as the provider bills.'),
    sa.Column('project', sa.String(length=200), nullable=True, comment="The provider's project."),
    sa.Column('model', sa.String(length=200), nullable=True, comment='AI model, where the cost has one.'),
    sa.Column('line_item', sa.String(length=200), nullable=True, comment="The provider's word for what was billed."),
    sa.Column('account_key', sa.String(length=200), nullable=True, comment='Name of the key or account billed; never the key.'),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Where a cost serves one product alone.'),
    sa.Column('amount', sa.Numeric(precision=20, scale=10), nullable=False, comment="As billed, in the provider's currency."),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('quantity', sa.Numeric(precision=24, scale=6), nullable=True),
    sa.Column('unit', sa.String(length=80), nullable=True, comment='What the quantity counts: tokens, GB, requests.'),
    sa.Column('source', sa.Enum('api', 'csv', 'typed', 'computed', name='costsource', native_enum=False, create_constraint=True, length=40), server_default='typed', nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('quantity >= 0', name=op.f('ck_provider_costs_quantity_not_negative')),
    sa.ForeignKeyConstraint(['import_id'], ['admin.cost_imports.id'], name=op.f('fk_provider_costs_import_id_cost_imports'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_costs')),
    sa.UniqueConstraint('provider', 'day', 'project', 'model', 'line_item', 'account_key', 'currency', name='uq_provider_costs_line', postgresql_nulls_not_distinct=True),
    schema='admin'
    )
    op.create_index('ix_provider_costs_category', 'provider_costs', ['category', 'day'], unique=False, schema='admin')
    op.create_index('ix_provider_costs_day', 'provider_costs', ['day', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_provider_costs_import_id'), 'provider_costs', ['import_id'], unique=False, schema='admin')
    op.create_index('ix_provider_costs_model', 'provider_costs', ['model', 'day'], unique=False, schema='admin')
    op.create_table('regression_cases',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('prompt_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('inputs', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Values of the variables; an invented or anonymised CV.'),
    sa.Column('expected', sa.Enum('shortlist', 'consider', 'reject', name='recommendation', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('rules', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='What else must hold: score range, evidence grounded …'),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['prompt_id'], ['admin.prompts.id'], name=op.f('fk_regression_cases_prompt_id_prompts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regression_cases')),
    sa.UniqueConstraint('prompt_id', 'name', name=op.f('uq_regression_cases_prompt_id_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_regression_cases_created_at_id'), 'regression_cases', ['created_at', 'id'], unique=False, schema='admin')
    op.create_table('report_roles',
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('role_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['admin.reports.id'], name=op.f('fk_report_roles_report_id_reports'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['admin.roles.id'], name=op.f('fk_report_roles_role_id_roles'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('report_id', 'role_id', name=op.f('pk_report_roles')),
    schema='admin',
    comment='With which roles a report is shared.'
    )
    op.create_index(op.f('ix_report_roles_role_id'), 'report_roles', ['role_id'], unique=False, schema='admin')
    op.create_table('report_schedules',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True, comment='Paused when this member leaves.'),
    sa.Column('cron', sa.String(length=80), nullable=False),
    sa.Column('timezone', sa.String(length=80), server_default=sa.text("'Africa/Johannesburg'"), nullable=False),
    sa.Column('period', sa.String(length=80), server_default=sa.text("'previous_day'"), nullable=False, comment='Which span each run covers.'),
    sa.Column('formats', sa.ARRAY(sa.Text()), server_default=sa.text("'{csv}'::text[]"), nullable=False),
    sa.Column('recipients', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
    sa.Column('skip_when_empty', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('only_when_changed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('paused_reason', sa.String(length=200), nullable=True),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_slot', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_report_schedules_owner_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['report_id'], ['admin.reports.id'], name=op.f('fk_report_schedules_report_id_reports'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_schedules')),
    schema='admin'
    )
    op.create_index(op.f('ix_report_schedules_created_at_id'), 'report_schedules', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_report_schedules_due', 'report_schedules', ['next_at'], unique=False, schema='admin', postgresql_where=sa.text('enabled'))
    op.create_index(op.f('ix_report_schedules_owner_id'), 'report_schedules', ['owner_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_report_schedules_report_id'), 'report_schedules', ['report_id'], unique=False, schema='admin')
    op.create_table('selection_keys',
    sa.Column('selection_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False, comment='Order in which the rows are worked.'),
    sa.Column('record_key', sa.Text(), nullable=False, comment="The row's key as text."),
    sa.ForeignKeyConstraint(['selection_id'], ['admin.selections.id'], name=op.f('fk_selection_keys_selection_id_selections'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('selection_id', 'position', name=op.f('pk_selection_keys')),
    schema='admin'
    )
    op.create_table('staff_own_accounts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_staff_own_accounts_customer_id_customers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_staff_own_accounts_member_id_staff_members'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_own_accounts')),
    sa.UniqueConstraint('member_id', 'customer_id', name=op.f('uq_staff_own_accounts_member_id_customer_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_staff_own_accounts_created_at_id'), 'staff_own_accounts', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_staff_own_accounts_customer_id'), 'staff_own_accounts', ['customer_id'], unique=False, schema='admin')
    op.create_table('suspensions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('category', sa.Enum('non_payment', 'abuse', 'fraud', 'security', 'customer_request', 'other', name='suspensioncategory', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False, comment='For the team.'),
    sa.Column('message', sa.Text(), nullable=True, comment='What the customer is shown.'),
    sa.Column('previous_status', sa.Enum('trial', 'active', 'past_due', 'paused', 'cancelled', 'suspended', 'closed', name='customerstatus', native_enum=False, create_constraint=True, length=40), nullable=False, comment='Restored when the suspension ends.'),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_by_id', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='Empty while suspended.'),
    sa.Column('ended_by_id', sa.Uuid(), nullable=True),
    sa.Column('end_reason', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('ended_at >= started_at', name=op.f('ck_suspensions_ends_after_start')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_suspensions_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['ended_by_id'], ['admin.staff_members.id'], name=op.f('fk_suspensions_ended_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['started_by_id'], ['admin.staff_members.id'], name=op.f('fk_suspensions_started_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suspensions')),
    schema='admin'
    )
    op.create_index('ix_suspensions_customer', 'suspensions', ['customer_id', 'started_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_suspensions_ended_by_id'), 'suspensions', ['ended_by_id'], unique=False, schema='admin')
    op.create_index('ix_suspensions_started_at', 'suspensions', ['started_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_suspensions_started_by_id'), 'suspensions', ['started_by_id'], unique=False, schema='admin')
    op.create_index('uq_suspensions_open', 'suspensions', ['customer_id'], unique=True, schema='admin', postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('usage_days',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False, comment='Day in Johannesburg.'),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('people_count', sa.Integer(), server_default='0', nullable=False, comment='Different people who did it.'),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('count > 0', name=op.f('ck_usage_days_count_positive')),
    sa.CheckConstraint('people_count >= 0', name=op.f('ck_usage_days_people_not_negative')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_usage_days_customer_id_customers'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_usage_days')),
    sa.UniqueConstraint('customer_id', 'day', 'name', name=op.f('uq_usage_days_customer_id_day_name')),
    schema='admin'
    )
    op.create_index('ix_usage_days_day', 'usage_days', ['day', 'id'], unique=False, schema='admin')
    op.create_index('ix_usage_days_name', 'usage_days', ['name', 'day'], unique=False, schema='admin')
    op.create_table('access_keys',
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('subject_kind', sa.String(length=80), nullable=False),
    sa.Column('subject_key', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['admin.access_entries.id'], name=op.f('fk_access_keys_entry_id_access_entries'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', 'position', name=op.f('pk_access_keys')),
    schema='admin'
    )
    op.create_index(op.f('ix_access_keys_subject_kind_subject_key'), 'access_keys', ['subject_kind', 'subject_key'], unique=False, schema='admin')
    op.create_table('alert_notifications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('incident_id', sa.Uuid(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('firing', 'repeated', 'escalated', 'resolved', 'test', name='notificationkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('number', sa.Integer(), server_default=sa.text('1'), nullable=False, comment='Counts repeats.'),
    sa.Column('state', sa.Enum('queued', 'sent', 'failed', 'silenced', name='notificationstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'queued'"), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['admin.alert_channels.id'], name=op.f('fk_alert_notifications_channel_id_alert_channels'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['incident_id'], ['admin.alert_incidents.id'], name=op.f('fk_alert_notifications_incident_id_alert_incidents'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_alert_notifications_job_id_jobs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_notifications')),
    sa.UniqueConstraint('incident_id', 'channel_id', 'kind', 'number', name=op.f('uq_alert_notifications_incident_id_channel_id_kind_number')),
    schema='admin'
    )
    op.create_index(op.f('ix_alert_notifications_channel_id_created_at'), 'alert_notifications', ['channel_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_alert_notifications_created_at_id'), 'alert_notifications', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_alert_notifications_job_id'), 'alert_notifications', ['job_id'], unique=False, schema='admin')
    op.create_table('announcement_receipts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('announcement_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('clicked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dismissed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['announcement_id'], ['admin.announcements.id'], name=op.f('fk_announcement_receipts_announcement_id_announcements'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_announcement_receipts_customer_id_customers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_announcement_receipts_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_receipts')),
    sa.UniqueConstraint('announcement_id', 'customer_id', 'person_id', name=op.f('uq_announcement_receipts_announcement_id_customer_id_person_id'), postgresql_nulls_not_distinct=True),
    schema='admin'
    )
    op.create_index('ix_announcement_receipts_customer', 'announcement_receipts', ['customer_id', 'seen_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_announcement_receipts_person_id'), 'announcement_receipts', ['person_id'], unique=False, schema='admin')
    op.create_table('artifacts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False, comment='File name offered for the download.'),
    sa.Column('kind', sa.String(length=80), nullable=False, comment='Export, report, access pack, certificate …'),
    sa.Column('media_type', sa.String(length=80), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=200), nullable=False),
    sa.Column('storage', sa.String(length=80), server_default=sa.text("'local'"), nullable=False),
    sa.Column('location', sa.String(length=200), nullable=False, comment='Key in the storage.'),
    sa.Column('permission', sa.String(length=80), nullable=True, comment='Needed to download it, besides owning it.'),
    sa.Column('personal', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='Holds personal data.'),
    sa.Column('encrypted', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('downloads', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('last_downloaded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('size_bytes >= 0', name=op.f('ck_artifacts_size')),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_artifacts_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['owner_id'], ['admin.staff_members.id'], name=op.f('fk_artifacts_owner_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_artifacts')),
    sa.UniqueConstraint('location', name=op.f('uq_artifacts_location')),
    schema='admin'
    )
    op.create_index(op.f('ix_artifacts_created_at_id'), 'artifacts', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_artifacts_job_id_created_at'), 'artifacts', ['job_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_artifacts_owner_id_created_at'), 'artifacts', ['owner_id', 'created_at'], unique=False, schema='admin')
    op.create_index('ix_artifacts_to_delete', 'artifacts', ['expires_at'], unique=False, schema='admin', postgresql_where=sa.text('deleted_at IS NULL'))
    op.create_table('candidates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False, comment='The employer or agency that is responsible for the data.'),
    sa.Column('job_role_id', sa.Uuid(), nullable=True),
    sa.Column('source', sa.String(length=80), server_default=sa.text("'app'"), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=True),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('location', sa.String(length=200), nullable=True),
    sa.Column('date_of_birth', sa.Date(), nullable=True),
    sa.Column('is_minor', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Under 18: held until a guardian consents.'),
    sa.Column('current_title', sa.String(length=200), nullable=True),
    sa.Column('current_company', sa.String(length=200), nullable=True),
    sa.Column('years_experience', sa.Numeric(precision=4, scale=1), nullable=True),
    sa.Column('education_level', sa.String(length=80), nullable=True),
    sa.Column('status', sa.Enum('new', 'shortlist', 'talent_pool', 'reject', 'review_requested', 'interviewed', 'hired', 'withdrawn', name='candidatestatus', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'new'"), nullable=False),
    sa.Column('training_consent', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='The CV may be used to train, with personal data removed.'),
    sa.Column('last_screened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retain_until', sa.DateTime(timezone=True), nullable=True, comment='Erased after this moment unless held.'),
    sa.Column('restricted_at', sa.DateTime(timezone=True), nullable=True, comment='Only stored, not used (POPIA section 14(6)).'),
    sa.Column('restricted_reason', sa.Text(), nullable=True),
    sa.Column('contested_note', sa.Text(), nullable=True, comment="The person's own statement: shown wherever the data is shown (POPIA section 24)."),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('years_experience IS NULL OR years_experience BETWEEN 0 AND 80', name=op.f('ck_candidates_years')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_candidates_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['job_role_id'], ['admin.job_roles.id'], name=op.f('fk_candidates_job_role_id_job_roles'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_candidates')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_candidates_source_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_candidates_created_at_id'), 'candidates', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_candidates_customer_id_created_at_id'), 'candidates', ['customer_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_candidates_email_lower', 'candidates', [sa.literal_column('lower(email)')], unique=False, schema='admin')
    op.create_index('ix_candidates_email_trgm', 'candidates', ['email'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'email': 'gin_trgm_ops'})
    op.create_index(op.f('ix_candidates_job_role_id_created_at_id'), 'candidates', ['job_role_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_candidates_last_screened_at_id'), 'candidates', ['last_screened_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_candidates_name_trgm', 'candidates', ['name'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'name': 'gin_trgm_ops'})
    op.create_index(op.f('ix_candidates_phone'), 'candidates', ['phone'], unique=False, schema='admin')
    op.create_index('ix_candidates_retention', 'candidates', ['retain_until'], unique=False, schema='admin', postgresql_where=sa.text('erased_at IS NULL'))
    op.create_index(op.f('ix_candidates_status_created_at_id'), 'candidates', ['status', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('change_sets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('form', 'inline', 'bulk', 'import', 'action', 'api', 'job', 'undo', 'command', name='changekind', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'form'"), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=True, comment='What was done, in words without personal data.'),
    sa.Column('action', sa.String(length=80), nullable=True),
    sa.Column('actor_kind', sa.Enum('member', 'system', 'api_key', 'schedule', 'public', name='actorkind', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'member'"), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('actor_key', sa.String(length=200), nullable=True, comment='Job, API key or schedule that acted.'),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('request_id', sa.String(length=200), nullable=True),
    sa.Column('txid', sa.BigInteger(), nullable=True, comment='Transaction in which it began.'),
    sa.Column('row_count', sa.BigInteger(), nullable=True, comment='Rows changed, when counted.'),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('undoes_id', sa.Uuid(), nullable=True),
    sa.Column('undoable', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='False: it had effects outside, or too many rows went with it.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['admin.staff_members.id'], name=op.f('fk_change_sets_actor_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_change_sets_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['undoes_id'], ['admin.change_sets.id'], name=op.f('fk_change_sets_undoes_id_change_sets'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_sets')),
    schema='admin'
    )
    op.create_index(op.f('ix_change_sets_actor_id_created_at_id'), 'change_sets', ['actor_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_change_sets_created_at_id'), 'change_sets', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_change_sets_job_id_created_at'), 'change_sets', ['job_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_change_sets_kind_created_at_id'), 'change_sets', ['kind', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_change_sets_request_id'), 'change_sets', ['request_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_change_sets_undoes_id'), 'change_sets', ['undoes_id'], unique=False, schema='admin')
    op.create_table('customer_note_revisions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('note_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1 is the first text.'),
    sa.Column('body', sa.Text(), nullable=False, comment='The text of this version.'),
    sa.Column('editor_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_customer_note_revisions_number_positive')),
    sa.ForeignKeyConstraint(['editor_id'], ['admin.staff_members.id'], name=op.f('fk_customer_note_revisions_editor_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['note_id'], ['admin.customer_notes.id'], name=op.f('fk_customer_note_revisions_note_id_customer_notes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_note_revisions')),
    sa.UniqueConstraint('note_id', 'number', name=op.f('uq_customer_note_revisions_note_id_number')),
    schema='admin'
    )
    op.create_index(op.f('ix_customer_note_revisions_editor_id'), 'customer_note_revisions', ['editor_id'], unique=False, schema='admin')
    op.create_table('effects',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False, comment='Job, mail, webhook …'),
    sa.Column('key', sa.String(length=200), nullable=True, comment='Asked for twice, done once.'),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Ids and names only.'),
    sa.Column('change_set_id', sa.Uuid(), nullable=True, comment='The change-set that asked for it.'),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_effects_job_id_jobs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_effects')),
    sa.UniqueConstraint('key', name=op.f('uq_effects_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_effects_change_set_id_id'), 'effects', ['change_set_id', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_effects_created_at_id'), 'effects', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_effects_job_id'), 'effects', ['job_id'], unique=False, schema='admin')
    op.create_index('ix_effects_open', 'effects', ['created_at'], unique=False, schema='admin', postgresql_where=sa.text('job_id IS NULL'))
    op.create_table('error_counts',
    sa.Column('issue_id', sa.Uuid(), nullable=False),
    sa.Column('hour', sa.DateTime(timezone=True), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('received', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('dropped', sa.BigInteger(), server_default=sa.text('0'), nullable=False, comment='Over quota, here.'),
    sa.Column('lost_at_client', sa.BigInteger(), server_default=sa.text('0'), nullable=False, comment='As the sender said.'),
    sa.ForeignKeyConstraint(['issue_id'], ['admin.error_issues.id'], name=op.f('fk_error_counts_issue_id_error_issues'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['admin.error_projects.id'], name=op.f('fk_error_counts_project_id_error_projects'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('issue_id', 'hour', name=op.f('pk_error_counts')),
    schema='admin'
    )
    op.create_index(op.f('ix_error_counts_hour_project_id'), 'error_counts', ['hour', 'project_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_counts_project_id'), 'error_counts', ['project_id'], unique=False, schema='admin')
    op.create_table('error_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('issue_id', sa.Uuid(), nullable=False),
    sa.Column('release_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('event_id', sa.String(length=32), nullable=False),
    sa.Column('level', sa.Enum('debug', 'info', 'warning', 'error', 'fatal', name='errorlevel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('kind', sa.String(length=200), nullable=True),
    sa.Column('handled', sa.Boolean(), nullable=True),
    sa.Column('environment', sa.String(length=80), nullable=True),
    sa.Column('platform', sa.String(length=80), nullable=True),
    sa.Column('sdk', sa.String(length=200), nullable=True),
    sa.Column('server_name', sa.String(length=200), nullable=True),
    sa.Column('route', sa.String(length=200), nullable=True),
    sa.Column('trace_id', sa.String(length=200), nullable=True),
    sa.Column('user_key', sa.String(length=200), nullable=True),
    sa.Column('ip', postgresql.INET(), nullable=True),
    sa.Column('tags', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('exceptions', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Type, value and stack of each, outermost last.'),
    sa.Column('breadcrumbs', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('request', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('contexts', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('scrubbed', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False, comment='What was taken out on arrival.'),
    sa.Column('keep_weight', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='Goes first when high.'),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_error_events_customer_id_customers'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['issue_id'], ['admin.error_issues.id'], name=op.f('fk_error_events_issue_id_error_issues'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['admin.error_projects.id'], name=op.f('fk_error_events_project_id_error_projects'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['release_id'], ['admin.releases.id'], name=op.f('fk_error_events_release_id_releases'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_error_events')),
    sa.UniqueConstraint('project_id', 'event_id', name=op.f('uq_error_events_project_id_event_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_error_events_customer_id_occurred_at_id'), 'error_events', ['customer_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_events_issue_id_occurred_at_id'), 'error_events', ['issue_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_events_level_occurred_at_id'), 'error_events', ['level', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_events_occurred_at_id'), 'error_events', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_error_events_release_id'), 'error_events', ['release_id'], unique=False, schema='admin')
    op.create_index('ix_error_events_tags', 'error_events', ['tags'], unique=False, schema='admin', postgresql_using='gin')
    op.create_index(op.f('ix_error_events_trace_id'), 'error_events', ['trace_id'], unique=False, schema='admin')
    op.create_table('error_issue_hashes',
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('method_version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('issue_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['admin.error_issues.id'], name=op.f('fk_error_issue_hashes_issue_id_error_issues'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['admin.error_projects.id'], name=op.f('fk_error_issue_hashes_project_id_error_projects'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', 'method_version', 'digest', name=op.f('pk_error_issue_hashes')),
    schema='admin'
    )
    op.create_index(op.f('ix_error_issue_hashes_issue_id'), 'error_issue_hashes', ['issue_id'], unique=False, schema='admin')
    op.create_table('experiment_arms',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('experiment_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('weight', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('is_control', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('is_winner', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint('weight > 0', name=op.f('ck_experiment_arms_weight')),
    sa.ForeignKeyConstraint(['experiment_id'], ['admin.experiments.id'], name=op.f('fk_experiment_arms_experiment_id_experiments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['version_id'], ['admin.prompt_versions.id'], name=op.f('fk_experiment_arms_version_id_prompt_versions'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_experiment_arms')),
    sa.UniqueConstraint('experiment_id', 'name', name=op.f('uq_experiment_arms_experiment_id_name')),
    sa.UniqueConstraint('experiment_id', 'position', name=op.f('uq_experiment_arms_experiment_id_position')),
    schema='admin'
    )
    op.create_index(op.f('ix_experiment_arms_version_id'), 'experiment_arms', ['version_id'], unique=False, schema='admin')
    op.create_index('uq_experiment_arms_control', 'experiment_arms', ['experiment_id'], unique=True, schema='admin', postgresql_where=sa.text('is_control'))
    op.create_table('experiment_looks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('experiment_id', sa.Uuid(), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('arms', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Cases and successes of each arm.'),
    sa.Column('effect', sa.Numeric(precision=12, scale=8), nullable=True),
    sa.Column('half_width', sa.Numeric(precision=12, scale=8), nullable=True),
    sa.Column('p_always_valid', sa.Numeric(precision=12, scale=10), nullable=True),
    sa.Column('p_sample_ratio', sa.Numeric(precision=12, scale=10), nullable=True),
    sa.Column('significant', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('guardrails', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['admin.experiments.id'], name=op.f('fk_experiment_looks_experiment_id_experiments'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_experiment_looks')),
    sa.UniqueConstraint('experiment_id', 'looked_at', name=op.f('uq_experiment_looks_experiment_id_looked_at')),
    schema='admin'
    )
    op.create_index(op.f('ix_experiment_looks_looked_at_id'), 'experiment_looks', ['looked_at', 'id'], unique=False, schema='admin')
    op.create_table('in_app_notifications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True, comment='Empty: all people of the customer.'),
    sa.Column('kind', sa.String(length=80), nullable=False, comment='billing, product, security …'),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('link_url', sa.String(length=2000), nullable=True),
    sa.Column('dedup_key', sa.String(length=80), nullable=True, comment='Asked for twice, shown once.'),
    sa.Column('sent_by_id', sa.Uuid(), nullable=True, comment='Empty when the product did it.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('clicked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dismissed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('expires_at > created_at', name=op.f('ck_in_app_notifications_expires_later')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_in_app_notifications_customer_id_customers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_in_app_notifications_person_id_people'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sent_by_id'], ['admin.staff_members.id'], name=op.f('fk_in_app_notifications_sent_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_in_app_notifications')),
    sa.UniqueConstraint('dedup_key', name=op.f('uq_in_app_notifications_dedup_key')),
    schema='admin'
    )
    op.create_index('ix_in_app_notifications_created_at', 'in_app_notifications', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_in_app_notifications_customer', 'in_app_notifications', ['customer_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_in_app_notifications_kind', 'in_app_notifications', ['kind', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_in_app_notifications_person_id'), 'in_app_notifications', ['person_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_in_app_notifications_sent_by_id'), 'in_app_notifications', ['sent_by_id'], unique=False, schema='admin')
    op.create_table('incoming_webhooks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('external_key', sa.String(length=200), nullable=False, comment="The sender's id of the message: processed once."),
    sa.Column('event_type', sa.String(length=80), nullable=True),
    sa.Column('signature_ok', sa.Boolean(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('headers', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Without credentials.'),
    sa.Column('ip', postgresql.INET(), nullable=True),
    sa.Column('state', sa.Enum('received', 'processed', 'ignored', 'failed', 'refused', name='incomingstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'received'"), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('processed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_incoming_webhooks_job_id_jobs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming_webhooks')),
    sa.UniqueConstraint('source', 'external_key', name=op.f('uq_incoming_webhooks_source_external_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_incoming_webhooks_job_id'), 'incoming_webhooks', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_incoming_webhooks_received_at_id'), 'incoming_webhooks', ['received_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_incoming_webhooks_source_received_at_id'), 'incoming_webhooks', ['source', 'received_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_incoming_webhooks_state_received_at_id'), 'incoming_webhooks', ['state', 'received_at', 'id'], unique=False, schema='admin')
    op.create_table('job_attempts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=False),
    sa.Column('fence', sa.BigInteger(), nullable=False),
    sa.Column('worker', sa.String(length=200), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=80), nullable=True, comment='Done, failed, crashed, lost its lease, paused or cancelled.'),
    sa.Column('error', sa.Text(), nullable=True, comment='Message and stack; may quote data.'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_job_attempts_job_id_jobs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_attempts')),
    sa.UniqueConstraint('job_id', 'fence', name=op.f('uq_job_attempts_job_id_fence')),
    schema='admin'
    )
    op.create_index(op.f('ix_job_attempts_started_at_id'), 'job_attempts', ['started_at', 'id'], unique=False, schema='admin')
    op.create_table('job_outcomes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False, comment='Line of the file, or place in the selection.'),
    sa.Column('kind', sa.Enum('done', 'skipped', 'refused', 'failed', name='outcomekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('model_key', sa.String(length=130), nullable=True),
    sa.Column('record_key', sa.String(length=200), nullable=True),
    sa.Column('message', sa.Text(), nullable=True, comment='Why, in words.'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_job_outcomes_job_id_jobs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_outcomes')),
    sa.UniqueConstraint('job_id', 'position', name=op.f('uq_job_outcomes_job_id_position')),
    schema='admin'
    )
    op.create_index(op.f('ix_job_outcomes_job_id_kind_position'), 'job_outcomes', ['job_id', 'kind', 'position'], unique=False, schema='admin')
    op.create_table('job_schedules',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('job_name', sa.String(length=80), nullable=False),
    sa.Column('cron', sa.String(length=80), nullable=False, comment='Minute, hour, day of month, month, day of week.'),
    sa.Column('timezone', sa.String(length=80), server_default=sa.text("'Africa/Johannesburg'"), nullable=False),
    sa.Column('catch_up', sa.Enum('latest', 'all', 'skip', name='catchup', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'latest'"), nullable=False),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('declared', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='False: its plugin is gone; kept for the history.'),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_slot', sa.DateTime(timezone=True), nullable=True, comment='Newest occurrence that became a job.'),
    sa.Column('last_job_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['last_job_id'], ['admin.jobs.id'], name=op.f('fk_job_schedules_last_job_id_jobs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_schedules')),
    sa.UniqueConstraint('name', name=op.f('uq_job_schedules_name')),
    schema='admin'
    )
    op.create_index('ix_job_schedules_due', 'job_schedules', ['next_at'], unique=False, schema='admin', postgresql_where=sa.text('enabled'))
    op.create_index(op.f('ix_job_schedules_last_job_id'), 'job_schedules', ['last_job_id'], unique=False, schema='admin')
    op.create_table('job_slots',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False, comment='The schedule.'),
    sa.Column('slot', sa.DateTime(timezone=True), nullable=False, comment='The moment the clock meant.'),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_job_slots_job_id_jobs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_slots')),
    sa.UniqueConstraint('name', 'slot', name=op.f('uq_job_slots_name_slot')),
    schema='admin'
    )
    op.create_index(op.f('ix_job_slots_job_id'), 'job_slots', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_job_slots_slot_id'), 'job_slots', ['slot', 'id'], unique=False, schema='admin')
    op.create_table('job_steps',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False, comment='Same over all attempts; sent along as idempotency key.'),
    sa.Column('state', sa.Enum('intended', 'done', 'failed', name='stepstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'intended'"), nullable=False),
    sa.Column('intent', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Ids of what is sent.'),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Ids and states of what came back.'),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('calls', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='How often the other side was called.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_job_steps_job_id_jobs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_steps')),
    sa.UniqueConstraint('job_id', 'key', name=op.f('uq_job_steps_job_id_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_job_steps_created_at_id'), 'job_steps', ['created_at', 'id'], unique=False, schema='admin')
    op.create_table('mail_fetch_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mailbox_id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('outcome', sa.Enum('ok', 'connect_failed', 'tls_failed', 'login_failed', 'folder_failed', 'fetch_failed', 'timed_out', name='fetchoutcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('seen', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('taken', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='CVs taken in.'),
    sa.Column('refused', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('phases', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Milliseconds of each phase.'),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('seen >= 0 AND taken >= 0 AND refused >= 0', name=op.f('ck_mail_fetch_runs_counted')),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_mail_fetch_runs_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['mailbox_id'], ['admin.imap_mailboxes.id'], name=op.f('fk_mail_fetch_runs_mailbox_id_imap_mailboxes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_fetch_runs')),
    schema='admin'
    )
    op.create_index(op.f('ix_mail_fetch_runs_job_id'), 'mail_fetch_runs', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_fetch_runs_mailbox_id_started_at_id'), 'mail_fetch_runs', ['mailbox_id', 'started_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_fetch_runs_outcome_started_at_id'), 'mail_fetch_runs', ['outcome', 'started_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_fetch_runs_started_at_id'), 'mail_fetch_runs', ['started_at', 'id'], unique=False, schema='admin')
    op.create_table('promotion_code_plans',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code_id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['admin.promotion_codes.id'], name=op.f('fk_promotion_code_plans_code_id_promotion_codes'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.plans.id'], name=op.f('fk_promotion_code_plans_plan_id_plans'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promotion_code_plans')),
    sa.UniqueConstraint('code_id', 'plan_id', name=op.f('uq_promotion_code_plans_code_id_plan_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_promotion_code_plans_plan_id'), 'promotion_code_plans', ['plan_id'], unique=False, schema='admin')
    op.create_table('prompt_labels',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('prompt_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('previous_version_id', sa.Uuid(), nullable=True),
    sa.Column('protected', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Only an approved version, and only with the right to release.'),
    sa.Column('moved_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('moved_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['moved_by_id'], ['admin.staff_members.id'], name=op.f('fk_prompt_labels_moved_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['previous_version_id'], ['admin.prompt_versions.id'], name=op.f('fk_prompt_labels_previous_version_id_prompt_versions'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['prompt_id'], ['admin.prompts.id'], name=op.f('fk_prompt_labels_prompt_id_prompts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['version_id'], ['admin.prompt_versions.id'], name=op.f('fk_prompt_labels_version_id_prompt_versions'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prompt_labels')),
    sa.UniqueConstraint('prompt_id', 'name', name=op.f('uq_prompt_labels_prompt_id_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_prompt_labels_moved_at_id'), 'prompt_labels', ['moved_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_labels_moved_by_id'), 'prompt_labels', ['moved_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_labels_previous_version_id'), 'prompt_labels', ['previous_version_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_labels_version_id'), 'prompt_labels', ['version_id'], unique=False, schema='admin')
    op.create_table('redemptions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), server_default='1', nullable=False, comment='Which use by this customer.'),
    sa.Column('redeemed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('discount_cents', sa.BigInteger(), server_default='0', nullable=False, comment='Given away so far.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('idempotency_key', sa.String(length=80), nullable=True),
    sa.CheckConstraint('discount_cents >= 0', name=op.f('ck_redemptions_discount_not_negative')),
    sa.CheckConstraint('number > 0', name=op.f('ck_redemptions_number_positive')),
    sa.ForeignKeyConstraint(['code_id'], ['admin.promotion_codes.id'], name=op.f('fk_redemptions_code_id_promotion_codes'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_redemptions_customer_id_customers'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redemptions')),
    sa.UniqueConstraint('code_id', 'customer_id', 'number', name=op.f('uq_redemptions_code_id_customer_id_number')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_redemptions_idempotency_key')),
    schema='admin'
    )
    op.create_index('ix_redemptions_customer', 'redemptions', ['customer_id', 'redeemed_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_redemptions_redeemed_at', 'redemptions', ['redeemed_at', 'id'], unique=False, schema='admin')
    op.create_table('regression_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('passed', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('failed', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('results', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('passed >= 0 AND failed >= 0', name=op.f('ck_regression_runs_counted')),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_regression_runs_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['version_id'], ['admin.prompt_versions.id'], name=op.f('fk_regression_runs_version_id_prompt_versions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regression_runs')),
    schema='admin'
    )
    op.create_index(op.f('ix_regression_runs_job_id'), 'regression_runs', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_regression_runs_started_at_id'), 'regression_runs', ['started_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_regression_runs_version_id_started_at'), 'regression_runs', ['version_id', 'started_at'], unique=False, schema='admin')
    op.create_table('report_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('schedule_id', sa.Uuid(), nullable=True),
    sa.Column('slot', sa.DateTime(timezone=True), nullable=True, comment='Occurrence of the schedule; empty: by hand.'),
    sa.Column('period_start', sa.DateTime(timezone=True), nullable=True),
    sa.Column('period_end', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'running', 'done', 'empty', 'failed', name='reportrunstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'waiting'"), nullable=False),
    sa.Column('definition', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='As it was for this run.'),
    sa.Column('definition_version', sa.Integer(), nullable=False),
    sa.Column('row_count', sa.BigInteger(), nullable=True),
    sa.Column('truncated_at', sa.BigInteger(), nullable=True, comment='Cut at this number of rows; empty: complete.'),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='The figures it showed, with their definitions.'),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('sha256', sa.String(length=200), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('requested_by_id', sa.Uuid(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('resent_from_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('row_count >= 0', name=op.f('ck_report_runs_rows_counted')),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_report_runs_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['report_id'], ['admin.reports.id'], name=op.f('fk_report_runs_report_id_reports'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['requested_by_id'], ['admin.staff_members.id'], name=op.f('fk_report_runs_requested_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['resent_from_id'], ['admin.report_runs.id'], name=op.f('fk_report_runs_resent_from_id_report_runs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['schedule_id'], ['admin.report_schedules.id'], name=op.f('fk_report_runs_schedule_id_report_schedules'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_runs')),
    sa.UniqueConstraint('schedule_id', 'slot', name=op.f('uq_report_runs_schedule_id_slot')),
    schema='admin'
    )
    op.create_index(op.f('ix_report_runs_created_at_id'), 'report_runs', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_report_runs_job_id'), 'report_runs', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_report_runs_report_id_created_at'), 'report_runs', ['report_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_report_runs_requested_by_id_created_at'), 'report_runs', ['requested_by_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_report_runs_resent_from_id'), 'report_runs', ['resent_from_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_report_runs_state_created_at_id'), 'report_runs', ['state', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('retention_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('policy_id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('rows_due', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('rows_done', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('rows_held', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('rows_due >= 0 AND rows_done >= 0 AND rows_held >= 0', name=op.f('ck_retention_runs_counted')),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_retention_runs_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['policy_id'], ['admin.retention_policies.id'], name=op.f('fk_retention_runs_policy_id_retention_policies'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_runs')),
    schema='admin'
    )
    op.create_index(op.f('ix_retention_runs_job_id'), 'retention_runs', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_retention_runs_policy_id_started_at'), 'retention_runs', ['policy_id', 'started_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_retention_runs_started_at_id'), 'retention_runs', ['started_at', 'id'], unique=False, schema='admin')
    op.create_table('sign_ins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('succeeded', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('method', sa.Enum('password', 'magic_link', 'google', 'linkedin', 'microsoft', 'other', name='signinmethod', native_enum=False, create_constraint=True, length=40), server_default='password', nullable=False),
    sa.Column('ip', postgresql.INET(), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=True, comment='ISO country the address belongs to.'),
    sa.Column('device', sa.String(length=400), nullable=True, comment='Browser and system in words.'),
    sa.Column('user_agent', sa.String(length=400), nullable=True, comment='As the browser sent it.'),
    sa.Column('external_id', sa.String(length=200), nullable=True, comment='Key in the customer app: the same report twice counts once.'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_sign_ins_customer_id_customers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_sign_ins_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_ins')),
    sa.UniqueConstraint('external_id', name=op.f('uq_sign_ins_external_id')),
    schema='admin'
    )
    op.create_index('ix_sign_ins_customer', 'sign_ins', ['customer_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_sign_ins_ip', 'sign_ins', ['ip'], unique=False, schema='admin')
    op.create_index('ix_sign_ins_occurred_at', 'sign_ins', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_sign_ins_person', 'sign_ins', ['person_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_table('source_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mapping_id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('running', 'done', 'failed', name='runstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'running'"), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('from_watermark', sa.String(length=200), nullable=True),
    sa.Column('to_watermark', sa.String(length=200), nullable=True),
    sa.Column('rows_read', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('inserted', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('updated', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('unchanged', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('rejected', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.CheckConstraint('rows_read >= 0 AND inserted >= 0 AND updated >= 0 AND rejected >= 0 AND unchanged >= 0', name=op.f('ck_source_runs_counted')),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_source_runs_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['mapping_id'], ['admin.source_mappings.id'], name=op.f('fk_source_runs_mapping_id_source_mappings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source_runs')),
    schema='admin'
    )
    op.create_index(op.f('ix_source_runs_job_id'), 'source_runs', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_source_runs_mapping_id_started_at'), 'source_runs', ['mapping_id', 'started_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_source_runs_started_at_id'), 'source_runs', ['started_at', 'id'], unique=False, schema='admin')
    op.create_table('tickets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False, comment='The number the customer sees.'),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True, comment='Empty: nobody we know yet.'),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('requester_email', sa.String(length=320), nullable=True, comment='Who wrote, as the mail said.'),
    sa.Column('requester_name', sa.String(length=200), nullable=True),
    sa.Column('channel', sa.Enum('email', 'in_app', 'phone', 'whatsapp', 'staff', name='ticketchannel', native_enum=False, create_constraint=True, length=40), server_default='email', nullable=False),
    sa.Column('status', sa.Enum('new', 'open', 'pending_customer', 'on_hold', 'solved', 'closed', 'spam', 'merged', name='ticketstatus', native_enum=False, create_constraint=True, length=40), server_default='new', nullable=False),
    sa.Column('priority', sa.Enum('low', 'normal', 'high', 'urgent', name='priority', native_enum=False, create_constraint=True, length=40), server_default='normal', nullable=False),
    sa.Column('category', sa.String(length=80), nullable=True),
    sa.Column('tags', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('assignee_id', sa.Uuid(), nullable=True, comment='Who answers; empty: nobody yet.'),
    sa.Column('mailbox_id', sa.Uuid(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False, comment='When the first message arrived.'),
    sa.Column('first_response_at', sa.DateTime(timezone=True), nullable=True, comment='First answer by a person; automatic ones and notes do not count.'),
    sa.Column('solved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_message_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_customer_message_at', sa.DateTime(timezone=True), nullable=True, comment='Empty: none yet.'),
    sa.Column('sla_target_id', sa.Uuid(), nullable=True),
    sa.Column('calendar_version_id', sa.Uuid(), nullable=True, comment='The business hours that count for this ticket.'),
    sa.Column('first_response_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_response_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolution_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_into_id', sa.Uuid(), nullable=True, comment='Goes on there.'),
    sa.Column('follow_up_of_id', sa.Uuid(), nullable=True, comment='The closed ticket before it.'),
    sa.Column('external_id', sa.String(length=200), nullable=True, comment='Key in the customer app.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name=op.f('ck_tickets_merged_names_target')),
    sa.CheckConstraint("status NOT IN ('solved', 'closed') OR solved_at IS NOT NULL", name=op.f('ck_tickets_solved_when_known')),
    sa.CheckConstraint('first_response_at >= opened_at', name=op.f('ck_tickets_response_after_opening')),
    sa.CheckConstraint('merged_into_id <> id', name=op.f('ck_tickets_not_merged_into_itself')),
    sa.CheckConstraint('reopened_count >= 0', name=op.f('ck_tickets_reopened_not_negative')),
    sa.ForeignKeyConstraint(['assignee_id'], ['admin.staff_members.id'], name=op.f('fk_tickets_assignee_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['calendar_version_id'], ['admin.calendar_versions.id'], name=op.f('fk_tickets_calendar_version_id_calendar_versions'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_tickets_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['follow_up_of_id'], ['admin.tickets.id'], name=op.f('fk_tickets_follow_up_of_id_tickets'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['mailbox_id'], ['admin.support_mailboxes.id'], name=op.f('fk_tickets_mailbox_id_support_mailboxes'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['merged_into_id'], ['admin.tickets.id'], name=op.f('fk_tickets_merged_into_id_tickets'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_tickets_person_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['sla_target_id'], ['admin.sla_targets.id'], name=op.f('fk_tickets_sla_target_id_sla_targets'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tickets')),
    sa.UniqueConstraint('external_id', name=op.f('uq_tickets_external_id')),
    sa.UniqueConstraint('number', name=op.f('uq_tickets_number')),
    schema='admin'
    )
    op.create_index('ix_tickets_assignee', 'tickets', ['assignee_id', 'status', 'opened_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_tickets_calendar_version_id'), 'tickets', ['calendar_version_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_tickets_category'), 'tickets', ['category'], unique=False, schema='admin')
    op.create_index(op.f('ix_tickets_channel'), 'tickets', ['channel'], unique=False, schema='admin')
    op.create_index('ix_tickets_customer', 'tickets', ['customer_id', 'opened_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_tickets_follow_up_of_id'), 'tickets', ['follow_up_of_id'], unique=False, schema='admin')
    op.create_index('ix_tickets_last_message', 'tickets', ['last_message_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_tickets_mailbox_id'), 'tickets', ['mailbox_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_tickets_merged_into_id'), 'tickets', ['merged_into_id'], unique=False, schema='admin')
    op.create_index('ix_tickets_opened_at', 'tickets', ['opened_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_tickets_person_id'), 'tickets', ['person_id'], unique=False, schema='admin')
    op.create_index('ix_tickets_requester_email', 'tickets', ['requester_email', 'id'], unique=False, schema='admin')
    op.create_index('ix_tickets_resolution_due', 'tickets', ['status', 'resolution_due_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_tickets_response_due', 'tickets', ['status', 'first_response_due_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_tickets_sla_target_id'), 'tickets', ['sla_target_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_tickets_solved_at'), 'tickets', ['solved_at'], unique=False, schema='admin')
    op.create_index('ix_tickets_status_opened', 'tickets', ['status', 'opened_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_tickets_status_priority', 'tickets', ['status', 'priority', 'opened_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_tickets_subject_trgm', 'tickets', ['subject'], unique=False, schema='admin', postgresql_using='gin', postgresql_ops={'subject': 'gin_trgm_ops'})
    op.create_table('usage_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.Enum('api', 'database', 'server', 'import', name='eventsource', native_enum=False, create_constraint=True, length=40), server_default='api', nullable=False),
    sa.Column('event_key', sa.String(length=200), nullable=False, comment="The sender's id: the same event twice counts once."),
    sa.Column('name', sa.String(length=80), nullable=False, comment='What happened, e.g. cv_screened.'),
    sa.Column('customer_id', sa.Uuid(), nullable=True, comment='Empty: a visitor nobody knows.'),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('anonymous_key', sa.String(length=200), nullable=True, comment="A visitor's random key before signing up."),
    sa.Column('properties', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Numbers and words about it; personal data is refused.'),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False, comment="By the sender's clock, corrected."),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='By ours.'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_usage_events_customer_id_customers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_usage_events_person_id_people'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_usage_events')),
    sa.UniqueConstraint('source', 'event_key', name=op.f('uq_usage_events_source_event_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_usage_events_anonymous_key'), 'usage_events', ['anonymous_key'], unique=False, schema='admin')
    op.create_index('ix_usage_events_customer', 'usage_events', ['customer_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_usage_events_customer_name', 'usage_events', ['customer_id', 'name', 'occurred_at'], unique=False, schema='admin')
    op.create_index('ix_usage_events_name', 'usage_events', ['name', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_usage_events_occurred_at', 'usage_events', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_usage_events_person', 'usage_events', ['person_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_usage_events_received_at', 'usage_events', ['received_at', 'id'], unique=False, schema='admin')
    op.create_table('usage_sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False, comment='Time of the last event: a single event lasts 0 s.'),
    sa.Column('events_count', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('ended_at >= started_at', name=op.f('ck_usage_sessions_ends_after_start')),
    sa.CheckConstraint('events_count > 0', name=op.f('ck_usage_sessions_has_events')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_usage_sessions_customer_id_customers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_usage_sessions_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_usage_sessions')),
    sa.UniqueConstraint('person_id', 'started_at', name=op.f('uq_usage_sessions_person_id_started_at')),
    schema='admin'
    )
    op.create_index('ix_usage_sessions_customer', 'usage_sessions', ['customer_id', 'started_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_usage_sessions_started_at', 'usage_sessions', ['started_at', 'id'], unique=False, schema='admin')
    op.create_table('verifications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('outcome', sa.Enum('agrees', 'differs', 'failed', name='verificationoutcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('rows_compared', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('differences', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_verifications_job_id_jobs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verifications')),
    schema='admin'
    )
    op.create_index(op.f('ix_verifications_checked_at_id'), 'verifications', ['checked_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_verifications_job_id'), 'verifications', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_verifications_name_checked_at_id'), 'verifications', ['name', 'checked_at', 'id'], unique=False, schema='admin')
    op.create_table('webhook_deliveries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('endpoint_id', sa.Uuid(), nullable=False),
    sa.Column('event_key', sa.String(length=200), nullable=False, comment='Same for each repeat: the receiver can tell.'),
    sa.Column('event_type', sa.String(length=80), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'delivered', 'failed', 'abandoned', name='deliverystate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'waiting'"), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('response_code', sa.Integer(), nullable=True),
    sa.Column('response_ms', sa.Integer(), nullable=True),
    sa.Column('response_text', sa.Text(), nullable=True, comment='The beginning of the answer.'),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['endpoint_id'], ['admin.webhook_endpoints.id'], name=op.f('fk_webhook_deliveries_endpoint_id_webhook_endpoints'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_webhook_deliveries_job_id_jobs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_deliveries')),
    sa.UniqueConstraint('endpoint_id', 'event_key', name=op.f('uq_webhook_deliveries_endpoint_id_event_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_webhook_deliveries_created_at_id'), 'webhook_deliveries', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_webhook_deliveries_due', 'webhook_deliveries', ['next_at'], unique=False, schema='admin', postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(op.f('ix_webhook_deliveries_job_id'), 'webhook_deliveries', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_webhook_deliveries_state_created_at_id'), 'webhook_deliveries', ['state', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('worker_beats',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('host', sa.String(length=200), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False),
    sa.Column('queues', sa.String(length=200), nullable=True),
    sa.Column('version', sa.String(length=200), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('beat_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_worker_beats_job_id_jobs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_worker_beats')),
    sa.UniqueConstraint('name', name=op.f('uq_worker_beats_name')),
    schema='admin'
    )
    op.create_index(op.f('ix_worker_beats_beat_at_id'), 'worker_beats', ['beat_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_worker_beats_job_id'), 'worker_beats', ['job_id'], unique=False, schema='admin')
    op.create_table('approvals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('action', sa.String(length=80), nullable=False),
    sa.Column('model_key', sa.String(length=130), nullable=True),
    sa.Column('record_key', sa.String(length=200), nullable=True),
    sa.Column('selection_id', sa.Uuid(), nullable=True),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('plan_hash', sa.String(length=64), nullable=False, comment='What was previewed; compared again inside the real run.'),
    sa.Column('plan', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Counts per table, changed columns, money totals.'),
    sa.Column('state', sa.Enum('requested', 'approved', 'refused', 'withdrawn', 'expired', 'drifted', 'done', name='approvalstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'requested'"), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True, comment='Why it should be done.'),
    sa.Column('requested_by_id', sa.Uuid(), nullable=False),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_reason', sa.Text(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('change_set_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state NOT IN ('approved', 'refused') OR (decided_by_id IS NOT NULL AND decided_at IS NOT NULL)", name=op.f('ck_approvals_decided')),
    sa.CheckConstraint('decided_by_id IS NULL OR decided_by_id <> requested_by_id', name=op.f('ck_approvals_two_people')),
    sa.ForeignKeyConstraint(['change_set_id'], ['admin.change_sets.id'], name=op.f('fk_approvals_change_set_id_change_sets'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['admin.staff_members.id'], name=op.f('fk_approvals_decided_by_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_approvals_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['requested_by_id'], ['admin.staff_members.id'], name=op.f('fk_approvals_requested_by_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['selection_id'], ['admin.selections.id'], name=op.f('fk_approvals_selection_id_selections'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approvals')),
    schema='admin'
    )
    op.create_index(op.f('ix_approvals_change_set_id'), 'approvals', ['change_set_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_approvals_created_at_id'), 'approvals', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_approvals_decided_by_id_decided_at'), 'approvals', ['decided_by_id', 'decided_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_approvals_job_id'), 'approvals', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_approvals_requested_by_id_created_at'), 'approvals', ['requested_by_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_approvals_selection_id'), 'approvals', ['selection_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_approvals_state_created_at_id'), 'approvals', ['state', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('candidate_demographics',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('candidate_id', sa.Uuid(), nullable=False),
    sa.Column('gender', sa.String(length=40), nullable=True),
    sa.Column('population_group', sa.String(length=40), nullable=True),
    sa.Column('disability', sa.String(length=40), nullable=True),
    sa.Column('age_band', sa.String(length=20), nullable=True),
    sa.Column('nationality', sa.String(length=60), nullable=True),
    sa.Column('basis', sa.String(length=80), nullable=False, comment='Under which consent text it was given.'),
    sa.Column('declared_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['candidate_id'], ['admin.candidates.id'], name=op.f('fk_candidate_demographics_candidate_id_candidates'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_candidate_demographics')),
    sa.UniqueConstraint('candidate_id', name=op.f('uq_candidate_demographics_candidate_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_candidate_demographics_declared_at_id'), 'candidate_demographics', ['declared_at', 'id'], unique=False, schema='admin')
    op.create_table('change_rows',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('change_set_id', sa.Uuid(), nullable=False),
    sa.Column('table_name', sa.String(length=80), nullable=False),
    sa.Column('operation', sa.Enum('insert', 'update', 'delete', name='rowoperation', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('record_key', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='The primary key.'),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('personal', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Personal values before and after, until they are encrypted for the person.'),
    sa.Column('personal_sealed', sa.LargeBinary(), nullable=True, comment="The same, under the person's key: gone when the key is destroyed."),
    sa.Column('personal_salt', sa.LargeBinary(), nullable=True),
    sa.Column('personal_commitment', sa.LargeBinary(), nullable=True),
    sa.Column('subject_kind', sa.String(length=80), nullable=True),
    sa.Column('subject_key', sa.String(length=200), nullable=True, comment='Whose data it is.'),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['change_set_id'], ['admin.change_sets.id'], name=op.f('fk_change_rows_change_set_id_change_sets'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_rows')),
    schema='admin'
    )
    op.create_index(op.f('ix_change_rows_change_set_id_id'), 'change_rows', ['change_set_id', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_change_rows_changed_at_id'), 'change_rows', ['changed_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_change_rows_record', 'change_rows', ['table_name', 'record_key', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_change_rows_subject_kind_subject_key_id'), 'change_rows', ['subject_kind', 'subject_key', 'id'], unique=False, schema='admin')
    op.create_table('consents',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.String(length=80), nullable=False),
    sa.Column('act', sa.Enum('given', 'refused', 'withdrawn', 'asked', name='consentact', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('text_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('candidate_id', sa.Uuid(), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=True),
    sa.Column('address_hash', sa.String(length=64), nullable=True, comment="Keyed hash: a refusal outlives the person's data."),
    sa.Column('source', sa.String(length=80), server_default=sa.text("'app'"), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=True),
    sa.Column('channel', sa.String(length=80), nullable=True, comment='Form, mail, telephone …'),
    sa.Column('evidence', sa.Text(), nullable=True, comment='What proves it.'),
    sa.Column('ip', postgresql.INET(), nullable=True),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=True),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("act <> 'given' OR text_id IS NOT NULL", name=op.f('ck_consents_given_to_a_text')),
    sa.CheckConstraint('customer_id IS NOT NULL OR person_id IS NOT NULL OR candidate_id IS NOT NULL OR address_hash IS NOT NULL', name=op.f('ck_consents_somebody')),
    sa.ForeignKeyConstraint(['candidate_id'], ['admin.candidates.id'], name=op.f('fk_consents_candidate_id_candidates'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_consents_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_consents_person_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['admin.staff_members.id'], name=op.f('fk_consents_recorded_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['text_id'], ['admin.consent_texts.id'], name=op.f('fk_consents_text_id_consent_texts'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_consents_source_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_consents_address_hash_purpose_occurred_at'), 'consents', ['address_hash', 'purpose', 'occurred_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_consents_candidate_id_purpose_occurred_at'), 'consents', ['candidate_id', 'purpose', 'occurred_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_consents_customer_id_purpose_occurred_at'), 'consents', ['customer_id', 'purpose', 'occurred_at'], unique=False, schema='admin')
    op.create_index('ix_consents_email_lower', 'consents', [sa.literal_column('lower(email)')], unique=False, schema='admin')
    op.create_index(op.f('ix_consents_occurred_at_id'), 'consents', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_consents_person_id_purpose_occurred_at'), 'consents', ['person_id', 'purpose', 'occurred_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_consents_purpose_occurred_at_id'), 'consents', ['purpose', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_consents_recorded_by_id'), 'consents', ['recorded_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_consents_text_id'), 'consents', ['text_id'], unique=False, schema='admin')
    op.create_table('cv_documents',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('candidate_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('mailbox_id', sa.Uuid(), nullable=True),
    sa.Column('source', sa.String(length=80), server_default=sa.text("'app'"), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=False),
    sa.Column('origin', sa.Enum('upload', 'mailbox', 'api', 'import', name='cvorigin', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('file_name', sa.String(length=300), nullable=True),
    sa.Column('media_type', sa.String(length=80), nullable=True),
    sa.Column('size_bytes', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('sha256', sa.String(length=200), nullable=True),
    sa.Column('storage_location', sa.String(length=200), nullable=True, comment='Key of the file in the storage.'),
    sa.Column('page_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('language', sa.String(length=80), nullable=True),
    sa.Column('parse_state', sa.Enum('waiting', 'done', 'failed', 'empty', name='parsestate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'waiting'"), nullable=False),
    sa.Column('parse_error', sa.Text(), nullable=True),
    sa.Column('cv_text', sa.Text(), nullable=True),
    sa.Column('redacted', sa.Text(), nullable=True, comment='Which kinds of special data were taken out before a model saw it.'),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True, comment='The file is gone from the storage.'),
    sa.CheckConstraint('size_bytes >= 0 AND page_count >= 0', name=op.f('ck_cv_documents_size')),
    sa.ForeignKeyConstraint(['candidate_id'], ['admin.candidates.id'], name=op.f('fk_cv_documents_candidate_id_candidates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_cv_documents_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['mailbox_id'], ['admin.imap_mailboxes.id'], name=op.f('fk_cv_documents_mailbox_id_imap_mailboxes'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cv_documents')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_cv_documents_source_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_cv_documents_candidate_id_received_at'), 'cv_documents', ['candidate_id', 'received_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_cv_documents_customer_id_received_at_id'), 'cv_documents', ['customer_id', 'received_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_cv_documents_mailbox_id_received_at'), 'cv_documents', ['mailbox_id', 'received_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_cv_documents_parse_state_received_at_id'), 'cv_documents', ['parse_state', 'received_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_cv_documents_received_at_id'), 'cv_documents', ['received_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_cv_documents_sha256'), 'cv_documents', ['sha256'], unique=False, schema='admin')
    op.create_table('data_exports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('model_key', sa.String(length=130), nullable=False),
    sa.Column('kind', sa.String(length=80), server_default=sa.text("'list'"), nullable=False, comment='list, or one that a plugin brings.'),
    sa.Column('columns', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('described', sa.String(length=200), nullable=True, comment='The filters in words, without personal values.'),
    sa.Column('selection_id', sa.Uuid(), nullable=True),
    sa.Column('file_format', sa.String(length=80), server_default=sa.text("'csv'"), nullable=False),
    sa.Column('unmasked', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Personal values in clear.'),
    sa.Column('reason', sa.String(length=1000), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'running', 'done', 'empty', 'failed', name='reportrunstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'waiting'"), nullable=False),
    sa.Column('row_count', sa.BigInteger(), nullable=True),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('artifact_id', sa.Uuid(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('NOT unmasked OR reason IS NOT NULL', name=op.f('ck_data_exports_unmasked_has_reason')),
    sa.CheckConstraint('row_count >= 0', name=op.f('ck_data_exports_rows_counted')),
    sa.ForeignKeyConstraint(['artifact_id'], ['admin.artifacts.id'], name=op.f('fk_data_exports_artifact_id_artifacts'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_data_exports_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_data_exports_member_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['selection_id'], ['admin.selections.id'], name=op.f('fk_data_exports_selection_id_selections'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_exports')),
    schema='admin'
    )
    op.create_index(op.f('ix_data_exports_artifact_id'), 'data_exports', ['artifact_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_exports_created_at_id'), 'data_exports', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_exports_job_id'), 'data_exports', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_exports_member_id_created_at'), 'data_exports', ['member_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_exports_model_key_created_at_id'), 'data_exports', ['model_key', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_exports_selection_id'), 'data_exports', ['selection_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_data_exports_state_created_at_id'), 'data_exports', ['state', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('escalations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('step_id', sa.Uuid(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False, comment='The promise that was about to be missed.'),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['step_id'], ['admin.escalation_steps.id'], name=op.f('fk_escalations_step_id_escalation_steps'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['admin.tickets.id'], name=op.f('fk_escalations_ticket_id_tickets'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalations')),
    sa.UniqueConstraint('ticket_id', 'step_id', 'due_at', name=op.f('uq_escalations_ticket_id_step_id_due_at')),
    schema='admin'
    )
    op.create_index(op.f('ix_escalations_step_id'), 'escalations', ['step_id'], unique=False, schema='admin')
    op.create_index('ix_escalations_taken_at', 'escalations', ['taken_at', 'id'], unique=False, schema='admin')
    op.create_table('exposures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('experiment_id', sa.Uuid(), nullable=False),
    sa.Column('arm_id', sa.Uuid(), nullable=False),
    sa.Column('unit_key', sa.String(length=200), nullable=False, comment='Id of the vacancy or customer.'),
    sa.Column('bucket', sa.Numeric(precision=20, scale=18), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['arm_id'], ['admin.experiment_arms.id'], name=op.f('fk_exposures_arm_id_experiment_arms'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['experiment_id'], ['admin.experiments.id'], name=op.f('fk_exposures_experiment_id_experiments'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exposures')),
    sa.UniqueConstraint('experiment_id', 'unit_key', name=op.f('uq_exposures_experiment_id_unit_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_exposures_arm_id_first_at'), 'exposures', ['arm_id', 'first_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_exposures_first_at_id'), 'exposures', ['first_at', 'id'], unique=False, schema='admin')
    op.create_table('impersonations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True, comment="Whose eyes, if not the account's."),
    sa.Column('ticket_id', sa.Uuid(), nullable=True, comment='The ticket it served.'),
    sa.Column('mode', sa.Enum('read_only', 'full', name='impersonationmode', native_enum=False, create_constraint=True, length=40), server_default='read_only', nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False, comment='SHA-256 of the one-time token: it opens once.'),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('token_expires_at', sa.DateTime(timezone=True), nullable=False, comment='A minute after issue.'),
    sa.Column('session_expires_at', sa.DateTime(timezone=True), nullable=True, comment='When the customer app ends the session by itself.'),
    sa.Column('redeemed_at', sa.DateTime(timezone=True), nullable=True, comment='When the customer app took the token.'),
    sa.Column('redeemed_ip', postgresql.INET(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_id', sa.Uuid(), nullable=True, comment='Empty when it ran out by itself.'),
    sa.CheckConstraint('ended_at >= issued_at', name=op.f('ck_impersonations_ended_after_issue')),
    sa.CheckConstraint('length(reason) > 0', name=op.f('ck_impersonations_reason_given')),
    sa.CheckConstraint('redeemed_at >= issued_at', name=op.f('ck_impersonations_redeemed_after_issue')),
    sa.CheckConstraint('token_expires_at > issued_at', name=op.f('ck_impersonations_token_expires_later')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_impersonations_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['ended_by_id'], ['admin.staff_members.id'], name=op.f('fk_impersonations_ended_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_impersonations_person_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['staff_id'], ['admin.staff_members.id'], name=op.f('fk_impersonations_staff_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['ticket_id'], ['admin.tickets.id'], name=op.f('fk_impersonations_ticket_id_tickets'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_impersonations')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_impersonations_token_hash')),
    schema='admin'
    )
    op.create_index('ix_impersonations_customer', 'impersonations', ['customer_id', 'issued_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_impersonations_ended_by_id'), 'impersonations', ['ended_by_id'], unique=False, schema='admin')
    op.create_index('ix_impersonations_issued_at', 'impersonations', ['issued_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_impersonations_person_id'), 'impersonations', ['person_id'], unique=False, schema='admin')
    op.create_index('ix_impersonations_staff', 'impersonations', ['staff_id', 'issued_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_impersonations_ticket_id'), 'impersonations', ['ticket_id'], unique=False, schema='admin')
    op.create_table('legal_holds',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('candidate_id', sa.Uuid(), nullable=True),
    sa.Column('model_key', sa.String(length=130), nullable=True, comment='A whole table, when it is not about one person.'),
    sa.Column('placed_by_id', sa.Uuid(), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by_id', sa.Uuid(), nullable=True),
    sa.Column('release_reason', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('(released_at IS NULL) = (released_by_id IS NULL)', name=op.f('ck_legal_holds_released_by_somebody')),
    sa.CheckConstraint('customer_id IS NOT NULL OR candidate_id IS NOT NULL OR model_key IS NOT NULL', name=op.f('ck_legal_holds_something')),
    sa.ForeignKeyConstraint(['candidate_id'], ['admin.candidates.id'], name=op.f('fk_legal_holds_candidate_id_candidates'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_legal_holds_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['placed_by_id'], ['admin.staff_members.id'], name=op.f('fk_legal_holds_placed_by_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['released_by_id'], ['admin.staff_members.id'], name=op.f('fk_legal_holds_released_by_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_holds')),
    schema='admin'
    )
    op.create_index(op.f('ix_legal_holds_candidate_id'), 'legal_holds', ['candidate_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_legal_holds_created_at_id'), 'legal_holds', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_legal_holds_customer_id'), 'legal_holds', ['customer_id'], unique=False, schema='admin')
    op.create_index('ix_legal_holds_in_force', 'legal_holds', ['model_key'], unique=False, schema='admin', postgresql_where=sa.text('released_at IS NULL'))
    op.create_index(op.f('ix_legal_holds_placed_by_id'), 'legal_holds', ['placed_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_legal_holds_released_by_id'), 'legal_holds', ['released_by_id'], unique=False, schema='admin')
    op.create_table('mail_messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mail_class', sa.Enum('transactional', 'service', 'marketing', 'internal', name='mailclass', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('queued', 'sending', 'sent', 'failed', 'withheld', 'cancelled', name='mailstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'queued'"), nullable=False),
    sa.Column('withheld_reason', sa.String(length=80), nullable=True, comment='Suppressed, no consent, suspended, quiet hours …'),
    sa.Column('key', sa.String(length=200), nullable=True, comment='Asked for twice, sent once.'),
    sa.Column('template_key', sa.String(length=80), nullable=True),
    sa.Column('template_version', sa.Integer(), nullable=True),
    sa.Column('batch_id', sa.Uuid(), nullable=True, comment='Announcement, report run or incident it belongs to.'),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('to_email', sa.String(length=320), nullable=False),
    sa.Column('to_name', sa.String(length=200), nullable=True),
    sa.Column('from_email', sa.String(length=320), nullable=False, comment='One of our own addresses.'),
    sa.Column('reply_to', sa.String(length=320), nullable=True),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body_text', sa.Text(), nullable=True),
    sa.Column('body_html', sa.Text(), nullable=True),
    sa.Column('headers', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('message_id', sa.String(length=300), nullable=True),
    sa.Column('rendered_digest', sa.String(length=64), nullable=True, comment='Hash of what was sent, kept when the body is gone.'),
    sa.Column('unsubscribe_hash', sa.String(length=128), nullable=True),
    sa.Column('artifact_id', sa.Uuid(), nullable=True, comment='The file sent along.'),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('error', sa.Text(), nullable=True, comment='What the mail server answered, without addresses.'),
    sa.Column('server_answer', sa.Text(), nullable=True),
    sa.Column('send_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='Not before this moment.'),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name=op.f('ck_mail_messages_sent_has_time')),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_mail_messages_attempts_counted')),
    sa.ForeignKeyConstraint(['artifact_id'], ['admin.artifacts.id'], name=op.f('fk_mail_messages_artifact_id_artifacts'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_mail_messages_customer_id_customers'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_mail_messages_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_mail_messages_member_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_messages')),
    sa.UniqueConstraint('key', name=op.f('uq_mail_messages_key')),
    sa.UniqueConstraint('message_id', name=op.f('uq_mail_messages_message_id')),
    sa.UniqueConstraint('unsubscribe_hash', name=op.f('uq_mail_messages_unsubscribe_hash')),
    schema='admin'
    )
    op.create_index(op.f('ix_mail_messages_artifact_id'), 'mail_messages', ['artifact_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_messages_batch_id_id'), 'mail_messages', ['batch_id', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_messages_created_at_id'), 'mail_messages', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_messages_customer_id_created_at_id'), 'mail_messages', ['customer_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_mail_messages_due', 'mail_messages', ['send_at'], unique=False, schema='admin', postgresql_where=sa.text("state = 'queued'"))
    op.create_index(op.f('ix_mail_messages_job_id'), 'mail_messages', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_messages_member_id_created_at'), 'mail_messages', ['member_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_messages_state_created_at_id'), 'mail_messages', ['state', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_messages_template_key_created_at_id'), 'mail_messages', ['template_key', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_mail_messages_to_email_lower', 'mail_messages', [sa.literal_column('lower(to_email)')], unique=False, schema='admin')
    op.create_table('prompt_label_moves',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('label_id', sa.Uuid(), nullable=False),
    sa.Column('from_version_id', sa.Uuid(), nullable=True),
    sa.Column('to_version_id', sa.Uuid(), nullable=False),
    sa.Column('rollback', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('moved_by_id', sa.Uuid(), nullable=True),
    sa.Column('moved_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['from_version_id'], ['admin.prompt_versions.id'], name=op.f('fk_prompt_label_moves_from_version_id_prompt_versions'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['label_id'], ['admin.prompt_labels.id'], name=op.f('fk_prompt_label_moves_label_id_prompt_labels'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['moved_by_id'], ['admin.staff_members.id'], name=op.f('fk_prompt_label_moves_moved_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['to_version_id'], ['admin.prompt_versions.id'], name=op.f('fk_prompt_label_moves_to_version_id_prompt_versions'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prompt_label_moves')),
    schema='admin'
    )
    op.create_index(op.f('ix_prompt_label_moves_from_version_id'), 'prompt_label_moves', ['from_version_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_label_moves_label_id_moved_at'), 'prompt_label_moves', ['label_id', 'moved_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_label_moves_moved_at_id'), 'prompt_label_moves', ['moved_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_label_moves_moved_by_id'), 'prompt_label_moves', ['moved_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_prompt_label_moves_to_version_id'), 'prompt_label_moves', ['to_version_id'], unique=False, schema='admin')
    op.create_table('report_files',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('artifact_id', sa.Uuid(), nullable=False),
    sa.Column('file_format', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['artifact_id'], ['admin.artifacts.id'], name=op.f('fk_report_files_artifact_id_artifacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['admin.report_runs.id'], name=op.f('fk_report_files_run_id_report_runs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_files')),
    sa.UniqueConstraint('run_id', 'file_format', name=op.f('uq_report_files_run_id_file_format')),
    schema='admin'
    )
    op.create_index(op.f('ix_report_files_artifact_id'), 'report_files', ['artifact_id'], unique=False, schema='admin')
    op.create_table('satisfaction_surveys',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('answered_for_id', sa.Uuid(), nullable=True, comment='Who had solved the ticket.'),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('score', sa.Integer(), nullable=True, comment='1 is bad, 5 is good.'),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.CheckConstraint('(score IS NULL) = (answered_at IS NULL)', name=op.f('ck_satisfaction_surveys_answered_when_scored')),
    sa.CheckConstraint('expires_at > sent_at', name=op.f('ck_satisfaction_surveys_expires_later')),
    sa.CheckConstraint('score BETWEEN 1 AND 5', name=op.f('ck_satisfaction_surveys_score_in_range')),
    sa.ForeignKeyConstraint(['answered_for_id'], ['admin.staff_members.id'], name=op.f('fk_satisfaction_surveys_answered_for_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_satisfaction_surveys_customer_id_customers'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['admin.tickets.id'], name=op.f('fk_satisfaction_surveys_ticket_id_tickets'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_satisfaction_surveys')),
    sa.UniqueConstraint('ticket_id', name=op.f('uq_satisfaction_surveys_ticket_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_satisfaction_surveys_token_hash')),
    schema='admin'
    )
    op.create_index('ix_satisfaction_surveys_answered_at', 'satisfaction_surveys', ['answered_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_satisfaction_surveys_answered_for_id'), 'satisfaction_surveys', ['answered_for_id'], unique=False, schema='admin')
    op.create_index('ix_satisfaction_surveys_customer', 'satisfaction_surveys', ['customer_id', 'sent_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_satisfaction_surveys_score', 'satisfaction_surveys', ['score', 'id'], unique=False, schema='admin')
    op.create_index('ix_satisfaction_surveys_sent_at', 'satisfaction_surveys', ['sent_at', 'id'], unique=False, schema='admin')
    op.create_table('source_rejects',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('mapping_id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=True),
    sa.Column('source_key', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('times', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['mapping_id'], ['admin.source_mappings.id'], name=op.f('fk_source_rejects_mapping_id_source_mappings'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['resolved_by_id'], ['admin.staff_members.id'], name=op.f('fk_source_rejects_resolved_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['run_id'], ['admin.source_runs.id'], name=op.f('fk_source_rejects_run_id_source_runs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source_rejects')),
    schema='admin'
    )
    op.create_index(op.f('ix_source_rejects_created_at_id'), 'source_rejects', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_source_rejects_mapping_id_created_at'), 'source_rejects', ['mapping_id', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_source_rejects_resolved_by_id'), 'source_rejects', ['resolved_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_source_rejects_run_id'), 'source_rejects', ['run_id'], unique=False, schema='admin')
    op.create_index('uq_source_rejects_open', 'source_rejects', ['mapping_id', 'source_key'], unique=True, schema='admin', postgresql_where=sa.text('resolved_at IS NULL'))
    op.create_table('subject_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=80), nullable=False, comment='What we call it towards the person.'),
    sa.Column('kind', sa.Enum('access', 'deletion', 'correction', 'objection', 'restriction', name='subjectrequestkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('channel', sa.Enum('form', 'email', 'phone', 'sms', 'whatsapp', 'post', 'in_person', 'ticket', 'app', name='requestchannel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('received', 'identity_asked', 'verified', 'awaiting_approval', 'running', 'needs_attention', 'completed', 'partly_refused', 'refused', 'referred', 'withdrawn', name='subjectrequeststate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'received'"), nullable=False),
    sa.Column('data_role', sa.Enum('responsible_party', 'operator', name='datarole', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'responsible_party'"), nullable=False, comment='As an operator we refer the person to our customer.'),
    sa.Column('requester_name', sa.String(length=200), nullable=False),
    sa.Column('requester_email', sa.String(length=320), nullable=True),
    sa.Column('requester_phone', sa.String(length=40), nullable=True),
    sa.Column('requester_is_subject', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('authority', sa.Text(), nullable=True, comment='Proof of authority, when somebody asks for another.'),
    sa.Column('verbatim', sa.Text(), nullable=True, comment='What was asked, word for word.'),
    sa.Column('recording_location', sa.String(length=200), nullable=True, comment='Recording of a request by telephone.'),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('candidate_id', sa.Uuid(), nullable=True),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('tombstone', sa.String(length=200), nullable=True, comment='Stands for the person after the erasure.'),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False, comment='The day in Johannesburg: the clock starts here.'),
    sa.Column('due_on', sa.Date(), nullable=False, comment='Last day to act and to answer.'),
    sa.Column('extended_until', sa.Date(), nullable=True),
    sa.Column('extension_reason', sa.Text(), nullable=True),
    sa.Column('identity_method', sa.Enum('signed_in', 'email_link', 'phone_call', 'document', 'known', name='identitymethod', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('identity_verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('identity_verified_by_id', sa.Uuid(), nullable=True),
    sa.Column('identity_note', sa.Text(), nullable=True),
    sa.Column('assigned_to_id', sa.Uuid(), nullable=True),
    sa.Column('fee_estimate_cents', sa.BigInteger(), nullable=True, comment='Deletion and objection are free.'),
    sa.Column('refusal_ground', sa.String(length=80), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True, comment='What was done and what was kept, why, until when.'),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True, comment='When the person was told.'),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('journaled_at', sa.DateTime(timezone=True), nullable=True, comment='Written to the erasure journal outside the database.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("extended_until IS NULL OR kind = 'access'", name=op.f('ck_subject_requests_only_access_extends')),
    sa.CheckConstraint("state NOT IN ('completed', 'partly_refused', 'refused', 'referred', 'withdrawn') OR closed_at IS NOT NULL", name=op.f('ck_subject_requests_closed_has_time')),
    sa.CheckConstraint("state NOT IN ('refused', 'partly_refused') OR refusal_ground IS NOT NULL", name=op.f('ck_subject_requests_refusal_has_ground')),
    sa.CheckConstraint('due_on >= received_on', name=op.f('ck_subject_requests_due_after_receipt')),
    sa.CheckConstraint('identity_verified_at IS NULL OR identity_method IS NOT NULL', name=op.f('ck_subject_requests_identity_method')),
    sa.ForeignKeyConstraint(['assigned_to_id'], ['admin.staff_members.id'], name=op.f('fk_subject_requests_assigned_to_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['candidate_id'], ['admin.candidates.id'], name=op.f('fk_subject_requests_candidate_id_candidates'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_subject_requests_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['identity_verified_by_id'], ['admin.staff_members.id'], name=op.f('fk_subject_requests_identity_verified_by_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_subject_requests_person_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['admin.tickets.id'], name=op.f('fk_subject_requests_ticket_id_tickets'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subject_requests')),
    sa.UniqueConstraint('number', name=op.f('uq_subject_requests_number')),
    schema='admin'
    )
    op.create_index(op.f('ix_subject_requests_assigned_to_id'), 'subject_requests', ['assigned_to_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_requests_candidate_id'), 'subject_requests', ['candidate_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_requests_created_at_id'), 'subject_requests', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_requests_customer_id'), 'subject_requests', ['customer_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_requests_due_on_id'), 'subject_requests', ['due_on', 'id'], unique=False, schema='admin', postgresql_where=sa.text("state NOT IN ('completed', 'partly_refused', 'refused', 'referred', 'withdrawn')"))
    op.create_index('ix_subject_requests_email_lower', 'subject_requests', [sa.literal_column('lower(requester_email)')], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_requests_identity_verified_by_id'), 'subject_requests', ['identity_verified_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_requests_kind_received_at_id'), 'subject_requests', ['kind', 'received_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_requests_person_id'), 'subject_requests', ['person_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_requests_received_at_id'), 'subject_requests', ['received_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_requests_state_due_on_id'), 'subject_requests', ['state', 'due_on', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_requests_ticket_id'), 'subject_requests', ['ticket_id'], unique=False, schema='admin')
    op.create_table('subscriptions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('price_id', sa.Uuid(), nullable=False, comment='The price agreed on.'),
    sa.Column('status', sa.Enum('trialing', 'active', 'past_due', 'paused', 'cancelled', 'trial_lapsed', name='subscriptionstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('quantity', sa.Integer(), server_default='1', nullable=False, comment='Seats or units of the price.'),
    sa.Column('interval', sa.Enum('day', 'week', 'month', 'quarter', 'half_year', 'year', name='interval', native_enum=False, create_constraint=True, length=40), nullable=False, comment='How often it is charged.'),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False, comment='Charged per interval for all units before discount, as the price says with or without VAT.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('list_mrr_cents', sa.BigInteger(), nullable=False, comment='Per month excluding VAT, before discount.'),
    sa.Column('mrr_cents', sa.BigInteger(), nullable=False, comment='Per month excluding VAT, after discount; 0 while it does not count.'),
    sa.Column('is_complimentary', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Given for free: never part of recurring revenue.'),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False, comment='Start of the subscription, its trial included.'),
    sa.Column('trial_started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('trial_ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('trial_converted_at', sa.DateTime(timezone=True), nullable=True, comment='When the trial became a paid subscription.'),
    sa.Column('current_period_start', sa.DateTime(timezone=True), nullable=True),
    sa.Column('current_period_end', sa.DateTime(timezone=True), nullable=True, comment='Renewed, or ended, at this moment.'),
    sa.Column('pending_price_id', sa.Uuid(), nullable=True, comment='Takes over at the end of the period.'),
    sa.Column('cancel_at_period_end', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('cancel_requested_at', sa.DateTime(timezone=True), nullable=True, comment='When the customer asked to leave.'),
    sa.Column('cancel_reason', sa.Enum('too_expensive', 'missing_feature', 'not_used', 'quality', 'competitor', 'hiring_ended', 'non_payment', 'other', name='cancelreason', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('cancel_comment', sa.Text(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='From this moment it no longer counts.'),
    sa.Column('past_due_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('grace_ends_at', sa.DateTime(timezone=True), nullable=True, comment='Unpaid until then, it ends.'),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resumes_at', sa.DateTime(timezone=True), nullable=True, comment='Empty: until resumed.'),
    sa.Column('discount_percent', sa.Numeric(precision=5, scale=2), nullable=True),
    sa.Column('discount_amount_cents', sa.BigInteger(), nullable=True, comment='Taken off each charge.'),
    sa.Column('discount_ends_at', sa.DateTime(timezone=True), nullable=True, comment='Full price from then on; empty: for ever.'),
    sa.Column('redemption_id', sa.Uuid(), nullable=True, comment='The promotion code behind the discount.'),
    sa.Column('gateway_token', sa.String(), nullable=True, comment='Saved payment method at a gateway that can charge again.'),
    sa.Column('external_id', sa.String(length=200), nullable=True, comment='Key in the customer app.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(status = 'active' AND NOT is_complimentary) OR status = 'past_due' OR mrr_cents = 0", name=op.f('ck_subscriptions_mrr_only_while_paying')),
    sa.CheckConstraint("(status IN ('cancelled', 'trial_lapsed')) = (ended_at IS NOT NULL)", name=op.f('ck_subscriptions_ended_when_over')),
    sa.CheckConstraint("status <> 'past_due' OR past_due_since IS NOT NULL", name=op.f('ck_subscriptions_past_due_since_known')),
    sa.CheckConstraint("status <> 'paused' OR paused_at IS NOT NULL", name=op.f('ck_subscriptions_paused_since')),
    sa.CheckConstraint("status <> 'trialing' OR trial_ends_at IS NOT NULL", name=op.f('ck_subscriptions_trial_has_end')),
    sa.CheckConstraint('amount_cents >= 0', name=op.f('ck_subscriptions_amount_not_negative')),
    sa.CheckConstraint('current_period_end > current_period_start', name=op.f('ck_subscriptions_period_ends_after_start')),
    sa.CheckConstraint('discount_amount_cents >= 0', name=op.f('ck_subscriptions_discount_not_negative')),
    sa.CheckConstraint('discount_percent BETWEEN 0 AND 100', name=op.f('ck_subscriptions_discount_percent_possible')),
    sa.CheckConstraint('ended_at >= started_at', name=op.f('ck_subscriptions_ends_after_start')),
    sa.CheckConstraint('mrr_cents >= 0 AND mrr_cents <= list_mrr_cents', name=op.f('ck_subscriptions_mrr_within_list')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_subscriptions_quantity_positive')),
    sa.CheckConstraint('trial_ends_at > trial_started_at', name=op.f('ck_subscriptions_trial_ends_after_start')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_subscriptions_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['pending_price_id'], ['admin.prices.id'], name=op.f('fk_subscriptions_pending_price_id_prices'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.plans.id'], name=op.f('fk_subscriptions_plan_id_plans'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['price_id'], ['admin.prices.id'], name=op.f('fk_subscriptions_price_id_prices'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['redemption_id'], ['admin.redemptions.id'], name=op.f('fk_subscriptions_redemption_id_redemptions'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscriptions')),
    sa.UniqueConstraint('external_id', name=op.f('uq_subscriptions_external_id')),
    schema='admin'
    )
    op.create_index('ix_subscriptions_customer', 'subscriptions', ['customer_id', 'started_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subscriptions_discount_ends_at'), 'subscriptions', ['discount_ends_at'], unique=False, schema='admin')
    op.create_index('ix_subscriptions_ended_at', 'subscriptions', ['ended_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_subscriptions_grace_ends', 'subscriptions', ['status', 'grace_ends_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_subscriptions_mrr', 'subscriptions', ['mrr_cents', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subscriptions_pending_price_id'), 'subscriptions', ['pending_price_id'], unique=False, schema='admin')
    op.create_index('ix_subscriptions_period_end', 'subscriptions', ['status', 'current_period_end', 'id'], unique=False, schema='admin')
    op.create_index('ix_subscriptions_plan', 'subscriptions', ['plan_id', 'status', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subscriptions_price_id'), 'subscriptions', ['price_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subscriptions_redemption_id'), 'subscriptions', ['redemption_id'], unique=False, schema='admin')
    op.create_index('ix_subscriptions_started_at', 'subscriptions', ['started_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_subscriptions_status', 'subscriptions', ['status', 'started_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subscriptions_trial_converted_at'), 'subscriptions', ['trial_converted_at'], unique=False, schema='admin')
    op.create_index('ix_subscriptions_trial_ends', 'subscriptions', ['status', 'trial_ends_at', 'id'], unique=False, schema='admin')
    op.create_table('ticket_issues',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('issue_id', sa.Uuid(), nullable=False),
    sa.Column('linked_by_id', sa.Uuid(), nullable=True),
    sa.Column('linked_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['admin.known_issues.id'], name=op.f('fk_ticket_issues_issue_id_known_issues'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['linked_by_id'], ['admin.staff_members.id'], name=op.f('fk_ticket_issues_linked_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['admin.tickets.id'], name=op.f('fk_ticket_issues_ticket_id_tickets'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_issues')),
    sa.UniqueConstraint('ticket_id', 'issue_id', name=op.f('uq_ticket_issues_ticket_id_issue_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_ticket_issues_issue_id'), 'ticket_issues', ['issue_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ticket_issues_linked_by_id'), 'ticket_issues', ['linked_by_id'], unique=False, schema='admin')
    op.create_table('ticket_messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('direction', sa.Enum('inbound', 'outbound', name='messagedirection', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('sender', sa.String(length=320), nullable=False, comment='Address it came from.'),
    sa.Column('recipients', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False, comment='To and Cc.'),
    sa.Column('subject', sa.String(length=300), nullable=True),
    sa.Column('body', sa.Text(), nullable=False, comment='As plain text, without the quoted thread.'),
    sa.Column('body_html', sa.Text(), nullable=True, comment='As sent, cleaned.'),
    sa.Column('message_id', sa.String(length=500), nullable=True, comment='Message-ID header: the same mail twice counts once.'),
    sa.Column('in_reply_to', sa.String(length=500), nullable=True),
    sa.Column('thread_references', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False, comment='References header, oldest first.'),
    sa.Column('is_automatic', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Out-of-office, bounce or acknowledgement.'),
    sa.Column('author_id', sa.Uuid(), nullable=True, comment='Who answered.'),
    sa.Column('delivery', sa.Enum('received', 'queued', 'sent', 'failed', 'bounced', name='deliverystate', native_enum=False, create_constraint=True, length=40), server_default='received', nullable=False),
    sa.Column('delivery_error', sa.Text(), nullable=True),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False, comment='When it arrived or was written.'),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['admin.staff_members.id'], name=op.f('fk_ticket_messages_author_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['admin.tickets.id'], name=op.f('fk_ticket_messages_ticket_id_tickets'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_messages')),
    sa.UniqueConstraint('message_id', name=op.f('uq_ticket_messages_message_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_ticket_messages_author_id'), 'ticket_messages', ['author_id'], unique=False, schema='admin')
    op.create_index('ix_ticket_messages_delivery', 'ticket_messages', ['delivery', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_ticket_messages_in_reply_to', 'ticket_messages', ['in_reply_to'], unique=False, schema='admin')
    op.create_index('ix_ticket_messages_occurred_at', 'ticket_messages', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_ticket_messages_sender', 'ticket_messages', ['sender', 'id'], unique=False, schema='admin')
    op.create_index('ix_ticket_messages_ticket', 'ticket_messages', ['ticket_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_table('ticket_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False, comment='Markdown.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['admin.staff_members.id'], name=op.f('fk_ticket_notes_author_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['admin.tickets.id'], name=op.f('fk_ticket_notes_ticket_id_tickets'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_notes')),
    schema='admin'
    )
    op.create_index(op.f('ix_ticket_notes_author_id'), 'ticket_notes', ['author_id'], unique=False, schema='admin')
    op.create_index('ix_ticket_notes_ticket', 'ticket_notes', ['ticket_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('training_exports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('shape', sa.String(length=80), server_default=sa.text("'chat'"), nullable=False, comment='chat or preference.'),
    sa.Column('filters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('seed', sa.String(length=200), nullable=False, comment='Same seed, same split.'),
    sa.Column('row_count', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('refused_count', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='By split and recommendation, and refusals by reason.'),
    sa.Column('sha256', sa.String(length=200), nullable=True),
    sa.Column('artifact_id', sa.Uuid(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('row_count >= 0 AND refused_count >= 0', name=op.f('ck_training_exports_counted')),
    sa.ForeignKeyConstraint(['artifact_id'], ['admin.artifacts.id'], name=op.f('fk_training_exports_artifact_id_artifacts'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_training_exports_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_training_exports_job_id_jobs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_exports')),
    schema='admin'
    )
    op.create_index(op.f('ix_training_exports_artifact_id'), 'training_exports', ['artifact_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_training_exports_created_at_id'), 'training_exports', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_training_exports_created_by_id'), 'training_exports', ['created_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_training_exports_job_id'), 'training_exports', ['job_id'], unique=False, schema='admin')
    op.create_table('access_packs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=False),
    sa.Column('artifact_id', sa.Uuid(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('token_hash', sa.String(length=128), nullable=True),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Rows by table.'),
    sa.Column('withheld', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='What is not in it, item by item, and why.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('downloads', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('downloaded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['artifact_id'], ['admin.artifacts.id'], name=op.f('fk_access_packs_artifact_id_artifacts'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_access_packs_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['request_id'], ['admin.subject_requests.id'], name=op.f('fk_access_packs_request_id_subject_requests'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_packs')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_access_packs_token_hash')),
    schema='admin'
    )
    op.create_index(op.f('ix_access_packs_artifact_id'), 'access_packs', ['artifact_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_access_packs_created_at_id'), 'access_packs', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_access_packs_job_id'), 'access_packs', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_access_packs_request_id_created_at'), 'access_packs', ['request_id', 'created_at'], unique=False, schema='admin')
    op.create_table('ai_decisions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(length=80), server_default=sa.text("'app'"), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=False, comment='Trace id: sent twice, stored once.'),
    sa.Column('call_site', sa.String(length=80), server_default=sa.text("'screening'"), nullable=False, comment='Which feature asked.'),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('job_role_id', sa.Uuid(), nullable=True),
    sa.Column('candidate_id', sa.Uuid(), nullable=True),
    sa.Column('cv_document_id', sa.Uuid(), nullable=True),
    sa.Column('prompt_version_id', sa.Uuid(), nullable=True),
    sa.Column('exposure_id', sa.Uuid(), nullable=True),
    sa.Column('provider', sa.String(length=80), nullable=False),
    sa.Column('model', sa.String(length=200), nullable=False),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('raw_output', sa.Text(), nullable=True, comment='The answer of the model, unchanged.'),
    sa.Column('model_score', sa.Integer(), nullable=True),
    sa.Column('model_recommendation', sa.Enum('shortlist', 'consider', 'reject', name='recommendation', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('parse_failed', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='The answer could not be read.'),
    sa.Column('repaired', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Readable only after repair.'),
    sa.Column('is_fallback', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='No answer came: the app stored its standard one. Never counted for accuracy.'),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('rule_name', sa.String(length=80), nullable=True, comment='The rule that changed the answer; empty: none did.'),
    sa.Column('rule_score', sa.Integer(), nullable=True),
    sa.Column('rule_recommendation', sa.Enum('shortlist', 'consider', 'reject', name='recommendation', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('rule_reason', sa.Text(), nullable=True),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('recommendation', sa.Enum('shortlist', 'consider', 'reject', name='recommendation', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('confidence', sa.Enum('high', 'medium', 'low', name='confidence', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('exception_applied', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Requirements were waived for other merits.'),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='The whole structured result.'),
    sa.Column('explanation', sa.Text(), nullable=True, comment='The logic in plain language, for the candidate.'),
    sa.Column('inputs', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False, comment='Which inputs were used and what was taken out before; no values.'),
    sa.Column('tokens_in', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('tokens_out', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('tokens_cached', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('latency_ms', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('cost', sa.Numeric(precision=20, scale=10), server_default=sa.text('0'), nullable=False),
    sa.Column('currency', sa.String(length=3), server_default=sa.text("'USD'"), nullable=False),
    sa.Column('price_id', sa.Uuid(), nullable=True),
    sa.Column('grounding', sa.Enum('unchecked', 'grounded', 'partly', 'invented', 'nothing_to_check', name='groundingstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'unchecked'"), nullable=False),
    sa.Column('evidence_total', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('evidence_checkable', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('evidence_unfounded', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='Quotes that are not in the CV, or differ in a number.'),
    sa.Column('findings', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Other automatic checks: score outside its band, empty strengths, buzz-words …'),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('NOT (is_fallback AND model_recommendation IS NOT NULL)', name=op.f('ck_ai_decisions_fallback_is_no_answer')),
    sa.CheckConstraint('attempts >= 1 AND latency_ms >= 0 AND cost >= 0', name=op.f('ck_ai_decisions_measures')),
    sa.CheckConstraint('evidence_total >= 0 AND evidence_checkable BETWEEN 0 AND evidence_total AND evidence_unfounded BETWEEN 0 AND evidence_checkable', name=op.f('ck_ai_decisions_evidence_counted')),
    sa.CheckConstraint('model_score BETWEEN 0 AND 100', name=op.f('ck_ai_decisions_model_score')),
    sa.CheckConstraint('rule_name IS NOT NULL OR rule_recommendation IS NULL', name=op.f('ck_ai_decisions_rule_named')),
    sa.CheckConstraint('rule_score BETWEEN 0 AND 100', name=op.f('ck_ai_decisions_rule_score')),
    sa.CheckConstraint('score BETWEEN 0 AND 100', name=op.f('ck_ai_decisions_score')),
    sa.CheckConstraint('tokens_in >= 0 AND tokens_out >= 0 AND tokens_cached >= 0', name=op.f('ck_ai_decisions_tokens_counted')),
    sa.ForeignKeyConstraint(['candidate_id'], ['admin.candidates.id'], name=op.f('fk_ai_decisions_candidate_id_candidates'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_ai_decisions_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['cv_document_id'], ['admin.cv_documents.id'], name=op.f('fk_ai_decisions_cv_document_id_cv_documents'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['exposure_id'], ['admin.exposures.id'], name=op.f('fk_ai_decisions_exposure_id_exposures'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['job_role_id'], ['admin.job_roles.id'], name=op.f('fk_ai_decisions_job_role_id_job_roles'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['price_id'], ['admin.model_prices.id'], name=op.f('fk_ai_decisions_price_id_model_prices'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['prompt_version_id'], ['admin.prompt_versions.id'], name=op.f('fk_ai_decisions_prompt_version_id_prompt_versions'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ai_decisions')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_ai_decisions_source_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_ai_decisions_candidate_id_decided_at'), 'ai_decisions', ['candidate_id', 'decided_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_ai_decisions_customer_id_decided_at_id'), 'ai_decisions', ['customer_id', 'decided_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ai_decisions_cv_document_id'), 'ai_decisions', ['cv_document_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ai_decisions_decided_at_id'), 'ai_decisions', ['decided_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ai_decisions_exposure_id'), 'ai_decisions', ['exposure_id'], unique=False, schema='admin')
    op.create_index('ix_ai_decisions_fallback', 'ai_decisions', ['decided_at', 'id'], unique=False, schema='admin', postgresql_where=sa.text('is_fallback OR parse_failed'))
    op.create_index(op.f('ix_ai_decisions_grounding_decided_at_id'), 'ai_decisions', ['grounding', 'decided_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ai_decisions_job_role_id_decided_at'), 'ai_decisions', ['job_role_id', 'decided_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_ai_decisions_model_decided_at_id'), 'ai_decisions', ['model', 'decided_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ai_decisions_price_id'), 'ai_decisions', ['price_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ai_decisions_prompt_version_id_decided_at_id'), 'ai_decisions', ['prompt_version_id', 'decided_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ai_decisions_received_at_id'), 'ai_decisions', ['received_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ai_decisions_recommendation_decided_at_id'), 'ai_decisions', ['recommendation', 'decided_at', 'id'], unique=False, schema='admin')
    op.create_table('campaign_deliveries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('mail_message_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('pending', 'queued', 'withheld', 'failed', name='campaigndeliverystate', native_enum=False, create_constraint=True, length=40), server_default='pending', nullable=False),
    sa.Column('withheld_reason', sa.String(length=80), nullable=True, comment='Suppressed, no consent, suspended …'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('processed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'withheld' OR withheld_reason IS NOT NULL", name=op.f('ck_campaign_deliveries_withheld_says_why')),
    sa.ForeignKeyConstraint(['campaign_id'], ['admin.email_campaigns.id'], name=op.f('fk_campaign_deliveries_campaign_id_email_campaigns'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_campaign_deliveries_customer_id_customers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['mail_message_id'], ['admin.mail_messages.id'], name=op.f('fk_campaign_deliveries_mail_message_id_mail_messages'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_campaign_deliveries_person_id_people'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_deliveries')),
    sa.UniqueConstraint('campaign_id', 'customer_id', 'person_id', name=op.f('uq_campaign_deliveries_campaign_id_customer_id_person_id'), postgresql_nulls_not_distinct=True),
    schema='admin'
    )
    op.create_index('ix_campaign_deliveries_created_at', 'campaign_deliveries', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_campaign_deliveries_customer', 'campaign_deliveries', ['customer_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_campaign_deliveries_mail_message_id'), 'campaign_deliveries', ['mail_message_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_campaign_deliveries_person_id'), 'campaign_deliveries', ['person_id'], unique=False, schema='admin')
    op.create_index('ix_campaign_deliveries_state', 'campaign_deliveries', ['campaign_id', 'state', 'id'], unique=False, schema='admin')
    op.create_table('erasure_plans',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=False),
    sa.Column('plan_hash', sa.String(length=64), nullable=False),
    sa.Column('schema_hash', sa.String(length=64), nullable=False, comment='Data map it was made from: a changed schema needs a new plan.'),
    sa.Column('decisions', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='For each table: erase, restrict until a day, or keep, and why.'),
    sa.Column('rows_expected', sa.BigInteger(), nullable=False),
    sa.Column('identifiers', sa.LargeBinary(), nullable=True, comment='What to look for, encrypted; dropped at the end.'),
    sa.Column('approval_id', sa.Uuid(), nullable=True),
    sa.Column('job_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('rows_expected >= 0', name=op.f('ck_erasure_plans_counted')),
    sa.ForeignKeyConstraint(['approval_id'], ['admin.approvals.id'], name=op.f('fk_erasure_plans_approval_id_approvals'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['job_id'], ['admin.jobs.id'], name=op.f('fk_erasure_plans_job_id_jobs'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['request_id'], ['admin.subject_requests.id'], name=op.f('fk_erasure_plans_request_id_subject_requests'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure_plans')),
    schema='admin'
    )
    op.create_index(op.f('ix_erasure_plans_approval_id'), 'erasure_plans', ['approval_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_erasure_plans_created_at_id'), 'erasure_plans', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_erasure_plans_job_id'), 'erasure_plans', ['job_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_erasure_plans_request_id_created_at'), 'erasure_plans', ['request_id', 'created_at'], unique=False, schema='admin')
    op.create_index('uq_erasure_plans_current', 'erasure_plans', ['request_id'], unique=True, schema='admin', postgresql_where=sa.text('superseded_at IS NULL'))
    op.create_table('invoices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('subscription_id', sa.Uuid(), nullable=True),
    sa.Column('number', sa.String(length=200), nullable=True, comment='Given without gaps at issue.'),
    sa.Column('kind', sa.Enum('subscription', 'credits', 'manual', name='invoicekind', native_enum=False, create_constraint=True, length=40), server_default='subscription', nullable=False),
    sa.Column('status', sa.Enum('draft', 'open', 'paid', 'credited', 'uncollectible', name='invoicestatus', native_enum=False, create_constraint=True, length=40), server_default='draft', nullable=False),
    sa.Column('is_tax_invoice', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='We were a VAT vendor on the day of issue.'),
    sa.Column('issued_on', sa.Date(), nullable=True, comment='Date of the document, Johannesburg.'),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True, comment='When it got its number.'),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('period_start', sa.DateTime(timezone=True), nullable=True, comment='Start of the service billed.'),
    sa.Column('period_end', sa.DateTime(timezone=True), nullable=True, comment='End of the service billed.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('discount_cents', sa.BigInteger(), server_default='0', nullable=False, comment='Already taken off the net amount.'),
    sa.Column('net_cents', sa.BigInteger(), nullable=False, comment='After discount, excluding VAT.'),
    sa.Column('vat_cents', sa.BigInteger(), nullable=False),
    sa.Column('total_cents', sa.BigInteger(), nullable=False, comment='Including VAT: what is owed.'),
    sa.Column('vat_rate', sa.Numeric(precision=5, scale=4), nullable=False),
    sa.Column('paid_cents', sa.BigInteger(), server_default='0', nullable=False, comment='Received, before refunds.'),
    sa.Column('credited_cents', sa.BigInteger(), server_default='0', nullable=False, comment='Sum of its credit notes, including VAT.'),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('written_off_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('supplier', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='Our own particulars on the day of issue.'),
    sa.Column('recipient', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="The customer's on the day of issue."),
    sa.Column('purchase_order', sa.String(length=200), nullable=True, comment="The customer's own reference."),
    sa.Column('memo', sa.Text(), nullable=True, comment='Printed on the document.'),
    sa.Column('pdf_path', sa.String(length=200), nullable=True, comment='Where the document as sent is kept.'),
    sa.Column('pdf_sha256', sa.String(length=64), nullable=True, comment='Fingerprint of the document as sent.'),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by_id', sa.Uuid(), nullable=True, comment='Empty when billing made it.'),
    sa.Column('external_id', sa.String(length=200), nullable=True, comment='Key in the customer app.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(status = 'draft') = (number IS NULL)", name=op.f('ck_invoices_numbered_when_issued')),
    sa.CheckConstraint("status <> 'paid' OR paid_at IS NOT NULL", name=op.f('ck_invoices_paid_when_known')),
    sa.CheckConstraint("status = 'draft' OR issued_on IS NOT NULL", name=op.f('ck_invoices_dated_when_issued')),
    sa.CheckConstraint('(number IS NULL) = (issued_at IS NULL)', name=op.f('ck_invoices_issued_when_numbered')),
    sa.CheckConstraint('credited_cents BETWEEN 0 AND total_cents', name=op.f('ck_invoices_credited_within_total')),
    sa.CheckConstraint('discount_cents >= 0', name=op.f('ck_invoices_discount_not_negative')),
    sa.CheckConstraint('due_on >= issued_on', name=op.f('ck_invoices_due_after_issue')),
    sa.CheckConstraint('net_cents >= 0 AND vat_cents >= 0', name=op.f('ck_invoices_amounts_not_negative')),
    sa.CheckConstraint('paid_cents >= 0', name=op.f('ck_invoices_paid_not_negative')),
    sa.CheckConstraint('period_end > period_start', name=op.f('ck_invoices_period_ends_after_start')),
    sa.CheckConstraint('total_cents = net_cents + vat_cents', name=op.f('ck_invoices_total_adds_up')),
    sa.CheckConstraint('vat_cents = 0 OR is_tax_invoice', name=op.f('ck_invoices_vat_only_by_vendor')),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_invoices_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_invoices_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['subscription_id'], ['admin.subscriptions.id'], name=op.f('fk_invoices_subscription_id_subscriptions'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoices')),
    sa.UniqueConstraint('external_id', name=op.f('uq_invoices_external_id')),
    sa.UniqueConstraint('number', name=op.f('uq_invoices_number')),
    sa.UniqueConstraint('subscription_id', 'period_start', 'kind', name=op.f('uq_invoices_subscription_id_period_start_kind')),
    schema='admin'
    )
    op.create_index('ix_invoices_created_at', 'invoices', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_invoices_created_by_id'), 'invoices', ['created_by_id'], unique=False, schema='admin')
    op.create_index('ix_invoices_customer', 'invoices', ['customer_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_invoices_issued_on', 'invoices', ['issued_on', 'id'], unique=False, schema='admin')
    op.create_index('ix_invoices_status_due', 'invoices', ['status', 'due_on', 'id'], unique=False, schema='admin')
    op.create_index('ix_invoices_total_cents', 'invoices', ['total_cents', 'id'], unique=False, schema='admin')
    op.create_table('mail_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('delivered', 'bounced', 'deferred', 'complained', 'unsubscribed', 'clicked', 'replied', name='maileventkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.Column('permanent', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='A bounce that will not go away.'),
    sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['admin.mail_messages.id'], name=op.f('fk_mail_events_message_id_mail_messages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_events')),
    schema='admin'
    )
    op.create_index(op.f('ix_mail_events_kind_occurred_at_id'), 'mail_events', ['kind', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_events_message_id_occurred_at'), 'mail_events', ['message_id', 'occurred_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_mail_events_occurred_at_id'), 'mail_events', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_table('objections',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=True),
    sa.Column('purpose', sa.String(length=80), nullable=False, comment='all: the data is restricted as a whole.'),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('candidate_id', sa.Uuid(), nullable=True),
    sa.Column('grounds', sa.Text(), nullable=True),
    sa.Column('in_force_from', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('told_before_lifting_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('customer_id IS NOT NULL OR person_id IS NOT NULL OR candidate_id IS NOT NULL', name=op.f('ck_objections_somebody')),
    sa.CheckConstraint('lifted_at IS NULL OR told_before_lifting_at IS NOT NULL', name=op.f('ck_objections_told_before_lifting')),
    sa.ForeignKeyConstraint(['candidate_id'], ['admin.candidates.id'], name=op.f('fk_objections_candidate_id_candidates'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_objections_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_objections_person_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['request_id'], ['admin.subject_requests.id'], name=op.f('fk_objections_request_id_subject_requests'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objections')),
    schema='admin'
    )
    op.create_index(op.f('ix_objections_candidate_id'), 'objections', ['candidate_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_objections_created_at_id'), 'objections', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_objections_customer_id'), 'objections', ['customer_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_objections_person_id'), 'objections', ['person_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_objections_request_id'), 'objections', ['request_id'], unique=False, schema='admin')
    op.create_table('report_deliveries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('recipient', sa.String(length=320), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('outcome', sa.Enum('queued', 'sent', 'failed', 'not_permitted', name='deliveryoutcome', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'queued'"), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_report_deliveries_member_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['message_id'], ['admin.mail_messages.id'], name=op.f('fk_report_deliveries_message_id_mail_messages'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['run_id'], ['admin.report_runs.id'], name=op.f('fk_report_deliveries_run_id_report_runs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_deliveries')),
    schema='admin'
    )
    op.create_index(op.f('ix_report_deliveries_created_at_id'), 'report_deliveries', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_report_deliveries_member_id'), 'report_deliveries', ['member_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_report_deliveries_message_id'), 'report_deliveries', ['message_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_report_deliveries_run_id_created_at'), 'report_deliveries', ['run_id', 'created_at'], unique=False, schema='admin')
    op.create_table('subject_request_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False, comment='State changed, message sent, note, extension, approval …'),
    sa.Column('from_state', sa.Enum('received', 'identity_asked', 'verified', 'awaiting_approval', 'running', 'needs_attention', 'completed', 'partly_refused', 'refused', 'referred', 'withdrawn', name='subjectrequeststate', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('to_state', sa.Enum('received', 'identity_asked', 'verified', 'awaiting_approval', 'running', 'needs_attention', 'completed', 'partly_refused', 'refused', 'referred', 'withdrawn', name='subjectrequeststate', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_subject_request_events_member_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['request_id'], ['admin.subject_requests.id'], name=op.f('fk_subject_request_events_request_id_subject_requests'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subject_request_events')),
    schema='admin'
    )
    op.create_index(op.f('ix_subject_request_events_member_id'), 'subject_request_events', ['member_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_request_events_occurred_at_id'), 'subject_request_events', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subject_request_events_request_id_occurred_at'), 'subject_request_events', ['request_id', 'occurred_at'], unique=False, schema='admin')
    op.create_table('subscription_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('started', 'trial_started', 'trial_extended', 'trial_converted', 'trial_lapsed', 'renewed', 'upgraded', 'downgraded', 'change_scheduled', 'change_withdrawn', 'quantity_changed', 'price_migrated', 'discount_added', 'discount_ended', 'payment_failed', 'payment_recovered', 'grace_ended', 'paused', 'resumed', 'cancel_requested', 'cancel_withdrawn', 'cancelled', 'reactivated', name='subscriptioneventkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False, comment='When it took effect.'),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When we learnt of it.'),
    sa.Column('from_plan_id', sa.Uuid(), nullable=True),
    sa.Column('to_plan_id', sa.Uuid(), nullable=True),
    sa.Column('from_price_id', sa.Uuid(), nullable=True),
    sa.Column('to_price_id', sa.Uuid(), nullable=True),
    sa.Column('mrr_before_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('mrr_after_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('list_mrr_after_cents', sa.BigInteger(), nullable=True, comment='MRR after the change, before discount.'),
    sa.Column('proration_cents', sa.BigInteger(), nullable=True, comment='Charged (+) or credited (-) for the rest of the period, excluding VAT.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('period_end', sa.DateTime(timezone=True), nullable=True, comment='End of the period or trial after the change.'),
    sa.Column('actor', sa.Enum('staff', 'customer', 'system', 'gateway', name='actorkind', native_enum=False, create_constraint=True, length=40), server_default='system', nullable=False, comment='Who made it happen.'),
    sa.Column('staff_id', sa.Uuid(), nullable=True, comment='The team member, when it was one.'),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='What else changed: quantity, discount, dates.'),
    sa.Column('source_key', sa.String(length=200), nullable=True, comment='Key of the message that caused it: twice delivered, once recorded.'),
    sa.CheckConstraint("staff_id IS NULL OR actor = 'staff'", name=op.f('ck_subscription_events_staff_is_actor')),
    sa.CheckConstraint('mrr_before_cents >= 0 AND mrr_after_cents >= 0', name=op.f('ck_subscription_events_mrr_not_negative')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_subscription_events_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['from_plan_id'], ['admin.plans.id'], name=op.f('fk_subscription_events_from_plan_id_plans'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['from_price_id'], ['admin.prices.id'], name=op.f('fk_subscription_events_from_price_id_prices'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['staff_id'], ['admin.staff_members.id'], name=op.f('fk_subscription_events_staff_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['subscription_id'], ['admin.subscriptions.id'], name=op.f('fk_subscription_events_subscription_id_subscriptions'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['to_plan_id'], ['admin.plans.id'], name=op.f('fk_subscription_events_to_plan_id_plans'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['to_price_id'], ['admin.prices.id'], name=op.f('fk_subscription_events_to_price_id_prices'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription_events')),
    sa.UniqueConstraint('source_key', name=op.f('uq_subscription_events_source_key')),
    schema='admin'
    )
    op.create_index('ix_subscription_events_customer', 'subscription_events', ['customer_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subscription_events_from_plan_id'), 'subscription_events', ['from_plan_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subscription_events_from_price_id'), 'subscription_events', ['from_price_id'], unique=False, schema='admin')
    op.create_index('ix_subscription_events_kind', 'subscription_events', ['kind', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_subscription_events_occurred_at', 'subscription_events', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subscription_events_staff_id'), 'subscription_events', ['staff_id'], unique=False, schema='admin')
    op.create_index('ix_subscription_events_subscription', 'subscription_events', ['subscription_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subscription_events_to_plan_id'), 'subscription_events', ['to_plan_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_subscription_events_to_price_id'), 'subscription_events', ['to_price_id'], unique=False, schema='admin')
    op.create_table('suppressions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('address_hash', sa.String(length=64), nullable=False, comment='Keyed hash of the address.'),
    sa.Column('email', sa.String(length=320), nullable=True, comment='Empty after erasure: the hash alone goes on refusing.'),
    sa.Column('reason', sa.Enum('unsubscribed', 'complained', 'bounced', 'manual', 'refused_consent', 'erased', name='suppressionreason', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('scope', sa.Enum('marketing', 'all', name='suppressionscope', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=True, comment='Link, report, import, person.'),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_suppressions_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['lifted_by_id'], ['admin.staff_members.id'], name=op.f('fk_suppressions_lifted_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['message_id'], ['admin.mail_messages.id'], name=op.f('fk_suppressions_message_id_mail_messages'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppressions')),
    schema='admin'
    )
    op.create_index(op.f('ix_suppressions_created_at_id'), 'suppressions', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_suppressions_created_by_id'), 'suppressions', ['created_by_id'], unique=False, schema='admin')
    op.create_index('ix_suppressions_email_lower', 'suppressions', [sa.literal_column('lower(email)')], unique=False, schema='admin')
    op.create_index(op.f('ix_suppressions_lifted_by_id'), 'suppressions', ['lifted_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_suppressions_message_id'), 'suppressions', ['message_id'], unique=False, schema='admin')
    op.create_index('uq_suppressions_in_force', 'suppressions', ['address_hash', 'scope'], unique=True, schema='admin', postgresql_where=sa.text('lifted_at IS NULL'))
    op.create_table('ticket_attachments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('filename', sa.String(length=300), nullable=False),
    sa.Column('content_type', sa.String(length=80), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('storage_path', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('size_bytes >= 0', name=op.f('ck_ticket_attachments_size_not_negative')),
    sa.ForeignKeyConstraint(['message_id'], ['admin.ticket_messages.id'], name=op.f('fk_ticket_attachments_message_id_ticket_messages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_attachments')),
    schema='admin'
    )
    op.create_index(op.f('ix_ticket_attachments_message_id'), 'ticket_attachments', ['message_id'], unique=False, schema='admin')
    op.create_table('ticket_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('opened', 'status', 'priority', 'assigned', 'replied', 'customer_replied', 'merged', 'unmerged', 'escalated', 'target_warned', 'target_missed', 'surveyed', name='ticketeventkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('from_value', sa.String(length=80), nullable=True, comment='Status, priority or staff id before.'),
    sa.Column('to_value', sa.String(length=80), nullable=True, comment='Status, priority or staff id after.'),
    sa.Column('actor', sa.Enum('staff', 'customer', 'system', 'gateway', name='actorkind', native_enum=False, create_constraint=True, length=40), server_default='staff', nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('is_automatic', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='By a rule or a job; never satisfies a target.'),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['admin.ticket_messages.id'], name=op.f('fk_ticket_events_message_id_ticket_messages'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['staff_id'], ['admin.staff_members.id'], name=op.f('fk_ticket_events_staff_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['admin.tickets.id'], name=op.f('fk_ticket_events_ticket_id_tickets'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_events')),
    schema='admin'
    )
    op.create_index('ix_ticket_events_kind', 'ticket_events', ['kind', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ticket_events_message_id'), 'ticket_events', ['message_id'], unique=False, schema='admin')
    op.create_index('ix_ticket_events_occurred_at', 'ticket_events', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_ticket_events_staff_id'), 'ticket_events', ['staff_id'], unique=False, schema='admin')
    op.create_index('ix_ticket_events_ticket', 'ticket_events', ['ticket_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_table('candidate_outcomes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('candidate_id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Enum('interviewed', 'offered', 'hired', 'rejected', 'withdrew', 'left_early', name='outcomekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('reported_by', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['candidate_id'], ['admin.candidates.id'], name=op.f('fk_candidate_outcomes_candidate_id_candidates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decision_id'], ['admin.ai_decisions.id'], name=op.f('fk_candidate_outcomes_decision_id_ai_decisions'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_candidate_outcomes')),
    sa.UniqueConstraint('candidate_id', 'kind', name=op.f('uq_candidate_outcomes_candidate_id_kind')),
    schema='admin'
    )
    op.create_index(op.f('ix_candidate_outcomes_decision_id'), 'candidate_outcomes', ['decision_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_candidate_outcomes_kind_occurred_at_id'), 'candidate_outcomes', ['kind', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_candidate_outcomes_occurred_at_id'), 'candidate_outcomes', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_table('credit_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=200), nullable=False, comment='Given without gaps.'),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Enum('refund', 'cancellation', 'billing_error', 'goodwill', 'duplicate', 'write_off', name='creditreason', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('explanation', sa.Text(), nullable=False, comment="Printed on the document; never a person's name."),
    sa.Column('issued_on', sa.Date(), nullable=False, comment='Date of the document, Johannesburg.'),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('net_cents', sa.BigInteger(), nullable=False),
    sa.Column('vat_cents', sa.BigInteger(), nullable=False),
    sa.Column('total_cents', sa.BigInteger(), nullable=False),
    sa.Column('vat_rate', sa.Numeric(precision=5, scale=4), nullable=False),
    sa.Column('supplier', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Our own particulars on the day of issue.'),
    sa.Column('recipient', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="The customer's on the day of issue."),
    sa.Column('pdf_path', sa.String(length=200), nullable=True),
    sa.Column('pdf_sha256', sa.String(length=64), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('net_cents >= 0 AND vat_cents >= 0', name=op.f('ck_credit_notes_amounts_not_negative')),
    sa.CheckConstraint('total_cents = net_cents + vat_cents', name=op.f('ck_credit_notes_total_adds_up')),
    sa.CheckConstraint('total_cents > 0', name=op.f('ck_credit_notes_total_positive')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_credit_notes_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['invoice_id'], ['admin.invoices.id'], name=op.f('fk_credit_notes_invoice_id_invoices'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['issued_by_id'], ['admin.staff_members.id'], name=op.f('fk_credit_notes_issued_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_notes')),
    sa.UniqueConstraint('number', name=op.f('uq_credit_notes_number')),
    schema='admin'
    )
    op.create_index('ix_credit_notes_created_at', 'credit_notes', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_credit_notes_customer', 'credit_notes', ['customer_id', 'issued_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_credit_notes_invoice_id'), 'credit_notes', ['invoice_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_credit_notes_issued_by_id'), 'credit_notes', ['issued_by_id'], unique=False, schema='admin')
    op.create_index('ix_credit_notes_issued_on', 'credit_notes', ['issued_on', 'id'], unique=False, schema='admin')
    op.create_table('decision_feedback',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('source', sa.String(length=80), server_default=sa.text("'widget'"), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=True, comment='Sent twice, stored once.'),
    sa.Column('feature', sa.String(length=80), nullable=True, comment='What it was about, when not a decision.'),
    sa.Column('helpful', sa.Boolean(), nullable=True),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('reason_codes', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('page', sa.String(length=200), nullable=True),
    sa.Column('ip', postgresql.INET(), nullable=True),
    sa.Column('device', sa.String(length=400), nullable=True),
    sa.Column('given_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('helpful IS NOT NULL OR rating IS NOT NULL', name=op.f('ck_decision_feedback_says_something')),
    sa.CheckConstraint('rating BETWEEN 1 AND 5', name=op.f('ck_decision_feedback_rating')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_decision_feedback_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decision_id'], ['admin.ai_decisions.id'], name=op.f('fk_decision_feedback_decision_id_ai_decisions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_decision_feedback_person_id_people'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_feedback')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_decision_feedback_source_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_decision_feedback_customer_id_given_at_id'), 'decision_feedback', ['customer_id', 'given_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_decision_feedback_decision_id_given_at'), 'decision_feedback', ['decision_id', 'given_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_decision_feedback_given_at_id'), 'decision_feedback', ['given_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_decision_feedback_helpful_given_at_id'), 'decision_feedback', ['helpful', 'given_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_decision_feedback_person_id'), 'decision_feedback', ['person_id'], unique=False, schema='admin')
    op.create_table('decision_overrides',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(length=80), server_default=sa.text("'app'"), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=True),
    sa.Column('by_kind', sa.Enum('member', 'customer', name='reviewerkind', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'customer'"), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('from_recommendation', sa.Enum('shortlist', 'consider', 'reject', name='recommendation', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('to_recommendation', sa.Enum('shortlist', 'consider', 'reject', name='recommendation', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('from_recommendation <> to_recommendation', name=op.f('ck_decision_overrides_changes_something')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_decision_overrides_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decision_id'], ['admin.ai_decisions.id'], name=op.f('fk_decision_overrides_decision_id_ai_decisions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_decision_overrides_member_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_decision_overrides_person_id_people'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_overrides')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_decision_overrides_source_external_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_decision_overrides_customer_id_occurred_at_id'), 'decision_overrides', ['customer_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_decision_overrides_decision_id_occurred_at'), 'decision_overrides', ['decision_id', 'occurred_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_decision_overrides_member_id'), 'decision_overrides', ['member_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_decision_overrides_occurred_at_id'), 'decision_overrides', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_decision_overrides_person_id'), 'decision_overrides', ['person_id'], unique=False, schema='admin')
    op.create_table('erasure_certificates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=80), nullable=False),
    sa.Column('body', sa.Text(), nullable=False, comment='The text that is signed; no identifiers.'),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.Column('key_id', sa.String(length=80), nullable=False),
    sa.Column('residue_tables', sa.Integer(), server_default=sa.text('0'), nullable=False, comment='Tables searched afterwards.'),
    sa.Column('residue_rows', sa.BigInteger(), server_default=sa.text('0'), nullable=False, comment='Rows searched.'),
    sa.Column('residue_hits', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('kept', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='What was kept, under which law, until when.'),
    sa.Column('backups_until', sa.Date(), nullable=True, comment='When the last backup that holds the data expires.'),
    sa.Column('artifact_id', sa.Uuid(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['artifact_id'], ['admin.artifacts.id'], name=op.f('fk_erasure_certificates_artifact_id_artifacts'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.erasure_plans.id'], name=op.f('fk_erasure_certificates_plan_id_erasure_plans'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure_certificates')),
    sa.UniqueConstraint('number', name=op.f('uq_erasure_certificates_number')),
    sa.UniqueConstraint('plan_id', name=op.f('uq_erasure_certificates_plan_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_erasure_certificates_artifact_id'), 'erasure_certificates', ['artifact_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_erasure_certificates_issued_at_id'), 'erasure_certificates', ['issued_at', 'id'], unique=False, schema='admin')
    op.create_table('erasure_steps',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('freeze', 'database', 'files', 'processor', 'index', 'logs', 'notice', 'verify', 'destroy_key', name='stepkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('target', sa.String(length=200), nullable=False, comment='Table, store, service.'),
    sa.Column('strategy', sa.String(length=80), nullable=False, comment='Null, random, delete, restrict, keep, ask.'),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('rows_expected', sa.BigInteger(), nullable=True),
    sa.Column('rows_affected', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('cursor', sa.String(length=200), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'running', 'done', 'failed', 'skipped', name='stepstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'waiting'"), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('receipt', sa.Text(), nullable=True, comment='What the service answered, or who attests it.'),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('rows_affected >= 0 AND attempts >= 0', name=op.f('ck_erasure_steps_counted')),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.erasure_plans.id'], name=op.f('fk_erasure_steps_plan_id_erasure_plans'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure_steps')),
    sa.UniqueConstraint('plan_id', 'position', name=op.f('uq_erasure_steps_plan_id_position')),
    schema='admin'
    )
    op.create_index(op.f('ix_erasure_steps_state_id'), 'erasure_steps', ['state', 'id'], unique=False, schema='admin')
    op.create_table('evidence_items',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('highlight', 'strength', 'weakness', 'requirement_met', 'requirement_partial', 'requirement_not_met', 'requirement_unclear', 'risk', name='evidencekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('claim', sa.Text(), nullable=False),
    sa.Column('quote', sa.Text(), nullable=True, comment='What the AI says stands in the CV.'),
    sa.Column('severity', sa.String(length=80), nullable=True, comment='For risks: low, medium or high.'),
    sa.Column('verdict', sa.Enum('grounded', 'partial', 'number_mismatch', 'ungrounded', 'weak', 'not_applicable', name='verdict', native_enum=False, create_constraint=True, length=40), nullable=True, comment='Empty: not checked yet.'),
    sa.Column('similarity', sa.Numeric(precision=5, scale=2), nullable=True, comment='Of the quote and its best place.'),
    sa.Column('match_start', sa.Integer(), nullable=True, comment='Where in the CV text it was found.'),
    sa.Column('match_end', sa.Integer(), nullable=True),
    sa.Column('method_version', sa.BigInteger(), nullable=True, comment='Version of the check.'),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False, comment='Of the decision, so that lists need no join.'),
    sa.CheckConstraint('match_end > match_start AND match_start >= 0', name=op.f('ck_evidence_items_match')),
    sa.CheckConstraint('similarity BETWEEN 0 AND 100', name=op.f('ck_evidence_items_similarity')),
    sa.ForeignKeyConstraint(['decision_id'], ['admin.ai_decisions.id'], name=op.f('fk_evidence_items_decision_id_ai_decisions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_items')),
    sa.UniqueConstraint('decision_id', 'position', name=op.f('uq_evidence_items_decision_id_position')),
    schema='admin'
    )
    op.create_index(op.f('ix_evidence_items_decided_at_id'), 'evidence_items', ['decided_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_evidence_items_verdict_decided_at_id'), 'evidence_items', ['verdict', 'decided_at', 'id'], unique=False, schema='admin')
    op.create_table('invoice_lines',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('description', sa.String(length=200), nullable=False, comment="What was sold; never a person's name."),
    sa.Column('quantity', sa.Numeric(precision=12, scale=4), server_default='1', nullable=False),
    sa.Column('unit_amount_cents', sa.BigInteger(), nullable=False, comment='Per unit, before discount, excluding VAT.'),
    sa.Column('discount_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('net_cents', sa.BigInteger(), nullable=False, comment='Negative for the credit part of a proration.'),
    sa.Column('vat_cents', sa.BigInteger(), nullable=False),
    sa.Column('total_cents', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('vat_rate', sa.Numeric(precision=5, scale=4), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=True),
    sa.Column('price_id', sa.Uuid(), nullable=True),
    sa.Column('period_start', sa.DateTime(timezone=True), nullable=True, comment='Revenue is recognised over this time.'),
    sa.Column('period_end', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_proration', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('account_code', sa.String(length=80), nullable=True, comment='Account in the accounting package.'),
    sa.CheckConstraint('position > 0', name=op.f('ck_invoice_lines_position_positive')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_invoice_lines_quantity_positive')),
    sa.CheckConstraint('total_cents = net_cents + vat_cents', name=op.f('ck_invoice_lines_total_adds_up')),
    sa.CheckConstraint('vat_rate >= 0 AND vat_rate < 1', name=op.f('ck_invoice_lines_rate_is_share')),
    sa.ForeignKeyConstraint(['invoice_id'], ['admin.invoices.id'], name=op.f('fk_invoice_lines_invoice_id_invoices'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.plans.id'], name=op.f('fk_invoice_lines_plan_id_plans'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['price_id'], ['admin.prices.id'], name=op.f('fk_invoice_lines_price_id_prices'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_lines')),
    sa.UniqueConstraint('invoice_id', 'position', name=op.f('uq_invoice_lines_invoice_id_position')),
    schema='admin'
    )
    op.create_index(op.f('ix_invoice_lines_plan_id'), 'invoice_lines', ['plan_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_invoice_lines_price_id'), 'invoice_lines', ['price_id'], unique=False, schema='admin')
    op.create_table('mrr_movements',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('policy_version', sa.String(length=80), nullable=False, comment='The definition of MRR it was computed by.'),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('subscription_id', sa.Uuid(), nullable=True),
    sa.Column('subscription_event_id', sa.Uuid(), nullable=True),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('product_line', sa.Enum('b2b', 'b2c', 'recruiter', name='productline', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('month', sa.Date(), nullable=False, comment='First day of the month in Johannesburg.'),
    sa.Column('kind', sa.Enum('new', 'expansion', 'contraction', 'churn', 'reactivation', 'transfer_in', 'transfer_out', name='movementkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.Enum('voluntary', 'involuntary', 'paused', 'resumed', 'plan_change', 'quantity', 'discount', 'price_migration', 'trial_converted', 'started', name='movementreason', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False, comment='Signed: churn and contraction are negative.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('computed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(amount_cents > 0) = (kind IN ('new', 'expansion', 'reactivation', 'transfer_in'))", name=op.f('ck_mrr_movements_sign_follows_kind')),
    sa.CheckConstraint('amount_cents <> 0', name=op.f('ck_mrr_movements_amount_moves')),
    sa.CheckConstraint('extract(day FROM month) = 1', name=op.f('ck_mrr_movements_month_is_first_day')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_mrr_movements_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['plan_id'], ['admin.plans.id'], name=op.f('fk_mrr_movements_plan_id_plans'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['subscription_event_id'], ['admin.subscription_events.id'], name=op.f('fk_mrr_movements_subscription_event_id_subscription_events'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['subscription_id'], ['admin.subscriptions.id'], name=op.f('fk_mrr_movements_subscription_id_subscriptions'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mrr_movements')),
    sa.UniqueConstraint('policy_version', 'customer_id', 'occurred_at', 'kind', 'plan_id', name='uq_mrr_movements_movement'),
    schema='admin'
    )
    op.create_index('ix_mrr_movements_customer', 'mrr_movements', ['customer_id', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_mrr_movements_month', 'mrr_movements', ['policy_version', 'month', 'kind'], unique=False, schema='admin')
    op.create_index('ix_mrr_movements_occurred_at', 'mrr_movements', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_mrr_movements_plan', 'mrr_movements', ['plan_id', 'month'], unique=False, schema='admin')
    op.create_index(op.f('ix_mrr_movements_subscription_event_id'), 'mrr_movements', ['subscription_event_id'], unique=False, schema='admin')
    op.create_index('ix_mrr_movements_subscription_id', 'mrr_movements', ['subscription_id'], unique=False, schema='admin')
    op.create_table('payments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=True, comment='Empty: not yet matched.'),
    sa.Column('status', sa.Enum('pending', 'succeeded', 'failed', 'partly_refunded', 'refunded', 'disputed', name='paymentstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False, comment='Including VAT: what the customer paid.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('fee_cents', sa.BigInteger(), nullable=True, comment='What the gateway kept; empty: not known.'),
    sa.Column('fee_is_estimate', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Worked out from the agreed percentage, not reported.'),
    sa.Column('refunded_cents', sa.BigInteger(), server_default='0', nullable=False, comment='Given back or on its way back: never more than was paid.'),
    sa.Column('gateway', sa.Enum('yoco', 'payfast', 'eft', 'other', name='gateway', native_enum=False, create_constraint=True, length=40), server_default='yoco', nullable=False),
    sa.Column('gateway_reference', sa.String(length=200), nullable=True, comment="The gateway's payment id."),
    sa.Column('checkout_reference', sa.String(length=200), nullable=True, comment="The gateway's checkout id: refunds go by it."),
    sa.Column('mode', sa.Enum('live', 'test', name='gatewaymode', native_enum=False, create_constraint=True, length=40), server_default='live', nullable=False),
    sa.Column('method', sa.String(length=40), nullable=True, comment='Card, EFT and the like.'),
    sa.Column('card', sa.String(length=40), nullable=True, comment='Scheme and last digits, as the gateway masks them.'),
    sa.Column('payer_email', sa.String(length=320), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure_code', sa.String(length=200), nullable=True),
    sa.Column('failure_reason', sa.Text(), nullable=True, comment='As the gateway put it.'),
    sa.Column('external_id', sa.String(length=200), nullable=True, comment='Key in the customer app.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(status IN ('succeeded', 'partly_refunded', 'refunded', 'disputed')) = (paid_at IS NOT NULL)", name=op.f('ck_payments_paid_when_received')),
    sa.CheckConstraint("status <> 'failed' OR failed_at IS NOT NULL", name=op.f('ck_payments_failed_when_known')),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_payments_amount_positive')),
    sa.CheckConstraint('fee_cents >= 0', name=op.f('ck_payments_fee_not_negative')),
    sa.CheckConstraint('paid_at IS NOT NULL OR refunded_cents = 0', name=op.f('ck_payments_refund_needs_payment')),
    sa.CheckConstraint('refunded_cents BETWEEN 0 AND amount_cents', name=op.f('ck_payments_refunded_within_amount')),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_payments_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['invoice_id'], ['admin.invoices.id'], name=op.f('fk_payments_invoice_id_invoices'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments')),
    sa.UniqueConstraint('external_id', name=op.f('uq_payments_external_id')),
    sa.UniqueConstraint('gateway', 'gateway_reference', name=op.f('uq_payments_gateway_gateway_reference')),
    schema='admin'
    )
    op.create_index('ix_payments_amount_cents', 'payments', ['amount_cents', 'id'], unique=False, schema='admin')
    op.create_index('ix_payments_checkout_reference', 'payments', ['checkout_reference'], unique=False, schema='admin')
    op.create_index('ix_payments_created_at', 'payments', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_payments_customer', 'payments', ['customer_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_payments_failure_code'), 'payments', ['failure_code'], unique=False, schema='admin')
    op.create_index('ix_payments_gateway_reference', 'payments', ['gateway_reference'], unique=False, schema='admin')
    op.create_index(op.f('ix_payments_invoice_id'), 'payments', ['invoice_id'], unique=False, schema='admin')
    op.create_index('ix_payments_paid_at', 'payments', ['paid_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_payments_status_created', 'payments', ['status', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('review_assignments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Enum('sample', 'flagged', 'low_confidence', 'invented_evidence', 'bad_feedback', 'candidate_asked', 'second_opinion', name='assignmentreason', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('stratum', sa.String(length=80), nullable=True, comment='Group it was drawn from, when sampled.'),
    sa.Column('stratum_size', sa.Integer(), nullable=True, comment='How many decisions the group had.'),
    sa.Column('blind', sa.Boolean(), server_default=sa.text('true'), nullable=False, comment='Score and recommendation stay hidden until the verdict is saved.'),
    sa.Column('priority', sa.Integer(), server_default=sa.text('100'), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'reserved', 'done', 'skipped', name='assignmentstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'waiting'"), nullable=False),
    sa.Column('assigned_to_id', sa.Uuid(), nullable=True),
    sa.Column('reserved_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'reserved' OR reserved_until IS NOT NULL", name=op.f('ck_review_assignments_reserved_until')),
    sa.ForeignKeyConstraint(['assigned_to_id'], ['admin.staff_members.id'], name=op.f('fk_review_assignments_assigned_to_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_review_assignments_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['decision_id'], ['admin.ai_decisions.id'], name=op.f('fk_review_assignments_decision_id_ai_decisions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_assignments')),
    schema='admin'
    )
    op.create_index(op.f('ix_review_assignments_assigned_to_id_state_created_at'), 'review_assignments', ['assigned_to_id', 'state', 'created_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_review_assignments_created_at_id'), 'review_assignments', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_review_assignments_created_by_id'), 'review_assignments', ['created_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_review_assignments_decision_id'), 'review_assignments', ['decision_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_review_assignments_state_priority_created_at_id'), 'review_assignments', ['state', 'priority', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('uq_review_assignments_open', 'review_assignments', ['decision_id', 'assigned_to_id'], unique=True, schema='admin', postgresql_where=sa.text("state IN ('waiting', 'reserved')"), postgresql_nulls_not_distinct=True)
    op.create_table('review_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('candidate_id', sa.Uuid(), nullable=True),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('state', sa.Enum('open', 'in_review', 'upheld', 'changed', 'withdrawn', name='requeststate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'open'"), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('due_on', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reviewer_id', sa.Uuid(), nullable=True, comment='Not the one who decided first.'),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state NOT IN ('upheld', 'changed') OR answered_at IS NOT NULL", name=op.f('ck_review_requests_answered')),
    sa.ForeignKeyConstraint(['candidate_id'], ['admin.candidates.id'], name=op.f('fk_review_requests_candidate_id_candidates'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decision_id'], ['admin.ai_decisions.id'], name=op.f('fk_review_requests_decision_id_ai_decisions'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reviewer_id'], ['admin.staff_members.id'], name=op.f('fk_review_requests_reviewer_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_requests')),
    schema='admin'
    )
    op.create_index(op.f('ix_review_requests_candidate_id_requested_at'), 'review_requests', ['candidate_id', 'requested_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_review_requests_decision_id'), 'review_requests', ['decision_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_review_requests_requested_at_id'), 'review_requests', ['requested_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_review_requests_reviewer_id'), 'review_requests', ['reviewer_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_review_requests_state_requested_at_id'), 'review_requests', ['state', 'requested_at', 'id'], unique=False, schema='admin')
    op.create_index('uq_review_requests_open', 'review_requests', ['decision_id'], unique=True, schema='admin', postgresql_where=sa.text("state IN ('open', 'in_review')"))
    op.create_table('training_export_rows',
    sa.Column('export_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('split', sa.String(length=80), nullable=False, comment='train, valid or test.'),
    sa.ForeignKeyConstraint(['decision_id'], ['admin.ai_decisions.id'], name=op.f('fk_training_export_rows_decision_id_ai_decisions'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['export_id'], ['admin.training_exports.id'], name=op.f('fk_training_export_rows_export_id_training_exports'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('export_id', 'position', name=op.f('pk_training_export_rows')),
    schema='admin'
    )
    op.create_index(op.f('ix_training_export_rows_decision_id'), 'training_export_rows', ['decision_id'], unique=False, schema='admin')
    op.create_table('unsubscribes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('campaign_id', sa.Uuid(), nullable=True),
    sa.Column('mail_message_id', sa.Uuid(), nullable=True),
    sa.Column('suppression_id', sa.Uuid(), nullable=True, comment='The refusal it made.'),
    sa.Column('way', sa.Enum('one_click', 'page', 'reply', 'staff', name='unsubscribeway', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('ip', postgresql.INET(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['admin.email_campaigns.id'], name=op.f('fk_unsubscribes_campaign_id_email_campaigns'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_unsubscribes_customer_id_customers'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['mail_message_id'], ['admin.mail_messages.id'], name=op.f('fk_unsubscribes_mail_message_id_mail_messages'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_unsubscribes_person_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['suppression_id'], ['admin.suppressions.id'], name=op.f('fk_unsubscribes_suppression_id_suppressions'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unsubscribes')),
    schema='admin'
    )
    op.create_index(op.f('ix_unsubscribes_campaign_id'), 'unsubscribes', ['campaign_id'], unique=False, schema='admin')
    op.create_index('ix_unsubscribes_created_at', 'unsubscribes', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_unsubscribes_customer', 'unsubscribes', ['customer_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_unsubscribes_email', 'unsubscribes', ['email', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_unsubscribes_mail_message_id'), 'unsubscribes', ['mail_message_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_unsubscribes_person_id'), 'unsubscribes', ['person_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_unsubscribes_suppression_id'), 'unsubscribes', ['suppression_id'], unique=False, schema='admin')
    op.create_table('credit_entries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('purchase', 'plan_grant', 'free_grant', 'promotion', 'consumption', 'expiry', 'refund', 'reversal', 'merge', name='creditkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('unit', sa.Enum('assessment', 'cv_screening', 'video_interview', name='creditunit', native_enum=False, create_constraint=True, length=40), server_default='assessment', nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False, comment='Positive: came; negative: went.'),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True, comment='What is left of a grant lapses then.'),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('grant_id', sa.Uuid(), nullable=True, comment='The grant that a consumption or an expiry takes from.'),
    sa.Column('reverses_id', sa.Uuid(), nullable=True, comment='The entry this one undoes.'),
    sa.Column('payment_id', sa.Uuid(), nullable=True),
    sa.Column('credit_pack_id', sa.Uuid(), nullable=True),
    sa.Column('redemption_id', sa.Uuid(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('source_key', sa.String(length=200), nullable=True, comment='Key of the message that caused it: twice delivered, once recorded.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f('ck_credit_entries_reversal_names_entry')),
    sa.CheckConstraint("(kind IN ('purchase', 'plan_grant', 'free_grant', 'promotion') AND amount > 0) OR (kind IN ('consumption', 'expiry', 'refund') AND amount < 0) OR kind IN ('reversal', 'merge')", name=op.f('ck_credit_entries_sign_follows_kind')),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_credit_entries_amount_moves')),
    sa.CheckConstraint('expires_at IS NULL OR amount > 0', name=op.f('ck_credit_entries_only_grants_expire')),
    sa.ForeignKeyConstraint(['credit_pack_id'], ['admin.credit_packs.id'], name=op.f('fk_credit_entries_credit_pack_id_credit_packs'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_credit_entries_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['grant_id'], ['admin.credit_entries.id'], name=op.f('fk_credit_entries_grant_id_credit_entries'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['payment_id'], ['admin.payments.id'], name=op.f('fk_credit_entries_payment_id_payments'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['redemption_id'], ['admin.redemptions.id'], name=op.f('fk_credit_entries_redemption_id_redemptions'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reverses_id'], ['admin.credit_entries.id'], name=op.f('fk_credit_entries_reverses_id_credit_entries'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['staff_id'], ['admin.staff_members.id'], name=op.f('fk_credit_entries_staff_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_entries')),
    sa.UniqueConstraint('source_key', name=op.f('uq_credit_entries_source_key')),
    schema='admin'
    )
    op.create_index('ix_credit_entries_balance', 'credit_entries', ['customer_id', 'unit', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_credit_entries_credit_pack_id'), 'credit_entries', ['credit_pack_id'], unique=False, schema='admin')
    op.create_index('ix_credit_entries_expires_at', 'credit_entries', ['expires_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_credit_entries_grant', 'credit_entries', ['grant_id'], unique=False, schema='admin')
    op.create_index('ix_credit_entries_kind', 'credit_entries', ['kind', 'occurred_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_credit_entries_occurred_at', 'credit_entries', ['occurred_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_credit_entries_payment_id'), 'credit_entries', ['payment_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_credit_entries_redemption_id'), 'credit_entries', ['redemption_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_credit_entries_staff_id'), 'credit_entries', ['staff_id'], unique=False, schema='admin')
    op.create_index('uq_credit_entries_reverses', 'credit_entries', ['reverses_id'], unique=True, schema='admin')
    op.create_table('human_reviews',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=True),
    sa.Column('reviewer_kind', sa.Enum('member', 'customer', name='reviewerkind', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'member'"), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True, comment="The customer's recruiter, when it was one."),
    sa.Column('blind', sa.Boolean(), nullable=False, comment="Given before the AI's answer was seen."),
    sa.Column('recommendation', sa.Enum('shortlist', 'consider', 'reject', name='recommendation', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('reason_codes', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
    sa.Column('rubric', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('approved_for_training', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='The case may teach a model, if the candidate consented.'),
    sa.Column('preferred_output', sa.Text(), nullable=True, comment='What the AI should have said.'),
    sa.Column('seconds_spent', sa.Integer(), nullable=True, comment='A few seconds mean nobody looked.'),
    sa.Column('ai_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(reviewer_kind = 'member') = (member_id IS NOT NULL)", name=op.f('ck_human_reviews_reviewer')),
    sa.CheckConstraint('NOT blind OR ai_seen_at IS NULL OR ai_seen_at >= submitted_at', name=op.f('ck_human_reviews_blind_means_blind')),
    sa.CheckConstraint('score BETWEEN 0 AND 100', name=op.f('ck_human_reviews_score')),
    sa.CheckConstraint('seconds_spent >= 0', name=op.f('ck_human_reviews_seconds')),
    sa.ForeignKeyConstraint(['assignment_id'], ['admin.review_assignments.id'], name=op.f('fk_human_reviews_assignment_id_review_assignments'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['decision_id'], ['admin.ai_decisions.id'], name=op.f('fk_human_reviews_decision_id_ai_decisions'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['member_id'], ['admin.staff_members.id'], name=op.f('fk_human_reviews_member_id_staff_members'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['admin.people.id'], name=op.f('fk_human_reviews_person_id_people'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_human_reviews')),
    sa.UniqueConstraint('assignment_id', name=op.f('uq_human_reviews_assignment_id')),
    schema='admin'
    )
    op.create_index(op.f('ix_human_reviews_blind_submitted_at_id'), 'human_reviews', ['blind', 'submitted_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_human_reviews_decision_id_submitted_at'), 'human_reviews', ['decision_id', 'submitted_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_human_reviews_member_id_submitted_at'), 'human_reviews', ['member_id', 'submitted_at'], unique=False, schema='admin')
    op.create_index(op.f('ix_human_reviews_person_id'), 'human_reviews', ['person_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_human_reviews_submitted_at_id'), 'human_reviews', ['submitted_at', 'id'], unique=False, schema='admin')
    op.create_index('uq_human_reviews_in_force', 'human_reviews', ['decision_id', 'member_id'], unique=True, schema='admin', postgresql_where=sa.text('superseded_at IS NULL AND member_id IS NOT NULL'))
    op.create_table('payment_attempts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=True, comment='What came of it.'),
    sa.Column('number', sa.Integer(), nullable=False, comment='1 is the first try for the invoice.'),
    sa.Column('kind', sa.Enum('link', 'charge', name='attemptkind', native_enum=False, create_constraint=True, length=40), server_default='link', nullable=False),
    sa.Column('gateway', sa.Enum('yoco', 'payfast', 'eft', 'other', name='gateway', native_enum=False, create_constraint=True, length=40), server_default='yoco', nullable=False),
    sa.Column('status', sa.Enum('prepared', 'sent', 'opened', 'succeeded', 'failed', 'expired', 'superseded', name='attemptstatus', native_enum=False, create_constraint=True, length=40), server_default='prepared', nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('idempotency_key', sa.String(length=200), nullable=False, comment='Sent to the gateway.'),
    sa.Column('checkout_reference', sa.String(length=200), nullable=True, comment="The gateway's checkout id."),
    sa.Column('payment_url', sa.String(length=2000), nullable=True, comment='Where the customer pays.'),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure_reason', sa.Text(), nullable=True),
    sa.Column('created_by_id', sa.Uuid(), nullable=True, comment='Empty when a job made it.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_payment_attempts_amount_positive')),
    sa.CheckConstraint('number > 0', name=op.f('ck_payment_attempts_number_positive')),
    sa.ForeignKeyConstraint(['created_by_id'], ['admin.staff_members.id'], name=op.f('fk_payment_attempts_created_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['invoice_id'], ['admin.invoices.id'], name=op.f('fk_payment_attempts_invoice_id_invoices'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['payment_id'], ['admin.payments.id'], name=op.f('fk_payment_attempts_payment_id_payments'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_attempts')),
    sa.UniqueConstraint('gateway', 'checkout_reference', name=op.f('uq_payment_attempts_gateway_checkout_reference')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_payment_attempts_idempotency_key')),
    sa.UniqueConstraint('invoice_id', 'number', name=op.f('uq_payment_attempts_invoice_id_number')),
    schema='admin'
    )
    op.create_index('ix_payment_attempts_created_at', 'payment_attempts', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_payment_attempts_created_by_id'), 'payment_attempts', ['created_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_payment_attempts_payment_id'), 'payment_attempts', ['payment_id'], unique=False, schema='admin')
    op.create_index('ix_payment_attempts_status', 'payment_attempts', ['status', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('refunds',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('credit_note_id', sa.Uuid(), nullable=True, comment='The tax document that goes with it.'),
    sa.Column('status', sa.Enum('requested', 'approved', 'submitted', 'succeeded', 'failed', 'stuck', 'rejected', name='refundstatus', native_enum=False, create_constraint=True, length=40), server_default='requested', nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False, comment='Including VAT.'),
    sa.Column('vat_cents', sa.BigInteger(), server_default='0', nullable=False, comment='VAT within the amount.'),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('reason', sa.Enum('customer_request', 'billing_error', 'duplicate', 'cancellation', 'service_failure', 'goodwill', 'fraud', name='refundreason', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('explanation', sa.Text(), nullable=True),
    sa.Column('idempotency_key', sa.String(length=200), nullable=False, comment='The same for every try: the gateway pays it once.'),
    sa.Column('gateway_reference', sa.String(length=200), nullable=True, comment="The gateway's refund id."),
    sa.Column('requested_by_id', sa.Uuid(), nullable=True),
    sa.Column('approved_by_id', sa.Uuid(), nullable=True, comment='The second person, where one is needed.'),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True, comment='When the gateway accepted it.'),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True, comment='When the gateway confirmed it.'),
    sa.Column('failure_reason', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("status <> 'submitted' OR submitted_at IS NOT NULL", name=op.f('ck_refunds_submitted_when_sent')),
    sa.CheckConstraint("status <> 'succeeded' OR completed_at IS NOT NULL", name=op.f('ck_refunds_completed_when_done')),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_refunds_amount_positive')),
    sa.CheckConstraint('approved_by_id <> requested_by_id', name=op.f('ck_refunds_two_people')),
    sa.CheckConstraint('vat_cents BETWEEN 0 AND amount_cents', name=op.f('ck_refunds_vat_within_amount')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['admin.staff_members.id'], name=op.f('fk_refunds_approved_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['credit_note_id'], ['admin.credit_notes.id'], name=op.f('fk_refunds_credit_note_id_credit_notes'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_refunds_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['payment_id'], ['admin.payments.id'], name=op.f('fk_refunds_payment_id_payments'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['requested_by_id'], ['admin.staff_members.id'], name=op.f('fk_refunds_requested_by_id_staff_members'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refunds')),
    sa.UniqueConstraint('gateway_reference', name=op.f('uq_refunds_gateway_reference')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_refunds_idempotency_key')),
    schema='admin'
    )
    op.create_index(op.f('ix_refunds_approved_by_id'), 'refunds', ['approved_by_id'], unique=False, schema='admin')
    op.create_index('ix_refunds_completed_at', 'refunds', ['completed_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_refunds_created_at', 'refunds', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_refunds_credit_note_id'), 'refunds', ['credit_note_id'], unique=False, schema='admin')
    op.create_index('ix_refunds_customer', 'refunds', ['customer_id', 'created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_refunds_payment_id'), 'refunds', ['payment_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_refunds_requested_by_id'), 'refunds', ['requested_by_id'], unique=False, schema='admin')
    op.create_index('ix_refunds_status', 'refunds', ['status', 'created_at', 'id'], unique=False, schema='admin')
    op.create_table('representations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=True),
    sa.Column('review_request_id', sa.Uuid(), nullable=True),
    sa.Column('candidate_id', sa.Uuid(), nullable=True),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('logic_explained', sa.Text(), nullable=True, comment='What the person was told about the logic.'),
    sa.Column('state', sa.Enum('received', 'in_review', 'upheld', 'changed', name='representationstate', native_enum=False, create_constraint=True, length=40), server_default=sa.text("'received'"), nullable=False),
    sa.Column('reviewer_id', sa.Uuid(), nullable=True, comment='Not the one who decided first.'),
    sa.Column('seconds_spent', sa.Integer(), nullable=True),
    sa.Column('reasons', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state NOT IN ('upheld', 'changed') OR decided_at IS NOT NULL", name=op.f('ck_representations_decided')),
    sa.CheckConstraint('due_on >= received_on', name=op.f('ck_representations_due_after_receipt')),
    sa.ForeignKeyConstraint(['candidate_id'], ['admin.candidates.id'], name=op.f('fk_representations_candidate_id_candidates'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decision_id'], ['admin.ai_decisions.id'], name=op.f('fk_representations_decision_id_ai_decisions'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['request_id'], ['admin.subject_requests.id'], name=op.f('fk_representations_request_id_subject_requests'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['review_request_id'], ['admin.review_requests.id'], name=op.f('fk_representations_review_request_id_review_requests'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reviewer_id'], ['admin.staff_members.id'], name=op.f('fk_representations_reviewer_id_staff_members'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_representations')),
    schema='admin'
    )
    op.create_index(op.f('ix_representations_candidate_id'), 'representations', ['candidate_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_representations_created_at_id'), 'representations', ['created_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_representations_decision_id'), 'representations', ['decision_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_representations_request_id'), 'representations', ['request_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_representations_review_request_id'), 'representations', ['review_request_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_representations_reviewer_id'), 'representations', ['reviewer_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_representations_state_due_on_id'), 'representations', ['state', 'due_on', 'id'], unique=False, schema='admin')
    op.create_table('dunning_steps',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('rule_id', sa.Uuid(), nullable=True),
    sa.Column('attempt_id', sa.Uuid(), nullable=True, comment='The payment link it sent.'),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('act', sa.Enum('remind', 'new_link', 'call_task', 'warn', 'suspend', 'cancel', name='dunningact', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('scheduled', 'done', 'skipped', 'failed', name='dunningstate', native_enum=False, create_constraint=True, length=40), server_default='scheduled', nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True, comment='What came of it, or why it was skipped.'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("state <> 'done' OR done_at IS NOT NULL", name=op.f('ck_dunning_steps_done_when_known')),
    sa.CheckConstraint('number > 0', name=op.f('ck_dunning_steps_number_positive')),
    sa.ForeignKeyConstraint(['attempt_id'], ['admin.payment_attempts.id'], name=op.f('fk_dunning_steps_attempt_id_payment_attempts'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['customer_id'], ['admin.customers.id'], name=op.f('fk_dunning_steps_customer_id_customers'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['invoice_id'], ['admin.invoices.id'], name=op.f('fk_dunning_steps_invoice_id_invoices'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['rule_id'], ['admin.dunning_rules.id'], name=op.f('fk_dunning_steps_rule_id_dunning_rules'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dunning_steps')),
    sa.UniqueConstraint('invoice_id', 'number', name=op.f('uq_dunning_steps_invoice_id_number')),
    schema='admin'
    )
    op.create_index(op.f('ix_dunning_steps_attempt_id'), 'dunning_steps', ['attempt_id'], unique=False, schema='admin')
    op.create_index('ix_dunning_steps_customer', 'dunning_steps', ['customer_id', 'due_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_dunning_steps_due', 'dunning_steps', ['state', 'due_at', 'id'], unique=False, schema='admin')
    op.create_index('ix_dunning_steps_due_at', 'dunning_steps', ['due_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_dunning_steps_rule_id'), 'dunning_steps', ['rule_id'], unique=False, schema='admin')
    op.create_table('gateway_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('gateway', sa.Enum('yoco', 'payfast', 'eft', 'other', name='gateway', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('event_key', sa.String(length=200), nullable=False, comment='The webhook id: the same message twice counts once.'),
    sa.Column('kind', sa.String(length=80), nullable=False, comment="The gateway's word, e.g. payment.succeeded."),
    sa.Column('mode', sa.Enum('live', 'test', name='gatewaymode', native_enum=False, create_constraint=True, length=40), server_default='live', nullable=False),
    sa.Column('checkout_reference', sa.String(length=200), nullable=True),
    sa.Column('payment_id', sa.Uuid(), nullable=True),
    sa.Column('refund_id', sa.Uuid(), nullable=True),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='As received, after the signature was checked.'),
    sa.Column('body_sha256', sa.String(length=64), nullable=False, comment='Fingerprint of the raw message.'),
    sa.Column('deliveries', sa.Integer(), server_default='1', nullable=False, comment='How often it arrived.'),
    sa.Column('state', sa.Enum('received', 'applied', 'ignored', 'failed', name='gatewayeventstate', native_enum=False, create_constraint=True, length=40), server_default='received', nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True, comment='As the gateway says.'),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('processed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.CheckConstraint("state <> 'applied' OR processed_at IS NOT NULL", name=op.f('ck_gateway_events_processed_when_applied')),
    sa.CheckConstraint('deliveries > 0', name=op.f('ck_gateway_events_delivered')),
    sa.ForeignKeyConstraint(['payment_id'], ['admin.payments.id'], name=op.f('fk_gateway_events_payment_id_payments'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['refund_id'], ['admin.refunds.id'], name=op.f('fk_gateway_events_refund_id_refunds'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gateway_events')),
    sa.UniqueConstraint('gateway', 'event_key', name=op.f('uq_gateway_events_gateway_event_key')),
    schema='admin'
    )
    op.create_index('ix_gateway_events_checkout', 'gateway_events', ['checkout_reference'], unique=False, schema='admin')
    op.create_index(op.f('ix_gateway_events_kind'), 'gateway_events', ['kind'], unique=False, schema='admin')
    op.create_index(op.f('ix_gateway_events_payment_id'), 'gateway_events', ['payment_id'], unique=False, schema='admin')
    op.create_index('ix_gateway_events_received_at', 'gateway_events', ['received_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_gateway_events_refund_id'), 'gateway_events', ['refund_id'], unique=False, schema='admin')
    op.create_index('ix_gateway_events_state', 'gateway_events', ['state', 'received_at', 'id'], unique=False, schema='admin')
    op.create_table('reconciliation_findings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=True, comment='The comparison that last saw it.'),
    sa.Column('gateway', sa.Enum('yoco', 'payfast', 'eft', 'other', name='gateway', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('kind', sa.Enum('missing_here', 'missing_there', 'amount_differs', 'status_differs', 'refund_stuck', 'unknown_checkout', 'paid_twice', 'test_in_live', 'fee_differs', name='findingkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reference', sa.String(length=200), nullable=False, comment="The gateway's id, or ours where it has none."),
    sa.Column('payment_id', sa.Uuid(), nullable=True),
    sa.Column('refund_id', sa.Uuid(), nullable=True),
    sa.Column('theirs_cents', sa.BigInteger(), nullable=True),
    sa.Column('ours_cents', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), server_default='ZAR', nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=True, comment='Day of the payment in question.'),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('open', 'resolved', 'accepted', name='findingstate', native_enum=False, create_constraint=True, length=40), server_default='open', nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by_id', sa.Uuid(), nullable=True),
    sa.Column('resolution', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(state = 'open') = (resolved_at IS NULL)", name=op.f('ck_reconciliation_findings_resolved_when_closed')),
    sa.ForeignKeyConstraint(['payment_id'], ['admin.payments.id'], name=op.f('fk_reconciliation_findings_payment_id_payments'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['refund_id'], ['admin.refunds.id'], name=op.f('fk_reconciliation_findings_refund_id_refunds'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['resolved_by_id'], ['admin.staff_members.id'], name=op.f('fk_reconciliation_findings_resolved_by_id_staff_members'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['run_id'], ['admin.reconciliation_runs.id'], name=op.f('fk_reconciliation_findings_run_id_reconciliation_runs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reconciliation_findings')),
    sa.UniqueConstraint('gateway', 'kind', 'reference', name=op.f('uq_reconciliation_findings_gateway_kind_reference')),
    schema='admin'
    )
    op.create_index('ix_reconciliation_findings_found_at', 'reconciliation_findings', ['found_at', 'id'], unique=False, schema='admin')
    op.create_index(op.f('ix_reconciliation_findings_payment_id'), 'reconciliation_findings', ['payment_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_reconciliation_findings_refund_id'), 'reconciliation_findings', ['refund_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_reconciliation_findings_resolved_by_id'), 'reconciliation_findings', ['resolved_by_id'], unique=False, schema='admin')
    op.create_index(op.f('ix_reconciliation_findings_run_id'), 'reconciliation_findings', ['run_id'], unique=False, schema='admin')
    op.create_index('ix_reconciliation_findings_state', 'reconciliation_findings', ['state', 'found_at', 'id'], unique=False, schema='admin')


def downgrade() -> None:
    """Take the change back."""
    op.drop_index('ix_reconciliation_findings_state', table_name='reconciliation_findings', schema='admin')
    op.drop_index(op.f('ix_reconciliation_findings_run_id'), table_name='reconciliation_findings', schema='admin')
    op.drop_index(op.f('ix_reconciliation_findings_resolved_by_id'), table_name='reconciliation_findings', schema='admin')
    op.drop_index(op.f('ix_reconciliation_findings_refund_id'), table_name='reconciliation_findings', schema='admin')
    op.drop_index(op.f('ix_reconciliation_findings_payment_id'), table_name='reconciliation_findings', schema='admin')
    op.drop_index('ix_reconciliation_findings_found_at', table_name='reconciliation_findings', schema='admin')
    op.drop_table('reconciliation_findings', schema='admin')
    op.drop_index('ix_gateway_events_state', table_name='gateway_events', schema='admin')
    op.drop_index(op.f('ix_gateway_events_refund_id'), table_name='gateway_events', schema='admin')
    op.drop_index('ix_gateway_events_received_at', table_name='gateway_events', schema='admin')
    op.drop_index(op.f('ix_gateway_events_payment_id'), table_name='gateway_events', schema='admin')
    op.drop_index(op.f('ix_gateway_events_kind'), table_name='gateway_events', schema='admin')
    op.drop_index('ix_gateway_events_checkout', table_name='gateway_events', schema='admin')
    op.drop_table('gateway_events', schema='admin')
    op.drop_index(op.f('ix_dunning_steps_rule_id'), table_name='dunning_steps', schema='admin')
    op.drop_index('ix_dunning_steps_due_at', table_name='dunning_steps', schema='admin')
    op.drop_index('ix_dunning_steps_due', table_name='dunning_steps', schema='admin')
    op.drop_index('ix_dunning_steps_customer', table_name='dunning_steps', schema='admin')
    op.drop_index(op.f('ix_dunning_steps_attempt_id'), table_name='dunning_steps', schema='admin')
    op.drop_table('dunning_steps', schema='admin')
    op.drop_index(op.f('ix_representations_state_due_on_id'), table_name='representations', schema='admin')
    op.drop_index(op.f('ix_representations_reviewer_id'), table_name='representations', schema='admin')
    op.drop_index(op.f('ix_representations_review_request_id'), table_name='representations', schema='admin')
    op.drop_index(op.f('ix_representations_request_id'), table_name='representations', schema='admin')
    op.drop_index(op.f('ix_representations_decision_id'), table_name='representations', schema='admin')
    op.drop_index(op.f('ix_representations_created_at_id'), table_name='representations', schema='admin')
    op.drop_index(op.f('ix_representations_candidate_id'), table_name='representations', schema='admin')
    op.drop_table('representations', schema='admin')
    op.drop_index('ix_refunds_status', table_name='refunds', schema='admin')
    op.drop_index(op.f('ix_refunds_requested_by_id'), table_name='refunds', schema='admin')
    op.drop_index(op.f('ix_refunds_payment_id'), table_name='refunds', schema='admin')
    op.drop_index('ix_refunds_customer', table_name='refunds', schema='admin')
    op.drop_index(op.f('ix_refunds_credit_note_id'), table_name='refunds', schema='admin')
    op.drop_index('ix_refunds_created_at', table_name='refunds', schema='admin')
    op.drop_index('ix_refunds_completed_at', table_name='refunds', schema='admin')
    op.drop_index(op.f('ix_refunds_approved_by_id'), table_name='refunds', schema='admin')
    op.drop_table('refunds', schema='admin')
    op.drop_index('ix_payment_attempts_status', table_name='payment_attempts', schema='admin')
    op.drop_index(op.f('ix_payment_attempts_payment_id'), table_name='payment_attempts', schema='admin')
    op.drop_index(op.f('ix_payment_attempts_created_by_id'), table_name='payment_attempts', schema='admin')
    op.drop_index('ix_payment_attempts_created_at', table_name='payment_attempts', schema='admin')
    op.drop_table('payment_attempts', schema='admin')
    op.drop_index('uq_human_reviews_in_force', table_name='human_reviews', schema='admin', postgresql_where=sa.text('superseded_at IS NULL AND member_id IS NOT NULL'))
    op.drop_index(op.f('ix_human_reviews_submitted_at_id'), table_name='human_reviews', schema='admin')
    op.drop_index(op.f('ix_human_reviews_person_id'), table_name='human_reviews', schema='admin')
    op.drop_index(op.f('ix_human_reviews_member_id_submitted_at'), table_name='human_reviews', schema='admin')
    op.drop_index(op.f('ix_human_reviews_decision_id_submitted_at'), table_name='human_reviews', schema='admin')
    op.drop_index(op.f('ix_human_reviews_blind_submitted_at_id'), table_name='human_reviews', schema='admin')
    op.drop_table('human_reviews', schema='admin')
    op.drop_index('uq_credit_entries_reverses', table_name='credit_entries', schema='admin')
    op.drop_index(op.f('ix_credit_entries_staff_id'), table_name='credit_entries', schema='admin')
    op.drop_index(op.f('ix_credit_entries_redemption_id'), table_name='credit_entries', schema='admin')
    op.drop_index(op.f('ix_credit_entries_payment_id'), table_name='credit_entries', schema='admin')
    op.drop_index('ix_credit_entries_occurred_at', table_name='credit_entries', schema='admin')
    op.drop_index('ix_credit_entries_kind', table_name='credit_entries', schema='admin')
    op.drop_index('ix_credit_entries_grant', table_name='credit_entries', schema='admin')
    op.drop_index('ix_credit_entries_expires_at', table_name='credit_entries', schema='admin')
    op.drop_index(op.f('ix_credit_entries_credit_pack_id'), table_name='credit_entries', schema='admin')
    op.drop_index('ix_credit_entries_balance', table_name='credit_entries', schema='admin')
    op.drop_table('credit_entries', schema='admin')
    op.drop_index(op.f('ix_unsubscribes_suppression_id'), table_name='unsubscribes', schema='admin')
    op.drop_index(op.f('ix_unsubscribes_person_id'), table_name='unsubscribes', schema='admin')
    op.drop_index(op.f('ix_unsubscribes_mail_message_id'), table_name='unsubscribes', schema='admin')
    op.drop_index('ix_unsubscribes_email', table_name='unsubscribes', schema='admin')
    op.drop_index('ix_unsubscribes_customer', table_name='unsubscribes', schema='admin')
    op.drop_index('ix_unsubscribes_created_at', table_name='unsubscribes', schema='admin')
    op.drop_index(op.f('ix_unsubscribes_campaign_id'), table_name='unsubscribes', schema='admin')
    op.drop_table('unsubscribes', schema='admin')
    op.drop_index(op.f('ix_training_export_rows_decision_id'), table_name='training_export_rows', schema='admin')
    op.drop_table('training_export_rows', schema='admin')
    op.drop_index('uq_review_requests_open', table_name='review_requests', schema='admin', postgresql_where=sa.text("state IN ('open', 'in_review')"))
    op.drop_index(op.f('ix_review_requests_state_requested_at_id'), table_name='review_requests', schema='admin')
    op.drop_index(op.f('ix_review_requests_reviewer_id'), table_name='review_requests', schema='admin')
    op.drop_index(op.f('ix_review_requests_requested_at_id'), table_name='review_requests', schema='admin')
    op.drop_index(op.f('ix_review_requests_decision_id'), table_name='review_requests', schema='admin')
    op.drop_index(op.f('ix_review_requests_candidate_id_requested_at'), table_name='review_requests', schema='admin')
    op.drop_table('review_requests', schema='admin')
    op.drop_index('uq_review_assignments_open', table_name='review_assignments', schema='admin', postgresql_where=sa.text("state IN ('waiting', 'reserved')"), postgresql_nulls_not_distinct=True)
    op.drop_index(op.f('ix_review_assignments_state_priority_created_at_id'), table_name='review_assignments', schema='admin')
    op.drop_index(op.f('ix_review_assignments_decision_id'), table_name='review_assignments', schema='admin')
    op.drop_index(op.f('ix_review_assignments_created_by_id'), table_name='review_assignments', schema='admin')
    op.drop_index(op.f('ix_review_assignments_created_at_id'), table_name='review_assignments', schema='admin')
    op.drop_index(op.f('ix_review_assignments_assigned_to_id_state_created_at'), table_name='review_assignments', schema='admin')
    op.drop_table('review_assignments', schema='admin')
    op.drop_index('ix_payments_status_created', table_name='payments', schema='admin')
    op.drop_index('ix_payments_paid_at', table_name='payments', schema='admin')
    op.drop_index(op.f('ix_payments_invoice_id'), table_name='payments', schema='admin')
    op.drop_index('ix_payments_gateway_reference', table_name='payments', schema='admin')
    op.drop_index(op.f('ix_payments_failure_code'), table_name='payments', schema='admin')
    op.drop_index('ix_payments_customer', table_name='payments', schema='admin')
    op.drop_index('ix_payments_created_at', table_name='payments', schema='admin')
    op.drop_index('ix_payments_checkout_reference', table_name='payments', schema='admin')
    op.drop_index('ix_payments_amount_cents', table_name='payments', schema='admin')
    op.drop_table('payments', schema='admin')
    op.drop_index('ix_mrr_movements_subscription_id', table_name='mrr_movements', schema='admin')
    op.drop_index(op.f('ix_mrr_movements_subscription_event_id'), table_name='mrr_movements', schema='admin')
    op.drop_index('ix_mrr_movements_plan', table_name='mrr_movements', schema='admin')
    op.drop_index('ix_mrr_movements_occurred_at', table_name='mrr_movements', schema='admin')
    op.drop_index('ix_mrr_movements_month', table_name='mrr_movements', schema='admin')
    op.drop_index('ix_mrr_movements_customer', table_name='mrr_movements', schema='admin')
    op.drop_table('mrr_movements', schema='admin')
    op.drop_index(op.f('ix_invoice_lines_price_id'), table_name='invoice_lines', schema='admin')
    op.drop_index(op.f('ix_invoice_lines_plan_id'), table_name='invoice_lines', schema='admin')
    op.drop_table('invoice_lines', schema='admin')
    op.drop_index(op.f('ix_evidence_items_verdict_decided_at_id'), table_name='evidence_items', schema='admin')
    op.drop_index(op.f('ix_evidence_items_decided_at_id'), table_name='evidence_items', schema='admin')
    op.drop_table('evidence_items', schema='admin')
    op.drop_index(op.f('ix_erasure_steps_state_id'), table_name='erasure_steps', schema='admin')
    op.drop_table('erasure_steps', schema='admin')
    op.drop_index(op.f('ix_erasure_certificates_issued_at_id'), table_name='erasure_certificates', schema='admin')
    op.drop_index(op.f('ix_erasure_certificates_artifact_id'), table_name='erasure_certificates', schema='admin')
    op.drop_table('erasure_certificates', schema='admin')
    op.drop_index(op.f('ix_decision_overrides_person_id'), table_name='decision_overrides', schema='admin')
    op.drop_index(op.f('ix_decision_overrides_occurred_at_id'), table_name='decision_overrides', schema='admin')
    op.drop_index(op.f('ix_decision_overrides_member_id'), table_name='decision_overrides', schema='admin')
    op.drop_index(op.f('ix_decision_overrides_decision_id_occurred_at'), table_name='decision_overrides', schema='admin')
    op.drop_index(op.f('ix_decision_overrides_customer_id_occurred_at_id'), table_name='decision_overrides', schema='admin')
    op.drop_table('decision_overrides', schema='admin')
    op.drop_index(op.f('ix_decision_feedback_person_id'), table_name='decision_feedback', schema='admin')
    op.drop_index(op.f('ix_decision_feedback_helpful_given_at_id'), table_name='decision_feedback', schema='admin')
    op.drop_index(op.f('ix_decision_feedback_given_at_id'), table_name='decision_feedback', schema='admin')
    op.drop_index(op.f('ix_decision_feedback_decision_id_given_at'), table_name='decision_feedback', schema='admin')
    op.drop_index(op.f('ix_decision_feedback_customer_id_given_at_id'), table_name='decision_feedback', schema='admin')
    op.drop_table('decision_feedback', schema='admin')
    op.drop_index('ix_credit_notes_issued_on', table_name='credit_notes', schema='admin')
    op.drop_index(op.f('ix_credit_notes_issued_by_id'), table_name='credit_notes', schema='admin')
    op.drop_index(op.f('ix_credit_notes_invoice_id'), table_name='credit_notes', schema='admin')
    op.drop_index('ix_credit_notes_customer', table_name='credit_notes', schema='admin')
    op.drop_index('ix_credit_notes_created_at', table_name='credit_notes', schema='admin')
    op.drop_table('credit_notes', schema='admin')
    op.drop_index(op.f('ix_candidate_outcomes_occurred_at_id'), table_name='candidate_outcomes', schema='admin')
    op.drop_index(op.f('ix_candidate_outcomes_kind_occurred_at_id'), table_name='candidate_outcomes', schema='admin')
    op.drop_index(op.f('ix_candidate_outcomes_decision_id'), table_name='candidate_outcomes', schema='admin')
    op.drop_table('candidate_outcomes', schema='admin')
    op.drop_index('ix_ticket_events_ticket', table_name='ticket_events', schema='admin')
    op.drop_index(op.f('ix_ticket_events_staff_id'), table_name='ticket_events', schema='admin')
    op.drop_index('ix_ticket_events_occurred_at', table_name='ticket_events', schema='admin')
    op.drop_index(op.f('ix_ticket_events_message_id'), table_name='ticket_events', schema='admin')
    op.drop_index('ix_ticket_events_kind', table_name='ticket_events', schema='admin')
    op.drop_table('ticket_events', schema='admin')
    op.drop_index(op.f('ix_ticket_attachments_message_id'), table_name='ticket_attachments', schema='admin')
    op.drop_table('ticket_attachments', schema='admin')
    op.drop_index('uq_suppressions_in_force', table_name='suppressions', schema='admin', postgresql_where=sa.text('lifted_at IS NULL'))
    op.drop_index(op.f('ix_suppressions_message_id'), table_name='suppressions', schema='admin')
    op.drop_index(op.f('ix_suppressions_lifted_by_id'), table_name='suppressions', schema='admin')
    op.drop_index('ix_suppressions_email_lower', table_name='suppressions', schema='admin')
    op.drop_index(op.f('ix_suppressions_created_by_id'), table_name='suppressions', schema='admin')
    op.drop_index(op.f('ix_suppressions_created_at_id'), table_name='suppressions', schema='admin')
    op.drop_table('suppressions', schema='admin')
    op.drop_index(op.f('ix_subscription_events_to_price_id'), table_name='subscription_events', schema='admin')
    op.drop_index(op.f('ix_subscription_events_to_plan_id'), table_name='subscription_events', schema='admin')
    op.drop_index('ix_subscription_events_subscription', table_name='subscription_events', schema='admin')
    op.drop_index(op.f('ix_subscription_events_staff_id'), table_name='subscription_events', schema='admin')
    op.drop_index('ix_subscription_events_occurred_at', table_name='subscription_events', schema='admin')
    op.drop_index('ix_subscription_events_kind', table_name='subscription_events', schema='admin')
    op.drop_index(op.f('ix_subscription_events_from_price_id'), table_name='subscription_events', schema='admin')
    op.drop_index(op.f('ix_subscription_events_from_plan_id'), table_name='subscription_events', schema='admin')
    op.drop_index('ix_subscription_events_customer', table_name='subscription_events', schema='admin')
    op.drop_table('subscription_events', schema='admin')
    op.drop_index(op.f('ix_subject_request_events_request_id_occurred_at'), table_name='subject_request_events', schema='admin')
    op.drop_index(op.f('ix_subject_request_events_occurred_at_id'), table_name='subject_request_events', schema='admin')
    op.drop_index(op.f('ix_subject_request_events_member_id'), table_name='subject_request_events', schema='admin')
    op.drop_table('subject_request_events', schema='admin')
    op.drop_index(op.f('ix_report_deliveries_run_id_created_at'), table_name='report_deliveries', schema='admin')
    op.drop_index(op.f('ix_report_deliveries_message_id'), table_name='report_deliveries', schema='admin')
    op.drop_index(op.f('ix_report_deliveries_member_id'), table_name='report_deliveries', schema='admin')
    op.drop_index(op.f('ix_report_deliveries_created_at_id'), table_name='report_deliveries', schema='admin')
    op.drop_table('report_deliveries', schema='admin')
    op.drop_index(op.f('ix_objections_request_id'), table_name='objections', schema='admin')
    op.drop_index(op.f('ix_objections_person_id'), table_name='objections', schema='admin')
    op.drop_index(op.f('ix_objections_customer_id'), table_name='objections', schema='admin')
    op.drop_index(op.f('ix_objections_created_at_id'), table_name='objections', schema='admin')
    op.drop_index(op.f('ix_objections_candidate_id'), table_name='objections', schema='admin')
    op.drop_table('objections', schema='admin')
    op.drop_index(op.f('ix_mail_events_occurred_at_id'), table_name='mail_events', schema='admin')
    op.drop_index(op.f('ix_mail_events_message_id_occurred_at'), table_name='mail_events', schema='admin')
    op.drop_index(op.f('ix_mail_events_kind_occurred_at_id'), table_name='mail_events', schema='admin')
    op.drop_table('mail_events', schema='admin')
    op.drop_index('ix_invoices_total_cents', table_name='invoices', schema='admin')
    op.drop_index('ix_invoices_status_due', table_name='invoices', schema='admin')
    op.drop_index('ix_invoices_issued_on', table_name='invoices', schema='admin')
    op.drop_index('ix_invoices_customer', table_name='invoices', schema='admin')
    op.drop_index(op.f('ix_invoices_created_by_id'), table_name='invoices', schema='admin')
    op.drop_index('ix_invoices_created_at', table_name='invoices', schema='admin')
    op.drop_table('invoices', schema='admin')
    op.drop_index('uq_erasure_plans_current', table_name='erasure_plans', schema='admin', postgresql_where=sa.text('superseded_at IS NULL'))
    op.drop_index(op.f('ix_erasure_plans_request_id_created_at'), table_name='erasure_plans', schema='admin')
    op.drop_index(op.f('ix_erasure_plans_job_id'), table_name='erasure_plans', schema='admin')
    op.drop_index(op.f('ix_erasure_plans_created_at_id'), table_name='erasure_plans', schema='admin')
    op.drop_index(op.f('ix_erasure_plans_approval_id'), table_name='erasure_plans', schema='admin')
    op.drop_table('erasure_plans', schema='admin')
    op.drop_index('ix_campaign_deliveries_state', table_name='campaign_deliveries', schema='admin')
    op.drop_index(op.f('ix_campaign_deliveries_person_id'), table_name='campaign_deliveries', schema='admin')
    op.drop_index(op.f('ix_campaign_deliveries_mail_message_id'), table_name='campaign_deliveries', schema='admin')
    op.drop_index('ix_campaign_deliveries_customer', table_name='campaign_deliveries', schema='admin')
    op.drop_index('ix_campaign_deliveries_created_at', table_name='campaign_deliveries', schema='admin')
    op.drop_table('campaign_deliveries', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_recommendation_decided_at_id'), table_name='ai_decisions', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_received_at_id'), table_name='ai_decisions', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_prompt_version_id_decided_at_id'), table_name='ai_decisions', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_price_id'), table_name='ai_decisions', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_model_decided_at_id'), table_name='ai_decisions', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_job_role_id_decided_at'), table_name='ai_decisions', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_grounding_decided_at_id'), table_name='ai_decisions', schema='admin')
    op.drop_index('ix_ai_decisions_fallback', table_name='ai_decisions', schema='admin', postgresql_where=sa.text('is_fallback OR parse_failed'))
    op.drop_index(op.f('ix_ai_decisions_exposure_id'), table_name='ai_decisions', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_decided_at_id'), table_name='ai_decisions', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_cv_document_id'), table_name='ai_decisions', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_customer_id_decided_at_id'), table_name='ai_decisions', schema='admin')
    op.drop_index(op.f('ix_ai_decisions_candidate_id_decided_at'), table_name='ai_decisions', schema='admin')
    op.drop_table('ai_decisions', schema='admin')
    op.drop_index(op.f('ix_access_packs_request_id_created_at'), table_name='access_packs', schema='admin')
    op.drop_index(op.f('ix_access_packs_job_id'), table_name='access_packs', schema='admin')
    op.drop_index(op.f('ix_access_packs_created_at_id'), table_name='access_packs', schema='admin')
    op.drop_index(op.f('ix_access_packs_artifact_id'), table_name='access_packs', schema='admin')
    op.drop_table('access_packs', schema='admin')
    op.drop_index(op.f('ix_training_exports_job_id'), table_name='training_exports', schema='admin')
    op.drop_index(op.f('ix_training_exports_created_by_id'), table_name='training_exports', schema='admin')
    op.drop_index(op.f('ix_training_exports_created_at_id'), table_name='training_exports', schema='admin')
    op.drop_index(op.f('ix_training_exports_artifact_id'), table_name='training_exports', schema='admin')
    op.drop_table('training_exports', schema='admin')
    op.drop_index('ix_ticket_notes_ticket', table_name='ticket_notes', schema='admin')
    op.drop_index(op.f('ix_ticket_notes_author_id'), table_name='ticket_notes', schema='admin')
    op.drop_table('ticket_notes', schema='admin')
    op.drop_index('ix_ticket_messages_ticket', table_name='ticket_messages', schema='admin')
    op.drop_index('ix_ticket_messages_sender', table_name='ticket_messages', schema='admin')
    op.drop_index('ix_ticket_messages_occurred_at', table_name='ticket_messages', schema='admin')
    op.drop_index('ix_ticket_messages_in_reply_to', table_name='ticket_messages', schema='admin')
    op.drop_index('ix_ticket_messages_delivery', table_name='ticket_messages', schema='admin')
    op.drop_index(op.f('ix_ticket_messages_author_id'), table_name='ticket_messages', schema='admin')
    op.drop_table('ticket_messages', schema='admin')
    op.drop_index(op.f('ix_ticket_issues_linked_by_id'), table_name='ticket_issues', schema='admin')
    op.drop_index(op.f('ix_ticket_issues_issue_id'), table_name='ticket_issues', schema='admin')
    op.drop_table('ticket_issues', schema='admin')
    op.drop_index('ix_subscriptions_trial_ends', table_name='subscriptions', schema='admin')
    op.drop_index(op.f('ix_subscriptions_trial_converted_at'), table_name='subscriptions', schema='admin')
    op.drop_index('ix_subscriptions_status', table_name='subscriptions', schema='admin')
    op.drop_index('ix_subscriptions_started_at', table_name='subscriptions', schema='admin')
    op.drop_index(op.f('ix_subscriptions_redemption_id'), table_name='subscriptions', schema='admin')
    op.drop_index(op.f('ix_subscriptions_price_id'), table_name='subscriptions', schema='admin')
    op.drop_index('ix_subscriptions_plan', table_name='subscriptions', schema='admin')
    op.drop_index('ix_subscriptions_period_end', table_name='subscriptions', schema='admin')
    op.drop_index(op.f('ix_subscriptions_pending_price_id'), table_name='subscriptions', schema='admin')
    op.drop_index('ix_subscriptions_mrr', table_name='subscriptions', schema='admin')
    op.drop_index('ix_subscriptions_grace_ends', table_name='subscriptions', schema='admin')
    op.drop_index('ix_subscriptions_ended_at', table_name='subscriptions', schema='admin')
    op.drop_index(op.f('ix_subscriptions_discount_ends_at'), table_name='subscriptions', schema='admin')
    op.drop_index('ix_subscriptions_customer', table_name='subscriptions', schema='admin')
    op.drop_table('subscriptions', schema='admin')
    op.drop_index(op.f('ix_subject_requests_ticket_id'), table_name='subject_requests', schema='admin')
    op.drop_index(op.f('ix_subject_requests_state_due_on_id'), table_name='subject_requests', schema='admin')
    op.drop_index(op.f('ix_subject_requests_received_at_id'), table_name='subject_requests', schema='admin')
    op.drop_index(op.f('ix_subject_requests_person_id'), table_name='subject_requests', schema='admin')
    op.drop_index(op.f('ix_subject_requests_kind_received_at_id'), table_name='subject_requests', schema='admin')
    op.drop_index(op.f('ix_subject_requests_identity_verified_by_id'), table_name='subject_requests', schema='admin')
    op.drop_index('ix_subject_requests_email_lower', table_name='subject_requests', schema='admin')
    op.drop_index(op.f('ix_subject_requests_due_on_id'), table_name='subject_requests', schema='admin', postgresql_where=sa.text("state NOT IN ('completed', 'partly_refused', 'refused', 'referred', 'withdrawn')"))
    op.drop_index(op.f('ix_subject_requests_customer_id'), table_name='subject_requests', schema='admin')
    op.drop_index(op.f('ix_subject_requests_created_at_id'), table_name='subject_requests', schema='admin')
    op.drop_index(op.f('ix_subject_requests_candidate_id'), table_name='subject_requests', schema='admin')
    op.drop_index(op.f('ix_subject_requests_assigned_to_id'), table_name='subject_requests', schema='admin')
    op.drop_table('subject_requests', schema='admin')
    op.drop_index('uq_source_rejects_open', table_name='source_rejects', schema='admin', postgresql_where=sa.text('resolved_at IS NULL'))
    op.drop_index(op.f('ix_source_rejects_run_id'), table_name='source_rejects', schema='admin')
    op.drop_index(op.f('ix_source_rejects_resolved_by_id'), table_name='source_rejects', schema='admin')
    op.drop_index(op.f('ix_source_rejects_mapping_id_created_at'), table_name='source_rejects', schema='admin')
    op.drop_index(op.f('ix_source_rejects_created_at_id'), table_name='source_rejects', schema='admin')
    op.drop_table('source_rejects', schema='admin')
    op.drop_index('ix_satisfaction_surveys_sent_at', table_name='satisfaction_surveys', schema='admin')
    op.drop_index('ix_satisfaction_surveys_score', table_name='satisfaction_surveys', schema='admin')
    op.drop_index('ix_satisfaction_surveys_customer', table_name='satisfaction_surveys', schema='admin')
    op.drop_index(op.f('ix_satisfaction_surveys_answered_for_id'), table_name='satisfaction_surveys', schema='admin')
    op.drop_index('ix_satisfaction_surveys_answered_at', table_name='satisfaction_surveys', schema='admin')
    op.drop_table('satisfaction_surveys', schema='admin')
    op.drop_index(op.f('ix_report_files_artifact_id'), table_name='report_files', schema='admin')
    op.drop_table('report_files', schema='admin')
    op.drop_index(op.f('ix_prompt_label_moves_to_version_id'), table_name='prompt_label_moves', schema='admin')
    op.drop_index(op.f('ix_prompt_label_moves_moved_by_id'), table_name='prompt_label_moves', schema='admin')
    op.drop_index(op.f('ix_prompt_label_moves_moved_at_id'), table_name='prompt_label_moves', schema='admin')
    op.drop_index(op.f('ix_prompt_label_moves_label_id_moved_at'), table_name='prompt_label_moves', schema='admin')
    op.drop_index(op.f('ix_prompt_label_moves_from_version_id'), table_name='prompt_label_moves', schema='admin')
    op.drop_table('prompt_label_moves', schema='admin')
    op.drop_index('ix_mail_messages_to_email_lower', table_name='mail_messages', schema='admin')
    op.drop_index(op.f('ix_mail_messages_template_key_created_at_id'), table_name='mail_messages', schema='admin')
    op.drop_index(op.f('ix_mail_messages_state_created_at_id'), table_name='mail_messages', schema='admin')
    op.drop_index(op.f('ix_mail_messages_member_id_created_at'), table_name='mail_messages', schema='admin')
    op.drop_index(op.f('ix_mail_messages_job_id'), table_name='mail_messages', schema='admin')
    op.drop_index('ix_mail_messages_due', table_name='mail_messages', schema='admin', postgresql_where=sa.text("state = 'queued'"))
    op.drop_index(op.f('ix_mail_messages_customer_id_created_at_id'), table_name='mail_messages', schema='admin')
    op.drop_index(op.f('ix_mail_messages_created_at_id'), table_name='mail_messages', schema='admin')
    op.drop_index(op.f('ix_mail_messages_batch_id_id'), table_name='mail_messages', schema='admin')
    op.drop_index(op.f('ix_mail_messages_artifact_id'), table_name='mail_messages', schema='admin')
    op.drop_table('mail_messages', schema='admin')
    op.drop_index(op.f('ix_legal_holds_released_by_id'), table_name='legal_holds', schema='admin')
    op.drop_index(op.f('ix_legal_holds_placed_by_id'), table_name='legal_holds', schema='admin')
    op.drop_index('ix_legal_holds_in_force', table_name='legal_holds', schema='admin', postgresql_where=sa.text('released_at IS NULL'))
    op.drop_index(op.f('ix_legal_holds_customer_id'), table_name='legal_holds', schema='admin')
    op.drop_index(op.f('ix_legal_holds_created_at_id'), table_name='legal_holds', schema='admin')
    op.drop_index(op.f('ix_legal_holds_candidate_id'), table_name='legal_holds', schema='admin')
    op.drop_table('legal_holds', schema='admin')
    op.drop_index(op.f('ix_impersonations_ticket_id'), table_name='impersonations', schema='admin')
    op.drop_index('ix_impersonations_staff', table_name='impersonations', schema='admin')
    op.drop_index(op.f('ix_impersonations_person_id'), table_name='impersonations', schema='admin')
    op.drop_index('ix_impersonations_issued_at', table_name='impersonations', schema='admin')
    op.drop_index(op.f('ix_impersonations_ended_by_id'), table_name='impersonations', schema='admin')
    op.drop_index('ix_impersonations_customer', table_name='impersonations', schema='admin')
    op.drop_table('impersonations', schema='admin')
    op.drop_index(op.f('ix_exposures_first_at_id'), table_name='exposures', schema='admin')
    op.drop_index(op.f('ix_exposures_arm_id_first_at'), table_name='exposures', schema='admin')
    op.drop_table('exposures', schema='admin')
    op.drop_index('ix_escalations_taken_at', table_name='escalations', schema='admin')
    op.drop_index(op.f('ix_escalations_step_id'), table_name='escalations', schema='admin')
    op.drop_table('escalations', schema='admin')
    op.drop_index(op.f('ix_data_exports_state_created_at_id'), table_name='data_exports', schema='admin')
    op.drop_index(op.f('ix_data_exports_selection_id'), table_name='data_exports', schema='admin')
    op.drop_index(op.f('ix_data_exports_model_key_created_at_id'), table_name='data_exports', schema='admin')
    op.drop_index(op.f('ix_data_exports_member_id_created_at'), table_name='data_exports', schema='admin')
    op.drop_index(op.f('ix_data_exports_job_id'), table_name='data_exports', schema='admin')
    op.drop_index(op.f('ix_data_exports_created_at_id'), table_name='data_exports', schema='admin')
    op.drop_index(op.f('ix_data_exports_artifact_id'), table_name='data_exports', schema='admin')
    op.drop_table('data_exports', schema='admin')
    op.drop_index(op.f('ix_cv_documents_sha256'), table_name='cv_documents', schema='admin')
    op.drop_index(op.f('ix_cv_documents_received_at_id'), table_name='cv_documents', schema='admin')
    op.drop_index(op.f('ix_cv_documents_parse_state_received_at_id'), table_name='cv_documents', schema='admin')
    op.drop_index(op.f('ix_cv_documents_mailbox_id_received_at'), table_name='cv_documents', schema='admin')
    op.drop_index(op.f('ix_cv_documents_customer_id_received_at_id'), table_name='cv_documents', schema='admin')
    op.drop_index(op.f('ix_cv_documents_candidate_id_received_at'), table_name='cv_documents', schema='admin')
    op.drop_table('cv_documents', schema='admin')
    op.drop_index(op.f('ix_consents_text_id'), table_name='consents', schema='admin')
    op.drop_index(op.f('ix_consents_recorded_by_id'), table_name='consents', schema='admin')
    op.drop_index(op.f('ix_consents_purpose_occurred_at_id'), table_name='consents', schema='admin')
    op.drop_index(op.f('ix_consents_person_id_purpose_occurred_at'), table_name='consents', schema='admin')
    op.drop_index(op.f('ix_consents_occurred_at_id'), table_name='consents', schema='admin')
    op.drop_index('ix_consents_email_lower', table_name='consents', schema='admin')
    op.drop_index(op.f('ix_consents_customer_id_purpose_occurred_at'), table_name='consents', schema='admin')
    op.drop_index(op.f('ix_consents_candidate_id_purpose_occurred_at'), table_name='consents', schema='admin')
    op.drop_index(op.f('ix_consents_address_hash_purpose_occurred_at'), table_name='consents', schema='admin')
    op.drop_table('consents', schema='admin')
    op.drop_index(op.f('ix_change_rows_subject_kind_subject_key_id'), table_name='change_rows', schema='admin')
    op.drop_index('ix_change_rows_record', table_name='change_rows', schema='admin')
    op.drop_index(op.f('ix_change_rows_changed_at_id'), table_name='change_rows', schema='admin')
    op.drop_index(op.f('ix_change_rows_change_set_id_id'), table_name='change_rows', schema='admin')
    op.drop_table('change_rows', schema='admin')
    op.drop_index(op.f('ix_candidate_demographics_declared_at_id'), table_name='candidate_demographics', schema='admin')
    op.drop_table('candidate_demographics', schema='admin')
    op.drop_index(op.f('ix_approvals_state_created_at_id'), table_name='approvals', schema='admin')
    op.drop_index(op.f('ix_approvals_selection_id'), table_name='approvals', schema='admin')
    op.drop_index(op.f('ix_approvals_requested_by_id_created_at'), table_name='approvals', schema='admin')
    op.drop_index(op.f('ix_approvals_job_id'), table_name='approvals', schema='admin')
    op.drop_index(op.f('ix_approvals_decided_by_id_decided_at'), table_name='approvals', schema='admin')
    op.drop_index(op.f('ix_approvals_created_at_id'), table_name='approvals', schema='admin')
    op.drop_index(op.f('ix_approvals_change_set_id'), table_name='approvals', schema='admin')
    op.drop_table('approvals', schema='admin')
    op.drop_index(op.f('ix_worker_beats_job_id'), table_name='worker_beats', schema='admin')
    op.drop_index(op.f('ix_worker_beats_beat_at_id'), table_name='worker_beats', schema='admin')
    op.drop_table('worker_beats', schema='admin')
    op.drop_index(op.f('ix_webhook_deliveries_state_created_at_id'), table_name='webhook_deliveries', schema='admin')
    op.drop_index(op.f('ix_webhook_deliveries_job_id'), table_name='webhook_deliveries', schema='admin')
    op.drop_index('ix_webhook_deliveries_due', table_name='webhook_deliveries', schema='admin', postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index(op.f('ix_webhook_deliveries_created_at_id'), table_name='webhook_deliveries', schema='admin')
    op.drop_table('webhook_deliveries', schema='admin')
    op.drop_index(op.f('ix_verifications_name_checked_at_id'), table_name='verifications', schema='admin')
    op.drop_index(op.f('ix_verifications_job_id'), table_name='verifications', schema='admin')
    op.drop_index(op.f('ix_verifications_checked_at_id'), table_name='verifications', schema='admin')
    op.drop_table('verifications', schema='admin')
    op.drop_index('ix_usage_sessions_started_at', table_name='usage_sessions', schema='admin')
    op.drop_index('ix_usage_sessions_customer', table_name='usage_sessions', schema='admin')
    op.drop_table('usage_sessions', schema='admin')
    op.drop_index('ix_usage_events_received_at', table_name='usage_events', schema='admin')
    op.drop_index('ix_usage_events_person', table_name='usage_events', schema='admin')
    op.drop_index('ix_usage_events_occurred_at', table_name='usage_events', schema='admin')
    op.drop_index('ix_usage_events_name', table_name='usage_events', schema='admin')
    op.drop_index('ix_usage_events_customer_name', table_name='usage_events', schema='admin')
    op.drop_index('ix_usage_events_customer', table_name='usage_events', schema='admin')
    op.drop_index(op.f('ix_usage_events_anonymous_key'), table_name='usage_events', schema='admin')
    op.drop_table('usage_events', schema='admin')
    op.drop_index('ix_tickets_subject_trgm', table_name='tickets', schema='admin', postgresql_using='gin', postgresql_ops={'subject': 'gin_trgm_ops'})
    op.drop_index('ix_tickets_status_priority', table_name='tickets', schema='admin')
    op.drop_index('ix_tickets_status_opened', table_name='tickets', schema='admin')
    op.drop_index(op.f('ix_tickets_solved_at'), table_name='tickets', schema='admin')
    op.drop_index(op.f('ix_tickets_sla_target_id'), table_name='tickets', schema='admin')
    op.drop_index('ix_tickets_response_due', table_name='tickets', schema='admin')
    op.drop_index('ix_tickets_resolution_due', table_name='tickets', schema='admin')
    op.drop_index('ix_tickets_requester_email', table_name='tickets', schema='admin')
    op.drop_index(op.f('ix_tickets_person_id'), table_name='tickets', schema='admin')
    op.drop_index('ix_tickets_opened_at', table_name='tickets', schema='admin')
    op.drop_index(op.f('ix_tickets_merged_into_id'), table_name='tickets', schema='admin')
    op.drop_index(op.f('ix_tickets_mailbox_id'), table_name='tickets', schema='admin')
    op.drop_index('ix_tickets_last_message', table_name='tickets', schema='admin')
    op.drop_index(op.f('ix_tickets_follow_up_of_id'), table_name='tickets', schema='admin')
    op.drop_index('ix_tickets_customer', table_name='tickets', schema='admin')
    op.drop_index(op.f('ix_tickets_channel'), table_name='tickets', schema='admin')
    op.drop_index(op.f('ix_tickets_category'), table_name='tickets', schema='admin')
    op.drop_index(op.f('ix_tickets_calendar_version_id'), table_name='tickets', schema='admin')
    op.drop_index('ix_tickets_assignee', table_name='tickets', schema='admin')
    op.drop_table('tickets', schema='admin')
    op.drop_index(op.f('ix_source_runs_started_at_id'), table_name='source_runs', schema='admin')
    op.drop_index(op.f('ix_source_runs_mapping_id_started_at'), table_name='source_runs', schema='admin')
    op.drop_index(op.f('ix_source_runs_job_id'), table_name='source_runs', schema='admin')
    op.drop_table('source_runs', schema='admin')
    op.drop_index('ix_sign_ins_person', table_name='sign_ins', schema='admin')
    op.drop_index('ix_sign_ins_occurred_at', table_name='sign_ins', schema='admin')
    op.drop_index('ix_sign_ins_ip', table_name='sign_ins', schema='admin')
    op.drop_index('ix_sign_ins_customer', table_name='sign_ins', schema='admin')
    op.drop_table('sign_ins', schema='admin')
    op.drop_index(op.f('ix_retention_runs_started_at_id'), table_name='retention_runs', schema='admin')
    op.drop_index(op.f('ix_retention_runs_policy_id_started_at'), table_name='retention_runs', schema='admin')
    op.drop_index(op.f('ix_retention_runs_job_id'), table_name='retention_runs', schema='admin')
    op.drop_table('retention_runs', schema='admin')
    op.drop_index(op.f('ix_report_runs_state_created_at_id'), table_name='report_runs', schema='admin')
    op.drop_index(op.f('ix_report_runs_resent_from_id'), table_name='report_runs', schema='admin')
    op.drop_index(op.f('ix_report_runs_requested_by_id_created_at'), table_name='report_runs', schema='admin')
    op.drop_index(op.f('ix_report_runs_report_id_created_at'), table_name='report_runs', schema='admin')
    op.drop_index(op.f('ix_report_runs_job_id'), table_name='report_runs', schema='admin')
    op.drop_index(op.f('ix_report_runs_created_at_id'), table_name='report_runs', schema='admin')
    op.drop_table('report_runs', schema='admin')
    op.drop_index(op.f('ix_regression_runs_version_id_started_at'), table_name='regression_runs', schema='admin')
    op.drop_index(op.f('ix_regression_runs_started_at_id'), table_name='regression_runs', schema='admin')
    op.drop_index(op.f('ix_regression_runs_job_id'), table_name='regression_runs', schema='admin')
    op.drop_table('regression_runs', schema='admin')
    op.drop_index('ix_redemptions_redeemed_at', table_name='redemptions', schema='admin')
    op.drop_index('ix_redemptions_customer', table_name='redemptions', schema='admin')
    op.drop_table('redemptions', schema='admin')
    op.drop_index(op.f('ix_prompt_labels_version_id'), table_name='prompt_labels', schema='admin')
    op.drop_index(op.f('ix_prompt_labels_previous_version_id'), table_name='prompt_labels', schema='admin')
    op.drop_index(op.f('ix_prompt_labels_moved_by_id'), table_name='prompt_labels', schema='admin')
    op.drop_index(op.f('ix_prompt_labels_moved_at_id'), table_name='prompt_labels', schema='admin')
    op.drop_table('prompt_labels', schema='admin')
    op.drop_index(op.f('ix_promotion_code_plans_plan_id'), table_name='promotion_code_plans', schema='admin')
    op.drop_table('promotion_code_plans', schema='admin')
    op.drop_index(op.f('ix_mail_fetch_runs_started_at_id'), table_name='mail_fetch_runs', schema='admin')
    op.drop_index(op.f('ix_mail_fetch_runs_outcome_started_at_id'), table_name='mail_fetch_runs', schema='admin')
    op.drop_index(op.f('ix_mail_fetch_runs_mailbox_id_started_at_id'), table_name='mail_fetch_runs', schema='admin')
    op.drop_index(op.f('ix_mail_fetch_runs_job_id'), table_name='mail_fetch_runs', schema='admin')
    op.drop_table('mail_fetch_runs', schema='admin')
    op.drop_index(op.f('ix_job_steps_created_at_id'), table_name='job_steps', schema='admin')
    op.drop_table('job_steps', schema='admin')
    op.drop_index(op.f('ix_job_slots_slot_id'), table_name='job_slots', schema='admin')
    op.drop_index(op.f('ix_job_slots_job_id'), table_name='job_slots', schema='admin')
    op.drop_table('job_slots', schema='admin')
    op.drop_index(op.f('ix_job_schedules_last_job_id'), table_name='job_schedules', schema='admin')
    op.drop_index('ix_job_schedules_due', table_name='job_schedules', schema='admin', postgresql_where=sa.text('enabled'))
    op.drop_table('job_schedules', schema='admin')
    op.drop_index(op.f('ix_job_outcomes_job_id_kind_position'), table_name='job_outcomes', schema='admin')
    op.drop_table('job_outcomes', schema='admin')
    op.drop_index(op.f('ix_job_attempts_started_at_id'), table_name='job_attempts', schema='admin')
    op.drop_table('job_attempts', schema='admin')
    op.drop_index(op.f('ix_incoming_webhooks_state_received_at_id'), table_name='incoming_webhooks', schema='admin')
    op.drop_index(op.f('ix_incoming_webhooks_source_received_at_id'), table_name='incoming_webhooks', schema='admin')
    op.drop_index(op.f('ix_incoming_webhooks_received_at_id'), table_name='incoming_webhooks', schema='admin')
    op.drop_index(op.f('ix_incoming_webhooks_job_id'), table_name='incoming_webhooks', schema='admin')
    op.drop_table('incoming_webhooks', schema='admin')
    op.drop_index(op.f('ix_in_app_notifications_sent_by_id'), table_name='in_app_notifications', schema='admin')
    op.drop_index(op.f('ix_in_app_notifications_person_id'), table_name='in_app_notifications', schema='admin')
    op.drop_index('ix_in_app_notifications_kind', table_name='in_app_notifications', schema='admin')
    op.drop_index('ix_in_app_notifications_customer', table_name='in_app_notifications', schema='admin')
    op.drop_index('ix_in_app_notifications_created_at', table_name='in_app_notifications', schema='admin')
    op.drop_table('in_app_notifications', schema='admin')
    op.drop_index(op.f('ix_experiment_looks_looked_at_id'), table_name='experiment_looks', schema='admin')
    op.drop_table('experiment_looks', schema='admin')
    op.drop_index('uq_experiment_arms_control', table_name='experiment_arms', schema='admin', postgresql_where=sa.text('is_control'))
    op.drop_index(op.f('ix_experiment_arms_version_id'), table_name='experiment_arms', schema='admin')
    op.drop_table('experiment_arms', schema='admin')
    op.drop_index(op.f('ix_error_issue_hashes_issue_id'), table_name='error_issue_hashes', schema='admin')
    op.drop_table('error_issue_hashes', schema='admin')
    op.drop_index(op.f('ix_error_events_trace_id'), table_name='error_events', schema='admin')
    op.drop_index('ix_error_events_tags', table_name='error_events', schema='admin', postgresql_using='gin')
    op.drop_index(op.f('ix_error_events_release_id'), table_name='error_events', schema='admin')
    op.drop_index(op.f('ix_error_events_occurred_at_id'), table_name='error_events', schema='admin')
    op.drop_index(op.f('ix_error_events_level_occurred_at_id'), table_name='error_events', schema='admin')
    op.drop_index(op.f('ix_error_events_issue_id_occurred_at_id'), table_name='error_events', schema='admin')
    op.drop_index(op.f('ix_error_events_customer_id_occurred_at_id'), table_name='error_events', schema='admin')
    op.drop_table('error_events', schema='admin')
    op.drop_index(op.f('ix_error_counts_project_id'), table_name='error_counts', schema='admin')
    op.drop_index(op.f('ix_error_counts_hour_project_id'), table_name='error_counts', schema='admin')
    op.drop_table('error_counts', schema='admin')
    op.drop_index('ix_effects_open', table_name='effects', schema='admin', postgresql_where=sa.text('job_id IS NULL'))
    op.drop_index(op.f('ix_effects_job_id'), table_name='effects', schema='admin')
    op.drop_index(op.f('ix_effects_created_at_id'), table_name='effects', schema='admin')
    op.drop_index(op.f('ix_effects_change_set_id_id'), table_name='effects', schema='admin')
    op.drop_table('effects', schema='admin')
    op.drop_index(op.f('ix_customer_note_revisions_editor_id'), table_name='customer_note_revisions', schema='admin')
    op.drop_table('customer_note_revisions', schema='admin')
    op.drop_index(op.f('ix_change_sets_undoes_id'), table_name='change_sets', schema='admin')
    op.drop_index(op.f('ix_change_sets_request_id'), table_name='change_sets', schema='admin')
    op.drop_index(op.f('ix_change_sets_kind_created_at_id'), table_name='change_sets', schema='admin')
    op.drop_index(op.f('ix_change_sets_job_id_created_at'), table_name='change_sets', schema='admin')
    op.drop_index(op.f('ix_change_sets_created_at_id'), table_name='change_sets', schema='admin')
    op.drop_index(op.f('ix_change_sets_actor_id_created_at_id'), table_name='change_sets', schema='admin')
    op.drop_table('change_sets', schema='admin')
    op.drop_index(op.f('ix_candidates_status_created_at_id'), table_name='candidates', schema='admin')
    op.drop_index('ix_candidates_retention', table_name='candidates', schema='admin', postgresql_where=sa.text('erased_at IS NULL'))
    op.drop_index(op.f('ix_candidates_phone'), table_name='candidates', schema='admin')
    op.drop_index('ix_candidates_name_trgm', table_name='candidates', schema='admin', postgresql_using='gin', postgresql_ops={'name': 'gin_trgm_ops'})
    op.drop_index(op.f('ix_candidates_last_screened_at_id'), table_name='candidates', schema='admin')
    op.drop_index(op.f('ix_candidates_job_role_id_created_at_id'), table_name='candidates', schema='admin')
    op.drop_index('ix_candidates_email_trgm', table_name='candidates', schema='admin', postgresql_using='gin', postgresql_ops={'email': 'gin_trgm_ops'})
    op.drop_index('ix_candidates_email_lower', table_name='candidates', schema='admin')
    op.drop_index(op.f('ix_candidates_customer_id_created_at_id'), table_name='candidates', schema='admin')
    op.drop_index(op.f('ix_candidates_created_at_id'), table_name='candidates', schema='admin')
    op.drop_table('candidates', schema='admin')
    op.drop_index('ix_artifacts_to_delete', table_name='artifacts', schema='admin', postgresql_where=sa.text('deleted_at IS NULL'))
    op.drop_index(op.f('ix_artifacts_owner_id_created_at'), table_name='artifacts', schema='admin')
    op.drop_index(op.f('ix_artifacts_job_id_created_at'), table_name='artifacts', schema='admin')
    op.drop_index(op.f('ix_artifacts_created_at_id'), table_name='artifacts', schema='admin')
    op.drop_table('artifacts', schema='admin')
    op.drop_index(op.f('ix_announcement_receipts_person_id'), table_name='announcement_receipts', schema='admin')
    op.drop_index('ix_announcement_receipts_customer', table_name='announcement_receipts', schema='admin')
    op.drop_table('announcement_receipts', schema='admin')
    op.drop_index(op.f('ix_alert_notifications_job_id'), table_name='alert_notifications', schema='admin')
    op.drop_index(op.f('ix_alert_notifications_created_at_id'), table_name='alert_notifications', schema='admin')
    op.drop_index(op.f('ix_alert_notifications_channel_id_created_at'), table_name='alert_notifications', schema='admin')
    op.drop_table('alert_notifications', schema='admin')
    op.drop_index(op.f('ix_access_keys_subject_kind_subject_key'), table_name='access_keys', schema='admin')
    op.drop_table('access_keys', schema='admin')
    op.drop_index('ix_usage_days_name', table_name='usage_days', schema='admin')
    op.drop_index('ix_usage_days_day', table_name='usage_days', schema='admin')
    op.drop_table('usage_days', schema='admin')
    op.drop_index('uq_suspensions_open', table_name='suspensions', schema='admin', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index(op.f('ix_suspensions_started_by_id'), table_name='suspensions', schema='admin')
    op.drop_index('ix_suspensions_started_at', table_name='suspensions', schema='admin')
    op.drop_index(op.f('ix_suspensions_ended_by_id'), table_name='suspensions', schema='admin')
    op.drop_index('ix_suspensions_customer', table_name='suspensions', schema='admin')
    op.drop_table('suspensions', schema='admin')
    op.drop_index(op.f('ix_staff_own_accounts_customer_id'), table_name='staff_own_accounts', schema='admin')
    op.drop_index(op.f('ix_staff_own_accounts_created_at_id'), table_name='staff_own_accounts', schema='admin')
    op.drop_table('staff_own_accounts', schema='admin')
    op.drop_table('selection_keys', schema='admin')
    op.drop_index(op.f('ix_report_schedules_report_id'), table_name='report_schedules', schema='admin')
    op.drop_index(op.f('ix_report_schedules_owner_id'), table_name='report_schedules', schema='admin')
    op.drop_index('ix_report_schedules_due', table_name='report_schedules', schema='admin', postgresql_where=sa.text('enabled'))
    op.drop_index(op.f('ix_report_schedules_created_at_id'), table_name='report_schedules', schema='admin')
    op.drop_table('report_schedules', schema='admin')
    op.drop_index(op.f('ix_report_roles_role_id'), table_name='report_roles', schema='admin')
    op.drop_table('report_roles', schema='admin')
    op.drop_index(op.f('ix_regression_cases_created_at_id'), table_name='regression_cases', schema='admin')
    op.drop_table('regression_cases', schema='admin')
    op.drop_index('ix_provider_costs_model', table_name='provider_costs', schema='admin')
    op.drop_index(op.f('ix_provider_costs_import_id'), table_name='provider_costs', schema='admin')
    op.drop_index('ix_provider_costs_day', table_name='provider_costs', schema='admin')
    op.drop_index('ix_provider_costs_category', table_name='provider_costs', schema='admin')
    op.drop_table('provider_costs', schema='admin')
    op.drop_index(op.f('ix_prompt_versions_model'), table_name='prompt_versions', schema='admin')
    op.drop_index(op.f('ix_prompt_versions_created_by_id'), table_name='prompt_versions', schema='admin')
    op.drop_index(op.f('ix_prompt_versions_created_at_id'), table_name='prompt_versions', schema='admin')
    op.drop_index(op.f('ix_prompt_versions_based_on_id'), table_name='prompt_versions', schema='admin')
    op.drop_index(op.f('ix_prompt_versions_approved_by_id'), table_name='prompt_versions', schema='admin')
    op.drop_table('prompt_versions', schema='admin')
    op.drop_index('uq_promotion_codes_code_lower', table_name='promotion_codes', schema='admin')
    op.drop_index(op.f('ix_promotion_codes_ends_at'), table_name='promotion_codes', schema='admin')
    op.drop_index(op.f('ix_promotion_codes_customer_id'), table_name='promotion_codes', schema='admin')
    op.drop_index(op.f('ix_promotion_codes_created_by_id'), table_name='promotion_codes', schema='admin')
    op.drop_index('ix_promotion_codes_created_at', table_name='promotion_codes', schema='admin')
    op.drop_index('ix_promotion_codes_code', table_name='promotion_codes', schema='admin')
    op.drop_index(op.f('ix_promotion_codes_campaign_id'), table_name='promotion_codes', schema='admin')
    op.drop_table('promotion_codes', schema='admin')
    op.drop_index(op.f('ix_price_migrations_to_price_id'), table_name='price_migrations', schema='admin')
    op.drop_index(op.f('ix_price_migrations_from_price_id'), table_name='price_migrations', schema='admin')
    op.drop_index(op.f('ix_price_migrations_decided_by_id'), table_name='price_migrations', schema='admin')
    op.drop_index('ix_price_migrations_created_at', table_name='price_migrations', schema='admin')
    op.drop_table('price_migrations', schema='admin')
    op.drop_index('uq_people_primary', table_name='people', schema='admin', postgresql_where=sa.text('is_primary'))
    op.drop_index('ix_people_phone', table_name='people', schema='admin')
    op.drop_index('ix_people_name_trgm', table_name='people', schema='admin', postgresql_using='gin', postgresql_ops={'name': 'gin_trgm_ops'})
    op.drop_index('ix_people_name', table_name='people', schema='admin')
    op.drop_index('ix_people_last_seen_at', table_name='people', schema='admin')
    op.drop_index('ix_people_email_trgm', table_name='people', schema='admin', postgresql_using='gin', postgresql_ops={'email': 'gin_trgm_ops'})
    op.drop_index('ix_people_email_lower', table_name='people', schema='admin')
    op.drop_index(op.f('ix_people_customer_id'), table_name='people', schema='admin')
    op.drop_index('ix_people_created_at', table_name='people', schema='admin')
    op.drop_index(op.f('ix_people_auth_user_id'), table_name='people', schema='admin')
    op.drop_table('people', schema='admin')
    op.drop_index('uq_jobs_open_unique_key', table_name='jobs', schema='admin', postgresql_where=sa.text("state IN ('waiting', 'running')"))
    op.drop_index('ix_jobs_to_hand', table_name='jobs', schema='admin', postgresql_where=sa.text("state = 'waiting' AND NOT paused"))
    op.drop_index(op.f('ix_jobs_state_created_at_id'), table_name='jobs', schema='admin')
    op.drop_index(op.f('ix_jobs_selection_id'), table_name='jobs', schema='admin')
    op.drop_index(op.f('ix_jobs_parent_id'), table_name='jobs', schema='admin')
    op.drop_index(op.f('ix_jobs_name_created_at_id'), table_name='jobs', schema='admin')
    op.drop_index('ix_jobs_leased', table_name='jobs', schema='admin', postgresql_where=sa.text("state = 'running'"))
    op.drop_index(op.f('ix_jobs_finished_at_id'), table_name='jobs', schema='admin')
    op.drop_index(op.f('ix_jobs_created_at_id'), table_name='jobs', schema='admin')
    op.drop_index(op.f('ix_jobs_change_set_id'), table_name='jobs', schema='admin')
    op.drop_index(op.f('ix_jobs_actor_id_created_at'), table_name='jobs', schema='admin')
    op.drop_table('jobs', schema='admin')
    op.drop_index('ix_job_roles_title_trgm', table_name='job_roles', schema='admin', postgresql_using='gin', postgresql_ops={'title': 'gin_trgm_ops'})
    op.drop_index(op.f('ix_job_roles_status_created_at_id'), table_name='job_roles', schema='admin')
    op.drop_index(op.f('ix_job_roles_customer_id_created_at_id'), table_name='job_roles', schema='admin')
    op.drop_index(op.f('ix_job_roles_created_at_id'), table_name='job_roles', schema='admin')
    op.drop_table('job_roles', schema='admin')
    op.drop_index(op.f('ix_imap_mailboxes_state_checked_at_id'), table_name='imap_mailboxes', schema='admin')
    op.drop_index(op.f('ix_imap_mailboxes_customer_id'), table_name='imap_mailboxes', schema='admin')
    op.drop_index(op.f('ix_imap_mailboxes_created_at_id'), table_name='imap_mailboxes', schema='admin')
    op.drop_index(op.f('ix_imap_mailboxes_address'), table_name='imap_mailboxes', schema='admin')
    op.drop_table('imap_mailboxes', schema='admin')
    op.drop_index(op.f('ix_idempotency_keys_expires_at'), table_name='idempotency_keys', schema='admin')
    op.drop_index(op.f('ix_idempotency_keys_created_at_id'), table_name='idempotency_keys', schema='admin')
    op.drop_index(op.f('ix_idempotency_keys_api_key_id'), table_name='idempotency_keys', schema='admin')
    op.drop_table('idempotency_keys', schema='admin')
    op.drop_index(op.f('ix_flag_rules_plan_id'), table_name='flag_rules', schema='admin')
    op.drop_table('flag_rules', schema='admin')
    op.drop_index(op.f('ix_flag_overrides_set_by_id'), table_name='flag_overrides', schema='admin')
    op.drop_index(op.f('ix_flag_overrides_expires_at'), table_name='flag_overrides', schema='admin')
    op.drop_index(op.f('ix_flag_overrides_customer_id'), table_name='flag_overrides', schema='admin')
    op.drop_index('ix_flag_overrides_created_at', table_name='flag_overrides', schema='admin')
    op.drop_table('flag_overrides', schema='admin')
    op.drop_index(op.f('ix_flag_members_customer_id'), table_name='flag_members', schema='admin')
    op.drop_table('flag_members', schema='admin')
    op.drop_index('uq_experiments_running', table_name='experiments', schema='admin', postgresql_where=sa.text("state = 'running'"))
    op.drop_index(op.f('ix_experiments_state_created_at_id'), table_name='experiments', schema='admin')
    op.drop_index(op.f('ix_experiments_prompt_id'), table_name='experiments', schema='admin')
    op.drop_index(op.f('ix_experiments_created_by_id'), table_name='experiments', schema='admin')
    op.drop_index(op.f('ix_experiments_created_at_id'), table_name='experiments', schema='admin')
    op.drop_table('experiments', schema='admin')
    op.drop_index('uq_error_issues_sentry', table_name='error_issues', schema='admin', postgresql_where=sa.text('sentry_id IS NOT NULL'))
    op.drop_index('ix_error_issues_title_trgm', table_name='error_issues', schema='admin', postgresql_using='gin', postgresql_ops={'title': 'gin_trgm_ops'})
    op.drop_index(op.f('ix_error_issues_state_last_seen_at_id'), table_name='error_issues', schema='admin')
    op.drop_index(op.f('ix_error_issues_resolved_release_id'), table_name='error_issues', schema='admin')
    op.drop_index(op.f('ix_error_issues_project_id_last_seen_at_id'), table_name='error_issues', schema='admin')
    op.drop_index(op.f('ix_error_issues_level_last_seen_at_id'), table_name='error_issues', schema='admin')
    op.drop_index(op.f('ix_error_issues_last_seen_at_id'), table_name='error_issues', schema='admin')
    op.drop_index(op.f('ix_error_issues_first_seen_at_id'), table_name='error_issues', schema='admin')
    op.drop_index(op.f('ix_error_issues_first_release_id'), table_name='error_issues', schema='admin')
    op.drop_index(op.f('ix_error_issues_event_count_id'), table_name='error_issues', schema='admin')
    op.drop_index(op.f('ix_error_issues_assigned_to_id'), table_name='error_issues', schema='admin')
    op.drop_table('error_issues', schema='admin')
    op.drop_index(op.f('ix_email_campaigns_template_version_id'), table_name='email_campaigns', schema='admin')
    op.drop_index('ix_email_campaigns_state', table_name='email_campaigns', schema='admin')
    op.drop_index(op.f('ix_email_campaigns_selection_id'), table_name='email_campaigns', schema='admin')
    op.drop_index(op.f('ix_email_campaigns_created_by_id'), table_name='email_campaigns', schema='admin')
    op.drop_index('ix_email_campaigns_created_at', table_name='email_campaigns', schema='admin')
    op.drop_table('email_campaigns', schema='admin')
    op.drop_index(op.f('ix_deployments_state_started_at_id'), table_name='deployments', schema='admin')
    op.drop_index(op.f('ix_deployments_started_at_id'), table_name='deployments', schema='admin')
    op.drop_index(op.f('ix_deployments_release_id'), table_name='deployments', schema='admin')
    op.drop_table('deployments', schema='admin')
    op.drop_index('ix_customer_notes_customer', table_name='customer_notes', schema='admin')
    op.drop_index('ix_customer_notes_created_at', table_name='customer_notes', schema='admin')
    op.drop_index(op.f('ix_customer_notes_author_id'), table_name='customer_notes', schema='admin')
    op.drop_table('customer_notes', schema='admin')
    op.drop_index(op.f('ix_customer_merges_merged_id'), table_name='customer_merges', schema='admin')
    op.drop_index(op.f('ix_customer_merges_merged_by_id'), table_name='customer_merges', schema='admin')
    op.drop_index(op.f('ix_customer_merges_kept_id'), table_name='customer_merges', schema='admin')
    op.drop_index(op.f('ix_customer_merges_created_at'), table_name='customer_merges', schema='admin')
    op.drop_table('customer_merges', schema='admin')
    op.drop_index('ix_churn_scores_day', table_name='churn_scores', schema='admin')
    op.drop_table('churn_scores', schema='admin')
    op.drop_index(op.f('ix_breach_notices_customer_id'), table_name='breach_notices', schema='admin')
    op.drop_index(op.f('ix_breach_notices_created_at_id'), table_name='breach_notices', schema='admin')
    op.drop_index(op.f('ix_breach_notices_breach_id_created_at'), table_name='breach_notices', schema='admin')
    op.drop_table('breach_notices', schema='admin')
    op.drop_table('audit_pending', schema='admin')
    op.drop_index(op.f('ix_audit_leaves_log_checkpoint_number'), table_name='audit_leaves', schema='admin')
    op.drop_table('audit_leaves', schema='admin')
    op.drop_index(op.f('ix_alert_silences_rule_id_ends_at'), table_name='alert_silences', schema='admin')
    op.drop_index(op.f('ix_alert_silences_ends_at_id'), table_name='alert_silences', schema='admin')
    op.drop_index(op.f('ix_alert_silences_created_by_id'), table_name='alert_silences', schema='admin')
    op.drop_table('alert_silences', schema='admin')
    op.drop_index(op.f('ix_alert_rule_channels_channel_id'), table_name='alert_rule_channels', schema='admin')
    op.drop_table('alert_rule_channels', schema='admin')
    op.drop_index('uq_alert_incidents_open', table_name='alert_incidents', schema='admin', postgresql_where=sa.text("state <> 'resolved'"))
    op.drop_index(op.f('ix_alert_incidents_state_opened_at_id'), table_name='alert_incidents', schema='admin')
    op.drop_index(op.f('ix_alert_incidents_rule_id_opened_at'), table_name='alert_incidents', schema='admin')
    op.drop_index(op.f('ix_alert_incidents_opened_at_id'), table_name='alert_incidents', schema='admin')
    op.drop_index(op.f('ix_alert_incidents_acknowledged_by_id'), table_name='alert_incidents', schema='admin')
    op.drop_table('alert_incidents', schema='admin')
    op.drop_index(op.f('ix_access_entries_subject_kind_subject_key_occurred_at_id'), table_name='access_entries', schema='admin')
    op.drop_index(op.f('ix_access_entries_occurred_at_id'), table_name='access_entries', schema='admin')
    op.drop_index(op.f('ix_access_entries_model_key_record_key_occurred_at'), table_name='access_entries', schema='admin')
    op.drop_index(op.f('ix_access_entries_member_id_occurred_at_id'), table_name='access_entries', schema='admin')
    op.drop_index(op.f('ix_access_entries_kind_occurred_at_id'), table_name='access_entries', schema='admin')
    op.drop_index(op.f('ix_access_entries_api_key_id'), table_name='access_entries', schema='admin')
    op.drop_table('access_entries', schema='admin')
    op.drop_index(op.f('ix_webhook_endpoints_created_by_id'), table_name='webhook_endpoints', schema='admin')
    op.drop_index(op.f('ix_webhook_endpoints_created_at_id'), table_name='webhook_endpoints', schema='admin')
    op.drop_table('webhook_endpoints', schema='admin')
    op.drop_index(op.f('ix_webauthn_credentials_create_datetime_id'), table_name='webauthn_credentials', schema='admin')
    op.drop_table('webauthn_credentials', schema='admin')
    op.drop_index(op.f('ix_view_states_owner_id_model_key'), table_name='view_states', schema='admin')
    op.drop_index(op.f('ix_view_states_expires_at'), table_name='view_states', schema='admin')
    op.drop_index(op.f('ix_view_states_created_at_id'), table_name='view_states', schema='admin')
    op.drop_table('view_states', schema='admin')
    op.drop_index(op.f('ix_staff_sessions_member_id_last_seen_at'), table_name='staff_sessions', schema='admin')
    op.drop_index(op.f('ix_staff_sessions_expires_at'), table_name='staff_sessions', schema='admin')
    op.drop_index(op.f('ix_staff_sessions_ended_by_id'), table_name='staff_sessions', schema='admin')
    op.drop_index(op.f('ix_staff_sessions_created_at_id'), table_name='staff_sessions', schema='admin')
    op.drop_table('staff_sessions', schema='admin')
    op.drop_index(op.f('ix_staff_roles_role_id'), table_name='staff_roles', schema='admin')
    op.drop_table('staff_roles', schema='admin')
    op.drop_index(op.f('ix_staff_devices_member_id_last_seen_at'), table_name='staff_devices', schema='admin')
    op.drop_index(op.f('ix_staff_devices_last_seen_at_id'), table_name='staff_devices', schema='admin')
    op.drop_table('staff_devices', schema='admin')
    op.drop_index(op.f('ix_source_links_target_id_mapping_id'), table_name='source_links', schema='admin')
    op.drop_index(op.f('ix_source_links_read_at_id'), table_name='source_links', schema='admin')
    op.drop_table('source_links', schema='admin')
    op.drop_index(op.f('ix_sla_targets_procedure_id'), table_name='sla_targets', schema='admin')
    op.drop_index(op.f('ix_sla_targets_calendar_id'), table_name='sla_targets', schema='admin')
    op.drop_table('sla_targets', schema='admin')
    op.drop_index(op.f('ix_sign_in_links_member_id_created_at'), table_name='sign_in_links', schema='admin')
    op.drop_index(op.f('ix_sign_in_links_created_by_id'), table_name='sign_in_links', schema='admin')
    op.drop_index(op.f('ix_sign_in_links_created_at_id'), table_name='sign_in_links', schema='admin')
    op.drop_table('sign_in_links', schema='admin')
    op.drop_index(op.f('ix_sign_in_attempts_outcome_occurred_at_id'), table_name='sign_in_attempts', schema='admin')
    op.drop_index(op.f('ix_sign_in_attempts_occurred_at_id'), table_name='sign_in_attempts', schema='admin')
    op.drop_index(op.f('ix_sign_in_attempts_member_id_occurred_at'), table_name='sign_in_attempts', schema='admin')
    op.drop_index(op.f('ix_sign_in_attempts_ip_occurred_at'), table_name='sign_in_attempts', schema='admin')
    op.drop_index(op.f('ix_sign_in_attempts_email_key_occurred_at'), table_name='sign_in_attempts', schema='admin')
    op.drop_table('sign_in_attempts', schema='admin')
    op.drop_index(op.f('ix_settings_updated_by_id'), table_name='settings', schema='admin')
    op.drop_table('settings', schema='admin')
    op.drop_index(op.f('ix_selections_owner_id_created_at'), table_name='selections', schema='admin')
    op.drop_index(op.f('ix_selections_expires_at'), table_name='selections', schema='admin')
    op.drop_index(op.f('ix_selections_created_at_id'), table_name='selections', schema='admin')
    op.drop_table('selections', schema='admin')
    op.drop_index(op.f('ix_saved_views_model_key_position_id'), table_name='saved_views', schema='admin')
    op.drop_index(op.f('ix_saved_views_created_at_id'), table_name='saved_views', schema='admin')
    op.drop_table('saved_views', schema='admin')
    op.drop_index(op.f('ix_rota_members_last_assigned_at'), table_name='rota_members', schema='admin')
    op.drop_table('rota_members', schema='admin')
    op.drop_index('uq_reports_owner_title', table_name='reports', schema='admin', postgresql_nulls_not_distinct=True)
    op.drop_index(op.f('ix_reports_owner_id_created_at'), table_name='reports', schema='admin')
    op.drop_index(op.f('ix_reports_created_at_id'), table_name='reports', schema='admin')
    op.drop_table('reports', schema='admin')
    op.drop_index(op.f('ix_releases_first_seen_at_id'), table_name='releases', schema='admin')
    op.drop_table('releases', schema='admin')
    op.drop_index(op.f('ix_recent_views_seen_at_id'), table_name='recent_views', schema='admin')
    op.drop_index(op.f('ix_recent_views_member_id_seen_at'), table_name='recent_views', schema='admin')
    op.drop_table('recent_views', schema='admin')
    op.drop_index(op.f('ix_prompts_owner_id'), table_name='prompts', schema='admin')
    op.drop_index(op.f('ix_prompts_created_at_id'), table_name='prompts', schema='admin')
    op.drop_table('prompts', schema='admin')
    op.drop_index('uq_prices_default', table_name='prices', schema='admin', postgresql_where=sa.text('is_default AND valid_until IS NULL'))
    op.drop_index('ix_prices_valid_from', table_name='prices', schema='admin')
    op.drop_index(op.f('ix_prices_replaces_id'), table_name='prices', schema='admin')
    op.drop_index('ix_prices_plan', table_name='prices', schema='admin')
    op.drop_index(op.f('ix_prices_created_by_id'), table_name='prices', schema='admin')
    op.drop_table('prices', schema='admin')
    op.drop_index(op.f('ix_plan_features_feature_id'), table_name='plan_features', schema='admin')
    op.drop_table('plan_features', schema='admin')
    op.drop_index('ix_outside_writes_open', table_name='outside_writes', schema='admin', postgresql_where=sa.text("state IN ('intended', 'unknown')"))
    op.drop_index(op.f('ix_outside_writes_created_at_id'), table_name='outside_writes', schema='admin')
    op.drop_index(op.f('ix_outside_writes_actor_id_created_at'), table_name='outside_writes', schema='admin')
    op.drop_table('outside_writes', schema='admin')
    op.drop_index('ix_maintenance_windows_starts_at', table_name='maintenance_windows', schema='admin')
    op.drop_index(op.f('ix_maintenance_windows_started_by_id'), table_name='maintenance_windows', schema='admin')
    op.drop_index(op.f('ix_maintenance_windows_ended_by_id'), table_name='maintenance_windows', schema='admin')
    op.drop_table('maintenance_windows', schema='admin')
    op.drop_index('ix_known_issues_title_trgm', table_name='known_issues', schema='admin', postgresql_using='gin', postgresql_ops={'title': 'gin_trgm_ops'})
    op.drop_index('ix_known_issues_symptoms_trgm', table_name='known_issues', schema='admin', postgresql_using='gin', postgresql_ops={'symptoms': 'gin_trgm_ops'})
    op.drop_index('ix_known_issues_state', table_name='known_issues', schema='admin')
    op.drop_index(op.f('ix_known_issues_owner_id'), table_name='known_issues', schema='admin')
    op.drop_index(op.f('ix_known_issues_error_group'), table_name='known_issues', schema='admin')
    op.drop_index('ix_known_issues_created_at', table_name='known_issues', schema='admin')
    op.drop_index(op.f('ix_known_issues_category'), table_name='known_issues', schema='admin')
    op.drop_table('known_issues', schema='admin')
    op.drop_index(op.f('ix_ip_allow_entries_created_by_id'), table_name='ip_allow_entries', schema='admin')
    op.drop_index(op.f('ix_ip_allow_entries_created_at_id'), table_name='ip_allow_entries', schema='admin')
    op.drop_table('ip_allow_entries', schema='admin')
    op.drop_index('uq_invitations_open_email', table_name='invitations', schema='admin', postgresql_where=sa.text('accepted_at IS NULL AND withdrawn_at IS NULL'))
    op.drop_index(op.f('ix_invitations_member_id'), table_name='invitations', schema='admin')
    op.drop_index(op.f('ix_invitations_invited_by_id'), table_name='invitations', schema='admin')
    op.drop_index(op.f('ix_invitations_created_at_id'), table_name='invitations', schema='admin')
    op.drop_table('invitations', schema='admin')
    op.drop_index('ix_internal_faqs_question_trgm', table_name='internal_faqs', schema='admin', postgresql_using='gin', postgresql_ops={'question': 'gin_trgm_ops'})
    op.drop_index(op.f('ix_internal_faqs_owner_id'), table_name='internal_faqs', schema='admin')
    op.drop_index('ix_internal_faqs_created_at', table_name='internal_faqs', schema='admin')
    op.drop_index('ix_internal_faqs_category', table_name='internal_faqs', schema='admin')
    op.drop_table('internal_faqs', schema='admin')
    op.drop_index('ix_holidays_day', table_name='holidays', schema='admin')
    op.drop_table('holidays', schema='admin')
    op.drop_index('ix_help_article_versions_body_trgm', table_name='help_article_versions', schema='admin', postgresql_using='gin', postgresql_ops={'body': 'gin_trgm_ops'})
    op.drop_index(op.f('ix_help_article_versions_author_id'), table_name='help_article_versions', schema='admin')
    op.drop_table('help_article_versions', schema='admin')
    op.drop_index(op.f('ix_health_results_checked_at_id'), table_name='health_results', schema='admin')
    op.drop_index(op.f('ix_health_results_check_id_checked_at_id'), table_name='health_results', schema='admin')
    op.drop_table('health_results', schema='admin')
    op.drop_table('funnel_steps', schema='admin')
    op.drop_index(op.f('ix_feature_flags_owner_id'), table_name='feature_flags', schema='admin')
    op.drop_index(op.f('ix_feature_flags_expires_on'), table_name='feature_flags', schema='admin')
    op.drop_index('ix_feature_flags_created_at', table_name='feature_flags', schema='admin')
    op.drop_table('feature_flags', schema='admin')
    op.drop_index(op.f('ix_escalation_steps_staff_id'), table_name='escalation_steps', schema='admin')
    op.drop_table('escalation_steps', schema='admin')
    op.drop_index(op.f('ix_error_project_keys_project_id'), table_name='error_project_keys', schema='admin')
    op.drop_index(op.f('ix_error_project_keys_created_at_id'), table_name='error_project_keys', schema='admin')
    op.drop_table('error_project_keys', schema='admin')
    op.drop_index(op.f('ix_email_template_versions_author_id'), table_name='email_template_versions', schema='admin')
    op.drop_table('email_template_versions', schema='admin')
    op.drop_index(op.f('ix_customers_utm_source'), table_name='customers', schema='admin')
    op.drop_index(op.f('ix_customers_utm_campaign'), table_name='customers', schema='admin')
    op.drop_index(op.f('ix_customers_trial_ends_at'), table_name='customers', schema='admin')
    op.drop_index('ix_customers_status_signup', table_name='customers', schema='admin')
    op.drop_index(op.f('ix_customers_signup_channel'), table_name='customers', schema='admin')
    op.drop_index('ix_customers_signup_at', table_name='customers', schema='admin')
    op.drop_index(op.f('ix_customers_plan_id'), table_name='customers', schema='admin')
    op.drop_index('ix_customers_phone_trgm', table_name='customers', schema='admin', postgresql_using='gin', postgresql_ops={'phone': 'gin_trgm_ops'})
    op.drop_index('ix_customers_phone', table_name='customers', schema='admin')
    op.drop_index('ix_customers_person_name_trgm', table_name='customers', schema='admin', postgresql_using='gin', postgresql_ops={'person_name': 'gin_trgm_ops'})
    op.drop_index('ix_customers_person_name', table_name='customers', schema='admin')
    op.drop_index('ix_customers_mrr_cents', table_name='customers', schema='admin')
    op.drop_index(op.f('ix_customers_merged_into_id'), table_name='customers', schema='admin')
    op.drop_index('ix_customers_line_status', table_name='customers', schema='admin')
    op.drop_index('ix_customers_line_signup', table_name='customers', schema='admin')
    op.drop_index('ix_customers_line_active', table_name='customers', schema='admin')
    op.drop_index('ix_customers_last_active_at', table_name='customers', schema='admin')
    op.drop_index(op.f('ix_customers_industry'), table_name='customers', schema='admin')
    op.drop_index('ix_customers_email_trgm', table_name='customers', schema='admin', postgresql_using='gin', postgresql_ops={'email': 'gin_trgm_ops'})
    op.drop_index('ix_customers_email_lower', table_name='customers', schema='admin')
    op.drop_index('ix_customers_email', table_name='customers', schema='admin')
    op.drop_index('ix_customers_company_name_trgm', table_name='customers', schema='admin', postgresql_using='gin', postgresql_ops={'company_name': 'gin_trgm_ops'})
    op.drop_index('ix_customers_company_name', table_name='customers', schema='admin')
    op.drop_index(op.f('ix_customers_auth_user_id'), table_name='customers', schema='admin')
    op.drop_index('ix_customers_assessments_used', table_name='customers', schema='admin')
    op.drop_index(op.f('ix_customers_account_manager_id'), table_name='customers', schema='admin')
    op.drop_table('customers', schema='admin')
    op.drop_index(op.f('ix_cost_imports_started_by_id'), table_name='cost_imports', schema='admin')
    op.drop_index('ix_cost_imports_started_at', table_name='cost_imports', schema='admin')
    op.drop_index('ix_cost_imports_provider', table_name='cost_imports', schema='admin')
    op.drop_table('cost_imports', schema='admin')
    op.drop_index(op.f('ix_column_classes_decided_by_id'), table_name='column_classes', schema='admin')
    op.drop_table('column_classes', schema='admin')
    op.drop_index(op.f('ix_calendar_versions_created_by_id'), table_name='calendar_versions', schema='admin')
    op.drop_table('calendar_versions', schema='admin')
    op.drop_index(op.f('ix_breaches_state_discovered_at_id'), table_name='breaches', schema='admin')
    op.drop_index(op.f('ix_breaches_lead_id'), table_name='breaches', schema='admin')
    op.drop_index(op.f('ix_breaches_discovered_at_id'), table_name='breaches', schema='admin')
    op.drop_table('breaches', schema='admin')
    op.drop_index(op.f('ix_audit_entries_subject_kind_subject_key_occurred_at_id'), table_name='audit_entries', schema='admin')
    op.drop_index(op.f('ix_audit_entries_request_id'), table_name='audit_entries', schema='admin')
    op.drop_index(op.f('ix_audit_entries_outcome_occurred_at_id'), table_name='audit_entries', schema='admin')
    op.drop_index(op.f('ix_audit_entries_occurred_at_id'), table_name='audit_entries', schema='admin')
    op.drop_index(op.f('ix_audit_entries_object_type_object_key_occurred_at_id'), table_name='audit_entries', schema='admin')
    op.drop_index(op.f('ix_audit_entries_change_set_id'), table_name='audit_entries', schema='admin')
    op.drop_index(op.f('ix_audit_entries_category_occurred_at_id'), table_name='audit_entries', schema='admin')
    op.drop_index(op.f('ix_audit_entries_actor_id_occurred_at_id'), table_name='audit_entries', schema='admin')
    op.drop_index(op.f('ix_audit_entries_action_occurred_at_id'), table_name='audit_entries', schema='admin')
    op.drop_table('audit_entries', schema='admin')
    op.drop_index(op.f('ix_audit_anchors_created_at_id'), table_name='audit_anchors', schema='admin')
    op.drop_table('audit_anchors', schema='admin')
    op.drop_index(op.f('ix_api_keys_replaces_id'), table_name='api_keys', schema='admin')
    op.drop_index(op.f('ix_api_keys_created_by_id'), table_name='api_keys', schema='admin')
    op.drop_index(op.f('ix_api_keys_created_at_id'), table_name='api_keys', schema='admin')
    op.drop_table('api_keys', schema='admin')
    op.drop_index('ix_announcements_starts_at', table_name='announcements', schema='admin')
    op.drop_index('ix_announcements_ends_at', table_name='announcements', schema='admin')
    op.drop_index(op.f('ix_announcements_created_by_id'), table_name='announcements', schema='admin')
    op.drop_table('announcements', schema='admin')
    op.drop_index(op.f('ix_alert_rules_state_name'), table_name='alert_rules', schema='admin')
    op.drop_index(op.f('ix_alert_rules_owner_id'), table_name='alert_rules', schema='admin')
    op.drop_table('alert_rules', schema='admin')
    op.drop_index(op.f('ix_work_timings_minute'), table_name='work_timings', schema='admin')
    op.drop_index(op.f('ix_work_timings_kind_minute'), table_name='work_timings', schema='admin')
    op.drop_table('work_timings', schema='admin')
    op.drop_index(op.f('ix_vendor_statuses_state_vendor'), table_name='vendor_statuses', schema='admin')
    op.drop_table('vendor_statuses', schema='admin')
    op.drop_table('vat_periods', schema='admin')
    op.drop_table('support_mailboxes', schema='admin')
    op.drop_index(op.f('ix_subject_keys_created_at_id'), table_name='subject_keys', schema='admin')
    op.drop_table('subject_keys', schema='admin')
    op.drop_index('uq_staff_members_email_lower', table_name='staff_members', schema='admin')
    op.drop_index(op.f('ix_staff_members_name_id'), table_name='staff_members', schema='admin')
    op.drop_index(op.f('ix_staff_members_invited_by_id'), table_name='staff_members', schema='admin')
    op.drop_index(op.f('ix_staff_members_create_datetime_id'), table_name='staff_members', schema='admin')
    op.drop_table('staff_members', schema='admin')
    op.drop_index(op.f('ix_source_mappings_target_name'), table_name='source_mappings', schema='admin')
    op.drop_table('source_mappings', schema='admin')
    op.drop_index(op.f('ix_slow_queries_total_ms_id'), table_name='slow_queries', schema='admin')
    op.drop_index(op.f('ix_slow_queries_sampled_at_id'), table_name='slow_queries', schema='admin')
    op.drop_index(op.f('ix_slow_queries_query_id_sampled_at'), table_name='slow_queries', schema='admin')
    op.drop_table('slow_queries', schema='admin')
    op.drop_index(op.f('ix_size_samples_day'), table_name='size_samples', schema='admin')
    op.drop_table('size_samples', schema='admin')
    op.drop_index(op.f('ix_rollup_values_day_name'), table_name='rollup_values', schema='admin')
    op.drop_table('rollup_values', schema='admin')
    op.drop_table('rollup_states', schema='admin')
    op.drop_index(op.f('ix_rollup_dirty_days_marked_at'), table_name='rollup_dirty_days', schema='admin')
    op.drop_table('rollup_dirty_days', schema='admin')
    op.drop_table('roles', schema='admin')
    op.drop_table('retention_policies', schema='admin')
    op.drop_index(op.f('ix_request_timings_route_minute'), table_name='request_timings', schema='admin')
    op.drop_index(op.f('ix_request_timings_minute'), table_name='request_timings', schema='admin')
    op.drop_table('request_timings', schema='admin')
    op.drop_index('ix_reconciliation_runs_created_at', table_name='reconciliation_runs', schema='admin')
    op.drop_table('reconciliation_runs', schema='admin')
    op.drop_index('ix_ready_answers_name', table_name='ready_answers', schema='admin')
    op.drop_index('ix_ready_answers_created_at', table_name='ready_answers', schema='admin')
    op.drop_index(op.f('ix_ready_answers_category'), table_name='ready_answers', schema='admin')
    op.drop_table('ready_answers', schema='admin')
    op.drop_index('ix_provider_usage_metric', table_name='provider_usage', schema='admin')
    op.drop_index('ix_provider_usage_day', table_name='provider_usage', schema='admin')
    op.drop_table('provider_usage', schema='admin')
    op.drop_index(op.f('ix_processors_review_on_id'), table_name='processors', schema='admin')
    op.drop_index(op.f('ix_processors_created_at_id'), table_name='processors', schema='admin')
    op.drop_table('processors', schema='admin')
    op.drop_table('plugin_states', schema='admin')
    op.drop_index('ix_plans_rank', table_name='plans', schema='admin')
    op.drop_index('ix_plans_line_rank', table_name='plans', schema='admin')
    op.drop_index('ix_plans_created_at', table_name='plans', schema='admin')
    op.drop_table('plans', schema='admin')
    op.drop_table('number_sequences', schema='admin')
    op.drop_index(op.f('ix_model_retirements_shuts_down_on_id'), table_name='model_retirements', schema='admin')
    op.drop_table('model_retirements', schema='admin')
    op.drop_index(op.f('ix_model_prices_valid_from_id'), table_name='model_prices', schema='admin')
    op.drop_table('model_prices', schema='admin')
    op.drop_table('job_queues', schema='admin')
    op.drop_table('integration_states', schema='admin')
    op.drop_index('ix_help_articles_updated_at', table_name='help_articles', schema='admin')
    op.drop_index('ix_help_articles_title_trgm', table_name='help_articles', schema='admin', postgresql_using='gin', postgresql_ops={'title': 'gin_trgm_ops'})
    op.drop_index('ix_help_articles_state', table_name='help_articles', schema='admin')
    op.drop_index('ix_help_articles_category', table_name='help_articles', schema='admin')
    op.drop_table('help_articles', schema='admin')
    op.drop_index(op.f('ix_health_checks_state_name'), table_name='health_checks', schema='admin')
    op.drop_table('health_checks', schema='admin')
    op.drop_index('ix_fx_rates_day', table_name='fx_rates', schema='admin')
    op.drop_table('fx_rates', schema='admin')
    op.drop_table('funnels', schema='admin')
    op.drop_index(op.f('ix_figure_snapshots_reported_at_id'), table_name='figure_snapshots', schema='admin')
    op.drop_table('figure_snapshots', schema='admin')
    op.drop_index('ix_features_name', table_name='features', schema='admin')
    op.drop_index(op.f('ix_features_event_name'), table_name='features', schema='admin')
    op.drop_table('features', schema='admin')
    op.drop_index('ix_faq_entries_question_trgm', table_name='faq_entries', schema='admin', postgresql_using='gin', postgresql_ops={'question': 'gin_trgm_ops'})
    op.drop_index('ix_faq_entries_created_at', table_name='faq_entries', schema='admin')
    op.drop_index('ix_faq_entries_category', table_name='faq_entries', schema='admin')
    op.drop_table('faq_entries', schema='admin')
    op.drop_table('escalation_procedures', schema='admin')
    op.drop_table('error_projects', schema='admin')
    op.drop_index('ix_email_templates_updated_at', table_name='email_templates', schema='admin')
    op.drop_table('email_templates', schema='admin')
    op.drop_index('ix_dunning_rules_position', table_name='dunning_rules', schema='admin')
    op.drop_table('dunning_rules', schema='admin')
    op.drop_index(op.f('ix_discount_campaigns_utm_campaign'), table_name='discount_campaigns', schema='admin')
    op.drop_index('ix_discount_campaigns_starts_at', table_name='discount_campaigns', schema='admin')
    op.drop_index('ix_discount_campaigns_name', table_name='discount_campaigns', schema='admin')
    op.drop_table('discount_campaigns', schema='admin')
    op.drop_index('ix_credit_packs_name', table_name='credit_packs', schema='admin')
    op.drop_table('credit_packs', schema='admin')
    op.drop_index(op.f('ix_consent_texts_created_at_id'), table_name='consent_texts', schema='admin')
    op.drop_table('consent_texts', schema='admin')
    op.drop_index('uq_business_calendars_default', table_name='business_calendars', schema='admin', postgresql_where=sa.text('is_default'))
    op.drop_table('business_calendars', schema='admin')
    op.drop_table('audit_tiles', schema='admin')
    op.drop_index(op.f('ix_audit_prunes_created_at_id'), table_name='audit_prunes', schema='admin')
    op.drop_table('audit_prunes', schema='admin')
    op.drop_table('audit_keys', schema='admin')
    op.drop_index(op.f('ix_audit_checkpoints_sealed_at'), table_name='audit_checkpoints', schema='admin')
    op.drop_table('audit_checkpoints', schema='admin')
    op.drop_table('alert_channels', schema='admin')
    op.drop_index(op.f('ix_activity_months_month_subject_kind_activity'), table_name='activity_months', schema='admin')
    op.drop_table('activity_months', schema='admin')
