"""What the shipped roles of the business may do, in permission patterns. Plain data; Owner and Viewer are core's.

``data:@GROUP:VERB`` speaks of all models under a heading, ``data:TABLE:VERB`` of one, ``!`` takes away and wins.
"""

from typing import TypedDict


class RoleWords(TypedDict):
    """A shipped role as it is when nobody has changed it."""

    description: str
    permissions: tuple[str, ...]
    refund_limit_cents: int | None


SHIPPED_ROLES: dict[str, RoleWords] = {
    "Support": {
        "description": "Helps customers: their records in clear, the most sensitive data only with a reason.",
        "refund_limit_cents": 500_000,
        "permissions": (
            "data:@Customers:read",
            "data:@Customers:edit",
            "data:@Support:*",
            "data:@Content:*",
            "data:@Finance:read",
            "data:@Usage:read",
            "data:@AI quality:read",
            "data:@Health:read",
            "data:@Privacy:read",
            "data:@Catalog:read",
            "page:*:read",
            "pii:contact:read",
            "pii:identity:read",
            "pii:unclassified:read",
            "pii:special:reveal",
            "pii:cv:reveal",
            "pii:ip:reveal",
            "pii:bank:reveal",
            "!data:*price*:*",
            "!data:prompt*:*",
            "!data:*cost*:*",  # what the company spends
            "!data:*:export",  # one record after another, in the log by name; no copies of the whole list
            "!page:settings*",
            "!page:staff*",
            "!page:system*",
        ),
    },
}
