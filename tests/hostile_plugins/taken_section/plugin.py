"""Calls its settings as core calls its own."""

from admin_core.contributions import Manifest, SettingField, SettingsSection
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="taken_section", title="Taken section", description="A test.")
FIELDS = (SettingField(name="host", label="Host"),)


@hookimpl
def register_settings():
    return [SettingsSection(name=name, title="Post", description="", fields=FIELDS) for name in ("mail", "setup")]
