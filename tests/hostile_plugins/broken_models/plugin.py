"""Brings a model that refers to nothing."""

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="broken_models", title="Broken models", description="A test.")
