"""`admin check`: print what models, options and plugins get wrong. Needs no database."""

from importlib import import_module

from admin_core import checks
from admin_core.generator.registry import Registry
from admin_core.plugin_manager import load_plugins
from schema import load_models
from schema.base import Base


def check() -> tuple[list[str], bool]:
    """Return one line per finding, errors first, and whether there are errors."""
    load_models()
    found = checks.findings(Registry.of(Base), load_plugins(import_module("plugins")))
    return [str(finding) for finding in found], any(finding.level == "error" for finding in found)
