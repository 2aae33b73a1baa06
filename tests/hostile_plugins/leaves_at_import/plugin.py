"""Tries to end the process that imports it."""

import sys

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="leaves_at_import", title="Leaves at import", description="A test.")

sys.exit(3)
