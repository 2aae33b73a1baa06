"""Start-up checks (`admin check`): each has an id, says what is wrong, where, and what to do. Pure over specs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.plugin_manager import Plugin
from schema.tags import GROUPS


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    id: str
    level: Literal["error", "warning"]
    where: str
    sentence: str
    hint: str

    def __str__(self) -> str:
        return f"{self.id} {self.level}: {self.where}: {self.sentence} {self.hint}"


def findings(registry: Registry, plugins: Iterable[Plugin]) -> list[Finding]:
    """Return everything the declarations get wrong, errors first."""
    specs = [registry.spec(key) for key in registry]
    found = [finding for spec in specs for finding in of_model(spec)]
    found += [finding for plugin in plugins for finding in of_plugin(plugin)]
    return sorted(found, key=lambda f: (f.level, f.id, f.where))


def of_model(spec: ModelSpec) -> Iterator[Finding]:
    """Yield what a model's declaration gets wrong."""
    yield from unclassified_columns(spec)
    yield from unknown_names(spec)
    yield from unknown_inlines(spec)
    if spec.options.group not in GROUPS:
        hint = f"Use one of: {', '.join(GROUPS)}."
        yield Finding("core.W003", "warning", spec.key, f"the group {spec.options.group!r} has no place.", hint)
    if spec.writes != "forms" and not spec.options.written_by:
        hint = "Say in written_by who changes these rows: the page shows it instead of a form."
        yield Finding("core.E004", "error", spec.key, f"it is written by {spec.writes}, not by forms.", hint)


def unclassified_columns(spec: ModelSpec) -> Iterator[Finding]:
    """Yield the columns nobody has classified: they would be masked for Viewers and missed by erasure."""
    for column in spec.columns.values():
        if column.pii == "unclassified":
            hint = "Give it a type of schema.base that says so, or info=ui(pii=…); 'none' is a word."
            yield Finding(
                "core.E001", "error", f"{spec.key}.{column.key}", "its personal data is not classified.", hint
            )


def unknown_names(spec: ModelSpec) -> Iterator[Finding]:
    """Yield columns that the options name but the model doesn't have."""
    options = spec.options
    named = {
        "title": options.title,
        "listed": options.listed,
        "default_sort": (options.default_sort.removeprefix("-"),) if options.default_sort else (),
        "retention": (options.retention.after,) if options.retention else (),
    }
    for option, keys in named.items():
        for key in keys:
            if key not in spec.columns:
                hint = f"Its columns: {', '.join(spec.columns)}."
                yield Finding("core.E002", "error", spec.key, f"{option} names {key!r}, which is no column.", hint)


def unknown_inlines(spec: ModelSpec) -> Iterator[Finding]:
    """Yield inlines that are no to-many relationship of the model."""
    for key in spec.options.inlines:
        relation = spec.children.get(key)
        if relation is None or relation.through is not None:
            hint = f"One-to-many relationships: {', '.join(spec.children) or 'none'}."
            yield Finding("core.E003", "error", spec.key, f"inlines names {key!r}.", hint)


def of_plugin(plugin: Plugin) -> Iterator[Finding]:
    """Yield why a plugin doesn't run."""
    if plugin.error:
        hint = "Mend it, or switch it off by ADMIN_DISABLED_PLUGINS."
        yield Finding("core.W001", "warning", f"plugins.{plugin.name}", f"it is disabled: {plugin.error}.", hint)
