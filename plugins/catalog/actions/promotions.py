"""Using a code, and taking a use back. Each counts under the locks of the code and its campaign."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.contributions import ActionRefused, Effects
from admin_core.periods import local_day
from admin_core.policy import Person
from admin_core.theme.formats import money, number
from plugins.catalog.queries import promotions as queries
from plugins.catalog.rules import promotions as rules
from plugins.catalog.rules.promotions import Buyer, Charge, Offer, Reason
from schema.credit_ledger import locked, standing_of
from schema.credits import CreditEntry, CreditKind
from schema.customers import Customer
from schema.promotions import DiscountKind, PromotionCode, Redemption
from schema.subscriptions import Subscription
from schema.vat import vat_rate

DISCOUNT, END_DISCOUNT = "finance.discount-subscription", "finance.end-discount"
"""Who knows what subscriptions cost does this part."""


class CodeRefused(ActionRefused):
    """Raised when a code does not hold; nothing was changed."""

    def __init__(self, reasons: list[Reason]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reason.sentence for reason in reasons))


UNKNOWN = Reason("unknown", "There is no such code.")
OTHER_CHECKOUT = Reason("checkout-in-use", "This checkout has redeemed something else.")
TAKEN_BACK = Reason("taken-back", "What this checkout redeemed was taken back.")


@dataclass(frozen=True, kw_only=True)
class Use:
    """Somebody wants to use a code."""

    code: str
    customer: Customer
    charge: Charge | None
    checkout: str
    """The app's name for it: under one name a code is redeemed once, whenever it is asked again."""


@dataclass(frozen=True)
class Redeemed:
    """A use of a code that counts."""

    redemption: Redemption
    code: PromotionCode
    offer: Offer
    is_repeated: bool = False
    """True: it was counted before; what it gives was given then."""


def redeem(session: Session, use: Use, now: datetime) -> Redeemed:
    """Count a use of a code and give what it promises; CodeRefused with the reasons when it does not hold."""
    found = queries.lock_code(session, use.code)
    if found is None:
        raise CodeRefused([UNKNOWN])
    if earlier := queries.redeemed_under(session, use.checkout):
        return repeated(earlier, Redeemed(earlier, found.code, queries.offer_of(session, found)), use)
    offer, buyer = queries.offer_of(session, found), queries.buyer_of(session, use.customer, found.code)
    if reasons := rules.why_not(offer, buyer, use.charge, now):
        raise CodeRefused(reasons)
    redemption = used_by(buyer, found.code, use, rules.off(offer, use.charge), now)
    count(session, found, redemption)
    if found.code.kind is DiscountKind.CREDITS:
        session.add(credits_of(found.code, redemption, now))
    session.flush()
    return Redeemed(redemption, found.code, offer)


def use_on_subscription(
    *,
    session: Session,
    record: Subscription,
    answers: Mapping[str, Any],
    person: Person,
    effects: Effects,
    now: datetime,
) -> str:
    """Count a use of a code for a subscription that runs, and take what it promises off the charges that come."""
    use = Use(
        code=str(answers["code"]),
        customer=record.customer,
        charge=charge_of(session, record, now),
        checkout=f"subscription:{uuid7()}",
    )
    return put_on(redeem(session, use, now), record, effects, now, person=person)


def charge_of(session: Session, subscription: Subscription, now: datetime) -> Charge:
    """Return what a subscription is charged per interval, before any discount."""
    return Charge(
        amount_cents=subscription.amount_cents,
        currency=subscription.currency,
        includes_vat=subscription.price.includes_vat,
        plan_id=subscription.plan_id,
        vat_rate=vat_rate(session, local_day(now)),
    )


def put_on(
    done: Redeemed, subscription: Subscription, effects: Effects, now: datetime, *, person: Person | None = None
) -> str:
    """Take what a code that was just redeemed promises off a subscription's charges; ActionRefused when none does."""
    if problem := rules.why_nothing_off(done.code.kind):
        raise ActionRefused(problem, "Give it to the customer at a checkout.")
    said = effects.call(DISCOUNT, subscription=subscription, redemption=done.redemption, person=person, now=now)
    return f"{done.code.code}: {said}"


def repeated(earlier: Redemption, answer: Redeemed, use: Use) -> Redeemed:
    """Return the first answer to the same question; CodeRefused for another one, also about another charge.

    What would be taken off now has to be what was counted then: nobody may bill more than the campaign gave away.
    """
    asked = (answer.code.id, use.customer.id, rules.off(answer.offer, use.charge))
    if (earlier.code_id, earlier.customer_id, earlier.discount_cents) != asked:
        raise CodeRefused([OTHER_CHECKOUT])
    if earlier.reversed_at is not None:
        raise CodeRefused([TAKEN_BACK])
    return replace(answer, is_repeated=True)


def used_by(buyer: Buyer, code: PromotionCode, use: Use, off: int, now: datetime) -> Redemption:
    """Return the use, under the lowest number that the customer has free: never above what one may."""
    return Redemption(
        id=uuid7(),
        code_id=code.id,
        customer_id=buyer.id,
        number=next(n for n in range(1, len(buyer.used) + 2) if n not in buyer.used),
        redeemed_at=now,
        discount_cents=off,
        currency=code.currency,
        idempotency_key=use.checkout,
    )


def count(session: Session, found: queries.Found, redemption: Redemption) -> None:
    """Write a use down and count it at its code and campaign, which are locked.

    Nobody holds the checkout: of two codes under one name at once the second is refused.
    """
    try:
        with session.begin_nested():
            session.add(redemption)
    except IntegrityError as twice:
        if queries.redeemed_under(session, str(redemption.idempotency_key)) is None:
            raise
        raise CodeRefused([OTHER_CHECKOUT]) from twice
    found.code.redemptions_count += 1
    if found.campaign is not None:
        found.campaign.given_away_cents += redemption.discount_cents
    session.flush()


def credits_of(code: PromotionCode, redemption: Redemption, now: datetime) -> CreditEntry:
    """Return the entry of the ledger by which a code gives credits."""
    return CreditEntry(
        id=uuid7(),
        customer_id=redemption.customer_id,
        kind=CreditKind.PROMOTION,
        amount=code.credits,
        occurred_at=now,
        redemption_id=redemption.id,
        source_key=f"redemption:{redemption.id}",
    )


def reverse(
    *,
    session: Session,
    record: Redemption,
    answers: Mapping[str, Any],
    person: Person,
    effects: Effects,
    now: datetime,
) -> str:
    """Take a use back: it no longer counts against any limit, and what is left of its credits or discount goes.

    Nobody waits for the customer here: whoever merges them holds them first, and then wants this use.
    """
    found = queries.lock_code_of(session, record)
    if reason := why_not_reversible(record):
        raise ActionRefused(reason)
    if not locked(session, record.customer_id, waits=False):
        raise ActionRefused("Credits of this customer are being used right now.", "Try again in a moment.")
    record.reversed_at, record.reversed_by_id = now, person.own_id
    record.reversal_reason = str(answers["reason"])
    found.code.redemptions_count = max(0, found.code.redemptions_count - 1)
    if found.campaign is not None:
        found.campaign.given_away_cents = max(0, found.campaign.given_away_cents - record.discount_cents)
    taken = taken_back(session, record, person, now)
    session.flush()
    if queries.is_on_subscription(session, record.id):
        effects.call(END_DISCOUNT, redemption=record, person=person, now=now)
    given = f"{money(record.discount_cents, record.currency)} and {number(taken)} credits"
    return f"The use of {found.code.code} was taken back: {given} no longer count as given away."


def why_not_reversible(redemption: Redemption) -> str:
    """Return why a use can't be taken back; empty when it can."""
    return "It was taken back already." if redemption.reversed_at is not None else ""


def taken_back(session: Session, redemption: Redemption, person: Person, now: datetime) -> int:
    """Take what still stands of a code's credits out of the ledger, which is locked; return how many."""
    grant = queries.grant_of(session, redemption.id)
    if grant is None:
        return 0
    left = standing_of(session, grant.customer_id, grant.unit, now).left_of(grant.id)
    if not left:
        return 0
    entry = CreditEntry(
        id=uuid7(),
        customer_id=grant.customer_id,
        kind=CreditKind.REVERSAL,
        unit=grant.unit,
        amount=-left,
        occurred_at=now,
        grant_id=grant.id,
        reverses_id=grant.id,
        redemption_id=redemption.id,
        staff_id=person.own_id,
    )
    session.add(entry)
    return left
