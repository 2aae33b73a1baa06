"""The deletion of many rows, with what the database takes along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import sqlalchemy as sa

from admin_core.approvals.many import DELETE
from admin_core.bulk.deeds import Handled, keys_of, refused_by_database, standing, why_left
from admin_core.bulk.selections import Row
from admin_core.generator.context import Context
from admin_core.generator.forms.elsewhere import refuse_many
from admin_core.generator.forms.pages import allow
from admin_core.generator.labels import has_key
from admin_core.generator.spec import ModelSpec
from admin_core.theme.formats import in_sentence
from schema.jobs import OutcomeKind

BATCH = 100
BLOCKED = "Other records still depend on it, or a rule of the database forbids it."


@dataclass(frozen=True)
class Delete:
    """A deletion of many rows."""

    spec: ModelSpec
    take_changed: bool = False
    action: ClassVar[str] = DELETE
    batch: ClassVar[int] = BATCH
    undoable: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """What it does."""
        return f"Delete {in_sentence(self.spec.plural)}"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What was chosen."""
        return {"take": self.take_changed}

    def require(self, ctx: Context) -> None:
        """Raise unless this person may delete such rows."""
        allow(ctx, self.spec, "delete")
        refuse_many(self.spec)

    def handle(self, ctx: Context, rows: Sequence[Row]) -> list[Handled]:
        """Delete these rows, as far as nothing stands in the way of each."""
        stamps = standing(ctx, self.spec, rows)
        left = ((row, why_left(self, row, stamps.get(row.record))) for row in rows)
        judged = [Handled(row, OutcomeKind.REFUSED if why else OutcomeKind.DONE, why) for row, why in left]
        good = [each.row for each in judged if not each.why]
        if not good or not refused_by_database(ctx, self.spec, deletion(self.spec, good)):
            return judged
        return [each if each.why else self.one(ctx, each) for each in judged]

    def one(self, ctx: Context, each: Handled) -> Handled:
        """Delete one row, or say why that is not possible."""
        if refused_by_database(ctx, self.spec, deletion(self.spec, [each.row])):
            return replace(each, kind=OutcomeKind.REFUSED, why=BLOCKED)
        return each


def deletion(spec: ModelSpec, rows: Sequence[Row]) -> sa.Delete:
    """Return the statement that deletes rows: ours, as the session's would first cut the links of what belongs to them.

    What one row of a batch takes along may be another one of it.
    """
    return sa.delete(spec.model).where(has_key(spec, keys_of(spec, rows)))
