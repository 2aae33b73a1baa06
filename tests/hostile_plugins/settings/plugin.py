"""Wants a word of core."""

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="settings", title="Settings", description="A test.")
