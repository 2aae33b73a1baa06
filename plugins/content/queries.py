"""Questions about what customers read."""

from datetime import datetime

from sqlalchemy import SQLColumnExpression, or_

from schema.messaging import Announcement


def shown_at(moment: datetime) -> list[SQLColumnExpression[bool]]:
    """Return what is true of announcements that the app shows at a moment; the end is exclusive."""
    return [
        Announcement.is_published,
        Announcement.starts_at <= moment,
        or_(Announcement.ends_at.is_(None), Announcement.ends_at > moment),
    ]
