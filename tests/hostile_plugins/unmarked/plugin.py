"""Forgets to mark a hook."""

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="unmarked", title="Unmarked", description="A test.")


def register_links():
    return []
