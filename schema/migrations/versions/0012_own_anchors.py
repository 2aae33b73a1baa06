"""Web and workers note anchors by mail, which they send, and no others: what lies elsewhere only the sealer can say.

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Who may write checkpoints is the sealer, whatever its role is called here.
FUNCTION = """
CREATE FUNCTION admin.audit_only_own_anchors() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
  IF NEW.sink = 'mail' OR has_table_privilege('admin.audit_checkpoints', 'INSERT') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'permission denied: only the sealer notes anchors in the place %.', NEW.sink
    USING ERRCODE = 'insufficient_privilege';
END $f$"""


def upgrade() -> None:
    """Bring the rule in."""
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER audit_anchors_own BEFORE INSERT OR UPDATE ON admin.audit_anchors"
        " FOR EACH ROW EXECUTE FUNCTION admin.audit_only_own_anchors()"
    )


def downgrade() -> None:
    """Take it back."""
    op.execute("DROP TRIGGER audit_anchors_own ON admin.audit_anchors")
    op.execute("DROP FUNCTION admin.audit_only_own_anchors()")
