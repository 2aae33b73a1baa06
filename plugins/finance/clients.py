"""Speaks to Yoco and OpenAI. Used by jobs only."""

from datetime import UTC, datetime, timedelta

from admin_core.jobs.errors import JobFailed
from admin_core.outside import get_json, unexpected
from admin_core.setting_fields import Values


def check_yoco(values: Values) -> str:
    """Ask Yoco which webhooks are registered: the one question that needs the key and changes nothing.

    https://developer.yoco.com/api-reference/checkout-api/webhooks
    """
    answer = get_json("Yoco", str(values["api_address"]), "/api/webhooks", key=str(values["secret_key"]))
    hooks = answer.get("subscriptions") if isinstance(answer, dict) else None
    if not isinstance(hooks, list):
        raise JobFailed(unexpected("Yoco"))
    mode = "live" if str(values["secret_key"]).startswith("sk_live_") else "test"
    return f"Yoco accepts the key ({mode} mode); {counted(len(hooks), 'webhook')} registered."


def check_openai(values: Values) -> str:
    """Ask OpenAI for one day of the organisation's costs: what the daily job reads.

    https://platform.openai.com/docs/api-reference/usage/costs
    """
    yesterday = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    query: dict[str, str | int] = {"start_time": int(yesterday.timestamp()), "bucket_width": "1d", "limit": 1}
    key = str(values["admin_key"])
    answer = get_json("OpenAI", str(values["api_address"]), "/v1/organization/costs", query, key=key)
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise JobFailed(unexpected("OpenAI"))
    return "OpenAI accepts the key and shows the organisation's costs."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``no webhook is``, ``1 webhook is``, ``2 webhooks are``."""
    if number == 1:
        return f"1 {noun} is"
    return f"{number or 'no'} {noun}s are"
