"""Health: errors, alerts, and the services we depend on."""

from admin_core.contributions import (
    HealthCheck,
    HomeTile,
    Job,
    Link,
    Manifest,
    Page,
    Permission,
    SettingsSection,
    Waiting,
)
from admin_core.hookspecs import hookimpl
from plugins.health import rules, views

MANIFEST = Manifest(
    name="health",
    title="Health",
    description="Errors of the product, alerts, and the services it runs on.",
    icon="heartbeat",
    order=40,
)


@hookimpl
def register_waiting() -> list[Waiting]:
    return [
        Waiting(
            label="Alerts firing",
            model="alert_incidents",
            filters=rules.firing,
            permission="health:alerts:read",
            icon="alert-triangle",
            tone="danger",
        ),
    ]


@hookimpl
def register_tiles() -> list[HomeTile]:
    return [HomeTile("Errors", "health:errors:read", views.errors, "error_issues")]


@hookimpl
def register_links() -> list[Link]:
    return [
        Link.to("Supabase", rules.SUPABASE),
        Link.to("Vercel", rules.VERCEL),
        Link.to("Sentry", rules.SENTRY),
        Link.to("Domain registrar", rules.REGISTRAR),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission("health:alerts:read", "see that alerts fire"),
        Permission("health:errors:read", "see how many errors the product makes"),
        Permission("health:sizes:read", "see how big the database is and how it grows"),
    ]


@hookimpl
def register_pages() -> list[Page]:
    return [
        Page(
            slug="sizes",
            title="Database size",
            permission="health:sizes:read",
            load=views.sizes,
            template="health/sizes.html",
            group="Health",
            icon="database",
            statements=4,
        ),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            slug="health.record-sizes",
            run="plugins.health.jobs.record_sizes",
            title="Record how big the database and its tables are",
            queue="low",
            cron="10 3 * * *",
            measures=("size_samples",),
        ),
    ]


@hookimpl
def register_settings() -> list[SettingsSection]:
    return list(rules.SECTIONS)


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [
        HealthCheck("health.mail-fetches", "Fetching mail", views.mail_fetches),
        HealthCheck("health.database-growth", "Growth of the database", views.database_growth),
    ]
