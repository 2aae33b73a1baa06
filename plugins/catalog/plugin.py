"""Catalog: what we sell, for how much, to whom at what discount, and which features are on."""

from admin_core.contributions import (
    Action,
    ApiRoute,
    HealthCheck,
    Job,
    Manifest,
    Page,
    Panel,
    Permission,
    Segment,
    Waiting,
)
from admin_core.hookspecs import hookimpl
from plugins.catalog.jobs import codes
from plugins.catalog.views import flags, prices, programs, promotions

MANIFEST = Manifest(
    name="catalog",
    title="Catalog",
    description="Plans, prices, promotion codes and feature flags.",
    icon="tag",
    order=30,
)


@hookimpl
def register_permissions() -> list[Permission]:
    return [*prices.PERMISSIONS, *promotions.PERMISSIONS, *flags.PERMISSIONS]


@hookimpl
def record_panels() -> list[Panel]:
    return [*prices.PANELS, *promotions.PANELS, *flags.PANELS]


@hookimpl
def register_actions() -> list[Action]:
    return [*prices.ACTIONS, *promotions.ACTIONS, *flags.ACTIONS]


@hookimpl
def register_pages() -> list[Page]:
    return [*prices.PAGES]


@hookimpl
def register_segments() -> list[Segment]:
    return [*flags.SEGMENTS]


@hookimpl
def register_waiting() -> list[Waiting]:
    return [*flags.WAITING]


@hookimpl
def register_jobs() -> list[Job]:
    return [*codes.JOBS, *flags.JOBS]


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [*prices.HEALTH_CHECKS]


@hookimpl
def register_api() -> list[ApiRoute]:
    return [*prices.ROUTES, *promotions.ROUTES, *programs.ROUTES]
