"""The sections of the settings page: core's own, and where those of plugins are collected."""

from admin_core.approvals.section import NAME as APPROVALS
from admin_core.approvals.section import section_of
from admin_core.bulk.section import SECTION as BULK
from admin_core.configuration.company import COMPANY
from admin_core.configuration.steps import STATE
from admin_core.generator.action_registry import ActionRegistry
from admin_core.imports.section import IMPORTS
from admin_core.mail.anchor_section import AUDIT
from admin_core.mail.section import MAIL
from admin_core.plugin_manager import Plugins
from admin_core.setting_fields import SettingsSection
from admin_core.settings_store import Sections

CORE = "core"
OF_CORE: tuple[SettingsSection, ...] = (COMPANY, IMPORTS, MAIL, AUDIT, BULK)
"""Declared by core itself, in the same words as those of plugins."""
TAKEN = frozenset({*(section.name for section in (*OF_CORE, STATE)), APPROVALS})
"""Names that a plugin's section cannot have: its values would be kept among core's own."""

NO_ACTIONS = ActionRegistry()


def declared_sections(plugins: Plugins, actions: ActionRegistry = NO_ACTIONS) -> Sections:
    """Return the sections of core, the limits of these actions among them, and of every running plugin."""
    theirs = [
        (answer.plugin, section) for answer in plugins.registered("register_settings") for section in answer.items
    ]
    return Sections.of([*((CORE, section) for section in (*OF_CORE, section_of(actions))), *theirs])
