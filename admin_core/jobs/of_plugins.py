"""Jobs of plugins that the team has switched off wait. The statements themselves ask for it, so it holds at once."""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from schema.settings import PluginState


def is_switched_off(job_name: Any) -> ColumnElement[bool]:
    """Return the condition under which a job, by its name, belongs to a plugin that is switched off."""
    plugin = func.split_part(job_name, ".", 1)
    return exists(select(PluginState.id).where(PluginState.name == plugin, PluginState.enabled.is_(False)))
