"""An action over many rows: run on each by itself, in its own savepoint, so that one that declines stops no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.exc import DBAPIError

from admin_core.approvals.trying import ANSWERS
from admin_core.bulk.deeds import Handled, standing, why_left
from admin_core.bulk.selections import Row
from admin_core.changes import acting
from admin_core.changes.rehearsal import Noting, contained, sentence_of
from admin_core.contributions import ActionRefused
from admin_core.effects import JobEffects
from admin_core.generator.action_registry import Offered
from admin_core.generator.actions import Acted, ActionPage, act, offered_action
from admin_core.generator.context import Context
from admin_core.generator.errors import NotFound, ScreenError
from admin_core.generator.spec import ModelSpec
from admin_core.jobs.enqueue import Origin
from admin_core.machine import Machine
from admin_core.policy import Refused, require
from schema.jobs import OutcomeKind

BATCH = 25


@dataclass(frozen=True)
class Act:
    """An action on many rows."""

    spec: ModelSpec
    offered: Offered
    parts: Machine
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    take_changed: bool = False
    batch: ClassVar[int] = BATCH
    undoable: ClassVar[bool] = False
    asked: Noting | None = field(default=None, compare=False)
    """Where what it asks for is counted, in a dry run."""

    @property
    def action(self) -> str:
        """The action's name."""
        return self.offered.name

    @property
    def title(self) -> str:
        """What it does."""
        return f"{self.offered.action.label}: {self.spec.plural}"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What was typed."""
        return {"form": dict(self.form), "take": self.take_changed}

    def require(self, ctx: Context) -> None:
        """Raise unless this person may do it to many rows."""
        require(ctx.person, "read", self.spec)
        offered_action(ctx, self.spec, self.offered.name)
        if not self.offered.action.many:
            raise NotFound(f"“{self.offered.action.label}” is done on one record.", "Open it, and choose it there.")

    def handle(self, ctx: Context, rows: Sequence[Row]) -> list[Handled]:
        """Run it on these rows, one after the other."""
        stamps = standing(ctx, self.spec, rows)
        effects = self.asked or Noting(self.effects(ctx))
        if self.asked:
            self.asked.inner = self.effects(ctx)
        return [self.one(ctx, row, stamps.get(row.record), effects) for row in rows]

    def effects(self, ctx: Context) -> JobEffects:
        """Return what the action may ask for, in this session."""
        who = acting.current.get()
        origin = Origin(actor_id=ctx.person.id, request_id=who.request_id if who else None)
        return JobEffects(ctx.session, self.parts, origin)

    def one(self, ctx: Context, row: Row, stamp: str | None, effects: Noting) -> Handled:
        """Run it on one row; nothing of a run that fails stays."""
        if why := why_left(self, row, stamp):
            return Handled(row, OutcomeKind.REFUSED, why)
        try:
            with ctx.session.begin_nested():
                done = act(ctx, self.spec, row.record, self.offered, form=self.form, effects=effects)
        except DBAPIError as error:
            if not (why := sentence_of(str(getattr(error.orig, "sqlstate", None) or ""))):
                raise
            return Handled(row, OutcomeKind.REFUSED, why)
        except (Refused, ScreenError) as problem:
            return Handled(row, OutcomeKind.REFUSED, problem.sentence)
        except ANSWERS:
            raise
        except Exception as error:  # noqa: BLE001 (a plugin may raise anything)
            return Handled(row, OutcomeKind.FAILED, contained(error, self.action).sentence)
        return Handled(row, OutcomeKind.DONE) if isinstance(done, Acted) else Handled(row, *declined(done))


def declined(page: ActionPage) -> tuple[OutcomeKind, str]:
    """Return why an action did nothing."""
    problem = page.problem or ActionRefused("")
    words = [page.refusal, problem.sentence, *page.errors.values()]
    return OutcomeKind.REFUSED, next((each for each in words if each), "It declined.")
