"""Requests about many rows: an edit, a deletion, or an action over a frozen selection."""

from admin_core.contributions import Action
from admin_core.generator.action_registry import CORE, ActionRegistry, Offered
from admin_core.policy import Person
from schema.changes import Approval

EDIT, DELETE = "core.bulk-edit", "core.bulk-delete"
APPROVE = "core:bulk:approve"
"""What approving an edit or a deletion of many rows takes; an action is approved by who may do it."""


def offered_as(slug: str, label: str) -> Offered:
    """Return an edit or a deletion in the form of an action: a second person approves it like one."""
    action = Action(slug=slug, label=label, model="", permission=APPROVE, dangerous=True, approval="thresholds")
    return Offered(CORE, action)


OF_CORE = {each.name: each for each in (offered_as("bulk-edit", "Edit"), offered_as("bulk-delete", "Delete"))}


def is_many(approval: Approval) -> bool:
    """Return whether a request is about a selection."""
    return approval.record_key is None


def asked_for(actions: ActionRegistry, approval: Approval) -> Offered | None:
    """Return what a request asks for; None when its plugin is switched off."""
    return OF_CORE.get(approval.action) or actions.find(approval.model_key or "", approval.action)


def decided_by(person: Person) -> set[str]:
    """Return what this person may approve of edits and deletions."""
    return set(OF_CORE) if person.has(APPROVE) else set()
