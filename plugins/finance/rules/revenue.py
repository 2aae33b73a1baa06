"""What a subscription adds to monthly recurring revenue: its charge without VAT, less its discount, per month.

Everything is rounded half up to whole cents per subscription, so that a total is the sum of its rows.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from schema.catalog import Interval
from schema.subscriptions import SubscriptionStatus
from schema.vat import half_up, vat_within

MONTHLY = {
    Interval.DAY: Fraction(365, 12),
    Interval.WEEK: Fraction(52, 12),
    Interval.MONTH: Fraction(1),
    Interval.QUARTER: Fraction(1, 3),
    Interval.HALF_YEAR: Fraction(1, 6),
    Interval.YEAR: Fraction(1, 12),
}
"""How many times a month what is charged per interval."""
COUNTS = frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE})
"""Past due counts until its grace ends; a trial and a pause do not."""


@dataclass(frozen=True)
class Discount:
    """What is taken off each charge; nothing when both are None."""

    percent: Decimal | None = None
    amount_cents: int | None = None
    """Excluding VAT."""
    ends_at: datetime | None = None
    """None: for ever."""

    def at(self, moment: datetime) -> "Discount":
        """Return the discount in force at a moment: none from the moment at which it ends."""
        return Discount() if self.ends_at is not None and self.ends_at <= moment else self

    def share_of(self, amount_cents: int) -> int:
        """Return what the percentage takes off an amount, at most all of it."""
        return half_up(amount_cents * Fraction(self.percent) / 100) if self.percent is not None else 0


@dataclass(frozen=True)
class Terms:
    """What was agreed to be charged per interval for all units."""

    amount_cents: int
    interval: Interval
    includes_vat: bool
    vat_rate: Decimal
    """In force for us; 0 when we are no vendor."""
    discount: Discount = Discount()
    is_complimentary: bool = False

    @property
    def charge_cents(self) -> int:
        """What one interval costs without VAT, after discount; 0 when it is given for free."""
        net = self.net(self.amount_cents - self.discount.share_of(self.amount_cents))
        return max(0, net - (self.discount.amount_cents or 0))

    @property
    def mrr_cents(self) -> int:
        """What it is per month, without VAT and after discount."""
        return half_up(self.charge_cents * MONTHLY[self.interval])

    @property
    def list_mrr_cents(self) -> int:
        """What it would be without the discount."""
        return half_up(self.net(self.amount_cents) * MONTHLY[self.interval])

    def net(self, cents: int) -> int:
        """Return an amount without VAT."""
        if self.is_complimentary:
            return 0
        return cents - vat_within(cents, self.vat_rate) if self.includes_vat else cents
