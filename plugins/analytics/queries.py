"""Questions about use. A CV processed is one stored decision of the AI: a retry is no second one, a fallback counts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, and_, cast, exists, func, literal_column, select
from sqlalchemy.orm import Session

from admin_core.contributions import Actives, Measure, Rollup
from admin_core.periods import Period, local_day_of, start_of
from admin_core.theme.formats import ZONE
from plugins.analytics.rules import NO_USE, VALUE_EVENT
from schema.ai import AiDecision
from schema.customers import Customer
from schema.usage import UsageEvent

WINDOW = timedelta(days=7)
"""Whoever has a CV screened within this time of signing up is activated."""


def hour_of_week(moment: Any) -> Any:
    """Return weekday and hour on our wall clock: ``1-09`` is Monday at nine."""
    here = func.timezone(literal_column(f"'{ZONE.key}'"), moment)
    return cast(func.to_char(here, literal_column("'ID-HH24'")), Text)


DECISIONS = Rollup(
    name="analytics.decisions",
    title="CVs screened by day and hour of the week",
    moment=AiDecision.decided_at,
    dimensions={"hour": hour_of_week(AiDecision.decided_at)},
    measures=(Measure("decisions"), Measure("fallbacks", where=AiDecision.is_fallback)),
)
SIGNUPS = Rollup(
    name="analytics.signups",
    title="New customers by day",
    moment=Customer.signup_at,
    dimensions={"line": Customer.product_line},
    measures=(Measure("customers"),),
)
GOT_VALUE = Actives(
    name="analytics.got-value",
    title="Customers who had a CV screened, by day",
    moment=UsageEvent.occurred_at,
    subject=UsageEvent.customer_id,
    kind="customer",
    where=(UsageEvent.name == VALUE_EVENT,),
)
CAME = Actives(
    name="analytics.came",
    title="Customers who did anything, by day",
    moment=UsageEvent.occurred_at,
    subject=UsageEvent.customer_id,
    kind="customer",
    where=(UsageEvent.name.not_in(NO_USE),),
)
ROLLUPS = (DECISIONS, SIGNUPS, GOT_VALUE, CAME)


def newest_decision(session: Session) -> datetime | None:
    """Return when the newest CV was screened."""
    return session.scalar(select(func.max(AiDecision.decided_at)))


def activation(session: Session, period: Period) -> Sequence[int]:
    """Return of those who signed up in a period: all, those activated, those of them who pay now."""
    within = and_(
        UsageEvent.customer_id == Customer.id,
        UsageEvent.name == VALUE_EVENT,
        UsageEvent.occurred_at >= Customer.signup_at,
        UsageEvent.occurred_at < Customer.signup_at + WINDOW,
    )
    activated = exists().where(within)
    counts = (
        func.count(),
        func.count().filter(activated),
        func.count().filter(and_(activated, Customer.mrr_cents > 0)),
    )
    statement = select(*counts).where(Customer.signup_at >= period.start, Customer.signup_at < period.end)
    return session.execute(statement).one()


def decisions_of(session: Session, customer: UUID, since: date) -> Mapping[date, int]:
    """Return how many CVs of a customer were processed on each day since one."""
    day = local_day_of(AiDecision.decided_at)
    statement = select(day, func.count()).where(
        AiDecision.customer_id == customer, AiDecision.decided_at >= start_of(since)
    )
    return {row[0]: row[1] for row in session.execute(statement.group_by(day))}


def events_of(session: Session, customer: UUID, since: date) -> list[tuple[date, str, int]]:
    """Return what a customer did on each day since one, and how often."""
    day = local_day_of(UsageEvent.occurred_at)
    statement = select(day, UsageEvent.name, func.count()).where(
        UsageEvent.customer_id == customer, UsageEvent.occurred_at >= start_of(since)
    )
    return [(on, name, count) for on, name, count in session.execute(statement.group_by(day, UsageEvent.name))]
