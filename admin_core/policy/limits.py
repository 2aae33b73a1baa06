"""Amounts up to which roles may act, beside what they permit; which there are, plugins and the schema say. Pure.

A role's amount counts only where the role itself grants the permission: who reads by one role and pays by another is
bound by the other, whatever the first says.
"""

from collections.abc import Collection, Iterable
from typing import Any

from admin_core.policy.person import Person, RoleHeld, covers

LIMIT = "_limit_cents"
"""How the columns of a role end that hold an amount up to which it may act; None in one: any amount."""


def limits_of(role: Any) -> dict[str, int | None]:
    """Return the amounts up to which a role may act, by column."""
    return {name: getattr(role, name) for name in role.__table__.columns.keys() if name.endswith(LIMIT)}  # noqa: SIM118


def held_of(roles: Iterable[Any]) -> tuple[RoleHeld, ...]:
    """Return roles as values."""
    return tuple(RoleHeld(role.name, frozenset(role.permissions), limits_of(role)) for role in roles)


def up_to(person: Person, permission: str, limit: str) -> int | None:
    """Return up to how many cents a person may act under a permission; None: any amount, 0: none at all."""
    return allowed_by(person.held, (permission,), limit) if person.has(permission) else 0


def may_up_to(person: Person, permission: str, limit: str, cents: int) -> bool:
    """Return whether a person may act under a permission up to this amount at once."""
    most = up_to(person, permission, limit)
    return most is None or cents <= most


def allowed_by(roles: Iterable[RoleHeld], permissions: Collection[str], limit: str) -> int | None:
    """Return the largest amount of those roles that grant one of the permissions themselves; 0 when none does."""
    granting = [role.limits[limit] for role in roles if any(covers(role.patterns, (each,)) for each in permissions)]
    return largest(granting)


def largest(amounts: Collection[int | None]) -> int | None:
    """Return the widest of several amounts, None being any; 0 of none."""
    return None if None in amounts else max((each for each in amounts if each is not None), default=0)
