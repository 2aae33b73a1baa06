"""Who asks, and whether their permission patterns cover a permission."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

NEGATIVE = "!"
NOBODY = uuid.UUID(int=0)
"""Owns nothing: whose rows somebody sees who looks through a role's eyes."""


@dataclass(frozen=True)
class Seeing:
    """A look at the admin through other eyes: reads only, and never more than the person themselves may see."""

    label: str
    """Whose eyes: a role's name, or a member's."""
    until: float
    """Seconds since the epoch: when it ends by itself."""
    within: frozenset[str]
    """The person's own patterns."""
    own_id: uuid.UUID = NOBODY
    """Whose own rows are shown; nobody's for a role."""


@dataclass(frozen=True)
class RoleHeld:
    """One role of a person by itself: what it grants, and up to which amounts."""

    name: str
    patterns: frozenset[str]
    limits: Mapping[str, int | None] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Person:
    """A member of the team on one request, as plain values: read once, never cached between requests."""

    id: uuid.UUID
    """Who answers for what is done, also while they see the admin through other eyes."""
    name: str
    roles: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    """Patterns such as ``data:@Support:*``; one that starts with ``!`` takes away, whatever the others give."""
    preferences: Mapping[str, Any] = field(default_factory=dict, hash=False)
    is_fresh: bool = False
    """True shortly after a proof of identity: dangerous actions ask for it."""
    proved_at: datetime | None = field(default=None, compare=False)
    """When the last proof of identity was given; None where nobody has looked."""
    has_own_accounts: bool = True
    """Whether records are noted as the member's own (``StaffOwnAccount``); True where nobody has looked."""
    seeing: Seeing | None = None
    """Set while the person looks through other eyes; ``roles`` and ``permissions`` are then those of the other."""
    held: tuple[RoleHeld, ...] = ()
    """The roles one by one. Whoever comes without them acts up to no amount at all."""

    @property
    def own_id(self) -> uuid.UUID:
        """Whose own rows (private views, jobs, files) the person is shown."""
        return self.seeing.own_id if self.seeing else self.id

    @property
    def rights(self) -> tuple[frozenset[str], frozenset[str] | None]:
        """What decides every answer of ``has``: what may be remembered about a person is remembered by this."""
        return self.permissions, self.seeing.within if self.seeing else None

    def has(self, *names: str) -> bool:
        """Return whether one of these names of the same permission is granted and none of them is taken away."""
        return grants(self.permissions, *names) and (self.seeing is None or grants(self.seeing.within, *names))


@lru_cache(maxsize=16_384)
def grants(patterns: frozenset[str], *names: str) -> bool:
    """Return whether a pattern covers one of the names and no negative pattern covers any. Case matters."""
    return covers(patterns, names)


def covers(patterns: frozenset[str], names: tuple[str, ...]) -> bool:
    """Return the same as ``grants``, without remembering: for questions about every permission at once."""
    if any(fnmatchcase(name, taken[1:]) for taken in patterns if taken.startswith(NEGATIVE) for name in names):
        return False
    return any(fnmatchcase(name, given) for given in patterns if not given.startswith(NEGATIVE) for name in names)
