"""Asks for a permission that no role could be given."""

from admin_core.contributions import Figure, Manifest, Value
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="unknown_permission", title="Unknown permission", description="A test.")


def values(_session, periods):
    return [Value(amount=1) for _ in periods]


@hookimpl
def register_figures():
    return [
        Figure(
            name="unknown_permission.things",
            title="Things",
            unit="count",
            permission="unknown_permission:things:read",
            definition="Things.",
            values=values,
        )
    ]
