"""Who may take a change back: whoever may do each single step of it in a form."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Table

from admin_core.changes import undo
from admin_core.generator.context import Context
from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.policy import Person, Refused, Verb, require, sees
from schema.changes import RowOperation

UNDOES: dict[RowOperation, Verb] = {
    RowOperation.INSERT: "delete",
    RowOperation.UPDATE: "edit",
    RowOperation.DELETE: "create",
}


def why_person_may_not(ctx: Context, plan: Iterable[undo.Step]) -> str:
    """Return why this person can't undo it, empty when they can: they need the right to each single step."""
    for step in plan:
        spec = spec_of(ctx.registry, step.table)
        if spec is None or spec.writes != "forms":
            return "Rows of this kind are not changed by hand, so they are not put back by hand either."
        try:
            require(ctx.person, UNDOES[step.operation], spec)
        except Refused as refused:
            return refused.sentence
        if hidden := unseen(ctx.person, spec, step):
            return f"It changed what your roles do not see in clear: {', '.join(hidden)}."
    return ""


def unseen(person: Person, spec: ModelSpec, step: undo.Step) -> list[str]:
    """Return the columns that a step would set back, and that the person could not set in a form either."""
    changed = [column for column in spec.columns.values() if column.name in step.columns]
    is_edit = step.operation is RowOperation.UPDATE
    return [column.label for column in changed if is_edit and sees(person, column) != "clear"]


def spec_of(registry: Registry, table: str) -> ModelSpec | None:
    """Return the model of a table of ours."""
    return registry.spec(table) if table in registry else None


def tables(registry: Registry) -> Mapping[str, Table]:
    """Return our tables by name."""
    return {key: registry.spec(key).table for key in registry}
