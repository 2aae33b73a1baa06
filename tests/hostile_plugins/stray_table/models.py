"""One table."""

from sqlalchemy.orm import Mapped

from schema.base import Base, Identified, Slug


class StrayThing(Identified, Base):
    """A thing."""

    __tablename__ = "things_of_mine"

    word: Mapped[Slug]
