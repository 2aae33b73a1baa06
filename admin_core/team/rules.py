"""Who may hand out what. Pure: patterns in, permissions out.

Sets of patterns are compared by the permissions they cover, negatives included. A star also covers what does not
exist yet, so for every star there is a witness: a made-up permission that only as wide a pattern covers.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from admin_core.policy import RoleHeld, covers
from admin_core.policy.limits import allowed_by
from admin_core.policy.person import NEGATIVE

Patterns = frozenset[str]
Names = tuple[str, ...]
WITNESS = "~not-yet~"
"""Stands where a pattern has a star. No real permission holds a tilde."""


def covered(patterns: Patterns, names: Iterable[Names]) -> frozenset[Names]:
    """Return which permissions a set of patterns grants."""
    return frozenset(each for each in names if covers(patterns, each))


def witnesses(patterns: Patterns, known: Collection[Names]) -> set[Names]:
    """Return a made-up permission for every star, and every name that does not exist (yet)."""
    existing = {name for each in known for name in each}
    plain = (pattern.removeprefix(NEGATIVE).replace("*", WITNESS) for pattern in patterns)
    return {(name,) for name in plain if name not in existing}


def gained(before: Patterns, after: Patterns, known: Collection[Names]) -> frozenset[Names]:
    """Return what somebody may do after a change and could not before, witnesses included."""
    every = {*known, *witnesses(before | after, known)}
    return covered(after, every) - covered(before, every)


def lacking(giver: Patterns, before: Patterns, after: Patterns, known: Collection[Names]) -> frozenset[Names]:
    """Return what a change would hand out although the giver lacks it; the change is allowed when this is empty."""
    return frozenset(each for each in gained(before, after, known) if not covers(giver, each))


def lacking_in_roles(
    giver: Patterns, holders: Iterable[Mapping[str, Patterns]], role: str, after: Patterns, known: Collection[Names]
) -> frozenset[Names]:
    """Return what a changed role would hand out although its editor lacks it.

    ``holders`` are the members with the role, each as their roles' patterns by name: a role that takes less away
    gives more to somebody who has it beside another. The role alone counts, too, whether or not anybody has it.
    """
    found: set[Names] = set()
    kept: set[tuple[Patterns, Patterns]] = set()
    for roles in holders:
        before = union(roles.values())
        changed = union({**roles, role: after}.values())
        if (before, changed) not in kept:
            kept.add((before, changed))
            found |= lacking(giver, before, changed, known)
    return frozenset(found)


def union(sets: Iterable[Patterns]) -> Patterns:
    """Return the patterns of several roles together."""
    return frozenset[str]().union(*sets)


def is_everything(patterns: Patterns, known: Iterable[Names]) -> bool:
    """Return whether a person lacks nothing."""
    return covers(patterns, (WITNESS,)) and all(covers(patterns, each) for each in known)


@dataclass(frozen=True)
class Limit:
    """An amount up to which a role may act; None: without a limit."""

    column: str
    label: str
    before: int | None
    after: int | None

    @property
    def is_raised(self) -> bool:
        """Whether the role may do more than before."""
        return self.before is not None and (self.after is None or self.after > self.before)


def label_of(column: str) -> str:
    """Return what a limit is called."""
    return column.removesuffix("_cents").replace("_", " ").capitalize()


def limits_beyond(limits: Iterable[Limit], own: Mapping[str, int | None], *, everything: bool) -> list[Limit]:
    """Return the limits that are raised beyond the giver's own; whoever lacks nothing has none of their own."""
    if everything:
        return []
    return [limit for limit in limits if limit.is_raised and exceeds(limit.after, own.get(limit.column, 0))]


def amount_of(role: RoleHeld, column: str, users: Collection[str]) -> int | None:
    """Return up to how much a role acts by itself; as it stands where no permission of anybody is bound by it yet."""
    return allowed_by([role], users, column) if users else role.limits[column]


def own_amount(roles: Iterable[RoleHeld], column: str, users: Collection[str]) -> int | None:
    """Return up to how much somebody acts; where nothing is bound by it yet, the narrowest of what stands there."""
    return allowed_by(roles, users, column) if users else smallest(role.limits[column] for role in roles)


def exceeds(amount: int | None, own: int | None) -> bool:
    """Return whether an amount (None: any) lies above one's own limit (None: no limit)."""
    return own is not None and (amount is None or amount > own)


def smallest(limits: Iterable[int | None]) -> int | None:
    """Return the narrowest of several limits: the one that binds a person with several roles for certain."""
    return min((limit for limit in limits if limit is not None), default=None)


def is_last_owner(member: object, owners: Collection[object]) -> bool:
    """Return whether without this member nobody would be an active Owner."""
    return set(owners) == {member}
