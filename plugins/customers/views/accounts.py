"""The account that a program names by the customer app's key."""

from admin_core.api.calls import Call
from admin_core.api.problems import not_found
from schema.customers import Customer


def account_named(call: Call, key: str) -> Customer:
    """Return the record of an account, or the one it became: merges never chain. A Problem 404 without one."""
    return remaining(call, call.one("customers", Customer.external_id == key))


def remaining(call: Call, named: Customer) -> Customer:
    """Return what a record became by a merge, itself without one; a Problem 404 when programs may not see it."""
    found: Customer | None = (
        call.find("customers", Customer.id == named.merged_into_id) if named.merged_into_id else named
    )
    if found is None:
        raise not_found()
    return found
