"""The roles that come with the product. Core knows two; the words of the business stand in ``schema.roles``."""

from dataclasses import dataclass

from schema.roles import SHIPPED_ROLES


@dataclass(frozen=True)
class ShippedRole:
    """A role as it is when nobody has changed it."""

    name: str
    description: str
    permissions: tuple[str, ...]
    refund_limit_cents: int | None = None


OWNER = ShippedRole("Owner", "Everything, the team and the settings included.", ("*",))

VIEWER = ShippedRole(
    "Viewer",
    "Lists, details and dashboards with personal data masked; changes nothing.",
    # No class of personal data, nor what runs this backend itself: its team, sessions, keys, log and jobs.
    ("*:read", "!pii:*", "!data:@System:*", "!page:system*", "!page:staff*", "!page:settings*"),
)

SHIPPED: tuple[ShippedRole, ...] = (
    OWNER,
    *(ShippedRole(name, **words) for name, words in SHIPPED_ROLES.items()),
    VIEWER,
)
"""Every shipped role, the strongest first."""
