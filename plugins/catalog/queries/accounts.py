"""Accounts as the customer app asks for them: status, plan, features with their use. Nothing personal."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from plugins.catalog.queries.flags import is_named
from plugins.catalog.rules.accounts import Span
from schema.accounts import Suspension
from schema.catalog import Feature, Plan, PlanFeature
from schema.customers import Customer
from schema.flags import FeatureFlag, FlagKind, FlagOverride
from schema.subscriptions import Subscription
from schema.usage import UsageEvent

Counted = tuple[str, Span]
"""An event by its name, and when it counts."""
ACCOUNT: tuple[Any, ...] = (
    Customer.id,
    Customer.external_id,
    Customer.product_line,
    Customer.status,
    Customer.trial_ends_at,
    Plan.key.label("plan_key"),
    Plan.name.label("plan_name"),
    Plan.seats,
    Customer.plan_id,
    Suspension.category,
    Suspension.started_at.label("suspended_at"),
)


def account_named(session: Session, name: str) -> Any:
    """Return an account by the customer app's key or ours; None when there is none that programs may see.

    Of a duplicate that was merged, the record that remains.
    """
    named = aliased(Customer)
    way = or_(Customer.id == named.merged_into_id, and_(named.merged_into_id.is_(None), Customer.id == named.id))
    statement = (
        select(*ACCOUNT, named.external_id.label("asked_by"))
        .join(named, way)
        .outerjoin(Plan, Plan.id == Customer.plan_id)
        .outerjoin(Suspension, (Suspension.customer_id == Customer.id) & Suspension.ended_at.is_(None))
        .where(is_named(name, named))
    )
    found = session.execute(statement).all()
    return next((row for row in found if row.asked_by == name), found[0] if found else None)


def features_of(session: Session, account: Any) -> list[Any]:
    """Return the features of the account's product line in the order of their keys, each with what its plan says."""
    mine = (PlanFeature.feature_id == Feature.id) & (PlanFeature.plan_id == account.plan_id)
    statement = (
        select(
            Feature.key, Feature.name, Feature.kind, Feature.unit, Feature.event_name,
            PlanFeature.is_included, PlanFeature.limit_value, PlanFeature.limit_period,
        )
        .outerjoin(PlanFeature, mine)
        .where(or_(Feature.product_line.is_(None), Feature.product_line == account.product_line))
        .order_by(Feature.key)
    )  # fmt: skip
    return list(session.execute(statement))


def exceptions_of(session: Session, customer_id: uuid.UUID, now: datetime) -> dict[str, FlagOverride]:
    """Return the overrides in force of flags that stand for an entitlement, by the flag's key."""
    in_force = or_(FlagOverride.expires_at.is_(None), FlagOverride.expires_at > now)
    statement = (
        select(FeatureFlag.key, FlagOverride)
        .join(FlagOverride, FlagOverride.flag_id == FeatureFlag.id)
        .where(FlagOverride.customer_id == customer_id, in_force)
        .where(FeatureFlag.kind == FlagKind.ENTITLEMENT, FeatureFlag.is_enabled, FeatureFlag.archived_at.is_(None))
    )
    return {row.key: row.FlagOverride for row in session.execute(statement)}


def running_period(session: Session, customer_id: uuid.UUID) -> tuple[datetime | None, datetime | None]:
    """Return the present period of the newest subscription that has not ended; twice None without one."""
    statement = (
        select(Subscription.current_period_start, Subscription.current_period_end)
        .where(Subscription.customer_id == customer_id, Subscription.ended_at.is_(None))
        .order_by(Subscription.started_at.desc(), Subscription.id.desc())
        .limit(1)
    )
    found = session.execute(statement).one_or_none()
    return (found[0], found[1]) if found else (None, None)


def used(session: Session, customer_id: uuid.UUID, asked: Iterable[Counted]) -> dict[Counted, int]:
    """Return how often each event happened in its span, also one event in several; one statement."""
    counted = list(dict.fromkeys(asked))
    if not counted:
        return {}
    happened = [
        and_(UsageEvent.name == name, UsageEvent.occurred_at >= span.start, UsageEvent.occurred_at < span.end)
        for name, span in counted
    ]
    counts = (func.count().filter(each) for each in happened)
    row = session.execute(select(*counts).where(UsageEvent.customer_id == customer_id, or_(*happened))).one()
    return dict(zip(counted, row, strict=True))
