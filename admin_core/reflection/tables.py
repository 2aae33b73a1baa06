"""Reads one table or view as SQLAlchemy sees it, with types that show every value exactly, and a key for every row."""

import warnings
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql.ranges import AbstractRange
from sqlalchemy.exc import SAWarning
from sqlalchemy.ext.compiler import compiles

from admin_core.reflection.directory import Outline

PLACE = "ctid"
"""PostgreSQL's own column for where a row of a table lies: the key of rows that have none."""
DIGEST = "row digest"
INEXACT = (
    sa.types.NullType, pg.INTERVAL, pg.MONEY, pg.TIME, pg.MACADDR, pg.MACADDR8, AbstractRange,
)  # fmt: skip
"""Types that Python, or a filter, has no exact value for; of ``time`` the one with a zone."""


class Place(sa.types.UserDefinedType[str]):
    """The type ``tid``."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name."""
        return "tid"


class Written(sa.types.UserDefinedType[str]):
    """A type that Python has no exact value for: read as PostgreSQL writes it."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type its values are compared as."""
        return "text"

    def column_expression(self, column: Any) -> Any:
        """Return the text of a selected column."""
        return sa.cast(column, sa.Text)


class RowDigest(sa.Column[Any]):
    """The digest of a whole row: the key of a view's rows."""

    inherit_cache = True


@compiles(RowDigest)
def compile_digest(element: RowDigest, compiler: Any, **_: Any) -> str:
    """Return the SQL of a row's digest."""
    name = compiler.preparer.quote(element.table.name)  # without its schema: so PostgreSQL calls it inside a query
    return f"md5(CAST({name}.* AS text))"


def read_table(engine: sa.Engine, outline: Outline) -> sa.Table:
    """Return the table with its columns, keys, constraints and indexes; references are read elsewhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # types it does not know are shown as text
        table = sa.Table(outline.name, sa.MetaData(), schema=outline.schema, autoload_with=engine, resolve_fks=False)
    drop_references(table)
    for column in table.columns:
        column.type = exact_type(column.type)
    if not len(table.primary_key.columns):
        give_key(table, outline)
    return table


def drop_references(table: sa.Table) -> None:
    """Take foreign keys away: what they point to is not read yet."""
    for constraint in list(table.foreign_key_constraints):
        table.constraints.discard(constraint)
    for column in table.columns:
        column.foreign_keys.clear()
    table.foreign_keys.clear()


def exact_type(type_: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """Return the type to read a column as."""
    if isinstance(type_, pg.DOMAIN):
        return exact_type(type_.data_type)
    if isinstance(type_, INEXACT) and not plain_time(type_):
        return Written()
    if isinstance(type_, sa.ARRAY):
        return type_ if is_plain_element(exact_type(type_.item_type)) else Written()
    return type_


def plain_time(type_: sa.types.TypeEngine[Any]) -> bool:
    """Return whether it is a time of day without a zone."""
    return isinstance(type_, sa.Time) and not type_.timezone


def is_plain_element(type_: sa.types.TypeEngine[Any]) -> bool:
    """Return whether arrays of this type arrive as lists."""
    return not isinstance(type_, Written)


def give_key(table: sa.Table, outline: Outline) -> None:
    """Give a table without a primary key one: a unique index over filled columns, else a row's place or digest."""
    chosen = next(unique_columns(table), None)
    if chosen is None and outline.shape in {"table", "materialised view"}:
        table.append_column(sa.Column(PLACE, Place(), nullable=False, info={"pii": "none", "label": "Place"}))
        chosen = [table.c[PLACE]]
    if chosen is None:
        table.append_column(RowDigest(DIGEST, sa.Text(), nullable=False, info={"pii": "none", "label": "Row"}))
        chosen = [table.c[DIGEST]]
    table.append_constraint(sa.PrimaryKeyConstraint(*[column.name for column in chosen]))


def unique_columns(table: sa.Table) -> Iterator[list[sa.Column[Any]]]:
    """Yield the columns of each UNIQUE constraint, and of each whole unique index, over columns always filled."""
    constraints = [list(each.columns) for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    for columns in sorted(constraints, key=lambda each: (len(each), [column.name for column in each])):
        if not any(column.nullable for column in columns):
            yield columns
    for index in sorted(table.indexes, key=lambda index: (len(index.expressions), str(index.name))):
        columns = [each for each in index.expressions if isinstance(each, sa.Column)]
        whole = index.unique and index.dialect_options["postgresql"]["where"] is None
        if whole and len(columns) == len(index.expressions) and not any(column.nullable for column in columns):
            yield columns
