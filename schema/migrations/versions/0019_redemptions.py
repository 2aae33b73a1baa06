"""Redemptions can be taken back, and a campaign counts what its codes gave away."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

USE = "uq_redemptions_code_id_customer_id_number"
WAS, IS = "Upper and lower case are the same.", "Without spaces; upper and lower case are the same."
GIVEN = """
    UPDATE admin.discount_campaigns AS campaign SET given_away_cents = given.cents
    FROM (SELECT code.campaign_id, sum(use.discount_cents) AS cents FROM admin.redemptions AS use
          JOIN admin.promotion_codes AS code ON code.id = use.code_id GROUP BY code.campaign_id) AS given
    WHERE given.campaign_id = campaign.id
"""


def upgrade() -> None:
    """Bring the change in."""
    given = sa.Column(
        "given_away_cents", sa.BigInteger(), server_default="0", nullable=False,
        comment="Discounts of its codes so far, counted under a lock.",
    )  # fmt: skip
    op.add_column("discount_campaigns", given, schema="admin")
    op.create_check_constraint(
        op.f("ck_discount_campaigns_given_not_negative"), "discount_campaigns", "given_away_cents >= 0", schema="admin"
    )
    op.execute(GIVEN)
    op.execute(r"UPDATE admin.promotion_codes SET code = regexp_replace(code, '\s', '', 'g') WHERE code ~ '\s'")
    op.create_check_constraint(
        op.f("ck_promotion_codes_code_without_spaces"), "promotion_codes", r"code !~ '\s'", schema="admin"
    )
    op.alter_column("promotion_codes", "code", comment=IS, existing_comment=WAS, schema="admin")
    add_reversal()
    op.drop_constraint(op.f(USE), "redemptions", schema="admin", type_="unique")
    op.create_index(
        "uq_redemptions_use", "redemptions", ["code_id", "customer_id", "number"], unique=True, schema="admin",
        postgresql_where=sa.text("reversed_at IS NULL"),
    )  # fmt: skip
    op.create_index("ix_redemptions_code", "redemptions", ["code_id", "redeemed_at", "id"], schema="admin")


def add_reversal() -> None:
    """Add what is said about a redemption that was taken back."""
    moment = sa.Column(
        "reversed_at", sa.DateTime(timezone=True), comment="Taken back: from then on it counts for nothing."
    )
    op.add_column("redemptions", moment, schema="admin")
    op.add_column("redemptions", sa.Column("reversed_by_id", sa.Uuid()), schema="admin")
    op.add_column("redemptions", sa.Column("reversal_reason", sa.Text()), schema="admin")
    op.create_check_constraint(
        op.f("ck_redemptions_reversed_after"), "redemptions", "reversed_at >= redeemed_at", schema="admin"
    )
    op.create_foreign_key(
        op.f("fk_redemptions_reversed_by_id_staff_members"), "redemptions", "staff_members", ["reversed_by_id"], ["id"],
        source_schema="admin", referent_schema="admin", ondelete="SET NULL",
    )  # fmt: skip
    op.create_index(op.f("ix_redemptions_reversed_by_id"), "redemptions", ["reversed_by_id"], schema="admin")


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_redemptions_code", "redemptions", schema="admin")
    op.drop_index("uq_redemptions_use", "redemptions", schema="admin")
    for name in ("reversal_reason", "reversed_by_id", "reversed_at"):
        op.drop_column("redemptions", name, schema="admin")
    op.create_unique_constraint(op.f(USE), "redemptions", ["code_id", "customer_id", "number"], schema="admin")
    op.drop_column("discount_campaigns", "given_away_cents", schema="admin")
    op.drop_constraint(op.f("ck_promotion_codes_code_without_spaces"), "promotion_codes", schema="admin")
    op.alter_column("promotion_codes", "code", comment=WAS, existing_comment=IS, schema="admin")
