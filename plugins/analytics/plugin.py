"""Usage analytics: what customers do with the product."""

from admin_core.contributions import HomeTile, Manifest, Permission
from admin_core.hookspecs import hookimpl
from plugins.analytics import views

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
def register_tiles() -> list[HomeTile]:
    return [HomeTile("CVs screened", "analytics:usage:read", views.cvs_screened, "ai_decisions")]
