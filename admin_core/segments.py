"""Keeps the tabs that come with the product: one shared view without an owner per segment that plugins declare."""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.contributions import Segment
from admin_core.plugin_manager import Plugins
from schema.views import SavedView


def segments_without(plugins: Plugins, off: Collection[str]) -> list[Segment]:
    """Return the tabs of plugins that are not switched off."""
    answers = plugins.registered("register_segments")
    return [segment for answer in answers if answer.plugin not in off for segment in answer.items]


def ensure_segments(session: Session, segments: Iterable[Segment]) -> None:
    """Make the shipped views equal to what is declared; views that people saved are not touched. The caller commits."""
    shipped = {(v.model_key, v.name): v for v in session.scalars(select(SavedView).where(SavedView.owner_id.is_(None)))}
    for position, segment in enumerate(segments):
        view = shipped.pop((segment.model, segment.name), None)
        if view is None:
            view = SavedView(model_key=segment.model, name=segment.name, shared=True)
            session.add(view)
        view.position = position
        view.state = {"args": [list(pair) for pair in segment.filters], "columns": list(segment.columns)}
    for forgotten in shipped.values():
        session.delete(forgotten)
