"""Who may approve: active members whose roles hold the action's own permission."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from admin_core.policy import Person
from schema.staff import StaffMember

ENOUGH = 2
"""With so many people who may, nobody decides alone."""


def active_members(session: Session) -> Sequence[StaffMember]:
    """Return everybody who may sign in, with their roles."""
    query = select(StaffMember).where(StaffMember.active).options(selectinload(StaffMember.roles))
    return session.scalars(query.order_by(StaffMember.name, StaffMember.id)).all()


def who_may(session: Session, permission: str) -> list[StaffMember]:
    """Return the active members who hold a permission."""
    return [member for member in active_members(session) if person_of(member).has(permission)]


def member(session: Session, member_id: UUID) -> Person | None:
    """Return an active member as the policy sees them; None for one who left."""
    query = select(StaffMember).where(StaffMember.active, StaffMember.id == member_id)
    found = session.scalars(query.options(selectinload(StaffMember.roles))).one_or_none()
    return person_of(found) if found else None


def person_of(found: StaffMember) -> Person:
    """Return a member as the policy sees them outside a session of theirs: never freshly proven."""
    return Person(
        id=found.id,
        name=found.name,
        roles=tuple(sorted(role.name for role in found.roles)),
        permissions=frozenset(pattern for role in found.roles for pattern in role.permissions),
    )
