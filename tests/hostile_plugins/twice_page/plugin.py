"""Uses one address for two pages."""

from admin_core.contributions import Manifest, Page, Permission
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="twice_page", title="Twice page", description="A test.")


@hookimpl
def register_permissions():
    return [Permission("twice_page:things:read", "see things")]


@hookimpl
def register_pages():
    return [
        Page(
            slug="things",
            title="Things",
            permission="twice_page:things:read",
            load=lambda _visit: {},
            template="twice_page/a.html",
        ),
        Page(slug="things", title="More", permission="twice_page:things:read", load=dict, template="twice_page/a.html"),
    ]
