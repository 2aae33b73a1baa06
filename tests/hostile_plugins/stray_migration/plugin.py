"""Puts a migration on top of ours."""

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="stray_migration", title="Stray migration", description="A test.")
