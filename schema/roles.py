"""What the shipped roles of the business may do, in permission patterns. Plain data; Owner and Viewer are core's.

``data:@GROUP:VERB`` speaks of all models under a heading, ``data:TABLE:VERB`` of one, ``!`` takes away and wins.
"""

from typing import TypedDict


class RoleWords(TypedDict):
    """A shipped role as it is when nobody has changed it."""

    description: str
    permissions: tuple[str, ...]
    limits: dict[str, int]
    """Further columns of the role."""


SHIPPED_ROLES: dict[str, RoleWords] = {
    "Support": {
        "description": "Helps customers: their records in clear, the most sensitive data only with a reason.",
        "limits": {"refund_limit_cents": 500_000},
        "permissions": (
            "data:@Customers:read",
            "data:@Customers:edit",
            "data:@Support:*",
            "data:@Content:*",
            # One customer's money, never the company's: no group, so that a new table of figures stays out.
            "data:subscription*:read",
            "data:payment*:read",
            "data:invoice*:read",
            "data:credit_notes:read",
            "data:credit_entries:read",
            "data:refunds:read",
            "data:dunning_steps:read",
            "data:@Usage:read",
            "data:@AI quality:read",
            "data:@Health:read",
            "data:@Privacy:read",
            "data:@Catalog:read",
            "page:*:read",
            # Of the figures on home those of daily work; none of the company's money.
            "finance:payments:read",
            "finance:subscriptions:extend_trial",
            "customers:*:read",
            "catalog:flags:read",
            "customers:duplicates:merge",
            "customers:notes:write",
            "customers:passwords:reset",
            "customers:suspensions:change",
            "catalog:redemptions:read",
            "customers:credits:*",
            "customers:impersonations:start",
            "customers:impersonations:end",
            "support:tickets:*",
            "popia:requests:read",
            "ai_quality:*:read",
            "analytics:usage:read",
            "health:*:read",
            "core:mail:*",
            "core:suppressions:add",
            "pii:contact:read",
            "pii:identity:read",
            "pii:unclassified:read",
            "pii:special:reveal",
            "pii:cv:reveal",
            "pii:ip:reveal",
            "pii:bank:reveal",
            "!data:*price*:*",
            "!data:prompt*:*",
            "!data:training_export*:*",
            "!data:*_keys:*",
            "!data:access_entries:*",
            "!data:column_classes:*",
            "!data:*_mailboxes:*",
            # One record after another, in the log by name: no copies of the whole list, and no lists read in.
            "!data:*:export",
            "!data:*:import",
            "!page:settings*",
            "!page:staff*",
            "!page:system*",
        ),
    },
}
