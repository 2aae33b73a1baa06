"""What is sold, for how much, through the API: for anybody, so nothing of the team's own stands in it."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from admin_core.api.calls import Call
from admin_core.api.models import Model
from admin_core.periods import local_day
from admin_core.theme.formats import plain_number
from plugins.catalog.queries import prices as queries
from plugins.catalog.rules import prices as rules
from schema.catalog import FeatureKind, Interval, LimitPeriod, Plan, PlanFeature, Price
from schema.customers import ProductLine
from schema.vat import vat_rate


class ShownPrice(Model):
    """What a plan costs."""

    id: Annotated[UUID, Field(description="Names the price when somebody subscribes to it.")]
    amount_cents: Annotated[int, Field(description="As the price is agreed on, with or without VAT.")]
    currency: str
    interval: Interval
    includes_vat: bool
    vat_words: Annotated[str, Field(description="What to write beside the amount.")]
    net_cents: int
    vat_cents: int
    total_cents: Annotated[int, Field(description="What is paid, VAT included.")]


class ShownFeature(Model):
    """What a plan contains."""

    key: str
    name: str
    kind: FeatureKind
    limit: Annotated[int | None, Field(description="How much of it; null: as much as one likes.")]
    limit_period: LimitPeriod | None
    unit: str | None


class ShownPlan(Model):
    """A plan that is sold."""

    key: str
    name: str
    product_line: ProductLine
    description: str | None
    trial_days: int
    included_credits: int
    seats: Annotated[int | None, Field(description="Null: any number.")]
    prices: list[ShownPrice]
    features: list[ShownFeature]


class PricePage(Model):
    """What is sold now, in order."""

    plans: list[ShownPlan]


def price_page(call: Call) -> PricePage:
    """Return the plans that are sold and have a price now."""
    session, now = call.session, call.now
    rate = vat_rate(session, local_day(now))
    offered = rules.price_list(queries.prices_of_sold_plans(session), now)
    contents = queries.contents_of_sold_plans(session)
    shown = []
    for plan in queries.sold_plans(session):
        prices = [shown_price(price, rate) for price in offered if price.plan_id == plan.id]
        features = [shown_feature(each) for each in contents if each.plan_id == plan.id]
        if prices:
            shown.append(shown_plan(plan, prices, features))
    return PricePage(plans=shown)


def shown_plan(plan: Plan, prices: list[ShownPrice], features: list[ShownFeature]) -> ShownPlan:
    """Return the part of a plan that everybody may see."""
    own = {name: getattr(plan, name) for name in ShownPlan.model_fields if name not in {"prices", "features"}}
    return ShownPlan(**own, prices=prices, features=features)


def shown_price(price: Price, rate: Decimal) -> ShownPrice:
    """Return the part of a price that everybody may see, with its VAT of today."""
    split = rules.charged(price.amount_cents, rate, includes_vat=price.includes_vat)
    return ShownPrice(
        id=price.id,
        amount_cents=price.amount_cents,
        currency=price.currency,
        interval=price.interval,
        includes_vat=price.includes_vat,
        vat_words=vat_words(rate, includes_vat=price.includes_vat),
        net_cents=split.net_cents,
        vat_cents=split.vat_cents,
        total_cents=split.total_cents,
    )


def vat_words(rate: Decimal, *, includes_vat: bool) -> str:
    """Return what stands beside an amount: ``excluding 15 % VAT``."""
    if not rate:
        return "no VAT is charged"
    percent = plain_number((rate * 100).normalize())
    return f"{'including' if includes_vat else 'excluding'} {percent}\u00a0% VAT"


def shown_feature(content: PlanFeature) -> ShownFeature:
    """Return the part of a plan's content that everybody may see; a switch has no limit."""
    feature, counts = content.feature, content.feature.kind is FeatureKind.LIMIT
    return ShownFeature(
        key=feature.key,
        name=feature.name,
        kind=feature.kind,
        limit=content.limit_value if counts else None,
        limit_period=content.limit_period if counts and content.limit_value is not None else None,
        unit=feature.unit if counts else None,
    )
