"""Health: errors, and the services we depend on."""

from admin_core.contributions import (
    Actives,
    Alert,
    Dashboard,
    Figure,
    HealthCheck,
    Job,
    Link,
    Manifest,
    Page,
    Panel,
    Permission,
    Rollup,
    SettingsSection,
    TimelineEntries,
)
from admin_core.hookspecs import hookimpl
from plugins.health import queries, rules
from plugins.health.views import alerts, figures, sizes

MANIFEST = Manifest(
    name="health",
    title="Health",
    description="Errors of the product, and the services it runs on.",
    icon="heartbeat",
    order=40,
)


@hookimpl
def register_figures() -> list[Figure]:
    return list(figures.FIGURES)


@hookimpl
def register_rollups() -> list[Rollup | Actives]:
    return list(queries.ROLLUPS)


@hookimpl
def register_dashboards() -> list[Dashboard]:
    return list(figures.DASHBOARDS)


@hookimpl
def record_panels() -> list[Panel]:
    return [
        Panel(
            slug="errors",
            title="Recent errors",
            model="customers",
            permission="health:errors:read",
            belonging=rules.ERRORS_MET,
            order=50,
        ),
    ]


@hookimpl
def timeline_entries() -> list[TimelineEntries]:
    return [
        TimelineEntries(
            slug="errors",
            label="Error",
            model="customers",
            permission="health:errors:read",
            belonging=rules.ERRORS_MET,
            icon="bug",
        ),
    ]


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
        Permission("health:errors:read", "see which errors the product makes, and whom they hit"),
        Permission("health:sizes:read", "see how big the database is and how it grows"),
    ]


@hookimpl
def register_pages() -> list[Page]:
    return [
        Page(
            slug="sizes",
            title="Database size",
            permission="health:sizes:read",
            load=sizes.sizes,
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
def register_alerts() -> list[Alert]:
    return [
        Alert(
            name="health.error-spike",
            title="Far more errors than usual",
            permission="health:errors:read",
            watch=alerts.error_spike,
            severity="critical",
            keep_firing_s=3600,
            escalate_after_s=1800,
        ),
    ]


@hookimpl
def register_settings() -> list[SettingsSection]:
    return list(rules.SECTIONS)


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [
        HealthCheck("health.mail-fetches", "Fetching mail", sizes.mail_fetches),
        HealthCheck("health.database-growth", "Growth of the database", sizes.database_growth),
    ]
