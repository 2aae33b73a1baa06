"""Alert rules watch saved views, incidents have somebody who looks after them, and channels can be tested."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

THRESHOLD = "Tell the owner when the view has more rows than this; empty: never."
OLD_RULE_STATES = ("unknown", "ok", "pending", "firing", "no_data", "error")
OLD_STATES = ("pending", "firing", "recovering", "resolved")
PEOPLE = {"assigned_to_id": "Who looks after it.", "resolved_by_id": "Empty: it ended by itself."}


def known(table: str, column: str, values: Sequence[str]) -> None:
    """Make the list of values that a column may hold anew."""
    name = op.f(f"ck_{table}_{column}_known")
    op.drop_constraint(name, table, schema="admin", type_="check")
    said = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(name, table, f"{column} IN ({said})", schema="admin")


def upgrade() -> None:
    """Bring the change in."""
    op.drop_constraint(op.f("ck_saved_views_threshold_counts"), "saved_views", schema="admin", type_="check")
    op.drop_column("saved_views", "threshold", schema="admin")
    upgrade_rules()
    op.execute("UPDATE admin.alert_incidents SET state = 'resolved', resolved_at = now() WHERE state = 'pending'")
    known("alert_incidents", "state", OLD_STATES[1:])
    for name, comment in PEOPLE.items():
        column = sa.Column(name, sa.Uuid(), nullable=True, comment=comment)
        op.add_column("alert_incidents", column, schema="admin")
        op.create_foreign_key(
            op.f(f"fk_alert_incidents_{name}_staff_members"), "alert_incidents", "staff_members", [name], ["id"],
            source_schema="admin", referent_schema="admin", ondelete="SET NULL",
        )  # fmt: skip
        op.create_index(op.f(f"ix_alert_incidents_{name}"), "alert_incidents", [name], schema="admin")
    op.add_column("alert_incidents", sa.Column("assigned_at", sa.DateTime(timezone=True)), schema="admin")
    op.alter_column(
        "alert_notifications", "incident_id", nullable=True, comment="Empty: a test of the channel.", schema="admin"
    )
    op.alter_column(
        "alert_channels", "target", comment="Addresses, or a webhook's URL and signing secret, encrypted.",
        existing_comment="Address or webhook URL, encrypted.", schema="admin",
    )  # fmt: skip


def upgrade_rules() -> None:
    """Let rules watch saved views, and say who may see them."""
    known("alert_rules", "state", ("unknown", "ok", "pending", "firing", "settled", "no_data", "error"))
    view = "The saved view whose rows are counted, as the rule's owner sees it."
    op.add_column("alert_rules", sa.Column("view_id", sa.Uuid(), nullable=True, comment=view), schema="admin")
    op.create_foreign_key(
        op.f("fk_alert_rules_view_id_saved_views"), "alert_rules", "saved_views", ["view_id"], ["id"],
        source_schema="admin", referent_schema="admin", ondelete="SET NULL",
    )  # fmt: skip
    op.create_index(op.f("ix_alert_rules_view_id"), "alert_rules", ["view_id"], schema="admin")
    seen = "Names of the permission that shows it; empty: everybody who may open the alerts."
    names: sa.Column[list[str]] = sa.Column(
        "seen_with", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False, comment=seen
    )
    op.add_column("alert_rules", names, schema="admin")
    op.alter_column(
        "alert_rules", "comparison", comment="above or below; empty: the rule decides by itself.",
        existing_comment="above, below, spike, control_chart …", schema="admin",
    )  # fmt: skip
    op.alter_column(
        "alert_rules", "memory", comment="What is carried from one evaluation to the next, and the last values.",
        existing_comment="Averages and sums carried between runs.", schema="admin",
    )  # fmt: skip


def downgrade() -> None:
    """Take the change back."""
    op.execute("DELETE FROM admin.alert_notifications WHERE incident_id IS NULL")
    op.alter_column("alert_notifications", "incident_id", nullable=False, comment=None, schema="admin")
    for name in ("assigned_at", *PEOPLE):
        op.drop_column("alert_incidents", name, schema="admin")
    known("alert_incidents", "state", OLD_STATES)
    op.execute("UPDATE admin.alert_rules SET state = 'unknown' WHERE state = 'settled'")
    known("alert_rules", "state", OLD_RULE_STATES)
    for name in ("view_id", "seen_with"):
        op.drop_column("alert_rules", name, schema="admin")
    op.alter_column(
        "alert_channels", "target", comment="Address or webhook URL, encrypted.", schema="admin"
    )
    op.alter_column("alert_rules", "comparison", comment="above, below, spike, control_chart …", schema="admin")
    op.alter_column("alert_rules", "memory", comment="Averages and sums carried between runs.", schema="admin")
    op.add_column("saved_views", sa.Column("threshold", sa.BigInteger(), comment=THRESHOLD), schema="admin")
    op.create_check_constraint(
        op.f("ck_saved_views_threshold_counts"), "saved_views", "threshold IS NULL OR threshold >= 0", schema="admin"
    )
