"""The buttons of a record's page: the actions this person may take on it now."""

import logging
from dataclasses import dataclass
from typing import Any

from admin_core.contributions import Action
from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.ids import record_id
from admin_core.generator.spec import ModelSpec
from admin_core.traces import trace_of

log = logging.getLogger(__name__)


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
        if ctx.person.has(o.action.permission) and applies(o.action, record)
    )


def applies(action: Action, record: Any) -> bool:
    """Return whether an action applies to a record now; one that cannot say so is left out, not the whole page."""
    try:
        return not refusal_of(action, record)
    except Exception as error:  # noqa: BLE001 (a plugin may raise anything)
        log.error("action %s of %s cannot say whether it applies\n%s", action.slug, action.model, trace_of(error))  # noqa: TRY400 (no message)
        return False


def refusal_of(action: Action, record: Any) -> str:
    """Return why an action does not apply to a record now, empty when it does."""
    return action.refuses(record) if action.refuses else ""
