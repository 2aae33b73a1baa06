"""Bears another name than its folder."""

from admin_core.contributions import Manifest

MANIFEST = Manifest(name="named", title="Misnamed", description="A test.")
