"""One table."""

from sqlalchemy.orm import Mapped, relationship

from schema.base import Base, Identified, Slug


class BrokenThing(Identified, Base):
    """A thing."""

    __tablename__ = "broken_models_things"

    word: Mapped[Slug]
    other: Mapped["NoSuchModel"] = relationship()  # noqa: F821 (that is the point)
