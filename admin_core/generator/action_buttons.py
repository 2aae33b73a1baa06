"""The buttons of a record's page: the actions this person may take on it now."""

from dataclasses import dataclass
from typing import Any

from admin_core.contributions import Action
from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.ids import record_id
from admin_core.generator.spec import ModelSpec


@dataclass(frozen=True)
class Button:
    """An action as a record's page offers it."""

    label: str
    url: str
    icon: str
    dangerous: bool


def buttons(ctx: Context, spec: ModelSpec, record: Any) -> tuple[Button, ...]:
    """Return the actions this person may take on a record now, the dangerous ones last."""
    found = record_id(spec, record)
    return tuple(
        Button(o.action.label, urls.action_url(spec.key, found, o.name), o.action.icon, o.action.dangerous)
        for o in ctx.actions.by_model.get(spec.key, ())
        if ctx.person.has(o.action.permission) and not refusal_of(o.action, record)
    )


def refusal_of(action: Action, record: Any) -> str:
    """Return why an action does not apply to a record now, empty when it does."""
    return action.refuses(record) if action.refuses else ""
