"""Saved views as tabs above a list."""

from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.list_model import Tab
from admin_core.generator.list_state import EVERYTHING, ListState, Remembered
from admin_core.generator.spec import ModelSpec
from admin_core.generator.urls import list_url, views_url
from schema.views import SavedView

WATCHES = "core:alerts:edit"
"""Lets somebody have a view's rows watched."""


def tabs(ctx: Context, spec: ModelSpec, state: ListState, kept: Remembered) -> tuple[Tab, ...]:
    """Return "All" and the saved views, the open one marked; a changed one stays marked, and says so."""
    has_default = any(view.is_default for view in kept.views)
    plain = not state.view and not state.origin
    everything = list_url(spec.key, view=EVERYTHING) if has_default else list_url(spec.key)
    first = Tab("", "All", everything, active=plain or state.view == EVERYTHING)
    return (first, *(tab(ctx, spec, state, view) for view in kept.views))


def tab(ctx: Context, spec: ModelSpec, state: ListState, view: SavedView) -> Tab:
    """Return one view's tab."""
    found = str(view.id)
    mine = view.owner_id == ctx.person.own_id
    return Tab(
        id=found,
        label=view.name,
        url=list_url(spec.key, view=found),
        active=found in {state.view, state.origin},
        changed=not state.view and state.origin == found,
        mine=mine,
        shared=view.shared,
        default=view.is_default,
        manage_url=views_url(spec.key, found) if mine else "",
        watch_url=urls.watch_url(found) if ctx.person.has(WATCHES) else "",
    )
