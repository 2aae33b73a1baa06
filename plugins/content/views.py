"""Announcements through the API."""

from datetime import datetime
from typing import Any
from uuid import UUID

from admin_core.api.calls import Call
from admin_core.api.models import Model, Page, PageQuery
from plugins.content import queries
from schema.messaging import Announcement, Severity


class ShownAnnouncement(Model):
    """A message that the app shows."""

    id: UUID
    title: str
    body: str
    """Markdown."""
    severity: Severity
    audience: dict[str, Any] | None
    link_url: str | None
    link_label: str | None
    starts_at: datetime
    ends_at: datetime | None
    is_dismissible: bool


def current_announcements(call: Call, query: PageQuery) -> Page[ShownAnnouncement]:
    """Return the announcements that are shown now."""
    return call.page("announcements", queries.shown_at(call.now), query, shown, newest="starts_at")


def shown(row: Announcement) -> ShownAnnouncement:
    """Return the part of an announcement that everybody may see."""
    return ShownAnnouncement(**{name: getattr(row, name) for name in ShownAnnouncement.model_fields})
