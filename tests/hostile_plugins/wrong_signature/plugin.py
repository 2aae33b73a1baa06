"""Asks a hook for what it does not have."""

from admin_core.contributions import Manifest
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="wrong_signature", title="Wrong signature", description="A test.")


@hookimpl
def register_links(request):
    return [request]
