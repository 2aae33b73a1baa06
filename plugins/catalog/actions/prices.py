"""Changes of the price list. The amount of a price is never changed: a newer one takes over from it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.contributions import ActionRefused
from admin_core.policy import Person
from admin_core.theme.formats import absolute
from plugins.catalog.queries import prices as queries
from plugins.catalog.rules import prices as rules
from schema.catalog import MigrationMode, MigrationState, Plan, Price, PriceMigration


def new_price(session: Session, record: Plan, answers: Mapping[str, Any], person: Person, now: datetime) -> str:
    """Give a plan a price; a default one only where no other is offered at the same time."""
    queries.lock_plan(session, record.id)
    wanted = rules.terms_of(answers, now)
    price = priced(wanted, plan_id=record.id, is_default=bool(answers["is_default"]), created_by_id=person.own_id)
    return added(session, price)


def new_version(session: Session, record: Price, answers: Mapping[str, Any], person: Person, now: datetime) -> str:
    """Let a new price take over from one at a moment; who has the old one keeps it until somebody moves them."""
    queries.lock_plan(session, record.plan_id)
    wanted = rules.new_version(record, answers, now)
    if reason := rules.why_not_from(record, wanted.valid_from):
        raise ActionRefused(reason)
    record.valid_until = wanted.valid_from
    session.flush()  # before the new one comes: only one default price may have no end
    follows = {"plan_id": record.plan_id, "currency": record.currency, "is_default": record.is_default}
    price = priced(wanted, **follows, replaces_id=record.id, created_by_id=person.own_id)
    sentence = added(session, price)
    session.add(kept_by_present_subscribers(record, price, person))
    return f"{sentence} Present subscribers keep what they pay."


def priced(wanted: rules.Terms, **words: Any) -> Price:
    """Return a price of these terms."""
    return Price(id=uuid7(), currency=words.pop("currency", "ZAR"), **vars(wanted), **words)


def added(session: Session, price: Price) -> str:
    """Put a price on the list and say so; ActionRefused when two default prices would be offered at once."""
    pairs = rules.overlaps([*queries.prices_of(session, price.plan_id), price])
    clashes = [other for pair in pairs if price in pair for other in pair if other is not price]
    if clashes:
        other = clashes[0]
        span = f"from {absolute(other.valid_from)}" + (
            f" to {absolute(other.valid_until)}" if other.valid_until else ""
        )
        hint = "Make a new version of that one, or a price that is not offered to new subscribers."
        raise ActionRefused(f"{other.nickname} is offered {span}: two prices can't be offered at once.", hint)
    session.add(price)
    session.flush()
    return f"{price.nickname}: {rules.in_words(price)}, from {absolute(price.valid_from)}."


def kept_by_present_subscribers(old: Price, new: Price, person: Person) -> PriceMigration:
    """Return the decision that a new version begins with: nobody is moved."""
    return PriceMigration(
        from_price_id=old.id,
        to_price_id=new.id,
        mode=MigrationMode.GRANDFATHER,
        state=MigrationState.DONE,
        mrr_difference_cents=0,
        currency=new.currency,
        decided_by_id=person.own_id,
    )


def stop_selling(session: Session, record: Price, answers: Mapping[str, Any], now: datetime) -> str:
    """End the sale of a price at a moment, with nothing in its place."""
    queries.lock_plan(session, record.plan_id)
    until = rules.moment_in(answers["until"], now)
    if reason := rules.why_not_from(record, until):
        raise ActionRefused(reason, "A price that was never sold can be withdrawn instead.")
    record.valid_until = until
    return f"{record.nickname} is sold until {absolute(until)}. Who has it keeps it."


def withdraw(session: Session, record: Price, now: datetime) -> str:
    """Take a planned price off the list; the one before it goes on being sold."""
    queries.lock_plan(session, record.plan_id)
    if reason := rules.why_not_withdrawable(record, now):
        raise ActionRefused(reason)
    decisions = queries.decisions_about(session, record.id)
    waits = queries.is_agreed_on(session, record.id) or queries.is_followed(session, record.id)
    if waits or any(each.mode is not MigrationMode.GRANDFATHER for each in decisions):
        raise ActionRefused("Subscriptions or another price wait for it.", "Take those back first.")
    name, before = record.nickname, queries.replaced_by(session, record)
    for decision in decisions:
        session.delete(decision)
    session.delete(record)
    session.flush()
    if before is not None and before.valid_until == record.valid_from:
        before.valid_until = record.valid_until
    return f"{name} was withdrawn before anybody paid it."
