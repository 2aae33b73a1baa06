"""Templates and static files of plugins, each under the plugin's own name: nobody can stand in for core or another."""

import logging
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, TemplateError, TemplateNotFound

from admin_core.plugin_manager import Plugins
from admin_core.theme.assets import add_bundle
from admin_core.traces import trace_of

log = logging.getLogger(__name__)


class NamespaceLoader(FileSystemLoader):
    """Loads ``<name>/…`` from a folder, and nothing else from it."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(folder)
        self.prefix = f"{name}/"

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return the source of a template in the plugin's own folder."""
        if not template.startswith(self.prefix):
            raise TemplateNotFound(template)
        return super().get_source(environment, template)

    def list_templates(self) -> list[str]:
        """Return the names of all templates that are the plugin's to have."""
        return [name for name in super().list_templates() if name.startswith(self.prefix)]


def install(app: Flask, plugins: Plugins) -> None:
    """Let every running plugin show its templates and serve its files; call after the theme's own are there."""
    loaders = [app.jinja_loader] if app.jinja_loader is not None else []
    app.jinja_loader = ChoiceLoader([*loaders, *template_loaders(plugins)])
    for plugin in plugins:
        if plugin.is_running and plugin.folder is not None and (plugin.folder / "static").is_dir():
            add_bundle(plugin.name, plugin.folder / "static")


def template_loaders(plugins: Plugins) -> list[NamespaceLoader]:
    """Return one loader for each running plugin that has templates."""
    return [
        NamespaceLoader(plugin.name, plugin.folder / "templates")
        for plugin in plugins
        if plugin.is_running and plugin.folder is not None and (plugin.folder / "templates").is_dir()
    ]


def compile_templates(app: Flask, plugins: Plugins) -> None:
    """Compile the plugins' templates now; one that cannot be costs the page that shows it, not the start."""
    for loader in template_loaders(plugins):
        for name in loader.list_templates():
            try:
                app.jinja_env.get_template(name)
            except TemplateError as error:
                log.error("the template %s cannot be compiled\n%s", name, trace_of(error))  # noqa: TRY400 (no message)
