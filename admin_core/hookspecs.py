"""The contract between core and its plugins: every hook, and nothing else.

Names tell when a hook runs:  register_*  once, at start-up; returns a list.
                              home_*      on each request for the home page; returns a list, quickly.
Implement what you need, take only the arguments you use; None means "nothing from me".
"""

import pluggy
from sqlalchemy.orm import Session

from admin_core.contributions import Decision, Demo, Link, ModelChange, Segment, Tile

PROJECT = "hireinbox_admin"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# --- Once, at start-up ------------------------------------------------------------
@hookspec
def register_links() -> list[Link]:
    """Entries of the Links menu."""


@hookspec
def register_demo() -> list[Demo]:
    """How to fill an empty demo database."""


@hookspec
def register_segments() -> list[Segment]:
    """Lists that everybody finds as tabs above a model's records."""


@hookspec
def register_model_changes() -> list[ModelChange]:
    """Refinements of generated screens: labels, groups, columns, tags. A plugin cannot loosen a tag."""


# --- On each request for the home page --------------------------------------------
@hookspec
def home_decisions(session: Session) -> list[Decision]:
    """What needs a decision today. One bounded, index-served count each."""


@hookspec
def home_tiles(session: Session) -> list[Tile]:
    """The numbers of the business. Read rollups or bounded ranges, never whole tables."""
