"""Acts up to an amount that roles do not have."""

from admin_core.contributions import Action, Manifest, Permission
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="unknown_limit", title="Unknown limit", description="A test.")


@hookimpl
def register_permissions():
    return [Permission("unknown_limit:things:read", "see things")]


@hookimpl
def register_actions():
    return [
        Action(
            slug="wave",
            label="Wave",
            model="credit_packs",
            permission="unknown_limit:things:read",
            run=lambda: "Waved.",
            role_limit="wave_limit_cents",
        )
    ]
