"""VAT for everybody who works one out: the rate that we charge on a day, and what it comes to in whole cents."""

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from schema.invoicing import VatPeriod

NO_VENDOR = Decimal(0)
"""Who is no registered vendor may charge no VAT. Nor do we before somebody has said since when we are one."""


def vat_rate(session: Session, day: date) -> Decimal:
    """Return the rate that we charge on a day, as a share of the net; 0 while we are no vendor."""
    found = vat_period(session, day)
    return found.rate if found is not None and found.is_vendor else NO_VENDOR


def vat_period(session: Session, day: date) -> VatPeriod | None:
    """Return the period that holds on a day; None when nobody has said how we stand then."""
    running = or_(VatPeriod.valid_until.is_(None), VatPeriod.valid_until > day)
    statement = select(VatPeriod).where(VatPeriod.valid_from <= day, running)
    return session.scalars(statement.order_by(VatPeriod.valid_from.desc()).limit(1)).one_or_none()


def half_up(value: Fraction) -> int:
    """Return the nearest whole number; a half goes away from zero, so that a credit mirrors its charge."""
    nearest = math.floor(abs(value) + Fraction(1, 2))
    return nearest if value >= 0 else -nearest


def vat_within(cents: int, rate: Decimal) -> int:
    """Return the VAT that an amount contains; the rest is the net amount, so that the parts add up."""
    return half_up(cents * Fraction(rate) / (1 + Fraction(rate)))


def vat_on(cents: int, rate: Decimal) -> int:
    """Return the VAT that is added to an amount."""
    return half_up(cents * Fraction(rate))
