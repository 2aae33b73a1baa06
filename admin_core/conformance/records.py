"""Checks of what a plugin adds to records' pages: panels and kinds of timelines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import UniqueConstraint

from admin_core.circuits import Circuits
from admin_core.conformance.serving import FORBIDDEN, some_record
from admin_core.conformance.stage import OWNER, Stage, machine_of
from admin_core.contained import PartFailed
from admin_core.contributions import Belonging
from admin_core.generator.context import Context
from admin_core.generator.ids import decode_key
from admin_core.generator.panels import PanelPage, filled
from admin_core.generator.record_parts import OfferedEntries, OfferedPanel
from admin_core.generator.timeline import Asked, entries_of
from admin_core.generator.urls import panel_url
from admin_core.policy import PolicySession


def record_parts(stage: Stage) -> Iterator[str]:
    """Yield panels and timelines that do not answer, cost too much, or open without the permission."""
    panels = [OfferedPanel(stage.plugin, item) for item in stage.items("record_panels")]
    kinds = [OfferedEntries(stage.plugin, item) for item in stage.items("timeline_entries")]
    for offered in panels:
        yield from panel_answers(stage, offered)
        yield from panel_refuses(stage, offered)
    for kind in kinds:
        yield from kind_answers(stage, kind)
    timelines = [replace(kind.entries.belonging, first="") for kind in kinds]
    for shown in [o.panel.belonging for o in panels if o.panel.belonging] + timelines:
        yield from unserved_order(stage, shown)


def panel_answers(stage: Stage, offered: OfferedPanel) -> Iterator[str]:
    """Yield why a panel of some record is not shown, or costs too much."""
    panel = offered.panel
    ctx, key = asking(stage.app, panel.model)
    if key is None:
        stage.notes.append(f"The panel {panel.slug} was not opened: there is no {panel.model} record.")
        return
    with stage.counted() as statements, ctx.session:
        page = PanelPage(panel.title, "", ctx.registry.spec(panel.model))
        found = filled(ctx, offered, key, page, Circuits())
    if found.problem:
        yield f"The panel {panel.slug} has no answer: {found.problem}"
    if len(statements) > panel.statements:
        yield f"The panel {panel.slug} made {len(statements)} statements; its budget is {panel.statements}."


def panel_refuses(stage: Stage, offered: OfferedPanel) -> Iterator[str]:
    """Yield a panel that opens for somebody who may only read records."""
    record = some_record(stage.app, offered.panel.model)
    if record is None:
        return
    url = panel_url(offered.panel.model, record, offered.name)
    if stage.browser("data:*:read").get(url).status_code != FORBIDDEN:
        yield f"The panel {offered.panel.slug} opens without the permission {offered.panel.permission}."


def kind_answers(stage: Stage, kind: OfferedEntries) -> Iterator[str]:
    """Yield why a kind of a timeline is not shown."""
    ctx, key = asking(stage.app, kind.entries.model)
    if key is None:
        return
    try:
        with ctx.session:
            entries_of(ctx, kind, Asked(key, None), Circuits())
    except PartFailed as failure:
        yield f"The timeline's {kind.entries.slug} have no answer: {failure.sentence}"


def unserved_order(stage: Stage, shown: Belonging) -> Iterator[str]:
    """Yield orders that no index serves: a busy record would cost all its rows."""
    spec = stage.machine.registry.spec(shown.rows)
    wanted = [spec.columns[name].name for name in (*dict(shown.among), shown.owner, shown.first, shown.newest) if name]
    indexes = [[getattr(e, "name", "") for e in index.expressions] for index in spec.table.indexes]
    unique = [[c.name for c in each.columns] for each in spec.table.constraints if isinstance(each, UniqueConstraint)]
    if wanted not in [names[: len(wanted)] for names in (*indexes, *unique)]:
        yield f"No index of {shown.rows} begins with {', '.join(wanted)}."


def asking(app: Flask, model: str) -> tuple[Context, object | None]:
    """Return an Owner's surroundings, and the key of some record of a model."""
    parts = machine_of(app)
    session = PolicySession(parts.database.engine, person=OWNER)
    ctx = Context(session, OWNER, parts.registry, parts.cipher, datetime.now(UTC))
    record = some_record(app, model)
    values = decode_key(parts.registry.spec(model), record) if record else None
    return ctx, values[0] if values else None
