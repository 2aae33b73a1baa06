"""Advertising leaves only when everybody who may have a say about it was asked, and somebody was."""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pytest

from admin_core.contributions import Manifest
from admin_core.plugin_manager import Plugins
from admin_core.plugin_switches import Switches
from tests.admin_core.mail.post_office import PostOffice
from tests.admin_core.mail.world import Post, no, plugins_with


def switched_off(plugins: Plugins, name: str) -> Plugins:
    plugins.switches = Switches(lambda: frozenset({name}))
    return plugins


def disabled(plugins: Plugins, name: str) -> Plugins:
    plugins.disable(name, "ADMIN_DISABLED_PLUGINS names it.")
    return plugins


def refused(plugins: Plugins, name: str) -> Plugins:
    def broken() -> ModuleType:
        raise ImportError("no module named gone")

    plugins.load(name, broken)
    return plugins


def without_a_say(plugins: Plugins, name: str) -> Plugins:
    module = ModuleType(name)
    module.MANIFEST = Manifest(name=name, title=name, description=name)  # type: ignore[attr-defined]
    plugins.load(name, lambda: module)
    return plugins


WAITS = "could not be asked whether this message may be sent. It waits, and is asked again."
NOBODY = "No plugin says whether this message may be sent. It waits until one does."
CASES = {
    "everybody is on": (lambda: plugins_with(shop=no(), popia=no()), "sent", None),
    "off by the switch": (lambda: switched_off(plugins_with(shop=no(), popia=no()), "popia"), "queued", "popia"),
    "the only one is off": (lambda: switched_off(plugins_with(popia=no()), "popia"), "queued", "popia"),
    "disabled by the setting": (lambda: disabled(plugins_with(shop=no()), "popia"), "queued", "popia"),
    "refused at load": (lambda: refused(plugins_with(shop=no()), "popia"), "queued", "popia"),
    "two are missing": (lambda: refused(disabled(plugins_with(shop=no()), "popia"), "a"), "queued", "a, popia"),
    "nobody has a say": (lambda: without_a_say(Plugins(), "health"), "queued", ""),
    "there is no plugin": (Plugins, "queued", ""),
    "who has no say is off": (
        lambda: switched_off(without_a_say(plugins_with(shop=no()), "health"), "health"),
        "sent",
        None,
    ),
}


@pytest.mark.parametrize(("plugins", "state", "unheard"), CASES.values(), ids=CASES)
def test_advertising_waits_for_everybody_who_may_have_a_say(
    served: Post, office: PostOffice, plugins: Callable[[], Plugins], state: str, unheard: str | None
) -> None:
    world = Post(replace(served.machine, plugins=plugins()))
    sent = world.send(world.ask("shop.marketing"))
    said = None if unheard is None else f"{unheard} {WAITS}" if unheard else NOBODY
    assert (sent.state, sent.error, len(office.received)) == (state, said, int(state == "sent"))
    assert world.send(world.ask("shop.service")).state == "sent", "the other classes do not wait"


def test_a_no_counts_although_somebody_else_was_not_asked(served: Post) -> None:
    world = Post(replace(served.machine, plugins=disabled(plugins_with(shop=no("no-consent")), "popia")))
    sent = world.send(world.ask("shop.marketing"))
    assert (sent.state, sent.withheld_reason) == ("withheld", "no-consent")


def test_who_is_switched_on_right_after_the_question_was_not_asked() -> None:
    plugins = switched_off(plugins_with(shop=no(), popia=no()), "popia")
    answers = plugins.collect("may_contact", contact=None)
    plugins.switches = Switches()
    assert plugins.unasked("may_contact", answers) == ["popia"]
