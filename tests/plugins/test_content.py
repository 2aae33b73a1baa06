"""Announcements that are shown at a moment: published, begun, not over."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from plugins.content.queries import shown_at
from schema.messaging import Announcement

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "published", "shown"),
    [
        (NOW - HOUR, None, True, True),
        (NOW, NOW + HOUR, True, True),
        (NOW - HOUR, NOW, True, False),
        (NOW + HOUR, None, True, False),
        (NOW - HOUR, None, False, False),
    ],
)
def test_an_announcement_is_shown_in_its_time(
    session: Session, starts_at: datetime, ends_at: datetime | None, published: bool, shown: bool
) -> None:
    words = {"title": "Maintenance", "body": "Tonight.", "starts_at": starts_at, "ends_at": ends_at}
    session.add(Announcement(**words, is_published=published))
    session.flush()
    assert (session.scalars(select(Announcement).where(*shown_at(NOW))).first() is not None) == shown
