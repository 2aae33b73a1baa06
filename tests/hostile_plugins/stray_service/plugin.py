"""Offers a service under another plugin's name."""

from admin_core.contributions import Manifest, Service
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="stray_service", title="Stray service", description="A test.")


@hookimpl
def register_services():
    return [Service("finance.end-discount", print)]
