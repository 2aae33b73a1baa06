"""Lets a number be opened by a permission of another."""

from admin_core.contributions import Figure, Manifest, Value
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="foreign_permission", title="Foreign permission", description="A test.")


def values(_session, periods):
    return [Value(amount=1) for _ in periods]


@hookimpl
def register_figures():
    return [
        Figure(
            name="foreign_permission.things",
            title="Things",
            unit="count",
            permission="finance:revenue:read",
            definition="Things.",
            values=values,
        )
    ]
