"""Members of the team as the policy sees them outside a session of theirs: for jobs and approvals. Never kept."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from admin_core.policy import Person
from admin_core.policy.limits import held_of
from schema.staff import StaffMember


def active_members(session: Session) -> Sequence[StaffMember]:
    """Return everybody who may sign in, with their roles."""
    query = select(StaffMember).where(StaffMember.active).options(selectinload(StaffMember.roles))
    return session.scalars(query.order_by(StaffMember.name, StaffMember.id)).all()


def active_person(session: Session, member_id: UUID | None) -> Person | None:
    """Return an active member with today's rights; None for one who left."""
    query = select(StaffMember).where(StaffMember.active, StaffMember.id == member_id)
    found = session.scalars(query.options(selectinload(StaffMember.roles))).one_or_none()
    return person_of(found) if found else None


def person_of(found: StaffMember) -> Person:
    """Return a member as the policy sees them: never freshly proven."""
    return Person(
        id=found.id,
        name=found.name,
        roles=tuple(sorted(role.name for role in found.roles)),
        permissions=frozenset(pattern for role in found.roles for pattern in role.permissions),
        held=held_of(found.roles),
    )
