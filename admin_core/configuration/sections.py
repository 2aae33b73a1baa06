"""The sections of the settings page: core's own, and where those of plugins are collected."""

from admin_core.configuration.company import COMPANY
from admin_core.configuration.steps import STATE
from admin_core.mail.section import MAIL
from admin_core.plugin_manager import Plugins
from admin_core.setting_fields import SettingsSection
from admin_core.settings_store import Sections

CORE = "core"
OF_CORE: tuple[SettingsSection, ...] = (COMPANY, MAIL)
"""Declared by core itself, in the same words as those of plugins."""
TAKEN = frozenset(section.name for section in (*OF_CORE, STATE))
"""Names that a plugin's section cannot have: its values would be kept among core's own."""


def declared_sections(plugins: Plugins) -> Sections:
    """Return the sections of core and of every running plugin."""
    theirs = [
        (answer.plugin, section) for answer in plugins.registered("register_settings") for section in answer.items
    ]
    return Sections.of([*((CORE, section) for section in OF_CORE), *theirs])
