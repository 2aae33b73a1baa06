"""Questions about subscriptions: what they were agreed on, what falls due, and how their customer stands."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from admin_core import settings_store
from admin_core.periods import local_day
from plugins.finance.rules.integrations import SUBSCRIPTIONS
from plugins.finance.rules.lifecycle import CHARGED, LIVE, MOVES, migration_in
from plugins.finance.rules.periods import anchor_behind
from plugins.finance.rules.standing import Held
from schema.catalog import MigrationMode, MigrationState, Plan, Price, PriceMigration
from schema.customers import Customer
from schema.subscriptions import Subscription, SubscriptionEvent, SubscriptionEventKind, SubscriptionStatus


@dataclass(frozen=True)
class HouseRules:
    """What the settings page says about subscriptions."""

    grace_days: int
    extension_days: int
    trial_days: int
    settles: bool


def house_rules(session: Session) -> HouseRules:
    """Return what is set, or what holds when nothing is."""
    known = {name: each.value for name, each in settings_store.stored(session, SUBSCRIPTIONS).items()}
    grace, extension, trial = (int(str(known[name])) for name in ("grace_days", "extension_days", "trial_days"))
    return HouseRules(grace, extension, trial, settles=bool(known["settles"]))


def prices_on_sale(session: Session, customer: Customer, now: datetime) -> Sequence[Price]:
    """Return the prices a customer may be offered: of their product line and currency, the smallest plan first."""
    running = or_(Price.valid_until.is_(None), Price.valid_until > now)
    statement = (
        select(Price)
        .join(Price.plan)
        .options(joinedload(Price.plan))
        .where(Plan.product_line == customer.product_line, Plan.is_sold, Price.currency == customer.currency)
        .where(Price.valid_from <= now, running)
        .order_by(Plan.rank, Price.interval, Price.valid_from.desc(), Price.id)
    )
    return session.scalars(statement).all()


def held_by(session: Session, customer_id: uuid.UUID) -> list[Held]:
    """Return all subscriptions of a customer, ended ones too."""
    statement = select(
        Subscription.status, Subscription.plan_id, Subscription.mrr_cents, Subscription.currency,
        Subscription.started_at, Subscription.trial_ends_at,
    ).where(Subscription.customer_id == customer_id)  # fmt: skip
    return [Held(*row) for row in session.execute(statement)]


def has_paid_before(session: Session, customer_id: uuid.UUID, besides: uuid.UUID | None = None) -> bool:
    """Return whether a customer ever was recurring revenue; ``besides`` is an event that is not asked about."""
    paid = select(SubscriptionEvent.id).where(
        SubscriptionEvent.customer_id == customer_id, SubscriptionEvent.mrr_after_cents > 0
    )
    if besides is not None:
        paid = paid.where(SubscriptionEvent.id != besides)
    return session.scalar(select(paid.exists())) or False


def anchor_of(session: Session, subscription: Subscription) -> date:
    """Return the day that its periods are counted from: that of the last event that says one."""
    anchor = SubscriptionEvent.details["anchor"].astext
    statement = (
        select(anchor)
        .where(SubscriptionEvent.subscription_id == subscription.id, anchor.is_not(None))
        .order_by(SubscriptionEvent.occurred_at.desc(), SubscriptionEvent.id.desc())
    )
    found = session.scalar(statement.limit(1))
    if found is not None:
        return date.fromisoformat(found)
    began = local_day(subscription.trial_converted_at or subscription.started_at)
    start = subscription.current_period_start
    return began if start is None else anchor_behind(local_day(start), began)


def events_so_far(session: Session, subscription_id: uuid.UUID) -> int:
    """Return how many changes of a subscription are recorded: whoever holds it gives each its number by that."""
    of_it = SubscriptionEvent.subscription_id == subscription_id
    return session.scalar(select(func.count()).select_from(SubscriptionEvent).where(of_it)) or 0


def due_subscriptions(session: Session, now: datetime, after: uuid.UUID | None, most: int) -> Sequence[Subscription]:
    """Return subscriptions of which something has fallen due, locked, in the order of their keys.

    What somebody else holds is left out: it comes with the next run.
    """
    reasons = [select(Subscription.id).where(reason) for reason in reasons_to_look(now)]
    statement = select(Subscription).where(Subscription.id.in_(union_all(*reasons)))
    if after is not None:
        statement = statement.where(Subscription.id > after)
    wanted = statement.order_by(Subscription.id).limit(most)
    locked = wanted.with_for_update(of=Subscription, skip_locked=True, key_share=True)
    return session.scalars(locked, execution_options={"populate_existing": True}).all()


def reasons_to_look(now: datetime) -> list[ColumnElement[bool]]:
    """Return the criteria for what may have fallen due, each served by an index of its own."""
    charged, live = Subscription.status.in_(sorted(CHARGED)), Subscription.status.in_(sorted(LIVE))
    discounted = or_(Subscription.discount_percent.is_not(None), Subscription.discount_amount_cents.is_not(None))
    return [
        and_(charged, Subscription.current_period_end <= now),
        and_(Subscription.status.in_(sorted(MOVES)), Subscription.pending_at <= now),
        and_(live, discounted, Subscription.discount_ends_at <= now),
        and_(Subscription.status == SubscriptionStatus.TRIALING, Subscription.trial_ends_at <= now),
        and_(Subscription.status == SubscriptionStatus.PAST_DUE, Subscription.grace_ends_at <= now),
        and_(Subscription.status == SubscriptionStatus.PAUSED, Subscription.resumes_at <= now),
    ]


# --- Discounts
def discounted_by(session: Session, redemption: uuid.UUID) -> Sequence[uuid.UUID]:
    """Return the keys of subscriptions that run with the discount of a redemption."""
    discounted = or_(Subscription.discount_percent.is_not(None), Subscription.discount_amount_cents.is_not(None))
    mine = (Subscription.redemption_id == redemption, Subscription.status.in_(sorted(LIVE)), discounted)
    return session.scalars(select(Subscription.id).where(*mine).order_by(Subscription.id)).all()


def lock_those(session: Session, keys: Sequence[uuid.UUID]) -> Sequence[Subscription]:
    """Return these subscriptions, locked, without those that somebody else holds."""
    statement = select(Subscription).where(Subscription.id.in_(keys)).order_by(Subscription.id)
    locked = statement.with_for_update(of=Subscription, skip_locked=True, key_share=True)
    return session.scalars(locked, execution_options={"populate_existing": True}).all()


# --- Price migrations
def migration_between(session: Session, old: uuid.UUID, new: uuid.UUID) -> PriceMigration | None:
    """Return the last decision about the subscribers of a price; None before the first."""
    between = (PriceMigration.from_price_id == old, PriceMigration.to_price_id == new)
    return session.scalar(select(PriceMigration).where(*between).order_by(PriceMigration.id.desc()).limit(1))


def migration_behind(session: Session, subscription_id: uuid.UUID) -> PriceMigration | None:
    """Return the decision that let the price wait which now waits; None when somebody chose it."""
    scheduled = (
        SubscriptionEvent.subscription_id == subscription_id,
        SubscriptionEvent.kind == SubscriptionEventKind.CHANGE_SCHEDULED,
    )
    newest = (SubscriptionEvent.occurred_at.desc(), SubscriptionEvent.id.desc())
    key = session.scalar(select(SubscriptionEvent.source_key).where(*scheduled).order_by(*newest).limit(1))
    migration = migration_in(key or "")
    return session.get(PriceMigration, migration) if migration is not None else None


def movable(old: uuid.UUID) -> ColumnElement[bool]:
    """Return the criterion for subscriptions that a migration moves: those for which nothing else is waiting."""
    return and_(
        Subscription.price_id == old,
        Subscription.status.in_(sorted(LIVE)),
        Subscription.pending_price_id.is_(None),
        Subscription.pending_quantity.is_(None),
        Subscription.cancel_at_period_end.is_(False),
    )


@dataclass(frozen=True)
class Alike:
    """Subscriptions of one price that are charged alike."""

    count: int
    counting: int
    """How many of them are recurring revenue."""
    mrr_cents: int
    """Of all of them."""
    quantity: int
    discount_percent: Decimal | None
    discount_amount_cents: int | None
    discount_ends_at: datetime | None


def subscribers_alike(session: Session, old: uuid.UUID) -> list[Alike]:
    """Return who a migration would move, those charged alike together."""
    alike = (
        Subscription.quantity, Subscription.discount_percent, Subscription.discount_amount_cents,
        Subscription.discount_ends_at,
    )  # fmt: skip
    counting = func.count().filter(Subscription.mrr_cents > 0)
    statement = select(func.count(), counting, func.sum(Subscription.mrr_cents), *alike)
    return [
        Alike(int(row[0]), int(row[1]), int(row[2] or 0), *row[3:])
        for row in session.execute(statement.where(movable(old)).group_by(*alike))
    ]


def to_move(session: Session, old: uuid.UUID, after: uuid.UUID | None, most: int) -> Sequence[Subscription]:
    """Return the next subscriptions that a migration moves, locked, in the order of their keys."""
    statement = select(Subscription).where(movable(old))
    if after is not None:
        statement = statement.where(Subscription.id > after)
    statement = statement.order_by(Subscription.id).limit(most).with_for_update(of=Subscription, key_share=True)
    return session.scalars(statement, execution_options={"populate_existing": True}).all()


def finished_migrations(session: Session) -> Sequence[PriceMigration]:
    """Return running migrations whose last subscription has moved, or chosen otherwise."""
    waiting = select(Subscription.id).where(
        Subscription.price_id == PriceMigration.from_price_id,
        Subscription.pending_price_id == PriceMigration.to_price_id,
        Subscription.status.in_(sorted(LIVE)),
    )
    statement = select(PriceMigration).where(
        PriceMigration.state == MigrationState.RUNNING,
        PriceMigration.mode != MigrationMode.GRANDFATHER,
        ~waiting.exists(),
    )
    return session.scalars(statement).all()


def present(session: Session) -> datetime:
    """Return the database's clock."""
    return session.scalars(select(func.now())).one()
