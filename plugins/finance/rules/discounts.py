"""How long a promotion code takes something off a subscription that runs already."""

from datetime import date, datetime

from plugins.finance.rules.periods import period_end
from schema.catalog import Interval
from schema.promotions import DiscountDuration, PromotionCode


def discount_end(code: PromotionCode, charged_at: datetime, interval: Interval, anchor: date) -> datetime | None:
    """Return from when on the full price counts again; None: never. ``charged_at`` is the next charge, the first one.

    Once means that charge alone, so until the one after it; months are counted from it.
    """
    if code.duration is DiscountDuration.FOREVER:
        return None
    if code.duration is DiscountDuration.ONCE:
        return period_end(charged_at, interval, anchor)
    end = charged_at
    for _ in range(code.duration_months or 0):
        end = period_end(end, Interval.MONTH, anchor)
    return end
