"""Forgets the permission of a line on home."""

from admin_core.contributions import Manifest, Waiting
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="unguarded", title="Unguarded", description="A test.")


@hookimpl
def register_waiting():
    return [Waiting("Things", "tickets", lambda _now: (), permission="")]
