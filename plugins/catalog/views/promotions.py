"""Promotion codes and campaigns as people see and change them, and where programs ask for them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.contributions import Action, ApiRoute, Belonging, Panel, PanelTable, Permission, Question
from admin_core.theme.formats import money, number, percent
from plugins.catalog.actions import codes, promotions
from plugins.catalog.queries import promotions as queries
from schema.promotions import DiscountCampaign, PromotionCode
from schema.subscriptions import Subscription

READ, MAKE = "catalog:redemptions:read", "catalog:codes:make"
SWITCH, REVERSE, APPLY = "catalog:codes:switch", "catalog:redemptions:reverse", "catalog:codes:use"
PERMISSIONS = (
    Permission(READ, "see how promotion codes were used"),
    Permission(MAKE, "make promotion codes by the hundred"),
    Permission(SWITCH, "switch promotion codes off and on"),
    Permission(APPLY, "use promotion codes on subscriptions that run"),
    Permission(REVERSE, "take a use of a promotion code back"),
)
HOW_MANY = Question(name="count", label="How many", kind="number", least=1, most=codes.MOST)


def why_not_off(code: PromotionCode) -> str:
    """Return why a code can't be switched off."""
    return "" if code.is_active else "It is switched off already."


def why_not_on(code: PromotionCode) -> str:
    """Return why a code can't be switched on."""
    return "It is on already." if code.is_active else ""


def why_no_code(subscription: Subscription) -> str:
    """Return why a subscription can't get a code's discount."""
    if subscription.ended_at is not None:
        return "It has ended."
    discounted = subscription.discount_percent is not None or subscription.discount_amount_cents is not None
    return "It has a discount already: take that off first." if discounted else ""


ACTIONS = (
    Action(
        slug="make-codes",
        label="Make codes",
        model="discount_campaigns",
        permission=MAKE,
        run=codes.make_codes,
        explain=(
            "Codes that nobody can guess, all alike, with no letters that are taken for others. They hold while the"
            f" campaign does. More than {codes.AT_ONCE} are made by a job."
        ),
        questions=(
            HOW_MANY,
            Question(name="prefix", label="Beginning", help="For example SPRING.", required=False, longest=20),
            Question(
                name="kind",
                label="What each gives",
                kind="choice",
                choices=(
                    ("percent", "Per cent off"),
                    ("amount", "An amount off, excluding VAT"),
                    ("credits", "Credits"),
                    ("trial_days", "Days of trial"),
                ),
            ),
            Question(name="value", label="How much", help="For example 20, or 150,00 for an amount.", longest=20),
            Question(name="uses", label="Uses of each code", kind="number", least=1, most=1_000_000, help="Mostly 1."),
        ),
        icon="ticket",
    ),
    Action(
        slug="make-more-codes",
        label="Make more codes like this",
        model="promotion_codes",
        permission=MAKE,
        run=codes.more_like,
        explain="They get the same gift, limits, plans and window, and words of their own that nobody can guess.",
        questions=(Question(name="count", label="How many", kind="number", least=1, most=codes.AT_ONCE),),
        icon="ticket",
    ),
    Action(
        slug="switch-off",
        label="Switch this code off",
        model="promotion_codes",
        permission=SWITCH,
        run=codes.switch_off,
        explain="From now on nobody can use it. What it gave stays.",
        refuses=why_not_off,
        many=True,
        icon="ban",
    ),
    Action(
        slug="switch-on",
        label="Switch this code on",
        model="promotion_codes",
        permission=SWITCH,
        run=codes.switch_on,
        explain="It can be used again, within its window and limits.",
        refuses=why_not_on,
        many=True,
        icon="ticket",
    ),
    Action(
        slug="use-code",
        label="Use a promotion code",
        model="subscriptions",
        permission=APPLY,
        run=promotions.use_on_subscription,
        explain=(
            "What the code takes off counts as revenue from now on, and for the charges that come. It is counted as a"
            " use by this customer, within all the limits of the code and its campaign."
        ),
        refuses=why_no_code,
        questions=(Question(name="code", label="Code", help="Case and spaces do not matter.", longest=80),),
        icon="ticket",
        dangerous=True,
    ),
    Action(
        slug="reverse",
        label="Reverse this redemption",
        model="redemptions",
        permission=REVERSE,
        run=promotions.reverse,
        explain=(
            "It no longer counts against the limits of the code and the budget of its campaign, and credits that are"
            " left of it are taken back. A subscription that has its discount pays the full price from then on."
        ),
        refuses=promotions.why_not_reversible,
        questions=(Question(name="reason", label="Why", kind="textarea", longest=500),),
        icon="arrow-back-up",
        dangerous=True,
    ),
)


def spent(session: Session, campaign: UUID, _now: datetime) -> PanelTable:
    """Return how far a campaign's codes were used, what they gave away, and what is left of its budget."""
    row, tally = session.get_one(DiscountCampaign, campaign), queries.tally_of(session, campaign)
    given, budget = row.given_away_cents, row.budget_cents
    left = "no budget" if budget is None else money(max(0, budget - given), row.currency)
    share = f" ({percent(given / budget)})" if budget else ""
    rows = (
        ("Codes", number(tally.codes)),
        ("Codes used", number(tally.codes_used)),
        ("Redemptions", number(tally.redemptions)),
        ("Given away, excluding VAT", money(given, row.currency) + share),
        ("Left of the budget", left),
    )
    return PanelTable(("", "So far"), rows)


USES = ("redeemed_at", "discount_cents", "reversed_at")
PANELS = (
    Panel(
        slug="campaign-spent",
        title="Used and given away",
        model="discount_campaigns",
        permission=READ,
        load=spent,
        statements=2,
        order=10,
    ),
    Panel(
        slug="redemptions",
        title="Redemptions",
        model="promotion_codes",
        permission=READ,
        belonging=Belonging(rows="redemptions", owner="code_id", columns=("customer_id", *USES), newest="redeemed_at"),
        order=10,
    ),
    Panel(
        slug="codes-used",
        title="Promotion codes used",
        model="customers",
        permission=READ,
        belonging=Belonging(rows="redemptions", columns=("code_id", *USES), newest="redeemed_at"),
        order=60,
    ),
)
ROUTES = (
    ApiRoute(
        method="POST",
        path="/promotions/validate",
        summary="Ask whether a promotion code holds",
        description="For a customer and a charge, with every reason why not. Nothing is counted.",
        run="plugins.catalog.views.codes.validate",
        scope="promotions:read",
        scope_label="ask whether a promotion code holds for a customer",
        asks=True,
        reads=("customers", "plans", "promotion_codes"),
        statements=8,
    ),
    ApiRoute(
        method="POST",
        path="/promotions/redeem",
        summary="Use a promotion code",
        description=(
            "Counts it once under the checkout's name, whatever races, and gives its credits. With a subscription that"
            " runs, its discount is put on that, too. A code that does not hold is refused as `code-…` with the first"
            " reason; `errors` say each."
        ),
        run="plugins.catalog.views.codes.redeem",
        scope="promotions:redeem",
        scope_label="use promotion codes for customers",
        reads=("customers", "plans", "promotion_codes", "subscriptions"),
        creates=("redemptions", "credit_entries", "subscription_events", "mrr_movements"),
        edits=("promotion_codes", "discount_campaigns", "subscriptions", "customers"),
        idempotency="required",
        status=201,
        statements=40,
    ),
)
