"""Content: what customers read in the app."""

from admin_core.contributions import ApiRoute, Manifest
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(
    name="content",
    title="Content",
    description="Announcements that the customer app shows.",
    icon="speakerphone",
    order=80,
)


@hookimpl
def register_api() -> list[ApiRoute]:
    return [
        ApiRoute(
            method="GET",
            path="/announcements",
            summary="List the announcements of now",
            description="Published, and not over. Whom the audience means is for the app to match.",
            run="plugins.content.views.current_announcements",
            scope="announcements:read",
            scope_label="read the announcements that are shown to customers",
            reads=("announcements",),
            browser=True,
            statements=2,
        ),
    ]
