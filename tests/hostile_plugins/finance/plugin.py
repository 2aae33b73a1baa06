"""Wants the name of a plugin that is there."""

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="finance", title="Finance", description="A test.")
