"""Writes rows of ours: all of a chunk at once, and one by one when the database refuses, to know which and why."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Update, bindparam, delete, insert, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from admin_core.changes.rehearsal import settle
from admin_core.generator.forms.constraints import rules_of
from admin_core.generator.spec import ModelSpec
from admin_core.sources.keeping import Refusal


class Row(Protocol):
    """What is written."""

    @property
    def key(self) -> str:
        """Theirs."""

    @property
    def target(self) -> UUID:
        """Ours."""

    @property
    def values(self) -> Mapping[str, Any]:
        """By our columns."""

    @property
    def deed(self) -> str:
        """Insert, update, delete, or link alone."""


R = TypeVar("R", bound=Row)


def write(session: Session, spec: ModelSpec, rows: Sequence[R]) -> tuple[list[R], list[Refusal]]:
    """Write the rows; return those that were written, and why the others were not."""
    try:
        with session.begin_nested():
            write_all(session, spec, rows)
    except (IntegrityError, DataError):
        return one_by_one(session, spec, rows)
    return list(rows), []


def one_by_one(session: Session, spec: ModelSpec, rows: Sequence[R]) -> tuple[list[R], list[Refusal]]:
    """Write row by row, each in a savepoint of its own."""
    written, refused = [], []
    for row in rows:
        try:
            with session.begin_nested():
                write_all(session, spec, [row])
        except (IntegrityError, DataError) as error:
            refused.append(Refusal(row.key, why(spec, error), {}))
        else:
            written.append(row)
    return written, refused


def write_all(session: Session, spec: ModelSpec, rows: Sequence[Row]) -> None:
    """Write rows that have the same columns with one statement."""
    for deed, columns, some in alike(spec, rows):
        if deed == "insert":
            session.execute(insert(spec.table), some)
        elif deed == "delete":
            session.execute(delete(spec.table).where(spec.table.c.id.in_([each["id"] for each in some])))
        elif columns:
            rows_by_key = [{"target": each.pop("id"), **{f"of_{c}": v for c, v in each.items()}} for each in some]
            session.execute(changing(spec, columns), rows_by_key)
    settle(session)


def changing(spec: ModelSpec, columns: Sequence[str]) -> Update:
    """Return the statement that writes some columns of one row."""
    words: dict[str, Any] = {column: bindparam(f"of_{column}") for column in columns}
    return update(spec.table).where(spec.table.c.id == bindparam("target")).values(words)


def alike(spec: ModelSpec, rows: Sequence[Row]) -> Iterator[tuple[str, tuple[str, ...], list[dict[str, Any]]]]:
    """Yield the rows by what is done with them and which columns they give; nothing given keeps what is there."""
    groups: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        given = given_values(spec, row.values)
        if row.deed != "link":
            groups[row.deed, tuple(given)].append({"id": row.target, **given})
    for (deed, columns), some in groups.items():
        yield deed, columns, some


def given_values(spec: ModelSpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is written by the names of columns; nothing for one that takes no NULL lets its default stand."""
    return {spec.columns[k].name: v for k, v in values.items() if v is not None or spec.columns[k].nullable}


def why(spec: ModelSpec, error: DBAPIError) -> str:
    """Return why the database refused a row, without any value of it."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
    _, sentence = rules_of(spec).broken.get(constraint, ((), ""))
    state = getattr(error.orig, "sqlstate", "none")
    return sentence or f"Our database refused it (SQLSTATE {state}, {constraint or 'no rule named'})."
