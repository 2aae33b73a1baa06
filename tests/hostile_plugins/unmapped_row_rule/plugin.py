"""Hides rows of what has none, and is lifted by a permission that nobody registers."""

from admin_core.contributions import Manifest, RowRule
from admin_core.hookspecs import hookimpl

MANIFEST = Manifest(name="unmapped_row_rule", title="Unmapped row rule", description="A test.")


@hookimpl
def register_row_rules():
    lifted = "unmapped_row_rule:things:open"
    return [RowRule("unmapped_row_rule:things:mine", "Not for all.", dict, lambda person: None, lifted)]
