"""Finance: what is billed, what recurs, who is late, and what our providers cost."""

from admin_core.contributions import (
    Action,
    Actives,
    Alert,
    Dashboard,
    Figure,
    HealthCheck,
    IncomingHook,
    Job,
    Link,
    Manifest,
    Panel,
    Permission,
    RecordHeader,
    Rollup,
    Service,
    SettingsSection,
    TimelineEntries,
    Waiting,
    WebhookEvent,
)
from admin_core.hookspecs import hookimpl
from plugins.finance import jobs
from plugins.finance.actions import gateway, making, migrating
from plugins.finance.queries import money
from plugins.finance.rules import integrations, reporting
from plugins.finance.views import alerts, checks, dashboards, figures, offers

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
        Permission("finance:payments:read", "see what a customer pays, and failed payments"),
        Permission("finance:costs:read", "see what providers cost"),
        Permission(offers.START, "start a customer's subscription"),
        Permission(offers.CHANGE, "change, pause and resume subscriptions, and say whether they were paid"),
        Permission(offers.CANCEL, "cancel subscriptions"),
        Permission(offers.EXTEND_TRIAL, "extend trials"),
        Permission(offers.MIGRATE, "move the subscribers of an old price to a new one"),
    ]


@hookimpl
def register_waiting() -> list[Waiting]:
    return [
        Waiting(
            label="Subscriptions with a failed payment",
            model="subscriptions",
            filters=reporting.past_due,
            permission="finance:payments:read",
            icon="credit-card",
            tone="danger",
            note="Still in grace: without a payment they end.",
        ),
    ]


@hookimpl
def record_header() -> list[RecordHeader]:
    return [RecordHeader("customers", ("plan_id", "mrr_cents"))]


@hookimpl
def record_panels() -> list[Panel]:
    return [
        Panel(
            slug="subscription-history",
            title="Subscription history",
            model="customers",
            permission="finance:payments:read",
            belonging=reporting.SUBSCRIPTION_CHANGES,
            order=10,
        ),
        Panel(
            slug="payments",
            title="Payments",
            model="customers",
            permission="finance:payments:read",
            belonging=reporting.PAYMENTS,
            order=20,
        ),
    ]


@hookimpl
def timeline_entries() -> list[TimelineEntries]:
    return [
        TimelineEntries(
            slug="subscription-changes",
            label="Subscription",
            model="customers",
            permission="finance:payments:read",
            belonging=reporting.SUBSCRIPTION_CHANGES,
            icon="refresh",
        ),
        TimelineEntries(
            slug="payments",
            label="Payment",
            model="customers",
            permission="finance:payments:read",
            belonging=reporting.PAYMENTS,
            icon="cash",
        ),
    ]


@hookimpl
def register_figures() -> list[Figure]:
    return list(figures.FIGURES)


@hookimpl
def register_rollups() -> list[Rollup | Actives]:
    return list(money.ROLLUPS)


@hookimpl
def register_dashboards() -> list[Dashboard]:
    return list(dashboards.DASHBOARDS)


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return list(checks.HEALTH_CHECKS)


@hookimpl
def register_alerts() -> list[Alert]:
    return [
        Alert(
            name="finance.failed-payments",
            title="Many payments fail",
            permission="finance:payments:read",
            watch=alerts.failed_payments,
            threshold=20,
            minimum_count=10,
            for_s=300,
            keep_firing_s=1800,
        ),
    ]


@hookimpl
def register_actions() -> list[Action]:
    return list(offers.ACTIONS)


@hookimpl
def register_services() -> list[Service]:
    return list(offers.SERVICES)


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            slug="finance.settle-subscriptions",
            run=jobs.settle_subscriptions,
            title="Renew, end and resume subscriptions",
            cron="*/15 * * * *",
            unique=True,
            routine=True,
        ),
        Job(
            slug=migrating.JOB,
            run=jobs.migrate_prices,
            title="Move subscribers to a new price",
            timeout_s=3600,
        ),
    ]


@hookimpl
def register_links() -> list[Link]:
    return [
        Link.to("Yoco", integrations.YOCO),
        Link.to("OpenAI usage", integrations.OPENAI),
    ]


@hookimpl
def register_settings() -> list[SettingsSection]:
    return list(integrations.SECTIONS)


@hookimpl
def register_webhooks() -> list[IncomingHook]:
    return [
        IncomingHook(
            source="yoco",
            title="Yoco",
            secret=("yoco", "webhook_secret"),
            handle=gateway.keep_yoco_event,
        ),
    ]


@hookimpl
def register_webhook_events() -> list[WebhookEvent]:
    return [
        WebhookEvent(
            gateway.CONFIRMED,
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
        WebhookEvent(
            making.CHANGED,
            "A subscription began, changed or ended, or will; of two messages the one with the higher number counts.",
            {
                "subscription": "01981c3e-0000-7000-8000-000000000003",
                "number": 4,
                "customer": "01981c3e-0000-7000-8000-000000000002",
                "reference": "sub_example",
                "event": "upgraded",
                "status": "active",
                "plan": "growth",
                "quantity": 1,
                "mrr_cents": 149_900,
                "currency": "ZAR",
                "period_end": "2026-03-04T22:00:00+00:00",
                "trial_ends_at": None,
                "ends_with_period": False,
                "at": "2026-02-16T08:00:00+00:00",
            },
        ),
    ]
