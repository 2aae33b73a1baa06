"""Who asks, and whether their permission patterns cover a permission."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

NEGATIVE = "!"


@dataclass(frozen=True)
class Person:
    """A member of the team on one request, as plain values: read once, never cached between requests."""

    id: uuid.UUID
    name: str
    roles: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    """Patterns such as ``data:@Support:*``; one that starts with ``!`` takes away, whatever the others give."""
    preferences: Mapping[str, Any] = field(default_factory=dict, hash=False)
    is_fresh: bool = False
    """True shortly after a proof of identity: dangerous actions ask for it."""

    def has(self, *names: str) -> bool:
        """Return whether one of these names of the same permission is granted and none of them is taken away."""
        return grants(self.permissions, *names)


@lru_cache(maxsize=16_384)
def grants(patterns: frozenset[str], *names: str) -> bool:
    """Return whether a pattern covers one of the names and no negative pattern covers any. Case matters."""
    if any(fnmatchcase(name, taken[1:]) for taken in patterns if taken.startswith(NEGATIVE) for name in names):
        return False
    return any(fnmatchcase(name, given) for given in patterns if not given.startswith(NEGATIVE) for name in names)
