"""Rows of another database: how a form asks for them to be written. Who does it stands in ``reflection.writing``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast
from uuid import UUID

from admin_core.generator.errors import BadRequest
from admin_core.generator.forms.radius import Effect
from admin_core.generator.spec import ModelSpec
from schema.changes import RowOperation

WRITER = "writer of rows elsewhere"
"""Under this name a table of another database carries who writes its rows; without, nobody does."""


ONE_BY_ONE = "The table is in another database, where nothing can be tried out before, and nothing undone after."
CHANGED = "It was changed or deleted by somebody else meanwhile. Look again."


@dataclass(frozen=True)
class Deed:
    """One row to be written; values by column key."""

    spec: ModelSpec
    operation: RowOperation
    person: UUID
    key: Sequence[Any] = ()
    """Its primary key; empty for a new row."""
    stamp: str = ""
    """The version it must still have."""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


class Outdated(Exception):
    """The row is not as it was, or gone, or was not let in; nothing was written."""

    def __init__(self, sentence: str = CHANGED) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Writer(Protocol):
    """Writes rows of another database; when it returns, the row is written."""

    def carry_out(self, deed: Deed) -> tuple[Any, ...]:
        """Return the row's primary key; Outdated or DBAPIError when nothing was written."""

    def effects(self, spec: ModelSpec, record: Any) -> list[Effect]:
        """Return what deleting a row does to others, what forbids it first."""


def refuse_many(spec: ModelSpec) -> None:
    """Raise BadRequest for many rows of another database at once: the two databases can't commit together."""
    if spec.writes == "elsewhere":
        raise BadRequest(f"{spec.plural} are changed one row at a time.", ONE_BY_ONE)


def writer_of(spec: ModelSpec) -> Writer | None:
    """Return who writes the rows of a table elsewhere; None for our own tables."""
    return cast("Writer | None", spec.table.info.get(WRITER))
