"""What the customers' pages offer about notes."""

from dataclasses import replace

from admin_core.contributions import Action, Panel, Permission, Question, TimelineEntries
from plugins.customers.actions import notes as actions
from plugins.customers.rules import notes as rules

READ, WRITE = "customers:notes:read", "customers:notes:write"
PERMISSIONS = (
    Permission(READ, "read the team's notes about customers"),
    Permission(WRITE, "write notes about customers, and pin them"),
    Permission(actions.MODERATE, "change and remove notes that others wrote"),
)
BODY = Question(name="body", label="Note", kind="textarea", longest=rules.LONGEST, help=rules.HELP)
ACTIONS = (
    Action(
        slug="add-note",
        label="Write a note",
        model="customers",
        permission=WRITE,
        run=actions.add_note,
        questions=(
            BODY,
            Question(name="pin", label="Pin it above the others", kind="switch", required=False),
        ),
        icon="note",
        order=10,
    ),
    Action(
        slug="edit-note",
        label="Edit",
        model="customer_notes",
        permission=WRITE,
        run=actions.edit_note,
        explain="What stands there now is kept among the note's versions, with who wrote it and when.",
        refuses=rules.why_not_changed,
        questions=(replace(BODY, column="body"),),
        icon="pencil",
        order=10,
    ),
    Action(
        slug="pin-note",
        label="Pin",
        model="customer_notes",
        permission=WRITE,
        run=actions.pin_note,
        explain="The note stands above the others on the customer's page.",
        refuses=rules.why_not_pinned,
        icon="pin",
        order=20,
    ),
    Action(
        slug="unpin-note",
        label="Unpin",
        model="customer_notes",
        permission=WRITE,
        run=actions.unpin_note,
        explain="The note stands among the others again.",
        refuses=rules.why_not_unpinned,
        icon="pin",
        order=20,
    ),
    Action(
        slug="remove-note",
        label="Remove",
        model="customer_notes",
        permission=WRITE,
        run=actions.remove_note,
        explain="The note disappears from the customer's page and timeline. It and its versions are kept.",
        refuses=rules.why_not_changed,
        questions=(Question(name="reason", label="Why", longest=500),),
        icon="trash",
        order=30,
    ),
)
PANELS = (
    Panel(
        slug="notes",
        title="Notes",
        model="customers",
        permission=READ,
        belonging=rules.NOTES,
        text="body",
        actions=("add-note",),
        order=5,
    ),
    Panel(
        slug="versions",
        title="Versions",
        model="customer_notes",
        permission=READ,
        belonging=rules.VERSIONS,
        text="body",
        compared=True,
        most=25,
        order=10,
    ),
)
KINDS = (
    TimelineEntries(
        slug="notes", label="Note", model="customers", permission=READ, belonging=rules.IN_TIMELINE, icon="note"
    ),
)
