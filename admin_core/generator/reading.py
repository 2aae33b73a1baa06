"""Reads a ModelSpec off a mapper. No Flask, no query: everything here follows from the declaration.

Types, constraints and comments decide; the tags in ``info`` and ``AdminOptions`` refine.
"""

import enum
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql.ranges import AbstractRange
from sqlalchemy.orm import ColumnProperty, Mapper, RelationshipProperty

from admin_core.generator.spec import ColumnSpec, Kind, ModelSpec, Reference, RelationSpec, label_of
from schema.base import SCHEMA
from schema.tags import Pii, options_of

KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (sa.Enum, "enum"),
    (sa.Boolean, "boolean"),
    (sa.Float, "float"),
    (sa.Numeric, "decimal"),
    (sa.Integer, "integer"),
    (sa.Date, "date"),
    (sa.Time, "time"),
    (sa.Interval, "interval"),
    (pg.INTERVAL, "interval"),
    (sa.ARRAY, "array"),
    (sa.JSON, "json"),
    (pg.HSTORE, "json"),
    (sa.Uuid, "uuid"),
    (sa.LargeBinary, "bytes"),
    (pg.INET, "inet"),
    (pg.CIDR, "inet"),
    (pg.MACADDR, "inet"),
    (AbstractRange, "range"),
    (sa.Text, "longtext"),
    (sa.String, "text"),
)
"""First match wins: subclasses stand before their bases."""

NAMING_WORDS = ("display_name", "name", "title", "label", "subject", "number", "code", "key", "slug", "email")
MAX_LISTED = 7
LISTED_KINDS = {"text", "integer", "decimal", "float", "boolean", "date", "moment", "local_moment", "enum", "uuid"}


def model_key(table: sa.Table) -> str:
    """Return the model's key: the table's name, with its schema in front when that is not ours."""
    return table.name if table.schema == SCHEMA else f"{table.schema or 'public'}.{table.name}"


def read_model(mapper: Mapper[Any]) -> ModelSpec:
    """Return everything the declaration of one mapped class says."""
    table = mapper.local_table
    if not isinstance(table, sa.Table):
        raise TypeError(f"{mapper.class_.__name__} is not mapped to a table.")
    options = options_of(mapper.class_)
    columns = told_apart({p.key: read_column(mapper, p) for p in mapper.column_attrs if is_plain(p)})
    label = options.label or spaced(mapper.class_.__name__)
    relations = [read_relation(mapper, r) for r in mapper.relationships]
    keys = key_by_column(mapper)
    primary_key = tuple(keys[c] for c in mapper.primary_key)
    title = options.title or default_title(columns, primary_key)
    return ModelSpec(
        key=model_key(table),
        model=mapper.class_,
        table=table,
        label=label,
        plural=options.plural or plural_of(label),
        options=options,
        columns=columns,
        primary_key=primary_key,
        parents={r.key: r for r in relations if not r.to_many},
        children={r.key: r for r in relations if r.to_many},
        title=title,
        listed=options.listed or default_listed(columns, title),
    )


def told_apart(columns: dict[str, ColumnSpec]) -> dict[str, ColumnSpec]:
    """Return the columns with their whole names where short ones are the same: ``Issued on`` beside ``Issued at``."""
    times = Counter(column.label for column in columns.values())
    return {
        key: replace(column, label=label_of(key, whole=True)) if times[column.label] > 1 else column
        for key, column in columns.items()
    }


def is_plain(prop: ColumnProperty[Any]) -> bool:
    """Return whether a property is one real column, not an expression."""
    return len(prop.columns) == 1 and isinstance(prop.columns[0], sa.Column)


def read_column(mapper: Mapper[Any], prop: ColumnProperty[Any]) -> ColumnSpec:
    """Return one column's spec."""
    column = prop.columns[0]
    assert isinstance(column, sa.Column)  # is_plain() has seen to it
    words = column.info
    kind = kind_of(column.type)
    return ColumnSpec(
        key=prop.key,
        name=column.name,
        kind=kind,
        label=words.get("label") or label_of(prop.key, refers=bool(column.foreign_keys)),
        help=words.get("help") or column.comment or "",
        group=words.get("group", ""),
        pii=words.get("pii") or default_pii(kind, column),
        widget=words.get("widget", ""),
        unit=words.get("unit", ""),
        badge=words.get("badge", {}),
        nullable=bool(column.nullable),
        has_default=column.default is not None or column.server_default is not None,
        generated=is_generated(column),
        editable=words.get("editable", True),
        once=words.get("once", False),
        listed=words.get("listed"),
        searchable=words.get("searchable", True),
        is_key=column.primary_key,
        unique=is_unique(column),
        choices=choices_of(column.type),
        reference=read_reference(mapper, column),
        **limits_of(column.type),
    )


def kind_of(type_: sa.types.TypeEngine[Any]) -> Kind:
    """Return the kind of a column type, ``other`` when none is known."""
    # Interval is itself a decorator, over DateTime: unwrapping it would make a moment of it.
    if isinstance(type_, sa.types.TypeDecorator) and not isinstance(type_, sa.Interval):
        type_ = type_.impl_instance
    if isinstance(type_, sa.DateTime):
        return "moment" if type_.timezone else "local_moment"
    if isinstance(type_, sa.String) and not isinstance(type_, sa.Enum) and type_.length is None:
        return "longtext"
    return next((kind for base, kind in KINDS if isinstance(type_, base)), "other")


def default_pii(kind: Kind, column: sa.Column[Any]) -> Pii:
    """Return the class of a column nobody tagged: values that can't hold a name hold no personal data."""
    speaks = kind in {"text", "longtext", "json", "array", "bytes", "inet", "other"} and not column.foreign_keys
    return "unclassified" if speaks else "none"


def is_generated(column: sa.Column[Any]) -> bool:
    """Return whether the database alone writes this column."""
    identity = column.identity
    return column.computed is not None or (identity is not None and bool(identity.always))


def is_unique(column: sa.Column[Any]) -> bool:
    """Return whether the column alone identifies a row."""
    table = column.table
    if column.unique or (column.primary_key and len(table.primary_key.columns) == 1):
        return True
    single = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint) and list(c.columns) == [column]]
    whole = [
        i
        for i in table.indexes
        if i.unique
        and len(i.expressions) == 1
        and i.expressions[0] is column
        and i.dialect_options["postgresql"]["where"] is None
    ]
    return bool(single or whole)


def choices_of(type_: sa.types.TypeEngine[Any]) -> tuple[tuple[str, str], ...]:
    """Return an enum's stored values with their labels."""
    if not isinstance(type_, sa.Enum):
        return ()
    return tuple((value, label_of(value)) for value in type_.enums)


def limits_of(type_: sa.types.TypeEngine[Any]) -> dict[str, Any]:
    """Return length, precision, scale and element of a type, as keyword arguments of ColumnSpec."""
    if isinstance(type_, sa.Enum):
        return {}
    if isinstance(type_, sa.String):
        return {"max_length": type_.length}
    if isinstance(type_, sa.Numeric) and not isinstance(type_, sa.Float):
        return {"precision": type_.precision, "scale": type_.scale}
    if isinstance(type_, sa.ARRAY):
        item = type_.item_type
        return {"item": ColumnSpec("item", "item", kind_of(item), "Item", choices=choices_of(item), **limits_of(item))}
    return {}


def read_reference(mapper: Mapper[Any], column: sa.Column[Any]) -> Reference | None:
    """Return where a single-column foreign key points, None when the column has none or shares one."""
    alone = [k for k in column.foreign_keys if k.constraint is not None and len(k.constraint.columns) == 1]
    if not alone:
        return None
    target = alone[0].column
    followed = [r.key for r in mapper.relationships if not r.uselist and set(r.local_columns) == {column}]
    return Reference(model_key(target.table), target.key, followed[0] if followed else "")


def read_relation(mapper: Mapper[Any], relation: RelationshipProperty[Any]) -> RelationSpec:
    """Return one relationship's spec."""
    other = relation.mapper
    ours, theirs = key_by_column(mapper), key_by_column(other)
    declared = {column: place for place, column in enumerate(ours)}
    # SQLAlchemy gives the pairs in no fixed order; ours is the order in which our columns are declared.
    pairs = sorted(relation.local_remote_pairs or [], key=lambda pair: declared.get(pair[0], 0))
    through = relation.secondary if isinstance(relation.secondary, sa.Table) else None
    local = tuple(ours[a] for a, _ in pairs if a in ours)
    remote = tuple(theirs[b] for _, b in pairs if b in theirs)
    table = other.local_table
    assert isinstance(table, sa.Table)
    return RelationSpec(
        key=relation.key,
        label=label_of(relation.key),
        model=model_key(table),
        to_many=bool(relation.uselist),
        columns=remote if relation.uselist else local,
        remote=local if relation.uselist else remote,
        through=through,
    )


def key_by_column(mapper: Mapper[Any]) -> Mapping[Any, str]:
    """Return attribute keys by column."""
    return {c: p.key for p in mapper.column_attrs for c in p.columns}


def default_title(columns: Mapping[str, ColumnSpec], primary_key: tuple[str, ...]) -> tuple[str, ...]:
    """Return the column that names a record: a usual name, else the first short text, else the key."""
    visible = {k: c for k, c in columns.items() if c.pii != "secret"}
    for word in NAMING_WORDS:
        if word in visible:
            return (word,)
    texts = [k for k, c in visible.items() if c.kind == "text" and not c.reference]
    return (texts[0],) if texts else primary_key


def default_listed(columns: Mapping[str, ColumnSpec], title: Iterable[str]) -> tuple[str, ...]:
    """Return a readable choice: the title first, what is tagged, then short columns in declared order."""
    chosen = [k for k in title if columns[k].pii != "secret"]
    wanted = [k for k, c in columns.items() if c.listed]
    rest = [k for k, c in columns.items() if c.listed is None and c.kind in LISTED_KINDS and not is_machinery(c)]
    for key in [*wanted, *rest]:
        if key not in chosen and len(chosen) < MAX_LISTED:
            chosen.append(key)
    return tuple(chosen)


def is_machinery(column: ColumnSpec) -> bool:
    """Return whether a column is of little use in a list unless asked for."""
    return column.is_key or column.pii == "secret" or column.key == "updated_at"


def spaced(class_name: str) -> str:
    """Return ``JobRole`` as ``Job role``."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", class_name)
    return label_of("_".join(word.lower() for word in words))


def plural_of(label: str) -> str:
    """Return a plain English plural; a model with an unusual one says so in its options."""
    if label.endswith("y") and label[-2:-1] not in "aeiou":
        return label[:-1] + "ies"
    if label.endswith(("s", "x", "ch", "sh")):
        return label + "es"
    return label + "s"


def python_value(type_: sa.types.TypeEngine[Any], stored: str) -> Any:
    """Return an enum's Python member for a stored value, or the value itself where no class stands behind it."""
    if isinstance(type_, sa.Enum) and type_.enum_class is not None:
        members: type[enum.Enum] = type_.enum_class
        return next(m for m in members if str(m.value) == stored)
    return stored
