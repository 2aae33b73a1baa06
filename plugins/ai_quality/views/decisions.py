"""AI decisions as the customer app sends them by API: written once, never changed."""

from admin_core.api.calls import Call
from admin_core.sources.pushing import Rows, Taken, push
from plugins.ai_quality.rules import DECISION_ROWS


def take(call: Call, body: Rows) -> Taken:
    """Take decisions; one that was sent before stays as it was."""
    return push(call, DECISION_ROWS, body)
