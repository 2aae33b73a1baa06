"""What people may do to subscriptions: the actions as their pages ask for them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from admin_core.contributions import Action, Question, Service
from admin_core.theme import formats
from plugins.finance.actions import changing, discounts, ending, migrating, quantities, subscribing
from plugins.finance.actions.making import Change, by_staff, in_turn
from plugins.finance.queries import subscriptions as queries
from plugins.finance.rules.lifecycle import Deed, refusing, why_not_moved_to
from schema.catalog import Price
from schema.customers import Customer, CustomerStatus
from schema.subscriptions import CancelReason, Subscription

START, CHANGE, CANCEL = "finance:subscriptions:start", "finance:subscriptions:change", "finance:subscriptions:cancel"
EXTEND_TRIAL, MIGRATE = "finance:subscriptions:extend_trial", "finance:prices:migrate"
WHY = Question(name="reason", label="Why", kind="textarea", help="For the team; it stays with the event.")
MOST_UNITS = 100_000
"""What is more was mistyped."""
WHY_PERHAPS = Question(name="reason", label="Why", kind="textarea", required=False, help=WHY.help)


def priced(price: Price) -> tuple[str, str]:
    """Return a price as something to choose."""
    amount = formats.money(price.amount_cents, price.currency)
    vat = "with VAT" if price.includes_vat else "without VAT"
    interval = str(price.interval).replace("_", " ")
    return str(price.id), f"{price.plan.name}: {amount} per {interval} {vat} ({price.nickname})"


def for_customer(session: Session, customer: Customer, now: datetime) -> Sequence[tuple[str, str]]:
    """Return the prices a customer may be offered."""
    return [priced(price) for price in queries.prices_on_sale(session, customer, now)]


def for_subscription(session: Session, subscription: Subscription, now: datetime) -> Sequence[tuple[str, str]]:
    """Return the price a subscription has, sold or not, then those it may move to: never to another currency."""
    prices = queries.prices_on_sale(session, subscription.customer, now)
    key, words = priced(subscription.price)
    others = [
        priced(price) for price in prices
        if price.id != subscription.price_id and price.currency == subscription.currency
    ]  # fmt: skip
    return [(key, f"{words}: as now"), *others]


def price_now(subscription: Subscription) -> str:
    """Return the price it has, as the choice begins with it."""
    return str(subscription.price_id)


def quantity_now(subscription: Subscription) -> str:
    """Return the number of units it has."""
    return str(subscription.quantity)


def why_no_start(customer: Customer) -> str:
    """Return why a customer can't begin a subscription."""
    if customer.merged_into_id is not None:
        return "This record was merged into another one: start it there."
    if customer.status in {CustomerStatus.SUSPENDED, CustomerStatus.CLOSED}:
        return f"The customer is {customer.status}."
    return ""


def why_no_migration(price: Price) -> str:
    """Return why a price has no subscribers to take over now."""
    return why_not_moved_to(price, datetime.now(UTC))


def on_subscription(slug: str, label: str, deed: Deed, change: Change, **words: Any) -> Action:
    """Return an action on a subscription that asks first whether it applies."""
    return Action(
        slug=slug,
        label=label,
        model="subscriptions",
        run=by_staff(in_turn(change)),
        refuses=refusing(deed),
        **{"permission": CHANGE, **words},
    )


def choose(name: str, label: str, options: Callable[[Session, Any, datetime], Sequence[tuple[str, str]]]) -> Question:
    """Return the question for one of the options of a record."""
    return Question(name=name, label=label, kind="choice", options=options)


NEW_PRICE = replace(choose("price", "New plan and price", for_subscription), begins=price_now)
ACTIONS = (
    Action(
        slug="start-subscription",
        label="Start a subscription",
        model="customers",
        permission=START,
        run=by_staff(subscribing.start),
        refuses=why_no_start,
        explain="The customer gets a plan. Without a trial its first period begins, and is charged, now.",
        dangerous=True,
        icon="player-play",
        questions=(
            choose("price", "Plan and price", for_customer),
            Question(
                name="begins",
                label="Begins",
                kind="choice",
                choices=(("now", "At once, paying"), (subscribing.TRIAL, "With the plan's trial")),
            ),
            Question(name="discount", label="Discount in percent", kind="number", required=False, least=1, most=100),
            Question(
                name="discount_months",
                label="Months of the discount",
                kind="number",
                required=False,
                least=1,
                most=120,
                help="Empty: for ever.",
            ),
            WHY_PERHAPS,
        ),
    ),
    on_subscription(
        "change-plan",
        "Change plan now",
        Deed.CHANGE_NOW,
        changing.change_now,
        explain="The unused days of the old plan are credited, those of the new one charged; both go on the next"
        " invoice. Another interval begins a new period today. Show what will happen to see the cents.",
        dangerous=True,
        icon="arrows-exchange",
        questions=(NEW_PRICE, WHY_PERHAPS),
    ),
    on_subscription(
        "schedule-change",
        "Change plan at period end",
        Deed.CHANGE_LATER,
        changing.change_later,
        explain="The new price takes over when the paid period ends. Nothing is charged for the change.",
        icon="calendar-event",
        questions=(NEW_PRICE, WHY_PERHAPS),
    ),
    on_subscription(
        "change-quantity",
        "Change quantity",
        Deed.CHANGE_QUANTITY,
        quantities.change_quantity,
        explain="Seats or units of the same price. At once, the unused days of the old number are credited and those"
        " of the new one charged; both go on the next invoice. From the next period on costs nothing extra.",
        dangerous=True,
        icon="users",
        questions=(
            Question(
                name="quantity",
                label="Units from then on",
                kind="number",
                least=1,
                most=MOST_UNITS,
                begins=quantity_now,
            ),
            Question(
                name="when",
                label="When",
                kind="choice",
                choices=((ending.NOW, "At once"), (ending.LATER, "From the next period on")),
                begins=ending.NOW,
            ),
            WHY_PERHAPS,
        ),
    ),
    on_subscription(
        "withdraw-change",
        "Withdraw the change",
        Deed.WITHDRAW_CHANGE,
        changing.withdraw_change,
        explain="It stays with its plan, price and number of units.",
        icon="arrow-back-up",
        questions=(WHY_PERHAPS,),
    ),
    on_subscription(
        "extend-trial",
        "Extend the trial",
        Deed.EXTEND_TRIAL,
        subscribing.extend_trial,
        permission=EXTEND_TRIAL,
        explain="The trial ends later. How far it may be extended stands on the settings page.",
        icon="hourglass",
        questions=(Question(name="days", label="Days", kind="number", least=1, most=365), WHY),
    ),
    on_subscription(
        "convert-trial",
        "End the trial, start paying",
        Deed.CONVERT_TRIAL,
        subscribing.convert_trial,
        explain="The first paid period begins, and is charged, now.",
        dangerous=True,
        icon="player-play",
        questions=(WHY_PERHAPS,),
    ),
    on_subscription(
        "pause",
        "Pause",
        Deed.PAUSE,
        ending.pause,
        explain="It counts as revenue no more. The paid days that are left are kept and run on when it is resumed.",
        dangerous=True,
        icon="player-pause",
        questions=(
            Question(
                name="days",
                label="Days until it resumes",
                kind="number",
                required=False,
                least=1,
                most=730,
                help="Empty: until somebody resumes it.",
            ),
            WHY,
        ),
    ),
    on_subscription(
        "resume",
        "Resume",
        Deed.RESUME,
        ending.resume,
        explain="It counts as revenue again. The paid days that were kept run on, then it renews.",
        icon="player-play",
        questions=(WHY_PERHAPS,),
    ),
    on_subscription(
        "end-discount",
        "Take the discount off",
        Deed.END_DISCOUNT,
        discounts.take_off,
        explain="The full price counts from now on. What was charged already stays as it is.",
        dangerous=True,
        icon="discount",
        questions=(WHY_PERHAPS,),
    ),
    on_subscription(
        "mark-unpaid",
        "Mark as unpaid",
        Deed.MARK_UNPAID,
        ending.mark_unpaid,
        explain="For payments that no gateway reports. The plan goes on until the days of grace are over.",
        icon="alert-circle",
        questions=(WHY,),
    ),
    on_subscription(
        "mark-paid",
        "Mark as paid",
        Deed.MARK_PAID,
        ending.mark_paid,
        explain="For payments that no gateway reports. The subscription is active again.",
        icon="credit-card",
        questions=(WHY,),
    ),
    on_subscription(
        "cancel",
        "Cancel",
        Deed.CANCEL,
        ending.cancel,
        permission=CANCEL,
        explain="With its period it counts until then and can be withdrawn. At once it ends now; nothing is given"
        " back by that.",
        dangerous=True,
        icon="circle-x",
        questions=(
            Question(
                name="when",
                label="When",
                kind="choice",
                choices=((ending.LATER, "With the paid period, or the trial"), (ending.NOW, "At once")),
            ),
            Question(
                name="cancel_reason",
                label="The customer's reason",
                kind="choice",
                choices=tuple((str(each), str(each).replace("_", " ").capitalize()) for each in CancelReason),
            ),
            Question(name="comment", label="In their words", kind="textarea", required=False),
        ),
    ),
    on_subscription(
        "withdraw-cancellation",
        "Withdraw the cancellation",
        Deed.WITHDRAW_CANCEL,
        ending.withdraw_cancel,
        permission=CANCEL,
        explain="It goes on after its period.",
        icon="arrow-back-up",
        questions=(WHY_PERHAPS,),
    ),
    Action(
        slug="migrate-subscriptions",
        label="Migrate subscriptions",
        model="prices",
        permission=MIGRATE,
        run=by_staff(migrating.migrate),
        refuses=why_no_migration,
        explain="Decides about the subscribers of the price before this one. Those with a change or cancellation"
        " waiting are left alone. On a date, the rest of a period that is paid is settled by days. Nobody is told by"
        " this: write to them before.",
        dangerous=True,
        icon="arrows-exchange",
        questions=(
            Question(
                name="mode",
                label="Present subscribers",
                kind="choice",
                choices=(
                    ("at_renewal", "Move when they renew"),
                    ("on_date", "Move on a date"),
                    ("grandfather", "Keep the old price"),
                ),
            ),
            Question(
                name="on",
                label="On which day",
                kind="date",
                required=False,
                help="Only for a date: from its first moment on, never before.",
            ),
            WHY_PERHAPS,
        ),
    ),
)
SERVICES = (
    Service("finance.discount-subscription", discounts.discount_by_code),
    Service("finance.end-discount", discounts.end_discount_of),
)
