"""The contract between core and its plugins: every hook, and nothing else.

Names tell when a hook runs:  register_*  once, at start-up; returns a list.
Implement what you need, take only the arguments you use; None means "nothing from me".
"""

import pluggy

from admin_core.contributions import Action, Demo, HomeTile, Job, Link, Page, Permission, Segment, Waiting

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
def register_waiting() -> list[Waiting]:
    """What may wait for a decision: lines on top of home, each counted when somebody opens it."""


@hookspec
def register_tiles() -> list[HomeTile]:
    """The numbers of the business on home, each loaded when somebody opens it."""


@hookspec
def register_permissions() -> list[Permission]:
    """Words that roles may grant; every permission a plugin asks for is one of them."""


@hookspec
def register_pages() -> list[Page]:
    """Pages of the plugin's own, with an entry in the sidebar."""


@hookspec
def register_actions() -> list[Action]:
    """Verbs on records, of any model."""


@hookspec
def register_jobs() -> list[Job]:
    """Functions that workers run, on a clock or when asked. They must be safe to run twice."""
