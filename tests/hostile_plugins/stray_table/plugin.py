"""Brings a table under a name that is not its own."""

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="stray_table", title="Stray table", description="A test.")
