"""Promotion codes through the API: whether one holds, and using it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from admin_core.api.calls import Call
from admin_core.api.models import Model
from admin_core.api.problems import Problem, Wrong, invalid
from admin_core.contributions import ActionRefused
from admin_core.periods import local_day
from plugins.catalog.actions import promotions as actions
from plugins.catalog.queries import promotions as queries
from plugins.catalog.rules import promotions as rules
from plugins.catalog.rules.prices import HIGHEST_CENTS
from schema.catalog import Plan
from schema.customers import Customer
from schema.promotions import DiscountDuration, DiscountKind, PromotionCode
from schema.subscriptions import Subscription
from schema.vat import vat_rate


class AskedCharge(Model):
    """What is about to be charged."""

    amount_cents: Annotated[int, Field(ge=0, lt=HIGHEST_CENTS, description="As the price says, for all units.")]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "ZAR"
    includes_vat: bool = False
    plan: Annotated[str | None, Field(max_length=80, description="Key of the plan; needed by codes for a plan.")] = None


class AskedUse(Model):
    """Who wants to use which code for what."""

    code: Annotated[str, Field(min_length=1, max_length=80, description="As typed: case and spaces do not matter.")]
    customer_id: UUID
    charge: Annotated[
        AskedCharge | None, Field(description="Not needed by codes that give credits or days without conditions.")
    ] = None


class NewRedemption(AskedUse):
    """A use that is to count."""

    checkout: Annotated[
        str,
        Field(
            min_length=1,
            max_length=80,
            pattern=r"^[A-Za-z0-9._:/-]+$",
            description="Your own name of this checkout: under one name a code is redeemed once, for ever.",
        ),
    ]
    subscription_id: Annotated[
        UUID | None,
        Field(description="One of the customer's that runs: its charges from the next one on get the discount."),
    ] = None


class Gift(Model):
    """What a code gives."""

    code: Annotated[str, Field(description="As we write it.")]
    kind: DiscountKind
    percent: Annotated[str | None, Field(description="A decimal number.")]
    amount_cents: Annotated[int | None, Field(description="Excluding VAT.")]
    credits: int | None
    trial_days: Annotated[int | None, Field(description="Begin or lengthen the trial by these.")]
    duration: DiscountDuration
    duration_months: int | None


class Bill(Model):
    """A charge after the code: net and VAT are the total."""

    discount_cents: Annotated[int, Field(description="Taken off, excluding VAT.")]
    net_cents: int
    vat_cents: int
    total_cents: int


class Refusal(Model):
    """Why a code does not hold."""

    reason: Annotated[str, Field(description="Stable word, for programs.")]
    detail: Annotated[str, Field(description="A sentence that may be shown to the customer.")]


class Verdict(Model):
    """Whether a code holds now. It may be used up a moment later: only redeeming counts."""

    valid: bool
    reasons: list[Refusal]
    gift: Gift | None
    bill: Bill | None


class Redeemed(Model):
    """A use that counts."""

    redemption_id: UUID
    redeemed_at: datetime
    gift: Gift
    bill: Bill | None


def validate(call: Call, body: AskedUse) -> Verdict:
    """Return whether a code holds for a customer and a charge, with every reason why it does not."""
    customer, charge = customer_of(call, body), charge_of(call, body)
    found = queries.find_code(call.session, body.code)
    if found is None:
        return Verdict(valid=False, reasons=[refusal(actions.UNKNOWN)], gift=None, bill=None)
    offer = queries.offer_of(call.session, found)
    reasons = rules.why_not(offer, queries.buyer_of(call.session, customer, found.code), charge, call.now)
    if reasons:
        return Verdict(valid=False, reasons=[refusal(each) for each in reasons], gift=None, bill=None)
    return Verdict(valid=True, reasons=[], gift=gift_of(found.code), bill=bill_of(offer, charge))


def redeem(call: Call, body: NewRedemption) -> Redeemed:
    """Use a code once for a checkout; a Problem with the reasons when it does not hold."""
    call.require("create", "redemptions")
    customer, subscription = customer_of(call, body), subscription_of(call, body)
    charge = actions.charge_of(call.session, subscription, call.now) if subscription else charge_of(call, body)
    use = actions.Use(code=body.code, customer=customer, charge=charge, checkout=body.checkout)
    try:
        done = actions.redeem(call.session, use, call.now)
        if subscription is not None and not done.is_repeated:
            actions.put_on(done, subscription, call.effects, call.now)
    except actions.CodeRefused as refused:
        wrong = tuple(Wrong("/code", each.sentence) for each in refused.reasons)
        raise Problem(409, f"code-{refused.reasons[0].kind}", refused.sentence, wrong) from refused
    except ActionRefused as refused:
        raise Problem(409, "no-discount", refused.sentence) from refused
    return Redeemed(
        redemption_id=done.redemption.id,
        redeemed_at=done.redemption.redeemed_at,
        gift=gift_of(done.code),
        bill=bill_of(done.offer, charge),
    )


def customer_of(call: Call, body: AskedUse) -> Customer:
    """Return the customer; a Problem when there is none."""
    found: Customer | None = call.find("customers", Customer.id == body.customer_id)
    if found is None:
        raise invalid(Wrong("/customer_id", "There is no such customer."))
    return found


def subscription_of(call: Call, body: NewRedemption) -> Subscription | None:
    """Return the subscription that is to get the discount, locked; None when none is named, a Problem for no such."""
    if body.subscription_id is None:
        return None
    if body.charge is not None:
        raise invalid(Wrong("/charge", "The charge is the subscription's own: leave it out."))
    mine = (Subscription.id == body.subscription_id, Subscription.customer_id == body.customer_id)
    statement = call.rows(select(Subscription).where(*mine), "subscriptions")
    locked = statement.with_for_update(of=Subscription, key_share=True)
    found: Subscription | None = call.session.scalars(locked).one_or_none()
    if found is None:
        raise invalid(Wrong("/subscription_id", "The customer has no such subscription."))
    return found


def charge_of(call: Call, body: AskedUse) -> rules.Charge | None:
    """Return the charge with the VAT of today; a Problem when its plan does not exist."""
    asked = body.charge
    if asked is None:
        return None
    plan = call.find("plans", Plan.key == asked.plan) if asked.plan else None
    if asked.plan and plan is None:
        raise invalid(Wrong("/charge/plan", "There is no plan with this key."))
    return rules.Charge(
        **asked.model_dump(exclude={"plan"}),
        plan_id=plan.id if plan else None,
        vat_rate=vat_rate(call.session, local_day(call.now)),
    )


def refusal(reason: rules.Reason) -> Refusal:
    """Return a reason as programs see it."""
    return Refusal(reason=reason.kind, detail=reason.sentence)


def gift_of(code: PromotionCode) -> Gift:
    """Return what a code gives as programs see it."""
    same = {name: getattr(code, name) for name in Gift.model_fields if name != "percent"}
    return Gift(percent=None if code.percent is None else f"{code.percent:f}", **same)


def bill_of(offer: rules.Offer, charge: rules.Charge | None) -> Bill | None:
    """Return a charge after the code as programs see it."""
    if charge is None:
        return None
    done = rules.discounted(offer, charge)
    return Bill(
        discount_cents=done.discount_cents,
        net_cents=done.after.net_cents,
        vat_cents=done.after.vat_cents,
        total_cents=done.after.total_cents,
    )
