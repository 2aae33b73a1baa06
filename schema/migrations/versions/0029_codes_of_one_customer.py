"""A promotion code for one customer goes with that customer: without them it would hold for everybody."""

from collections.abc import Sequence

from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "fk_promotion_codes_customer_id_customers"


def upgrade() -> None:
    """Bring the change in."""
    link("CASCADE")


def downgrade() -> None:
    """Take the change back."""
    link("SET NULL")


def link(rule: str) -> None:
    """Make the reference anew with another rule for what happens when the customer goes."""
    op.drop_constraint(op.f(NAME), "promotion_codes", type_="foreignkey", schema="admin")
    op.create_foreign_key(
        op.f(NAME), "promotion_codes", "customers", ["customer_id"], ["id"], ondelete=rule, source_schema="admin",
        referent_schema="admin",
    )  # fmt: skip
