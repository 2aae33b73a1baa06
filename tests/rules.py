"""Row rules that are in force for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement

from admin_core.policy import Person, RowRule, declare, declared


@contextmanager
def ruled(*rules: RowRule) -> Iterator[None]:
    """Let these rules be in force, beside those that are."""
    before = declared()
    declare([*before, *rules])
    yield
    declare(before)


def rule(model: type[Any], criterion: Callable[[Person], ColumnElement[bool] | None], permission: str = "") -> RowRule:
    """Return a rule of a test."""
    return RowRule("test:rows:some", "Not for everybody.", model, criterion, permission)
