"""Whether a promotion code holds for a customer and a charge, and what it takes off. Pure; cents and aware moments."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from admin_core.theme.formats import absolute, money, number
from plugins.catalog.rules.prices import Charged, charged
from schema.customers import ProductLine
from schema.promotions import DiscountKind
from schema.vat import half_up

DISCOUNTS = frozenset({DiscountKind.PERCENT, DiscountKind.AMOUNT})
"""Kinds that take something off a charge; the others give credits or days."""
LETTERS = "ACDEFGHJKMNPQRTUVWXY34679"
"""None that is taken for another: no 0 and O, 1 I L, 2 Z, 5 S, 8 B."""
GROUPS, GROUP_LENGTH = 3, 4
"""Twelve letters of twenty-five: five in a hundred thousand million million are guessed at the first try."""
LINES = {ProductLine.B2B: "employers", ProductLine.B2C: "job seekers", ProductLine.RECRUITER: "agencies"}


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """What a campaign allows."""

    is_active: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    product_line: ProductLine | None = None
    budget_cents: int | None = None
    given_away_cents: int = 0


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A promotion code as values."""

    kind: DiscountKind
    currency: str = "ZAR"
    percent: Decimal | None = None
    amount_cents: int | None = None
    """Excluding VAT."""
    is_active: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_redemptions: int | None = None
    redemptions_count: int = 0
    max_per_customer: int = 1
    minimum_amount_cents: int | None = None
    """Excluding VAT."""
    first_purchase_only: bool = False
    product_line: ProductLine | None = None
    customer_id: UUID | None = None
    plans: frozenset[UUID] = frozenset()
    """Empty: all plans."""
    campaign: Campaign = Campaign()


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """What is to be known of a customer."""

    id: UUID
    product_line: ProductLine
    is_open: bool = True
    """Neither suspended nor closed."""
    used: tuple[int, ...] = ()
    """The numbers of their uses of this code, those taken back left out."""
    has_paid: bool = False


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What is about to be charged."""

    amount_cents: int
    currency: str = "ZAR"
    includes_vat: bool = False
    plan_id: UUID | None = None
    vat_rate: Decimal = Decimal(0)

    @property
    def before(self) -> Charged:
        """The charge without any code."""
        return charged(self.amount_cents, self.vat_rate, includes_vat=self.includes_vat)


@dataclass(frozen=True)
class Reason:
    """Why a code does not hold."""

    kind: str
    """Stable: programs compare it."""
    sentence: str


@dataclass(frozen=True)
class Discounted:
    """A charge after a code."""

    discount_cents: int
    """Excluding VAT."""
    after: Charged


def discounted(offer: Offer, charge: Charge) -> Discounted:
    """Return what a code leaves of a charge. VAT is worked out on what is left; a code never gives money back."""
    before = charge.before
    if offer.kind is DiscountKind.PERCENT:
        share = half_up(charge.amount_cents * Fraction(offer.percent or 0) / 100)
        after = charged(charge.amount_cents - share, charge.vat_rate, includes_vat=charge.includes_vat)
    elif offer.kind is DiscountKind.AMOUNT:
        left = before.net_cents - min(offer.amount_cents or 0, before.net_cents)
        after = charged(left, charge.vat_rate, includes_vat=False)
    else:
        after = before
    return Discounted(before.net_cents - after.net_cents, after)


def off(offer: Offer, charge: Charge | None) -> int:
    """Return what a code takes off, excluding VAT; nothing where nothing is charged."""
    return discounted(offer, charge).discount_cents if charge is not None else 0


def why_not(offer: Offer, buyer: Buyer, charge: Charge | None, now: datetime) -> list[Reason]:
    """Return every reason why a customer can't use a code for a charge now; none means they can."""
    found = [
        *reasons_of_time(offer, now),
        *reasons_of_limits(offer, buyer),
        *reasons_of_customer(offer, buyer),
        *reasons_of_charge(offer, charge),
    ]
    return found or list(reasons_of_budget(offer, charge))


def reasons_of_time(offer: Offer, now: datetime) -> Iterator[Reason]:
    """Yield what speaks against a code at a moment; its end is the first moment at which it no longer holds."""
    campaign = offer.campaign
    if not (offer.is_active and campaign.is_active):
        yield Reason("switched-off", "This code is switched off.")
    begins = max((moment for moment in (offer.starts_at, campaign.starts_at) if moment), default=None)
    if begins is not None and now < begins:
        yield Reason("not-begun", f"This code holds from {absolute(begins)}.")
    ends = min((moment for moment in (offer.ends_at, campaign.ends_at) if moment), default=None)
    if ends is not None and now >= ends:
        yield Reason("over", f"This code held until {absolute(ends)}.")


def reasons_of_limits(offer: Offer, buyer: Buyer) -> Iterator[Reason]:
    """Yield which limits are reached."""
    if offer.max_redemptions is not None and offer.redemptions_count >= offer.max_redemptions:
        yield Reason("used-up", "This code was used as often as it may be.")
    if len(buyer.used) >= offer.max_per_customer:
        times = "once" if offer.max_per_customer == 1 else f"{number(offer.max_per_customer)} times"
        yield Reason("used-by-customer", f"A customer may use this code {times}, and this one has.")


def reasons_of_customer(offer: Offer, buyer: Buyer) -> Iterator[Reason]:
    """Yield why this customer is not meant."""
    if not buyer.is_open:
        yield Reason("account-not-open", "This customer's account is suspended or closed.")
    if offer.customer_id is not None and offer.customer_id != buyer.id:
        yield Reason("other-customer", "This code is for another customer.")
    lines = {line for line in (offer.product_line, offer.campaign.product_line) if line is not None}
    if lines - {buyer.product_line}:
        meant = " and ".join(sorted(LINES[line] for line in lines))
        yield Reason("other-product-line", f"This code is for {meant}.")
    if offer.first_purchase_only and buyer.has_paid:
        yield Reason("not-first-purchase", "This code is for a first purchase, and this customer has paid before.")


def reasons_of_charge(offer: Offer, charge: Charge | None) -> Iterator[Reason]:
    """Yield what is wrong about the charge for this code; credits and days need none unless the code asks for one."""
    asks = offer.kind in DISCOUNTS or bool(offer.plans) or offer.minimum_amount_cents is not None
    if charge is None:
        if asks:
            yield Reason("no-charge", "This code needs to know what is charged: send amount, currency and plan.")
        return
    if asks and charge.currency != offer.currency:
        yield Reason("other-currency", f"This code is for charges in {offer.currency}, not in {charge.currency}.")
    if offer.plans and charge.plan_id not in offer.plans:
        yield Reason("other-plan", "This code is for other plans.")
    least = offer.minimum_amount_cents
    if least is not None and charge.before.net_cents < least:
        words = money(least, offer.currency)
        yield Reason("below-minimum", f"This code is for charges of {words} and more, excluding VAT.")


def reasons_of_budget(offer: Offer, charge: Charge | None) -> Iterator[Reason]:
    """Yield that the campaign can't give away this much more."""
    budget = offer.campaign.budget_cents
    more = off(offer, charge)
    if more and budget is not None and offer.campaign.given_away_cents + more > budget:
        yield Reason("budget-spent", "What is left of this offer's budget is less than this discount.")


SPACES = re.compile(r"\s+")


def why_nothing_off(kind: DiscountKind) -> str:
    """Return why a code takes nothing off a subscription; empty when it does."""
    if kind in DISCOUNTS:
        return ""
    return f"This code gives {'credits' if kind is DiscountKind.CREDITS else 'days of trial'}, nothing off a charge."


def plain(text: str) -> str:
    """Return a code as it is looked up: no spaces, lower case."""
    return SPACES.sub("", text).lower()


def unguessable_code(prefix: str = "") -> str:
    """Return a new code such as ``SPRING-7KXA-93DE-MQ4T``."""
    groups = ["".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS)]
    return "-".join([*([prefix.upper()] if prefix else []), *groups])


def beginning_of(code: str) -> str:
    """Return what stands before the letters of chance, empty where there is nothing."""
    return code.rsplit("-", GROUPS)[0] if code.count("-") >= GROUPS else ""
