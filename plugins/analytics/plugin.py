"""Usage analytics: what customers do with the product."""

from admin_core.contributions import (
    Actives,
    ApiRoute,
    Dashboard,
    Figure,
    Manifest,
    Panel,
    Permission,
    RecordHeader,
    Rollup,
)
from admin_core.hookspecs import hookimpl
from admin_core.sources.intake import LARGEST_BODY
from plugins.analytics import queries, views

MANIFEST = Manifest(
    name="analytics",
    title="Usage analytics",
    description="How many CVs are screened, by whom, and how that moves.",
    icon="activity",
    order=25,
)


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission("analytics:usage:read", "see how much the product is used"),
    ]


@hookimpl
def record_header() -> list[RecordHeader]:
    return [RecordHeader("customers", ("last_active_at",))]


@hookimpl
def record_panels() -> list[Panel]:
    return [
        Panel(
            slug="usage-by-month",
            title="Usage by month",
            model="customers",
            permission="analytics:usage:read",
            load=views.usage_by_month,
            order=30,
        ),
    ]


@hookimpl
def register_figures() -> list[Figure]:
    return list(views.FIGURES)


@hookimpl
def register_rollups() -> list[Rollup | Actives]:
    return list(queries.ROLLUPS)


@hookimpl
def register_dashboards() -> list[Dashboard]:
    return list(views.DASHBOARDS)


@hookimpl
def register_api() -> list[ApiRoute]:
    return [
        ApiRoute(
            method="POST",
            path="/events",
            summary="Send usage events",
            description="Each counts once, by its `external_id`. `customer` and `person` are their `external_id`."
            " `properties` takes numbers and words, no personal data.",
            run="plugins.analytics.views.events.take",
            scope="events:write",
            scope_label="send usage events",
            creates=("usage_events",),
            largest_body=LARGEST_BODY,
            statements=40,
        ),
    ]
