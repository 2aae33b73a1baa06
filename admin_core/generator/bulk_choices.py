"""What a person may do to many rows of a list at once: the buttons of the bar below it."""

from admin_core.generator.context import Context
from admin_core.generator.list_model import BulkChoice
from admin_core.generator.spec import ModelSpec
from admin_core.policy import may


def bulk_choices(ctx: Context, spec: ModelSpec) -> tuple[BulkChoice, ...]:
    """Return the deeds by their names in addresses, the dangerous ones last."""
    forms = spec.writes == "forms"
    edit = (BulkChoice("edit", "Edit", "pencil"),) if forms and may(ctx.person, "edit", spec) else ()
    delete = (
        (BulkChoice("delete", "Delete", "trash", danger=True),) if forms and may(ctx.person, "delete", spec) else ()
    )
    acts = tuple(
        BulkChoice(f"action/{o.name}", o.action.label, o.action.icon, danger=o.action.dangerous)
        for o in ctx.actions.by_model.get(spec.key, ())
        if o.action.many and ctx.person.has(o.action.permission)
    )
    return (*edit, *acts, *delete)
