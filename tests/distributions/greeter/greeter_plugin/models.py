"""What we said to whom."""

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from schema.base import Base, CreatedAt, Identified, Slug
from schema.tags import AdminOptions


class Greeting(Identified, Base):
    """A ticket that was greeted."""

    __tablename__ = "greeter_greetings"
    __table_args__ = (Index(None, "ticket_id"),)
    __admin__ = AdminOptions(
        group="Support", icon="message", title=("word",), writes="actions", written_by="The action Greet on a ticket."
    )

    word: Mapped[Slug]
    ticket_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("admin.tickets.id", ondelete="SET NULL"))
    greeted_at: Mapped[CreatedAt]
