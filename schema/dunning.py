"""Getting late invoices paid: the schedule, and each step taken for an invoice."""

import enum
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, Identified, Moment, Prose, Slug, Timestamped, Title
from schema.customers import ProductLine
from schema.tags import AdminOptions, ui

if TYPE_CHECKING:
    from schema.billing import PaymentAttempt
    from schema.customers import Customer
    from schema.invoicing import Invoice


class DunningAct(enum.StrEnum):
    """What a step does."""

    REMIND = "remind"
    NEW_LINK = "new_link"
    CALL_TASK = "call_task"
    WARN = "warn"
    SUSPEND = "suspend"
    CANCEL = "cancel"


class DunningRule(Identified, Timestamped, Base):
    """A step of the dunning schedule: what happens how many days after the due date."""

    __tablename__ = "dunning_rules"
    __table_args__ = (
        UniqueConstraint("product_line", "position", postgresql_nulls_not_distinct=True),
        CheckConstraint("position > 0", name="position_positive"),
        Index("ix_dunning_rules_position", "position", "id"),
        CheckConstraint("days_after_due >= -30", name="days_possible"),
    )
    __admin__ = AdminOptions(group="Finance", icon="bell-dollar", title=("name",), default_sort="position")

    name: Mapped[Title]
    position: Mapped[int] = mapped_column(comment="Order of the steps.")
    product_line: Mapped[ProductLine | None] = mapped_column(comment="Empty: all product lines.")
    days_after_due: Mapped[int] = mapped_column(comment="Negative: before the due date.")
    act: Mapped[DunningAct]
    template_key: Mapped[Slug | None] = mapped_column(comment="The e-mail template it sends.")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))

    steps: Mapped[list["DunningStep"]] = relationship(back_populates="rule", passive_deletes=True)


class DunningState(enum.StrEnum):
    """Where a step stands."""

    SCHEDULED = "scheduled"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class DunningStep(Identified, Timestamped, Base):
    """A step taken, or to be taken, for one late invoice."""

    __tablename__ = "dunning_steps"
    __table_args__ = (
        UniqueConstraint("invoice_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("state <> 'done' OR done_at IS NOT NULL", name="done_when_known"),
        Index("ix_dunning_steps_due", "state", "due_at", "id"),
        Index("ix_dunning_steps_customer", "customer_id", "due_at", "id"),
        Index("ix_dunning_steps_due_at", "due_at", "id"),
    )
    __admin__ = AdminOptions(
        group="Finance",
        icon="stairs",
        default_sort="-due_at",
        writes="actions",
        written_by="The dunning job; Skip and Do now stand on the invoice.",
        subject="customer",
    )

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.invoices.id", ondelete="RESTRICT"))
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admin.customers.id", ondelete="RESTRICT"))
    rule_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.dunning_rules.id", ondelete="SET NULL"), index=True
    )
    attempt_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("admin.payment_attempts.id", ondelete="SET NULL"),
        index=True,
        comment="The payment link it sent.",
    )
    number: Mapped[int]
    act: Mapped[DunningAct]
    state: Mapped[DunningState] = mapped_column(
        server_default="scheduled",
        info=ui(badge={"scheduled": "info", "done": "success", "skipped": "muted", "failed": "danger"}),
    )
    due_at: Mapped[Moment]
    done_at: Mapped[Moment | None]
    outcome: Mapped[Prose | None] = mapped_column(comment="What came of it, or why it was skipped.")

    invoice: Mapped["Invoice"] = relationship(back_populates="dunning_steps")
    customer: Mapped["Customer"] = relationship()
    rule: Mapped["DunningRule | None"] = relationship(back_populates="steps")
    attempt: Mapped["PaymentAttempt | None"] = relationship()
