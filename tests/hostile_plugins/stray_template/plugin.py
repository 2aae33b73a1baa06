"""Shows a template of core."""

from admin_core.contributions import Manifest, Page, Permission
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="stray_template", title="Stray template", description="A test.")


@hookimpl
def register_permissions():
    return [Permission("stray_template:things:read", "see things")]


@hookimpl
def register_pages():
    return [
        Page(
            slug="things",
            title="Things",
            permission="stray_template:things:read",
            load=lambda _visit: {},
            template="admin/index.html",
        ),
    ]
