"""The price list as people see and change it: actions, panels, the page of a day, and whether all is well."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.contributions import (
    Action,
    ApiRoute,
    Health,
    HealthCheck,
    Page,
    Panel,
    PanelTable,
    Permission,
    Question,
    Visit,
)
from admin_core.periods import local_day
from admin_core.theme.formats import ZONE, day, local, money, number
from plugins.catalog.actions import prices as actions
from plugins.catalog.queries import prices as queries
from plugins.catalog.rules import prices as rules
from plugins.catalog.rules.promotions import LINES
from schema.catalog import Price

READ, CHANGE = "catalog:prices:read", "catalog:prices:change"
PERMISSIONS = (
    Permission(READ, "see the price list, past and future, and who pays which price"),
    Permission(CHANGE, "make new prices and end old ones"),
)
FROM = Question(
    name="valid_from",
    label="From when",
    help="A day such as 2027-01-31, or a day and a time such as 2027-01-31 08:00. Empty: from now on.",
    required=False,
    longest=20,
)
NAME = Question(name="nickname", label="Name for the team", help="For example Growth monthly 2027.", longest=200)
AMOUNT = Question(name="amount", label="Amount per interval", help="For example 1 499,00.", longest=20)
INTERVAL_CHOICES = tuple((interval.value, f"Every {word}") for interval, word in rules.INTERVALS.items())


def why_not_withdrawable(price: Price) -> str:
    """Return why a price can't be withdrawn now."""
    return rules.why_not_withdrawable(price, datetime.now(UTC))


ACTIONS = (
    Action(
        slug="new-price",
        label="New price",
        model="plans",
        permission=CHANGE,
        run=actions.new_price,
        explain="The plan gets a price of its own. To replace a price, make a new version on that price's page.",
        questions=(
            NAME,
            AMOUNT,
            Question(name="interval", label="Charged", kind="choice", choices=INTERVAL_CHOICES),
            Question(name="vat", label="VAT", kind="choice", choices=rules.VAT_CHOICES),
            FROM,
            Question(
                name="is_default",
                label="Offered to new subscribers",
                kind="switch",
                help="One price per interval and currency at a time.",
            ),
        ),
        icon="tag",
        dangerous=True,
    ),
    Action(
        slug="new-version",
        label="New version of this price",
        model="prices",
        permission=CHANGE,
        run=actions.new_version,
        explain=lambda price: (
            f"{price.nickname} costs {rules.in_words(price)}. It is sold until the new one begins. Who has it keeps it:"
            " moving present subscribers is another action, with a preview of its own."
        ),
        refuses=rules.why_not_replaceable,
        questions=(
            replace(NAME, begins=lambda price: price.nickname),
            replace(AMOUNT, begins=lambda price: number(Decimal(price.amount_cents) / 100, 2)),
            Question(
                name="interval",
                label="Charged",
                kind="choice",
                choices=((rules.AS_BEFORE, "As before"), *INTERVAL_CHOICES),
                begins=rules.AS_BEFORE,
            ),
            Question(
                name="vat",
                label="VAT",
                kind="choice",
                choices=((rules.AS_BEFORE, "As before"), *rules.VAT_CHOICES),
                begins=rules.AS_BEFORE,
            ),
            FROM,
        ),
        icon="versions",
        dangerous=True,
    ),
    Action(
        slug="stop-selling",
        label="Stop selling this price",
        model="prices",
        permission=CHANGE,
        run=actions.stop_selling,
        explain="New subscribers are no longer offered it, and nothing takes its place. Who has it keeps it.",
        refuses=rules.why_not_replaceable,
        questions=(
            Question(
                name="until",
                label="Until when",
                help="A day such as 2027-01-31. Empty: now.",
                required=False,
                longest=20,
            ),
        ),
        icon="ban",
        dangerous=True,
    ),
    Action(
        slug="withdraw-price",
        label="Withdraw this planned price",
        model="prices",
        permission=CHANGE,
        run=actions.withdraw,
        explain="It disappears from the price list before anybody paid it, and the price before it goes on being sold.",
        refuses=why_not_withdrawable,
        icon="trash",
        dangerous=True,
    ),
)


def history(session: Session, plan: UUID, now: datetime) -> PanelTable:
    """Return every price of a plan with what runs on it, the newest first."""
    rows = [
        (
            each.price.nickname,
            rules.in_words(each.price),
            rules.standing(each.price, now) + ("" if each.price.is_default else ", not offered"),
            day(local(each.price.valid_from)),
            day(local(each.price.valid_until)) if each.price.valid_until else "open",
            each.subscriptions,
            money(each.mrr_cents, each.price.currency),
        )
        for each in queries.standings_of(session, plan)
    ]
    return PanelTable(("Price", "Amount", "Now", "From", "Until", "Subscriptions", "MRR"), tuple(rows))


def on_this_price(session: Session, price: UUID, _now: datetime) -> PanelTable:
    """Return what runs on a price by state, and how many change to it at the end of their period."""
    running, currency = queries.running_on(session, price), session.get_one(Price, price).currency
    rows = [(state.replace("_", " ").capitalize(), count, money(cents, currency)) for state, count, cents in running]
    whole = ("Together", sum(count for _, count, _ in running), money(sum(cents for *_, cents in running), currency))
    coming = ("Change to it at the end of their period", queries.coming_to(session, price), "")
    return PanelTable(("Subscriptions", "How many", "MRR"), (*rows, whole, coming))


PANELS = (
    Panel(
        slug="price-history",
        title="Prices, and who pays them",
        model="plans",
        permission=READ,
        load=history,
        statements=1,
        order=10,
    ),
    Panel(
        slug="price-standing",
        title="Subscriptions on this price",
        model="prices",
        permission=READ,
        load=on_this_price,
        statements=3,
        order=10,
    ),
)


def price_list(visit: Visit) -> Mapping[str, Any]:
    """Return what new subscribers are offered on a day: at its end, and of today now."""
    typed, today = visit.args.get("on", ""), local_day(visit.now)
    try:
        chosen = date.fromisoformat(typed) if typed else today
    except ValueError:
        return {"on": typed, "wrong": f"“{typed}” is no day. Type it like {today}.", "rows": ()}
    moment = visit.now if chosen == today else end_of(chosen)
    plans = {plan.id: plan for plan in queries.sold_plans(visit.session)}
    offered = rules.price_list(queries.prices_of_sold_plans(visit.session), moment)
    rows = [(plan, [price for price in offered if price.plan_id == plan.id]) for plan in plans.values()]
    return {"on": chosen.isoformat(), "wrong": "", "rows": rows, "in_words": rules.in_words, "lines": LINES}


def end_of(chosen: date) -> datetime:
    """Return the last second of a day on our wall clock."""
    return datetime.combine(chosen, time(23, 59, 59), ZONE)


PAGES = (
    Page(
        slug="price-list",
        title="Price list",
        permission=READ,
        load=price_list,
        template="catalog/price_list.html",
        group="Catalog",
        icon="list-details",
        statements=2,
    ),
)


def no_overlaps(session: Session, _now: datetime) -> Health:
    """Return whether any two default prices of a plan that is sold are offered at once."""
    pairs = rules.overlaps(queries.prices_of_sold_plans(session))
    if not pairs:
        return Health("ok", "No two prices of a plan are offered at once.")
    a, b = pairs[0]
    return Health(
        "failing", f"{a.nickname} and {b.nickname} are offered at once. Stop selling one of them on its page."
    )


HEALTH_CHECKS = (HealthCheck(slug="price-list", title="Price list", run=no_overlaps),)
ROUTES = (
    ApiRoute(
        method="GET",
        path="/pricing",
        summary="Show what is sold, for how much",
        description=(
            "Plans that are sold with the prices of now and what they contain. Needs no key, may be kept for a minute,"
            " and may be read by any web page."
        ),
        run="plugins.catalog.views.pricing.price_page",
        reads=("plans", "prices", "plan_features", "features", "vat_periods"),
        public_for_s=60,
        statements=4,
    ),
)
