"""What becomes of the subscribers of a price that was replaced: they keep it, move when they renew, or on a date."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from admin_core.contributions import ActionRefused
from admin_core.periods import local_day, start_of
from admin_core.theme import formats
from plugins.finance.actions.changing import schedule
from plugins.finance.actions.making import Making
from plugins.finance.queries import subscriptions as queries
from plugins.finance.rules.lifecycle import migration_key, why_not_moved_on, why_not_moved_to
from plugins.finance.rules.revenue import Discount, Terms
from schema.catalog import MigrationMode, MigrationState, Price, PriceMigration
from schema.subscriptions import Subscription
from schema.vat import vat_rate

JOB = "finance.migrate-prices"


def migrate(making: Making, price: Price, answers: Mapping[str, Any]) -> str:
    """Decide about the subscribers of the price that this one replaces; a job then lets the new one wait for each."""
    old, mode = replaced_by(making, price), MigrationMode(answers["mode"])
    on = day_of(making, mode, answers.get("on"))
    rate = vat_rate(making.session, local_day(making.at))
    alike = queries.subscribers_alike(making.session, old.id)
    count = sum(each.count for each in alike)
    difference = sum(difference_of(making, each, price, rate=rate) for each in alike)
    keeps = mode is MigrationMode.GRANDFATHER
    decision = PriceMigration(
        from_price_id=old.id,
        to_price_id=price.id,
        mode=mode,
        effective_at=on,
        state=MigrationState.DONE if keeps else MigrationState.PLANNED,
        mrr_difference_cents=0 if keeps else difference,
        currency=price.currency,
        decided_by_id=making.staff_id,
    )
    making.session.add(decision)
    making.session.flush()
    if keeps:
        return f"Subscriptions that keep {old.nickname}: {formats.number(count)}."
    making.effects.enqueue(JOB, {"migration": str(decision.id)}, key=f"price-migration:{decision.id}")
    sign = "+" if difference > 0 else ""
    revenue = f"{sign}{formats.money(difference, price.currency)}"
    when = f"on {formats.day(local_day(on))}" if on else "each when it renews"
    moved = f"{formats.number(count)} subscription{'' if count == 1 else 's'}"
    return f"From {old.nickname} to {price.nickname}, {when}: {moved}. MRR: {revenue}."


def day_of(making: Making, mode: MigrationMode, typed: str | None) -> datetime | None:
    """Return when the chosen day begins; None where none is asked for. ActionRefused says what is wrong with it."""
    if mode is not MigrationMode.ON_DATE:
        if typed:
            raise ActionRefused("A day is only for those that move on a date.", "Clear it, or let them move on it.")
        return None
    if not typed:
        raise ActionRefused("On which day?", "Fill in the day on which they move.")
    day = date.fromisoformat(typed)
    if problem := why_not_moved_on(day, local_day(making.at)):
        raise ActionRefused(problem, "Choose a day to come, and tell them before.")
    return start_of(day)


def replaced_by(making: Making, price: Price) -> Price:
    """Return the price before this one, when its subscribers may be moved."""
    if problem := why_not_moved_to(price, making.at):
        raise ActionRefused(problem, "Migrate its subscribers then.")
    old = making.session.get_one(Price, price.replaces_id)
    if (old.plan_id, old.interval, old.currency) != (price.plan_id, price.interval, price.currency):
        raise ActionRefused(f"{old.nickname} is for another plan, interval or currency.", "Change these one by one.")
    known = queries.migration_between(making.session, old.id, price.id)
    if known is not None and known.mode is not MigrationMode.GRANDFATHER:
        raise ActionRefused("The subscribers of the price before are moving already, or have moved.")
    return old


def difference_of(making: Making, alike: queries.Alike, price: Price, *, rate: Any) -> int:
    """Return by how much recurring revenue changes when these subscriptions have moved; negative when it falls."""
    discount = Discount(alike.discount_percent, alike.discount_amount_cents, alike.discount_ends_at)
    terms = Terms(
        price.amount_cents * alike.quantity, price.interval, price.includes_vat, rate, discount.at(making.at),
        price.plan.is_complimentary,
    )  # fmt: skip
    return terms.mrr_cents * alike.counting - alike.mrr_cents


def move_some(making: Making, migration: PriceMigration, after: uuid.UUID | None, most: int) -> list[Subscription]:
    """Let the new price wait for the next subscriptions; return them. An empty list: all are told."""
    session, on = making.session, migration.effective_at
    price = session.get_one(Price, migration.to_price_id)
    subscriptions = list(queries.to_move(session, migration.from_price_id, after, most))
    for each in subscriptions:
        told = replace(making, source_key=migration_key(migration.id, each.id))
        schedule(told, each, price, max(on, making.at) if on else None)  # late: from now on, never backdated
    return subscriptions
