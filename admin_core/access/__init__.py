"""Sign-in of the team: who asks on this request, and how they proved it. What they may do: ``policy``."""

from admin_core.access.freshness import require_fresh
from admin_core.access.installation import install
from admin_core.access.links import LinkRefused, sign_in_link
from admin_core.access.people import current_person, session_id_here, signed_in
from admin_core.access.team import ensure_roles

__all__ = [
    "LinkRefused",
    "current_person",
    "ensure_roles",
    "install",
    "require_fresh",
    "session_id_here",
    "sign_in_link",
    "signed_in",
]
