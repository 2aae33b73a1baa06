"""What a change in the middle of a period costs, to the cent."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from admin_core.theme import formats
from plugins.finance.rules.periods import days_between
from plugins.finance.rules.revenue import Terms
from schema.vat import half_up, vat_on


@dataclass(frozen=True)
class Stretch:
    """The part of a paid period that is left, in whole days; the day of the change is one of them."""

    days: int
    left: int

    @classmethod
    def of(cls, start: datetime, end: datetime, now: datetime) -> "Stretch":
        """Return what is left of a period at a moment: never more than all of it, never less than nothing."""
        days = days_between(start, end)
        return cls(days, min(max(days_between(now, end), 0), days))

    def share(self, cents: int) -> int:
        """Return the part of a period's price that belongs to the days left."""
        return half_up(Fraction(cents * self.left, self.days)) if self.days else 0


@dataclass(frozen=True)
class Proration:
    """Two lines and their sum, in cents without VAT; each line is rounded, then they are added."""

    credit_cents: int
    """For the days of the old plan that were paid and are not used."""
    charge_cents: int
    """For the new plan."""
    vat_rate: Decimal

    @property
    def net_cents(self) -> int:
        """Charged when positive, credited when negative."""
        return self.charge_cents - self.credit_cents

    @property
    def vat_cents(self) -> int:
        """VAT on the net amount."""
        return vat_on(self.net_cents, self.vat_rate)

    @property
    def total_cents(self) -> int:
        """What the customer owes, or is owed when negative."""
        return self.net_cents + self.vat_cents

    def as_details(self, stretch: Stretch) -> dict[str, object]:
        """Return it as an event keeps it, for the invoice that bills it."""
        return {
            "credit_cents": self.credit_cents,
            "charge_cents": self.charge_cents,
            "vat_cents": self.vat_cents,
            "total_cents": self.total_cents,
            "vat_rate": str(self.vat_rate),
            "days": stretch.days,
            "days_left": stretch.left,
        }

    def in_words(self, stretch: Stretch, currency: str) -> str:
        """Return it as it is shown before anybody agrees."""
        credit, charge, net, vat, total = (
            formats.money(cents, currency)
            for cents in (-self.credit_cents, self.charge_cents, self.net_cents, self.vat_cents, self.total_cents)
        )
        return (
            f"Credit for {stretch.left} of {stretch.days} days: {credit}. Charge: {charge}. Net: {net}."
            f" VAT: {vat}. Total: {total}."
        )


def within(paid_cents: int, new: Terms, stretch: Stretch) -> Proration:
    """Return what a change costs that keeps the period: the days left of what was paid back, at the new terms due."""
    return Proration(stretch.share(paid_cents), stretch.share(new.charge_cents), new.vat_rate)


def afresh(paid_cents: int, new: Terms, stretch: Stretch) -> Proration:
    """Return what a change costs that begins a new period: the days left of what was paid back, a whole one due."""
    return Proration(stretch.share(paid_cents), new.charge_cents, new.vat_rate)
