"""Offers two services of one name."""

from admin_core.contributions import Manifest, Service
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="twice_service", title="Twice a service", description="A test.")


@hookimpl
def register_services():
    return [Service("twice_service.wave", print), Service("twice_service.wave", repr)]
