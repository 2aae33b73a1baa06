"""Changes of subscriptions that wait for a date or are of units, what a period was charged, and what a code holds on to.

Also: a campaign that has codes, and a plan that a code is for, stay: their codes would hold without their limits.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHARGE = (
    "What the running period costs excluding VAT, after the discount it was charged with: unused days are credited from"
    " it. Empty: not known, and what is agreed on now counts."
)
CHECKS = {
    "pending_quantity_positive": "pending_quantity > 0",
    "date_of_pending_price": "pending_at IS NULL OR pending_price_id IS NOT NULL",
    "period_charge_not_negative": "period_charge_cents >= 0",
}
PRICE = ("Takes over at the end of the period.", "Takes over at the end of the period, or on its date.")
DISCOUNT = ("Taken off each charge.", "Taken off each charge, excluding VAT.")
LINKS = (
    ("promotion_codes", "campaign_id", "discount_campaigns", "SET NULL"),
    ("promotion_code_plans", "plan_id", "plans", "CASCADE"),
)


def upgrade() -> None:
    """Bring the change in."""
    waits = sa.Column(
        "pending_at",
        sa.DateTime(timezone=True),
        comment="When the waiting price takes over; empty: at the end of the period.",
    )
    units = sa.Column("pending_quantity", sa.Integer(), comment="Seats or units from the end of the period on.")
    op.add_column("subscriptions", waits, schema="admin")
    op.add_column("subscriptions", units, schema="admin")
    op.add_column("subscriptions", sa.Column("period_charge_cents", sa.BigInteger(), comment=CHARGE), schema="admin")
    op.create_index("ix_subscriptions_pending_at", "subscriptions", ["pending_at"], schema="admin")
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_subscriptions_{name}"), "subscriptions", rule, schema="admin")
    comments(PRICE, DISCOUNT)
    for table, column, to, _ in LINKS:
        link(table, column, to, "RESTRICT")


def downgrade() -> None:
    """Take the change back."""
    for table, column, to, rule in LINKS:
        link(table, column, to, rule)
    comments(PRICE[::-1], DISCOUNT[::-1])
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_subscriptions_{name}"), "subscriptions", schema="admin")
    op.drop_index("ix_subscriptions_pending_at", "subscriptions", schema="admin")
    for name in ("pending_at", "pending_quantity", "period_charge_cents"):
        op.drop_column("subscriptions", name, schema="admin")


def comments(price: tuple[str, str], discount: tuple[str, str]) -> None:
    """Say of two columns what they are."""
    was, now = price
    op.alter_column(
        "subscriptions", "pending_price_id", existing_type=sa.Uuid(), existing_comment=was, comment=now, schema="admin"
    )
    was, now = discount
    op.alter_column(
        "subscriptions", "discount_amount_cents", existing_type=sa.BigInteger(), existing_comment=was, comment=now,
        schema="admin",
    )  # fmt: skip


def link(table: str, column: str, to: str, rule: str) -> None:
    """Make a reference anew with another rule for what happens when its target goes."""
    name = op.f(f"fk_{table}_{column}_{to}")
    op.drop_constraint(name, table, type_="foreignkey", schema="admin")
    op.create_foreign_key(
        name, table, to, [column], ["id"], ondelete=rule, source_schema="admin", referent_schema="admin"
    )
