"""Misspells a hook."""

from admin_core.contributions import Manifest
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="misspelt", title="Misspelt", description="A test.")


@hookimpl
def register_lincs():
    return []
