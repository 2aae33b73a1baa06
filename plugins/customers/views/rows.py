"""Customers and their people as the customer app sends them by API."""

from admin_core.api.calls import Call
from admin_core.sources.pushing import Rows, Taken, push
from plugins.customers.rules.rows import CUSTOMER_ROWS, PEOPLE_ROWS


def take_customers(call: Call, body: Rows) -> Taken:
    """Take customers: new ones are made, known ones changed in what was sent."""
    return push(call, CUSTOMER_ROWS, body)


def take_people(call: Call, body: Rows) -> Taken:
    """Take people of customers; `customer` is the key of theirs."""
    return push(call, PEOPLE_ROWS, body)
