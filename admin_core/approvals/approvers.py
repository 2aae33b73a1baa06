"""Who may approve: active members whose roles hold the action's own permission."""

from sqlalchemy.orm import Session

from admin_core.access.members import active_members, person_of
from schema.staff import StaffMember

ENOUGH = 2
"""With so many people who may, nobody decides alone."""


def who_may(session: Session, permission: str) -> list[StaffMember]:
    """Return the active members who hold a permission."""
    return [member for member in active_members(session) if person_of(member).has(permission)]
