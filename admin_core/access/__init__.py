"""Sign-in of the team: who asks on this request, and how they proved it. What they may do: ``policy``."""

from admin_core.access.installation import install
from admin_core.access.links import LinkRefused, sign_in_link
from admin_core.access.people import current_person
from admin_core.access.team import ensure_roles

__all__ = ["LinkRefused", "current_person", "ensure_roles", "install", "sign_in_link"]
