"""The roles that come with the product. Core knows two; the words of the business stand in ``schema.roles``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schema.roles import SHIPPED_ROLES


@dataclass(frozen=True)
class ShippedRole:
    """A role as it is when nobody has changed it."""

    name: str
    description: str
    permissions: tuple[str, ...]
    limits: Mapping[str, int] = field(default_factory=dict)
    """Further columns of the role: amounts up to which it may act."""


OWNER = ShippedRole("Owner", "Everything, the team and the settings included.", ("*",))

VIEWER = ShippedRole(
    "Viewer",
    "Lists, details and dashboards with personal data masked; changes nothing.",
    # No class of personal data, nor what runs this backend itself: its team, sessions, keys, logs and jobs.
    (
        "*:read",
        "!pii:*",
        "!data:@System:*",
        "!data:*_keys:*",
        "!data:access_entries:*",
        "!page:system*",
        "!page:staff*",
        "!page:settings*",
    ),
)

SHIPPED: tuple[ShippedRole, ...] = (
    OWNER,
    *(ShippedRole(name, **words) for name, words in SHIPPED_ROLES.items()),
    VIEWER,
)
"""Every shipped role, the strongest first."""
