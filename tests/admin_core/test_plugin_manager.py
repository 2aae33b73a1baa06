"""Plugins: good ones answer in order, broken ones are contained and explained."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import func

from admin_core.contributions import Link, Manifest
from admin_core.hookspecs import hookimpl
from admin_core.plugin_manager import Plugins


def plugin(name: str, *, order: int = 100, **hooks: Any) -> Callable[[], ModuleType]:
    """Return what imports a plugin module made of these functions."""
    module = ModuleType(f"plugins.{name}.plugin")
    module.MANIFEST = Manifest(name=name, title=name.title(), description="A test.", order=order)  # type: ignore[attr-defined]
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    return lambda: module


def test_hook_register_links_collects_in_the_order_of_the_manifests() -> None:
    plugins = Plugins()
    plugins.load("late", plugin("late", order=2, register_links=lambda: [Link("B", "https://b.example")]))
    plugins.load("early", plugin("early", order=1, register_links=lambda: [Link("A", "https://a.example")]))
    plugins.load("silent", plugin("silent", register_links=lambda: None))
    assert [link.label for link in plugins.items("register_links")] == ["A", "B"]


def test_a_plugin_that_raises_in_a_hook_costs_its_own_part_only() -> None:
    def broken() -> list[Link]:
        raise RuntimeError("no")

    plugins = Plugins()
    plugins.load("broken", plugin("broken", register_links=broken))
    plugins.load("good", plugin("good", register_links=lambda: [Link("A", "https://a.example")]))
    answers = {answer.plugin: answer for answer in plugins.collect("register_links")}
    assert answers["broken"].error == "RuntimeError"
    assert [link.label for link in plugins.items("register_links")] == ["A"]


def test_a_hook_of_one_value_is_answered_plugin_by_plugin() -> None:
    def broken() -> str:
        raise RuntimeError("no")

    plugins = Plugins()
    plugins.load("says", plugin("says", order=1, register_links=lambda: "no mail on Sundays"))
    plugins.load("silent", plugin("silent", order=2, register_links=lambda: None))
    plugins.load("broken", plugin("broken", order=3, register_links=broken))
    found = [(answer.plugin, answer.value, answer.error) for answer in plugins.answers("register_links")]
    assert found == [("says", "no mail on Sundays", ""), ("silent", None, ""), ("broken", None, "RuntimeError")]


def test_what_has_every_attribute_is_taken_for_no_hook() -> None:
    def importing() -> ModuleType:
        module = plugin("counting")()
        module.func = func  # type: ignore[attr-defined]  # as `from sqlalchemy import func` does
        return module

    plugins = Plugins()
    plugins.load("counting", importing)
    assert [found.error for found in plugins] == [""]


def raising() -> ModuleType:
    raise ImportError("no module named gone")


def without_manifest() -> ModuleType:
    return ModuleType("plugins.bare.plugin")


@pytest.mark.parametrize(
    ("load", "says"),
    [
        (raising, "no module named gone"),
        (without_manifest, "MANIFEST"),
        (plugin("other"), "one plugin, one name"),
        (plugin("bad", register_lincs=lambda: None), "register_lincs is no hook"),
        (plugin("bad", register_links=lambda request: []), "request"),
    ],
)
def test_a_broken_plugin_is_disabled_and_says_why(load: Callable[[], ModuleType], says: str) -> None:
    plugins = Plugins()
    plugins.load("bad", load)
    (found,) = plugins
    assert not found.is_running
    assert says in found.error
    assert plugins.items("register_links") == []
