"""Raises while it is imported."""

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="raises_at_import", title="Raises at import", description="A test.")

raise RuntimeError("no such ledger")
