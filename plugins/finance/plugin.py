"""Finance: what is billed, what recurs, who is late, and what our providers cost."""

from admin_core.contributions import HomeTile, Link, Manifest, Waiting
from admin_core.hookspecs import hookimpl
from plugins.finance import rules, views

MANIFEST = Manifest(
    name="finance",
    title="Finance",
    description="Recurring revenue, what was billed, late payments and what our providers cost.",
    icon="cash",
    order=20,
)


@hookimpl
def register_waiting() -> list[Waiting]:
    return [
        Waiting(
            label="Subscriptions with a failed payment",
            model="subscriptions",
            filters=rules.past_due,
            permission="finance:payments:read",
            icon="credit-card",
            tone="danger",
            note="Still in grace: without a payment they end.",
        ),
    ]


@hookimpl
def register_tiles() -> list[HomeTile]:
    return [
        HomeTile("Monthly recurring revenue", "finance:revenue:read", views.recurring_revenue, "mrr_movements"),
        HomeTile("Billed, excluding VAT", "finance:revenue:read", views.billed, "invoices"),
        HomeTile("Active subscriptions", "finance:revenue:read", views.active_subscriptions, "subscriptions"),
        HomeTile("AI spend", "finance:costs:read", views.ai_spend, "provider_costs"),
    ]


@hookimpl
def register_links() -> list[Link]:
    return [
        Link("Yoco", "https://app.yoco.com/", "credit-card"),
        Link("OpenAI usage", "https://platform.openai.com/usage", "robot"),
    ]
