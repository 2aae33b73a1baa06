"""Which prices there are, and who pays them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from schema.catalog import Feature, Plan, PlanFeature, Price, PriceMigration
from schema.subscriptions import Subscription

RUNS = Subscription.ended_at.is_(None)
"""A subscription that is not over: on trial, paying, late or paused."""


@dataclass(frozen=True)
class Standing:
    """A price, and what runs on it."""

    price: Price
    subscriptions: int
    mrr_cents: int


def prices_of(session: Session, plan: UUID) -> Sequence[Price]:
    """Return every price of a plan, the newest first."""
    return session.scalars(select(Price).where(Price.plan_id == plan).order_by(Price.valid_from.desc())).all()


def lock_plan(session: Session, plan: UUID) -> None:
    """Let nobody else change the prices of a plan until the end of the transaction."""
    session.scalars(select(Plan.id).where(Plan.id == plan).with_for_update(key_share=True)).one()


def standings_of(session: Session, plan: UUID) -> list[Standing]:
    """Return the prices of a plan, the newest first, with the subscriptions that run on each."""
    runs = and_(Subscription.price_id == Price.id, RUNS)
    statement = (
        select(Price, func.count(Subscription.id), func.coalesce(func.sum(Subscription.mrr_cents), 0))
        .outerjoin(Subscription, runs)
        .where(Price.plan_id == plan)
        .group_by(Price.id)
        .order_by(Price.valid_from.desc(), Price.id)
    )
    return [Standing(price, count, int(cents)) for price, count, cents in session.execute(statement)]


def running_on(session: Session, price: UUID) -> list[tuple[str, int, int]]:
    """Return what runs on a price: state, subscriptions, recurring revenue in cents."""
    statement = (
        select(Subscription.status, func.count(), func.coalesce(func.sum(Subscription.mrr_cents), 0))
        .where(Subscription.price_id == price, RUNS)
        .group_by(Subscription.status)
        .order_by(Subscription.status)
    )
    return [(status.value, count, int(cents)) for status, count, cents in session.execute(statement)]


def coming_to(session: Session, price: UUID) -> int:
    """Return how many running subscriptions change to a price at the end of their period."""
    waiting = select(func.count()).where(Subscription.pending_price_id == price, RUNS)
    return session.scalar(waiting) or 0


def is_agreed_on(session: Session, price: UUID) -> bool:
    """Return whether any subscription has, or will get, a price."""
    agreed = or_(Subscription.price_id == price, Subscription.pending_price_id == price)
    return session.scalars(select(Subscription.id).where(agreed).limit(1)).first() is not None


def sold_plans(session: Session) -> Sequence[Plan]:
    """Return the plans that are sold, in their order."""
    return session.scalars(select(Plan).where(Plan.is_sold).order_by(Plan.product_line, Plan.rank, Plan.id)).all()


def prices_of_sold_plans(session: Session) -> Sequence[Price]:
    """Return every price of the plans that are sold: the price list of any day is among them."""
    return session.scalars(select(Price).join(Price.plan).where(Plan.is_sold)).all()


def contents_of_sold_plans(session: Session) -> Sequence[PlanFeature]:
    """Return what the plans that are sold contain; the feature comes along."""
    return session.scalars(
        select(PlanFeature)
        .join(PlanFeature.plan)
        .join(PlanFeature.feature)
        .where(Plan.is_sold, PlanFeature.is_included)
        .options(contains_eager(PlanFeature.feature))
        .order_by(Feature.name, Feature.id)
    ).all()


def is_followed(session: Session, price: UUID) -> bool:
    """Return whether another price takes over from this one."""
    return session.scalars(select(Price.id).where(Price.replaces_id == price).limit(1)).first() is not None


def replaced_by(session: Session, price: Price) -> Price | None:
    """Return the price that this one takes over from."""
    return session.get(Price, price.replaces_id) if price.replaces_id else None


def decisions_about(session: Session, price: UUID) -> Sequence[PriceMigration]:
    """Return what was decided about moving subscribers to or from a price."""
    about = or_(PriceMigration.to_price_id == price, PriceMigration.from_price_id == price)
    return session.scalars(select(PriceMigration).where(about)).all()
