"""Has a name that no plugin can have."""

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="Loud", title="Loud", description="A test.")
