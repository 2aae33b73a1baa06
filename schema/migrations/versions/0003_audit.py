"""The audit log protects itself: what is written stays, but for redaction of values and pruning under a signed note."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FUNCTIONS = {
    'audit_refuse()': """
CREATE FUNCTION admin.audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
  RAISE EXCEPTION 'The audit log only grows: % of % is refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $f$""",
    'audit_only_redaction()': """
CREATE FUNCTION admin.audit_only_redaction() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
DECLARE personal text[] := ARRAY['sealed_values', 'values_salt', 'reason', 'ip'];
BEGIN
  IF NEW.sealed_values IS NULL AND NEW.values_salt IS NULL AND NEW.reason IS NULL AND NEW.ip IS NULL
     AND to_jsonb(NEW) - personal = to_jsonb(OLD) - personal THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'The audit log only grows: an entry may lose its values, and may not change.'
    USING ERRCODE = 'insufficient_privilege';
END $f$""",
    'audit_only_pruned()': """
CREATE FUNCTION admin.audit_only_pruned() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
  PERFORM 1 FROM admin.audit_leaves AS leaf JOIN admin.audit_prunes AS prune
    ON prune.log = leaf.log AND leaf.position BETWEEN prune.from_position AND prune.to_position
    WHERE leaf.entry_id = OLD.id;
  IF FOUND THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'The audit log only grows: entry % is in no range that was pruned.', OLD.id
    USING ERRCODE = 'insufficient_privilege';
END $f$""",
    'audit_only_sealed()': """
CREATE FUNCTION admin.audit_only_sealed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
  PERFORM 1 FROM admin.audit_leaves AS leaf WHERE leaf.entry_id = OLD.entry_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'The audit log only grows: entry % left the queue without being sealed.', OLD.entry_id
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $f$""",
    'audit_only_outcome()': """
CREATE FUNCTION admin.audit_only_outcome() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
DECLARE outcome text[] := ARRAY['state', 'attempts', 'receipt', 'done_at'];
BEGIN
  IF OLD.state <> 'done' AND to_jsonb(NEW) - outcome = to_jsonb(OLD) - outcome THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'The audit log only grows: an anchor that arrived may not change.'
    USING ERRCODE = 'insufficient_privilege';
END $f$""",
    'audit_only_end()': """
CREATE FUNCTION admin.audit_only_end() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
  IF OLD.valid_until IS NULL AND to_jsonb(NEW) - 'valid_until' = to_jsonb(OLD) - 'valid_until' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'The audit log only grows: a key may end once, and may not change.'
    USING ERRCODE = 'insufficient_privilege';
END $f$""",
    'audit_redact(text, text, integer)': """
CREATE FUNCTION admin.audit_redact(kind text, key text, many integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE redacted integer;
BEGIN
  UPDATE admin.audit_entries AS entry SET sealed_values = NULL, values_salt = NULL, reason = NULL, ip = NULL
  WHERE entry.id IN (
    SELECT id FROM admin.audit_entries
    WHERE subject_kind = kind AND subject_key = key
      AND (sealed_values IS NOT NULL OR values_salt IS NOT NULL OR reason IS NOT NULL OR ip IS NOT NULL)
    LIMIT many);
  GET DIAGNOSTICS redacted = ROW_COUNT;
  RETURN redacted;
END $f$""",
    'audit_redact_entry(uuid)': """
CREATE FUNCTION admin.audit_redact_entry(entry_id uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE redacted integer;
BEGIN
  UPDATE admin.audit_entries AS entry SET sealed_values = NULL, values_salt = NULL, reason = NULL, ip = NULL
  WHERE entry.id = entry_id
    AND (sealed_values IS NOT NULL OR values_salt IS NOT NULL OR reason IS NOT NULL OR ip IS NOT NULL);
  GET DIAGNOSTICS redacted = ROW_COUNT;
  RETURN redacted;
END $f$""",
    'audit_drop_pruned(text, bigint, bigint)': """
CREATE FUNCTION admin.audit_drop_pruned(of_log text, from_position bigint, to_position bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
DECLARE dropped bigint;
BEGIN
  DELETE FROM admin.audit_entries WHERE id IN (
    SELECT leaf.entry_id FROM admin.audit_leaves AS leaf
    WHERE leaf.log = of_log AND leaf.position BETWEEN from_position AND to_position);
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END $f$""",
}
PRIVILEGED = ('audit_redact(text, text, integer)', 'audit_redact_entry(uuid)', 'audit_drop_pruned(text, bigint, bigint)')

FIXED = {
    'audit_entries': 'TRUNCATE',
    'audit_pending': 'TRUNCATE',
    'audit_leaves': 'UPDATE OR DELETE OR TRUNCATE',
    'audit_checkpoints': 'UPDATE OR DELETE OR TRUNCATE',
    'audit_anchors': 'DELETE OR TRUNCATE',
    'audit_prunes': 'UPDATE OR DELETE OR TRUNCATE',
    'audit_keys': 'DELETE OR TRUNCATE',
}
"""Table → what nobody may do to it."""

GUARDED = {
    'audit_entries_redaction': ('BEFORE UPDATE', 'audit_entries', 'audit_only_redaction'),
    'audit_entries_pruning': ('BEFORE DELETE', 'audit_entries', 'audit_only_pruned'),
    'audit_pending_fixed': ('BEFORE UPDATE', 'audit_pending', 'audit_refuse'),
    'audit_anchors_outcome': ('BEFORE UPDATE', 'audit_anchors', 'audit_only_outcome'),
    'audit_keys_end': ('BEFORE UPDATE', 'audit_keys', 'audit_only_end'),
}
"""Trigger → when, on which table, and the function that decides."""


def upgrade() -> None:
    """Bring the change in."""
    op.drop_constraint(op.f('fk_audit_leaves_entry_id_audit_entries'), 'audit_leaves', schema='admin', type_='foreignkey')
    op.alter_column('audit_leaves', 'entry_id', existing_type=sa.Uuid(), existing_nullable=False, schema='admin',
                    comment='No foreign key: the hash outlives a pruned entry.')
    for text in FUNCTIONS.values():
        op.execute(text)
    for name in PRIVILEGED:
        op.execute(f'REVOKE ALL ON FUNCTION admin.{name} FROM PUBLIC')
    for table, verbs in FIXED.items():
        op.execute(f'CREATE TRIGGER {table}_only_grows BEFORE {verbs} ON admin.{table}'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION admin.audit_refuse()')
    for name, (when, table, function) in GUARDED.items():
        op.execute(f'CREATE TRIGGER {name} {when} ON admin.{table} FOR EACH ROW EXECUTE FUNCTION admin.{function}()')
    op.execute('CREATE CONSTRAINT TRIGGER audit_pending_sealed AFTER DELETE ON admin.audit_pending'
               ' DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION admin.audit_only_sealed()')


def downgrade() -> None:
    """Take the change back."""
    op.execute('DROP TRIGGER audit_pending_sealed ON admin.audit_pending')
    for name, (_, table, _function) in GUARDED.items():
        op.execute(f'DROP TRIGGER {name} ON admin.{table}')
    for table in FIXED:
        op.execute(f'DROP TRIGGER {table}_only_grows ON admin.{table}')
    for name in FUNCTIONS:
        op.execute(f'DROP FUNCTION admin.{name}')
    op.alter_column('audit_leaves', 'entry_id', existing_type=sa.Uuid(), existing_nullable=False, schema='admin',
                    comment=None, existing_comment='No foreign key: the hash outlives a pruned entry.')
    # Entries that were pruned have leaves without an entry: the constraint is made for new rows only.
    op.create_foreign_key(op.f('fk_audit_leaves_entry_id_audit_entries'), 'audit_leaves', 'audit_entries',
                          ['entry_id'], ['id'], source_schema='admin', referent_schema='admin', ondelete='RESTRICT',
                          postgresql_not_valid=True)
