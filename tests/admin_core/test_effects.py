"""What an action may ask of another plugin's service, and what it hears when that can't be done."""

from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused, Manifest, Service
from admin_core.effects import JobEffects
from admin_core.hookspecs import hookimpl
from admin_core.jobs.enqueue import Origin
from admin_core.plugin_manager import Plugins
from admin_core.plugin_switches import Switches
from tests.running import idle_machine


def fold(session: Session, effects: JobEffects, hats: int) -> tuple[Any, ...]:
    return session, effects, hats


def effects_beside(*off: str) -> JobEffects:
    """Return effects where a plugin has one service; some plugins are switched off."""
    module: Any = ModuleType("hats")
    module.MANIFEST = Manifest(name="hats", title="Hats", description="A test.")
    module.register_services = hookimpl(lambda: [Service("hats.fold-hats", fold)])
    plugins = Plugins(Switches(lambda: frozenset(off)))
    plugins.load("hats", lambda: module)
    plugins.settle(lambda: (), ())
    return JobEffects(Session(), idle_machine(plugins=plugins), Origin())


def test_a_service_is_given_the_callers_session_and_effects() -> None:
    effects = effects_beside()
    assert effects.call("hats.fold-hats", hats=3) == (effects.session, effects, 3)


@pytest.mark.parametrize(
    ("service", "off", "says"),
    [
        ("hats.fold-hats", "hats", "A part of the admin that this needs is switched off: hats.fold-hats."),
        ("hats.fold-hat", "", "There is no service hats.fold-hat."),
        ("hats.fold-hat", "hats", "There is no service hats.fold-hat."),
        ("caps.fold-caps", "caps", "There is no service caps.fold-caps."),
    ],
)
def test_a_service_that_can_not_be_had_says_whether_there_is_one(service: str, off: str, says: str) -> None:
    with pytest.raises(ActionRefused) as refusal:
        effects_beside(off).call(service)
    assert refusal.value.sentence == says
    assert "System, Plugins" in refusal.value.hint
