"""Finance: what is billed, what recurs, who is late, and what our providers cost."""

from admin_core.contributions import (
    HomeTile,
    IncomingHook,
    Link,
    Manifest,
    Permission,
    SettingsSection,
    Waiting,
    WebhookEvent,
)
from admin_core.hookspecs import hookimpl
from plugins.finance import actions, rules, views

MANIFEST = Manifest(
    name="finance",
    title="Finance",
    description="Recurring revenue, what was billed, late payments and what our providers cost.",
    icon="cash",
    order=20,
)


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission("finance:revenue:read", "see revenue and recurring revenue"),
        Permission("finance:payments:read", "see failed payments"),
        Permission("finance:costs:read", "see what providers cost"),
    ]


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
        Link.to("Yoco", rules.YOCO),
        Link.to("OpenAI usage", rules.OPENAI),
    ]


@hookimpl
def register_settings() -> list[SettingsSection]:
    return list(rules.SECTIONS)


@hookimpl
def register_webhooks() -> list[IncomingHook]:
    return [
        IncomingHook(
            source="yoco",
            title="Yoco",
            secret=("yoco", "webhook_secret"),
            handle=actions.keep_yoco_event,
        ),
    ]


@hookimpl
def register_webhook_events() -> list[WebhookEvent]:
    return [
        WebhookEvent(
            actions.CONFIRMED,
            "The gateway's signed message agrees with a payment in our books.",
            {
                "payment": "01981c3e-0000-7000-8000-000000000001",
                "customer": "01981c3e-0000-7000-8000-000000000002",
                "gateway_reference": "p_example",
                "amount_cents": 172_385,
                "currency": "ZAR",
                "mode": "live",
            },
        ),
    ]
