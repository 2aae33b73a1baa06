"""Raises when it is asked what it registers."""

from admin_core.contributions import Manifest
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="raises_in_hook", title="Raises in hook", description="A test.")


@hookimpl
def register_links():
    raise ValueError("a secret of somebody")
