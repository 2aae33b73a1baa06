"""Acts on records that there are not."""

from admin_core.contributions import Action, Manifest, Permission
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="unknown_model", title="Unknown model", description="A test.")


@hookimpl
def register_permissions():
    return [Permission("unknown_model:things:read", "see things")]


@hookimpl
def register_actions():
    return [
        Action(
            slug="wave", label="Wave", model="unicorns", permission="unknown_model:things:read", run=lambda: "Waved."
        )
    ]
