"""What can be done to the rows of a selection, and what became of each. A deed takes rows in batches; no commit.

Each batch locks its rows, in the order of their keys, before it looks at them: what is judged is what is written.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from admin_core.bulk.selections import Row
from admin_core.generator.context import Context
from admin_core.generator.forms.refusals import refusal_of
from admin_core.generator.forms.versions import stamp_of
from admin_core.generator.ids import decode_key, encode_key
from admin_core.generator.labels import has_key
from admin_core.generator.spec import ModelSpec
from admin_core.policy import limit
from schema.jobs import OutcomeKind

GONE = "It is gone, or you may not see it any more."
CHANGED = "Somebody changed it since it was selected."


@dataclass(frozen=True)
class Handled:
    """What became of one row."""

    row: Row
    kind: OutcomeKind
    why: str = ""


class Deed(Protocol):
    """Something that is done to every row of a selection."""

    @property
    def spec(self) -> ModelSpec:
        """Whose rows."""

    @property
    def take_changed(self) -> bool:
        """True: rows that somebody changed since they were selected are not left alone."""

    @property
    def action(self) -> str:
        """Its name in requests for approval, changes and the audit log."""

    @property
    def title(self) -> str:
        """What it does, for people: "Edit customers"."""

    @property
    def batch(self) -> int:
        """Rows of one transaction."""

    @property
    def undoable(self) -> bool:
        """Whether its change can be taken back."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What was typed, as it is kept and fingerprinted."""

    def require(self, ctx: Context) -> None:
        """Raise Refused, NotFound or BadRequest unless this person may do it."""

    def handle(self, ctx: Context, rows: Sequence[Row]) -> list[Handled]:
        """Do it to these rows and return what became of each, in their order."""


def keys_of(spec: ModelSpec, rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    """Return the keys of rows; one that can't be read is no row's any more."""
    return [key for row in rows if (key := decode_key(spec, row.record)) is not None]


def standing(ctx: Context, spec: ModelSpec, rows: Sequence[Row]) -> dict[str, str]:
    """Return the present versions of rows that the person sees, by id; the rows are locked."""
    columns = [getattr(spec.model, key) for key in spec.primary_key]
    wanted = sa.select(*columns, stamp_of(spec)).where(has_key(spec, keys_of(spec, rows))).order_by(*columns)
    found = ctx.session.execute(limit(wanted.with_for_update(of=spec.model), ctx.person, spec))
    return {encode_key(tuple(row[:-1])): row[-1] for row in found}


def why_left(deed: Deed, row: Row, stamp: str | None) -> str:
    """Return why a row is left as it is before anything else is asked; empty when it is not."""
    if stamp is None:
        return GONE
    return "" if deed.take_changed or stamp == row.version else CHANGED


def refused_by_database(ctx: Context, spec: ModelSpec, statement: Any) -> str:
    """Run a statement of ours in a savepoint; return why the database refuses it, empty when it is done."""
    try:
        with ctx.session.begin_nested():
            ctx.session.execute(statement, execution_options={"synchronize_session": False})
    except DBAPIError as error:
        if (refusal := refusal_of(error, spec)) is None:
            raise
        return refusal.sentence
    return ""


def counts_of(handled: Iterable[Handled]) -> dict[str, int]:
    """Return how many rows ended how."""
    return dict(Counter(each.kind.value for each in handled))


def reasons_of(handled: Iterable[Handled]) -> dict[str, int]:
    """Return why rows were left as they are, and how many each."""
    return dict(Counter(each.why for each in handled if each.why))
