"""Members and roles: the shipped roles, and new members who have not chosen a password yet."""

import secrets
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from admin_core.policy.roles import SHIPPED
from schema.staff import Role, StaffMember


def ensure_roles(session: Session) -> dict[str, Role]:
    """Return the shipped roles by name, made where they are missing; a role that was edited stays as it is."""
    names = [role.name for role in SHIPPED]
    found = {role.name: role for role in session.scalars(select(Role).where(Role.name.in_(names)))}
    for shipped in SHIPPED:
        if shipped.name not in found:
            found[shipped.name] = Role(
                name=shipped.name,
                description=shipped.description,
                permissions=list(shipped.permissions),
                shipped=True,
                **shipped.limits,
            )
            session.add(found[shipped.name])
    session.flush()
    return found


PROOFS = tuple(
    undefer(column)
    for column in (
        StaffMember.password, StaffMember.tf_totp_secret, StaffMember.mf_recovery_codes, StaffMember.fs_uniquifier,
    )
)  # fmt: skip
"""Reads what a proof is compared with, too: no other question fetches it."""


def member_by_email(session: Session, email: str) -> StaffMember | None:
    """Return the member with this address, upper and lower case being the same."""
    found = select(StaffMember).where(func.lower(StaffMember.email) == email.strip().lower())
    return session.scalar(found.options(*PROOFS))


def add_member(session: Session, *, name: str, email: str, roles: Sequence[Role]) -> StaffMember:
    """Return a new member without a password: only a one-use link lets them in."""
    member = StaffMember(name=name, email=email.strip(), fs_uniquifier=new_uniquifier(), active=True)
    member.roles = list(roles)
    session.add(member)
    session.flush()
    return member


def new_uniquifier() -> str:
    """Return what a session names instead of the member; a new one ends every session."""
    return secrets.token_hex(32)
