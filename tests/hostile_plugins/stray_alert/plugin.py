"""Calls an alert after another plugin."""

from admin_core.contributions import Alert, Manifest, Permission
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="stray_alert", title="Stray alert", description="A test.")


@hookimpl
def register_alerts():
    return [Alert(name="finance.late", title="Things", permission="stray_alert:things:read", watch=print)]


@hookimpl
def register_permissions():
    return [Permission("stray_alert:things:read", "see things")]
