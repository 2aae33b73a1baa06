"""Checks of what a plugin leaves behind when it is switched off, and of what it takes along when it fails."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields, replace
from functools import partial
from types import ModuleType
from typing import Any

from flask import Flask

from admin_core import menu
from admin_core.conformance.serving import some_record
from admin_core.conformance.stage import EVERYTHING, Stage, machine_of
from admin_core.generator.urls import record_url
from admin_core.hookspecs import hookimpl
from admin_core.menu import page_url
from admin_core.plugin_manager import ONCE

Traces = dict[str, frozenset[str]]
OK = 200


def traces(app: Flask) -> Traces:
    """Return everything by which an application shows which plugins it runs."""
    parts = machine_of(app)
    plugins = parts.plugins
    return {
        "routes": frozenset(f"{sorted(rule.methods or ())} {rule.rule}" for rule in app.url_map.iter_rules()),
        "menu entries": frozenset(entry.url for entry in menu.entries(plugins)),
        "links": frozenset(link.url for link in plugins.items("register_links")),
        "jobs": frozenset(job.slug for job in parts.jobs),
        "actions": frozenset(f"{o.action.model} {o.name}" for o in parts.actions.offered),
        "permissions": frozenset(permission.name for permission in plugins.items("register_permissions")),
        "templates": frozenset(app.jinja_env.list_templates()),
        "filters of templates": frozenset(app.jinja_env.filters),
        "functions of templates": frozenset(app.jinja_env.globals),
    }


def leaves_no_trace(stage: Stage) -> Iterator[str]:
    """Yield what differs after the plugin was switched on and off again, and what it took from others."""
    without = traces(stage.without)
    with_it = traces(stage.app)
    again = traces(stage.build(disabled=(stage.plugin,)))
    for kind, before in without.items():
        if left := again[kind] ^ before:
            yield f"Switched off again, its {kind} remain: {', '.join(sorted(left))}."
        if gone := before - with_it[kind]:
            yield f"While it runs, {kind} of others are gone: {', '.join(sorted(gone))}."


def failure_contained(stage: Stage) -> Iterator[str]:
    """Yield what else fails when one of the plugin's hooks, or a function that it gave, raises."""
    hooks = stage.found.hooks if stage.found else ()
    given = {hook: broken for hook in hooks if (broken := [with_failing_functions(i) for i in stage.items(hook)])}
    with quiet():
        for hook in hooks:
            # A plugin that raises at start is refused, its models with it, and here they are still needed.
            if not (hook.startswith(ONCE) and stage.models()):
                yield from others_that_stop(stage, hook)
        with ExitStack() as stack:
            for hook, broken in given.items():
                stack.enter_context(replaced(stage.module, hook, partial(list, broken)))
            yield from pages_that_fail(stage, stage.build(), "its functions raise")


def others_that_stop(stage: Stage, hook: str) -> Iterator[str]:
    """Yield other plugins that do not run in a product in which this hook raises, and pages when it is no start-up."""
    with replaced(stage.module, hook, failing):
        app = stage.build()
    running = {plugin.name for plugin in stage.machine.plugins if plugin.is_running}
    left = {plugin.name for plugin in machine_of(app).plugins if plugin.is_running}
    if stopped := running - left - {stage.plugin}:
        yield f"When {hook} raises, other plugins do not start: {', '.join(sorted(stopped))}."
    if stage.plugin in left:
        with replaced(stage.module, hook, failing):
            yield from pages_that_fail(stage, stage.build(), f"{hook} raises")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep failures made on purpose out of the log."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def failing(*_: Any, **__: Any) -> Any:
    """Raise what nobody expects."""
    raise RuntimeError("The conformance kit made this fail.")


def with_failing_functions(item: Any) -> Any:
    """Return a contribution whose functions all raise; those given as a path stay."""
    given = {f.name: getattr(item, f.name) for f in fields(item) if f.init}
    return replace(item, **{name: failing for name, value in given.items() if callable(value)})


@contextmanager
def replaced(module: ModuleType, hook: str, function: Callable[..., Any]) -> Iterator[None]:
    """Put another function in a hook's place while the block runs."""
    own = getattr(module, hook)

    def stand_in() -> Any:
        return function()

    setattr(module, hook, hookimpl(stand_in))
    try:
        yield
    finally:
        setattr(module, hook, own)


def pages_that_fail(stage: Stage, app: Flask, when: str) -> Iterator[str]:
    """Yield pages of core and of other plugins that do not answer."""
    owner = stage.browser(EVERYTHING, app=app)
    found = menu.plugin_pages(machine_of(app).plugins.registered("register_pages"))
    pages = [page_url(name, page.slug) for name, page in found if name != stage.plugin]
    for url in ("/admin/", "/admin/palette", *pages, *records_of(stage)):
        if (status := owner.get(url).status_code) != OK:
            yield f"When {when}, {url} answers {status}."


def records_of(stage: Stage) -> list[str]:
    """Return the page of a record of each model on which the plugin offers an action or a panel."""
    parts = [*stage.items("register_actions"), *stage.items("record_panels"), *stage.items("timeline_entries")]
    models = sorted({part.model for part in parts})
    found = {model: some_record(stage.app, model) for model in models}
    return [record_url(model, record) for model, record in found.items() if record]
