"""Cannot say what it hides."""

from admin_core.contributions import Manifest, RowRule
from admin_core.hookspecs import hookimpl
from schema.support import Ticket

MANIFEST = Manifest(name="raising_row_rule", title="Raising row rule", description="A test.")


def mine(person):
    return Ticket.assignee_id == person.preferences["desk"]


@hookimpl
def register_row_rules():
    return [
        RowRule("raising_row_rule:tickets:mine", "Not for all.", Ticket, mine),
        RowRule("raising_row_rule:tickets:yes", "Not for all.", Ticket, lambda person: True),
    ]
