"""Hides entries of one category from whoever may not open the gate, to try row rules of plugins on."""

from admin_core.contributions import Manifest, Permission, RowRule
from admin_core.hookspecs import hookimpl
from schema.content import FaqEntry

MANIFEST = Manifest(name="gate", title="Gate", description="A test.")
OPEN = "gate:entries:open"


def not_behind_the_gate(_person):
    return FaqEntry.category != "gate"


@hookimpl
def register_permissions():
    return [Permission(OPEN, "see entries behind the gate")]


@hookimpl
def register_row_rules():
    return [
        RowRule("gate:entries:closed", "What is behind the gate is not for all.", FaqEntry, not_behind_the_gate, OPEN)
    ]
