"""`admin check`: print what models, options and plugins get wrong. Databases that are set are asked."""

import os

from admin_core import checks, exposure
from admin_core.api.routes import offered_routes
from admin_core.generator.registry import Registry
from admin_core.mail import templates as mail_templates
from admin_core.plugin_loading import load_plugins
from admin_core.settings import read_paths
from schema.base import Base


def check() -> tuple[list[str], bool]:
    """Return one line per finding, those of operations of the API last, and whether there are errors."""
    plugins = load_plugins(paths=read_paths(os.environ.get("ADMIN_PLUGIN_PATHS", "")))
    found = checks.findings(Registry.of(Base), plugins, mail_templates.collected(plugins), plugins.empty_places)
    found += checks.of_routes(offered_routes(plugins))
    found += exposure.findings()
    return [str(finding) for finding in found], any(finding.level == "error" for finding in found)
