"""What is to be known of a code, a campaign and a customer before a code is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from plugins.catalog.rules.accounts import SHUT
from plugins.catalog.rules.promotions import Buyer, Campaign, Offer, plain
from schema.billing import GatewayMode, Payment, PaymentStatus
from schema.credits import CreditEntry, CreditKind
from schema.customers import Customer
from schema.promotions import DiscountCampaign, PromotionCode, PromotionCodePlan, Redemption
from schema.subscriptions import Subscription

RECEIVED = (
    PaymentStatus.SUCCEEDED, PaymentStatus.PARTLY_REFUNDED, PaymentStatus.REFUNDED, PaymentStatus.DISPUTED,
)  # fmt: skip
Taken = aliased(CreditEntry)


@dataclass(frozen=True)
class Found:
    """A code with its campaign, as rows."""

    code: PromotionCode
    campaign: DiscountCampaign | None


def find_code(session: Session, text: str) -> Found | None:
    """Return the code that was typed, in any case and spacing; None when there is none."""
    code = session.scalars(select(PromotionCode).where(func.lower(PromotionCode.code) == plain(text))).one_or_none()
    if code is None:
        return None
    return Found(code, session.get(DiscountCampaign, code.campaign_id) if code.campaign_id else None)


def lock_code(session: Session, text: str) -> Found | None:
    """Return the same, locked until the end of the transaction: the code first, then its campaign."""
    named = select(PromotionCode).where(func.lower(PromotionCode.code) == plain(text))
    return locked(
        session, session.scalars(named.with_for_update(key_share=True), execution_options=FRESH).one_or_none()
    )


FRESH = {"populate_existing": True}


def lock_code_of(session: Session, redemption: Redemption) -> Found:
    """Return the code of a redemption and its campaign, locked in the same order."""
    named = select(PromotionCode).where(PromotionCode.id == redemption.code_id)
    found = locked(session, session.scalars(named.with_for_update(key_share=True), execution_options=FRESH).one())
    assert found is not None
    return found


def locked(session: Session, code: PromotionCode | None) -> Found | None:
    """Return a locked code with its campaign, locked now."""
    if code is None:
        return None
    if code.campaign_id is None:
        return Found(code, None)
    campaign = select(DiscountCampaign).where(DiscountCampaign.id == code.campaign_id)
    return Found(code, session.scalars(campaign.with_for_update(key_share=True), execution_options=FRESH).one_or_none())


def offer_of(session: Session, found: Found) -> Offer:
    """Return a code as values; reads the plans it is for."""
    code = found.code
    plans = session.scalars(select(PromotionCodePlan.plan_id).where(PromotionCodePlan.code_id == code.id)).all()
    names = [name for name in Offer.__dataclass_fields__ if name not in {"plans", "campaign"}]
    return Offer(
        plans=frozenset(plans), campaign=campaign_of(found.campaign), **{name: getattr(code, name) for name in names}
    )


def campaign_of(row: DiscountCampaign | None) -> Campaign:
    """Return a campaign as values; one that allows everything when there is none."""
    if row is None:
        return Campaign()
    return Campaign(**{name: getattr(row, name) for name in Campaign.__dataclass_fields__})


def buyer_of(session: Session, customer: Customer, code: PromotionCode) -> Buyer:
    """Return a customer as values, with how often they used a code and whether they ever paid."""
    return Buyer(
        id=customer.id,
        product_line=customer.product_line,
        is_open=customer.status not in SHUT,
        used=tuple(used_numbers(session, code.id, customer.id)),
        has_paid=code.first_purchase_only and has_paid(session, customer.id),
    )


def used_numbers(session: Session, code: UUID, customer: UUID) -> Sequence[int]:
    """Return the numbers of a customer's uses of a code that were not taken back."""
    mine = (Redemption.code_id == code, Redemption.customer_id == customer, Redemption.reversed_at.is_(None))
    return session.scalars(select(Redemption.number).where(*mine)).all()


def has_paid(session: Session, customer: UUID) -> bool:
    """Return whether money ever came from a customer; refunded, disputed or not, a test of the gateway never counts."""
    came = (Payment.status.in_(RECEIVED), Payment.mode == GatewayMode.LIVE)
    return (
        session.scalars(select(Payment.id).where(Payment.customer_id == customer, *came).limit(1)).first() is not None
    )


def redeemed_under(session: Session, key: str) -> Redemption | None:
    """Return what was redeemed under a checkout's name."""
    return session.scalars(select(Redemption).where(Redemption.idempotency_key == key)).one_or_none()


def is_on_subscription(session: Session, redemption: UUID) -> bool:
    """Return whether a subscription that is not over has the discount of a redemption."""
    mine = (Subscription.redemption_id == redemption, Subscription.ended_at.is_(None))
    return session.scalars(select(Subscription.id).where(*mine).limit(1)).first() is not None


def grant_of(session: Session, redemption: UUID) -> CreditEntry | None:
    """Return the credits that a redemption gave; None when it gave none, or they were taken back."""
    gave = (CreditEntry.redemption_id == redemption, CreditEntry.kind == CreditKind.PROMOTION)
    undone = exists().where(Taken.reverses_id == CreditEntry.id)
    return session.scalars(select(CreditEntry).where(*gave, ~undone)).one_or_none()


@dataclass(frozen=True)
class Tally:
    """How far the codes of a campaign were used."""

    codes: int
    codes_used: int
    redemptions: int


def tally_of(session: Session, campaign: UUID) -> Tally:
    """Return how many codes a campaign has, how many of them were used, and how often."""
    counted = select(
        func.count(),
        func.count().filter(PromotionCode.redemptions_count > 0),
        func.coalesce(func.sum(PromotionCode.redemptions_count), 0),
    ).where(PromotionCode.campaign_id == campaign)
    codes, used, redemptions = session.execute(counted).one()
    return Tally(codes, used, int(redemptions))
