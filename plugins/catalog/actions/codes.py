"""Codes by the hundred: made like one another, switched off and on, never deleted."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.contributions import ActionRefused, Effects
from admin_core.policy import Person
from admin_core.theme.formats import number, parse_money, parse_number
from plugins.catalog.rules.prices import HIGHEST_CENTS
from plugins.catalog.rules.promotions import beginning_of, unguessable_code
from schema.promotions import DiscountCampaign, DiscountKind, PromotionCode, PromotionCodePlan

AT_ONCE = 500
"""So many are made while somebody waits; a job makes more."""
MOST = 50_000
JOB = "catalog.make-codes"
OWN = frozenset({"id", "code", "redemptions_count", "created_at", "updated_at"})
"""What a code does not share with those made like it."""
HIGHEST = {DiscountKind.PERCENT: 100, DiscountKind.CREDITS: 10_000, DiscountKind.TRIAL_DAYS: 365}


def make_codes(
    session: Session, record: DiscountCampaign, answers: Mapping[str, Any], person: Person, effects: Effects
) -> str:
    """Make codes of a campaign, all alike; more than a few hundred are made by a job."""
    count = int(answers["count"])
    prefix = prefix_in(answers["prefix"])
    pattern = PromotionCode(
        id=uuid7(),
        code=unguessable_code(prefix),
        campaign_id=record.id,
        currency=record.currency,
        product_line=record.product_line,
        max_redemptions=answers["uses"],
        created_by_id=person.own_id,
        **given(DiscountKind(answers["kind"]), str(answers["value"])),
    )
    session.add(pattern)
    session.flush()
    session.refresh(pattern)
    more = count - 1
    if more >= AT_ONCE:
        effects.enqueue(JOB, {"pattern": pattern.id, "count": more}, key=f"{JOB}:{pattern.id}")
        return f"One code was made, and a job makes {number(more)} more like it. They appear under {record.name}."
    add_like(session, pattern, more)
    return f"{number(count)} codes were made. Export the list of promotion codes of {record.name} to hand them out."


def prefix_in(text: str | None) -> str:
    """Return what the codes begin with; ActionRefused for what nobody could type."""
    if text and not (text.isascii() and text.isalnum()):
        raise ActionRefused(f"Beginning: “{text}” has other characters than letters and digits.")
    return text or ""


def given(kind: DiscountKind, text: str) -> dict[str, Any]:
    """Return the columns that say what a code gives; ActionRefused when that can't be."""
    if kind is DiscountKind.AMOUNT:
        return {"kind": kind, "amount_cents": amount_in(text)}
    value = number_in(text, HIGHEST[kind])
    if kind is DiscountKind.PERCENT:
        if value != round(value, 2):
            raise ActionRefused(f"How much: {text} % has more than two decimals.")
        return {"kind": kind, "percent": value}
    if value != value.to_integral_value():
        raise ActionRefused(f"How much: {text} is no whole number.")
    return {"kind": kind, ("credits" if kind is DiscountKind.CREDITS else "trial_days"): int(value)}


def amount_in(text: str) -> int:
    """Return the cents of an amount as typed; ActionRefused for none, or one that no charge comes to."""
    try:
        cents = parse_money(text)
    except ValueError as problem:
        raise ActionRefused(f"How much: {problem}") from problem
    if not 0 < cents < HIGHEST_CENTS:
        raise ActionRefused(f"How much: {text} can't be taken off a charge.", "Use more than 0.")
    return cents


def number_in(text: str, highest: int) -> Decimal:
    """Return a number as typed; ActionRefused unless it is above 0 and no more than this."""
    try:
        value = parse_number(text)
    except ValueError as problem:
        raise ActionRefused(f"How much: {problem}") from problem
    if not 0 < value <= highest:
        raise ActionRefused(f"How much: {text} is not between 0 and {number(highest)}.")
    return value


def add_like(session: Session, pattern: PromotionCode, count: int, **others: Any) -> None:
    """Add so many codes like one: same gift, limits, plans, window and campaign; ``others`` stand in their place."""
    shared = {name: getattr(pattern, name) for name in shared_columns()} | others
    plans = session.scalars(select(PromotionCodePlan.plan_id).where(PromotionCodePlan.code_id == pattern.id)).all()
    beginning = beginning_of(pattern.code)
    made = [PromotionCode(id=uuid7(), code=unguessable_code(beginning), **shared) for _ in range(count)]
    session.add_all(made)
    session.flush()
    session.add_all(PromotionCodePlan(code_id=code.id, plan_id=plan) for code in made for plan in plans)


def shared_columns() -> list[str]:
    """Return the columns that codes made like one another share."""
    return [column.key for column in inspect(PromotionCode).column_attrs if column.key not in OWN]


def more_like(session: Session, record: PromotionCode, answers: Mapping[str, Any], person: Person) -> str:
    """Make more codes like one that is there."""
    count = int(answers["count"])
    add_like(session, record, count, created_by_id=person.own_id)
    return f"{number(count)} codes like {record.code} were made."


def switch_off(record: PromotionCode) -> str:
    """Let nobody use a code from now on; what it gave stays."""
    record.is_active = False
    return f"{record.code} is switched off."


def switch_on(record: PromotionCode) -> str:
    """Let a code be used again, within its window and limits."""
    record.is_active = True
    return f"{record.code} is switched on."
