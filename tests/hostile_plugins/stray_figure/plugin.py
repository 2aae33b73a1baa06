"""Calls a figure after another plugin."""

from admin_core.contributions import Figure, Manifest, Permission
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="stray_figure", title="Stray figure", description="A test.")


@hookimpl
def register_figures():
    return [
        Figure(
            name="finance.mrr",
            title="Things",
            unit="count",
            permission="stray_figure:things:read",
            definition="Things.",
            values=print,
        )
    ]


@hookimpl
def register_permissions():
    return [Permission("stray_figure:things:read", "see things")]
