"""What plugins add to records' pages, by the model it is about. Plugins that are switched off add nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from admin_core.circuits import Circuits
from admin_core.contributions import Panel, RecordHeader, TimelineEntries
from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.ids import record_id
from admin_core.generator.spec import ModelSpec
from admin_core.plugin_manager import Plugins
from admin_core.policy import Person, may


@dataclass(frozen=True)
class OfferedPanel:
    """A panel and the plugin that offers it."""

    plugin: str
    panel: Panel

    @property
    def name(self) -> str:
        """Its part of the address: ``plugin.slug``."""
        return f"{self.plugin}.{self.panel.slug}"


@dataclass(frozen=True)
class OfferedEntries:
    """A kind of entries of a timeline and the plugin that offers it."""

    plugin: str
    entries: TimelineEntries

    @property
    def name(self) -> str:
        """What chooses it in an address, and orders what happened at the same moment."""
        return f"{self.plugin}.{self.entries.slug}"


@dataclass(frozen=True)
class RecordParts:
    """Everything added to the pages of records."""

    headers: tuple[RecordHeader, ...] = ()
    panels: tuple[OfferedPanel, ...] = ()
    kinds: tuple[OfferedEntries, ...] = ()
    circuits: Circuits = field(default_factory=Circuits)
    """Which parts fail all the time."""

    def header_columns(self, model: str) -> tuple[str, ...]:
        """Return the columns at the top of a model's records."""
        return tuple(name for header in self.headers if header.model == model for name in header.columns)

    def panels_on(self, model: str, person: Person) -> list[OfferedPanel]:
        """Return the panels of a model's records that this person may open, in order."""
        found = [o for o in self.panels if o.panel.model == model and person.has(o.panel.permission)]
        return sorted(found, key=lambda offered: offered.panel.order)

    def panel(self, model: str, name: str) -> OfferedPanel | None:
        """Return the panel of this name on a model."""
        return next((o for o in self.panels if o.panel.model == model and o.name == name), None)

    def kinds_on(self, model: str, person: Person) -> list[OfferedEntries]:
        """Return the kinds of a model's timelines that this person may read."""
        return [o for o in self.kinds if o.entries.model == model and person.has(o.entries.permission)]


@dataclass(frozen=True)
class PanelTab:
    """A panel on a record's page before it is loaded."""

    key: str
    label: str
    url: str
    rows: str = ""
    """Key of the model it lists."""


def panel_tabs(ctx: Context, spec: ModelSpec, record: Any, parts: RecordParts) -> Iterable[PanelTab]:
    """Return the panels this person may open."""
    for offered in parts.panels_on(spec.key, ctx.person):
        shown = offered.panel.belonging
        if shown is None or may(ctx.person, "read", ctx.registry.outline(shown.rows)):
            url = urls.panel_url(spec.key, record_id(spec, record), offered.name)
            yield PanelTab(offered.name.replace(".", "-"), offered.panel.title, url, shown.rows if shown else "")


def collected_parts(plugins: Plugins) -> RecordParts:
    """Return what the plugins that are on add to records' pages."""
    return RecordParts(
        headers=tuple(plugins.items("record_header")),
        panels=tuple(OfferedPanel(a.plugin, each) for a in plugins.collect("record_panels") for each in a.items),
        kinds=tuple(OfferedEntries(a.plugin, each) for a in plugins.collect("timeline_entries") for each in a.items),
        circuits=plugins.circuits,
    )
