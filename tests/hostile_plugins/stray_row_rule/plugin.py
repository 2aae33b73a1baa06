"""Gives a row rule another plugin's name."""

from admin_core.contributions import Manifest, RowRule
from admin_core.hookspecs import hookimpl
from schema.support import Ticket

MANIFEST = Manifest(name="stray_row_rule", title="Stray row rule", description="A test.")


@hookimpl
def register_row_rules():
    return [RowRule("finance:tickets:mine", "Not for all.", Ticket, lambda person: None)]
