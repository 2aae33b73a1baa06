"""A panel of a record's page: loaded by itself, within its own time; one that fails costs itself."""

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from markupsafe import Markup

from admin_core.circuits import Circuits
from admin_core.contained import PartFailed, attempt
from admin_core.contributions import Belonging, Panel, PanelTable
from admin_core.generator import urls
from admin_core.generator.action_buttons import Button, buttons
from admin_core.generator.belonging import belonging_rows, note_belonging, shown_columns
from admin_core.generator.context import Context
from admin_core.generator.counting import time_box
from admin_core.generator.detail import load
from admin_core.generator.errors import NotFound
from admin_core.generator.labels import labels_for, short_id
from admin_core.generator.panel_texts import TextRow, texts
from admin_core.generator.record_parts import OfferedPanel, RecordParts
from admin_core.generator.related import RelatedRow, row_of
from admin_core.generator.spec import ModelSpec
from admin_core.policy import require, require_permission
from admin_core.theme.cells import number_cell

PART_MS = 1_000
"""How long one panel may take."""


@dataclass(frozen=True)
class PanelPage:
    """The fragment: a few rows, or why there are none."""

    title: str
    record_url: str
    spec: ModelSpec
    headers: tuple[str, ...] = ()
    rows: tuple[RelatedRow, ...] = ()
    texts: tuple[TextRow, ...] = ()
    """In place of rows, where the panel shows texts."""
    actions: tuple[Button, ...] = ()
    """What can be done to the record itself, on top."""
    problem: str = ""
    list_url: str = ""
    """All of them, where there are more."""
    has_links: bool = False
    words: frozenset[int] = frozenset()
    """Places of the columns that hold words: those of numbers stand at the right."""


def panel_page(ctx: Context, spec: ModelSpec, text: str, name: str, parts: RecordParts) -> PanelPage:
    """Return one panel of one record; a record or a panel that the person may not see is none."""
    offered = parts.panel(spec.key, name)
    if offered is None:
        raise NotFound(f"{spec.plural} have no panel called {name[:80]!r}.", "Its plugin may be switched off.")
    require_permission(ctx.person, offered.panel.permission, f"see “{offered.panel.title}”")
    if offered.panel.belonging is not None:
        require(ctx.person, "read", ctx.registry.spec(offered.panel.belonging.rows))
    record = load(ctx, spec, text)
    page = PanelPage(offered.panel.title, urls.record_url(spec.key, text), spec)
    page = replace(page, actions=actions_on(ctx, spec, record, offered))
    return filled(ctx, offered, getattr(record, spec.primary_key[0]), page, parts.circuits)


def actions_on(ctx: Context, spec: ModelSpec, record: Any, offered: OfferedPanel) -> tuple[Button, ...]:
    """Return the buttons on top of a panel: those of its actions that this person may take now."""
    if not offered.panel.actions:
        return ()
    ends = tuple(f"/{offered.plugin}.{slug}" for slug in offered.panel.actions)
    return tuple(button for button in buttons(ctx, spec, record) if button.url.endswith(ends))


def filled(ctx: Context, offered: OfferedPanel, key: Any, page: PanelPage, circuits: Circuits) -> PanelPage:
    """Return the panel with what it says; with a sentence instead when it failed or took too long."""
    panel = offered.panel
    try:
        with attempt(circuits, offered.plugin, f"panel {panel.slug}", PART_MS), time_box(ctx.session, PART_MS):
            if panel.belonging is not None:
                return listing(ctx, panel, panel.belonging, key, page)
            return table(ctx, panel, key, page)
    except PartFailed as failure:
        return replace(page, problem=failure.sentence)


def listing(ctx: Context, panel: Panel, shown: Belonging, key: Any, page: PanelPage) -> PanelPage:
    """Return the panel with the newest records that belong to the one at hand."""
    other, columns = ctx.registry.spec(shown.rows), shown_columns(ctx, shown)
    found = belonging_rows(ctx, shown, key, panel.most + 1)
    note_belonging(ctx, shown, found if panel.compared else found[: panel.most])
    everything = urls.list_url(other.key, {f"f.{shown.owner}.eq": str(key)}) if len(found) > panel.most else ""
    if panel.text:
        return replace(page, texts=texts(ctx, panel, found), list_url=everything)
    rows = tuple(row_of(ctx, other, columns, record) for record in found[: panel.most])
    headers = tuple(column.label for column in columns)
    return replace(page, headers=headers, rows=rows, list_url=everything, has_links=True)


def table(ctx: Context, panel: Panel, key: Any, page: PanelPage) -> PanelPage:
    """Return the panel with what its plugin worked out."""
    assert panel.load is not None  # a panel lists, or says
    found = panel.load(ctx.session, key, ctx.now)
    if not isinstance(found, PanelTable):
        raise TypeError("a panel's load returns a PanelTable")
    names = labels_for(ctx, page.spec, found.about) if found.about else {}
    labels = [names.get(each, f"{page.spec.label} {short_id(each)}") for each in found.about]
    rows = tuple(
        RelatedRow(link, label or str(row[0]), tuple(worded(value) for value in ((label, *row) if label else row)))
        for row, label, link in zip_longest(found.rows, labels, found.links, fillvalue="")
    )
    named = 1 if labels else 0
    words = frozenset(at + named for row in found.rows for at, value in enumerate(row) if isinstance(value, str))
    return replace(page, headers=found.headers, rows=rows, has_links=bool(found.links), words=words | {0})


def worded(value: str | int) -> Markup:
    """Return one value of a table as markup."""
    return number_cell(value) if isinstance(value, int) else Markup("{}").format(value)
