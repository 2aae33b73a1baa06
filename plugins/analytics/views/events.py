"""Usage events as the customer app sends them by API: each counts once."""

from admin_core.api.calls import Call
from admin_core.sources.pushing import Rows, Taken, push
from plugins.analytics.rules import EVENT_ROWS


def take(call: Call, body: Rows) -> Taken:
    """Take events; one that was sent before is not counted again."""
    return push(call, EVENT_ROWS, body)
