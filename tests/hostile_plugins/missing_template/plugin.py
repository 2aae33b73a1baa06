"""Shows a template that is not there."""

from admin_core.contributions import Manifest, Page, Permission
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="missing_template", title="Missing template", description="A test.")


@hookimpl
def register_permissions():
    return [Permission("missing_template:things:read", "see things")]


@hookimpl
def register_pages():
    return [
        Page(
            slug="things",
            title="Things",
            permission="missing_template:things:read",
            load=lambda _visit: {},
            template="missing_template/things.html",
        ),
    ]
