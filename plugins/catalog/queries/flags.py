"""Flags with what decides about them, read by index in few statements; and the customers who ask."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from plugins.catalog.rules.flags import Asker, Held
from schema.catalog import Plan
from schema.customers import Customer
from schema.flags import FeatureFlag, FlagMember, FlagOverride, FlagRule

MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Known:
    """A customer as flags see them."""

    id: uuid.UUID
    asker: Asker


def customer_named(session: Session, name: str) -> Known | None:
    """Return the customer with this key of the customer app, or of ours; of a merged one the record that remains."""
    found = session.execute(known().where(is_named(name))).all()
    if not found:
        return None
    row = next((row for row in found if row.external_id == name), found[0])
    return customer_of(session, row.merged_into_id) if row.merged_into_id else known_of(row)


def customer_of(session: Session, key: uuid.UUID) -> Known | None:
    """Return the customer with our key, None when there is none that may be seen."""
    row = session.execute(known().where(Customer.id == key)).one_or_none()
    return None if row is None else known_of(row)


def known() -> Any:
    """Return the question for what flags ask of a customer: nothing personal."""
    return select(Customer.id, Customer.external_id, Customer.plan_id, Customer.product_line, Customer.merged_into_id)


def known_of(row: Any) -> Known:
    """Return a customer's values; their name in a share is the app's key where there is one."""
    return Known(row.id, Asker(row.external_id or str(row.id), row.plan_id, row.product_line))


def is_named(name: str, customer: type[Customer] = Customer) -> ColumnElement[bool]:
    """Return the criterion of the customers that a key may mean."""
    try:
        return or_(customer.external_id == name, customer.id == uuid.UUID(name))
    except ValueError:
        return customer.external_id == name


def flags_for(
    session: Session, customer_id: uuid.UUID | None, where: Sequence[ColumnElement[bool]] = ()
) -> list[tuple[FeatureFlag, Held]]:
    """Return flags in the order of their keys, each with what is kept about a customer, if any; two reads."""
    mine = (FlagOverride.flag_id == FeatureFlag.id) & (FlagOverride.customer_id == customer_id)
    inside = (FlagMember.flag_id == FeatureFlag.id) & (FlagMember.customer_id == customer_id)
    statement = (
        select(FeatureFlag, FlagOverride, FlagMember.id)
        .select_from(FeatureFlag)
        .outerjoin(FlagOverride, mine)
        .outerjoin(FlagMember, inside)
        .where(*where)
        .options(selectinload(FeatureFlag.rules))
        .order_by(FeatureFlag.key)
    )
    found = session.execute(statement).all()
    return [(flag, Held(override, member is not None)) for flag, override, member in found]


def flag_named(session: Session, key: str) -> FeatureFlag | None:
    """Return the flag with this key, None without one."""
    return session.scalars(select(FeatureFlag).where(FeatureFlag.key == key)).one_or_none()


def flag_keys(session: Session) -> list[str]:
    """Return the keys of the flags that are not archived, a hundred at most."""
    live = select(FeatureFlag.key).where(FeatureFlag.archived_at.is_(None))
    return list(session.scalars(live.order_by(FeatureFlag.key).limit(100)))


def override_of(session: Session, flag_id: uuid.UUID, customer_id: uuid.UUID) -> FlagOverride | None:
    """Return what is set for a customer about a flag, held against another change at the same time."""
    mine = and_(FlagOverride.flag_id == flag_id, FlagOverride.customer_id == customer_id)
    return session.scalars(select(FlagOverride).where(mine).with_for_update(key_share=True)).one_or_none()


def plan_names(session: Session, rules: Iterable[FlagRule]) -> dict[uuid.UUID | None, str]:
    """Return the names of the plans that rules speak of."""
    wanted = {rule.plan_id for rule in rules} - {None}
    if not wanted:
        return {}
    named = select(Plan.id, Plan.name).where(Plan.id.in_(wanted))
    return {row.id: row.name for row in session.execute(named)}


def rules_of(session: Session, flag_id: uuid.UUID) -> list[tuple[FlagRule, str]]:
    """Return a flag's rules in order, each with the name of its plan, empty without one."""
    statement = select(FlagRule, func.coalesce(Plan.name, "")).outerjoin(Plan, Plan.id == FlagRule.plan_id)
    found = session.execute(statement.where(FlagRule.flag_id == flag_id).order_by(FlagRule.position))
    return [(rule, name) for rule, name in found]


def counted(session: Session, model: type[FlagOverride] | type[FlagMember], *where: ColumnElement[bool]) -> int:
    """Return how many rows fulfil this, counting no further than one above ``MOST_COUNTED``."""
    few = select(model.id).where(*where).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(few)) or 0
